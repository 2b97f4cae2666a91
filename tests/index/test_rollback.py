"""Going back to an earlier generation, and building on from there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kbassist import Assistant, build_index
from kbassist.errors import IndexBroken, IndexIncompatible, IndexMissing, UsageError
from kbassist.index.generation import live_folder
from kbassist.index.rollback import Generation, Rollback, list_generations, rollback
from tests.conftest import WriteKb

TEXT = "# Withdrawals\n\nA withdrawal costs {} USDT.\n"

Build = Callable[[int], str]


@pytest.fixture
def build(write_kb: WriteKb, tmp_path: Path) -> Build:
    """Build an index of a knowledge base that names this cost; returns the generation."""

    def build(cost: int, keep: int = 5) -> str:
        kb = write_kb({"fees.md": TEXT.format(cost)})
        return build_index(kb, tmp_path / "index", keep=keep).generation

    return build


def cost(index: Path) -> str:
    return Assistant.open(index).ask("What does a withdrawal cost?").text


def test_back_and_forth(build: Build, tmp_path: Path) -> None:
    index = tmp_path / "index"
    for number in (1, 2, 3):
        build(number)
    assert list_generations(index) == (
        Generation("gen-000001", False, 1, 1, "bundled"),
        Generation("gen-000002", False, 1, 1, "bundled"),
        Generation("gen-000003", True, 1, 1, "bundled"),
    )
    assert rollback(index) == Rollback(str(index), "gen-000002", "gen-000003", True)
    assert cost(index) == "A withdrawal costs 2 USDT. [1]"
    assert rollback(index).generation == "gen-000001"
    assert rollback(index, "gen-000003") == Rollback(str(index), "gen-000003", "gen-000001", True)
    assert rollback(index, "gen-000003") == Rollback(str(index), "gen-000003", "gen-000003", False)
    assert cost(index) == "A withdrawal costs 3 USDT. [1]"
    assert [one.live for one in list_generations(index)] == [False, False, True]


def test_a_build_after_a_rollback_builds_what_the_sources_say(build: Build, tmp_path: Path) -> None:
    index = tmp_path / "index"
    build(1)
    build(2)
    rollback(index)
    assert build(2) == "gen-000003"
    assert cost(index) == "A withdrawal costs 2 USDT. [1]"
    rollback(index, "gen-000001")
    assert build(1) == "gen-000001"  # it is what these sources give
    assert cost(index) == "A withdrawal costs 1 USDT. [1]"


def test_what_was_gone_back_to_outlives_the_next_build(
    write_kb: WriteKb, build: Build, tmp_path: Path
) -> None:
    index = tmp_path / "index"
    for number in (1, 2):
        build(number)
    rollback(index)
    build_index(write_kb({"fees.md": TEXT.format(2)}), index)
    assert [one.name for one in list_generations(index)] == ["gen-000001", "gen-000003"]
    assert rollback(index).generation == "gen-000001"


def test_there_is_nothing_before_the_first(build: Build, tmp_path: Path) -> None:
    index = tmp_path / "index"
    build(1)
    with pytest.raises(UsageError, match="no generation before 'gen-000001'") as error:
        rollback(index)
    assert error.value.hint.startswith("There are gen-000001 (live).")
    for name in ("gen-000007", "../index/gen-000001", "", "CURRENT"):
        with pytest.raises(UsageError, match="no generation '"):
            rollback(index, name)


def test_there_is_no_index(tmp_path: Path) -> None:
    for call in (rollback, list_generations):
        with pytest.raises(IndexMissing):
            call(tmp_path / "index")
    assert not list(tmp_path.iterdir())


def test_nothing_goes_back_to_what_is_damaged(build: Build, tmp_path: Path) -> None:
    index = tmp_path / "index"
    for number in (1, 2, 3):
        build(number)
    (index / "gen-000002" / "bm25.idf.npy").write_bytes(b"")
    with pytest.raises(IndexBroken, match=r"gen-000002/bm25\.idf\.npy"):
        rollback(index)
    manifest = index / "gen-000001" / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"format": ', '"format": 9'))
    with pytest.raises(IndexIncompatible):
        rollback(index, "gen-000001")
    assert list_generations(index)[0] == Generation("gen-000001", False, None, None, None)
    assert live_folder(index).name == "gen-000003"


def test_a_broken_index_is_brought_back_by_name(build: Build, tmp_path: Path) -> None:
    index = tmp_path / "index"
    for number in (1, 2):
        build(number)
    (index / "CURRENT").write_text("gen-000009\n")
    assert [one.live for one in list_generations(index)] == [False, False]
    with pytest.raises(IndexBroken, match="names no generation"):
        rollback(index)
    assert rollback(index, "gen-000002").before == "gen-000009"
    assert cost(index) == "A withdrawal costs 2 USDT. [1]"
