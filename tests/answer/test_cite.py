"""Quotes are checked against the file as it is now, or against the index where it is not there."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from kbassist import Assistant, build_index
from kbassist.answer.cite import SourceFile, cite, read_source
from kbassist.errors import IndexBroken
from kbassist.types import Citation
from tests.conftest import WriteKb

TEXT = "# 提现\n\n十分钟到账。\n\n## 手续费\n\n每笔 1.5 USDT。\n"
QUOTE = "十分钟到账。"


@pytest.fixture
def assistant(write_kb: WriteKb, tmp_path: Path) -> Assistant:
    build_index(write_kb({"a.md": TEXT}), tmp_path / "index")
    return Assistant.open(tmp_path / "index", today=date(2026, 11, 21))


def cited(assistant: Assistant) -> tuple[str, str, bool]:
    (citation,) = assistant.ask("提现几分钟到账").citations
    assert (citation.quote, citation.ref) == (QUOTE, "a.md:3-3")
    return citation.source, citation.verified, citation.stale


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (TEXT, ("unchanged", "source", False)),
        (TEXT.replace("1.5", "2"), ("changed", "source", True)),  # another section
        (TEXT.replace("十分钟", "五分钟"), ("changed", "stale", True)),
        (TEXT.replace("# 提现\n", "# 提现\n\n说明。\n"), ("changed", "stale", True)),  # moved down
        (TEXT.replace("\n", "\r\n"), ("changed", "source", True)),  # lines as a reader sees them
        ("", ("changed", "stale", True)),
    ],
)
def test_a_quote_is_looked_up_in_the_file_as_it_is_now(
    assistant: Assistant, tmp_path: Path, now: str, expected: tuple[str, str, bool]
) -> None:
    (tmp_path / "kb" / "a.md").write_bytes(now.encode())
    assert cited(assistant) == expected


def test_a_file_that_is_no_text_any_more_is_stale(assistant: Assistant, tmp_path: Path) -> None:
    (tmp_path / "kb" / "a.md").write_bytes(b"\xff\xfe\x00")
    assert cited(assistant) == ("changed", "stale", True)


def test_without_the_file_or_the_folder(assistant: Assistant, tmp_path: Path) -> None:
    (tmp_path / "kb" / "a.md").unlink()
    assert cited(assistant) == ("deleted", "stale", True)
    (tmp_path / "kb").rmdir()
    assert cited(assistant) == ("missing", "index", False)


def test_a_name_that_cannot_be_read_tells_nothing(tmp_path: Path) -> None:
    assert read_source(tmp_path, "a\0b.md", None) == SourceFile("missing")
    assert read_source(tmp_path, "a.md", None) == SourceFile("deleted")
    assert read_source(None, "a.md", None) == SourceFile("missing")
    (tmp_path / "a.md").write_bytes(b"\xef\xbb\xbfa\r\nb")
    digest = hashlib.sha256(b"\xef\xbb\xbfa\r\nb").hexdigest()
    assert read_source(tmp_path, "a.md", digest) == SourceFile("unchanged", "a\nb")


def test_a_damaged_index_is_no_source(assistant: Assistant) -> None:
    """Where the sources are not there, the text, its lines and its hash must agree."""
    hit = assistant.search("提现几分钟到账")[0]

    def quoted(text: str, **change: str) -> list[Citation]:
        changed = replace(hit, chunk=replace(hit.chunk, **change))  # type: ignore[arg-type]
        missing, day = SourceFile("missing"), date(2026, 11, 21)
        return cite(changed, [0], text, first_number=1, source=missing, today=day)

    assert [citation.verified for citation in quoted(TEXT)] == ["index"]
    with pytest.raises(IndexBroken, match="is not the one that was hashed"):
        quoted(TEXT, hash="0" * 64)
    with pytest.raises(IndexBroken, match="is not the one that was hashed"):
        quoted(TEXT, source=hit.chunk.source + " ")
    with pytest.raises(IndexBroken, match=r"is not in a\.md:3-3"):
        quoted(TEXT.replace("到账", "入账"))
