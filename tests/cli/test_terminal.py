"""What makes text safe and marks what matched."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbassist.cli import render
from kbassist.cli.terminal import SNIPPET_CHARS, excerpt, one_line, safe, styled
from kbassist.records.printed import as_json
from kbassist.text.analyzer import Analyzer

ANALYZER = Analyzer()
UNSAFE = {*map(chr, range(32)), *map(chr, range(0x7F, 0xA0)), "\u202e", "\u2066"} - {"\n", "\t"}


def test_control_characters_are_written_out() -> None:
    assert safe("a\x1b[1m\u202eb\n\tc") == "a\\x1b[1m\\u202eb\n\tc"
    assert safe("提现 🙂") == "提现 🙂"


def test_a_name_cannot_forge_a_line() -> None:
    assert one_line("a\n[1] Official") == "a\\n[1] Official"
    assert styled("a\nb") == "a\\nb"


@given(st.text())
def test_nothing_unsafe_is_left(text: str) -> None:
    assert not set(safe(text)) & UNSAFE
    encoded = as_json({text: text})
    assert not set(encoded) & UNSAFE
    assert json.loads(encoded) == {text: text}


def test_the_excerpt_shows_the_match() -> None:
    text = "无关的话。" * 60 + "TRC-20 手续费是 1.5 USDT。" + "无关的话。" * 60
    line = excerpt(text, {"手续", "续费"}, ANALYZER)
    assert "手续费是 1.5" in line
    assert line.startswith("…") and line.endswith("…")
    assert len(line) <= SNIPPET_CHARS + 2


def test_an_object_is_indented_for_people_unless_it_must_be_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(render, "colour_wanted", lambda: True)
    render.print_json({"a": 1})
    assert capsys.readouterr().out == '{\n  "a": 1\n}\n'
    render.print_json({"a": 1}, one_line=True)
    render.json_line({"a": 2})
    assert capsys.readouterr().out == '{"a": 1}\n{"a": 2}\n'
