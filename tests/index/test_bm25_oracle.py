"""BM25 scores equal those of rank_bm25, which is their definition."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rank_bm25 import BM25Okapi

from kbassist.config import Bm25Settings
from kbassist.index.bm25 import Bm25
from kbassist.index.bm25_build import Bm25Builder
from kbassist.text.analyzer import Analyzer

VARIANTS = ("lucene", "okapi")


class LuceneOracle(BM25Okapi):  # type: ignore[misc]
    """rank_bm25 with nothing but the idf replaced."""

    def _calc_idf(self, nd: dict[str, int]) -> None:
        count = self.corpus_size
        self.idf = {term: math.log(1 + (count - df + 0.5) / (df + 0.5)) for term, df in nd.items()}


ORACLES = {"lucene": LuceneOracle, "okapi": BM25Okapi}


def compare(
    rows: Sequence[Sequence[str]],
    queries: Sequence[Sequence[str]],
    folder: Path,
    settings: Bm25Settings,
) -> None:
    builder = Bm25Builder()
    for row in rows:
        builder.add(row)
    builder.write(folder, settings)
    bm25 = Bm25.open(folder)
    oracle = ORACLES[settings.variant](rows, k1=settings.k1, b=settings.b)
    for query in queries:
        expected = oracle.get_scores(query)
        scores, matched = bm25.scores([(term, 1.0) for term in query])
        np.testing.assert_allclose(scores, expected, rtol=1e-5, atol=1e-4)
        assert matched.tolist() == [not set(query).isdisjoint(row) for row in rows]


OWN_TEXT = [
    "提币一直没到账怎么办？链上已确认，但余额没有变化。",
    "充币到账需要多久？USDT-TRC20 需要 20 个确认。",
    "How long does a withdrawal take? Up to 30 minutes on TRC20.",
    "Turn on 2FA before you withdraw; withdrawals without 2FA are held for 24 hours.",
    "",
    "手续费是多少？手续费见费率表，手续费按月更新。",
    "fee fee fee",
]
OWN_QUESTIONS = ["提币没到账", "withdraw withdraw fee", "USDT-TRC20 手续费", "2FA", "unknown zzz"]


@pytest.mark.parametrize("variant", VARIANTS)
def test_equal_on_own_text(tmp_path: Path, variant: str) -> None:
    analyzer = Analyzer()
    settings = Bm25Settings(variant=variant)  # type: ignore[arg-type]
    rows = [analyzer.terms(text) for text in OWN_TEXT]
    compare(rows, [analyzer.terms(text) for text in OWN_QUESTIONS], tmp_path, settings)


term = st.sampled_from("abcdefgh")
documents = st.lists(st.lists(term, max_size=12), min_size=1, max_size=12).filter(any)


@given(
    rows=documents,
    query=st.lists(term, max_size=6),
    variant=st.sampled_from(VARIANTS),
    k1=st.floats(0.1, 3),
    b=st.floats(0, 1),
)
def test_equal_on_any_documents(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[list[str]],
    query: list[str],
    variant: str,
    k1: float,
    b: float,
) -> None:
    settings = Bm25Settings(variant=variant, k1=k1, b=b)  # type: ignore[arg-type]
    compare(rows, [query], tmp_path_factory.mktemp("index"), settings)


def public_set(data: Path, name: str) -> tuple[list[str], list[str]]:
    folder = data / "eval" / "public"
    if not (folder / f"{name}.corpus.jsonl").is_file():
        pytest.skip(f"the question set {name} is not in the data folder")
    corpus, queries = (
        [json.loads(line) for line in (folder / f"{name}.{part}.jsonl").open(encoding="utf-8")]
        for part in ("corpus", "queries")
    )
    rows = [f"{row['title']}\n{row['text']}" for row in corpus]
    return rows, [query["text"] for query in queries[::20]]


def help_centre(data: Path, name: str) -> tuple[list[str], list[str]]:
    support = data / "eval" / "support"
    files = sorted((support / "kb" / name).rglob("*.md"))
    if not files:
        pytest.skip(f"the help centre {name} is not in the data folder")
    lines = (support / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line) for line in lines]
    texts = [file.read_text(encoding="utf-8-sig") for file in files]
    return texts, [question["query"] for question in questions[::5]]


CORPORA: dict[str, Callable[[Path], tuple[list[str], list[str]]]] = {
    "cmrc2018-trial": lambda data: public_set(data, "cmrc2018-trial"),
    "xquad-en": lambda data: public_set(data, "xquad-en"),
    "status-en": lambda data: help_centre(data, "status-en"),
}


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("corpus", CORPORA)
def test_equal_on_real_corpora(tmp_path: Path, data: Path, corpus: str, variant: str) -> None:
    texts, questions = CORPORA[corpus](data)
    analyzer = Analyzer()
    rows = [analyzer.terms(text) for text in texts]
    queries = [analyzer.terms(question) for question in questions]
    assert len(rows) > 50 and len(queries) > 20
    settings = Bm25Settings(variant=variant)  # type: ignore[arg-type]
    compare(rows, queries, tmp_path, settings)
