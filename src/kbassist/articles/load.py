"""A kb folder → all its articles at once, with everything that is wrong with them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from kbassist.articles.facts import Facts, facts_of
from kbassist.articles.glossary import Term, read_terms
from kbassist.articles.parse import read_article
from kbassist.articles.walk import walk
from kbassist.articles.whole import in_order, judge, settings_warnings
from kbassist.errors import ArticleError, BuildError, UsageError
from kbassist.kb_config import KbConfig, load_kb_config
from kbassist.types import Article, BuildWarning


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file as it was read."""

    path: str
    """POSIX path relative to the kb folder."""
    size: int
    """In bytes."""
    mtime_ns: int
    """A hint only: never part of what is compared byte for byte."""
    sha256: str
    """Of the file's bytes, in hex."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """Everything that a kb folder holds."""

    articles: tuple[Article, ...]
    """Sorted by path; ids are unique."""
    problems: tuple[ArticleError, ...]
    """Files that could not be used, in order of path."""
    warnings: tuple[BuildWarning, ...]
    sources: tuple[SourceFile, ...]
    """All files that could be read, the bad ones included."""

    @property
    def files(self) -> Mapping[str, str]:
        """Path → SHA-256 of the file's bytes."""
        return {source.path: source.sha256 for source in self.sources}


def read_source(kb: Path, path: str) -> tuple[SourceFile, bytes]:
    """One file's bytes and what identifies them.

    Raises:
        ArticleError: it cannot be read, or its name cannot be written as UTF-8.
    """
    try:
        path.encode()
    except UnicodeEncodeError:
        shown = path.encode("utf-8", "backslashreplace").decode()
        raise ArticleError(
            "the file's name is not valid UTF-8", path=shown, hint="Rename the file."
        ) from None
    try:
        with open(os.path.join(kb, path), "rb", buffering=0) as file:
            raw = file.readall()
            mtime = os.fstat(file.fileno()).st_mtime_ns
    except OSError as error:
        reason = error.strerror or str(error)
        raise ArticleError(f"cannot be read: {reason}", path=path) from None
    return SourceFile(path, len(raw), mtime, hashlib.sha256(raw).hexdigest()), raw


def folder_config(kb: Path) -> KbConfig:
    """The settings of a kb folder.

    Raises:
        UsageError: the folder is not there.
        ConfigError: its `kbassist.toml` is wrong.
    """
    if not kb.is_dir():
        if kb.exists():
            raise UsageError(f"not a folder: {str(kb)!r}", hint="Name the folder of all articles.")
        raise UsageError(f"no such kb folder: {str(kb)!r}", hint="Name the folder of the articles.")
    return load_kb_config(kb)


def load_terms(kb: str | os.PathLike[str]) -> tuple[Term, ...]:
    """The terms of all glossary articles of a kb folder, in order of path and line.

    Raises:
        UsageError: the folder is not there.
        ConfigError: its `kbassist.toml` is wrong.
        BuildError: a file cannot be used, so that terms may be missing.
    """
    folder = Path(kb)
    loaded = load_articles(folder, folder_config(folder))
    if loaded.problems:
        raise BuildError(
            "some files cannot be read, so terms may be missing",
            problems=loaded.problems,
            hint="Mend them.",
        )
    return tuple(term for article in loaded.articles for term in read_terms(article))


def load_articles(
    kb: Path,
    config: KbConfig,
    *,
    strict: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Loaded:
    """Parse every article; a bad file never stops the others.

    Args:
        kb: the folder.
        config: its own settings.
        strict: two files with the same id are problems instead of warnings.
        progress: called with files done and files in all.
    """
    articles: list[Article] = []
    entries: list[Facts] = []
    problems: list[ArticleError] = []
    sources: list[SourceFile] = []
    paths = walk(kb)
    for number, path in enumerate(paths, 1):
        try:
            source, raw = read_source(kb, path)
            sources.append(source)
            parsed = read_article(raw, path, config)
            problems += parsed.problems
            if parsed.article is not None:
                articles.append(parsed.article)
                entries.append(facts_of(parsed.article, parsed))
        except ArticleError as error:
            problems.append(error)
        if progress is not None:
            progress(number, len(paths))
    whole = judge(entries, strict=strict)
    if whole.problems:
        problems = sorted((*problems, *whole.problems), key=lambda error: error.path)
    kept = [_with_id(item, whole.ids[item.meta.path]) for item in articles
            if item.meta.path in whole.ids]  # fmt: skip
    warnings = in_order((*whole.warnings, *settings_warnings(kb, config)), paths)
    return Loaded(tuple(kept), tuple(problems), warnings, tuple(sources))


def _with_id(article: Article, id: str) -> Article:
    return article if article.meta.id == id else replace(article, meta=replace(article.meta, id=id))
