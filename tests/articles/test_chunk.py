from __future__ import annotations

import hashlib
from dataclasses import replace

from kbassist.articles.chunk import chunk_article
from kbassist.articles.fingerprint import chunker_fingerprint
from kbassist.articles.pieces import _fitting
from kbassist.config import ChunkSettings
from kbassist.text.count import count_tokens
from tests.articles.cases import article, chunks

PAGE = """\
---
id: fees
---
# Fees

Intro.

## Spot

Spot text.

## Futures

Futures text.
"""


def test_ids_survive_edits_elsewhere() -> None:
    before = {chunk.id: chunk.hash for chunk in chunks(PAGE)}
    assert list(before) == ["fees#:1", "fees#spot:1", "fees#futures:1"]
    edited = PAGE.replace(
        "# Fees\n", "# All the fees\n\nNew.\n\n## New\n\ntext\n\n### Deep\n\nmore\n"
    )
    after = {chunk.id: chunk.hash for chunk in chunks(edited)}
    assert after["fees#spot:1"] == before["fees#spot:1"]
    assert after["fees#futures:1"] == before["fees#futures:1"]


def test_hash_is_that_of_the_source() -> None:
    for chunk in chunks(PAGE):
        assert chunk.hash == hashlib.sha256(chunk.source.encode()).hexdigest()


def test_the_first_part_of_a_long_answer_has_the_question_and_all_have_the_heading() -> None:
    text = "## How much?\n\n" + "\n\n".join(f"Paragraph {n} says something." for n in range(30))
    found = chunks(text, 40, 8)
    assert len(found) > 2
    assert [chunk.questions for chunk in found] == [("How much?",)] + [()] * (len(found) - 1)
    assert {chunk.heading_path for chunk in found} == {("How much?",)}
    assert [chunk.ordinal for chunk in found] == list(range(1, len(found) + 1))


def test_no_chunk_is_over_the_budget() -> None:
    text = (
        "# T\n\n"
        + "字" * 5000
        + "\n\n| a | b |\n|---|---|\n"
        + "| one two three | 字字字 |\n" * 200
    )
    text += "\n" + "- item with five words here\n" * 100 + "\n```\n" + "x y z " * 500 + "\n```\n"
    found = chunks(text, 50, 10)
    assert max(count_tokens(chunk.text) for chunk in found) <= 50
    assert all("a | b\n" in chunk.text for chunk in found if "one two three" in chunk.text)


def test_a_small_section_is_one_chunk_whatever_its_blocks() -> None:
    text = "# T\n\na\n\n- b\n\n```\nc\n```\n\n| d |\n|---|\n| e |\n\n> f\n"
    assert [chunk.text for chunk in chunks(text)] == ["a\nb\nc\nd\ne\nf"]


def test_a_hard_cut_keeps_combining_marks() -> None:
    text = "e\u0301" * 400
    for chunk in chunks(text, 1, 1):
        assert not chunk.text.startswith("\u0301")


def test_a_huge_line_of_brackets_is_not_rendered_at_every_halving() -> None:
    calls = 0

    def render(raw: str) -> str:
        nonlocal calls
        calls += 1
        return raw

    raw = "[a " * 20_000
    pieces = list(_fitting(raw, 0, len(raw), 100, render))
    assert [start for start, _ in pieces] == [0, *(end for _, end in pieces[:-1])]
    assert pieces[-1][1] == len(raw)
    assert all(count_tokens(raw[start:end]) <= 100 for start, end in pieces)
    assert calls <= 2.2 * len(pieces)  # each piece, and one larger one for two of them
    assert sum(count_tokens(raw[start:end]) for start, end in pieces) / len(pieces) > 50


def test_fingerprint_covers_the_settings() -> None:
    default = chunker_fingerprint(ChunkSettings())
    assert default == chunker_fingerprint(ChunkSettings())
    assert default != chunker_fingerprint(ChunkSettings(max_tokens=100))
    assert default != chunker_fingerprint(ChunkSettings(min_tokens=1))


def test_heading_path_leaves_out_the_title() -> None:
    found = article("# Fees\n\na\n\n## Spot\n\nb\n")
    paths = [chunk.heading_path for chunk in chunk_article(found, ChunkSettings())]
    assert paths == [(), ("Spot",)]
    other = article("---\ntitle: Other\n---\n# Fees\n\na\n\n## Spot\n\nb\n")
    paths = [chunk.heading_path for chunk in chunk_article(other, ChunkSettings())]
    assert paths == [("Fees",), ("Fees", "Spot")]


def test_an_article_renamed_by_the_loader_renames_its_chunks() -> None:
    found = article(PAGE)
    renamed = replace(found, meta=replace(found.meta, id="a/b"))
    ids = [chunk.id for chunk in chunk_article(renamed, ChunkSettings())]
    assert ids == ["a/b#:1", "a/b#spot:1", "a/b#futures:1"]
