"""What speaks for the best hit."""

from __future__ import annotations

from pathlib import Path

import pytest

from kbassist import Assistant, build_index
from kbassist.answer.evidence import NONE, gather
from tests.conftest import WriteKb


@pytest.fixture
def two(write_kb: WriteKb, tmp_path: Path) -> Assistant:
    kb = write_kb(
        {
            "fees.md": "# Fees\n\n## Withdrawal fee\n\nA withdrawal costs one coin.\n",
            "cards.md": "# Cards\n\n## Lost card\n\nFreeze a lost card in the app.\n",
        }
    )
    build_index(kb, tmp_path / "index")
    return Assistant.open(tmp_path / "index")


def test_a_question_in_the_articles_words(two: Assistant) -> None:
    figures = two.ask("What does a withdrawal cost?").figures
    assert figures["coverage"] == 1.0
    assert figures["meaning"] == pytest.approx(1.0, abs=0.01)
    assert figures["company"] == 0.2
    assert 0.0 < figures["lead"] <= 1.0


def test_a_word_of_like_meaning_counts_for_meaning_alone(two: Assistant) -> None:
    near, far = two.ask("withdrawal price").figures, two.ask("withdrawal giraffe").figures
    assert near["coverage"] == far["coverage"] < 1.0
    assert near["meaning"] > far["meaning"]


def test_no_rival_is_no_lead(write_kb: WriteKb, tmp_path: Path) -> None:
    build_index(write_kb({"fees.md": "# Fees\n\nA withdrawal costs one coin.\n"}), tmp_path / "i")
    assert Assistant.open(tmp_path / "i").ask("withdrawal costs").figures["lead"] == 0.0


def test_a_title_tells_unless_a_rival_has_the_same(write_kb: WriteKb, tmp_path: Path) -> None:
    texts = {
        "a.md": "# Fees\n\nA withdrawal costs one coin.\n",
        "b.md": "# {}\n\nA coin is money.\n",
    }
    figures = []
    for name in ("Coins", "Fees"):
        kb = write_kb({**texts, "b.md": texts["b.md"].format(name)})
        build_index(kb, tmp_path / name)
        figures.append(Assistant.open(tmp_path / name).ask("withdrawal fees").figures)
    assert figures[0]["title"] > 0.3
    assert figures[1]["title"] == 0.0


def test_the_edge_is_over_the_best_rival(two: Assistant) -> None:
    figures = two.ask("What does a withdrawal cost?").figures
    assert 0.2 < figures["edge"] < figures["meaning"]


def test_a_translation_is_no_rival(write_kb: WriteKb, tmp_path: Path) -> None:
    front = "---\nid: {}\nlocale: {}\n{}---\n"
    kb = write_kb(
        {
            "en.md": front.format("fees-en", "en", "translation_of: fees\n")
            + "# Fees\n\nA withdrawal fee.\n",
            "zh.md": front.format("fees", "zh-CN", "") + "# 手续费\n\n提币手续费。\n",
        }
    )
    build_index(kb, tmp_path / "i")
    figures = Assistant.open(tmp_path / "i").ask("withdrawal fee 提币手续费").figures
    assert (figures["lead"], figures["company"]) == (0.0, 0.4)
    assert figures["edge"] == figures["meaning"]


def test_no_hit_no_figures(two: Assistant) -> None:
    assert gather("?", [], {}, {}, two.judge) == NONE
    assert set(NONE.values()) == {0.0}
