"""Incremental builds: whatever was edited, the index is that of a full build, byte for byte."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from kbassist import Assistant, BuildError, BuildReport, BuildSettings, build_index
from kbassist.config import Bm25Settings, ChunkSettings
from kbassist.embed import registry
from kbassist.embed.protocol import Matrix, Progress
from kbassist.index.cache import CACHE_NAME, clear
from kbassist.index.generation import live_folder
from kbassist.index.manifest import LOCAL_NAME
from tests.conftest import WriteKb
from tests.index.test_hybrid import HashedTerms

ARTICLES = {
    "a.md": "---\nquestions: [提币要多久, 为什么没到账]\n---\n# 提现\n\n提现一般十分钟到账。\n",
    "b.md": "# Fees\n\nThe fee is 1 USDT.\n\n## Refunds\n\nA refund takes three days.\n",
    "sub/c.md": "---\naudience: staff\n---\n# 内部\n\n被盗时先冻结账户。\n",
    "sub d/e.md": "# Ledger\n\nEvery booking has an entry.\n",
    "sub d.md": "# Before or after\n\nIts id sorts between the folder's name and its files.\n",
}
WORDS = [
    "提币",
    "到账",
    "fee",
    "refund",
    "多久",
    "wallet",
    "认证",
    "limit",
    "手续费",
    "address",
    "冻结",
    "account",
    "幂等",
]
SETTINGS = (
    'synonyms = [["fee", "cost"]]\n',
    'restricted_audiences = ["vip", "staff"]\n',
    'base_url = "https://h.example"\n',
    "# nothing\n",
)
HEADS = (
    "products: spot",
    "audience: staff",
    "status: draft",
    "id: x1",
    "id: x2",
    "questions: [多久到账, how long]",
    "translation_of: x1",
    "kind: glossary",
)


class Counting(HashedTerms):
    """Says what it was asked for."""

    asked: list[str] = []  # noqa: RUF012

    def embed_documents(self, texts: Sequence[str], progress: Progress | None = None) -> Matrix:
        Counting.asked += texts
        return super().embed_documents(texts, progress)


@pytest.fixture(autouse=True)
def _models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "LOADERS", {**registry.LOADERS, "counting": Counting})
    Counting.asked.clear()


@pytest.fixture
def kb(write_kb: WriteKb) -> Path:
    return write_kb(ARTICLES)


def contents(index: Path) -> dict[str, bytes]:
    """Every file of the live generation but the hints of this machine."""
    folder = live_folder(index)
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != LOCAL_NAME}


def check(kb: Path, index: Path, **options: object) -> BuildReport:
    """Build on top of what there is; the result must be that of a full build elsewhere."""
    fresh = index.parent / "fresh"
    shutil.rmtree(fresh, ignore_errors=True)
    expected = build_index(kb, fresh, full=True, **options)  # type: ignore[arg-type]
    report = build_index(kb, index, **options)  # type: ignore[arg-type]
    assert contents(index) == contents(fresh)
    assert (report.warnings, report.chunks) == (expected.warnings, expected.chunks)
    assert not build_index(kb, index, **options).changed  # type: ignore[arg-type]
    return report


def random_article(draw: random.Random) -> str:
    head = f"---\n{draw.choice(HEADS)}\n---\n" if draw.random() < 0.4 else ""
    sections = "".join(
        f"## {draw.choice(WORDS)}\n\n{' '.join(draw.choices(WORDS, k=draw.randrange(1, 20)))}。\n\n"
        for _ in range(draw.randrange(4))
    )
    return f"{head}# {' '.join(draw.choices(WORDS, k=2))}\n\n{sections}"


def edit(kb: Path, draw: random.Random) -> None:
    """One random edit of a folder."""
    files = sorted(kb.rglob("*.md"))
    what = draw.choice(("add", "change", "delete", "rename", "front matter", "settings"))
    some = draw.choice(files)
    new = kb / draw.choice(("", "sub/", "z z/")) / f"n{draw.randrange(20)}.md"
    new.parent.mkdir(exist_ok=True)
    if what == "add":
        new.write_text(random_article(draw), encoding="utf-8")
    elif what == "change":
        some.write_text(random_article(draw), encoding="utf-8")
    elif what == "delete" and len(files) > 3:
        some.unlink()
    elif what == "rename":
        some.rename(new)
    elif what == "front matter" and not some.read_text(encoding="utf-8").startswith("---"):
        text = some.read_text(encoding="utf-8")
        some.write_text(f"---\n{draw.choice(HEADS)}\n---\n{text}", encoding="utf-8")
    else:
        (kb / "kbassist.toml").write_text(draw.choice(SETTINGS), encoding="utf-8")


def edited_at_random(kb: Path, index: Path, seed: int, steps: int) -> None:
    draw = random.Random(seed)
    for _ in range(steps):
        for _ in range(draw.choice((1, 1, 3, 8))):
            edit(kb, draw)
        model = draw.choice(("bundled", "bundled", "none", "counting:"))
        try:
            check(kb, index, embedder=model)
        except BuildError:  # two chunks with one id, say; the next edit may mend it
            continue


@pytest.mark.parametrize("seed", range(4))
def test_random_edits_give_what_a_full_build_gives(kb: Path, tmp_path: Path, seed: int) -> None:
    edited_at_random(kb, tmp_path / "index", seed, 8)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 140))
def test_many_random_edits(kb: Path, tmp_path: Path, seed: int) -> None:
    edited_at_random(kb, tmp_path / "index", seed, 40)


def test_one_change_reuses_all_others(kb: Path, tmp_path: Path, write_kb: WriteKb) -> None:
    index = tmp_path / "index"
    first = check(kb, index)
    assert (first.changes, first.reused) == (None, 0)
    write_kb({"b.md": ARTICLES["b.md"] + "\n## Limits\n\nNone.\n"})
    report = check(kb, index)
    assert (report.reused, report.articles) == (4, 5)
    assert report.changes is not None and report.changes.changed == ("b.md",)


CHANGES: dict[str, Callable[[Path], object]] = {
    "the last article of a folder": lambda kb: shutil.rmtree(kb / "sub"),
    "front matter": lambda kb: (kb / "b.md").write_text(f"---\nkind: faq\n---\n{ARTICLES['b.md']}"),
    "a rename": lambda kb: (kb / "a.md").rename(kb / "sub" / "z.md"),
    "a draft": lambda kb: (kb / "b.md").write_text("---\nstatus: draft\n---\nx\n"),
    "an id that another has": lambda kb: (kb / "b.md").write_text("---\nid: a\n---\nx\n"),
    "only settings": lambda kb: (kb / "kbassist.toml").write_text('base_url = "https://x.example"'),
    "only restrictions": lambda kb: (kb / "kbassist.toml").write_text("restricted_audiences = []"),
    "only synonyms": lambda kb: (kb / "kbassist.toml").write_text('synonyms = [["fee", "cost"]]'),
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_kind_of_change(kb: Path, tmp_path: Path, change: str) -> None:
    check(kb, tmp_path / "index")
    CHANGES[change](kb)
    assert check(kb, tmp_path / "index").changed


def test_what_changed_is_reported(kb: Path, tmp_path: Path, write_kb: WriteKb) -> None:
    index = tmp_path / "index"
    build_index(kb, index)
    (kb / "a.md").rename(kb / "sub" / "z.md")
    (kb / "b.md").unlink()
    write_kb(
        {"new.md": "# New\n\nText.\n", "sub/c.md": "# 内部\n\n别的。\n", "kbassist.toml": "# x"}
    )
    changes = build_index(kb, index).changes
    assert changes is not None and changes.any and changes.settings
    assert (changes.added, changes.changed, changes.deleted) == (
        ("new.md",),
        ("sub/c.md",),
        ("b.md",),
    )
    assert changes.renamed == (("a.md", "sub/z.md"),)
    again = build_index(kb, index).changes
    assert again is not None and not again.any


def test_other_settings_of_bm25_and_chunks(kb: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    for bm25, chunks in (
        (Bm25Settings(), ChunkSettings()),
        (Bm25Settings(k1=1.5), ChunkSettings()),
        (Bm25Settings(k1=1.5, title_weight=0.1), ChunkSettings()),
        (Bm25Settings(variant="okapi", questions_weight=0.0), ChunkSettings()),
        (Bm25Settings(), ChunkSettings(max_tokens=8, min_tokens=2)),
    ):
        check(kb, index, settings=BuildSettings(chunks=chunks, bm25=bm25))
        edit(kb, random.Random(1))
        check(kb, index, settings=BuildSettings(chunks=chunks, bm25=bm25))


def test_a_slow_model_is_asked_for_new_texts_alone(
    kb: Path, tmp_path: Path, write_kb: WriteKb
) -> None:
    index = tmp_path / "index"
    build_index(kb, index, embedder="counting:")
    assert len(Counting.asked) == len(set(Counting.asked)) > 5
    Counting.asked.clear()
    write_kb({"b.md": ARTICLES["b.md"] + "\n## Limits\n\nNone.\n"})
    build_index(kb, index, embedder="counting:")
    assert Counting.asked == ["Fees › Limits\nNone."]  # the others of b.md are in the cache
    Counting.asked.clear()
    build_index(kb, index)
    build_index(kb, index, embedder="counting:")
    assert Counting.asked == []
    clear(index)
    write_kb({"a.md": "# 提现\n\n提现一般一小时到账。\n"})
    build_index(kb, index, embedder="counting:")
    assert len(Counting.asked) == 1  # the rest of the vectors is in the live index


def test_a_damaged_live_index_is_not_taken_over(kb: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    build_index(kb, index)
    store = live_folder(index) / "chunks.sqlite"
    raw = bytearray(store.read_bytes())
    raw[-1] ^= 1
    store.write_bytes(raw)
    (kb / "b.md").unlink()
    assert check(kb, index).reused == 0


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda raw: b"",
    "foreign": lambda raw: b"# no database\n" * 300,
    "cut": lambda raw: raw[: len(raw) // 2],
    "middle": lambda raw: raw[:8192] + bytes(len(raw) - 8192),
    "another application": lambda raw: raw[:68] + b"abcd" + raw[72:],
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_cache_is_made_anew(kb: Path, tmp_path: Path, damage: str) -> None:
    index = tmp_path / "index"
    build_index(kb, index)
    path = index / CACHE_NAME
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    (kb / "b.md").write_text("# Other\n\nText.\n")
    report = build_index(kb, index)
    message = "cache.sqlite: was damaged or of another version, and is made anew"
    assert [str(one) for one in report.warnings] == [message]
    (kb / "b.md").unlink()
    assert check(kb, index).reused == 4
    assert Assistant.open(index).search("提现")


def test_a_bit_that_flips_in_the_cache_changes_no_index(kb: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    build_index(kb, index)
    path, draw = index / CACHE_NAME, random.Random(5)
    sound = path.read_bytes()
    for step in range(12):
        raw = bytearray(sound)
        for _ in range(20):
            raw[draw.randrange(100, len(raw))] ^= 1 << draw.randrange(8)
        path.write_bytes(raw)
        (kb / "b.md").write_text(f"# Fees\n\nThe fee is {step} USDT.\n")
        settings = BuildSettings(chunks=ChunkSettings(max_tokens=300 + step % 2))
        fresh = tmp_path / "fresh"
        shutil.rmtree(fresh, ignore_errors=True)
        build_index(kb, fresh, settings=settings)
        build_index(kb, index, settings=settings)
        assert contents(index) == contents(fresh)


def test_without_a_cache_the_live_index_is_enough(kb: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    build_index(kb, index)
    clear(index)
    (kb / "b.md").unlink()
    assert check(kb, index).reused == 4
