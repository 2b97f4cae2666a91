from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kbassist.embed.codes import encode
from kbassist.embed.static import VECTORS, StaticEmbedder
from kbassist.embed.units import Kind, Sounds, Vocabulary, key, runs, words
from training.export import LEVELS, export, quantise, reweigh
from training.settings import NAME, Settings

pytest.importorskip("pypinyin")


def matrix(rows: int, dimension: int = 8) -> np.ndarray:
    return np.random.default_rng(7).normal(size=(rows, dimension)).astype(np.float32)


def test_quantised_rows_differ_by_half_a_step_at_most() -> None:
    vectors = matrix(500)
    found = quantise(vectors)
    assert found.values.dtype == np.int8 and np.abs(found.values).max() == LEVELS
    assert found.weights.dtype == np.uint8 and found.weights.max() == 255
    unit = np.quantile(np.abs(vectors).max(axis=1), 0.999) / (LEVELS * 255)
    fits = found.weights < 255
    error = np.abs(found.matrix() * unit - vectors)[fits]
    assert (error <= found.weights[fits][:, None] * unit * 0.5 + 1e-6).all()


def test_a_row_of_zeros_says_nothing() -> None:
    found = quantise(np.concatenate((matrix(3), np.zeros((1, 8), dtype=np.float32))))
    assert found.weights[3] == 0
    assert not found.matrix()[3].any()


def test_lengths_after_reweighing() -> None:
    """A character of length 12 with typical 3: 2.5 * 4 ^ 0.4; a word: 1 * 4 ^ 0.7."""
    vectors = np.zeros((2, 4), dtype=np.float32)
    vectors[:, 1] = 12.0
    kinds = np.array([Kind.CHARACTER, Kind.WORD], dtype=np.uint8)
    assert np.linalg.norm(reweigh(vectors, kinds, Settings()), axis=1).tolist() == pytest.approx(
        [2.5 * 4**0.4, 4**0.7], rel=1e-6
    )


def test_an_exported_model_is_read_back(tmp_path: Path) -> None:
    text = encode(["提币 fee"])
    keys = np.sort(
        np.concatenate(
            (
                runs(text)[Kind.CHARACTER].keys,
                runs(text)[Kind.BIGRAM].keys,
                key(words(text).stems, Kind.WORD),
            )
        )
    )
    vocabulary = Vocabulary(keys, 0, Sounds(0x3400, np.zeros(1, dtype=np.uint16), [""]))
    vectors = matrix(len(keys))
    export(vectors, vocabulary, tmp_path / "model")
    model = StaticEmbedder(tmp_path / "model")
    assert model.name == NAME and model.dimension == 8
    stored = quantise(vectors).matrix()
    expected = stored.sum(axis=0)
    found = model.embed_documents(["提币 fee"])[0]
    assert found.tolist() == pytest.approx((expected / np.linalg.norm(expected)).tolist(), abs=1e-6)
    alone = stored[vocabulary.find(key(words(encode(["fees"])).stems, Kind.WORD))[0]]
    assert model.embed_queries(["fees"])[0].tolist() == pytest.approx(
        (alone / np.linalg.norm(alone)).tolist(), abs=1e-6
    )


def test_two_exports_are_byte_identical(tmp_path: Path) -> None:
    vocabulary = Vocabulary(
        np.arange(5, dtype=np.uint32), 2, Sounds(0x3400, np.zeros(1, dtype=np.uint16), [""])
    )
    for name in ("a", "b"):
        export(matrix(7), vocabulary, tmp_path / name)
    names = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert VECTORS in names
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
