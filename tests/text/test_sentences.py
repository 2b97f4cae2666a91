from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kbassist.text.sentences import sentence_spans

SYNTAX = "ab A1。！？；…!?;.”）)\"'*_`~[]()<>&#|-\n 提币"


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", []),
        (" \n ", []),
        ("没有句号", ["没有句号"]),
        ("到账了吗？请等待。", ["到账了吗？", "请等待。"]),
        ("他说：“好的。”然后走了。", ["他说：“好的。”", "然后走了。"]),
        ("（请先备份。）再继续！！", ["（请先备份。）", "再继续！！"]),
        ("请等待……然后重试；不要关闭", ["请等待……", "然后重试；", "不要关闭"]),
        ("怎么办?请联系我们!谢谢", ["怎么办?", "请联系我们!", "谢谢"]),
        ("Open it. Then wait.", ["Open it.", "Then wait."]),
        ("Fees, e.g. for USDT, vary. See Mr. Lee.", ["Fees, e.g. for USDT, vary.", "See Mr. Lee."]),
        ("It costs 1.5 USDT. Use v1.2.3. OK", ["It costs 1.5 USDT.", "Use v1.2.3.", "OK"]),
        ("See harbor.example or a.md. Done", ["See harbor.example or a.md.", "Done"]),
        ("BTC, ETH, etc. The rest follows.", ["BTC, ETH, etc.", "The rest follows."]),
        ("The U.S. Treasury said no. We agree.", ["The U.S. Treasury said no.", "We agree."]),
        ("It is closed in the U.S. The app tells.", ["It is closed in the U.S.", "The app tells."]),
        ("Until 5 p.m. on Monday. No. 5 is next.", ["Until 5 p.m. on Monday.", "No. 5 is next."]),
        ("approx. 30 min. Then retry.", ["approx. 30 min.", "Then retry."]),
        ("Wait... what? Yes!", ["Wait... what?", "Yes!"]),
        ("Ask J. K. Rowling. Fine", ["Ask J. K. Rowling.", "Fine"]),
        ('"Stop!" (Really.) Go.', ['"Stop!"', "(Really.)", "Go."]),
        ("1. Open. 2. Close.", ["1. Open.", "2. Close."]),
        ("hard wrapped\ntext here. Next\nline", ["hard wrapped\ntext here.", "Next\nline"]),
        ("中文换\n行。下一句", ["中文换\n行。", "下一句"]),
        ("one\n\ntwo", ["one", "two"]),
        ("- one\n- two. Three\n1. four", ["- one", "- two.", "Three", "1. four"]),
        ("# Head\ntext\n> quote\n| a |", ["# Head\ntext", "> quote", "| a |"]),
    ],
)
def test_prose(text: str, sentences: list[str]) -> None:
    assert cut(text) == sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Run `a. B; c!` now. Go", ["Run `a. B; c!` now.", "Go"]),
        ("见 [说明。请看](a.md)。完", ["见 [说明。请看](a.md)。", "完"]),
        ("See [a. B](u 'T. T'). Go", ["See [a. B](u 'T. T').", "Go"]),
        ("![Alt? Yes](i.png) is it", ["![Alt? Yes](i.png) is it"]),
        ("**注意：不要。请勿。**然后", ["**注意：不要。请勿。**", "然后"]),
        ("**Note.** Do it.", ["**Note.**", "Do it."]),
        ("*Note.* Do it.", ["*Note.*", "Do it."]),
        ("https://a.example/x?y=1;z=2。下一句", ["https://a.example/x?y=1;z=2。", "下一句"]),
        ("a&nbsp;b <img alt='x. Y'> c", ["a&nbsp;b <img alt='x. Y'> c"]),
        ("```\na; b\n\n# c\n```\nEnd.", ["```\na; b\n\n# c\n```\nEnd."]),
    ],
)
def test_markdown_is_not_torn(text: str, sentences: list[str]) -> None:
    assert cut(text) == sentences


def test_long_runs_of_marks_take_no_time() -> None:
    assert len(sentence_spans("." + "*" * 20_000 + "a")) == 1
    assert len(sentence_spans("." * 20_000 + "a")) == 1
    assert len(sentence_spans("?" + ")" * 20_000 + "x")) == 1


@settings(max_examples=300, deadline=None)
@given(st.text() | st.text(st.sampled_from(SYNTAX), max_size=60))
def test_spans_cover_the_text_in_order(text: str) -> None:
    at = 0
    for start, end in sentence_spans(text):
        assert at <= start < end <= len(text)
        assert not text[at:start].strip()
        assert text[start:end] == text[start:end].strip()
        at = end
    assert not text[at:].strip()
