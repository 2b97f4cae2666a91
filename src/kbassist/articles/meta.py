"""Front matter values → the fields of an article, with one clear error for each wrong shape."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from kbassist.articles.frontmatter import FrontMatter, Value
from kbassist.articles.slips import GUARDED_KEYS
from kbassist.articles.spelling import (
    KNOWN_KEYS,
    fold,
    is_locale,
    is_web_address,
    meant_key,
    normal_locale,
)
from kbassist.config import DAY
from kbassist.errors import ArticleError
from kbassist.kb_config import KbConfig
from kbassist.types import HANDOFF_RULES, KINDS, STATUSES, BuildWarning

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_LIST = "a text, or a list of texts such as [spot, wallet]"
_QUESTIONS = (
    "a list of texts, or a mapping from a section's anchor to a text or a list of texts, e.g. "
    "questions: {fees: [How much is it?]}"
)
_COMMA = re.compile("[,，、;；]")
_NEAR_LABEL = 0.75
_BAD_ID = re.compile(r"[#\x00-\x1f\x7f-\x9f\u2028\u2029]|\A\s|\s\Z")


class Fields:
    """Typed reading of one article's front matter; collects all that is wrong with it."""

    def __init__(self, front: FrontMatter, path: str, config: KbConfig) -> None:
        self.front, self.path, self.config = front, path, config
        self.problems = list(front.problems)
        self.warnings = [BuildWarning(path, message, line) for message, line in front.warnings]

    def line(self, key: str) -> int | None:
        """Where a key stands."""
        value = self.front.values.get(key)
        return value.line if value is not None else None

    def _warn(self, key: str, message: str) -> None:
        self.warnings.append(BuildWarning(self.path, message, self.line(key)))

    def _wrong(self, key: str, accepted: str) -> None:
        value = self.front.values[key]
        shown = repr(value.data)
        shown = shown if len(shown) <= 80 else shown[:79] + "…"
        stop = "" if accepted.endswith(("?", ".")) else "."
        self.problems.append(
            ArticleError(
                f"front matter key {key!r}: found {shown}",
                path=self.path,
                line=value.line,
                hint=f"Accepted: {accepted}{stop}",
            )
        )

    def _value(self, key: str) -> Value | None:
        """The value, or None where the key is absent or empty."""
        value = self.front.values.get(key)
        if value is None or (
            isinstance(value.data, str) and not value.quoted and value.data in _NULLS
        ):
            return None
        return value

    def text(self, key: str, accepted: str = "one line of text") -> str | None:
        """A scalar, as written."""
        value = self._value(key)
        if value is None:
            return None
        if not isinstance(value.data, str):
            self._wrong(key, accepted)
            return None
        return " ".join(value.data.split()) or None

    def identifier(self, key: str) -> str | None:
        """An article id: no `#`, no control characters, no white space around it."""
        accepted = "text without '#' or control characters, e.g. withdrawal-limits"
        value = self._value(key)
        if value is None:
            return None
        if not isinstance(value.data, str) or not value.data or _BAD_ID.search(value.data):
            self._wrong(key, accepted)
            return None
        return value.data

    def choice(self, key: str, choices: Sequence[str]) -> str | None:
        """One of a few words, in any case."""
        value = self.text(key, " or ".join(choices))
        if value is None:
            return None
        if value.lower() not in choices:
            near = difflib.get_close_matches(value.lower(), choices, n=1)
            guess = f"{', '.join(choices)}" + (f"; did you mean {near[0]!r}?" if near else "")
            self._wrong(key, guess)
            return None
        return value.lower()

    def day(self, key: str) -> date | None:
        """A date; a time after it is dropped."""
        accepted = "a date written as YYYY-MM-DD, e.g. 2026-11-21"
        value = self.text(key, accepted)
        if value is None:
            return None
        try:
            return date.fromisoformat(value) if DAY.fullmatch(value) else _moment(value)
        except ValueError:
            self._wrong(key, accepted)
            return None

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, or one text."""
        value = self._value(key)
        if value is None:
            return ()
        found = _texts(value.data)
        if found is None:
            self._wrong(
                key,
                _QUESTIONS if key == "questions" else "a text, or a list of texts such as [a, b]",
            )
            return ()
        return found

    def labels(self, key: str) -> tuple[str, ...]:
        """A list of labels, or one label; several in one scalar are no label."""
        value = self._value(key)
        if value is not None and isinstance(value.data, str):
            parts = [part.strip() for part in _COMMA.split(value.data) if part.strip()]
            if _COMMA.search(value.data):
                self._wrong(key, f"one label, or a list: {key}: [{', '.join(parts)}]")
                return ()
        return self.texts(key)

    def audience(self) -> tuple[str, ...]:
        """Labels, a restricted one in the spelling of the settings."""
        spelling = {fold(label): label for label in self.config.restricted_audiences}
        found: list[str] = []
        for label in self.labels("audience"):
            folded = fold(label)
            restricted = spelling.get(folded)
            if restricted is None and folded != "public":
                parts = [part.strip() for part in _COMMA.split(folded)]
                if len(parts) > 1 and not spelling.keys().isdisjoint(parts):
                    self._wrong("audience", f"a list of labels: audience: [{', '.join(parts)}]")
                words = [*re.split(r"[^\w-]+", folded), folded]
                near = [
                    match
                    for word in words
                    for match in difflib.get_close_matches(word, spelling, n=1, cutoff=_NEAR_LABEL)
                ]
                if near:
                    self._warn("audience", f"audience {label!r} hides nothing from anyone; did you "
                               f"mean {spelling[near[0]]!r}?")  # fmt: skip
            found.append(restricted or ("public" if folded == "public" else label))
        return tuple(dict.fromkeys(found)) or ("public",)

    def locale(self) -> str | None:
        """As written, in kbassist's spelling; None leaves it to detection."""
        value = self.text("locale", "one line of text: a BCP 47 tag, e.g. zh-Hans, zh-Hant, en")
        if value is None or is_locale(value):
            return normal_locale(value) if value else None
        self._warn("locale", f"locale {value!r} is no BCP 47 tag such as zh-Hans, zh-Hant or en; "
                   "the language is detected instead")  # fmt: skip
        return None

    def url(self) -> str | None:
        """As written."""
        value = self.text("url", "one address, e.g. https://help.example/fees")
        if value and not is_web_address(value):
            self._warn("url", f"url {value!r} does not start with https:// or http://; links in "
                       "citations will not open")  # fmt: skip
        return value

    def days(self) -> tuple[date | None, date | None]:
        """`updated` and `review_by`."""
        updated, review_by = self.day("updated"), self.day("review_by")
        if updated and review_by and review_by < updated:
            self._warn("review_by", f"review_by {review_by} is before updated {updated}: citations "
                       "say that the article is past its review")  # fmt: skip
        return updated, review_by

    def validity(self) -> tuple[date | None, date | None]:
        """`valid_from` and `valid_until`."""
        first, last = self.day("valid_from"), self.day("valid_until")
        if first and last and last < first:
            self._wrong("valid_until", f"a day not before valid_from, {first}")
        return first, last

    def questions(self) -> tuple[tuple[str, ...], dict[str, list[str]]]:
        """Phrasings of the whole article, and phrasings by section anchor."""
        value = self._value("questions")
        if value is None or not isinstance(value.data, dict):
            return self.texts("questions"), {}
        by_anchor: dict[str, list[str]] = {}
        for anchor, data in value.data.items():
            found = _texts(data)
            if found is None:
                self._wrong("questions", _QUESTIONS)
                return (), {}
            by_anchor[anchor] = list(found)
        return (), by_anchor

    def status(self) -> str:
        """Published unless said otherwise."""
        return self.choice("status", STATUSES) or "published"

    def kind(self) -> str | None:
        """As written; None leaves it to inference."""
        return self.choice("kind", KINDS)

    def handoff(self) -> str | None:
        """`always`, or None where the article's questions are answered."""
        return self.choice("handoff", HANDOFF_RULES)

    def unknown(self) -> dict[str, Any]:
        """All other keys, as written; one that is near a known key is a slip."""
        for key, value in self.front.values.items():
            meant = meant_key(key) if key not in KNOWN_KEYS else None
            if meant is None:
                continue
            known, variant = meant
            message = f"unknown key {key!r}; did you mean {known!r}?"
            if known in GUARDED_KEYS and (variant or self._hides(value)):
                self.problems.append(ArticleError(message, path=self.path, line=value.line,
                                                  hint=f"Write the key as {known}:"))  # fmt: skip
            else:
                self._warn(key, message)
        return {
            key: value.data for key, value in self.front.values.items() if key not in KNOWN_KEYS
        }

    def _hides(self, value: Value) -> bool:
        """Whether a value of a guarded key would keep readers out."""
        hiding = {*map(fold, self.config.restricted_audiences), "draft", "archived"}
        return not hiding.isdisjoint(map(fold, _texts(value.data) or ()))


def _texts(data: Any) -> tuple[str, ...] | None:
    items = [data] if isinstance(data, str) else data
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        return None
    return tuple(dict.fromkeys(text for item in items if (text := " ".join(item.split()))))


def _moment(value: str) -> date:
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}[T ].+", value) is None:
        raise ValueError(value)
    return datetime.fromisoformat(value.replace("Z", "+00:00").replace(" +", "+")).date()
