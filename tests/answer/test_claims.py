"""Cutting a text into claims with their citations."""

from __future__ import annotations

import pytest

from kbassist.answer.claims import Claim, claims
from kbassist.text.analyzer import Analyzer

ANALYZER = Analyzer()


def content(text: str) -> int:
    return sum(not term.stop for term in ANALYZER.query(text))


def cut(text: str) -> list[Claim]:
    return claims(text, content)


@pytest.mark.parametrize(
    ("mark", "numbers"),
    [
        ("[1]", (1,)),
        ("[1][2]", (1, 2)),
        ("[1] [2]", (1, 2)),
        ("[1,2]", (1, 2)),
        ("[1、3]", (1, 3)),
        ("[1-3]", (1, 2, 3)),
        ("［１］", (1,)),
        ("【2】", (2,)),
        ("[^4]", (4,)),
        ("[2][1][2]", (2, 1)),
    ],
)
@pytest.mark.parametrize(
    "text", ["提币要审核{}。", "提币要审核。{}", "Reviews take time {}.", "Reviews. {}"]
)
def test_marks(text: str, mark: str, numbers: tuple[int, ...]) -> None:
    (claim,) = cut(text.format(mark))
    assert claim.cited == numbers
    assert "[" not in claim.text and "1" not in claim.text


@pytest.mark.parametrize(
    "text",
    ["用 `a[1]` 取值。", "```\nx = a[1]\n```", "见[1](https://a.example/x)。", "范围是 [1-900]。"],
)
def test_what_is_no_mark(text: str) -> None:
    assert [claim.cited for claim in cut(text)] in ([()], [])


def test_a_mark_belongs_to_the_sentence_before_it() -> None:
    first, second = cut("审核要半天。[1] 手续费另算。[2]")
    assert (first.text, first.cited) == ("审核要半天。", (1,))
    assert (second.text, second.cited) == ("手续费另算。", (2,))


def test_a_mark_at_the_start_of_a_line_belongs_to_what_follows() -> None:
    first, second = cut("[1] 审核要半天。\n[2] 手续费另算。")
    assert (first.text, first.cited) == ("审核要半天。", (1,))
    assert (second.text, second.cited) == ("手续费另算。", (2,))


def test_a_mark_on_its_own_line_belongs_to_the_table_above() -> None:
    found = cut("| 网络 | 费用 |\n|---|---|\n| TRON | 贵 |\n\n[3]")
    assert found[-1].text == "| TRON | 贵 |"
    assert found[-1].cited == (3,)
    assert [claim.following for claim in found[:-1]] == [()]


def test_clauses_with_marks_of_their_own() -> None:
    found = cut("审核要半天[1]，手续费另算[2]，请耐心等待。")
    assert [(claim.text, claim.cited) for claim in found] == [
        ("审核要半天", (1,)),
        ("手续费另算 ，请耐心等待。", (2,)),
    ]


def test_the_next_mark_of_the_paragraph() -> None:
    text = "审核要半天。手续费另算[2]。\n\n- 名单要核对。\n- 地址要核对[1]。"
    assert [(claim.cited, claim.following) for claim in cut(text)] == [
        ((), (2,)),
        ((2,), ()),
        ((), ()),
        ((1,), ()),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "## 提币审核",
        "您好，很高兴为您服务！",
        "Thanks for reaching out.",
        "需要我继续说明审核吗？",
        "请按以下步骤操作：",
        "希望以上内容对您有帮助。",
        "资料中没有提到审核时间。",
        "The sources do not mention reviews.",
        "---",
    ],
)
def test_no_claim(text: str) -> None:
    assert cut(text) == []


def test_a_greeting_with_a_mark_is_a_claim() -> None:
    assert [claim.cited for claim in cut("您好，审核要半天[1]。")] == [(1,)]


def test_a_mark_without_text() -> None:
    assert [(claim.text, claim.cited) for claim in cut("[5]")] == [("", (5,))]
