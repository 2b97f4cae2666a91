from __future__ import annotations

from pathlib import Path

import pytest

from kbassist import Assistant, build_index
from kbassist.errors import DatasetError
from kbassist.evals.model import Conditions, Question, make_dataset
from kbassist.evals.targets import MAX_LISTED, Target, article_grades, resolve
from kbassist.types import Citation, Span
from tests.conftest import WriteKb

KB = {
    "en/withdraw.md": (
        "---\nid: withdraw\ntitle: Withdrawals\nlocale: en\n---\n\n"
        "## How long does it take? {#time}\n\nThree minutes.\n\n## Fees {#fee}\n\n1.5 USDT.\n"
    ),
    "en/deposit.md": "---\nid: deposit\ntitle: Deposits\nlocale: en\n---\n\nSend the hash.",
    "staff.md": "---\nid: staff-note\nlocale: en\naudience: staff\n---\n\nFreeze it first.\n",
}


@pytest.fixture
def small(write_kb: WriteKb, tmp_path: Path) -> Assistant:
    build_index(write_kb(KB), tmp_path / "index")
    return Assistant.open(tmp_path / "index")


def targets(small: Assistant, *labels: str, audience: tuple[str, ...] = ()) -> tuple[Target, ...]:
    relevant = {label: grade % 3 + 1 for grade, label in enumerate(labels)}
    conditions = Conditions(audience=audience)
    question = Question(id="q1", text="x", relevant=relevant, filters=conditions)
    return resolve(make_dataset("set", [question]), small)["q1"]


def test_labels_of_every_form(small: Assistant) -> None:
    labels = ("withdraw", "withdraw#fee", "en/withdraw.md:9-13", "deposit#")
    assert targets(small, *labels) == (
        Target("withdraw", 1),
        Target("withdraw", 2, anchor="fee"),
        Target("withdraw", 3, lines=(9, 13)),
        Target("deposit", 1),
    )


def test_questions_without_labels_have_no_targets(small: Assistant) -> None:
    dataset = make_dataset("set", [Question(id="q1", text="x", expect="abstain")])
    assert resolve(dataset, small) == {"q1": ()}


@pytest.mark.parametrize(
    ("label", "message"),
    [
        ("withdrawl", "no article 'withdrawl'; did you mean 'withdraw'?"),
        ("withdrawl#fee", "no article 'withdrawl'; did you mean 'withdraw'?"),
        ("zzz", "no article 'zzz'"),
        ("withdraw#fees", "no anchor 'fees' in 'withdraw'; did you mean 'fee'?"),
        ("withdraw#zzz", "no anchor 'zzz' in 'withdraw'"),
        ("deposit#fee", "no anchor 'fee' in 'deposit'"),
        ("en/withdraw.md:0-3", "en/withdraw.md has lines 1-13, found 0-3"),
        ("en/withdraw.md:9-14", "en/withdraw.md has lines 1-13, found 9-14"),
        ("en/withdraw.md:9-8", "en/withdraw.md has lines 1-13, found 9-8"),
        ("en/deposit.md:8-8", "en/deposit.md has lines 1-7, found 8-8"),
        ("en/nowhere.md:1-2", "no article 'en/nowhere.md:1-2'"),
        ("staff-note", "'staff-note' is restricted; name its label under filters.audience"),
        ("staff.md:1-2", "'staff.md' is restricted; name its label under filters.audience"),
    ],
)
def test_labels_that_name_nothing(small: Assistant, label: str, message: str) -> None:
    with pytest.raises(DatasetError) as caught:
        targets(small, label)
    assert caught.value.message == f"set: 1 label names nothing in this index:\n  q1: {message}"
    assert caught.value.hint.startswith("Correct the labels, or build the index")


def test_the_first_and_the_last_line_can_be_named(small: Assistant) -> None:
    found = targets(small, "en/withdraw.md:1-13", "en/deposit.md:7-7")
    assert [target.lines for target in found] == [(1, 13), (7, 7)]


def test_a_restricted_article_may_be_named_with_its_audience(small: Assistant) -> None:
    found = targets(small, "staff-note", "staff.md:7-7", audience=("staff",))
    assert found == (Target("staff-note", 1), Target("staff-note", 2, lines=(7, 7)))
    with pytest.raises(DatasetError, match="'staff-note' is restricted"):
        targets(small, "staff-note", audience=("member",))


def test_wrong_labels_are_listed_together(small: Assistant) -> None:
    dataset = make_dataset("set", [
        Question(id="q1", text="x", relevant={"withdraw": 1, "withdraw#fees": 1, "zzz": 1}),
        Question(id="q2", text="x", relevant={"deposit": 1}),
        Question(id="q3", text="x", relevant={"en/deposit.md:1-99": 1}),
    ])  # fmt: skip
    with pytest.raises(DatasetError) as caught:
        resolve(dataset, small)
    assert caught.value.message.split("\n") == [
        "set: 3 labels name nothing in this index:",
        "  q1: no anchor 'fees' in 'withdraw'; did you mean 'fee'?",
        "  q1: no article 'zzz'",
        "  q3: en/deposit.md has lines 1-7, found 1-99",
    ]


def test_a_long_list_is_cut(small: Assistant) -> None:
    with pytest.raises(DatasetError) as caught:
        targets(small, *(f"zzz{number}" for number in range(MAX_LISTED + 2)))
    lines = caught.value.message.split("\n")
    assert lines[0] == "set: 12 labels name nothing in this index:"
    assert lines[-2:] == ["  q1: no article 'zzz9'", "  … and 2 more"]
    with pytest.raises(DatasetError) as caught:
        targets(small, *(f"zzz{number}" for number in range(MAX_LISTED)))
    assert caught.value.message.split("\n")[-1] == "  q1: no article 'zzz9'"


def quote(article_id: str, anchor: str, first: int, last: int) -> Citation:
    return Citation(
        number=1, article_id=article_id, chunk_id=f"{article_id}#{anchor}:1", title="",
        heading_path=(), anchor=anchor, url=None, path="x.md", span=Span(0, 1, first, last),
        quote="x", content_hash="", updated=None, review_by=None, past_review=False,
        source="unchanged", verified="source",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("target", "covered"),
    [
        (Target("a", 1), True),
        (Target("b", 1), False),
        (Target("a", 1, anchor="fee"), True),
        (Target("a", 1, anchor="time"), False),
        (Target("b", 1, anchor="fee"), False),
        (Target("a", 1, lines=(1, 9)), False),
        (Target("a", 1, lines=(1, 10)), True),
        (Target("a", 1, lines=(11, 11)), True),
        (Target("a", 1, lines=(1, 99)), True),
        (Target("a", 1, lines=(12, 20)), True),
        (Target("a", 1, lines=(13, 20)), False),
        (Target("b", 1, lines=(10, 12)), False),
    ],
)
def test_what_a_target_covers(target: Target, covered: bool) -> None:
    assert target.covers(quote("a", "fee", 10, 12)) is covered


def test_an_article_has_the_best_grade_of_its_passages() -> None:
    found = [Target("a", 1), Target("b", 2), Target("a", 3, anchor="x"), Target("a", 2)]
    assert article_grades(found) == {"a": 3, "b": 2}
    assert article_grades([]) == {}
