"""A damaged file of the BM25 leg is a named error, and nothing is ever unpickled."""

from __future__ import annotations

import pickle
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbassist.errors import IndexBroken
from kbassist.index.bm25 import Bm25
from kbassist.index.bm25_build import Bm25Builder
from kbassist.index.bm25_files import (
    FREQUENCIES_NAME,
    IDF_NAME,
    INDPTR_NAME,
    LENGTHS_NAME,
    MOST_NAME,
    PARAMETERS_NAME,
    ROWS_NAME,
    TF_NAME,
)
from kbassist.index.vocabulary import OFFSETS_NAME, TERMS_NAME

NAMES = (
    TERMS_NAME,
    OFFSETS_NAME,
    INDPTR_NAME,
    ROWS_NAME,
    TF_NAME,
    FREQUENCIES_NAME,
    IDF_NAME,
    MOST_NAME,
    LENGTHS_NAME,
    PARAMETERS_NAME,
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("index") / "gen-000001"
    folder.mkdir()
    builder = Bm25Builder()
    for body in ("a b c", "b c", "c d d", ""):
        builder.add(body.split())
    builder.write(folder)
    return folder


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "index" / "gen-000001"))


def test_writes_exactly_these_files(whole: Path) -> None:
    assert sorted(file.name for file in whole.iterdir()) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_file(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(IndexBroken, match=f"{name}: missing") as caught:
        Bm25.open(folder)
    assert "kbassist build" in caught.value.hint and str(folder.parent) in caught.value.hint


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("keep", [0, 5, 60, 127, 128])
def test_a_truncated_file(folder: Path, name: str, keep: int) -> None:
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[:keep])
    with pytest.raises(IndexBroken, match=name):
        Bm25.open(folder)


@pytest.mark.parametrize("name", NAMES)
def test_another_type_or_number_of_dimensions(folder: Path, name: str) -> None:
    array = np.load(folder / name)
    for other in (
        array.astype(np.float16),
        array[None, :],
        array.astype(array.dtype.newbyteorder()),
    ):
        if other.dtype == array.dtype and other.ndim == 1:
            continue  # one byte has no order
        np.save(folder / name, other)
        with pytest.raises(IndexBroken, match=name):
            Bm25.open(folder)


@pytest.mark.parametrize(
    "name",
    [OFFSETS_NAME, INDPTR_NAME, ROWS_NAME, TF_NAME, IDF_NAME, MOST_NAME, PARAMETERS_NAME],
)
def test_one_value_too_few(folder: Path, name: str) -> None:
    np.save(folder / name, np.load(folder / name)[:-1])
    with pytest.raises(IndexBroken):
        Bm25.open(folder)


class Exploit:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return exec, ("raise SystemExit('unpickled')",)


def test_a_pickle_is_never_loaded(folder: Path) -> None:
    (folder / ROWS_NAME).write_bytes(pickle.dumps(Exploit()))
    with pytest.raises(IndexBroken, match=ROWS_NAME):
        Bm25.open(folder)
    objects = np.empty(2, dtype=object)
    objects[0] = Exploit()
    np.save(folder / ROWS_NAME, objects, allow_pickle=True)
    with pytest.raises(IndexBroken, match=ROWS_NAME):
        Bm25.open(folder)


def test_a_posting_beyond_the_rows(folder: Path) -> None:
    rows = np.load(folder / ROWS_NAME)
    rows[:] = 99
    np.save(folder / ROWS_NAME, rows)
    with pytest.raises(IndexBroken, match=ROWS_NAME):
        Bm25.open(folder).scores([("c", 1.0)])


def test_a_frequency_that_is_not_there(folder: Path) -> None:
    np.save(folder / FREQUENCIES_NAME, np.ones(1, dtype=np.float32))
    with pytest.raises(IndexBroken, match=ROWS_NAME):
        Bm25.open(folder).scores([("c", 1.0), ("d", 1.0)])


@pytest.mark.parametrize("values", [(1.2, 0.75, 0.0), (np.nan, 0.75, 1.0), (-1.0, 0.75, 1.0)])
def test_impossible_parameters(folder: Path, values: tuple[float, ...]) -> None:
    np.save(folder / PARAMETERS_NAME, np.array(values))
    with pytest.raises(IndexBroken, match=PARAMETERS_NAME):
        Bm25.open(folder)


def test_postings_that_run_backwards(folder: Path) -> None:
    indptr = np.load(folder / INDPTR_NAME)
    indptr[1] = 7
    np.save(folder / INDPTR_NAME, indptr)
    with pytest.raises(IndexBroken, match=INDPTR_NAME):
        Bm25.open(folder).scores([("b", 1.0)])


@given(name=st.sampled_from(NAMES), place=st.integers(0, 127), value=st.integers(0, 255))
def test_any_byte_of_a_header(whole: Path, name: str, place: int, value: int) -> None:
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(shutil.copytree(whole, Path(parent) / "gen-000001"))
        content = bytearray((folder / name).read_bytes())
        content[place] = value
        (folder / name).write_bytes(content)
        try:
            Bm25.open(folder).top([("c", 1.0), ("a", 1.0)], 3)
        except IndexBroken as error:
            assert error.exit_code == 5


def test_the_arrays_are_mapped_and_read_only(folder: Path) -> None:
    bm25 = Bm25.open(folder)
    rows = bm25._rows
    assert isinstance(rows.base, np.ndarray) and isinstance(rows.base.base, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        rows[0] = 1
