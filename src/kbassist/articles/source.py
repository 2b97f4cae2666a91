"""Bytes → decoded text, and character offsets ↔ lines."""

from __future__ import annotations

from bisect import bisect_right

from kbassist.errors import ArticleError
from kbassist.types import Span

BOM = b"\xef\xbb\xbf"
_WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff")


def decode(raw: bytes, path: str) -> str:
    r"""UTF-8 with or without byte order mark, every line ending as ``\n``.

    Raises:
        ArticleError: anything that is not UTF-8; names the byte offset of the first bad byte.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        offset = error.start + (len(BOM) if raw.startswith(BOM) else 0)
        line = raw.count(b"\n", 0, offset) + 1
        wide = raw.startswith(_WIDE_BOMS)
        raise ArticleError(
            f"not valid UTF-8: byte 0x{raw[offset]:02x} at offset {offset}",
            path=path,
            line=line,
            hint="The file looks like UTF-16. Save it as UTF-8."
            if wide
            else "Save the file as UTF-8, with or without a byte order mark.",
        ) from None
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text


class Source:
    """An article's decoded text with its line starts; makes every span of the article."""

    __slots__ = ("starts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0]
        position = text.find("\n")
        while position >= 0:
            self.starts.append(position + 1)
            position = text.find("\n", position + 1)

    def line_start(self, line: int) -> int:
        """Offset of a 0-based line; past the last line, the length of the text."""
        return self.starts[line] if line < len(self.starts) else len(self.text)

    def line_of(self, offset: int) -> int:
        """1-based line of a character."""
        return bisect_right(self.starts, offset)

    def span(self, start: int, end: int) -> Span | None:
        """The slice without white space around it; None if nothing is left."""
        piece = self.text[start:end]
        kept = piece.lstrip()
        start += len(piece) - len(kept)
        end = start + len(kept.rstrip())
        if start >= end:
            return None
        return Span(start, end, self.line_of(start), self.line_of(end - 1))

    def lines(self, first: int, last: int) -> Span | None:
        """The 0-based lines `first` up to but not including `last`, trimmed."""
        return self.span(self.line_start(first), self.line_start(last))
