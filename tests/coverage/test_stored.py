from __future__ import annotations

from pathlib import Path

import pytest

from kbassist.coverage.markdown import markdown
from kbassist.coverage.stored import dump, read_report
from kbassist.errors import DatasetError
from tests.coverage.logs import report_in


def test_a_report_comes_back_as_it_was(tmp_path: Path) -> None:
    report, path = report_in(tmp_path), tmp_path / "report.json"
    path.write_text(dump(report), encoding="utf-8")
    assert read_report(path) == report


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is no report"),
        ("{}", "is no report: overview: Field required"),
        ("[1]", "is no report"),
    ],
)
def test_what_is_no_report(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "report.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DatasetError, match=message):
        read_report(path)
    with pytest.raises(DatasetError, match="cannot be read"):
        read_report(tmp_path / "none.json")


def test_another_version_is_named(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    text = dump(report_in(tmp_path)).replace('"version": 1', '"version": 99')
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DatasetError, match="is of version 99, this kbassist reads 1"):
        read_report(path)


def test_markdown(tmp_path: Path) -> None:
    report = report_in(tmp_path)
    shown = markdown(report, 3)
    assert shown.startswith("# Coverage\n\n**")
    assert "\n1. **" in shown and "\n3. **" in shown and "\n4. **" not in shown
    table = shown.partition("## Topics\n\n")[2].partition("\n\n")[0].split("\n")
    assert len(table) == 2 + 3
    assert all(row.count(" | ") == 5 for row in table)
