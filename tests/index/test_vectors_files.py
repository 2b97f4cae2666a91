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
from kbassist.index.vector_files import EXACT_NAME, QUANTISED_NAME
from kbassist.index.vectors import OWNERS_NAME, Vectors, write_vectors

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
def quantised(tmp_path: Path, rows: Matrix) -> Path:
    folder = tmp_path / "quantised"
    folder.mkdir()
    write_vectors(folder, rows, np.arange(60), exact_limit=59)
    return folder


def test_the_size_decides_the_file(exact: Path, quantised: Path) -> None:
    assert sorted(file.name for file in exact.iterdir()) == [EXACT_NAME, OWNERS_NAME]
    assert sorted(file.name for file in quantised.iterdir()) == [QUANTISED_NAME, OWNERS_NAME]
    for folder in (exact, quantised):
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
def test_a_truncated_file(exact: Path, quantised: Path, keep: float) -> None:
    for folder, name in ((exact, EXACT_NAME), (quantised, QUANTISED_NAME), (exact, OWNERS_NAME)):
        content = (folder / name).read_bytes()
        size = int(keep * len(content)) if 0 < keep < 1 else int(keep)
        (folder / name).write_bytes(content[:size])
        with pytest.raises(IndexBroken, match=name):
            Vectors.open(folder)
        (folder / name).write_bytes(content)


def test_missing_files(exact: Path, quantised: Path) -> None:
    (exact / EXACT_NAME).unlink()
    with pytest.raises(IndexBroken, match=EXACT_NAME):
        Vectors.open(exact)
    (quantised / OWNERS_NAME).unlink()
    with pytest.raises(IndexBroken, match=OWNERS_NAME):
        Vectors.open(quantised)


@pytest.mark.parametrize("value", [np.nan, np.inf, 3.0])
def test_a_damaged_vector_is_found_by_verify_and_by_a_search(exact: Path, value: float) -> None:
    rows = np.load(exact / EXACT_NAME)
    rows[4] = value
    np.save(exact / EXACT_NAME, rows)
    vectors = Vectors.open(exact)
    with pytest.raises(IndexBroken, match="vectors"):
        vectors.verify()
    with pytest.raises(IndexBroken, match="vectors"):
        vectors.search(QUERY, 60)
    with pytest.raises(IndexBroken, match="vectors"):
        vectors.score(QUERY, np.array([4]))


def test_owners_that_do_not_fit(exact: Path) -> None:
    for wrong in (np.arange(59), np.arange(60)[::-1], np.arange(-1, 59)):
        np.save(exact / OWNERS_NAME, wrong.astype(np.int32))
        with pytest.raises(IndexBroken, match=OWNERS_NAME):
            Vectors.open(exact)


def test_a_faiss_index_of_another_kind(quantised: Path) -> None:
    faiss.write_index(faiss.IndexFlatIP(4), str(quantised / QUANTISED_NAME))
    with pytest.raises(IndexBroken, match="IndexFlat"):
        Vectors.open(quantised)


def test_without_faiss_the_large_file_names_what_to_install(
    quantised: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "faiss", None)
    with pytest.raises(MissingDependency) as caught:
        Vectors.open(quantised)
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


def test_faiss_is_imported_only_for_its_own_file(exact: Path, quantised: Path) -> None:
    for folder, expected in ((exact, "False"), (quantised, "True")):
        command = [sys.executable, "-c", OPEN, str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == expected
