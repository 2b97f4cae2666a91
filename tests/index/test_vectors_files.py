"""What may not be written, what is damaged on disk, and what is loaded when."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import pytest
from numpy.typing import NDArray

from kbassist.errors import IndexBroken, MissingDependency, ModelError
from kbassist.index.entries import write_vectors
from kbassist.index.vector_files import CODES_NAME, SIGNS_NAME
from kbassist.index.vectors import OWNERS_NAME, Vectors

Matrix = NDArray[np.float32]
QUERY = np.array([1, 0, 0, 0], dtype=np.float32)


@pytest.fixture
def rows() -> Matrix:
    drawn = np.random.default_rng(1).standard_normal((60, 4))
    scaled: Matrix = (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)
    return scaled


@pytest.fixture
def exact(tmp_path: Path, rows: Matrix) -> Path:
    folder = tmp_path / "exact"
    folder.mkdir()
    write_vectors(folder, rows, np.arange(60))
    return folder


@pytest.fixture
def signed(tmp_path: Path, rows: Matrix) -> Path:
    folder = tmp_path / "signed"
    folder.mkdir()
    write_vectors(folder, rows, np.arange(60), exact_limit=59)
    return folder


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """More entries than are decoded at once."""
    folder = tmp_path / "large"
    folder.mkdir()
    drawn = np.random.default_rng(2).standard_normal((2000, 4))
    rows = (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)
    write_vectors(folder, rows, np.arange(2000), exact_limit=59)
    return folder


def test_the_size_decides_the_file(exact: Path, signed: Path) -> None:
    names = [CODES_NAME, OWNERS_NAME]
    assert sorted(file.name for file in exact.iterdir()) == names
    assert sorted(file.name for file in signed.iterdir()) == [*names, SIGNS_NAME]
    for folder in (exact, signed):
        Vectors.open(folder).verify()


@pytest.mark.parametrize("value", [0.5, np.nan, np.inf])
def test_a_vector_that_is_not_of_length_1_is_not_written(
    tmp_path: Path, rows: Matrix, value: float
) -> None:
    rows[7] *= value
    with pytest.raises(ModelError, match=r"vector 7 \(of chunk 17\)"):
        write_vectors(tmp_path, rows, np.arange(10, 70))
    assert list(tmp_path.iterdir()) == []


def test_other_types_and_shapes_are_not_written(tmp_path: Path, rows: Matrix) -> None:
    others: list[Any] = [rows.astype(np.float64), rows[0], rows[:, :0]]
    for wrong in others:
        with pytest.raises(ModelError, match="expected float32"):
            write_vectors(tmp_path, wrong, np.arange(len(wrong)))
    for owners in (np.arange(59), np.arange(-1, 59)):
        with pytest.raises(ValueError, match="owners"):
            write_vectors(tmp_path, rows, owners)


def test_same_bytes_from_the_same_vectors(tmp_path: Path, rows: Matrix) -> None:
    contents = []
    threads = faiss.omp_get_max_threads()
    for run, limit in enumerate((0, 0, 100, 100)):
        folder = tmp_path / str(run)
        folder.mkdir()
        faiss.omp_set_num_threads(1 + run % 2)
        write_vectors(folder, rows, np.arange(60), exact_limit=limit)
        contents.append({file.name: file.read_bytes() for file in sorted(folder.iterdir())})
    faiss.omp_set_num_threads(threads)
    assert contents[0] == contents[1]
    assert contents[2] == contents[3]


@pytest.mark.parametrize("keep", [0, 3, 60, 150, 0.5, 0.99])
def test_a_truncated_file(exact: Path, signed: Path, keep: float) -> None:
    for folder, name in ((exact, CODES_NAME), (signed, SIGNS_NAME), (exact, OWNERS_NAME)):
        content = (folder / name).read_bytes()
        size = int(keep * len(content)) if 0 < keep < 1 else int(keep)
        (folder / name).write_bytes(content[:size])
        with pytest.raises(IndexBroken, match=name):
            Vectors.open(folder)
        (folder / name).write_bytes(content)


def test_missing_files(exact: Path, signed: Path) -> None:
    (exact / CODES_NAME).unlink()
    with pytest.raises(IndexBroken, match=CODES_NAME):
        Vectors.open(exact)
    (signed / OWNERS_NAME).unlink()
    with pytest.raises(IndexBroken, match=OWNERS_NAME):
        Vectors.open(signed)


def test_a_vector_without_a_direction_is_found(exact: Path, signed: Path) -> None:
    for folder in (exact, signed):
        codes = np.load(folder / CODES_NAME)
        codes[4] = 0
        np.save(folder / CODES_NAME, codes)
        vectors = Vectors.open(folder)
        with pytest.raises(IndexBroken, match=CODES_NAME):
            vectors.verify()
        with pytest.raises(IndexBroken, match=CODES_NAME):
            vectors.search(QUERY, 60)
        with pytest.raises(IndexBroken, match=CODES_NAME):
            vectors.score(QUERY, np.array([4]))


def test_signs_of_other_codes_are_found_by_verify(signed: Path) -> None:
    signs = np.load(signed / SIGNS_NAME)
    signs[9] ^= 1
    np.save(signed / SIGNS_NAME, signs)
    with pytest.raises(IndexBroken, match=SIGNS_NAME):
        Vectors.open(signed).verify()


def test_signs_that_do_not_fit(signed: Path) -> None:
    np.save(signed / SIGNS_NAME, np.load(signed / SIGNS_NAME)[:-1])
    with pytest.raises(IndexBroken, match=r"\(59, 1\), expected \(60, 1\)"):
        Vectors.open(signed)


def test_owners_that_do_not_fit(exact: Path) -> None:
    for wrong in (np.arange(59), np.arange(60)[::-1], np.arange(-1, 59)):
        np.save(exact / OWNERS_NAME, wrong.astype(np.int32))
        with pytest.raises(IndexBroken, match=OWNERS_NAME):
            Vectors.open(exact)


def test_without_faiss_the_large_file_names_what_to_install(
    large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "faiss", None)
    with pytest.raises(MissingDependency) as caught:
        Vectors.open(large).search(QUERY, 3)
    assert caught.value.hint == "pip install faiss-cpu"


OPEN = """
import sys
from pathlib import Path
import numpy as np
from kbassist.index.vectors import Vectors
vectors = Vectors.open(Path(sys.argv[1]))
vectors.search(np.array([1, 0, 0, 0], dtype=np.float32), 3)
print("faiss" in sys.modules)
"""


def test_faiss_is_imported_only_where_it_is_needed(exact: Path, large: Path) -> None:
    for folder, expected in ((exact, "False"), (large, "True")):
        command = [sys.executable, "-c", OPEN, str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == expected
