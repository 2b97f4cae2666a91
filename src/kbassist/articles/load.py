"""A kb folder → all its articles at once, with everything that is wrong with them."""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from kbassist.articles.glossary import Term, clashes, read_terms
from kbassist.articles.parse import path_id, read_article
from kbassist.articles.spelling import is_locale, is_web_address
from kbassist.articles.walk import walk
from kbassist.errors import ArticleError, BuildError, UsageError
from kbassist.kb_config import KB_CONFIG_NAME, KbConfig, load_kb_config, setting_line
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
        with open(kb / path, "rb") as file:
            raw = file.read()
        mtime = (kb / path).stat().st_mtime_ns
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
        raise UsageError(
            f"no such kb folder: {str(kb)!r}", hint="Name a folder: kbassist build FOLDER"
        )
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
    problems: list[ArticleError] = []
    warnings: list[BuildWarning] = []
    sources: list[SourceFile] = []
    lines: dict[str, Mapping[str, int]] = {}
    paths = walk(kb)
    for number, path in enumerate(paths, 1):
        try:
            source, raw = read_source(kb, path)
            sources.append(source)
            parsed = read_article(raw, path, config)
            problems += parsed.problems
            lines[path] = parsed.lines
            if parsed.article is not None:
                articles.append(parsed.article)
                warnings += parsed.warnings
        except ArticleError as error:
            problems.append(error)
        if progress is not None:
            progress(number, len(paths))
    articles, doubles = unique_ids(articles, lines)
    if strict:
        bad = {warning.path for warning in doubles}
        problems += [
            ArticleError(item.message.removesuffix(_ADVICE), path=item.path, line=item.line,
                         hint="Give one of them another id.")
            for item in doubles
        ]  # fmt: skip
        problems.sort(key=lambda error: error.path)
        articles = [article for article in articles if article.meta.path not in bad]
    else:
        warnings += doubles
    warnings += dangling_translations(articles, lines)
    warnings += clashes(articles)
    warnings += settings_warnings(kb, config)
    order = {path: index for index, path in enumerate(paths)}
    warnings.sort(key=lambda item: (order.get(item.path, -1), item.line or 0))
    return Loaded(tuple(articles), tuple(problems), tuple(warnings), tuple(sources))


_Lines = Mapping[str, Mapping[str, int]]
"""Path → front matter key → line."""


def unique_ids(articles: list[Article], lines: _Lines) -> tuple[list[Article], list[BuildWarning]]:
    """Where files share an id, each takes its path; the warnings name all of them."""
    warnings: list[BuildWarning] = []
    steps = {article.meta.path: 0 for article in articles}
    ids = {article.meta.path: article.meta.id for article in articles}
    while True:
        holders: defaultdict[str, list[str]] = defaultdict(list)
        for path, name in ids.items():
            holders[name].append(path)
        clashes = {name: paths for name, paths in holders.items() if len(paths) > 1}
        if not clashes:
            break
        for name, paths in clashes.items():
            for path in paths:
                steps[path] += 1
                ids[path] = _fallback(path, steps[path])
                line = lines.get(path, {}).get("id")
                warnings.append(_double(path, line, name, paths, ids[path]))
    changed = [
        article if ids[article.meta.path] == article.meta.id
        else replace(article, meta=replace(article.meta, id=ids[article.meta.path]))
        for article in articles
    ]  # fmt: skip
    return changed, warnings


def _fallback(path: str, step: int) -> str:
    """The path without suffix, then with it, then numbered: different for every file in the end."""
    if step == 1:
        return path_id(path)
    return path if step == 2 else f"{path}~{step}"


_ADVICE = "; give one of them another id"


def _double(path: str, line: int | None, name: str, paths: list[str], new: str) -> BuildWarning:
    others = ", ".join(other for other in paths if other != path)
    message = f"the id {name!r} is also that of {others}; this file gets {new!r}{_ADVICE}"
    return BuildWarning(path, message, line)


def dangling_translations(articles: list[Article], lines: _Lines) -> list[BuildWarning]:
    """One warning for each `translation_of` that names no article."""
    ids = {article.meta.id for article in articles}
    return [
        BuildWarning(
            article.meta.path,
            f"translation_of names {article.meta.translation_of!r}, which is no article's id",
            lines.get(article.meta.path, {}).get("translation_of"),
        )
        for article in articles
        if article.meta.translation_of is not None and article.meta.translation_of not in ids
    ]


def settings_warnings(kb: Path, config: KbConfig) -> list[BuildWarning]:
    """What is odd, but not wrong, in the knowledge base's own settings."""
    found: list[tuple[str, str]] = []
    if config.base_url and not is_web_address(config.base_url):
        message = (
            f"base_url {config.base_url!r} does not start with https:// or http://; links in "
            "citations will not open"
        )
        found.append(("base_url", message))
    found += [
        ("locales", f"locale {locale!r} is no BCP 47 tag such as zh-Hans, zh-Hant or en")
        for locale in config.locales
        if not is_locale(locale)
    ]
    return [
        BuildWarning(KB_CONFIG_NAME, message, setting_line(kb / KB_CONFIG_NAME, key))
        for key, message in found
    ]
