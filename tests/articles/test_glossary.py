from __future__ import annotations

import pytest

from kbassist.articles.glossary import clashes, read_terms
from kbassist.articles.parse import parse_article
from kbassist.kb_config import KbConfig
from kbassist.types import Article

HEAD = "---\nid: words\ntitle: Words\nkind: {kind}\nlocale: {locale}\n---\n\n"


def glossary(body: str, locale: str = "zh-Hans", kind: str = "glossary") -> Article:
    text = HEAD.format(kind=kind, locale=locale) + body
    return parse_article(text.encode(), "words.md", KbConfig())[0]


def test_an_entry_with_aliases_and_misspellings() -> None:
    (term,) = read_terms(
        glossary("提币\n: 把币转到外部地址。又叫：提现、withdrawal, withdraw。误写：体币、提必。\n")
    )
    assert (term.name, term.definition) == ("提币", "把币转到外部地址。")
    assert term.aliases == ("提现", "withdrawal", "withdraw")
    assert term.misspellings == ("体币", "提必")
    assert term.names == ("提币", "提现", "withdrawal", "withdraw", "体币", "提必")
    assert (term.article_id, term.locale, term.path, term.line) == (
        "words", "zh-Hans", "words.md", 8,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("body", "aliases", "misspellings"),
    [
        ("Memo\n: A number. Also: tag, destination tag. Misspelt: meno.\n",
         ("tag", "destination tag"), ("meno",)),
        ("Maker (liquidity provider)\n: Waits. Also called: 挂单.\n",
         ("liquidity provider", "挂单"), ()),
        ("挂单（Maker）\n: 等别人来成交。\n", ("Maker",), ()),
        ("Gas\n: Also, a fee: it is paid. Aliases: gas fee\n", ("gas fee",), ()),
        ("冷錢包\n: 離線。又稱：cold wallet；離線錢包。常誤寫作：冷前包。\n",
         ("cold wallet", "離線錢包"), ("冷前包",)),
        ("TxID\n: 编号。误写：txld。又叫：hash、TxID。\n", ("hash",), ("txld",)),
        ("提币\n: 转出去。\n", (), ()),
        ("## 提币 {#withdraw}\n\n转出去。\n\n又叫：提现。\n", ("提现",), ()),
    ],
)  # fmt: skip
def test_forms(body: str, aliases: tuple[str, ...], misspellings: tuple[str, ...]) -> None:
    (term,) = read_terms(glossary(body))
    assert (term.aliases, term.misspellings) == (aliases, misspellings)


def test_a_definition_may_use_the_labels_words() -> None:
    (term,) = read_terms(glossary("Fee\n: What you pay; see also: fees. Also: charge.\n", "en"))
    assert term.definition == "What you pay; see also: fees."
    assert term.aliases == ("charge",)


def test_headings_without_aliases_are_no_terms() -> None:
    assert (
        read_terms(glossary("## 怎么读\n\n按拼音排列。\n\n## 钱包\n\n私钥\n: 秘密。\n"))[0].name
        == "私钥"
    )
    assert len(read_terms(glossary("## 钱包\n\n一段话。\n"))) == 0


def test_other_kinds_of_article_have_no_terms() -> None:
    assert read_terms(glossary("提币\n: 转出。又叫：提现。\n", kind="feature")) == ()


def test_a_name_that_two_entries_claim_is_reported_once_for_each_later_one() -> None:
    article = glossary("Memo\n: 编号。又叫：Tag。\n\n标签\n: 别的。又叫：ＴＡＧ、Label。\n")
    (warning,) = clashes(read_terms(article))
    assert (warning.path, warning.line) == ("words.md", 11)
    assert str(warning) == (
        "words.md:11: the glossary gives 'tag' to '标签' and to 'Memo' (words.md:8); "
        "take it off one of them"
    )


def test_the_same_name_in_two_languages_is_no_clash() -> None:
    articles = (
        glossary("提币\n: 转出。又叫：withdrawal。\n"),
        glossary("Withdrawal\n: Out. Also: 提币.\n", "en"),
    )
    assert clashes(term for article in articles for term in read_terms(article)) == []
