"""Both legs together, with a small deterministic model: hashed terms, random but fixed rows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from kbassist import Assistant, Filters, SearchSettings, build_index
from kbassist.embed import registry
from kbassist.embed.protocol import Matrix, Progress, unit_rows
from kbassist.embed.static import StaticEmbedder
from kbassist.errors import ConfigError, IndexIncompatible
from kbassist.index.generation import live_folder
from kbassist.text.analyzer import Analyzer
from tests.conftest import HARBOR

QUESTIONS = [
    "USDT 提币没到账",
    "withdrawal fee by network",
    "手机丢了，验证器没了",
    "怎样联系人工客服",
]


class HashedTerms:
    """The mean of one fixed random vector a term: a random projection of the bag of terms."""

    dimension = 96
    passage = None

    def __init__(self, seed: str) -> None:
        self.fingerprint = f"hashed-terms-{seed}"
        self._seed = seed
        self._analyzer = Analyzer()

    def embed_documents(self, texts: Sequence[str], progress: Progress | None = None) -> Matrix:
        return unit_rows(np.stack([self._mean(text) for text in texts]), self.dimension)

    def embed_queries(self, texts: Sequence[str]) -> Matrix:
        return self.embed_documents(texts)

    def _mean(self, text: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        total = np.zeros(self.dimension)
        for term in self._analyzer.terms(text):
            digest = hashlib.sha256(f"{self._seed} {term}".encode("utf-8", "replace")).digest()
            total += np.random.default_rng(int.from_bytes(digest[:8], "big")).normal(size=96)
        return total


@pytest.fixture(autouse=True)
def _models(monkeypatch: pytest.MonkeyPatch) -> None:
    loaders = {**registry.LOADERS, "hashed": HashedTerms}
    monkeypatch.setattr(registry, "LOADERS", loaders)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    index = tmp_path_factory.mktemp("hybrid") / "index"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "LOADERS", {**registry.LOADERS, "hashed": HashedTerms})
        build_index(HARBOR, index, embedder="hashed:1")
    return index


def ids(assistant: Assistant, question: str, **more: object) -> list[str]:
    return [hit.chunk.id for hit in assistant.search(question, top_k=20, **more)]  # type: ignore[arg-type]


def with_weight(index: Path, weight: float) -> Assistant:
    return Assistant.open(index, settings=SearchSettings(vector_weight=weight))


@pytest.mark.parametrize("question", QUESTIONS)
def test_weight_zero_is_the_lexical_order_and_one_the_vector_order(
    built: Path, question: str
) -> None:
    lexical = ids(with_weight(built, 0.5), question, mode="lexical")
    vector = ids(with_weight(built, 0.5), question, mode="vector")
    assert lexical != vector
    assert ids(with_weight(built, 0.0), question) == lexical
    assert ids(with_weight(built, 1.0), question) == vector


def test_hybrid_is_the_default_and_keeps_the_evidence_of_both_legs(built: Path) -> None:
    assistant = with_weight(built, 0.3)
    hits = assistant.search(QUESTIONS[0])
    assert [hit.chunk.id for hit in hits] == [
        hit.chunk.id for hit in assistant.search(QUESTIONS[0], mode="hybrid")
    ]
    for hit in hits:
        bm25, vector = hit.legs["bm25"], hit.legs["vector"]
        assert bm25.weight / vector.weight == pytest.approx(0.7 / 0.3)
        assert sum(leg.weight for leg in hit.legs.values()) == pytest.approx(1.0)
        expected = sum(leg.weight * leg.normalised for leg in hit.legs.values())
        assert hit.score == pytest.approx(expected, abs=1e-9)
        assert -1 <= vector.raw <= 1


def test_pages_agree_whatever_their_size(built: Path) -> None:
    assistant = with_weight(built, 0.5)
    for question in QUESTIONS:
        ten = [(hit.chunk.id, hit.score) for hit in assistant.search(question, top_k=10)]
        assert [(h.chunk.id, h.score) for h in assistant.search(question, top_k=3)] == ten[:3]


@pytest.mark.parametrize("mode", ["lexical", "vector", "hybrid"])
def test_filters_hold_in_every_mode(built: Path, mode: str) -> None:
    assistant = with_weight(built, 0.5)
    hits = assistant.search(
        QUESTIONS[0],
        top_k=50,
        mode=mode,  # type: ignore[arg-type]
        filters=Filters(locale=("en",)),
    )
    assert hits and {hit.article.locale for hit in hits} == {"en"}
    everything = assistant.search("被盗 安抚 客户", top_k=1000, mode=mode)  # type: ignore[arg-type]
    assert "staff" not in {label for hit in everything for label in hit.article.audience}


def test_rrf_is_an_option(built: Path) -> None:
    assistant = Assistant.open(built, settings=SearchSettings(fusion="rrf", rrf_k=60))
    best = assistant.search(QUESTIONS[0])[0]
    ranks = [best.legs[name].rank for name in ("bm25", "vector")]
    expected = sum(0.5 / (60 + rank) for rank in ranks if rank)
    assert best.score == pytest.approx(expected)


def test_status_names_the_model(built: Path) -> None:
    manifest = Assistant.open(built).status().manifest
    assert (manifest.embedder, manifest.dimension) == ("hashed:1", 96)
    assert manifest.counts["vectors"] > manifest.counts["chunks"]


def test_another_model_is_an_error_that_names_the_command(built: Path, tmp_path: Path) -> None:
    build_index(HARBOR, tmp_path, embedder="hashed:1")
    path = live_folder(tmp_path) / "manifest.json"
    table = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**table, "embedder": "hashed:2"}), encoding="utf-8")
    assistant = Assistant.open(tmp_path)
    assert assistant.search(QUESTIONS[0], mode="lexical")
    with pytest.raises(IndexIncompatible, match="'hashed:2'") as error:
        assistant.search(QUESTIONS[0])
    assert f"--index {tmp_path} --full --embedder" in error.value.hint


def test_another_bundled_model_is_an_error_that_names_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an update of kbassist that brings other weights."""
    build_index(HARBOR, tmp_path)
    before = Assistant.open(tmp_path)
    assert before.search(QUESTIONS[0])
    monkeypatch.setattr(StaticEmbedder, "fingerprint", "zh-en-static-2:1:0")
    after = Assistant.open(tmp_path)
    assert after.search(QUESTIONS[0], mode="lexical")
    with pytest.raises(IndexIncompatible, match="'bundled' names now") as error:
        after.ask(QUESTIONS[0])
    command = f"kbassist build {HARBOR} --index {tmp_path} --full"
    assert error.value.hint.endswith(command)
    assert before.search(QUESTIONS[0])  # it holds its model
    assert build_index(HARBOR, tmp_path).changed
    assert Assistant.open(tmp_path).search(QUESTIONS[0])


def test_a_model_of_another_dimension_under_the_same_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_index(HARBOR, tmp_path)
    monkeypatch.setattr(
        registry, "LOADERS", {**registry.LOADERS, "bundled": lambda _: HashedTerms("1")}
    )
    with pytest.raises(IndexIncompatible):
        Assistant.open(tmp_path).search(QUESTIONS[0])


def test_changing_the_model_rebuilds(tmp_path: Path) -> None:
    assert build_index(HARBOR, tmp_path, embedder="hashed:1").changed
    assert not build_index(HARBOR, tmp_path, embedder="hashed:1").changed
    assert build_index(HARBOR, tmp_path, embedder="hashed:2").changed
    assert build_index(HARBOR, tmp_path, embedder="none").embedder is None


@pytest.mark.parametrize(
    ("name", "value"),
    [("fusion", "sum"), ("vector_weight", 1.5), ("rrf_k", -1), ("candidates", 0)],
)
def test_search_settings_have_ranges(name: str, value: object) -> None:
    with pytest.raises(ConfigError, match=f"{name} is {value!r}"):
        SearchSettings(**{name: value})  # type: ignore[arg-type]
