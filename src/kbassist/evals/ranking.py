"""Ranking metrics by ir_measures, over distinct articles.

In this project's tables recall@k means Success@k: whether any right article is among the first k.
R@k, the share of the right articles among the first k, is shown under its own name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kbassist.evals.names import MEASURES

_SPELLINGS = {"ndcg": "nDCG", "success": "Success", "recall": "Success", "r": "R", "rr": "RR",
              "mrr": "RR"}  # fmt: skip


def distinct(ids: Iterable[str], depth: int) -> list[str]:
    """The first occurrence of each id, cut to `depth` after the others are dropped."""
    return list(dict.fromkeys(ids))[:depth]


def evaluate(
    qrels: Mapping[str, Mapping[str, int]],
    rankings: Mapping[str, Sequence[str]],
    measures: Sequence[str] = MEASURES,
) -> dict[str, dict[str, float]]:
    """Each measure of each question.

    Args:
        qrels: question id → article id → grade; each question has a grade above 0.
        rankings: question id → distinct article ids, best first; a question without one scores 0.
        measures: names that ir_measures knows, such as `nDCG@10`.

    Returns:
        Measure → question id → value in [0, 1].

    Raises:
        ValueError: a question without a relevant article, or an article twice in a ranking.
    """
    import ir_measures

    for name, grades in qrels.items():
        if not any(grade > 0 for grade in grades.values()):
            raise ValueError(f"the question {name!r} has no relevant article")
        ranking = rankings.get(name, ())
        if len(set(ranking)) != len(ranking):
            raise ValueError(f"the ranking of {name!r} holds an article twice")
    scored = {
        name: {article: float(len(rankings.get(name, ())) - place)
               for place, article in enumerate(rankings.get(name, ()))}
        for name in qrels
    }  # fmt: skip
    parsed = {measure: ir_measures.parse_measure(measure) for measure in measures}
    table = {measure: dict.fromkeys(qrels, 0.0) for measure in parsed.values()}
    for metric in ir_measures.iter_calc(
        list(table), {k: dict(v) for k, v in qrels.items()}, scored
    ):
        table[metric.measure][metric.query_id] = float(metric.value)
    return {name: table[measure] for name, measure in parsed.items()}


def parse_measure(text: str) -> str:
    """A measure as users write it (`ndcg@10`, `recall@5`, `mrr@10`) in its proper spelling.

    Raises:
        ValueError: not a measure at a cut.
    """
    name, sign, cut = text.strip().partition("@")
    proper = _SPELLINGS.get(name.lower())
    if proper is None or not sign or not cut.isdecimal() or int(cut) < 1:
        known = ", ".join(sorted({f"{value}@10" for value in _SPELLINGS.values()}))
        raise ValueError(f"no such measure: {text!r}; known are {known}")
    return f"{proper}@{int(cut)}"


def trec_run(rankings: Mapping[str, Sequence[str]], tag: str = "kbassist") -> str:
    """Rankings as a TREC run: `question Q0 article rank score tag`, scores falling with the rank.

    Raises:
        ValueError: an id holds white space.
    """
    lines = []
    for question, ranking in rankings.items():
        for rank, article in enumerate(ranking, 1):
            score = len(ranking) - rank + 1
            lines.append(f"{_word(question)} Q0 {_word(article)} {rank} {score} {tag}\n")
    return "".join(lines)


def trec_qrels(qrels: Mapping[str, Mapping[str, int]]) -> str:
    """Labels as TREC qrels: `question 0 article grade`.

    Raises:
        ValueError: an id holds white space.
    """
    return "".join(
        f"{_word(question)} 0 {_word(article)} {grade}\n"
        for question, grades in qrels.items()
        for article, grade in grades.items()
    )


def _word(name: str) -> str:
    if name.split() != [name]:
        raise ValueError(f"the id {name!r} holds white space, which the TREC format cannot express")
    return name
