"""Text-in, text-out cases: a title, Markdown and what is expected, separated by lines of `.`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kbassist.articles.chunk import chunk_article
from kbassist.articles.parse import parse_article
from kbassist.config import ChunkSettings
from kbassist.kb_config import KbConfig
from kbassist.types import Article, Block, Chunk

FOLDER = Path(__file__).parent / "fixtures"


def read_cases(name: str) -> Iterator[tuple[int, str, str, str]]:
    """Line, title, input and expected output of every case in a fixture file."""
    lines = (FOLDER / name).read_text("utf-8").split("\n")
    title, at = "", 0
    parts: list[str] = []
    part: list[str] = []
    for number, line in enumerate(lines, 1):
        if line == ".":
            parts.append("\n".join(part))
            part = []
            if len(parts) == 3:
                yield at, title, parts[1], parts[2]
                parts = []
        elif not parts:
            title, at = line or title, number
        else:
            part.append(line)


def cases(name: str) -> pytest.MarkDecorator:
    """Parametrise a test with (source, expected); the id shows line and title."""
    return pytest.mark.parametrize(
        ("source", "expected"),
        [pytest.param(text, out, id=f"{at}-{title}") for at, title, text, out in read_cases(name)],
    )


def article(text: str, path: str = "folder/page.md", config: KbConfig | None = None) -> Article:
    """Parse a text, warnings dropped."""
    return parse_article(text.encode(), path, config or KbConfig())[0]


def chunks(text: str, max_tokens: int = 320, min_tokens: int = 32) -> list[Chunk]:
    """Parse and chunk a text."""
    return chunk_article(article(text), ChunkSettings(max_tokens, min_tokens))


def show_block(block: Block, indent: str = "  ") -> Iterator[str]:
    """One line for a block without children, else one for it and each child."""
    kind = f"{block.kind}{'#' if block.ordered else ''}"
    place = f"{block.span.start_line}-{block.span.end_line}"
    if not block.children or block.kind == "item":
        yield f"{indent}{kind} {place}: " + block.text.replace("\n", "⏎")
        return
    yield f"{indent}{kind} {place}"
    for child in block.children:
        yield from show_block(child, indent + "  ")


def show_sections(found: Article) -> str:
    """Every section: key, anchor, lines, heading path, questions and blocks."""
    lines = []
    for section in found.sections:
        mark = "?" if section.is_question else ""
        place = f"{section.span.start_line}-{section.span.end_line}"
        path = " > ".join(section.heading_path)
        lines.append(f"[{section.key}]{mark} #{section.anchor} {place} {path}".rstrip())
        lines += [f"  ? {question}" for question in section.questions]
        for block in section.blocks:
            lines += show_block(block)
    return "\n".join(lines)


def show_chunks(found: list[Chunk], text: str) -> str:
    """Every chunk: key and ordinal, spans as lines, questions, text and units."""
    lines = []
    for chunk in found:
        spans = " ".join(f"{span.start_line}-{span.end_line}" for span in chunk.spans)
        lines.append(f"[{chunk.id.split('#', 1)[1]}] {spans}")
        lines += [f"  ? {question}" for question in chunk.questions]
        lines += [f"  | {line}" for line in chunk.text.split("\n")]
        for unit in chunk.units:
            quote = text[unit.span.start : unit.span.end].replace("\n", "⏎")
            lines.append(f"  {unit.kind}: {quote}")
    return "\n".join(lines)
