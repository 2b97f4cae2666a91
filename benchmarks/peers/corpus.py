"""Real help-centre text into the chunks that every system indexes.

The files of $KBASSIST_DATA/kb, the packed corpus among them, are taken in the order of the SHA-256
of their paths, whole articles only, until half of the chunks are Chinese and half are English.
kbassist's own chunker cuts them; the peers get its chunks, kbassist gets the same files.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kbassist.articles.chunk import chunk_article
from kbassist.articles.load import load_articles
from kbassist.articles.parse import read_article
from kbassist.articles.walk import walk
from kbassist.config import ChunkSettings
from kbassist.kb_config import KbConfig
from kbassist.types import Article, Chunk

from .pieces import KB_NAME, LANGUAGES, Piece, write_pieces

_TWINS = "/intl.zh-CN/"
"""A second edition of the same Chinese articles; one of the two is enough."""


@dataclass(frozen=True, slots=True)
class File:
    """One usable article of the data."""

    root: Path
    path: str
    lang: str
    chunks: int


def data_folder() -> Path:
    """Where the help centres lie."""
    return Path(os.environ.get("KBASSIST_DATA", "../shared/data")) / "kb"


def unpack(data: Path, target: Path) -> list[Path]:
    """The folders to search: the data and, unpacked, its archives."""
    for archive in sorted(data.glob("*.tar.xz")):
        with tarfile.open(archive) as packed:
            packed.extractall(target, filter="data")
    return [data, target]


def survey(roots: Iterable[Path], size: int) -> list[File]:
    """Usable articles in the order of their digests, until there are enough for `size` chunks."""
    paths = [(root, path) for root in roots for path in walk(root) if _TWINS not in path]
    paths.sort(key=lambda pair: hashlib.sha256(pair[1].encode()).digest())
    need = dict.fromkeys(LANGUAGES, 2 * (size // 2 + 200))
    found: list[File] = []
    seen: set[str] = set()
    for root, path in paths:
        file = _usable(root, path, seen)
        if file is not None and need[file.lang] > 0:
            need[file.lang] -= 2 * file.chunks
            found.append(file)
        if all(left <= 0 for left in need.values()):
            break
    return found


def _usable(root: Path, path: str, seen: set[str]) -> File | None:
    raw = (root / path).read_bytes()
    article = read_article(raw, path, KbConfig()).article
    if article is None or article.meta.status != "published":
        return None
    lang = article.meta.locale[:2]
    digest = hashlib.sha256(article.text.encode()).hexdigest()
    ids = [chunk.id for chunk in chunk_article(article, ChunkSettings())]
    if lang not in LANGUAGES or not ids or len(set(ids)) < len(ids):
        return None
    if seen & {digest, article.meta.id}:
        return None
    seen |= {digest, article.meta.id}
    return File(root, path, lang, len(ids))


def choose(files: Sequence[File], size: int) -> list[File]:
    """The articles of one size: in order, leaving out those that would exceed a language's half."""
    left = dict.fromkeys(LANGUAGES, size // 2)
    chosen: list[File] = []
    for file in files:
        if file.chunks <= left[file.lang]:
            left[file.lang] -= file.chunks
            chosen.append(file)
    return chosen


def write_corpus(files: Sequence[File], folder: Path) -> tuple[list[Piece], float]:
    """Copy the articles, chunk them; the chunks and the seconds that parsing and chunking took."""
    kb = folder / KB_NAME
    for file in files:
        target = kb / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file.root / file.path, target)
    started = time.perf_counter()
    loaded = load_articles(kb, KbConfig())
    articles = sorted(loaded.articles, key=lambda article: article.meta.id)
    chunks = [(article, chunk_article(article, ChunkSettings())) for article in articles]
    seconds = time.perf_counter() - started
    pieces = [piece for article, cut in chunks for piece in _pieces(article, cut)]
    write_pieces(pieces, folder)
    return pieces, seconds


def _pieces(article: Article, chunks: Sequence[Chunk]) -> Iterator[Piece]:
    sections = [chunk.id.rpartition(":")[0] for chunk in chunks]
    for chunk, section in zip(chunks, sections, strict=True):
        head = " › ".join((chunk.title, *chunk.heading_path))
        known = f"{head}\n{chunk.text}"
        questions = [question for question in chunk.questions if question not in known]
        yield Piece(
            id=chunk.id,
            lang=article.meta.locale[:2],
            heading=chunk.heading_path[-1] if chunk.heading_path else chunk.title,
            alone=sections.count(section) == 1,
            body=chunk.text,
            text="\n".join((known, *questions)),
        )
