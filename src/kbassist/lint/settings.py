"""The table `[lint]` of a knowledge base's `kbassist.toml`."""

from __future__ import annotations

import difflib
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

from kbassist.errors import ConfigError
from kbassist.kb_config import KB_CONFIG_NAME, LINT_TABLE, read_table, setting_line, texts
from kbassist.lint.model import SEVERITIES, LintSettings, Severity
from kbassist.lint.registry import codes, find, near

_KEYS = {item.name.replace("_", "-"): item.name for item in fields(LintSettings)}
_DOMAIN = re.compile(r"(?:[a-z0-9-]+\.)+[a-z0-9-]+")


def load_lint_settings(kb: Path) -> LintSettings:
    """Read `[lint]` from a kb folder's settings; the defaults where there is none.

    Args:
        kb: the folder.

    Raises:
        ConfigError: an unknown key, rule or severity, or a value of the wrong type; with its line.
    """
    path = kb / KB_CONFIG_NAME
    try:
        table = read_table(path, path.read_bytes()).get(LINT_TABLE, {})
    except FileNotFoundError:
        return LintSettings()
    if not isinstance(table, dict):
        raise ConfigError(
            f"{_place(path, LINT_TABLE)}: lint must be a table, found {table!r}",
            hint='[lint]\nignore = ["…"]',
        )
    values: dict[str, Any] = {}
    for key, value in table.items():
        name = _KEYS.get(key.replace("_", "-"))
        if name is None:
            guess = difflib.get_close_matches(key.replace("_", "-"), _KEYS, n=1)
            meant = f"Did you mean {_KEYS[guess[0]]!r}? " if guess else ""
            raise ConfigError(
                f"{_place(path, key)}: unknown key {key!r} in [lint]",
                hint=f"{meant}Known keys: {', '.join(sorted(_KEYS.values()))}.",
            )
        values[name] = _READERS[name](path, key, value)
    return LintSettings(**values)


def _rules(path: Path, key: str, value: object) -> tuple[str, ...]:
    names = texts(path, key, value)
    for name in names:
        _known(path, key, name)
    return codes(names)


def _known(path: Path, key: str, name: str) -> None:
    if not find(name):
        place = _place(path, name, key)
        raise ConfigError(f"{place}: no rule is called {name!r}", hint=near(name))


def _place(path: Path, *keys: str) -> str:
    """Where the first of these keys stands that has a line of its own."""
    lines = (setting_line(path, key) for key in keys)
    line = next((line for line in lines if line is not None), None)
    return str(path) if line is None else f"{path}:{line}"


def _domains(path: Path, key: str, value: object) -> tuple[str, ...]:
    domains = tuple(item.lower().removeprefix("*.") for item in texts(path, key, value))
    for domain in domains:
        if not _DOMAIN.fullmatch(domain):
            raise ConfigError(
                f"{_place(path, key)}: {key}: not a domain: {domain!r}",
                hint="Write the domain alone, such as harbor.example; its subdomains count too.",
            )
    return domains


def _words(path: Path, key: str, value: object) -> tuple[str, ...]:
    return texts(path, key, value)


def _severities(path: Path, key: str, value: object) -> dict[str, Severity]:
    found: dict[str, Severity] = {}
    for name, level in _table(path, key, value, 'broken-link = "warning"').items():
        _known(path, key, name)
        if level not in SEVERITIES:
            raise ConfigError(
                f"{_place(path, name, key)}: severity of {name}: {level!r}",
                hint=f"Accepted: {', '.join(SEVERITIES)}; a rule that is to be off goes to ignore.",
            )
        found.update(dict.fromkeys(codes([name]), level))
    return found


def _paths(path: Path, key: str, value: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
    table = _table(path, key, value, '"zh/notices/**" = ["overdue-review"]')
    return tuple((pattern, _rules(path, pattern, names)) for pattern, names in table.items())


def _table(path: Path, key: str, value: object, example: str) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raise ConfigError(
        f"{_place(path, key)}: {key} must be a table, found {value!r}",
        hint=f"[lint.{key}]\n{example}",
    )


def _size(path: Path, key: str, value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return value
    raise ConfigError(
        f"{_place(path, key)}: {key} must be a whole number from 1 up, found {value!r}",
        hint=f"{key} = 1200",
    )


_READERS: dict[str, Any] = {
    "official_domains": _domains,
    "ignore": _rules,
    "severity": _severities,
    "per_path": _paths,
    "max_section_tokens": _size,
    "known_terms": _words,
}
