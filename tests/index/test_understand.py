"""Understanding a question: synonyms and corrections beside what was asked, never instead of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kbassist import Assistant, Filters, build_index
from kbassist.config import SearchSettings
from kbassist.errors import EmptyQuestion, QuestionTooLong
from kbassist.index.understand import (
    CORRECTION_WEIGHT,
    DOUBTFUL_WEIGHT,
    SYNONYM_WEIGHT,
    understand,
)
from kbassist.index.understanding import Understanding
from kbassist.text.analyzer import Analyzer
from tests.conftest import WriteKb

SETTINGS = SearchSettings()
ARTICLES = {
    "kbassist.toml": 'synonyms = [["验证器", "Authenticator", "2FA"], ["tether", "泰达币"]]\n',
    "a.md": "# 提币\n\n提币要审核，提币通常十分钟到账。手续费见下。\n",
    "b.md": "# 重置密码\n\n忘记密码时，用邮箱重置密码。\n",
    "c.md": "# Leverage\n\nThe maximum Leverage is 20. Send the form to recover an account.\n",
    "d.md": "# Authenticator\n\nSet up an Authenticator app on the phone.\n",
    "s.md": "---\naudience: staff\n---\n# Zanzibar\n\nThe zanzibar vault. 冷库盘点。\n",
    "g.md": (
        "---\nkind: glossary\nlocale: zh-Hans\n---\n# 术语\n\n"
        "充币\n: 把币转进来。又叫：充值。误写：冲值。\n"
    ),
}


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    kb, index = tmp_path_factory.mktemp("kb"), tmp_path_factory.mktemp("index")
    for name, text in ARTICLES.items():
        (kb / name).write_text(text, encoding="utf-8")
    build_index(kb, index, embedder="none")
    return Assistant.open(index)


def read(assistant: Assistant, question: str) -> Understanding:
    return understand(assistant.index, question, SETTINGS)


def test_a_synonym_is_added_below_what_was_asked(assistant: Assistant) -> None:
    found = read(assistant, "验证器坏了")
    (one,) = found.expansions  # no article says 2FA
    assert (one.phrase, one.added, one.terms) == ("验证器", "Authenticator", ("authent",))
    assert 0 < one.weight <= SYNONYM_WEIGHT
    (term,) = found.added
    assert (term.term, term.weight, term.evidence) == ("authent", one.weight, True)
    assert (found.corrections, found.did_you_mean) == ((), None)
    assert assistant.search("验证器坏了")[0].article.path == "d.md"


def test_a_whole_group_is_worth_no_more_than_the_phrase(assistant: Assistant) -> None:
    index = assistant.index
    found = read(assistant, "2FA")
    whole = index.bm25.full((term.term, term.weight) for term in found.asked)
    assert index.bm25.full((term.term, term.weight) for term in found.added) <= whole


CORRECTED = [
    ("重制密码", "重置密码", "重制", "重置"),
    ("tibi 要多久", "提币 要多久", "tibi", "提币"),
    ("max levrage", "max Leverage", "levrage", "Leverage"),
    ("Maxmium amount", "maximum amount", "Maxmium", "maximum"),
    ("冲值没到", "充值没到", "冲值", "充值"),
    ("重製密碼", "重置密碼", "重製", "重置"),
]


@pytest.mark.parametrize(("question", "meant", "typed", "corrected"), CORRECTED)
def test_corrections(
    assistant: Assistant, question: str, meant: str, typed: str, corrected: str
) -> None:
    found = read(assistant, question)
    assert found.did_you_mean == meant
    assert {term.term for term in found.meant} == set(Analyzer().terms(meant))
    (one,) = found.corrections
    assert (one.typed, one.corrected, one.clear) == (typed, corrected, True)
    assert one.weight == CORRECTION_WEIGHT
    assert question[one.start : one.end] == typed
    added = {term.term for term in found.added}
    assert set(one.terms) <= added and added.isdisjoint(term.term for term in found.asked)


UNTOUCHED = [
    "提币要审核",  # all of it is in the index
    "how to recover",
    "Zanziber vault",  # only staff may read the word
    "冷酷",
    "ABC-1234 erc21",
    "the whale sings",  # words, though no article has them
]


@pytest.mark.parametrize("question", UNTOUCHED)
def test_nothing_is_added(assistant: Assistant, question: str) -> None:
    found = read(assistant, question)
    assert (found.corrections, found.added, found.did_you_mean) == ((), (), None)


def test_a_doubtful_correction_is_no_evidence(write_kb: WriteKb, tmp_path: Path) -> None:
    kb = write_kb({"a.md": "# A\n\nOne linkk.\n", "b.md": "# B\n\nOne linnk.\n"})
    build_index(kb, tmp_path / "index", embedder="none")
    found = read(Assistant.open(tmp_path / "index"), "linxk")
    (one,) = found.corrections
    assert (one.corrected, one.clear, one.weight) == ("linkk", False, DOUBTFUL_WEIGHT)
    assert [term.evidence for term in found.added] == [False]
    assert found.did_you_mean is None


def test_staff_words_are_found_by_staff_as_typed(assistant: Assistant) -> None:
    staff = Filters(audience=("staff",))
    assert assistant.search("zanzibar", filters=staff)[0].article.path == "s.md"


def test_the_search_uses_all_terms(assistant: Assistant) -> None:
    found = read(assistant, "重制密码")
    assert found.terms == [*found.asked, *found.added] and found.added
    (hit,) = assistant.search("重制密码", top_k=1, mode="lexical")
    assert hit.article.path == "b.md"
    assert {term.term for term in found.added} <= set(hit.matched_terms)
    assert assistant.search("levrage")[0].article.path == "c.md"


def test_what_cannot_be_asked(assistant: Assistant) -> None:
    with pytest.raises(EmptyQuestion):
        read(assistant, "?!")
    with pytest.raises(QuestionTooLong):
        read(assistant, "x" * 4001)
