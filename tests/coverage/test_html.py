"""The page says what the report holds, needs nothing else, and runs nothing that was asked."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from kbassist.coverage.findings import Contradiction, Disparity, Duplicate, Line, Place
from kbassist.coverage.html import html, write_html
from kbassist.coverage.model import (
    ArticleHealth,
    AskedQuestion,
    Cell,
    CoverageReport,
    Overview,
    Previous,
    Spread,
    Suggestion,
    Topic,
    Week,
)
from tests.conftest import REPOSITORY


def place(path: str = "zh/提币.md", line: int = 12, locale: str = "zh-Hans") -> Place:
    return Place(
        path, f"{path}#:1", "提币", ("限额",), path, line, line + 2, locale, "https://h.example/a"
    )


QUESTION = AskedQuestion(
    id=0, text="<script>alert(1)</script> 提币多久", count=3, variants=(), locale="zh-Hans", product="wallet",
    source="log.csv:2", weeks={"2026-11-02": 3}, verdict="uncovered", confidence=0.12, action="abstain",
    best=place(), other_language=False, topic=0,
)  # fmt: skip
TOPIC = Topic(
    id=0, label="提币 · 多久", terms=("提币",), representative=0, questions=(0,), asked=3, covered=0, weak=0,
    uncovered=3, impact=2.6, verdict="uncovered", weeks=(), trend=2.0, nearest=place(),
    suggestion=Suggestion("add-question", "Add a phrasing.", "zh/提币.md", 7, "  - 提币多久"),
)  # fmt: skip
REPORT = CoverageReport(
    overview=Overview(
        made="2026-11-21", index="gen-000001", kb=None, logs=("log.csv",), answer_threshold=0.5,
        clarify_threshold=0.3, lines=5, noise=1, asked=4, covered=1, weak=0, uncovered=3, unique=2,
        masked={"email": 1},
    ),
    questions=(QUESTION,),
    topics=(TOPIC,),
    articles=(
        ArticleHealth(
            article_id="a", path="zh/提币.md", title="提币", locale="zh-Hans", products=("wallet",), answers=1,
            questions=(), confidence=Spread(0.5, 0.75, 0.9), retrieved=4, shadowed_by=(), other_language=0,
            review_by="2026-11-01", overdue_days=20, sections=(),
        ),
    ),
    cells=(Cell("wallet", "zh-Hans", 4, 1, 0), Cell("", "en", 0, 0, 0)),
    weeks=(Week("2026-11-02", 3, 3), Week("2026-11-09", 1, 0)),
    duplicates=(Duplicate(place(), place("zh/b.md"), 0.91, (Line("等 5 分钟", "等 6 分钟"),)),),
    contradictions=(
        Contradiction("number", place(), place("en/w.md", 30, "en"), "等 24 小时", "wait 48 hours", "24 hour", "48 hour"),
    ),
    parity=(Disparity("missing", "b", "en", "has no translation into 'en'", source=place("zh/b.md", 1)),),
    previous=Previous("2026-11-14", 4, 2, 1, 1),
)  # fmt: skip


class Texts(HTMLParser):
    """Tags, addresses and texts of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def page() -> str:
    return html(REPORT, lambda path, line: f"kb/{path}#L{line}")


def test_it_shows_every_part(page: str) -> None:
    text = " ".join(Texts(page).text.split())
    for told in (
        "25.0 %",
        "-25.0 points since 2026-11-14",
        "3 asked, 3 uncovered, 0 weak, 2.0× lately",
        "Add question. Add a phrasing.",
        "- 提币多久",
        "25 % 4 asked",
        "0.75",
        "20 days",
        "Number: 24 hours against 48 hours",
        "91% the same",
        "has no translation into 'en'",
        "Masked: 1 email.",
    ):
        assert told in text
    assert "等 <mark>24</mark> 小时" in page
    assert "等 <mark>5</mark> 分钟" in page


def test_every_item_links_to_file_and_line(page: str) -> None:
    links = set(Texts(page).links)
    assert {
        "kb/zh/提币.md#L12",
        "kb/zh/提币.md#L7",
        "kb/zh/提币.md#L1",
        "kb/zh/b.md#L12",
        "kb/zh/b.md#L1",
        "kb/en/w.md#L30",
    } <= links


def test_what_was_asked_is_text_and_nothing_is_loaded(page: str) -> None:
    found = Texts(page)
    assert found.tags.count("script") == 1
    assert "<script>alert(1)</script> 提币多久" in found.text
    outside = [link for link in found.links if not link.startswith(("#", "kb/"))]
    assert set(outside) == {"https://h.example/a"}
    assert not {"img", "link", "iframe", "object"} & set(found.tags)
    assert "default-src 'none'" in page


def test_plots_have_names_and_the_colours_of_the_page(page: str) -> None:
    assert page.count('<svg role="img" aria-label="') == 2
    assert "2026-11-02: 3 asked, 3 uncovered" in page
    assert "var(--bad)" in page
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_equal_reports_are_equal_pages(page: str) -> None:
    assert html(REPORT, lambda path, line: f"kb/{path}#L{line}") == page


def test_an_empty_report_says_so() -> None:
    empty = replace(
        REPORT, questions=(), topics=(), articles=(), cells=(), weeks=(), duplicates=(),
        contradictions=(), parity=(), previous=None,
    )  # fmt: skip
    text = " ".join(Texts(html(empty, lambda path, line: path)).text.split())
    for told in ("Nobody asked anything.", "No topics.", "None found.", "Nothing differs."):
        assert told in text
    assert "points since" not in text


def test_links_are_relative_to_the_file_or_as_asked(tmp_path: Path) -> None:
    kb = tmp_path / "my kb"
    kb.mkdir()
    report = replace(REPORT, overview=replace(REPORT.overview, kb=str(kb)))
    path = tmp_path / "out" / "report.html"
    write_html(report, path)
    assert (
        "../my%20kb/zh/%E6%8F%90%E5%B8%81.md#L12" in Texts(path.read_text(encoding="utf-8")).links
    )
    write_html(report, path, "vscode://file/kb/{path}:{line}")
    assert "vscode://file/kb/zh/%E6%8F%90%E5%B8%81.md:12" in path.read_text(encoding="utf-8")


@pytest.mark.long
def test_in_a_browser() -> None:
    """Contrast, landmarks, names, network and keyboard; passes where there is no browser."""
    program = REPOSITORY / "benchmarks" / "report_pages.py"
    done = subprocess.run(
        [sys.executable, str(program)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
