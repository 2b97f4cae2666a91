"""The first candidates, ranked anew."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kbassist import Assistant, SearchSettings, build_index
from kbassist.errors import ConfigError
from kbassist.index.rerank import TITLE, WORDS, Ranked, rerank
from kbassist.types import ArticleMeta, Chunk, LegScore
from tests.conftest import WriteKb

LEGS = {"bm25": LegScore(3.0, 0.6, 0.5, 1), "vector": LegScore(0.4, 0.4, 0.5, 2)}


@pytest.fixture
def found(assistant: Assistant) -> dict[int, tuple[Chunk, ArticleMeta]]:
    hits = assistant.search("withdrawal", top_k=3)
    texts = ("Restart the printer.", "What a withdrawal costs.", "Nothing of the kind.")
    return {
        row: (
            replace(
                hit.chunk,
                id=f"other#{row}",
                title=f"Title {row}",
                heading_path=(),
                questions=(),
                text=text,
            ),
            replace(hit.article, id=f"article-{row}"),
        )
        for row, (hit, text) in enumerate(zip(hits, texts, strict=True))
    }


def anew(
    assistant: Assistant, found: dict[int, tuple[Chunk, ArticleMeta]], ranked: Ranked, depth: int
) -> Ranked:
    index, question = assistant.index, "withdrawal cost"
    weights = dict.fromkeys(index.analyzer.terms(question), 1.0)
    return rerank(ranked, found, question, weights, index.maxsim, index.static, depth)


def test_words_bring_a_candidate_up(
    assistant: Assistant, found: dict[int, tuple[Chunk, ArticleMeta]]
) -> None:
    ranked: Ranked = [(row, score, LEGS) for row, score in ((0, 0.5), (1, 0.45), (2, 0.44))]
    result = anew(assistant, found, ranked, 3)
    assert result[0][0] == 1
    fused = {row: score for row, score, _ in ranked}
    for row, score, legs in result:
        assert list(legs) == ["bm25", "vector", "words", "title"]
        assert sum(leg.weight for leg in legs.values()) == pytest.approx(1.0)
        added = WORDS * legs["words"].raw + TITLE * legs["title"].raw
        assert score * (1 + WORDS + TITLE) == pytest.approx(fused[row] + added)


def test_those_beyond_the_depth_stay_behind(
    assistant: Assistant, found: dict[int, tuple[Chunk, ArticleMeta]]
) -> None:
    ranked: Ranked = [(0, 0.5, LEGS), (2, 0.5, LEGS), (1, 0.5, LEGS)]
    result = anew(assistant, found, ranked, 2)
    assert result[2][0] == 1
    assert list(result[2][2]) == ["bm25", "vector"]
    assert result[2][1] == pytest.approx(0.5 / (1 + WORDS + TITLE))
    assert result[2][1] <= result[1][1]


def test_a_title_that_several_articles_have_tells_nothing(
    assistant: Assistant, found: dict[int, tuple[Chunk, ArticleMeta]]
) -> None:
    titles = {0: "Withdrawal", 1: "Cost", 2: "Cost"}
    named = {row: (replace(c, title=titles[row]), meta) for row, (c, meta) in found.items()}
    result = anew(assistant, named, [(row, 0.5, LEGS) for row in range(3)], 3)
    title = {row: legs["title"].raw for row, _, legs in result}
    assert title[1] == title[2] == 0.0
    assert title[0] > 0.3


def test_a_shared_title_within_one_article_tells_as_much(
    assistant: Assistant, found: dict[int, tuple[Chunk, ArticleMeta]]
) -> None:
    same = {row: (replace(c, title="Withdrawal"), found[0][1]) for row, (c, _) in found.items()}
    result = anew(assistant, same, [(row, 0.5, LEGS) for row in range(3)], 3)
    assert len({legs["title"].raw for _, _, legs in result}) == 1
    assert result[0][2]["title"].raw > 0.3


def test_the_setting(write_kb: WriteKb, tmp_path: Path) -> None:
    kb = write_kb({"a.md": "# Fees\n\nA fee.\n", "b.md": "# Cards\n\nA card and a fee.\n"})
    build_index(kb, tmp_path / "i")
    for depth, legs in ((0, 2), (1, 4)):
        opened = Assistant.open(tmp_path / "i", settings=SearchSettings(rerank=depth))
        hits = opened.search("fee")
        assert [len(hit.legs) for hit in hits] == [legs, 2]
    with pytest.raises(ConfigError, match="rerank is -1"):
        SearchSettings(rerank=-1)
