"""Matched words in what `ask` prints."""

from __future__ import annotations

import pytest

from kbassist import Assistant
from kbassist.cli import forms


@pytest.mark.parametrize("form", ["text", "plain"])
def test_bold_on_a_terminal(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    answer = assistant.ask("Solana 提币手续费")
    analyzer = assistant.index.analyzer
    unmarked = forms.rendered(answer, analyzer, form, mark=False)
    assert "\x1b" not in unmarked
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    bold = forms.rendered(answer, analyzer, form, mark=False)
    assert "\x1b[1;4mSolana\x1b[22;24m" in bold
    assert bold.replace("\x1b[1;4m", "").replace("\x1b[22;24m", "") == unmarked
    monkeypatch.setenv("NO_COLOR", "1")
    assert forms.rendered(answer, analyzer, form, mark=False) == unmarked
    monkeypatch.delenv("NO_COLOR")
    assert "\x1b" not in forms.rendered(answer, analyzer, "markdown", mark=False)
