from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kbassist.evals.names import MEASURES
from kbassist.evals.ranking import (
    distinct,
    evaluate,
    parse_measure,
    trec_qrels,
    trec_run,
)


def naive_ndcg(grades: dict[str, int], ranking: list[str], cut: int) -> float:
    def gain(found: list[int]) -> float:
        return sum(grade / math.log2(place + 2) for place, grade in enumerate(found[:cut]))

    best = gain(sorted(grades.values(), reverse=True))
    return gain([grades.get(name, 0) for name in ranking]) / best


def test_measures_worked_out_by_hand() -> None:
    """Right are a (grade 1) at rank 3, b (3) at rank 2, c (2) nowhere.

    DCG = 3 / log2(3) + 1 / log2(4) = 1.892789 + 0.5 = 2.392789
    ideal = 3 / log2(2) + 2 / log2(3) + 1 / log2(4) = 3 + 1.261860 + 0.5 = 4.761860
    nDCG = 0.502490; R = 2/3; RR = 1/2
    """
    found = evaluate({"q": {"a": 1, "b": 3, "c": 2}}, {"q": ["x", "b", "a", "y"]})
    assert {measure: values["q"] for measure, values in found.items()} == {
        "nDCG@10": pytest.approx(0.502490, abs=1e-6),
        "Success@1": 0.0,
        "Success@5": 1.0,
        "Success@10": 1.0,
        "R@10": pytest.approx(2 / 3),
        "RR@10": 0.5,
    }


@pytest.mark.parametrize(
    ("rank", "expected"),
    [
        (1, (1, 1, 1, 1, 1, 1)),
        (5, (1 / math.log2(6), 0, 1, 1, 1, 1 / 5)),
        (6, (1 / math.log2(7), 0, 0, 1, 1, 1 / 6)),
        (10, (1 / math.log2(11), 0, 0, 1, 1, 1 / 10)),
        (11, (0, 0, 0, 0, 0, 0)),
    ],
)
def test_cuts(rank: int, expected: tuple[float, ...]) -> None:
    ranking = [f"x{place}" for place in range(1, 21)]
    ranking[rank - 1] = "right"
    found = evaluate({"q": {"right": 1}}, {"q": ranking})
    assert [found[measure]["q"] for measure in MEASURES] == pytest.approx(expected)


def test_success_is_any_and_recall_is_a_share() -> None:
    found = evaluate({"q": {"a": 1, "b": 1, "c": 1, "d": 1}}, {"q": ["x", "a"]})
    assert (found["Success@10"]["q"], found["R@10"]["q"]) == (1.0, 0.25)


def test_a_question_without_a_ranking_scores_0() -> None:
    qrels = {"there": {"a": 1}, "empty": {"a": 1}, "absent": {"a": 1}}
    found = evaluate(qrels, {"there": ["a"], "empty": [], "unasked": ["a"]})
    for measure in MEASURES:
        assert found[measure] == {"there": 1.0, "empty": 0.0, "absent": 0.0}
    nothing = evaluate({"q": {"a": 1}}, {})
    assert nothing == {measure: {"q": 0.0} for measure in MEASURES}
    assert evaluate({}, {}) == {measure: {} for measure in MEASURES}


def test_ids_are_texts_of_any_kind() -> None:
    found = evaluate({"001": {"zh/充值": 1}, "提币 1": {"7": 1}},
                     {"001": ["x", "zh/充值"], "提币 1": ["7"]})  # fmt: skip
    assert found["RR@10"] == {"001": 0.5, "提币 1": 1.0}


def test_two_spellings_of_one_measure_agree() -> None:
    found = evaluate({"q": {"a": 1}}, {"q": ["a"]}, ["RR@10", "MRR@10", "P@2"])
    assert found == {"RR@10": {"q": 1.0}, "MRR@10": {"q": 1.0}, "P@2": {"q": 0.5}}


@pytest.mark.parametrize(
    ("qrels", "rankings", "message"),
    [
        ({"q1": {}}, {}, "'q1' has no relevant article"),
        ({"q1": {"a": 0}}, {}, "'q1' has no relevant article"),
        ({"q1": {"a": 1}}, {"q1": ["b", "a", "b"]}, "ranking of 'q1' holds an article twice"),
    ],
)
def test_what_cannot_be_judged(
    qrels: dict[str, dict[str, int]], rankings: dict[str, list[str]], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        evaluate(qrels, rankings)


articles = st.sampled_from([f"article-{number}" for number in range(16)])
grades = st.dictionaries(articles, st.integers(1, 3), min_size=1, max_size=14)
rankings = st.lists(articles, unique=True, max_size=16)


@settings(max_examples=60)
@given(st.lists(st.tuples(grades, rankings), min_size=1, max_size=4))
def test_ndcg_is_the_formula(asked: list[tuple[dict[str, int], list[str]]]) -> None:
    qrels = {f"q{number}": labels for number, (labels, _) in enumerate(asked)}
    runs = {f"q{number}": ranking for number, (_, ranking) in enumerate(asked)}
    found = evaluate(qrels, runs, ["nDCG@10", "nDCG@3"])
    for cut in (10, 3):
        assert found[f"nDCG@{cut}"] == pytest.approx(
            {name: naive_ndcg(qrels[name], runs[name], cut) for name in qrels}
        )


@settings(max_examples=60)
@given(grades, rankings)
def test_every_measure_is_the_definition(labels: dict[str, int], ranking: list[str]) -> None:
    found = {name: values["q"] for name, values in evaluate({"q": labels}, {"q": ranking}).items()}
    ranks = [rank for rank, name in enumerate(ranking, 1) if name in labels]
    first = min(ranks, default=99)
    assert all(0.0 <= value <= 1.0 for value in found.values())
    assert [found[f"Success@{cut}"] for cut in (1, 5, 10)] == [first <= cut for cut in (1, 5, 10)]
    assert found["R@10"] == pytest.approx(sum(rank <= 10 for rank in ranks) / len(labels))
    assert found["RR@10"] == pytest.approx(1 / first if first <= 10 else 0.0)


@settings(max_examples=60)
@given(grades, rankings)
def test_a_perfect_ranking_has_an_ndcg_of_1(labels: dict[str, int], rest: list[str]) -> None:
    best = sorted(labels, key=lambda name: -labels[name])
    ranking = best + [name for name in rest if name not in labels]
    found = evaluate({"q": labels}, {"q": ranking})
    assert [found[name]["q"] for name in ("nDCG@10", "Success@1", "RR@10")] == [1.0, 1.0, 1.0]


def test_repeats_are_dropped_before_the_cut() -> None:
    assert distinct(["b", "b", "a", "b", "c", "a", "d"], 3) == ["b", "a", "c"]
    assert distinct(iter(["b", "a"]), 3) == ["b", "a"]
    assert distinct([], 3) == []


@pytest.mark.parametrize(
    ("written", "proper"),
    [
        ("ndcg@10", "nDCG@10"),
        ("nDCG@10", "nDCG@10"),
        ("recall@5", "Success@5"),
        ("success@1", "Success@1"),
        ("R@10", "R@10"),
        ("r@10", "R@10"),
        ("mrr@10", "RR@10"),
        (" RR@10 ", "RR@10"),
        ("R@007", "R@7"),
    ],
)
def test_measures_as_users_write_them(written: str, proper: str) -> None:
    assert parse_measure(written) == proper


@pytest.mark.parametrize(
    "text", ["", "ndcg", "ndcg@", "ndcg@0", "ndcg@-1", "ndcg@x", "map@10", "@"]
)
def test_measures_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"no such measure: .*R@10, RR@10"):
        parse_measure(text)


def test_trec_files() -> None:
    assert trec_run({"q1": ["zh/充值", "b"], "q2": [], "q3": ["b"]}, tag="t") == (
        "q1 Q0 zh/充值 1 2 t\nq1 Q0 b 2 1 t\nq3 Q0 b 1 1 t\n"
    )
    assert trec_qrels({"q1": {"b": 3, "zh/充值": 1}}) == "q1 0 b 3\nq1 0 zh/充值 1\n"


@pytest.mark.parametrize("name", ["two words", "", " b", "b\u3000c", "b\n"])
def test_trec_files_cannot_hold_white_space(name: str) -> None:
    for rankings in ({"q": [name]}, {name: ["a"]}):
        with pytest.raises(ValueError, match="holds white space"):
            trec_run(rankings)
    for qrels in ({"q": {name: 1}}, {name: {"a": 1}}):
        with pytest.raises(ValueError, match="holds white space"):
            trec_qrels(qrels)
