"""The articles' texts: windows of bytes, written anew and taken over alike."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kbassist import Assistant, build_index
from kbassist.errors import IndexBroken
from kbassist.index.arrays import AppendedArray
from kbassist.index.generation import live_folder
from kbassist.index.texts import STARTS_NAME, TEXTS_NAME, Texts, TextsWriter, byte_places

TEXTS = ("提现到账", "", "Plain.\n", "ünï🙂code", "last")
KB = Path(__file__).parents[2] / "kb"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "live").mkdir()
    with TextsWriter(tmp_path / "live") as writer:
        for text in TEXTS:
            writer.add(text)
    return tmp_path / "live"


def test_what_is_written_is_read(folder: Path) -> None:
    texts = Texts(folder)
    assert tuple(map(texts.whole, range(len(texts)))) == TEXTS
    windows = [texts.window(*place) for place in ((3, 0, 3), (0, 3, 6), (1, 0, 0), (3, 5, 4))]
    assert windows == ["ün", "现到", "", "🙂"]


def test_the_file_is_what_numpy_writes(folder: Path, tmp_path: Path) -> None:
    np.save(tmp_path / "plain.npy", np.frombuffer("".join(TEXTS).encode(), dtype=np.uint8))
    assert (folder / TEXTS_NAME).read_bytes() == (tmp_path / "plain.npy").read_bytes()
    assert np.load(folder / STARTS_NAME).tolist() == [0, 12, 12, 19, 32, 36]


@pytest.mark.parametrize("size", [0, 1, 70_000])
def test_an_array_that_is_appended_to(tmp_path: Path, size: int) -> None:
    values = np.arange(size, dtype=np.int32)
    array = AppendedArray(tmp_path / "a.npy", np.int32)
    for first in range(0, size, 999):
        array.add(values[first : first + 999])
    array.close()
    np.save(tmp_path / "b.npy", values)
    assert (tmp_path / "a.npy").read_bytes() == (tmp_path / "b.npy").read_bytes()


def test_stretches_of_another_generation_are_taken_over(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "next").mkdir()
    with TextsWriter(tmp_path / "next", folder) as writer:
        writer.keep(2, 5)
        writer.add("新的")
        writer.keep(0, 2)
    texts = Texts(tmp_path / "next")
    expected = [*TEXTS[2:], "新的", *TEXTS[:2]]
    assert [texts.whole(row) for row in range(len(texts))] == expected


@pytest.mark.parametrize(
    "place", [(5, 0, 1), (-1, 0, 1), (0, -1, 2), (0, 0, 13), (3, 5, 9), (0, 0, -1), (2**40, 0, 0)]
)
def test_a_window_that_is_not_there(folder: Path, place: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="window"):
        Texts(folder).window(*place)


def test_an_article_that_is_not_there(folder: Path) -> None:
    for article in (-1, 5):
        with pytest.raises(ValueError, match=f"article {article}"):
            Texts(folder).whole(article)


def test_a_file_that_is_cut_off_while_it_is_in_use(folder: Path) -> None:
    texts = Texts(folder)
    with (folder / TEXTS_NAME).open("r+b") as stream:
        stream.truncate(140)
    assert texts.whole(0) == TEXTS[0]
    with pytest.raises(IndexBroken, match="cut off"):
        texts.whole(3)


def test_a_window_that_cuts_a_character(folder: Path) -> None:
    with pytest.raises(UnicodeDecodeError):
        Texts(folder).window(0, 1, 4)


@pytest.mark.parametrize("starts", [[], [0], [1, 34], [0, 33], [0, 20, 10, 34]])
def test_starts_that_fit_no_texts(folder: Path, starts: list[int]) -> None:
    np.save(folder / STARTS_NAME, np.array(starts, dtype=np.int64))
    with pytest.raises(IndexBroken, match=r"texts\.starts\.npy: does not fit"):
        Texts(folder)


def test_bytes_before_characters() -> None:
    assert byte_places("aü提🙂", [4, 0, 2, 3, 2, 1]) == {0: 0, 1: 1, 2: 3, 3: 6, 4: 10}


def test_every_source_of_the_example_is_cut_out_of_its_article(tmp_path: Path) -> None:
    build_index(KB, tmp_path / "index", embedder="none")
    store = Assistant.open(tmp_path / "index").index.store
    chunks = [chunk for chunk, _ in store.all_chunks()]
    assert len(chunks) > 100
    for chunk in chunks:
        text = store.article_text(chunk.article_id)
        assert chunk.source == "\n".join(text[span.start : span.end] for span in chunk.spans)
    assert (live_folder(tmp_path / "index") / TEXTS_NAME).is_file()
