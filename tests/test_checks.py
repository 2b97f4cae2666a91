"""Values that a call cannot take are refused by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kbassist import checks
from kbassist.errors import UsageError


def test_what_fits_comes_back() -> None:
    assert checks.instance("x", "a", str) == "a"
    assert checks.optional("x", None, str) is None and checks.optional("x", "a", str) == "a"
    assert checks.path("kb", "a/b") == checks.path("kb", Path("a/b")) == Path("a/b")
    assert checks.whole("n", 3, 3) == 3
    assert checks.seconds("s", 0.5) == 0.5


@pytest.mark.parametrize(
    ("check", "arguments", "message"),
    [
        (checks.instance, ("x", 1, str), "x must be text, found 1"),
        (checks.instance, ("x", 1, bool), "x must be True or False, found 1"),
        (checks.instance, ("x", "a", Path), "x must be Path, found 'a'"),
        (checks.optional, ("x", 1, str), "x must be text, found 1"),
        (checks.path, ("kb", 1), "kb must be a path, found 1"),
        (checks.path, ("kb", b"a"), "kb must be a path, found b'a'"),
        (checks.path, ("kb", "a\0"), "a path that cannot be: 'a\\\\x00'"),
        (checks.path, ("kb", "\ud800"), "a path that cannot be: '\\\\ud800'"),
        (checks.whole, ("n", 2, 3), "n must be a whole number from 3 up, found 2"),
        (checks.whole, ("n", True, 0), "found True"),
        (checks.seconds, ("s", 0), "s must be a number of seconds above 0, found 0"),
        (checks.instance, ("x", "a" * 500, int), "x must be int, found 'a{79}…"),
    ],
)
def test_what_does_not_fit_is_named(check: Any, arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        check(*arguments)


def test_what_has_no_repr_is_named_by_its_type() -> None:
    nest: list[Any] = []
    for _ in range(10_000):
        nest = [nest]
    assert checks.shown(nest) == "a list"
    assert checks.shown(10**5000) == "a int"
    assert checks.shown("a" * 9, most=4) == "'aaa…"
