from __future__ import annotations

import re
from pathlib import Path

from kbassist.evals.report import write_report
from kbassist.evals.run import run
from kbassist.evals.summary import summarise
from tests.conftest import WriteKb
from tests.evals.small import build, dataset


def report(write_kb: WriteKb, folder: Path) -> str:
    assistant = build(write_kb, folder)
    result = run(dataset(), assistant)
    path = folder / "out" / "report.html"
    write_report([result], [summarise(result)], path, assistant)
    return path.read_text(encoding="utf-8")


def test_the_page_needs_nothing_else(write_kb: WriteKb, tmp_path: Path) -> None:
    html = report(write_kb, tmp_path)
    assert html.count("<svg") == 3
    assert not re.search(r"<(?:script|link|img)\b", html)
    assert re.findall(r'(?:src|href)="(?!#)', html.replace('xlink:href="#', "")) == []


def test_every_slice_and_every_failure_is_on_it(write_kb: WriteKb, tmp_path: Path) -> None:
    html = report(write_kb, tmp_path)
    for name in ("plain", "hard", "far", "near", "handoff", "all"):
        assert f"<td>{name}</td>" in html
    assert "充币送手机吗 <small>q6: answer, expected abstain</small>" in html
    assert "转人工" not in html  # it was handed over rightly
    assert "提币手续费多少" not in html  # it was answered rightly


def test_what_customers_type_is_escaped(write_kb: WriteKb, tmp_path: Path) -> None:
    from dataclasses import replace

    assistant = build(write_kb, tmp_path)
    result = run(dataset(), assistant)
    evil = replace(result.outcomes[5], text="<script>alert(1)</script>")
    result = replace(result, outcomes=(evil,))
    write_report([result], [summarise(result)], tmp_path / "r.html", assistant)
    html = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<script" not in html
