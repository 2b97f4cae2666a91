"""The server answers from the live generation, and from the one before where that is broken."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kbassist import Assistant, build_index
from kbassist.serve.knowledge import Knowledge
from kbassist.serve.tools import call
from tests.conftest import WriteKb

ARTICLE = "# Fees\n\n## Withdrawal fee\n\nThe withdrawal fee is {} USDT.\n"


@pytest.fixture
def kb(write_kb: WriteKb) -> Path:
    return write_kb({"fees.md": ARTICLE.format(1)})


@pytest.fixture
def index(kb: Path, tmp_path: Path) -> Path:
    build_index(kb, tmp_path / "index")
    return tmp_path / "index"


def quote(knowledge: Knowledge) -> str:
    result = call(knowledge, "ask", {"question": "What is the withdrawal fee?"})
    return str(result.record["citations"][0]["quote"])


def test_a_new_generation_is_served(kb: Path, index: Path) -> None:
    knowledge = Knowledge(Assistant.open(index))
    before = knowledge.now()
    assert quote(knowledge) == "The withdrawal fee is 1 USDT."
    (kb / "fees.md").write_text(ARTICLE.format(2))
    build_index(kb, index)
    assert quote(knowledge) == "The withdrawal fee is 2 USDT."
    now = knowledge.now()
    assert (before.index.generation, now.index.generation) == ("gen-000001", "gen-000002")
    assert before.identity != now.identity


def test_the_same_name_of_another_generation_is_another(kb: Path, index: Path) -> None:
    before = Knowledge(Assistant.open(index)).now()
    shutil.rmtree(index)
    (kb / "fees.md").write_text(ARTICLE.format(2))
    build_index(kb, index)
    now = Knowledge(Assistant.open(index)).now()
    assert before.index.generation == now.index.generation
    assert before.identity != now.identity


def test_a_broken_index_is_a_warning_and_the_old_one_answers(
    kb: Path, index: Path, caplog: pytest.LogCaptureFixture
) -> None:
    knowledge = Knowledge(Assistant.open(index))
    (index / "CURRENT").write_text("gen-000009")
    result = call(knowledge, "ask", {"question": "What is the withdrawal fee?"})
    assert not result.failed
    assert result.record["citations"][0]["quote"] == "The withdrawal fee is 1 USDT."
    code = "index_broken"
    assert result.record["warning"] == (
        f"the live index cannot be opened ({code}); this is the generation before it"
    )
    assert f"({code})" in result.text
    assert str(index) not in result.text + str(result.record)
    call(knowledge, "status", {})
    assert len(caplog.records) == 1  # said once, with the folder, where the operator reads it
    (index / "CURRENT").write_text("gen-000001")
    assert "warning" not in call(knowledge, "status", {}).record


def test_an_index_that_went_is_a_warning(index: Path) -> None:
    knowledge = Knowledge(Assistant.open(index))
    shutil.rmtree(index)
    assert knowledge.now().warning is not None
    assert "(index_missing)" in str(knowledge.now().warning)


def test_freshness(kb: Path, index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kbassist.serve.knowledge.FRESH_FOR", -1.0)
    monkeypatch.setattr("kbassist.serve.knowledge.FRESH_SHARE", 1e9)
    knowledge = Knowledge(Assistant.open(index))
    assert knowledge.now().freshness == "fresh"
    (kb / "fees.md").write_text(ARTICLE.format(2))
    assert knowledge.now().freshness == "stale"
    result = call(knowledge, "status", {})
    assert result.record["changed"] == ["fees.md"]
    asked = call(knowledge, "ask", {"question": "What is the withdrawal fee?"})
    [citation] = asked.record["citations"]
    assert (citation["verified"], citation["stale"], citation["source"]) == (
        "stale",
        True,
        "changed",
    )
    shutil.rmtree(kb)
    assert knowledge.now().freshness == "unknown"


def test_an_error_of_the_index_names_no_folder(index: Path) -> None:
    knowledge = Knowledge(Assistant.open(index))
    view = knowledge.now()
    view.index.store._connection.close()
    result = call(knowledge, "get", {"ref": "fees"})
    assert result.failed
    assert result.record["error"]["code"] in ("index_broken", "internal")
    assert str(index) not in result.text + str(result.record)
    assert "Traceback" not in result.text


def test_a_restricted_file_that_changed_is_not_named(tmp_path: Path, write_kb: WriteKb) -> None:
    secret = "---\naudience: staff\n---\n# Vault\n\nCode 1.\n"
    kb = write_kb({"fees.md": ARTICLE.format(1), "vault.md": secret})
    build_index(kb, tmp_path / "index")
    (kb / "vault.md").write_text(secret.replace("1", "2"))
    (kb / "new-vault.md").write_text(secret)
    found = call(Knowledge(Assistant.open(tmp_path / "index")), "status", {})
    assert found.record["changed"] == []
    assert found.record["freshness"] == "stale"
    assert "vault" not in found.text + str(found.record)
    staff = call(Knowledge(Assistant.open(tmp_path / "index"), ["staff"]), "status", {})
    assert staff.record["changed"] == ["vault.md"]


def test_threads_agree_on_freshness(index: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        for _ in range(5):
            knowledge = Knowledge(Assistant.open(index))
            views = list(pool.map(lambda _, k=knowledge: k.now(), range(16)))
            assert {view.freshness for view in views} == {"fresh"}
