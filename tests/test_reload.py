"""An assistant that goes over to a newer generation, and never mixes two in one answer."""

from __future__ import annotations

import gc
import os
import shutil
import threading
from collections.abc import Callable
from copy import copy
from datetime import date
from pathlib import Path

import pytest

from kbassist import Assistant, Conversation, SearchSettings, build_index
from kbassist.answer.confidence import FILE_NAME, bundled
from kbassist.answer.evidence import gather
from kbassist.errors import ConfigError, IndexBroken, IndexMissing
from kbassist.index.generation import live_folder
from kbassist.index.rollback import rollback
from tests.conftest import WriteKb

TEXT = "# Withdrawals\n\nA withdrawal by TRC20 costs {} USDT.\n\nA withdrawal by ERC20 costs 1{} USDT.\n"
QUESTION = "What does a withdrawal by TRC20 cost?"

Build = Callable[[int], None]


@pytest.fixture
def build(write_kb: WriteKb, tmp_path: Path) -> Build:
    def build(cost: int) -> None:
        build_index(write_kb({"fees.md": TEXT.format(cost, cost)}), tmp_path / "index", keep=1)

    build(1)
    return build


def test_reload_opens_what_is_live(build: Build, tmp_path: Path) -> None:
    settings = SearchSettings(vector_weight=0.5)
    assistant = Assistant.open(
        tmp_path / "index", kb=tmp_path / "kb", settings=settings, today=date(2026, 1, 2)
    )
    old = assistant.index
    assert not assistant.reload() and assistant.index is old
    build(2)
    assert "costs 1 USDT" in assistant.ask(QUESTION).text
    assert assistant.reload()
    assert "costs 2 USDT" in assistant.ask(QUESTION).text
    assert assistant.index.generation == "gen-000002" and old.generation == "gen-000001"
    assert not assistant.reload()
    assert (assistant.settings, assistant.today) == (settings, date(2026, 1, 2))
    assert assistant.kb == tmp_path / "kb"
    assert assistant.status().generation == "gen-000002"


def test_a_copy_stays_where_it_is(build: Build, tmp_path: Path) -> None:
    assistant = Assistant.open(tmp_path / "index")
    before = copy(assistant)
    build(2)
    assert assistant.reload()
    assert "costs 1 USDT" in before.ask(QUESTION).text
    assert "costs 2 USDT" in assistant.ask(QUESTION).text
    assert before.reload() and "costs 2 USDT" in before.ask(QUESTION).text


def test_reload_follows_a_rollback(write_kb: WriteKb, tmp_path: Path) -> None:
    for cost in (1, 2):
        build_index(write_kb({"fees.md": TEXT.format(cost, cost)}), tmp_path / "index")
    assistant = Assistant.open(tmp_path / "index")
    rollback(tmp_path / "index")
    assert assistant.reload()
    assert "costs 1 USDT" in assistant.ask(QUESTION).text


def test_reload_after_a_change_of_directory(
    build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assistant = Assistant.open("index")
    build(2)
    monkeypatch.chdir("/")
    assert assistant.reload() and "costs 2 USDT" in assistant.ask(QUESTION).text


def test_another_index_in_the_same_place_is_another_generation(
    build: Build, tmp_path: Path, write_kb: WriteKb
) -> None:
    assistant = Assistant.open(tmp_path / "index")
    shutil.rmtree(tmp_path / "index")
    with pytest.raises(IndexMissing):
        assistant.reload()
    build(2)
    assert live_folder(tmp_path / "index").name == assistant.index.generation
    assert assistant.reload() and "costs 2 USDT" in assistant.ask(QUESTION).text


def test_what_cannot_be_opened_leaves_the_one_that_is(build: Build, tmp_path: Path) -> None:
    assistant = Assistant.open(tmp_path / "index")
    build(2)
    (live_folder(tmp_path / "index") / "bm25.idf.npy").write_bytes(b"")
    with pytest.raises(IndexBroken):
        assistant.reload()
    assert "costs 1 USDT" in assistant.ask(QUESTION).text
    build_index(tmp_path / "kb", tmp_path / "index", full=True)
    assert assistant.reload()


def test_reload_takes_a_new_calibration(build: Build, tmp_path: Path) -> None:
    assistant = Assistant.open(tmp_path / "index")
    own = bundled().to_json().replace('"questions": ', '"questions": 9')
    for known in (True, False):  # read before, or not needed yet
        if known:
            assert assistant.calibration == bundled()
        (tmp_path / "index" / FILE_NAME).write_text(own)
        assert assistant.reload() is known
        assert assistant.calibration.to_json() == own
        (tmp_path / "index" / FILE_NAME).unlink()
        assistant = Assistant.open(tmp_path / "index")
    assert assistant.calibration == bundled()
    (tmp_path / "index" / FILE_NAME).write_text("{}")
    with pytest.raises(ConfigError):
        assistant.reload()
    assert assistant.calibration == bundled()


def test_a_calibration_that_was_set_stays(build: Build, tmp_path: Path) -> None:
    assistant = Assistant.open(tmp_path / "index")
    assistant.calibration = bundled()
    (tmp_path / "index" / FILE_NAME).write_text("{}")
    assert not assistant.reload()
    build(2)
    assert assistant.reload() and assistant.calibration is bundled()


def test_a_conversation_goes_on(build: Build, tmp_path: Path) -> None:
    assistant = Assistant.open(tmp_path / "index")
    conversation = Conversation(assistant)
    assert "costs 1 USDT" in conversation.ask(QUESTION).text
    build(2)
    assert assistant.reload()
    answer = conversation.ask("And by ERC20?")
    assert "costs 12 USDT" in answer.text
    assert len(conversation.turns) == 2


def test_an_old_answer_still_explains_itself(build: Build, tmp_path: Path) -> None:
    assistant = Assistant.open(tmp_path / "index")
    answer = assistant.ask(QUESTION)
    before = answer.explain().text()
    build(2)
    assistant.reload()
    assert answer.explain().text() == before
    assert "costs 1 USDT" in assistant.context(answer, 100).text


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files cannot be counted")
def test_what_was_left_is_let_go(build: Build, tmp_path: Path) -> None:
    """At once: a bot that reloads every second must not wait for the garbage collector."""
    assistant = Assistant.open(tmp_path / "index")
    counts = []
    gc.collect()
    gc.disable()
    try:
        for cost in (2, 3, 4):
            build(cost)
            assistant.reload()
            assistant.ask(QUESTION)
            counts.append(len(os.listdir("/proc/self/fd")))
            mapped = Path("/proc/self/maps").read_text()
            for left in range(1, cost):
                assert f"{tmp_path / 'index'}/gen-{left:06d}/" not in mapped
    finally:
        gc.enable()
    assert len(set(counts)) == 1


def test_a_reload_under_way_shows_in_no_answer(
    build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The generation changes between the search and the quote of one question."""
    assistant = Assistant.open(tmp_path / "index")

    def reload_and_gather(*arguments: object) -> object:
        build(2)
        assert assistant.reload()
        monkeypatch.undo()
        return gather(*arguments)  # type: ignore[arg-type]

    monkeypatch.setenv("KBASSIST_TODAY", "2026-11-21")
    monkeypatch.setattr("kbassist.answer.snapshot.gather", reload_and_gather)
    answer = assistant.ask(QUESTION)
    texts = [
        answer.text,
        *(c.quote for c in answer.citations),
        *(h.chunk.text for h in answer.hits),
    ]
    assert texts and all("costs 1 USDT" in text for text in texts)
    assert answer.citations[0].source == "changed"
    assert "costs 2 USDT" in assistant.ask(QUESTION).text


def test_threads_that_reload_while_others_ask(build: Build, tmp_path: Path) -> None:
    """Every answer is of one version from end to end; benchmarks/concurrency.py does it for long."""
    assistant, failures = Assistant.open(tmp_path / "index"), []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            try:
                assistant.reload()
                answer = assistant.ask(QUESTION)
                parts = [answer.text, *(hit.chunk.text for hit in answer.hits)]
                seen = {number for number in "12345" if f"TRC20 costs {number} USDT" in str(parts)}
                if len(seen) != 1:
                    failures.append(str(parts))
            except Exception as error:
                failures.append(repr(error))

    threads = [threading.Thread(target=ask) for _ in range(24)]
    for thread in threads:
        thread.start()
    for cost in (2, 3, 4, 5):
        build(cost)
    done.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assistant.reload()
    assert "costs 5 USDT" in assistant.ask(QUESTION).text
