from __future__ import annotations

from datetime import date

import pytest

from kbassist.coverage.when import day_of, week_of, weeks_between


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-11-21", date(2026, 11, 21)),
        ("2026/1/2 3:04", date(2026, 1, 2)),
        ("2026年11月21日", date(2026, 11, 21)),
        ("20261121T100200", date(2026, 11, 21)),
        (1795219200, date(2026, 11, 21)),
        ("1795219200000", date(2026, 11, 21)),
        ("1795219200.5", date(2026, 11, 21)),
        ("21.11.2026", None),
        ("yesterday", None),
        ("2026-13-01", None),
        ("5", None),
        ("nan", None),
        ("1e30", None),
    ],
)
def test_days(written: object, day: date | None) -> None:
    assert day_of(written) == day


def test_weeks_begin_on_monday() -> None:
    assert week_of(date(2026, 11, 22)) == "2026-11-16"
    assert week_of(date(2026, 11, 23)) == "2026-11-23"
    assert weeks_between("2026-12-21", "2027-01-04") == ["2026-12-21", "2026-12-28", "2027-01-04"]
