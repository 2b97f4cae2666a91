"""Settings with every default explained, the knowledge base's own file, and the clock.

Nothing here reads a file except `load_kb_config` and nothing reads the environment except `today`.
"""

from __future__ import annotations

import difflib
import os
import re
import sys
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any, Literal

from kbassist.errors import ConfigError, UsageError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

KB_CONFIG_NAME = "kbassist.toml"
TODAY_VARIABLE = "KBASSIST_TODAY"

DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
"""A date as it must be written."""

DEFAULT_TOP_K = 5
"""Hits of a search: what fits a screen, or a bot's reply with room to spare."""


def _check(good: bool, settings: object, name: str, accepted: str) -> None:
    if not good:
        found = getattr(settings, name)
        raise ConfigError(f"{name} is {found!r}", hint=f"Accepted: {accepted}.")


@dataclass(frozen=True, slots=True)
class ChunkSettings:
    """How sections become chunks. Changing a value rebuilds the index."""

    max_tokens: int = 320
    """Budget of one chunk. A Han character counts 1 and a word counts 1: about half a page, which
    fits every common embedding model's window."""
    min_tokens: int = 32
    """Parts of one section smaller than this merge with their neighbour."""

    def __post_init__(self) -> None:
        whole = isinstance(self.max_tokens, int)
        _check(whole and self.max_tokens >= 1, self, "max_tokens", "a whole number from 1 up")
        _check(0 <= self.min_tokens <= self.max_tokens, self, "min_tokens", "0 to max_tokens")


@dataclass(frozen=True, slots=True)
class Bm25Settings:
    """BM25F (Robertson and Zaragoza 2009, §3.7). Changing a value rebuilds the index."""

    variant: Literal["lucene", "okapi"] = "lucene"
    """`lucene`: idf = ln(1 + (N - df + 0.5) / (df + 0.5)), never negative."""
    k1: float = 1.2
    """Term frequency saturation; Lucene's default."""
    b: float = 0.75
    """Length normalisation in [0, 1]; Lucene's default."""
    title_weight: float = 2.0
    """Weight of a term in the title or heading path, against 1 in the body."""
    questions_weight: float = 2.0
    """Weight of a term in a question phrasing."""
    body_weight: float = 1.0


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """How one question is searched. Changing a value needs no rebuild."""

    fusion: Literal["convex", "rrf"] = "convex"
    """Convex combination keeps the strength of a match; reciprocal rank fusion (`rrf`) loses badly
    when one leg is weaker (docs/decisions.md)."""
    vector_weight: float | Literal["auto"] = "auto"
    """Weight of the vector leg in [0, 1]; the BM25 leg has the rest. `auto`: by how the question is
    put (`index/weighting.py`)."""
    rrf_k: int = 60
    """Constant of reciprocal rank fusion (Cormack et al. 2009)."""
    candidates: int = 200
    """Rows that each leg hands to fusion; does not depend on top-k, so pages agree."""
    max_question_chars: int = 4000
    """Longer questions are refused: they are pasted logs, not questions."""

    def __post_init__(self) -> None:
        _check(self.fusion in ("convex", "rrf"), self, "fusion", "convex or rrf")
        weight = self.vector_weight
        good = weight == "auto" if isinstance(weight, str) else 0 <= weight <= 1
        _check(good, self, "vector_weight", "auto, or a number in [0, 1]")
        _check(self.rrf_k >= 0, self, "rrf_k", "0 up")
        _check(self.candidates >= 1, self, "candidates", "1 up")
        _check(self.max_question_chars >= 1, self, "max_question_chars", "1 up")


@dataclass(frozen=True, slots=True)
class KbConfig:
    """`kbassist.toml` in the kb folder: what holds for this knowledge base alone."""

    base_url: str | None = None
    """Public address of the help centre; an article's url is this plus its path without suffix."""
    locales: tuple[str, ...] = ()
    """Locales that the knowledge base is written in; empty means any."""
    restricted_audiences: tuple[str, ...] = ("member", "staff")
    """Audience labels that hide an article from callers who do not name them."""


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
    table = _table(path, raw)
    known = {item.name for item in fields(KbConfig)}
    for key in table:
        if key not in known:
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
            values[key] = _texts(path, key, table[key])
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


def _table(path: Path, raw: bytes) -> dict[str, Any]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ConfigError(
            f"{path}:{line}: not valid UTF-8: byte 0x{error.object[error.start]:02x}",
            hint="Save the file as UTF-8.",
        ) from None
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


def _texts(path: Path, key: str, value: object) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise ConfigError(
        f"{_place(path, key)}: {key} must be a list of texts, found {value!r}",
        hint=f'{key} = ["…", "…"]',
    )


def today(explicit: date | None = None) -> date:
    """The day that staleness is judged on.

    Args:
        explicit: wins over everything; else the variable KBASSIST_TODAY, else the system's clock.

    Raises:
        UsageError: KBASSIST_TODAY is set but is no date.
    """
    if explicit is not None:
        return explicit
    value = os.environ.get(TODAY_VARIABLE, "").strip()
    return parse_day(value, TODAY_VARIABLE) if value else date.today()


def parse_day(value: str, name: str) -> date:
    """A date written as YYYY-MM-DD.

    Raises:
        UsageError: anything else; the message names `name`, the option or variable.
    """
    try:
        if not DAY.fullmatch(value):  # newer Pythons also read 20261121 and 2026-W47-6
            raise ValueError
        return date.fromisoformat(value)
    except ValueError:
        raise UsageError(
            f"{name}: not a date: {value!r}", hint="Write it as YYYY-MM-DD, e.g. 2026-11-21."
        ) from None
