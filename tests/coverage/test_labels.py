from __future__ import annotations

from kbassist.coverage.labels import telling


def test_terms_that_one_topic_has_and_others_do_not() -> None:
    topics = [
        [("how do I stake SOL", 3), ("staking SOL rewards", 2), ("stake my SOL please", 1)],
        [("how do I cancel an order", 3), ("cancel my order", 2)],
    ]
    assert telling(topics) == [("sol", "stake", "rewards", "staking"), ("cancel", "order")]


def test_chinese_terms_are_whole_words() -> None:
    topics = [
        [("质押收益什么时候发", 1), ("怎么质押", 1), ("质押有收益吗", 1)],
        [("提币没到账", 1), ("提币要多久", 1), ("充币没到账", 1), ("钱没到账", 1)],
    ]
    first, second = telling(topics)
    assert set(first[:2]) == {"质押", "收益"}
    assert set(second[:2]) == {"提币", "没到账"}


def test_nothing_but_stop_words_and_masks() -> None:
    assert telling([[("how do I [email]", 2)]]) == [()]
