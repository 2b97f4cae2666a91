from __future__ import annotations

from datetime import date

import pytest

from kbassist.articles.parse import parse_article, read_article
from kbassist.articles.spelling import normal_locale
from kbassist.errors import ArticleError
from kbassist.kb_config import KbConfig
from kbassist.types import ArticleMeta, BuildWarning


def parse(text: str) -> tuple[ArticleMeta, list[BuildWarning]]:
    article, warnings = parse_article(text.encode(), "dir/a.md", KbConfig())
    return article.meta, warnings


def front(text: str) -> ArticleMeta:
    return parse(f"---\n{text}\n---\nbody\n")[0]


def test_reads_every_known_key() -> None:
    meta = front(
        "id: a-1\ntitle: A\nlocale: zh_CN\nkind: FAQ\ntranslation_of: b\nquestions: [x, y, x]\n"
        "audience: staff\nproducts: [spot, wallet]\nupdated: 2026-11-01\n"
        "review_by: 2027-02-01T08:00:00Z\nstatus: draft\nurl: https://h.example/a\nweight: 3\n"
        "valid_from: 2026-12-01\nvalid_until: 2026-12-01\nhandoff: Always"
    )
    assert meta == ArticleMeta(
        id="a-1", path="dir/a.md", title="A", locale="zh-Hans", kind="faq", status="draft",
        audience=("staff",), products=("spot", "wallet"), questions=("x", "y"), translation_of="b",
        url="https://h.example/a", updated=date(2026, 11, 1), review_by=date(2027, 2, 1),
        valid_from=date(2026, 12, 1), valid_until=date(2026, 12, 1), handoff="always",
        metadata={"weight": "3"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("written", "title"),
    [("yes", "yes"), ("2024", "2024"), ("1.10", "1.10"), ("007", "007"), ("'a: b'", "a: b")],
)
def test_scalars_stay_as_written(written: str, title: str) -> None:
    assert front(f"title: {written}").title == title


def test_numbers_as_ids() -> None:
    assert front("id: 0527").id == "0527"


def test_an_id_may_hold_spaces_and_any_script() -> None:
    assert front("id: shuffle sharding").id == "shuffle sharding"
    assert front("id: 提现 说明").id == "提现 说明"


def test_empty_and_null_values_count_as_absent() -> None:
    meta = front("id:\nkind: null\nupdated: ~\nquestions: ''\nproducts: []\nlocale: ''")
    assert (meta.id, meta.updated, meta.questions, meta.products) == ("dir/a", None, (), ())


ERRORS = [
    ("title: [a]", 2, "title", "['a']", "one line of text"),
    ("x: 1\nid: ' a'", 3, "id", "' a'", "without '#'"),
    ("id: 'a#b'", 2, "id", "'a#b'", "without '#'"),
    ('id: "a\\tb"', 2, "id", "'a\\tb'", "without '#'"),
    ("id: [a]", 2, "id", "['a']", "without '#'"),
    ("kind: howto", 2, "kind", "'howto'", "faq, guide, feature, safety, glossary, notice"),
    ("kind: guides", 2, "kind", "'guides'", "did you mean 'guide'"),
    ("status: live", 2, "status", "'live'", "published, draft, archived"),
    ("handoff: yes", 2, "handoff", "'yes'", "Accepted: always."),
    ("handoff: alway", 2, "handoff", "'alway'", "did you mean 'always'?"),
    ("handoff: [always]", 2, "handoff", "['always']", "Accepted: always."),
    ("updated: yesterday", 2, "updated", "'yesterday'", "YYYY-MM-DD"),
    ("updated: 2026-02-30", 2, "updated", "'2026-02-30'", "YYYY-MM-DD"),
    ("updated: 20260201", 2, "updated", "'20260201'", "YYYY-MM-DD"),
    ("review_by: {a: 1}", 2, "review_by", "{'a': '1'}", "YYYY-MM-DD"),
    ("valid_from: 2026-12-02\nvalid_until: 2026-12-01", 3, "valid_until", "'2026-12-01'",
     "a day not before valid_from, 2026-12-02"),
    ("products: {a: 1}", 2, "products", "{'a': '1'}", "list of texts"),
    ("audience: [[a]]", 2, "audience", "[['a']]", "list of texts"),
    ("questions: {a: {b: c}}", 2, "questions", "{'a': {'b': 'c'}}", "mapping from a section's anchor"),
    ("x: 1\n\ntitle: a: b", 4, "title", "'a: b'", "in quotes"),
    ("products: [a", 2, "products", "'[a'", "Close it with ]"),
    ("x: {a: 1}\nproducts: {a: 1", 3, "products", "'{a: 1'", "Close it with }"),
    ("title: 'a", 2, "title", "\"'a\"", "Close the quote"),
    ("title: @a", 2, "title", "'@a'", "in quotes"),
    ("title: a\nplain words", 3, "title", "'plain words'", "key: value"),
    ("products:\n\t- a", 3, "products", "'- a'", "never with tabs"),
    ("questions: [[a]]", 2, "questions", "[['a']]", "mapping from a section's anchor"),
    ("audience: staff, member", 2, "audience", "'staff, member'", "audience: [staff, member]"),
    ("audience: staff，member", 2, "audience", "'staff，member'", "audience: [staff, member]"),
    ("products: wallet、spot", 2, "products", "'wallet、spot'", "products: [wallet, spot]"),
    ("audience:\n- staff, vip", 2, "audience", "['staff, vip']", "audience: [staff, vip]"),
    ("locale: [en]", 2, "locale", "['en']", "one line of text"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "key", "value", "accepted"), ERRORS)
def test_wrong_shapes(text: str, line: int, key: str, value: str, accepted: str) -> None:
    with pytest.raises(ArticleError) as error:
        front(text)
    assert (error.value.path, error.value.line) == ("dir/a.md", line)
    assert f"dir/a.md:{line}: front matter key {key!r}" in error.value.message
    assert value in error.value.message
    assert accepted in error.value.hint


def test_hints_end_as_sentences_do() -> None:
    with pytest.raises(ArticleError) as error:
        front("status: publishd")
    assert error.value.hint.endswith("did you mean 'published'?")


@pytest.mark.parametrize("written", ["Staff", "STAFF", "' staff '", "[staff]", "ｓｔａｆｆ"])
def test_restricted_labels_in_any_case(written: str) -> None:
    assert front(f"audience: {written}").audience == ("staff",)


def test_labels_take_the_spelling_of_the_settings() -> None:
    config = KbConfig(restricted_audiences=("VIP", "内部"))
    raw = "---\naudience: [vip, Public, 内部, staff]\n---\nbody\n".encode()
    article, warnings = parse_article(raw, "a.md", config)
    assert article.meta.audience == ("VIP", "public", "内部", "staff")
    assert warnings == []


@pytest.mark.parametrize("label", ["stff", "staffs", "Members", "staff only"])
def test_a_label_near_a_restricted_one(label: str) -> None:
    meta, warnings = parse(f"---\nid: a\naudience: {label}\n---\nbody\n")
    assert meta.audience == (label,)
    assert [item.line for item in warnings] == [3]
    assert f"audience {label!r} hides nothing from anyone; did you mean" in warnings[0].message


@pytest.mark.parametrize(
    ("key", "known"),
    [("Audience", "audience"), ("audiences", "audience"), ("AUDIENCES", "audience"),
     ("Status", "status"), ("statuses", "status"), ("audence", "audience"),
     ("audience：staff", "audience")],
)  # fmt: skip
def test_a_misspelt_key_that_would_publish_is_an_error(key: str, known: str) -> None:
    value = "draft" if known == "status" else "staff"
    with pytest.raises(ArticleError) as error:
        front(f"id: a\n{key}: {value}")
    assert error.value.line == 3
    assert f"unknown key {key!r}; did you mean {known!r}?" in error.value.message
    assert error.value.hint == f"Write the key as {known}:"


@pytest.mark.parametrize(
    ("key", "known"),
    [("Title", "title"), ("titel", "title"), ("prodcts", "products"), ("Questions", "questions"),
     ("reviewBy", "review_by"), ("handof", "handoff"), ("Handoff", "handoff"), ("translation-of", "translation_of"), ("stats", "status"),
     ("product", "products"), ("ID", "id")],
)  # fmt: skip
def test_any_other_misspelt_key_is_a_warning(key: str, known: str) -> None:
    meta, warnings = parse(f"---\nx: 1\n{key}: 1\n---\nbody\n")
    assert meta.metadata[key] == "1"
    assert [(item.line, item.message) for item in warnings] == [
        (3, f"unknown key {key!r}; did you mean {known!r}?")
    ]


def test_foreign_keys_are_no_misspelt_ones() -> None:
    keys = "lang date type tags role cid uid slug ms.audience linkTitle updated_at description"
    _, warnings = parse("---\n" + "".join(f"{key}: 1\n" for key in keys.split()) + "---\nbody\n")
    assert warnings == []


def test_all_mistakes_of_a_file_at_once() -> None:
    text = (
        "---\nid: 'a#b'\nkind: howto\ntitle: a: b\nupdated: soon\nproducts: [a\nStatus: draft\n"
        "questions: {a: {b: c}}\n---\nbody\n"
    )
    parsed = read_article(text.encode(), "a.md", KbConfig())
    assert parsed.article is None
    assert [item.line for item in parsed.problems] == [2, 3, 4, 5, 6, 7, 8]


@pytest.mark.parametrize("locale", ["english", "klingon_xx", "cn", "中文"])
def test_a_locale_that_is_none_is_detected(locale: str) -> None:
    meta, warnings = parse(
        f"---\nid: a\nlocale: {locale}\n---\nOpen the wallet and tap withdraw to send coins.\n"
    )
    assert meta.locale == "en"
    assert [item.line for item in warnings] == [3]
    assert f"locale {locale!r} is no BCP 47 tag such as zh-Hans" in warnings[0].message


@pytest.mark.parametrize("locale", ["en", "zh_CN", "pt-BR", "zh-Hant-HK", "es-419", "yue"])
def test_locales_that_are_fine(locale: str) -> None:
    assert parse(f"---\nlocale: {locale}\n---\nbody\n")[1] == []


def test_odd_addresses_and_dates_are_warnings() -> None:
    meta, warnings = parse(
        "---\nurl: help.example/a\nupdated: 2026-02-01\nreview_by: 2026-01-01\n---\nbody\n"
    )
    assert meta.url == "help.example/a"
    assert [item.line for item in warnings] == [2, 4]
    assert "url 'help.example/a' does not start with https://" in warnings[0].message
    assert "review_by 2026-01-01 is before updated 2026-02-01" in warnings[1].message


def test_broken_yaml_of_a_foreign_key_is_kept_with_a_warning() -> None:
    meta, warnings = parse("---\ntitle: Kept\nkeyword: [a, , b]\n---\nbody\n")
    assert meta.title == "Kept"
    assert meta.metadata == {"keyword": "[a, , b]"}
    assert [str(item) for item in warnings] == [
        "dir/a.md:3: front matter key 'keyword' is not valid YAML; kept as written"
    ]


def test_a_key_given_twice() -> None:
    meta, warnings = parse("---\ntitle: One\ntitle: Two\n---\nbody\n")
    assert meta.title == "Two"
    assert [(item.line, "given twice" in item.message) for item in warnings] == [(3, True)]


def test_foreign_keys_keep_their_shape() -> None:
    meta = front("hide:\n  - toc\nfeature: {a: [1, no]}\ndate: 2020-01-02")
    assert meta.metadata == {
        "hide": ["toc"],
        "feature": {"a": ["1", "no"]},
        "date": "2020-01-02",
    }


def test_json_between_the_marks() -> None:
    assert front('{\n  "title": "Named",\n  "x": 1\n}').title == "Named"


def test_toml() -> None:
    meta = parse('+++\ntitle = "T"\nupdated = 2026-01-02\nweight = 3\n+++\nbody\n')[0]
    assert (meta.title, meta.updated, meta.metadata) == ("T", date(2026, 1, 2), {"weight": "3"})
    with pytest.raises(ArticleError, match="not valid TOML") as error:
        parse("+++\nx = 1\ntitle = \n+++\nbody\n")
    assert error.value.line == 3


@pytest.mark.parametrize(
    "text",
    ["---\n\n# T\n", "---\ntext\n---\n", "---\n- a\n---\n", "---\nnot closed: x\n", "----\na: b\n----\n",
     "+++\nwords\n+++\n", "text\n\n---\na: b\n---\n"],
)  # fmt: skip
def test_what_only_looks_like_front_matter(text: str) -> None:
    meta, warnings = parse(text)
    assert meta.metadata == {}
    assert not [item for item in warnings if "front matter" in item.message]


def test_self_reference_is_an_error() -> None:
    with pytest.raises(ArticleError, match="refers to itself"):
        front("x: &a [*a]")
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "\n".join(
        f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]" for a, b in zip("abcdef", "bcdefg", strict=True)
    )
    with pytest.raises(ArticleError, match="too deeply"):
        front(bomb)


def test_deep_nesting_is_no_crash() -> None:
    text = "x: " + "[" * 5000
    assert front(text).metadata == {"x": "[" * 5000}


def test_unknown_anchor_names_near_ones() -> None:
    meta, warnings = parse(
        "---\nquestions:\n  withdrwal: [where]\n---\n## Withdrawal\n\na\n\n## Fees\n\nb\n"
    )
    assert meta.questions == ("where",)
    assert "'withdrwal'" in warnings[0].message
    assert warnings[0].message.endswith("near it: withdrawal")
    assert warnings[0].line == 2


@pytest.mark.parametrize(
    ("written", "locale"),
    [("zh", "zh-Hans"), ("zh_CN", "zh-Hans"), ("zh-tw", "zh-Hant"), ("zh-HK", "zh-Hant"), ("en-US", "en"),
     ("en_gb", "en"), ("pt-BR", "pt-BR"), ("zh-Hant", "zh-Hant")],
)  # fmt: skip
def test_locales(written: str, locale: str) -> None:
    assert normal_locale(written) == locale
