"""Declarations are found however a Python puts them."""

from __future__ import annotations

from typing import Annotated

from kbassist.cli.declared import Declared, hints_of, option

Name = Annotated[str | None, option("--name", help="A name.")]


def plain(name: Name = None, count: int | None = None) -> int:
    return 0


def as_python_3_10_reads_it(name: Name | None = None, count: int | None = None) -> int:
    return 0


def test_an_optional_around_a_declaration_is_taken_off() -> None:
    hints = hints_of(as_python_3_10_reads_it)
    assert hints == hints_of(plain) == {"name": Name, "count": int | None, "return": int}
    assert hints["name"].__metadata__ == (Declared(("--name",), "A name."),)
