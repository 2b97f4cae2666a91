"""Lines of an article and its translation of which one denies what the other says."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kbassist.answer.negation import phrase_pattern
from kbassist.answer.units import unit_texts
from kbassist.articles.plain import render_fragment
from kbassist.coverage.findings import Place
from kbassist.coverage.places import SectionText, place_of
from kbassist.text.fold import fold

_NOT_ZH, _NOT_EN = r"不|没有?|未|无", r"(?:not|never|no longer|n't|cannot|can't)\b[\w ]{0,12}?"
_MEANINGS = {
    "support": (r"支持", r"support"),
    "can": (r"(?:可以?|能够?)(?!能)", r"\b(?:can|may|able to|possible)\b"),
    "need": (r"(?:需要?|必须|必填)", r"\b(?:need|required|requires|must|mandatory)\b"),
    "accept": (r"接受", r"\baccept"),
    "allow": (r"允许", r"\b(?:allow|permit)"),
    "refund": (r"退(?:还|款|回)", r"\brefund"),
}
"""Words whose denial in one language is looked for in the other."""
_MORE = {"can": r"|无法|\bcannot\b|\bcan't\b", "need": r"|无需|无须|不必|不用"}
_DENIED = {
    name: re.compile(
        rf"(?:不|未|没有){zh}|{_NOT_EN}{en.removeprefix(chr(92) + 'b')}{_MORE.get(name, '')}"
    )
    for name, (zh, en) in _MEANINGS.items()
}
_SAID = {name: re.compile(rf"{zh}|{en}") for name, (zh, en) in _MEANINGS.items()}
_NEGATIVE = re.compile(
    rf"{_NOT_ZH}|勿|别|\b(?:not|no|never|cannot|without|none|nor|neither)\b|n't\b"
)

Line = tuple[Place, str]


def opposites(source: SectionText, target: SectionText) -> Iterator[tuple[Line, Line, str, str]]:
    """Items, steps and rows at the same place in their list that say the opposite.

    Compared are lists and tables of one length alone: prose is cut otherwise in every language. One
    line denies one of a few meanings (支持, 可以, 需要, …), and the other says it and denies
    nothing at all.

    Yields:
        Place and text of both, and what each says of the meaning: `can`, `not can`.
    """
    for kind in ("item", "step", "row"):
        here, there = _lines(source, kind), _lines(target, kind)
        if len(here) == len(there):
            for left, right in zip(here, there, strict=True):
                if meaning := _opposite(left[1], right[1]):
                    yield left, right, f"not {meaning}", meaning
                elif meaning := _opposite(right[1], left[1]):
                    yield left, right, meaning, f"not {meaning}"


def _lines(section: SectionText, kind: str) -> list[Line]:
    return [
        (
            place_of(section.meta, chunk, unit.span.start_line, unit.span.end_line),
            render_fragment(raw, table_row=kind == "row"),
        )
        for chunk in section.chunks
        for unit, raw in zip(chunk.units, unit_texts(chunk), strict=True)
        if unit.kind == kind
    ]


def _opposite(denying: str, saying: str) -> str:
    """The meaning that the first text denies and the second says; empty for none."""
    denied, said = fold(denying), fold(saying)
    if _may_deny(said):
        return ""
    sham = phrase_pattern("sham_negations")
    plain = sham.sub(" ", denied)
    for name, pattern in _DENIED.items():
        if pattern.search(plain) and _SAID[name].search(said):
            return name
    return ""


def _may_deny(folded: str) -> bool:
    weak = ("stops", "weak_negations")
    return bool(_NEGATIVE.search(folded)) or any(phrase_pattern(n).search(folded) for n in weak)
