"""Days of a log: from what is written there, and the week that one is in."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone

_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})(?!\d)")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?!\d)")
_MILLISECONDS = 10**11
"""Seconds of that many would be in the year 5138."""


def day_of(value: object) -> date | None:
    """The day of a time as logs write it.

    Args:
        value: a text that begins with the year (2026-11-21, 2026/11/21 10:02, 2026年11月21日,
            20261121T1002), or seconds or milliseconds since 1970, as UTC.

    Returns:
        None where it is neither; days and months alone are not guessed at.
    """
    text = str(value).strip()
    found = _DAY.match(text) or _COMPACT.match(text)
    try:
        if found:
            return date(*map(int, found.groups()))
        seconds = float(text)
        if seconds >= _MILLISECONDS:
            seconds /= 1000
        return datetime.fromtimestamp(seconds, timezone.utc).date() if seconds >= 10**8 else None
    except (ValueError, OverflowError, OSError):
        return None


def week_of(day: date) -> str:
    """Monday of the week that a day is in, ISO."""
    return (day - timedelta(days=day.weekday())).isoformat()


def weeks_between(first: str, last: str) -> list[str]:
    """All Mondays from one to another, both included."""
    monday, end = date.fromisoformat(first), date.fromisoformat(last)
    return [
        (monday + timedelta(days=days)).isoformat() for days in range(0, (end - monday).days + 1, 7)
    ]
