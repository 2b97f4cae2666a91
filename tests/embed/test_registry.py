"""Names of models: what is a path, what is a name, and what is said when there is neither."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from kbassist.embed.model_files import digest, local_folder
from kbassist.embed.registry import open_embedder
from kbassist.errors import MissingDependency, ModelError
from tests.embed import tiny


@pytest.fixture(autouse=True)
def _no_library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing here may get as far as the library; the working folder is empty."""
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    monkeypatch.chdir(tmp_path)


def test_the_bundled_model_needs_no_library_and_no_folder(tmp_path: Path) -> None:
    (tmp_path / "bundled").mkdir()
    for name in ("bundled", " bundled "):
        model = open_embedder(name)
        assert model is not None and model.embed_queries(["fee"]).shape == (1, model.dimension)
    with pytest.raises(ModelError, match="no embedding model in the folder"):
        open_embedder("./bundled")


def test_another_model_of_the_bundled_ones_format(tmp_path: Path) -> None:
    folder = tiny.write_model(tmp_path / "tiny")
    model = open_embedder(f"static:{folder}")
    assert model is not None
    assert model.embed_queries(["fee"]).tolist() == [[0.0, 0.0, 0.0, 1.0]]
    for name in ("static:", "static:nowhere"):
        with pytest.raises(ModelError, match=r"model\.json: not a description"):
            open_embedder(name)


def test_none_is_no_model() -> None:
    assert open_embedder("none") is None
    assert open_embedder(" none ") is None


@pytest.mark.parametrize("name", ["", "  ", "transformers:", "transformers"])
def test_a_blank_name(name: str) -> None:
    with pytest.raises(ModelError) as caught:
        open_embedder(name)
    assert "none" in caught.value.hint or "install" in caught.value.hint


@pytest.mark.parametrize(
    "name",
    [
        "./model",
        "../model",
        "/no/such/model",
        "~/no-such-model",
        "a/b/c",
        "models\\mini",
        "C:\\models\\mini",
        ".hidden",
        "a name",
        "模型",
        "organisation/",
        "/",
        "https://example.com/model",
    ],
)
def test_what_looks_like_a_path_is_never_looked_up_elsewhere(name: str) -> None:
    for full in (name, f"transformers:{name}"):
        with pytest.raises(ModelError) as caught:
            open_embedder(full)
        assert not isinstance(caught.value, MissingDependency)
        assert repr(name) in caught.value.message


def test_a_missing_model_in_a_folder_that_is_there(tmp_path: Path) -> None:
    assert local_folder("models/mini") is None
    (tmp_path / "models").mkdir()
    with pytest.raises(ModelError, match="no such folder"):
        local_folder("models/mini")


def test_a_file_and_a_folder_without_a_model(tmp_path: Path) -> None:
    (tmp_path / "weights.bin").write_bytes(b"")
    with pytest.raises(ModelError, match="is a file"):
        open_embedder("weights.bin")
    for name in ("folder", "empty"):
        (tmp_path / name).mkdir()
    for number in range(7):
        (tmp_path / "folder" / f"note{number}").write_text("")
    with pytest.raises(ModelError, match="note0, note1, note2, note3, note4, …"):
        open_embedder("./folder")
    with pytest.raises(ModelError, match="no files"):
        open_embedder("empty")


@pytest.mark.parametrize("name", ["all-MiniLM-L6-v2", "BAAI/bge-small-zh-v1.5", "./model"])
def test_without_the_library_the_error_is_the_install_line(tmp_path: Path, name: str) -> None:
    write_model(tmp_path / "model")
    with pytest.raises(MissingDependency) as caught:
        open_embedder(name)
    assert caught.value.hint == 'pip install "kbassist[transformers]"'
    assert caught.value.exit_code == 1


def write_model(folder: Path, weights: bytes = b"weights") -> Path:
    (folder / "1_Pooling").mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    (folder / "modules.json").write_text("[]")
    (folder / "1_Pooling" / "config.json").write_text("{}")
    (folder / "vocab.txt").write_text("a")
    (folder / "model.safetensors").write_bytes(weights)
    return folder


def test_the_digest_is_of_the_content_not_of_the_place(tmp_path: Path) -> None:
    first, second = write_model(tmp_path / "a"), write_model(tmp_path / "b")
    assert digest(first) == digest(second)
    (second / "README.md").write_text("Other words.")
    (second / "data_config.json").write_text("{}")
    (second / "pytorch_model.bin").write_bytes(b"the same weights again")
    (second / "onnx").mkdir()
    (second / "onnx" / "config.json").write_text("{}")
    (second / ".cache").mkdir()
    (second / ".cache" / "config.json").write_text("{}")
    assert digest(first) == digest(second)


@pytest.mark.parametrize(
    "name",
    ["model.safetensors", "config.json", "1_Pooling/config.json", "vocab.txt", "modules.json"],
)
def test_the_digest_knows_every_deciding_file(tmp_path: Path, name: str) -> None:
    folder = write_model(tmp_path / "a")
    before = digest(folder)
    (folder / name).write_bytes((folder / name).read_bytes() + b" ")
    assert digest(folder) != before


def test_weights_in_the_older_format_count_where_there_are_no_others(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "a")
    (folder / "model.safetensors").unlink()
    before = digest(folder)
    (folder / "pytorch_model.bin").write_bytes(b"weights")
    assert digest(folder) != before
