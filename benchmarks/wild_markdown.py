"""Parse and chunk real help centres and check every promise on each chunk.

    python benchmarks/wild_markdown.py [FOLDER ...]

Without folders: all knowledge bases under $KBASSIST_DATA, the packed one unpacked into a temporary
folder. Prints a Markdown table and exits 1 if a chunk differs from its source, two chunks share an
id, or an article with text has no chunk.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kbassist.articles.chunk import chunk_article
from kbassist.articles.load import load_articles
from kbassist.config import ChunkSettings
from kbassist.errors import ArticleError
from kbassist.kb_config import KbConfig
from kbassist.types import Article, BuildWarning, Chunk

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n.*?\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_HIDDEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?</\1>|<[^<>]*>|\{\{[<%].*?[>%]\}\}"
    r"|!\[\]\([^)]*\)|^\[\[?_?toc_?\]?\]|^\[[^\]\n]+\]:.*$",
    re.DOTALL | re.IGNORECASE | re.MULTILINE,
)


@dataclass
class Tally:
    """What was seen in one folder."""

    folder: str
    articles: int = 0
    chunks: int = 0
    units: int = 0
    over_budget: int = 0
    seconds: float = 0.0
    warnings: list[BuildWarning] = field(default_factory=list)
    bad: list[ArticleError] = field(default_factory=list)
    mismatches: list[str] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether a promise was broken."""
        return bool(self.mismatches or self.duplicates or self.silent)

    def row(self) -> str:
        """One line of the table."""
        found = (self.warnings, self.bad, self.mismatches, self.duplicates, self.silent)
        cells = [
            self.folder,
            self.articles,
            self.chunks,
            f"{self.seconds:.1f}",
            *(len(item) for item in found),
        ]
        return "| " + " | ".join(str(cell) for cell in cells) + " |"


COLUMNS = (
    "folder", "articles", "chunks", "seconds", "warnings", "bad files", "slice mismatches",
    "duplicate ids", "text without chunk",
)  # fmt: skip


def has_text(article: Article) -> bool:
    """Whether a reader would see a word, judged without the parser."""
    text = _FRONT_MATTER.sub("", article.text)
    return any(char.isalnum() for char in _HIDDEN.sub(" ", text))


def matches(article: Article, chunk: Chunk) -> bool:
    """Whether spans, lines, units and source of a chunk agree with the article's text."""
    text = article.text
    slices = [text[span.start : span.end] for span in chunk.spans]
    lines = all(
        span.start_line == text.count("\n", 0, span.start) + 1
        and span.end_line == text.count("\n", 0, span.end - 1) + 1
        for span in chunk.spans
    )
    inside = all(
        any(span.start <= unit.span.start and unit.span.end <= span.end for span in chunk.spans)
        for unit in chunk.units
    )
    trimmed = all(piece and piece == piece.strip() for piece in slices)
    return bool(slices) and chunk.source == "\n".join(slices) and lines and inside and trimmed


def measure(name: str, folder: Path) -> Tally:
    tally = Tally(name)
    settings = ChunkSettings()
    start = time.perf_counter()
    loaded = load_articles(folder, KbConfig())
    chunked = [(article, chunk_article(article, settings)) for article in loaded.articles]
    tally.seconds = time.perf_counter() - start
    tally.articles = len(loaded.articles)
    tally.warnings, tally.bad = list(loaded.warnings), list(loaded.problems)
    seen: set[str] = set()
    for article, chunks in chunked:
        tally.chunks += len(chunks)
        if not chunks and has_text(article):
            tally.silent.append(article.meta.path)
        for chunk in chunks:
            tally.units += len(chunk.units)
            if not matches(article, chunk):
                tally.mismatches.append(chunk.id)
            if chunk.id in seen:
                tally.duplicates.append(chunk.id)
            seen.add(chunk.id)
    return tally


def default_folders(data: Path, scratch: Path) -> Iterator[tuple[str, Path]]:
    for pattern in ("eval/support*/kb/*", "kb/*"):
        for folder in sorted(data.glob(pattern)):
            if folder.is_dir():
                yield str(folder.relative_to(data)), folder
    for archive in sorted(data.glob("kb/*.tar.xz")):
        with tarfile.open(archive) as packed:
            packed.extractall(scratch, filter="data")
        for folder in sorted(scratch.iterdir()):
            yield f"{archive.relative_to(data)}", folder


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--details", action="store_true", help="list what is odd or wrong")
    arguments = parser.parse_args()
    data = os.environ.get("KBASSIST_DATA")
    if not arguments.folders and not data:
        parser.error("name a folder, or set KBASSIST_DATA")
    tallies: list[Tally] = []
    print(f"| {' | '.join(COLUMNS)} |\n|---{'|--:' * (len(COLUMNS) - 1)}|")
    with tempfile.TemporaryDirectory() as scratch:
        folders = [(folder.name, folder) for folder in arguments.folders] or default_folders(
            Path(data or "."), Path(scratch)
        )
        for name, folder in folders:
            tallies.append(measure(name, folder))
            print(tallies[-1].row(), flush=True)
    if arguments.details:
        for tally in tallies:
            for kind in ("bad", "warnings", "mismatches", "duplicates", "silent"):
                for item in getattr(tally, kind):
                    print(f"{tally.folder}: {kind}: {item}")
    return int(any(tally.failed for tally in tallies))


if __name__ == "__main__":
    sys.exit(main())
