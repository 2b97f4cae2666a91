"""What can only be said of all articles of a knowledge base together: ids, references, names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kbassist.articles.facts import Facts
from kbassist.articles.glossary import clashes
from kbassist.articles.parse import path_id
from kbassist.articles.spelling import is_locale, is_web_address
from kbassist.errors import ArticleError
from kbassist.kb_config import KB_CONFIG_NAME, KbConfig, setting_line
from kbassist.types import BuildWarning


@dataclass(frozen=True, slots=True)
class Together:
    """The verdict on all files of a knowledge base."""

    ids: Mapping[str, str]
    """Path of each usable file, in their order → an id of its own."""
    problems: tuple[ArticleError, ...]
    """Files that are left out since they share an id; none unless asked for."""
    warnings: tuple[BuildWarning, ...]
    """Those of each file, and those about several; not in order."""


def judge(entries: Sequence[Facts], *, strict: bool) -> Together:
    """Give every file an id of its own, and say what is odd about them together.

    Args:
        entries: of all usable files, by path.
        strict: files that share an id are left out, as problems.
    """
    ids, doubles = _unique_ids(entries)
    problems: tuple[ArticleError, ...] = ()
    if strict:
        bad = {warning.path for warning in doubles}
        problems = tuple(_as_problem(item) for item in doubles)
        entries = [entry for entry in entries if entry.path not in bad]
        ids = {entry.path: ids[entry.path] for entry in entries}
        doubles = []
    warnings = [warning for entry in entries for warning in entry.warnings]
    warnings += doubles
    warnings += _dangling_translations(entries, ids)
    warnings += clashes(term for entry in entries for term in entry.terms)
    return Together(ids, problems, tuple(warnings))


def in_order(warnings: Iterable[BuildWarning], paths: Sequence[str]) -> tuple[BuildWarning, ...]:
    """Warnings by the place of their file among the paths, and by line; those of none first."""
    order = {path: place for place, path in enumerate(paths)}
    key = lambda item: (order.get(item.path, -1), item.line or 0)  # noqa: E731
    return tuple(sorted(warnings, key=key))


def _unique_ids(entries: Sequence[Facts]) -> tuple[dict[str, str], list[BuildWarning]]:
    """Where files share an id, each takes its path; the warnings name all of them."""
    warnings: list[BuildWarning] = []
    steps = {entry.path: 0 for entry in entries}
    ids = {entry.path: entry.id for entry in entries}
    lines = {entry.path: entry.id_line for entry in entries}
    while True:
        holders: defaultdict[str, list[str]] = defaultdict(list)
        for path, name in ids.items():
            holders[name].append(path)
        shared = {name: paths for name, paths in holders.items() if len(paths) > 1}
        if not shared:
            return ids, warnings
        for name, paths in shared.items():
            for path in paths:
                steps[path] += 1
                ids[path] = _fallback(path, steps[path])
                warnings.append(_double(path, lines[path], name, paths, ids[path]))


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


def _as_problem(double: BuildWarning) -> ArticleError:
    message, hint = double.message.removesuffix(_ADVICE), "Give one of them another id."
    return ArticleError(message, path=double.path, line=double.line, hint=hint)


def _dangling_translations(entries: Sequence[Facts], ids: Mapping[str, str]) -> list[BuildWarning]:
    """One warning for each `translation_of` that names no article."""
    known = set(ids.values())
    return [
        BuildWarning(
            entry.path,
            f"translation_of names {entry.translation_of!r}, which is no article's id",
            entry.translation_line,
        )
        for entry in entries
        if entry.translation_of is not None and entry.translation_of not in known
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
