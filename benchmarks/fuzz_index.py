"""Fuzz cases of a damaged or hostile index: whatever its files hold, it answers or is refused.

Each case copies a sound index, damages one to three of its files, in half of the cases writes the
right hashes into the manifest as an attacker would, and then does all that a reader does. A
KbassistError or any answer will do; another exception, a crash, a hang or gigabytes will not.
"""

from __future__ import annotations

import atexit
import io
import json
import os
import random
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from kbassist import Assistant, build_index
from kbassist.articles.walk import walk
from kbassist.errors import KbassistError, UnusableIndex
from kbassist.index.generation import hash_files
from kbassist.index.manifest import MANIFEST_NAME
from kbassist.index.rollback import list_generations
from kbassist.index.vector_files import CODES_NAME, SIGNS_NAME, signs_of
from kbassist.index.verify import verify_index
from kbassist.records import results

QUESTIONS = (
    "USDT-TRC20 提现没到账，钱去哪了？",
    "withdrawal fee? and how do I close my acount",
    "zzz",
)
ODD_JSON: tuple[Any, ...] = (
    None, True, -1, 0, 1e308, 10**30, "", "\0", "../../etc/passwd", "x" * 10_000, [], {}, [[]],
    [None], {"a": None}, "\ud800", "gen-000001", 2**63, -(2**63), 0.5,
)  # fmt: skip
ODD_SQL: tuple[Any, ...] = (
    None, -1, 2**62, 1.5, "", "x", b"\xff\xfe", "[]", "{}", "null", "[[[[", "[1,2]", "[-5,0,1,1]",
    "[0,99999999,1,9]", '["a"]', "[1e400,0,0,0]", "[9,0,1,1,1]", '{"id": 1}', "\ud7ff", "[" * 5_000,
    "[0,5,1,1,0,3]", "[" + "1," * 40_000 + "1]", "1" * 5_000,
)  # fmt: skip

Damage = Callable[[random.Random, Path], None]


def flip(rng: random.Random, path: Path) -> None:
    """Change bytes, often in the first ones, where headers are."""
    raw = bytearray(path.read_bytes())
    for _ in range(rng.choice((1, 1, 8, 200)) if raw else 0):
        raw[rng.randrange(min(len(raw), rng.choice((128, 4_096, len(raw)))))] = rng.randrange(256)
    path.write_bytes(raw)


def truncate(rng: random.Random, path: Path) -> None:
    os.truncate(path, rng.choice((0, 1, 10, rng.randint(0, path.stat().st_size))))


def extend(rng: random.Random, path: Path) -> None:
    with path.open("ab") as stream:
        stream.write(rng.choice((b"\0" * 4_096, rng.randbytes(100), b"x")))


def zero(rng: random.Random, path: Path) -> None:
    raw = bytearray(path.read_bytes())
    start = rng.randint(0, len(raw))
    raw[start : start + 4_096] = rng.choice((b"\0", b"\xff")) * len(raw[start : start + 4_096])
    path.write_bytes(raw)


def swap(rng: random.Random, path: Path) -> None:
    """Put another file of the folder in its place."""
    others = [other for other in path.parent.iterdir() if other.is_file()]
    path.write_bytes(rng.choice(others).read_bytes())


def replace(rng: random.Random, path: Path) -> None:
    """Something that is no file, or leads elsewhere."""
    path.unlink()
    match rng.randrange(7):
        case 0:
            path.mkdir()
        case 1:
            os.mkfifo(path)
        case 2:
            path.symlink_to(path.name)
        case 3:
            path.symlink_to(rng.choice(("/dev/zero", "/dev/null", "/proc/self/mem", "/etc")))
        case 4:
            path.symlink_to("missing")
        case 5:
            with path.open("wb") as stream:
                os.truncate(stream.fileno(), 1 << 42)  # sparse
        case _:
            pass


def header(rng: random.Random, path: Path) -> None:
    """Another header before the same data."""
    raw = path.read_bytes()
    data = raw[128:] if raw.startswith(b"\x93NUMPY") else raw
    shape = rng.choice(
        ((), (0,), (1,), (len(data),), (2**40,), (2**62, 2), (-1,), (3, 0), (0, 256), (2, 2, 2))
    )
    dtype = rng.choice(
        ("<i8", "<f4", ">i4", "|O", "|u1", "<U9", "|V0", "<f8", "<c16", "|i1", "<i4", "M8[s]")
    )
    text = repr({"descr": dtype, "fortran_order": rng.random() < 0.3, "shape": shape})
    text = rng.choice((text, text, text, "{" * 9_000, "__import__('os')", text[:-1], "1" * 60_000))
    packed = (text + "\n").encode()
    path.write_bytes(
        b"\x93NUMPY\x01\x00" + (len(packed) % 65_536).to_bytes(2, "little") + packed + data
    )


def values(rng: random.Random, path: Path) -> None:
    """Sound header, other values."""
    try:
        array = np.load(path, allow_pickle=False)
    except Exception:  # it was damaged before
        return truncate(rng, path)
    flat = array.reshape(-1)
    if not len(flat):
        return None
    places = [rng.randrange(len(flat)) for _ in range(rng.choice((1, 3, 50)))]
    if array.dtype.kind == "f":
        odd: list[Any] = [np.nan, np.inf, -np.inf, -1.0, 0.0, 3e38, 1e-45]
    else:
        limits = np.iinfo(array.dtype)
        odd = [limits.min, limits.max, 0, 1, limits.max // 2]
        odd += [n for n in (len(flat), len(flat) // 2, 300) if n <= limits.max]
    if rng.random() < 0.2:
        flat[:] = rng.choice(odd)
    elif rng.random() < 0.2:
        flat[:] = flat[::-1].copy()
    for place in places:
        flat[place] = rng.choice(odd)
    if rng.random() < 0.2:
        array = flat[: rng.randint(0, len(flat))] if array.ndim == 1 else array[: len(array) // 2]
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    path.write_bytes(buffer.getvalue())
    return None


def tables(rng: random.Random, path: Path) -> None:
    """Other values in a store that SQLite finds sound, or another schema."""
    columns = {
        "articles": ("row", "id", "path", "meta"),
        "texts": ("article", "text"),
        "chunks": (
            "id", "article", "anchor", "heading_path", "ordinal", "spans", "units", "questions",
            "hash", "source", "text",
        ),
        "facets": ("key", "value", "article"),
    }  # fmt: skip
    with (
        closing(sqlite3.connect(path, isolation_level=None)) as connection,
        suppress(sqlite3.Error),
    ):
        connection.execute("PRAGMA writable_schema = ON")
        for _ in range(rng.choice((1, 1, 3))):
            table = rng.choice(list(columns))
            column = rng.choice(columns[table])
            with suppress(sqlite3.Error):
                if rng.random() < 0.1:
                    connection.execute(f"DELETE FROM {table} WHERE random() % 2")
                elif rng.random() < 0.1:
                    connection.execute(
                        "UPDATE sqlite_schema SET sql = ? WHERE name = ?",
                        ["CREATE TABLE x(", table],
                    )
                elif rng.random() < 0.3 and table == "articles":
                    _damage_meta(rng, connection)
                else:
                    everywhere = "1" if rng.random() < 0.5 else "random() % 3 = 0"
                    connection.execute(
                        f"UPDATE OR IGNORE {table} SET {column} = ? WHERE {everywhere}",
                        [rng.choice(ODD_SQL)],
                    )


def _damage_meta(rng: random.Random, connection: sqlite3.Connection) -> None:
    for row, text in connection.execute("SELECT row, meta FROM articles").fetchall():
        meta: Any = None
        with suppress(ValueError):
            meta = json.loads(text)
        if not isinstance(meta, dict):
            continue
        meta[rng.choice(list(meta))] = rng.choice(ODD_JSON)
        with suppress(UnicodeEncodeError):
            connection.execute(
                "UPDATE articles SET meta = ? WHERE row = ?", [json.dumps(meta), row]
            )


def objects(rng: random.Random, path: Path) -> None:
    """Another value somewhere in a JSON file."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError, RecursionError):
        return truncate(rng, path)
    here: Any = value
    while isinstance(here, (dict, list)) and here:
        key = rng.choice(list(here)) if isinstance(here, dict) else rng.randrange(len(here))
        if not isinstance(here[key], (dict, list)) or rng.random() < 0.3:
            here[key] = rng.choice(ODD_JSON)
            break
        here = here[key]
    text = rng.choice((json.dumps(value), json.dumps(value), json.dumps([value]), "[" * 100_000))
    path.write_text(text, encoding="utf-8")
    return None


def current(rng: random.Random, path: Path) -> None:
    """Another name in CURRENT."""
    names = (
        "", "gen-000009", "../x", ".", "gen-000001\0", "/etc", "x" * 100_000, "gen-1",
        "gen-" + "1" * 5_000, "gen-000001/../gen-000001", "\n\n",
    )  # fmt: skip
    path.write_bytes(rng.choice(names).encode() + rng.choice((b"", b"\n", b"\xff")))


ANY: tuple[Damage, ...] = (flip, flip, truncate, extend, zero, swap, replace)
BY_SUFFIX: dict[str, tuple[Damage, ...]] = {
    ".npy": (header, values, values, values),
    ".sqlite": (tables, tables, tables, tables),
    ".json": (objects, objects, objects),
    "": (current,),
}


def cases(kb: Path) -> Callable[[int, Path], tuple[str, str]]:
    """The case function over indexes of the example help centre.

    Args:
        kb: not used: a small index makes for many cases.
    """
    del kb
    scratch = Path(tempfile.mkdtemp(prefix="fuzz-index-"))
    atexit.register(shutil.rmtree, scratch, ignore_errors=True)
    examples = Path(__file__).parent.parent / "kb"
    for path in walk(examples)[::3]:
        (scratch / "kb" / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(examples / path, scratch / "kb" / path)
    sound = scratch / "index"
    build_index(scratch / "kb", sound)
    (sound / "calibration.json").write_text('{"bias": 0}')
    signed = scratch / "signed"
    shutil.copytree(sound, signed)
    codes = np.load(signed / "gen-000001" / CODES_NAME)
    np.save(signed / "gen-000001" / SIGNS_NAME, signs_of(codes))
    _repair(signed / "gen-000001")
    return partial(_case, (sound, signed))


def _case(indexes: tuple[Path, ...], seed: int, place: Path) -> tuple[str, str]:
    rng = random.Random(seed)
    index = place / "index"
    shutil.copytree(rng.choice(indexes), index)
    if rng.random() < 0.9:
        (index / "calibration.json").unlink()
    folder = index / "gen-000001"
    repaired = rng.random() < 0.6
    names = []
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        inside, paths = (
            [path for path in place.iterdir() if _is_small_file(path)] for place in (folder, index)
        )
        wanted = rng.choice((".npy", ".npy", ".npy", ".sqlite", ".sqlite", ".json", ""))
        path = rng.choice(sorted([p for p in inside if p.suffix == wanted] or paths or inside))
        damage = rng.choice((*ANY, *BY_SUFFIX.get(path.suffix, ()) * 2))
        damage(rng, path)
        names.append(damage.__name__)
    if repaired:
        _repair(folder)
    kind = f"index/{names[0]}{', right hashes' if repaired else ''}"
    return kind, _read(index, rng)


def _is_small_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink() and path.stat().st_size < 1 << 30


def _repair(folder: Path) -> None:
    """Write the hashes of the files as they are now into the manifest, where that is possible."""
    path = folder / MANIFEST_NAME
    with suppress(ValueError, OSError, TypeError, KeyError, AttributeError, RecursionError):
        if any(other.stat().st_size > 1 << 30 or not other.is_file() for other in folder.iterdir()):
            return
        table = json.loads(path.read_text(encoding="utf-8"))
        found = hash_files(folder)
        table["files"] = {
            name: {"sha256": entry.sha256, "size": entry.size} for name, entry in found.items()
        }
        path.write_text(json.dumps(table), encoding="utf-8")


def _read(index: Path, rng: random.Random) -> str:
    """All that readers do, each on its own; names what came of the first."""
    outcomes = [_tried(index, verify_index, index, every=True)]
    outcomes.append(_tried(index, list_generations, index))
    try:
        assistant = Assistant.open(index)
    except KbassistError as error:
        _named(index, error)
        return f"refused: {type(error).__name__}"
    for question in QUESTIONS:
        mode = rng.choice((None, None, "lexical", "vector", "hybrid"))
        outcomes.append(_tried(index, assistant.search, question, mode=mode))
        outcomes.append(_tried(index, _answered, assistant, question))
    outcomes.append(_tried(index, assistant.status))
    outcomes.append(_tried(index, assistant.reload))
    for ref in ("zh/wallet/withdrawal-not-arrived", "x", "zh/wallet/withdrawal-not-arrived.md:1-3"):
        outcomes.append(_tried(index, assistant.get, ref))
    return "refused at a question" if any(outcomes[2:]) else "answered"


def _answered(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    json.dumps(results.answer(answer, answer.explain()))
    for hit in answer.hits[:2]:
        assistant.get(hit.chunk.id)
    if answer.citations:
        assistant.render(answer, mark=True)


def _tried(index: Path, call: Callable[..., object], *args: Any, **kwargs: Any) -> bool:
    """Whether a call was refused."""
    try:
        call(*args, **kwargs)
    except KbassistError as error:
        _named(index, error)
        return True
    return False


def _named(index: Path, error: KbassistError) -> None:
    """An index that cannot be used is named, with what to do about it."""
    if isinstance(error, UnusableIndex):
        assert str(index) in error.message, error.message
