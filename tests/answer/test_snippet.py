"""Choosing what to quote from a chunk."""

from __future__ import annotations

import pytest

from kbassist.answer.snippet import choose_units, runs, unit_texts
from kbassist.articles.chunk import chunk_article
from kbassist.articles.parse import parse_article
from kbassist.config import ChunkSettings, KbConfig
from kbassist.text.analyzer import Analyzer
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
    chosen = choose_units(chunk, weights, ANALYZER.terms, max_chars=max_chars)
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


@pytest.mark.parametrize("max_chars", [1, 50, 120, 400, 5000])
@pytest.mark.parametrize("markdown", [LONG, STEPS, TABLE])
def test_the_budget_holds_unless_what_belongs_together_exceeds_it(
    markdown: str, max_chars: int
) -> None:
    chunk = only_chunk(markdown)
    weights = {term.term: term.weight for term in ANALYZER.query("手续费 数字 Solana")}
    chosen = choose_units(chunk, weights, ANALYZER.terms, max_chars=max_chars)
    lengths = [chunk.units[i].span.end - chunk.units[i].span.start for i in chosen]
    assert chosen == sorted(set(chosen)) != []
    whole = {chunk.units[i].kind for i in chosen} == {"step"} or len(chosen) <= 2
    assert sum(lengths) <= max_chars or whole


def test_nothing_to_quote() -> None:
    article, _ = parse_article(b"# Only a heading\n", "a.md", KbConfig())
    (chunk,) = chunk_article(article, ChunkSettings())
    assert choose_units(chunk, {}, ANALYZER.terms) == []
