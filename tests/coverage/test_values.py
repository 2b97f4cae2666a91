from __future__ import annotations

import pytest

from kbassist.coverage.values import (
    Day,
    amounts,
    amounts_in_digits,
    dates,
    left_over,
    names,
    senses,
    written,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("on 2026-11-05", ["2026-11-05"]),
        ("自 2027 年 3 月 1 日起", ["2027-03-01"]),
        ("2027年3月", ["2027-03"]),
        ("12 月 5 日", ["12-05"]),
        ("from 1 March 2027 to May 2, 2028", ["2027-03-01", "2028-05-02"]),
        ("published in 2013", ["2013"]),
        ("2013 年发布", ["2013"]),
        ("in 2048 blocks of 2026 words", []),
        ("24 hours", []),
    ],
)
def test_dates(text: str, expected: list[str]) -> None:
    assert [str(day) for day in dates(text)] == expected


def test_a_date_differs_where_both_tell_another_part() -> None:
    assert Day(2026, 11, 5).differs(Day(None, 11, 6))
    assert not Day(2026, 11, 5).differs(Day(None, 11, None))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("wait 24 hours, at most 2 days", "24 hour, 2 day"),
        ("最低 5 万元", "50000 cny"),
        ("up to 50 addresses", "50"),
        ("HTTP 404, scenario 3, port 8080.", ""),
        ("since version 2.4 or 2.4.3 or 2.x", ""),
        ("on 2026-11-05 at 5 USDT", "5 usdt"),
        ("SMS to 2 SIMs", ""),
        ("密码连续输错 5 次", "5 times"),
        ("2.4E-06", ""),
    ],
)
def test_amounts_count_something(text: str, expected: str) -> None:
    assert written(amounts(text)) == expected


def test_numbers_in_words_count_only_where_asked() -> None:
    assert written(amounts("两次，等 3.5万 USDT")) == "2 times, 35000 usdt"
    assert written(amounts_in_digits("两次，等 3.5万 USDT")) == "35000 usdt"


def test_what_others_do_not_say() -> None:
    assert written(left_over(amounts("24 hours and 3 days"), amounts("1 day"))) == "3 day"


def test_names_are_to_the_letter() -> None:
    assert names("USDT over TRC-20 from v2.1, fee 1 USDT") == {"trc20", "v2", "v2.1"}


def test_senses() -> None:
    assert senses("usually 10 minutes, at most 24 hours") == {"usual", "most"}
    assert senses("不超过 5 次") == {"most"}


def test_a_number_of_many_digits_is_written() -> None:
    assert written(amounts(f"{'9' * 60} USDT")).startswith("1000")
    assert written(amounts("0.50 % of 1,000 EUR")) == "0.5 %, 1000 eur"
