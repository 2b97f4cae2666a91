"""An ordinary line read without Typer gives a command what Typer gives it; all others are left."""

from __future__ import annotations

import random
from functools import wraps
from typing import Any

import pytest
import typer

from kbassist.cli import full, quick
from kbassist.cli.application import App
from kbassist.cli.run import QUICK
from kbassist.errors import KbassistError

LINES = [
    "ask",
    "ask --batch questions.txt --brief --max-tokens 300 --jsonl",
    "search --batch=- --snippet-tokens 60 --offset 5",
    "get a.md:3-5 -B 2 --after 4 --max-tokens 90 --json",
    "ask question",
    "ask question --json",
    "ask --json question",
    "ask - --json",
    "ask question -k 5",
    "ask question --top-k=7 --top-k 3",
    "ask question --index a --index b --kb=c",
    "ask question --index=",
    "ask question --locale zh --locale=en --product=a",
    "ask question --filter a=b --filter=c=d",
    "ask question --mode lexical --explain --mark --format plain --require-fresh",
    "ask question --today 2026-11-21",
    "search question --json --json",
    "search 提币没到账 --top-k 0",
    "get article#anchor --audience staff",
    "status",
    "status --json --index x",
]
LEFT = [
    "ask --help",
    "ask -h question",
    "ask two questions",
    "ask question --top-k",
    "ask question --top-k x",
    "ask question --top-k -1",
    "ask question --top-k 1.0",
    "ask question --top-k ٣",
    "ask question -k5",
    "ask question -k=5",
    "ask question --unknown x",
    "ask question --max-tokens -5",
    "get a --before",
    "ask question --ind x",
    "ask question --json=yes",
    "ask question --no-json",
    "ask question --today tomorrow",
    "ask question --locale --json",
    "ask -- question",
    "get",
    "status extra",
]


def by_typer(words: list[str]) -> dict[str, Any]:
    """What the command is called with by Typer."""
    seen: dict[str, Any] = {}
    app = App()
    for name, command in QUICK.items():

        @wraps(command)
        def record(**values: Any) -> int:
            seen.update(values)
            return 0

        app.command(name)(record)
    typer.main.get_command(app).main(words, prog_name="kbassist", standalone_mode=False)
    return seen


def by_quick(words: list[str]) -> dict[str, Any] | None:
    """The same without Typer, with what the command itself takes by default."""
    command = QUICK[words[0]]
    values = quick.parse(command, words[1:])
    if values is None:
        return None
    named: dict[str, Any] = {}
    defaults = command.__defaults__ or ()
    names = command.__code__.co_varnames[: command.__code__.co_argcount]
    named.update(zip(names[len(names) - len(defaults) :], defaults, strict=True))
    return named | values


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KBASSIST_INDEX", "KBASSIST_KB", "KBASSIST_TODAY"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("line", LINES)
def test_ordinary_lines_mean_the_same_to_typer(line: str) -> None:
    assert by_quick(line.split()) == by_typer(line.split())


@pytest.mark.parametrize("line", LEFT)
def test_anything_else_is_left_to_typer(line: str) -> None:
    assert by_quick(line.split()) is None


@pytest.mark.parametrize(
    ("index", "today"), [("x", "2026-11-21"), ("", ""), ("a b", " "), ("提币", " 2026-11-21 ")]
)
def test_variables_mean_the_same_to_typer(
    index: str, today: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KBASSIST_INDEX", index)
    monkeypatch.setenv("KBASSIST_TODAY", today)
    for line in ("ask question", "ask question --index b --today 2026-01-01", "status"):
        assert by_quick(line.split()) == by_typer(line.split())


def test_a_wrong_variable_is_left_to_typer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KBASSIST_TODAY", "tomorrow")
    assert by_quick(["ask", "question"]) is None
    with pytest.raises(KbassistError, match="KBASSIST_TODAY"):
        full.run(["ask", "question"])


def test_random_lines_mean_the_same_to_typer_or_are_left() -> None:
    rng = random.Random(7)
    words = sorted({word for line in LINES + LEFT for word in line.split()} - {"--help", "-h"})
    read = 0
    for _ in range(300):
        line = [rng.choice(list(QUICK)), *rng.choices(words, k=rng.randint(0, 5))]
        found = by_quick(line)
        if found is not None:
            read += 1
            assert found == by_typer(line), line
    assert read > 20
