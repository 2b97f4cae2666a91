"""Choosing what to quote from a chunk."""

from __future__ import annotations

from itertools import pairwise

import pytest

from kbassist import Assistant
from kbassist.answer.snippet import Budget, choose_units
from kbassist.answer.units import runs, unit_texts
from kbassist.articles.chunk import chunk_article
from kbassist.articles.parse import parse_article
from kbassist.config import ChunkSettings
from kbassist.kb_config import KbConfig
from kbassist.text.analyzer import Analyzer
from kbassist.text.count import count_tokens
from kbassist.types import Chunk

ANALYZER = Analyzer()

FILLER = "这一段讲的是别的事情，与问题没有关系，只是把篇幅拉长。" * 3

LONG = f"""# 提现

{FILLER}

TRC-20 提现的手续费是 1.5 USDT。

{FILLER}

{FILLER}

{FILLER}

{FILLER}

ERC-20 提现的手续费是 4 USDT。
"""

STEPS = f"""# 绑定验证器

{FILLER}

{FILLER}

{FILLER}

{FILLER}

按以下步骤操作：

1. 打开安全中心。
2. 扫描二维码。
3. 输入六位数字。

{FILLER}
"""

TABLE = f"""# 费用

{FILLER}

{FILLER}

{FILLER}

{FILLER}

{FILLER}

| 网络 | 手续费 |
|---|---|
| TRON | 1.5 USDT |
| Solana | 1 USDT |
"""


def only_chunk(markdown: str) -> Chunk:
    article, _ = parse_article(markdown.encode(), "a.md", KbConfig())
    chunks = chunk_article(article, ChunkSettings(max_tokens=5000))
    assert len(chunks) == 1
    return chunks[0]


def quoted(markdown: str, question: str, max_chars: int = 200) -> list[str]:
    chunk = only_chunk(markdown)
    weights = {term.term: term.weight for term in ANALYZER.query(question) if term.evidence}
    chosen = choose_units(chunk, weights, ANALYZER.terms, budget=Budget(max_chars))
    texts = unit_texts(chunk)
    return [" / ".join(texts[i] for i in run) for run in runs(chunk, chosen)]


def test_a_short_chunk_is_quoted_whole() -> None:
    assert quoted("# T\n\n第一句。第二句。\n\n第三句。", "第二", 200) == [
        "第一句。 / 第二句。 / 第三句。"
    ]


def test_the_sentence_that_answers_is_quoted() -> None:
    (quote,) = quoted(LONG, "ERC-20 手续费多少", 30)
    assert quote == "ERC-20 提现的手续费是 4 USDT。"


def test_distant_sentences_are_separate_quotes() -> None:
    quotes = quoted(LONG, "手续费是多少 USDT", 60)
    assert quotes == ["TRC-20 提现的手续费是 1.5 USDT。", "ERC-20 提现的手续费是 4 USDT。"]


def test_steps_are_given_from_the_first() -> None:
    quotes = quoted(STEPS, "在哪里输入六位数字", 60)
    assert "1. 打开安全中心。 / 2. 扫描二维码。 / 3. 输入六位数字。" in " ".join(quotes)


def test_a_row_brings_its_header() -> None:
    quotes = quoted(TABLE, "Solana 的费率", 45)
    assert quotes == ["| 网络 | 手续费 |\n|---|---|", "| Solana | 1 USDT |"]


def test_a_column_name_tells_no_row_from_another() -> None:
    (quote,) = quoted(TABLE, "手续费", 45)
    assert "| 网络 | 手续费 |" in quote and "TRON" in quote and "Solana" in quote


def test_a_sentence_brings_the_steps_that_it_introduces() -> None:
    (quote,) = quoted(STEPS, "按什么顺序操作", 40)
    assert quote.startswith("按以下步骤操作：") and "3. 输入六位数字。" in quote


def test_a_question_about_the_whole_section_is_answered_from_its_start() -> None:
    (quote,) = quoted(LONG, "提现", 100)
    assert quote.startswith("这一段讲的是别的事情")


def test_images_and_loose_ends_are_not_quoted() -> None:
    filler = "这句话只是把篇幅拉长。" * 9
    markdown = f"# T\n\n![图](a.png)\n\n退款三天到账。\n\n{filler}\n\n详情见：\n\n![图](b.png)\n"
    (quote,) = quoted(markdown, "退款几天", 60)
    assert quote.startswith("退款三天到账。")
    assert not quote.endswith((")", "："))


def test_no_procedure_or_table_is_torn(assistant: Assistant) -> None:
    """Every phrasing and heading of the example help centre, asked of its own chunk."""
    store, analyzer = assistant.index.store, assistant.index.analyzer
    rows = range(assistant.index.manifest.counts["chunks"])
    for chunk, _ in store.chunks(rows).values():
        for question in (*chunk.questions, *chunk.heading_path, chunk.text):
            weights = assistant.index.evidence_weights(analyzer.query(question))
            chosen = set(choose_units(chunk, weights, analyzer.terms))
            kinds = [unit.kind for unit in chunk.units]
            for i, j in pairwise(range(len(kinds))):
                if kinds[i] == kinds[j] == "step":
                    assert (i in chosen) == (j in chosen), (chunk.id, question)
            for i in chosen:
                if kinds[i] == "row":
                    before = [j for j in range(i) if kinds[j] == "header"]
                    assert not before or before[-1] in chosen, (chunk.id, question)


@pytest.mark.parametrize("max_chars", [1, 50, 120, 400, 5000])
def test_the_budget_of_prose(max_chars: int) -> None:
    chunk = only_chunk(LONG)
    weights = {term.term: term.weight for term in ANALYZER.query("ERC 手续费 数字")}
    chosen = choose_units(chunk, weights, ANALYZER.terms, budget=Budget(max_chars))
    assert chosen == sorted(set(chosen)) != []
    lengths = [len(text) for i, text in enumerate(unit_texts(chunk)) if i in chosen]
    assert sum(lengths) <= max_chars or len(chosen) == 1


def test_nothing_to_quote() -> None:
    article, _ = parse_article(b"# Only a heading\n", "a.md", KbConfig())
    (chunk,) = chunk_article(article, ChunkSettings())
    assert choose_units(chunk, {}, ANALYZER.terms) == []


@pytest.mark.parametrize("max_tokens", [1, 20, 45, 90, 5000])
def test_the_budget_in_tokens(max_tokens: int) -> None:
    chunk = only_chunk(LONG)
    weights = {term.term: term.weight for term in ANALYZER.query("ERC 手续费 数字")}
    budget = Budget(5000, max_tokens)
    chosen = choose_units(chunk, weights, ANALYZER.terms, budget=budget)
    texts = unit_texts(chunk)
    assert len(chosen) == 1 or sum(count_tokens(texts[i]) for i in chosen) <= max_tokens
    assert (len(chosen) == len(texts)) == (max_tokens == 5000)


def test_whichever_budget_is_reached_first() -> None:
    chunk = only_chunk(LONG)
    weights = {term.term: term.weight for term in ANALYZER.query("ERC 手续费")}

    def chosen(chars: int, tokens: int | None) -> list[int]:
        return choose_units(chunk, weights, ANALYZER.terms, budget=Budget(chars, tokens))

    assert chosen(100, 5000) == chosen(100, None)
    assert len(chosen(5000, 60)) < len(chosen(5000, None))
    assert chosen(30, 60) == chosen(30, None)


@pytest.mark.parametrize("max_tokens", [1, 10, 40])
def test_no_budget_tears_steps_rows_or_code(max_tokens: int) -> None:
    def texts(markdown: str, question: str) -> list[str]:
        chunk = only_chunk(markdown)
        weights = {term.term: term.weight for term in ANALYZER.query(question) if term.evidence}
        budget = Budget(420, max_tokens)
        chosen = choose_units(chunk, weights, ANALYZER.terms, budget=budget)
        return [unit_texts(chunk)[i] for i in chosen]

    steps = ["1. 打开安全中心。", "2. 扫描二维码。", "3. 输入六位数字。"]
    found = texts(STEPS, "在哪里输入六位数字")
    assert [text for text in found if text[0] in "123"] == steps
    assert (found == steps) == (max_tokens < 40)
    assert texts(TABLE, "Solana 的费率") == ["| 网络 | 手续费 |\n|---|---|", "| Solana | 1 USDT |"]
    code = f'# 接口\n\n{FILLER}\n\n```json\n{{\n  "webhook": 1\n}}\n```\n\n{FILLER}\n'
    assert texts(code, "webhook")[0] == '```json\n{\n  "webhook": 1\n}\n```'


def test_a_list_is_cut_by_its_items_where_the_budget_is_small() -> None:
    items = "\n".join(f"- 第 {i} 项：说的是{name}。" for i, name in enumerate("甲乙丙丁戊己"))
    text = f"# 表\n\n{FILLER}\n\n{items}\n"
    (quote,) = quoted(text, "丁", 30)
    assert "说的是丁" in quote and len(quote.split(" / ")) == 2
    assert "甲" in quoted(text, "丁", 200)[0]


def test_a_long_procedure_begins_with_its_first_step() -> None:
    steps = "\n".join(
        f"{i}. 第{i}步{'很长' * 60}{'备用口令' if i == 12 else ''}。" for i in range(1, 21)
    )
    (quote,) = quoted(f"# 步骤\n\n{FILLER}\n\n{steps}\n", "备用口令", 200)
    assert quote.startswith("1. 第1步") and "12. 第12步" in quote and "20. " not in quote


def test_likeness_is_asked_for_only_where_no_unit_has_a_term() -> None:
    chunk = only_chunk(f"# T\n\n退款次日到。\n\n{FILLER}\n\n代付不支持。\n")
    texts = unit_texts(chunk)
    asked = []

    def likeness() -> list[float]:
        asked.append(1)
        return [float("代付" in text) for text in texts]

    def quote(weights: dict[str, float]) -> list[str]:
        units = choose_units(chunk, weights, ANALYZER.terms, likeness=likeness, budget=Budget(8))
        return [texts[i] for i in units]

    assert (quote({"退款": 1.0}), asked) == (["退款次日到。"], [])
    assert (quote({"refund": 1.0}), asked) == (["代付不支持。"], [1])
