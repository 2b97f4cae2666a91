"""What every command prints under --json is one object that its own schema allows."""

from __future__ import annotations

import errno
import json
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from kbassist import Assistant
from kbassist.cli import queries
from kbassist.errors import KbassistError
from kbassist.records.schemas import COMMANDS
from kbassist.text.count import count_tokens
from tests.cli.in_process import ran, validate
from tests.conftest import HARBOR, REPOSITORY, WriteKb

QUESTIONS = 200

ACTIONS = {
    "answer": ("USDT-TRC20 提现没到账，钱去哪了？", "confident"),
    "clarify": ("手续费", "question_too_short"),
    "abstain": ("Wie backt man Sauerteigbrot?", "low_confidence"),
    "handoff": ("我的账号被盗了，币也被转走了，转人工", "asked_for_person"),
}
SHAPES: list[tuple[tuple[str, ...], str]] = [
    ((), ""),
    (("--brief",), "_brief"),
    (("--max-tokens", "200"), ""),
    (("--brief", "--max-tokens", "90"), "_brief"),
    (("--explain",), ""),
    (("--jsonl",), ""),
]
SHAPES_OF_SEARCH: list[tuple[tuple[str, ...], str]] = [
    (("--snippet-tokens", "25"), ""),
    (("--offset", "3", "-k", "2", "--brief", "--snippet-tokens", "9"), "_brief"),
    (("--offset", "1", "--max-tokens", "300"), ""),
]


@pytest.fixture(autouse=True)
def _index(harbor: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KBASSIST_INDEX", str(harbor))


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize(("more", "form"), SHAPES)
def test_every_action(action: str, more: tuple[str, ...], form: str) -> None:
    question, reason = ACTIONS[action]
    found = ran("ask", question, "--json", *more)
    value = found.one(f"ask{form}")
    assert (value["action"], value["reason"]) == (action, reason)
    if "--max-tokens" in more:
        assert count_tokens(found.out) <= int(more[-1])
    assert found.status == (0 if action in ("answer", "clarify") else 3)
    assert ("near" in value) == (action == "abstain")
    ran("search", question, "--json", *more).one(f"search{form}")


def test_every_reason_that_a_question_can_have() -> None:
    asked = {
        "no_hits": ("提币", "--filter", "path=nowhere"),
        "unknown_identifier": ("what is ZX-4471?",),
        "partly_answered": ("How do I enable 2FA and who is your CEO?",),
        "urgent": ("I want to kill myself",),
    }
    for reason, words in asked.items():
        for more, form in SHAPES:
            assert ran("ask", *words, "--json", *more).one(f"ask{form}")["reason"] == reason


def test_nothing_found() -> None:
    words = ("search", "提币手续费", "--filter", "path=nowhere", "--json")
    for more, form in SHAPES:
        found = ran(*words, *more)
        value = found.one(f"search{form}")
        assert (found.status, value["hits"], value["next"]) == (3, [], None)
        assert value["near"]["why"] == "no article passes the filters"
        assert value["near"]["filters"] == [
            {"filter": "path=nowhere", "articles": 0, "did_you_mean": []}
        ]
    beyond = ran("search", "提币手续费", "--json", "--offset", "990", "-k", "10", "--locale", "en")
    assert (beyond.status, beyond.one("search")["next"]) == (3, None)


def test_pages_join_up() -> None:
    words = ("search", "withdrawal fee", "--json", "-k")
    whole = ran(*words, "12").one("search")
    pages: list[dict[str, Any]] = []
    offset = 0
    while len(pages) < 12:
        value = ran(*words, "4", "--offset", str(offset)).one("search")
        pages += value["hits"]
        offset = value["next"]
        assert offset == len(pages)
    assert pages == whole["hits"]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, harbor: Path) -> Path:
    """A folder with a small kb, an index of it, a copy of the large one, and labelled questions."""
    folder = tmp_path_factory.mktemp("contract")
    (folder / "kb").mkdir()
    text = "---\nkind: glossary\n---\n\n提币\n: 转出去。又叫：提现、withdrawal。误写：体币。\n"
    (folder / "kb" / "a.md").write_text(text, encoding="utf-8")
    (folder / "bad").mkdir()
    (folder / "bad" / "a.md").write_text("---\nkind: fqa\n---\n", encoding="utf-8")
    shutil.copytree(harbor, folder / "index")
    lines = (REPOSITORY / "evals" / "harbor-en.jsonl").read_text(encoding="utf-8").splitlines()
    (folder / "own.jsonl").write_text("\n".join(lines[::3]) + "\n", encoding="utf-8")
    (folder / "log.txt").write_text("提币没到账\nCan I pay by cheque?\n" * 3, encoding="utf-8")
    return folder


def lines_of(place: Path) -> dict[str, list[tuple[str, ...]]]:
    """Command → lines of it, in the order in which they can run; `ask`, `search` have their own."""
    kb, index, own = str(place / "kb"), ("--index", str(place / "index")), str(place / "own.jsonl")
    small, result = ("--index", str(place / "small")), str(place / "out" / "own-hybrid-all.json")
    return {
        "build": [(kb, *small), (kb, *small, "--full"), (kb, *small, "--strict")],
        "get": [("withdrawal-not-arrived",), ("glossary:3-4", "-B", "9", "--max-tokens", "99")],
        "status": [(), small],
        "rollback": [("--list", *small), small],
        "verify": [small, ("--all", *small)],
        "cache": [index, ("--prune", *index), ("--clear", *index)],
        "lint": [(kb,), (kb, "--fix", "--dry-run"), ("--rules",), (kb, "--fail-on", "info")],
        "glossary": [(kb,)],
        "schema": [(), ("ask",), ("eval", "run"), ("--list",)],
        "version": [()],
        "coverage": [(str(place / "log.txt"), "--jobs", "1", *index)],
        "calibrate": [(own, *index)],
        "eval init": [(str(place / "drafted.jsonl"), *small)],
        "eval add": [(own, "Is there a dark mode?", "--expect", "abstain", *index)],
        "eval run": [(own, "--out", str(place / "out"), *index)],
        "eval compare": [(result, result)],
        "eval misses": [(own, *index)],
        "eval sweep": [(own, "--set", "rrf_k=30,60", *index)],
        "eval export": [(result, "--out", str(place / "trec"))],
    }


def test_every_other_command(place: Path) -> None:
    told = lines_of(place)
    schemas = {command: ran("schema", *command.split()).objects[0] for command in COMMANDS}
    assert set(told) | {"ask", "search", "watch", "preview"} == set(COMMANDS)
    for command, lines in told.items():
        for words in lines:
            found = ran(*command.split(), *words, "--json")
            if command == "eval run":
                (result,) = (place / "out").glob("*.json")
                result.rename(place / "out" / "own-hybrid-all.json")
            assert found.out.count("\n") == 1 and found.err == "", (command, words, found)
            jsonschema.Draft202012Validator(schemas[command]).validate(found.objects[0])
            assert "error" not in found.objects[0], (command, words, found.out)
            assert found.status in (0, 6)


def broken(place: Path, name: str, change: Callable[[Path], object]) -> tuple[str, str]:
    """An index that something is wrong with."""
    folder = place / name
    if not folder.exists():
        shutil.copytree(place / "index", folder)
        (generation,) = folder.glob("gen-*")
        change(generation)
    return "--index", str(folder)


def manifest_of_another(generation: Path) -> None:
    manifest = json.loads((generation / "manifest.json").read_text(encoding="utf-8"))
    manifest["format"] = 1
    (generation / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def cases(place: Path) -> dict[str, list[tuple[str, ...]]]:
    """Error code → lines that end with it."""
    kb, bad, nowhere = str(place / "kb"), str(place / "bad"), str(place / "nowhere")
    (place / "plain.txt").write_text("x", encoding="utf-8")
    odd = place / "odd.jsonl"
    odd.write_text('{"id": "a", "text": "fee", "relevant": ["no-such-article"]}\n', "utf-8")
    settings = place / "settings"
    settings.mkdir(exist_ok=True)
    (settings / "kbassist.toml").write_text("colour = 1\n", encoding="utf-8")
    missing = broken(place, "torn", lambda generation: (generation / "chunks.sqlite").unlink())
    old = broken(place, "old", manifest_of_another)
    stale = broken(place, "stale", lambda generation: (generation / "local.json").unlink())
    return {
        "empty_question": [("ask", "？？"), ("search", ""), ("search", "-")],
        "question_too_long": [("ask", "x" * 4001)],
        "filter": [("ask", "x", "--kind", "fqa"), ("search", "x", "--filter", "n")],
        "usage": [
            (),
            ("ask",),
            ("ask", "x", "--colour"),
            ("ask", "x", "--json=yes"),
            ("answer", "x"),
            ("eval",),
            ("eval", "walk"),
            ("eval", "run"),
            ("ask", "x", "-k", "many"),
            ("ask", "x", "-k", "0"),
            ("ask", "x", "--today", "soon"),
            ("ask", "x", "--mark"),
            ("ask", "x", "--max-tokens", "0"),
            ("ask", "x", "--max-tokens", "3"),
            ("ask", "x", "--max-tokens", "500", "--explain"),
            ("ask", "x", "--brief", "--explain"),
            ("search", "x", "--snippet-tokens", "0"),
            ("search", "x", "--offset", "-1"),
            ("search", "x", "--offset", "999"),
            ("get", "glossary", "--before", "-1"),
            ("get", "glossary:99999"),
            ("build", nowhere),
            ("watch", nowhere),
            ("preview", nowhere),
            ("glossary", nowhere),
            ("lint", nowhere),
            ("lint", kb, "--dry-run"),
            ("cache", "--limit", "-1"),
            ("rollback", "gen-000001", "--list"),
            ("schema", "answer"),
            ("schema", "ask", "--list"),
            ("coverage", str(place / "log.txt"), "--html", kb),
            ("eval", "sweep", str(place / "own.jsonl"), "--set", "x"),
        ],
        "not_found": [("get", "nothing"), ("get", "stolen-account-handling")],
        "build": [("build", bad, "--index", str(place / "never"))],
        "config": [("build", str(settings), "--index", str(place / "never"))],
        "dataset": [("eval", "run", str(odd)), ("calibrate", str(odd))],
        "index_missing": [
            (*command, "--index", nowhere)
            for command in (("ask", "x"), ("status",), ("verify",), ("cache",), ("rollback",))
        ],
        "index_broken": [("ask", "x", *missing), ("status", *missing)],
        "index_incompatible": [("ask", "x", *old), ("search", "x", *old)],
        "index_stale": [("ask", "x", "--require-fresh", *stale)],
        "index_unwritable": [("build", kb, "--index", str(place / "plain.txt" / "index"))],
        "model": [("build", kb, "--embedder", "./nowhere", "--index", str(place / "never"))],
    }


def test_every_error(place: Path) -> None:
    for code, lines in cases(place).items():
        for words in lines:
            found = ran(*words, "--json")
            error = found.one("error")["error"]
            assert error["code"] == code, (words, error)
            assert found.status not in (0, 130), words
            assert error["message"]
            assert "Traceback" not in found.out
            json_lines = ran(*words, "--jsonl")
            if words[:1] in (("ask",), ("search",)):
                assert json_lines.one("error")["error"]["code"] in (code, "usage")


def test_errors_that_the_machine_makes(monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    def refused(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO), "disk")

    def fault(*_: object) -> None:
        raise ZeroDivisionError("a fault")

    def other(*_: object) -> None:
        raise KbassistError("another")

    told = ((refused, "error"), (fault, "internal"), (other, "error"))
    for raise_it, code in told:
        monkeypatch.setattr(queries, "_open", raise_it)
        for words in (("ask", "x"), ("search", "x"), ("get", "x"), ("status",)):
            found = ran(*words, "--json")
            assert (found.one("error")["error"]["code"], found.status) == (code, 1)


def test_a_missing_package_and_a_busy_index(
    monkeypatch: pytest.MonkeyPatch, place: Path, write_kb: WriteKb
) -> None:
    from kbassist.index.writer import writing

    with writing(place / "small" if (place / "small").exists() else place / "index", "build", 0):
        busy = place / "small" if (place / "small").exists() else place / "index"
        found = ran("cache", "--clear", "--index", str(busy), "--json")
        assert (found.one("error")["error"]["code"], found.status) == ("index_busy", 7)
    monkeypatch.setitem(__import__("sys").modules, "watchfiles", None)
    error = ran("watch", str(write_kb({"a.md": "a"})), "--json").one("error")["error"]
    assert (error["code"], error["hint"]) == (
        "missing_dependency",
        "Install it: pip install 'kbassist[watch]'",
    )


def some_questions() -> list[str]:
    """Questions from the labelled sets, whole, mixed, garbled and odd; the same each time."""
    rng = random.Random(9)
    texts = [
        json.loads(line)["text"]
        for name in ("harbor-zh", "harbor-en")
        for line in (REPOSITORY / "evals" / f"{name}.jsonl").read_text("utf-8").splitlines()
    ]
    headings = [
        line.lstrip("# ").strip()
        for path in sorted(HARBOR.rglob("*.md"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("#")
    ]
    odd = [chr(rng.randrange(1, 0x11000)) for _ in range(400)] + list("\x00\x1b\u202e\ud800🙂\n\t")

    def garbled(text: str) -> str:
        letters = list(text)
        for _ in range(rng.randint(1, 6)):
            letters[rng.randrange(len(letters))] = rng.choice([*odd, "", letters[0]])
        return "".join(letters)

    make: list[Callable[[], str]] = [
        lambda: rng.choice(texts),
        lambda: rng.choice(headings),
        lambda: garbled(rng.choice(texts)),
        lambda: f"{rng.choice(texts)} {rng.choice(texts)}",
        lambda: " ".join(rng.sample(rng.choice(texts).split() or ["a"], 1)),
        lambda: "".join(rng.choices(odd, k=rng.randint(1, 60))),
        lambda: rng.choice(texts) * rng.randint(2, 400),
        lambda: rng.choice(
            ["", " ", "？", "\n", "--", "{}", "'; DROP TABLE x", "\x00", "a" * 4000]
        ),
    ]
    return [make[number % len(make)]() for number in range(QUESTIONS)]


def test_random_questions(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "_open", lambda *_: assistant)  # once, not 400 times
    seen: dict[str, int] = {}
    rng = random.Random(3)
    for question in some_questions():
        for command in ("ask", "search"):
            more, form = rng.choice(SHAPES if command == "ask" else SHAPES + SHAPES_OF_SEARCH)
            words = (command, question, *more, "--json")
            if question.startswith("-"):
                words = (command, *more, "--json", "--", question)
            found = ran(*words)
            record: dict[str, Any] = found.objects[0]
            outcome = (
                record["error"]["code"] if "error" in record else record.get("action", "found")
            )
            seen[outcome] = seen.get(outcome, 0) + 1
            found.one("error" if "error" in record else f"{command}{form}")
            assert (found.status == 2) == ("error" in record), (words, record)
    assert {"answer", "clarify", "abstain", "handoff", "found"} <= set(seen), seen
    assert {"empty_question", "question_too_long"} <= set(seen), seen
    assert set(seen) <= {*ACTIONS, "found", "empty_question", "question_too_long", "usage"}


def test_the_same_questions_as_a_batch(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    questions = some_questions()
    lines = [json.dumps({"question": one, "id": n}) for n, one in enumerate(questions)]
    path.write_text("\n".join(lines), encoding="utf-8")
    for command in ("ask", "search"):
        found = ran(command, "--batch", str(path))
        assert (found.status, found.err) == (0, "")
        assert [one["id"] for one in found.objects] == list(range(QUESTIONS))
        for record in found.objects:
            validate(record, "error" if "error" in record else command)


def test_streams_of_builds_and_answers(place: Path, write_kb: WriteKb, tmp_path: Path) -> None:
    """`preview` and `watch`: an object for each build or answer, errors included."""
    pytest.importorskip("watchfiles")
    kb = str(write_kb({"a.md": "# 提币\n\n提币十分钟到账。\n"}))
    index = ("--index", str(tmp_path / "index"))
    found = ran("preview", kb, *index, "--json", text="提币多久到账？\n？？\n")
    assert (found.status, found.err) == (0, "")
    for record, definition in zip(found.objects, ("build", "ask", "error"), strict=True):
        validate(record, definition)
    with subprocess.Popen(
        [sys.executable, "-m", "kbassist", "watch", str(place / "bad"), *index, "--json"],
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdout is not None
        record = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGINT)
    validate(record, "error")
    assert (record["error"]["code"], process.returncode) == ("build", 0)
