"""Notices are searched from their first day to their last."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kbassist import Assistant, Filters, build_index
from tests.conftest import WriteKb

HEAD = "---\nid: {id}\nlocale: zh-Hans\nkind: notice\n{days}---\n\n{text}\n"


@pytest.fixture
def index(write_kb: WriteKb, tmp_path: Path) -> Path:
    notices = {
        "pause": ("valid_from: 2026-10-14\nvalid_until: 2026-10-15\n", "Solana 充提暂停升级。"),
        "until": ("valid_until: 2026-10-15\n", "旧费率公告，提币费率调低。"),
        "soon": ("valid_from: 2026-12-01\n", "新费率公告，提币费率调高。"),
        "always": ("", "提币费率见费率表。"),
    }
    kb = write_kb(
        {
            f"{id}.md": HEAD.format(id=id, days=days, text=text)
            for id, (days, text) in notices.items()
        }
    )
    build_index(kb, tmp_path / "index")
    return tmp_path / "index"


@pytest.mark.parametrize(
    ("today", "searched"),
    [
        (date(2026, 10, 13), {"until", "always"}),
        (date(2026, 10, 14), {"pause", "until", "always"}),
        (date(2026, 10, 15), {"pause", "until", "always"}),
        (date(2026, 10, 16), {"always"}),
        (date(2026, 11, 30), {"always"}),
        (date(2026, 12, 1), {"soon", "always"}),
    ],
)
def test_only_valid_articles_are_searched(index: Path, today: date, searched: set[str]) -> None:
    assistant = Assistant.open(index, today=today)
    hits = assistant.search("Solana 提币费率公告暂停")
    assert {hit.article.id for hit in hits} == searched


def test_an_ended_notice_answers_nothing_but_can_be_read(index: Path) -> None:
    assistant = Assistant.open(index, today=date(2026, 11, 21))
    assert assistant.ask("Solana 暂停升级").action == "abstain"
    assert assistant.search("暂停", filters=Filters(where={"id": ("pause",)})) == []
    assert "Solana 充提暂停升级。" in assistant.get("pause").lines


def test_status_lists_what_is_not_searched(index: Path) -> None:
    status = Assistant.open(index, today=date(2026, 11, 21)).status()
    assert [meta.path for meta in status.upcoming] == ["soon.md"]
    assert [meta.path for meta in status.ended] == ["pause.md", "until.md"]


def test_the_day_may_change_while_an_index_is_open(
    index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assistant = Assistant.open(index)
    for day, count in (("2026-10-15", 1), ("2026-10-16", 0), ("2026-10-15", 1)):
        monkeypatch.setenv("KBASSIST_TODAY", day)
        found = [hit.article.id for hit in assistant.search("Solana")]
        assert found.count("pause") == count
