"""Help centres of any size: real articles, and varied copies of them where those run out.

The real articles are picked as for the other benchmarks (benchmarks/peers/corpus.py). In a copy
every number is another one, one word in twelve is another word of the same article, and the id in
the front matter is left out, so that the copy's path names it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from peers.corpus import File, choose, data_folder, survey, unpack

REAL = 100_000
"""Chunks that there is real text for, half of them Chinese."""

_NUMBER = re.compile(r"\d+")
_WORD = re.compile(r"[A-Za-z]{5,}|[\u4e00-\u9fff]{2,4}")
_ID = re.compile(r"^(id|translation_of):.*\n", re.MULTILINE)
_ONE_IN = 12


def write(size: int, folder: Path, scratch: Path) -> None:
    """Write the articles of a help centre of about `size` chunks.

    Args:
        size: chunks.
        folder: where to; it is made.
        scratch: for the unpacked data.
    """
    files = survey(unpack(data_folder(), scratch), min(size, REAL))
    if size <= REAL:
        chosen = choose(files, size)
        _copy(chosen, folder, 0)
        return
    for copy in range(-(-size // REAL)):
        left = min(size - copy * REAL, REAL)
        _copy(choose(files, left), folder / f"copy-{copy}", copy)


def _copy(files: Sequence[File], folder: Path, copy: int) -> None:
    for file in files:
        target = folder / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        raw = (file.root / file.path).read_bytes()
        target.write_bytes(varied(raw, copy) if copy else raw)


def varied(raw: bytes, copy: int) -> bytes:
    """Another article like this one; the same for the same copy."""
    text = raw.decode("utf-8", "surrogateescape")
    words = _WORD.findall(text)
    text = _ID.sub("", text)
    text = _NUMBER.sub(lambda found: str(int(found[0]) + copy), text)
    text = _WORD.sub(lambda found: _other(found[0], words, copy), text)
    return text.encode("utf-8", "surrogateescape")


def _other(word: str, words: Sequence[str], copy: int) -> str:
    drawn = int.from_bytes(hashlib.sha256(f"{copy} {word}".encode()).digest()[:8], "big")
    return words[drawn // _ONE_IN % len(words)] if drawn % _ONE_IN == 0 else word
