"""The training text under $KBASSIST_DATA/train, cleaned; its README gives sources and licences."""

from __future__ import annotations

import json
import lzma
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

_HAN = re.compile("[\u4e00-\u9fff]")
_PLACEHOLDER = re.compile(r"\[!\w+\s?([^\]]*)\]")
_ANCHOR = re.compile(r"\s*\{[#/][^}]*\}")
_SENTENCE = re.compile(r"(?<=[。！？!?；;])|(?<=\.)\s|\n")


class Section(NamedTuple):
    """One section of an article."""

    source: str
    file: str
    title: str
    heading: str
    """Heading path, from the top, separated by spaces."""
    last: str
    """The section's own heading, or the title."""
    text: str
    heading_en: str
    """The English heading of a Chinese section, where it is known."""


def folder() -> Path:
    """Where the training text lies.

    Raises:
        SystemExit: it is not there.
    """
    place = Path(os.environ.get("KBASSIST_DATA", "../shared/data")) / "train"
    if not (place / "parallel.jsonl.xz").is_file():
        raise SystemExit(f"no training text in {place}: set KBASSIST_DATA to the data folder")
    return place


def records(name: str) -> Iterator[dict[str, Any]]:
    """The records of one file, in its order."""
    with lzma.open(folder() / f"{name}.jsonl.xz", "rt", encoding="utf-8") as stream:
        for line in stream:
            yield json.loads(line)


def sections(language: str) -> Iterator[Section]:
    """All sections of a language, with or without text."""
    for record in records(f"sections.{language}"):
        title, path = clean(record.get("title") or ""), clean(record.get("heading") or "")
        yield Section(
            record["source"],
            record["file"],
            title,
            path.replace(" > ", " "),
            path.rpartition(" > ")[2] or title,
            clean(record["text"] or ""),
            clean(record.get("heading_en") or ""),
        )


def clean(text: str) -> str:
    """Text without the marks of documentation systems."""
    return _ANCHOR.sub("", _PLACEHOLDER.sub(r"\1", text)).replace("\u200b", "").strip()


def han(text: str) -> int:
    """How many Han characters a text has."""
    return len(_HAN.findall(text))


def sentences(text: str, language: str) -> list[str]:
    """Sentences of a usable length."""
    low, high = (6, 100) if language == "zh" else (20, 250)
    parts = (part.strip() for part in _SENTENCE.split(text) if part)
    return [part for part in parts if low <= len(part) <= high]
