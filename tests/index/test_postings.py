"""Postings of batches: the same however rows are cut into batches, and terms into stretches."""

from __future__ import annotations

import random

import numpy as np
import pytest

from kbassist.config import Bm25Settings
from kbassist.index import postings
from kbassist.index.analysed import Counts, TermCounter, weighed
from kbassist.index.bm25_files import Postings
from kbassist.index.postings import Lexicon, Numbered, weigh

Fields = tuple[list[str], list[str], list[str]]
"""Terms of the title, the questions and the body of a row."""
WORDS = [f"w{number}" for number in range(40)]
SETTINGS = Bm25Settings(title_weight=2.0, questions_weight=0.5)


def rows_of(count: int) -> list[Fields]:
    draw = random.Random(count)
    return [
        (
            draw.choices(WORDS, k=2),
            draw.choices(WORDS, k=draw.randrange(2)),
            draw.choices(WORDS, k=9),
        )
        for _ in range(count)
    ]


def counted(rows: list[Fields]) -> Counts:
    counter = TermCounter()
    for title, questions, body in rows:
        counter.add(title, questions, body)
    return counter.counted()


def weigh_in(batches: list[tuple[Counts, list[int]]], total: int) -> Postings:
    lexicon, numbered = Lexicon(), []
    for counts, places in batches:
        found = weighed(counts, SETTINGS)
        batch = Numbered(lexicon.numbers(found.vocabulary), found.postings)
        numbered.append((batch, np.array(places, dtype=np.int64)))
    return weigh(lexicon, numbered, total)


def as_table(found: Postings) -> dict[str, dict[int, float]]:
    names = [name.decode() for name in found.terms.names()]
    terms = np.repeat(np.arange(len(names)), found.df)
    table: dict[str, dict[int, float]] = {name: {} for name in names}
    triples = zip(terms, found.rows, found.frequencies[found.codes], strict=True)
    for term, row, tf in triples:
        table[names[term]][int(row)] = float(tf)
    return table


def expected(
    rows: dict[int, Fields],
) -> dict[str, dict[int, float]]:
    table: dict[str, dict[int, float]] = {}
    for row, fields in rows.items():
        for words, weight in zip(fields, (2.0, 0.5, 1.0), strict=True):
            for word in words:
                of_word = table.setdefault(word, {})
                of_word[row] = of_word.get(row, 0.0) + weight
    return table


@pytest.mark.parametrize("size", [1, 7, 60, 300])
@pytest.mark.parametrize("at_once", [1, 50, 1 << 22])
def test_batches_in_any_order(monkeypatch: pytest.MonkeyPatch, size: int, at_once: int) -> None:
    monkeypatch.setattr(postings, "_AT_ONCE", at_once)
    rows = rows_of(60)
    places = random.Random(size).sample(range(60), 60)
    batches = [(counted(rows[at : at + size]), places[at : at + size]) for at in range(0, 60, size)]
    found = weigh_in(batches, 60)
    assert as_table(found) == expected(dict(zip(places, rows, strict=True)))
    assert found.terms.names() == sorted(found.terms.names())
    assert all(
        np.diff(part).min(initial=1) > 0 for part in np.split(found.rows, np.cumsum(found.df))
    )
    lengths = [2.0 * len(t) + 0.5 * len(q) + len(b) for t, q, b in rows]
    assert [found.lengths[place] for place in places] == lengths


def test_rows_that_are_not_wanted_leave_nothing() -> None:
    rows: list[Fields] = [
        ([], [], ["here", "both"]),
        ([], [], ["gone", "both"]),
        ([], [], ["here"]),
    ]
    found = weigh_in([(counted(rows), [1, -1, 0])], 2)
    assert as_table(found) == {"both": {1: 1.0}, "here": {0: 1.0, 1: 1.0}}
    assert found.lengths.tolist() == [1.0, 2.0]


def test_nothing_at_all() -> None:
    assert as_table(weigh_in([], 0)) == {}
    assert as_table(weigh_in([(counted([([], [], [])]), [0])], 1)) == {}


def test_a_field_without_weight_has_no_postings() -> None:
    found = weighed(counted([(["title"], [], ["body"])]), Bm25Settings(title_weight=0.0))
    assert found.vocabulary == ["body"]
    assert found.postings.lengths.tolist() == [1.0]
    assert found.postings.df.tolist() == [1]
