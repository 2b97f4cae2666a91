"""An assistant that goes over to new generations by itself."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

import pytest

from kbassist import Assistant, build_index
from kbassist.answer import live
from kbassist.answer.confidence import FILE_NAME, bundled
from kbassist.answer.snapshot import Snapshot
from kbassist.index.generation import live_folder
from tests.conftest import WriteKb

TEXT = "# Withdrawals\n\nA withdrawal by TRC20 costs {} USDT.\n"
QUESTION = "What does a withdrawal by TRC20 cost?"


class Centre:
    """A knowledge base whose one figure changes with each build, and who follows it."""

    def __init__(self, write_kb: WriteKb, place: Path) -> None:
        self.write_kb, self.index = write_kb, place / "index"

    def build(self, cost: int, *, full: bool = False) -> None:
        build_index(self.write_kb({"fees.md": TEXT.format(cost)}), self.index, full=full)

    def says(self, assistant: Assistant, cost: int) -> bool:
        return f"costs {cost} USDT" in assistant.ask(QUESTION).text


@pytest.fixture
def centre(write_kb: WriteKb, tmp_path: Path) -> Centre:
    found = Centre(write_kb, tmp_path)
    found.build(1)
    return found


def test_every_call_follows(centre: Centre) -> None:
    assistant = Assistant.open(centre.index, follow=True)
    stays = Assistant.open(centre.index)
    centre.build(2)
    assert centre.says(assistant, 2) and centre.says(stays, 1)
    centre.build(3)
    assert "costs 3 USDT" in assistant.search(QUESTION)[0].chunk.text
    centre.build(4)
    assert assistant.get("fees.md:3").lines == ("A withdrawal by TRC20 costs 4 USDT.",)
    centre.build(5)
    assert assistant.status().generation == "gen-000005"
    centre.build(6)
    [hits] = assistant.search_many([QUESTION])
    assert isinstance(hits, list) and "costs 6 USDT" in hits[0].chunk.text
    assert not assistant.reload()


def test_a_new_calibration_is_followed(centre: Centre) -> None:
    assistant = Assistant.open(centre.index, follow=True)
    assistant.ask(QUESTION)
    own = bundled().to_json().replace('"questions": ', '"questions": 9')
    (centre.index / FILE_NAME).write_text(own)
    assistant.ask(QUESTION)
    assert assistant.calibration.to_json() == own


def test_what_cannot_be_opened_is_told_once_and_tried_again_when_it_changes(
    centre: Centre, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    assistant = Assistant.open(centre.index, follow=True)
    monkeypatch.setattr(live, "RETRY_SECONDS", 1000.0)
    centre.build(2)
    (live_folder(centre.index) / "bm25.idf.npy").write_bytes(b"")
    with caplog.at_level(logging.WARNING, "kbassist"):
        assert all(centre.says(assistant, 1) for _ in range(3))
    (record,) = [one for one in caplog.records if vars(one).get("event") == "reload"]
    assert record.levelname == "WARNING"
    assert (vars(record)["error"], vars(record)["generation"]) == ("index_broken", "gen-000001")
    assert record.getMessage().startswith("still answering from gen-000001: ")
    centre.build(2, full=True)
    assert centre.says(assistant, 2)


def test_what_cannot_be_opened_is_tried_again_after_a_while(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    assistant = Assistant.open(centre.index, follow=True)
    centre.build(2)
    file = live_folder(centre.index) / "bm25.idf.npy"
    content = file.read_bytes()
    file.write_bytes(b"")
    assert centre.says(assistant, 1)
    file.write_bytes(content)
    assert centre.says(assistant, 1)
    monkeypatch.setattr(assistant._live, "_again", 0.0)  # the while is over
    assert centre.says(assistant, 2)


def test_an_index_that_is_gone_is_no_end(centre: Centre) -> None:
    assistant = Assistant.open(centre.index, follow=True)
    centre.index.rename(centre.index.with_name("elsewhere"))
    assert centre.says(assistant, 1)
    centre.build(2)
    assert centre.says(assistant, 2)


def test_nobody_waits_while_another_opens_the_new_one(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    assistant = Assistant.open(centre.index, follow=True)
    centre.build(2)
    opening, go_on = threading.Event(), threading.Event()
    renewed = Snapshot.renewed

    def slowly(snapshot: Snapshot) -> Snapshot:
        opening.set()
        assert go_on.wait(60)
        return renewed(snapshot)

    monkeypatch.setattr(Snapshot, "renewed", slowly)
    first: list[bool] = []
    thread = threading.Thread(target=lambda: first.append(centre.says(assistant, 2)))
    thread.start()
    assert opening.wait(60)
    assert centre.says(assistant, 1)
    go_on.set()
    thread.join()
    assert first == [True] and centre.says(assistant, 2)
