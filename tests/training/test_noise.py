from __future__ import annotations

import pytest

from training.noise import Typist

pytest.importorskip("pypinyin")
from training.sounds import FIRST, syllable_of, table

CHINESE = "怎么重置登录密码"
ENGLISH = "reset the withdrawal password"


def test_syllables_without_tones() -> None:
    assert [syllable_of(char) for char in "提币绿a"] == ["ti", "bi", "lv", ""]
    numbers, syllables = table()
    assert syllables[numbers[ord("提") - FIRST]] == "ti"
    assert syllables[0] == ""
    assert syllables[1:] == sorted(set(syllables[1:]))


def test_the_same_seed_types_the_same() -> None:
    texts = [CHINESE * 5, ENGLISH] * 200
    one, two = Typist(texts, 3), Typist(texts, 3)
    typed = [one.type(text) for text in (CHINESE, ENGLISH) * 20]
    assert typed == [two.type(text) for text in (CHINESE, ENGLISH) * 20]
    assert sum(text != CHINESE for text in typed[::2]) >= 15
    assert sum(text != ENGLISH for text in typed[1::2]) >= 10


def test_chinese_slips_are_homophones() -> None:
    texts = ["登录登陆密码秘马怎么"] * 500
    typist = Typist(texts, 1)
    for _ in range(50):
        typed = typist.type("登录密码")
        if len(typed) == 4:
            assert [syllable_of(char) for char in typed] == ["deng", "lu", "mi", "ma"]


def test_long_texts_stay() -> None:
    assert Typist(["a"], 0).type("word " * 40) == "word " * 40
