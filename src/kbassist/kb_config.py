"""The knowledge base's own settings: `kbassist.toml` in its folder."""

from __future__ import annotations

import re
import sys
import unicodedata
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from kbassist.errors import ConfigError

KB_CONFIG_NAME = "kbassist.toml"
LINT_TABLE = "lint"
"""The table that `kbassist lint` reads (`lint/settings.py`); an index does not depend on it."""


@dataclass(frozen=True, slots=True)
class KbConfig:
    """`kbassist.toml` in the kb folder: what holds for this knowledge base alone."""

    base_url: str | None = None
    """Public address of the help centre; an article's url is this plus its path without suffix."""
    locales: tuple[str, ...] = ()
    """Locales that the knowledge base is written in; empty means any."""
    restricted_audiences: tuple[str, ...] = ("member", "staff")
    """Audience labels that hide an article from callers who do not name them."""
    synonyms: tuple[tuple[str, ...], ...] = ()
    """Groups of two phrases up that mean the same. The glossary's names are synonyms too."""


def load_kb_config(kb: Path) -> KbConfig:
    """Read `kbassist.toml` from a kb folder; the defaults where there is none.

    Raises:
        ConfigError: it cannot be read, is not UTF-8 or TOML, or has an unknown key or a value of
            the wrong type.
    """
    path = kb / KB_CONFIG_NAME
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return KbConfig()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}") from None
    table = read_table(path, raw)
    known = {item.name for item in fields(KbConfig)} | {LINT_TABLE}
    for key in table:
        if key not in known:
            import difflib  # takes a while, and few keys are wrong

            near = difflib.get_close_matches(key.lower(), sorted(known), n=1)
            guess = f"Did you mean {near[0]!r}? " if near else ""
            raise ConfigError(
                f"{_place(path, key)}: unknown key {key!r}",
                hint=f"{guess}Known keys: {', '.join(sorted(known))}.",
            )
    values: dict[str, Any] = {}
    if "base_url" in table:
        values["base_url"] = _text(path, "base_url", table["base_url"]).rstrip("/")
    for key in ("locales", "restricted_audiences"):
        if key in table:
            values[key] = texts(path, key, table[key])
    if "synonyms" in table:
        values["synonyms"] = _groups(path, table["synonyms"])
    return KbConfig(**values)


def setting_line(path: Path, key: str) -> int | None:
    """1-based line on which a key of a TOML file stands; None if that cannot be told."""
    pattern = re.compile(rf"""[ \t]*\[*[ \t]*["']?{re.escape(key)}["']?[ \t]*[=.\]]""")
    try:
        lines = path.read_bytes().decode("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    return next((number for number, line in enumerate(lines, 1) if pattern.match(line)), None)


def _place(path: Path, key: str) -> str:
    line = setting_line(path, key)
    return str(path) if line is None else f"{path}:{line}"


def read_table(path: Path, raw: bytes) -> dict[str, Any]:
    """The settings in a TOML file's bytes.

    Raises:
        ConfigError: not UTF-8, or not TOML; the hint says what to write.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ConfigError(
            f"{path}:{line}: not valid UTF-8: byte 0x{error.object[error.start]:02x}",
            hint="Save the file as UTF-8.",
        ) from None
    if sys.version_info >= (3, 11):  # imported here, since no question reads these settings
        import tomllib
    else:
        import tomli as tomllib
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        lines = text.replace("\r\n", "\n").rstrip().split("\n")
        match = re.search(r"at line (\d+)", str(error))
        line = min(int(match[1]), len(lines)) if match else len(lines)
        reason = str(error).split(" (at ")[0]
        raise ConfigError(
            f"{path}:{line}: not valid TOML: {reason}: {lines[line - 1].strip()[:80]!r}",
            hint=_toml_advice(lines[line - 1], reason),
        ) from None


def _toml_advice(line: str, reason: str) -> str:
    key = re.match(r"[ \t]*([\w-]+)[ \t]*[:：＝]", line)
    if key is not None:
        return f'Write = after the key: {key[1]} = "…" or {key[1]} = ["…", "…"]'
    if any(sign in line for sign in "“”‘’，［］"):
        return 'Use the ASCII signs " , [ ] instead of full-width ones: key = ["…", "…"]'
    if "overwrite" in reason:
        return "Give each key once."
    if ("[" in line and "]" not in line) or "array" in reason:
        return 'Close the list, with commas between its items: key = ["…", "…"]'
    return 'Write each setting as key = "text" or key = ["text", "text"], all text in quotes.'


def _text(path: Path, key: str, value: object) -> str:
    if isinstance(value, str):
        return value
    raise ConfigError(
        f"{_place(path, key)}: {key} must be text, found {value!r}", hint=f'{key} = "…"'
    )


def texts(path: Path, name: str, value: object, key: str = "") -> tuple[str, ...]:
    """A list of texts; the key that it stands under is its name where none is given."""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    example = '["…", "…"]'
    raise ConfigError(
        f"{_place(path, key or name)}: {name} must be a list of texts, found {value!r}",
        hint=f"{key or name} = {f'[{example}]' if key else example}",
    )


def _groups(path: Path, value: object) -> tuple[tuple[str, ...], ...]:
    """Groups of synonyms; no phrase stands in two places."""
    if not isinstance(value, list) or not all(isinstance(group, list) for group in value):
        raise ConfigError(
            f"{_place(path, 'synonyms')}: synonyms must be a list of lists of texts,"
            f" found {value!r}",
            hint='synonyms = [["…", "…"], ["…", "…"]]',
        )
    holders: dict[str, tuple[str, ...]] = {}
    groups = []
    for entry in value:
        group = texts(path, "each group of synonyms", entry, "synonyms")
        for phrase in group:
            same = " ".join(unicodedata.normalize("NFKC", phrase).casefold().split())
            if len(same) < 2:
                reason, hint = "a synonym needs two characters up", "Take it out."
            elif same in holders:
                reason = f"is a synonym twice, of {holders[same][0]!r} and of {group[0]!r}"
                hint = "Leave each phrase in one group, or make the two groups one."
            else:
                holders[same] = group
                continue
            raise ConfigError(f"{_phrase_place(path, phrase)}: {phrase!r}: {reason}", hint=hint)
        if len(group) < 2:
            raise ConfigError(
                f"{_phrase_place(path, *group)}: a group of synonyms needs two phrases up,"
                f" found {list(group)!r}",
                hint='synonyms = [["…", "…"], ["…", "…"]]',
            )
        groups.append(group)
    return tuple(groups)


def _phrase_place(path: Path, phrase: str | None = None) -> str:
    """The last line at or below the key of the synonyms that has the phrase in quotes."""
    first = setting_line(path, "synonyms") or 1
    lines = path.read_bytes().decode("utf-8-sig").splitlines()
    quoted = (f'"{phrase}"', f"'{phrase}'") if phrase is not None else ()
    found = [
        number
        for number, line in enumerate(lines[first - 1 :], first)
        if any(form in line for form in quoted)
    ]
    return f"{path}:{found[-1] if found else first}"
