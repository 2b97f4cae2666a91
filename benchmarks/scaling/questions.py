"""Questions to an index: headings in question form and words from inside the texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

import numpy as np

from kbassist.index.reader import Index
from kbassist.types import Chunk

_SPAN = re.compile(r"[\u4e00-\u9fff]{12}|(?<![\w'-])[A-Za-z]{2,}(?: [A-Za-z]{2,}){6}(?![\w'-])")
_HAN = re.compile(r"[\u4e00-\u9fff]")


def of_index(index: Index, count: int) -> list[str]:
    """As many questions, drawn with a fixed seed; every second one is a heading."""
    return list(islice(_drawn(index), count))


def _drawn(index: Index) -> Iterator[str]:
    rows = np.random.default_rng(7).permutation(len(index.bm25)).tolist()
    heading = True
    for row in rows:
        chunk = index.store.chunks([row])[row][0]
        question = _of_heading(chunk) if heading else _of_text(chunk)
        if question:
            heading = not heading
            yield question


def _of_heading(chunk: Chunk) -> str:
    name = (chunk.heading_path or (chunk.title,))[-1].strip()
    if not 4 <= len(name) <= 50:
        return ""
    return f"请问{name}怎么操作？" if _HAN.search(name) else f"How does {name} work?"


def _of_text(chunk: Chunk) -> str:
    found = _SPAN.search(chunk.text)
    return found[0] if found else ""
