"""What a model sent becomes checked values, or an error that says how to mend it."""

from __future__ import annotations

import math
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbassist.errors import UsageError
from kbassist.serve.parameters import (
    choice,
    conditions,
    input_schema,
    objects,
    read_all,
    shown,
    text,
    texts,
    whole,
)

PARAMETERS = (
    text("question", "What to ask.", most=20, required=True),
    whole("limit", "How many.", least=1, most=9, default=3),
    texts("locale", "Languages."),
    conditions("where", "Others."),
    choice("action", "What was done.", ("answer", "abstain")),
    objects("history", "Turns.", (text("question", "It.", most=20, required=True),), most=2),
)


def read(sent: Any) -> dict[str, Any]:
    return read_all(PARAMETERS, sent, "search")


def test_values() -> None:
    sent = {
        "question": "提币",
        "limit": 3.0,
        "locale": ["en"],
        "where": {"region": ["hk"]},
        "action": "abstain",
        "history": [{"question": "x"}],
    }
    jsonschema.validate(sent, input_schema(PARAMETERS))
    assert read(sent) == {
        "question": "提币",
        "limit": 3,
        "locale": ("en",),
        "where": {"region": ("hk",)},
        "action": "abstain",
        "history": [{"question": "x"}],
    }


def test_null_is_left_out() -> None:
    assert read({"question": "x", "limit": None, "locale": None}) == {"question": "x"}


MEMBERS = "Its members are {}.".format(", ".join(f'"{one.name}"' for one in PARAMETERS))


@pytest.mark.parametrize(
    ("sent", "message", "hint"),
    [
        ([], "search must be an object, found []", MEMBERS),
        ({}, "search needs 'question'", "What to ask."),
        ({"question": None}, "search needs 'question'", "What to ask."),
        ({"question": 5}, "question must be a text, found 5", ""),
        ({"question": "x" * 21}, "question has 21 characters, the limit is 20", "Send fewer."),
        (
            {"question": "\ud800"},
            "question must be a text of whole characters, found '\\ud800'",
            "",
        ),
        (
            {"question": "x", "limits": 2},
            "search has no parameter 'limits'",
            "Did you mean 'limit'? Its parameters are question, limit, locale, where, action, history.",
        ),
        ({"question": "x", "limit": 0}, "limit must be 1 to 9, found 0", "Leave it out for 3."),
        (
            {"question": "x", "limit": True},
            "limit must be a whole number, found True",
            "Write 3, say.",
        ),
        (
            {"question": "x", "limit": 1.5},
            "limit must be a whole number, found 1.5",
            "Write 3, say.",
        ),
        (
            {"question": "x", "limit": "5"},
            "limit must be a whole number, found '5'",
            "Write 3, say.",
        ),
        (
            {"question": "x", "locale": "en"},
            "locale must be a list of texts, found 'en'",
            'Write ["en"].',
        ),
        ({"question": "x", "locale": [1]}, "a value of locale must be a text, found 1", ""),
        ({"question": "x", "locale": ["a"] * 21}, "locale has 21 values, the limit is 20", ""),
        (
            {"question": "x", "where": ["a"]},
            "where must be an object of keys, each with a list of texts, found ['a']",
            'Write {"region": ["hk"]}, say.',
        ),
        (
            {"question": "x", "where": {"region": "hk"}},
            "where.'region' must be a list of texts, found 'hk'",
            'Write ["hk"].',
        ),
        (
            {"question": "x", "action": "run"},
            "action must be one of answer, abstain, found 'run'",
            "",
        ),
        (
            {"question": "x", "history": ["fee"]},
            "history[0] must be an object, found 'fee'",
            'Its members are "question".',
        ),
        (
            {"question": "x", "history": [{"question": "x", "role": "user"}]},
            "history[0] has no parameter 'role'",
            "Its parameters are question.",
        ),
        (
            {"question": "x", "history": [{"question": "x"}] * 3},
            "history must be a list of at most 2 objects, found [{'question': 'x'}, {'question':"
            " 'x'}, {'question': 'x'}]",
            "",
        ),
    ],
)
def test_mistakes(sent: Any, message: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(sent)
    assert (caught.value.message, caught.value.hint) == (message, hint)


@pytest.mark.parametrize("value", [math.nan, math.inf, 10**5000], ids=["nan", "inf", "huge"])
def test_odd_numbers_are_refused(value: float) -> None:
    with pytest.raises(UsageError, match="limit must be"):
        read({"question": "x", "limit": value})


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None), max_size=30),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec=None), max_size=9), inner, max_size=4)
    ),
    max_leaves=12,
)
NAMES = st.sampled_from([parameter.name for parameter in PARAMETERS]) | st.text(max_size=9)


@given(st.dictionaries(NAMES, JSON, max_size=5) | JSON)
def test_anything_is_read_or_refused_with_a_message_that_can_be_sent(sent: Any) -> None:
    try:
        values = read(sent)
    except UsageError as error:
        f"{error.message}{error.hint}".encode()
        assert len(error.message) < 300
    else:
        known = {key: value for key, value in sent.items() if value is not None}
        jsonschema.validate(known, input_schema(PARAMETERS))
        assert values.keys() == known.keys()


def test_a_nest_too_deep_is_shown() -> None:
    nest: list[Any] = []
    for _ in range(100_000):
        nest = [nest]
    assert shown(nest) == "a list"
    while nest:  # or freeing it would recurse as deep
        nest = nest.pop()
