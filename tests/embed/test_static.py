"""Static embeddings: whole-number sums, the same alone and in a batch, from files that are checked."""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from kbassist.embed import registry
from kbassist.embed.protocol import Embedder, Matrix
from kbassist.embed.registry import open_embedder
from kbassist.embed.static import (
    DESCRIPTION,
    KEYS,
    SOUNDS,
    VECTORS,
    WEIGHTS,
    ZERO,
    StaticEmbedder,
)
from kbassist.embed.units import Sounds, Vocabulary, units
from kbassist.errors import ModelError
from tests.embed.tiny import UNITS, describe, write_model

BUNDLED = registry.MODELS / registry.BUNDLED_MODEL

PARTS = st.sampled_from(
    ["提币", "提幣", "手续费", "发票", "发飘", "fapiao", "withdrawal", "Fee", "ＴＲＣ", "20", " ", "\n",
     "，", "🙂", "\0", "\ud800", "ไทย", "한국", "ب", "é", "\u200b", "|", "x" * 70]
)  # fmt: skip
TEXTS = st.one_of(
    st.lists(PARTS, max_size=12).map("".join), st.text(st.characters(codec=None), max_size=20)
)


@pytest.fixture(scope="module")
def model() -> StaticEmbedder:
    return StaticEmbedder(BUNDLED)


@pytest.fixture
def tiny(tmp_path: Path) -> StaticEmbedder:
    return StaticEmbedder(write_model(tmp_path / "tiny"))


def exact(folder: Path, texts: list[str]) -> Matrix:
    """The vectors by whole numbers of any size, from the files."""
    about = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
    load = {name: np.load(folder / name, mmap_mode="r") for name in (KEYS, VECTORS, WEIGHTS)}
    sounds = Sounds(about["first"], np.load(folder / SOUNDS), about["syllables"])
    rows, owners = units(texts, Vocabulary(load[KEYS], about["buckets"], sounds))
    out = np.zeros((len(texts), 2 * load[VECTORS].shape[1]), dtype=np.float32)
    for place in range(len(texts)):
        some, counts = np.unique(rows[owners == place], return_counts=True)
        packed = load[VECTORS][some].astype(np.int64)
        values = np.concatenate((packed & 15, packed >> 4), axis=1) - ZERO
        sums = (counts * load[WEIGHTS][some].astype(np.int64)) @ values
        squares = sum(value * value for value in sums.tolist())
        out[place] = sums / np.sqrt(np.float64(max(squares, 1)))
    return out


def assert_sound(vectors: NDArray[np.float32], count: int, dimension: int) -> None:
    """Float32 rows of length 1, or of exactly 0."""
    assert vectors.dtype == np.float32
    assert vectors.shape == (count, dimension)
    assert np.isfinite(vectors).all()
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1)
    assert ((lengths == 0) | (np.abs(lengths - 1) < 1e-6)).all()


def test_a_sum_by_hand(tiny: StaticEmbedder) -> None:
    sums = np.array(
        [
            [20 + 100 * 7, 10 - 100 * 7, 0, 0],  # 币, 提 and 提币
            [110 * 7 + 140 * 3, 110 * -6, 0, 110 + 140 * 7 + 80 * 6],  # both words and their pair
            [0, 0, 60 * 6, 60],  # the sound of 发票
            [0, 0, 0, 0],
        ],
        dtype=np.float64,
    )
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    found = tiny.embed_queries(["提币", "Withdrawal fees", "fapiao", "??"])
    np.testing.assert_array_equal(found, (sums / np.where(lengths, lengths, 1)).astype(np.float32))
    assert (tiny.name, tiny.dimension) == ("tiny", 4)


def test_documents_and_questions_are_embedded_alike(model: StaticEmbedder) -> None:
    texts = ["提币手续费", "withdrawal fee", ""]
    assert model.embed_documents(texts).tobytes() == model.embed_queries(texts).tobytes()


def test_the_bundled_model_is_opened_by_its_name() -> None:
    model: Embedder | None = open_embedder("bundled")
    assert isinstance(model, StaticEmbedder)
    assert model.name == registry.BUNDLED_MODEL
    assert model.fingerprint == StaticEmbedder(BUNDLED).fingerprint
    assert model.fingerprint.startswith(f"{model.name}:")
    assert_sound(model.embed_documents(["提币", "fee", " "]), 3, model.dimension)


@given(st.lists(TEXTS, max_size=8))
def test_vectors_are_exact_and_of_length_1(model: StaticEmbedder, texts: list[str]) -> None:
    vectors = model.embed_queries(texts)
    assert_sound(vectors, len(texts), model.dimension)
    assert vectors.tobytes() == exact(BUNDLED, texts).tobytes()


@given(st.lists(TEXTS, min_size=1, max_size=8), st.data())
def test_neither_the_batch_nor_its_order_matters(
    model: StaticEmbedder, texts: list[str], data: st.DataObject
) -> None:
    vectors = model.embed_queries(texts)
    alone = np.concatenate([model.embed_queries([text]) for text in texts])
    assert vectors.tobytes() == alone.tobytes()
    order = data.draw(st.permutations(range(len(texts))))
    other = model.embed_queries([texts[place] for place in order])
    assert vectors[order].tobytes() == other.tobytes()


def test_grouping_does_not_matter(model: StaticEmbedder) -> None:
    """Texts are worked on in groups of some length; here one alone is longer, others fill several."""
    texts = ["提币手续费 withdrawal fee " * size for size in (2000, 1, 0, 400, 900, 3, 1500, 60, 2)]
    alone = np.concatenate([model.embed_documents([text]) for text in texts])
    for some in (texts, [*texts, *["提"] * 5000]):
        assert model.embed_documents(some)[: len(texts)].tobytes() == alone.tobytes()
    assert alone.tobytes() == exact(BUNDLED, texts).tobytes()


def test_progress_counts_texts(model: StaticEmbedder) -> None:
    seen: list[tuple[int, int]] = []
    model.embed_documents(["提币" * 9000] * 5, progress=lambda *step: seen.append(step))
    assert seen[-1] == (5, 5)
    assert seen == sorted(set(seen)) and len(seen) > 1


def test_no_texts(model: StaticEmbedder) -> None:
    for vectors in (model.embed_documents([]), model.embed_queries(())):
        assert_sound(vectors, 0, model.dimension)


@pytest.mark.parametrize(
    "text", ["", " \n\t", "🙂🙃", "，。！？", "\0", "\u200b\u200d", "\ud800", "___"]
)
def test_a_text_that_says_nothing_has_zeros(model: StaticEmbedder, text: str) -> None:
    assert not model.embed_queries([text]).any()
    mixed = model.embed_queries(["提币", text, "fee"])
    assert [bool(row.any()) for row in mixed] == [True, False, True]


@pytest.mark.parametrize("text", ["qzxjvk", "ѫѭѩ", "龘靐齉", "ບໍ່ຮູ້", "0x9f", "0" * 300])
def test_unknown_text_has_a_defined_vector(model: StaticEmbedder, text: str) -> None:
    assert_sound(model.embed_queries([text]), 1, model.dimension)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("提幣手續費是多少？", "提币手续费是多少？"),
        ("忘記驗證碼，帳戶被凍結", "忘记验证码，账户被冻结"),
        ("WITHDRAWAL Fee", "withdrawal fee"),
        ("ＵＳＤＴ　ＴＲＣ２０", "usdt trc20"),
        ("Café", "cafe"),
        ("提\u200b币", "提币"),
        ("①②", "12"),
        ("\r\n提币\t", " 提币 "),
    ],
)
def test_spellings_of_one_text_have_one_vector(model: StaticEmbedder, one: str, other: str) -> None:
    first, second = model.embed_queries([one, other])
    assert first.any()
    assert first.tobytes() == second.tobytes()


@pytest.mark.parametrize(
    "text",
    [
        "提币手续费是多少 withdrawal fee 20 USDT，" * 5_000,
        "币" * 200_000,
        "withdrawal " * 20_000,
        "x" * 200_000,
        "提\0🙂\ud800" * 50_000,
    ],
    ids=["mixed", "one character", "one word", "one unknown word", "strange"],
)
def test_very_long_texts_are_exact(model: StaticEmbedder, text: str) -> None:
    vectors = model.embed_queries(["提币", text, "fee"])
    assert_sound(vectors, 3, model.dimension)
    assert vectors.tobytes() == exact(BUNDLED, ["提币", text, "fee"]).tobytes()


@pytest.mark.parametrize("count", [4095, 4096, 4097, 8192, 8193, 20_000])
def test_more_units_than_one_sum_holds(tiny: StaticEmbedder, tmp_path: Path, count: int) -> None:
    texts = ["fee " * 3, "fee " * count, "20", "fee " * (count - 1) + "withdraw"]
    found = tiny.embed_queries(texts)
    assert found.tobytes() == exact(tmp_path / "tiny", texts).tobytes()
    assert np.array_equal(found[0], found[1]) and found[0].tolist() == [0, 0, 0, 1]


def test_threads_may_share_a_model(model: StaticEmbedder) -> None:
    batches = [["提币没到账", f"withdrawal fee {n}"] * 40 + ["发飘" * n] for n in range(12)]
    expected = [StaticEmbedder(BUNDLED).embed_queries(batch).tobytes() for batch in batches]
    fresh = StaticEmbedder(BUNDLED)
    wrong: list[int] = []

    def work() -> None:
        for number, batch in enumerate(batches):
            for embed in (fresh.embed_queries, fresh.embed_documents):
                if embed(batch).tobytes() != expected[number]:
                    wrong.append(number)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize("name", [DESCRIPTION, KEYS, VECTORS, WEIGHTS, SOUNDS])
def test_a_missing_or_truncated_file_is_named(tmp_path: Path, name: str) -> None:
    folder = write_model(tmp_path / "tiny")
    good = (folder / name).read_bytes()
    for damaged in (good[:-1], good[: len(good) // 2], good[:7], b""):
        (folder / name).write_bytes(damaged)
        with pytest.raises(ModelError) as caught:
            StaticEmbedder(folder)
        assert str(folder / name) in caught.value.message
        assert "--force-reinstall kbassist" in caught.value.hint
    (folder / name).unlink()
    with pytest.raises(ModelError) as caught:
        StaticEmbedder(folder)
    assert str(folder / name) in caught.value.message
    (folder / name).write_bytes(good)
    assert StaticEmbedder(folder).dimension == 4


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=DESCRIPTION):
        StaticEmbedder(tmp_path / "nowhere")


@pytest.mark.parametrize("name", [KEYS, WEIGHTS, SOUNDS])
def test_a_changed_byte_of_a_small_file_is_found_at_once(tmp_path: Path, name: str) -> None:
    folder = write_model(tmp_path / "tiny")
    flip_last_bit(folder / name)
    with pytest.raises(ModelError, match="its content is not what was released") as caught:
        StaticEmbedder(folder)
    assert str(folder / name) in caught.value.message


def test_a_changed_byte_of_the_vectors_is_found_when_documents_are_embedded(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "tiny")
    flip_last_bit(folder / VECTORS)
    model = StaticEmbedder(folder)
    with pytest.raises(ModelError, match="its content is not what was released") as caught:
        model.embed_documents(["提币"])
    assert str(folder / VECTORS) in caught.value.message


@pytest.mark.parametrize(
    ("name", "array"),
    [
        (KEYS, np.zeros(len(UNITS), dtype=np.int64)),
        (WEIGHTS, np.zeros((3, 2), dtype=np.uint8)),
        (WEIGHTS, np.zeros(len(UNITS), dtype=np.uint8)),
        (VECTORS, np.zeros((len(UNITS) + 2, 2), dtype=np.float32)),
        (VECTORS, np.asfortranarray(np.zeros((len(UNITS) + 2, 2), dtype=np.uint8))),
        (VECTORS, np.zeros((len(UNITS), 2), dtype=np.uint8)),
        (SOUNDS, np.zeros(3, dtype=np.uint8)),
    ],
)
def test_arrays_of_another_shape_or_type(
    tmp_path: Path, name: str, array: NDArray[np.generic]
) -> None:
    """Even where the checksums fit: a model of another format."""
    folder = write_model(tmp_path / "tiny")
    np.save(folder / name, array)
    describe(folder)
    with pytest.raises(ModelError, match="holds"):
        StaticEmbedder(folder)


@pytest.mark.parametrize("changes", [{"format": 2}, {"units": 99}, {"format": None}])
def test_a_model_of_another_version(tmp_path: Path, changes: dict[str, object]) -> None:
    folder = write_model(tmp_path / "tiny", **changes)
    with pytest.raises(ModelError, match="this version reads format 1") as caught:
        StaticEmbedder(folder)
    assert str(folder / DESCRIPTION) in caught.value.message


@pytest.mark.parametrize("text", ["{}", "[]", "null", '{"format": 1}', "\ufeff{}", "nonsense"])
def test_a_description_of_another_shape(tmp_path: Path, text: str) -> None:
    folder = write_model(tmp_path / "tiny")
    (folder / DESCRIPTION).write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match="not a description of a model"):
        StaticEmbedder(folder)


def test_a_damaged_bundled_model_is_an_error_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / registry.BUNDLED_MODEL
    shutil.copytree(BUNDLED, copy)
    monkeypatch.setattr(registry, "MODELS", tmp_path)
    before = open_embedder("bundled")
    assert before is not None and before.embed_documents(["提币"]).any()
    flip_last_bit(copy / VECTORS)
    registry._opened.cache_clear()  # as in another process
    after = open_embedder("bundled")
    assert after is not None and after.fingerprint == before.fingerprint
    with pytest.raises(ModelError, match=VECTORS):
        after.embed_documents(["提币"])
    (copy / WEIGHTS).unlink()
    registry._opened.cache_clear()
    with pytest.raises(ModelError, match=f"{WEIGHTS}: cannot be read"):
        open_embedder("bundled")


def test_the_fingerprint_is_of_the_content_not_of_the_place(tmp_path: Path) -> None:
    first, second = write_model(tmp_path / "a"), write_model(tmp_path / "b")
    mark = StaticEmbedder(first).fingerprint
    assert StaticEmbedder(second).fingerprint == mark
    flip_last_bit(second / VECTORS)
    describe(second)
    assert StaticEmbedder(second).fingerprint != mark


def test_the_bundled_files_are_those_of_the_description() -> None:
    about = json.loads((BUNDLED / DESCRIPTION).read_text(encoding="utf-8"))
    assert set(about["files"]) == {KEYS, VECTORS, WEIGHTS, SOUNDS}
    for name, digest in about["files"].items():
        assert hashlib.sha256((BUNDLED / name).read_bytes()).hexdigest() == digest, name
    keys = np.load(BUNDLED / KEYS)
    assert (np.diff(keys.astype(np.int64)) > 0).all()
    packed = np.load(BUNDLED / VECTORS, mmap_mode="r")
    assert ((packed & 15).min(), (packed >> 4).min()) >= (1, 1)  # -7 to 7, so never 0


def flip_last_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def test_a_questions_vector_is_the_callers_own(model: StaticEmbedder) -> None:
    """It is kept for the next call, so that a change to what was returned must not reach it."""
    (first,) = model.embed_queries(["提币"])
    kept = first.copy()
    first[:] = 0
    assert np.array_equal(model.embed_queries(["提币"])[0], kept)
    assert np.array_equal(model.embed_queries(["提币", "?"])[0], kept)
