"""The first candidates, ranked anew."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kbassist import Assistant, SearchSettings, build_index
from kbassist.errors import ConfigError
from kbassist.index.fusion import Fused, Leg
from kbassist.index.rerank import TITLE, WORDS, Ranked, rerank
from tests.conftest import WriteKb

ARTICLES = {
    "a.md": "# Printers\n\nRestart the printer.\n",
    "b.md": "# Money\n\nWhat a withdrawal costs.\n",
    "c.md": "# Others\n\nNothing of the kind.\n",
    "d.md": "# Withdrawal\n\nOne.\n\n## Second\n\nTwo.\n",
    "e.md": "# Cost\n\nThree.\n",
    "f.md": "# Cost\n\nFour.\n",
}


@pytest.fixture
def opened(write_kb: WriteKb, tmp_path: Path) -> Assistant:
    build_index(write_kb(ARTICLES), tmp_path / "i")
    return Assistant.open(tmp_path / "i")


def row(opened: Assistant, name: str, place: int = 0) -> int:
    ids = [chunk.id for chunk, _ in opened.index.store.all_chunks()]
    return [number for number, id in enumerate(ids) if id.startswith(f"{name}#")][place]


def fused_of(scores: dict[int, float]) -> Fused:
    """Candidates with these fused scores, by row; what the legs say of them is made up."""
    rows = np.array(list(scores), dtype=np.int64)
    leg = Leg(np.full(len(rows), 0.4), np.ones(len(rows), np.bool_), np.arange(1, len(rows) + 1))
    given = np.array(list(scores.values()))
    return Fused(rows, given, leg, leg, (given, given), (0.5, 0.5))


def anew(opened: Assistant, scores: dict[int, float], depth: int) -> Ranked:
    index, question = opened.index, "withdrawal cost"
    asked = index.maxsim.asked(dict.fromkeys(index.analyzer.terms(question), 1.0))
    vector = index.static.embed_queries([question])[0]
    fused = fused_of(scores)
    ranking = rerank(fused, depth, asked, vector, index.chunk_articles, index.maxsim, index.titles)
    return ranking.best(fused, 9)


def test_words_bring_a_candidate_up(opened: Assistant) -> None:
    a, b, c = (row(opened, name) for name in "abc")
    fused = {a: 0.5, b: 0.45, c: 0.44}
    result = anew(opened, fused, 3)
    assert result[0][0] == b
    for number, score, legs in result:
        assert list(legs) == ["bm25", "vector", "words", "title"]
        assert sum(leg.weight for leg in legs.values()) == pytest.approx(1.0)
        added = WORDS * legs["words"].raw + TITLE * legs["title"].raw
        assert score * (1 + WORDS + TITLE) == pytest.approx(fused[number] + added)
        assert score == pytest.approx(sum(leg.contribution for leg in legs.values()))


def test_those_beyond_the_depth_stay_behind(opened: Assistant) -> None:
    a, b, c = (row(opened, name) for name in "abc")
    result = anew(opened, {a: 0.5, c: 0.5, b: 0.5}, 2)
    assert result[2][0] == b
    assert list(result[2][2]) == ["bm25", "vector"]
    assert result[2][1] == pytest.approx(0.5 / (1 + WORDS + TITLE))
    assert result[2][1] <= result[1][1]


def test_a_title_that_several_articles_have_tells_nothing(opened: Assistant) -> None:
    result = anew(opened, {row(opened, name): 0.5 for name in "def"}, 3)
    title = {number: legs["title"].raw for number, _, legs in result}
    assert title[row(opened, "e")] == title[row(opened, "f")] == 0.0
    assert title[row(opened, "d")] > 0.3


def test_a_shared_title_within_one_article_tells_as_much(opened: Assistant) -> None:
    result = anew(opened, {row(opened, "d", place): 0.5 for place in (0, 1)}, 3)
    assert len({legs["title"].raw for _, _, legs in result}) == 1
    assert result[0][2]["title"].raw > 0.3


def test_no_candidates(opened: Assistant) -> None:
    assert anew(opened, {}, 3) == []


def test_the_setting(write_kb: WriteKb, tmp_path: Path) -> None:
    kb = write_kb({"a.md": "# Fees\n\nA fee.\n", "b.md": "# Cards\n\nA card and a fee.\n"})
    build_index(kb, tmp_path / "i")
    for depth, legs in ((0, 2), (1, 4)):
        opened = Assistant.open(tmp_path / "i", settings=SearchSettings(rerank=depth))
        hits = opened.search("fee")
        assert [len(hit.legs) for hit in hits] == [legs, 2]
    with pytest.raises(ConfigError, match="rerank is -1"):
        SearchSettings(rerank=-1)
