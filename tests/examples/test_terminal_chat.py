"""The chat in the terminal, as somebody types into it; it needs no extra."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import terminal_chat
from kbassist import Assistant, build_index
from tests.conftest import REPOSITORY, WriteKb

PROGRAM = REPOSITORY / "examples" / "terminal_chat.py"


def test_each_example_is_short() -> None:
    for path in sorted(PROGRAM.parent.glob("*.py")):
        assert path.read_text(encoding="utf-8").count("\n") < 80, path.name


def talk(assistant: Assistant, monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    typed = iter(lines)

    def read(prompt: str) -> str:
        try:
            return next(typed)
        except StopIteration:
            raise EOFError from None

    monkeypatch.setattr("builtins.input", read)
    terminal_chat.chat(assistant.conversation(), assistant)


def test_a_conversation(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    talk(
        assistant, monkeypatch, "TRC20 提币手续费是多少？", "那 ERC20 呢？", "/quit", "never asked"
    )
    printed = capsys.readouterr().out
    first, second = printed.split("来源\n")[:2]
    assert "1.5 USDT" in first and "ERC-20" in second and "4 USDT" in second
    assert "https://help.harbor.example/zh/wallet/network-fees-and-confirmations" in printed


def test_a_number_chooses(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    question = "Is a deposit free?"
    asked = assistant.ask(question)
    assert asked.action == "clarify"
    talk(assistant, monkeypatch, question, "1")
    printed = capsys.readouterr().out
    assert f"  1. {asked.choices[0].text} ({asked.choices[0].ref})\n" in printed
    assert "Sources\n[1]" in printed.split("Which of these do you mean?")[1]


def test_help_and_a_number_that_chooses_nothing(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    talk(assistant, monkeypatch, "1", "Is a deposit free?", "9", "0", "/help")
    printed = capsys.readouterr().out
    for number in (1, 9, 0):
        assert f"There is no choice {number}.\n" in printed
    assert printed.count(terminal_chat.HELP) == 2


def test_what_is_related_can_be_chosen(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    question = "quantum telescopes"
    related = assistant.ask(question).related
    talk(assistant, monkeypatch, question, "1")
    printed = capsys.readouterr().out
    assert f"  1. {related[0].text} ({related[0].ref})\n" in printed
    assert "There is no choice" not in printed


def test_no_answer_a_person_and_what_cannot_be_asked(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    talk(assistant, monkeypatch, "weather in Paris", "转人工", "???", "/new", "")
    printed = capsys.readouterr().out
    assert "No answer to this in the knowledge base." in printed
    assert "A person will take over (normal)." in printed
    assert "nothing to search for in '???' Ask with at least one word" in printed


def test_an_article_cannot_steer_the_terminal(
    write_kb: WriteKb,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    build_index(
        write_kb({"a.md": "# Withdrawal fee\n\nIt is \x1b[2J1 USDT.\n"}), tmp_path / "index"
    )
    talk(Assistant.open(tmp_path / "index"), monkeypatch, "withdrawal fee")
    printed = capsys.readouterr().out
    assert "\x1b" not in printed


def test_as_a_program(harbor: Path) -> None:
    command = [sys.executable, str(PROGRAM), str(harbor)]
    run = subprocess.run(command, input="/quit\n", capture_output=True, text=True, check=True)
    assert run.stdout.startswith(terminal_chat.HELP) and run.stderr == ""


def test_no_index(tmp_path: Path) -> None:
    command = [sys.executable, str(PROGRAM), str(tmp_path / "none")]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 1 and "kbassist build" in run.stderr
    assert "Traceback" not in run.stderr
