from __future__ import annotations

import pytest

from kbassist.articles.source import Source, decode
from kbassist.errors import ArticleError
from kbassist.types import Span


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"", ""),
        (b"a\r\nb\rc\n", "a\nb\nc\n"),
        (b"\xef\xbb\xbf\xe6\xb8\xaf", "港"),
        ("a\x0bb\u2028c".encode(), "a\x0bb\u2028c"),
    ],
)
def test_decodes_with_and_without_mark(raw: bytes, text: str) -> None:
    assert decode(raw, "a.md") == text


@pytest.mark.parametrize(
    ("raw", "offset", "line"),
    [
        (b"ab\xff", 2, 1),
        (b"a\nb\n\xb8\xdb", 4, 3),
        (b"\xef\xbb\xbfab\x80", 5, 1),
        ("港".encode()[:2], 0, 1),
    ],
)
def test_names_the_first_bad_byte(raw: bytes, offset: int, line: int) -> None:
    with pytest.raises(ArticleError) as error:
        decode(raw, "a.md")
    assert f"at offset {offset}" in error.value.message
    assert error.value.message.startswith(f"a.md:{line}: ")
    assert (error.value.path, error.value.line) == ("a.md", line)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_hints_at_utf_16(encoding: str) -> None:
    raw = "\ufeff提币".encode(encoding)
    with pytest.raises(ArticleError) as error:
        decode(raw, "a.md")
    assert "UTF-16" in error.value.hint


def test_lines_are_split_on_line_feeds_alone() -> None:
    source = Source("a\x0bb\u2028c\n\nd")
    assert source.starts == [0, 6, 7]
    assert [source.line_of(offset) for offset in (0, 4, 5, 6, 7)] == [1, 1, 1, 2, 3]


def test_spans_are_trimmed() -> None:
    source = Source("  a \n\u3000b\n \n")
    assert source.span(0, 7) == Span(2, 7, 1, 2)
    assert source.lines(1, 3) == Span(6, 7, 2, 2)
    assert source.lines(2, 4) is None
