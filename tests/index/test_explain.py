"""Why a hit has its score: figures that add up, and words that people know again."""

from __future__ import annotations

import copy
import pickle
from dataclasses import asdict
from pathlib import Path

import pytest

from kbassist import Assistant, Filters, Hit, SearchSettings, build_index
from kbassist.errors import UsageError
from kbassist.types import HitExplanation, Mode
from tests.conftest import WriteKb

QUESTIONS = [
    "tibi 手续费多少",
    "提币一直没到账怎么办？",
    "HB-1007",
    "how long does a withdrawal take",
]


def explained(assistant: Assistant, question: str, **more: object) -> HitExplanation:
    return assistant.search(question, **more)[0].explain()  # type: ignore[arg-type]


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("mode", ["lexical", "vector", "hybrid"])
def test_the_figures_add_up(assistant: Assistant, question: str, mode: Mode) -> None:
    for hit in assistant.search(question, mode=mode):
        found = hit.explain()
        assert (found.rank, found.chunk_id, found.score) == (hit.rank, hit.chunk.id, hit.score)
        added = sum(leg.contribution for leg in found.legs.values())
        assert added == pytest.approx(hit.score)
        terms = [score for word in found.words for score in word.terms]
        assert sorted(score.term for score in terms) == sorted(hit.matched_terms)
        assert [word.score for word in found.words] == sorted(
            (sum(score.score for score in word.terms) for word in found.words), reverse=True
        )
        if "bm25" in found.legs:
            assert sum(score.score for score in terms) == pytest.approx(
                found.legs["bm25"].raw, rel=1e-5
            )
        if found.nearest is None:
            assert mode == "lexical"
        else:
            assert found.nearest.cosine == pytest.approx(found.legs["vector"].raw, abs=1e-5)


def test_reciprocal_rank_fusion_adds_up_too(harbor: Path) -> None:
    assistant = Assistant.open(harbor, settings=SearchSettings(fusion="rrf"))
    found = explained(assistant, QUESTIONS[1])
    assert sum(leg.contribution for leg in found.legs.values()) == pytest.approx(found.score)
    assert (found.search.fusion, found.search.reason) == ("rrf", "equal")
    assert "by rank" in found.text()


def test_words_not_pairs_of_characters(assistant: Assistant) -> None:
    found = explained(assistant, "tibi 手续费多少")
    words = {word.text: word for word in found.words}
    assert found.words[0].text == "手续费"
    assert (words["手续费"].source, words["手续费"].origin) == ("typed", None)
    assert {"手续", "续费"} <= {score.term for score in words["手续费"].terms}
    assert (words["提币"].source, words["提币"].origin) == ("correction", "tibi")
    assert {score.weight for score in words["提币"].terms} == {0.9}
    assert (words["fee"].source, words["fee"].origin) == ("synonym", "手续费")
    assert "title" in words["手续费"].places
    assert found.missing == ()  # what corrects it is there


def test_what_is_not_there(assistant: Assistant) -> None:
    found = explained(assistant, "reset the zzyzx password of an XRP wallet")
    missing = {word.text: word.known for word in found.missing}
    assert missing["zzyzx"] is False
    assert missing.get("XRP", True) is True
    assert "zzyzx (in no article)" in found.text()


def test_how_the_question_was_read(assistant: Assistant) -> None:
    found = explained(assistant, "tibi 手续费多少").search
    assert (found.question, found.meant) == ("tibi 手续费多少", "提币 手续费多少")
    assert [(one.typed, one.corrected) for one in found.corrections] == [("tibi", "提币")]
    assert {one.phrase for one in found.expansions} == {"手续费"}
    terms = {term.term: term for term in found.terms}
    typed = terms["手续"]
    assert (typed.source, typed.weight, typed.evidence, typed.stop) == ("typed", 1.0, True, False)
    assert 0 < typed.chunks < found.chunks and typed.idf > 0
    assert (terms["tibi"].chunks, terms["提币"].origin) == (0, "tibi")
    assert (found.mode, found.reason) == ("hybrid", "naming")
    assert found.weights == pytest.approx({"bm25": 0.55, "vector": 0.45})


def test_what_was_searched(assistant: Assistant) -> None:
    plain = explained(assistant, "提币").search
    assert (plain.filters, plain.audience) == ({}, ())
    assert plain.searched == plain.visible < plain.chunks
    assert str(plain.today) == "2026-11-21"
    filters = Filters(locale=("zh",), kind=("faq",), audience=("staff",))
    found = explained(assistant, "提币", filters=filters, mode="lexical").search
    assert (found.filters, found.audience) == ({"locale": ("zh",), "kind": ("faq",)}, ("staff",))
    assert found.searched < found.visible > plain.visible
    assert (found.mode, found.weights, found.reason) == ("lexical", {"bm25": 1.0}, "one_leg")
    assert "only locale: zh\n" in found.text() and "for: staff" in found.text()


def test_a_weight_that_the_settings_fix(harbor: Path) -> None:
    assistant = Assistant.open(harbor, settings=SearchSettings(vector_weight=0.25))
    found = explained(assistant, "提币").search
    assert (found.reason, dict(found.weights)) == ("fixed", {"bm25": 0.75, "vector": 0.25})
    assert "fixed by the settings" in found.text()


def test_the_text_of_a_small_one(write_kb: WriteKb, tmp_path: Path) -> None:
    kb = write_kb({"a.md": "# Card\n\nOrder a card.\n", "b.md": "# Bank\n\nA bank account.\n"})
    build_index(kb, tmp_path / "index", embedder="none")
    found = explained(Assistant.open(tmp_path / "index"), "order a zzyzx card")
    # Both texts are of average length: order adds ln 2, card ln 2 · 3 · 2.2 / 4.2.
    assert str(found).splitlines() == [
        "Hit          Card  (a.md:3-3)",
        "Score 1.000         rank  score  normalised  weight   adds",
        "             words     1  1.819       1.000   1.000  1.000",
        "Words                adds   idf  chunks  stands in",
        "             card   1.089  0.69       1  title + text",
        "             order  0.693  0.69       1  text",
        "             a      0.036  0.18       2  text",
        "Not in it    zzyzx (in no article)",
        "",
        "Question     order a zzyzx card",
        "Ranked       by words alone (BM25)",
        "Searched     2 of 2 chunks, as of 2026-11-21",
    ]


def test_copies_can_be_explained_and_stored_hits_cannot(assistant: Assistant) -> None:
    hit = assistant.search("提币")[0]
    assert copy.deepcopy(hit).explain() == hit.explain()
    assert asdict(hit)["rank"] == 1
    assert "origin" not in repr(hit)
    stored = pickle.loads(pickle.dumps(hit))
    assert stored == hit
    for one in (stored, Hit(1, 1.0, hit.chunk, hit.article, {}, ())):
        with pytest.raises(UsageError, match="the hit cannot be explained") as error:
            one.explain()
        assert error.value.hint.startswith("Search again")
