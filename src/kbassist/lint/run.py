"""A kb folder → findings: every file is read once, every rule applied, silences taken off."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

from kbassist.articles.load import folder_config
from kbassist.articles.walk import walk
from kbassist.config import today as current_day
from kbassist.errors import UsageError
from kbassist.kb_config import KB_CONFIG_NAME, setting_line
from kbassist.lint.model import (
    SEVERITIES,
    Edit,
    Finding,
    Found,
    Kb,
    LintSettings,
    Page,
    Rule,
    Scope,
    Severity,
    Silence,
)
from kbassist.lint.registry import RULES, codes, find, near
from kbassist.lint.rules.silencing import UNKNOWN, UNUSED
from kbassist.lint.settings import load_lint_settings
from kbassist.lint.workers import read_all

_TICK = 20
"""Files between two reports of progress."""

Pair = tuple[Rule, Found]


@dataclass(frozen=True, slots=True)
class LintReport:
    """What lint found in a kb folder."""

    folder: Path
    files: int
    """Articles that were looked at."""
    findings: tuple[Finding, ...]
    """By path and line."""

    def count(self, severity: Severity) -> int:
        """Findings of one severity."""
        return sum(finding.severity == severity for finding in self.findings)

    def grave(self, severity: Severity) -> int:
        """Findings that are as grave as this, or graver."""
        return sum(map(self.count, SEVERITIES[: SEVERITIES.index(severity) + 1]))


def lint(
    kb: str | os.PathLike[str],
    *,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    today: date | None = None,
    jobs: int = 1,
    progress: Callable[[str, int, int], None] | None = None,
) -> LintReport:
    """Check every article of a folder.

    Args:
        kb: the folder.
        select: codes, names or families (`KB2`) of the only rules to apply; none for all.
        ignore: those to leave out, besides those of the settings.
        today: the day that dates are judged on; else KBASSIST_TODAY, else the clock.
        jobs: processes that read the files, where there are hundreds.
        progress: called with a stage, files done and files in all.

    Raises:
        UsageError: the folder is not there, or a name stands for no rule.
        ConfigError: its `kbassist.toml` is wrong.
    """
    folder, chosen = Path(kb), tuple(select)
    wanted = wanted_rules(chosen, tuple(ignore))
    config = folder_config(folder)
    settings = load_lint_settings(folder)
    if not chosen:
        wanted = [rule for rule in wanted if rule.code not in settings.ignore]
    scope = Scope(folder, config, settings, current_day(today))
    paths = walk(folder)
    names = tuple(rule.code for rule in wanted)
    pages: list[Page] = []
    pairs: list[Pair] = []
    for done, (page, found) in enumerate(read_all(paths, scope, names, jobs), 1):
        pages.append(page)
        pairs += [(RULES[code], item) for code, item in found]
        if progress is not None and (done % _TICK == 0 or done == len(paths)):
            progress("lint", done, len(paths))
    together = Kb(scope, tuple(pages))
    pairs += [(rule, item) for rule in wanted if rule.kb for item in rule.kb(together)]
    kept = _unsilenced(together, pairs, wanted)
    findings = sorted(
        (_finding(rule, found, settings) for rule, found in kept),
        key=lambda item: (item.path, item.line, item.code, item.message),
    )
    return LintReport(folder, len(paths), tuple(findings))


def wanted_rules(select: Sequence[str], ignore: Sequence[str]) -> list[Rule]:
    """The rules that are left by the names of some to apply and to leave out.

    Raises:
        UsageError: a name stands for no rule.
    """
    for name in (*select, *ignore):
        if not find(name):
            raise UsageError(f"no rule is called {name!r}", hint=near(name))
    chosen, left = codes(select), codes(ignore)
    return [
        rule
        for rule in RULES.values()
        if rule.code not in left and (not select or rule.code in chosen)
    ]


def _unsilenced(kb: Kb, pairs: Sequence[Pair], wanted: Sequence[Rule]) -> list[Pair]:
    """What no silence covers, and the silences that cover nothing."""
    used: set[tuple[str, Silence, str]] = set()
    used_paths: set[tuple[str, str]] = set()
    kept: list[Pair] = []
    for rule, found in pairs:
        page = kb.by_path.get(found.path)
        silent = False
        for silence in page.silences if page is not None else ():
            on_it = silence.target is None or silence.target == found.line
            if on_it and rule.code in codes(silence.names):
                used.add((found.path, silence, rule.code))
                silent = True
        for pattern, listed in kb.scope.settings.per_path:
            if rule.code in listed and fnmatchcase(found.path, pattern):
                used_paths.add((pattern, rule.code))
                silent = True
        if not silent:
            kept.append((rule, found))
    return [*kept, *_about_silences(kb, wanted, used, used_paths)]


def _about_silences(
    kb: Kb,
    wanted: Sequence[Rule],
    used: set[tuple[str, Silence, str]],
    used_paths: set[tuple[str, str]],
) -> Iterator[Pair]:
    """Silences that name no rule, and those of rules that ran and found nothing there."""
    ran = {rule.code for rule in wanted}
    for page in kb.pages:
        for silence in page.silences:
            for name in silence.names:
                if not find(name) and UNKNOWN.code in ran:
                    message = f"no rule is called {name!r}"
                    yield UNKNOWN, Found(page.path, silence.line, message, near(name))
            named = codes(silence.names)
            idle = [
                code for code in named if code in ran and (page.path, silence, code) not in used
            ]
            if UNUSED.code in ran and idle and len(idle) == len(named):
                shown = ", ".join(silence.names)
                message = f"the silence of {shown} silences nothing"
                edits = (_without(page, silence),) if all(map(find, silence.names)) else ()
                yield UNUSED, Found(page.path, silence.line, message, edits=edits)
    if UNUSED.code not in ran:
        return
    for pattern, listed in kb.scope.settings.per_path:
        if listed and all(code in ran and (pattern, code) not in used_paths for code in listed):
            line = setting_line(kb.scope.folder / KB_CONFIG_NAME, pattern) or 1
            message = f"{pattern!r} silences nothing: none of its rules finds anything there"
            yield UNUSED, Found(KB_CONFIG_NAME, line, message)


def _without(page: Page, silence: Silence) -> Edit:
    """The edit that takes a comment off, with its line where it stands alone."""
    start, end = silence.span
    first = page.text.rfind("\n", 0, start) + 1
    stop = page.text.find("\n", end)
    stop = len(page.text) if stop < 0 else stop + 1
    if not page.text[first:start].strip() and not page.text[end:stop].strip():
        return Edit(first, stop, "")
    return Edit(start, end, "")


def _finding(rule: Rule, found: Found, settings: LintSettings) -> Finding:
    severity = settings.severity.get(rule.code, rule.severity)
    return Finding(
        rule.code,
        rule.name,
        severity,
        found.path,
        found.line,
        found.message,
        found.fix or rule.fix,
        found.edits,
    )
