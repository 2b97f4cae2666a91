from __future__ import annotations

from kbassist.coverage.marked import marked


def test_words_and_characters_that_differ_are_marked() -> None:
    assert marked("wait 24 hours", "wait 48 hours") == (
        "wait <mark>24</mark> hours",
        "wait <mark>48</mark> hours",
    )
    assert marked("可以撤销", "不能撤销") == ("<mark>可以</mark>撤销", "<mark>不能</mark>撤销")


def test_texts_are_escaped() -> None:
    assert marked("a <b> & c", "a <i> & c") == (
        "a &lt;<mark>b</mark>&gt; &amp; c",
        "a &lt;<mark>i</mark>&gt; &amp; c",
    )


def test_equal_and_empty_texts_have_no_mark() -> None:
    assert marked("same", "same") == ("same", "same")
    assert marked("", "new") == ("", "<mark>new</mark>")


def test_a_long_text_is_marked_as_a_whole() -> None:
    left, right = marked("x" * 4000, "<")
    assert left == f"<mark>{'x' * 4000}</mark>"
    assert right == "<mark>&lt;</mark>"
