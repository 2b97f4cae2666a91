from __future__ import annotations

import numpy as np

from kbassist.coverage.shingles import alike, likeness, runs_of

TEXT = "press the red button twice and wait until the lamp goes out"


def test_likeness_is_the_share_of_common_runs() -> None:
    a, b = runs_of("a b c d e"), runs_of("a b c d f")
    assert likeness(a, b) == 1 / 3  # abcd of abcd, bcde, bcdf
    assert likeness(a, a) == 1
    assert likeness(a, runs_of("")) == 0


def test_chinese_runs_are_of_characters() -> None:
    assert len(runs_of("提币很慢吗")) == 2
    assert len(runs_of("提币")) == 1


def test_pairs_are_found_once_in_order() -> None:
    texts = [TEXT, "something else is told here, in other words", TEXT + " again", TEXT]
    found = alike([runs_of(text) for text in texts], 0.8)
    assert [(i, j) for i, j, _ in found] == [(0, 2), (0, 3), (2, 3)]
    assert found[1][2] == 1


def test_a_block_that_many_share_links_up_without_all_pairs() -> None:
    found = alike([runs_of(TEXT)] * 200, 0.8)
    assert [(i, j) for i, j, _ in found] == [(i, i + 1) for i in range(199)]


def test_texts_without_a_token_are_like_nothing() -> None:
    assert alike([np.empty(0, dtype=np.uint64)] * 2, 0.5) == []
    assert alike([], 0.5) == []
