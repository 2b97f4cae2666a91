"""Front matter values → the fields of an article, with one clear error for each wrong shape."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from kbassist.articles.frontmatter import FrontMatter, Value
from kbassist.errors import ArticleError
from kbassist.types import KINDS, STATUSES

KNOWN_KEYS = frozenset(
    {"id", "title", "locale", "kind", "translation_of", "questions", "audience", "products",
     "updated", "review_by", "status", "url"}
)  # fmt: skip
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BAD_ID = re.compile(r"[#\x00-\x1f\x7f-\x9f\u2028\u2029]|\A\s|\s\Z")
_LOCALES = {
    "zh": "zh-Hans", "zh-cn": "zh-Hans", "zh-sg": "zh-Hans", "zh-hans": "zh-Hans",
    "zh-hans-cn": "zh-Hans", "zh-tw": "zh-Hant", "zh-hk": "zh-Hant", "zh-mo": "zh-Hant",
    "zh-hant": "zh-Hant", "zh-hant-tw": "zh-Hant", "zh-hant-hk": "zh-Hant",
    "en-us": "en", "en-gb": "en", "en-au": "en", "en-ca": "en", "en-in": "en",
}  # fmt: skip


def normal_locale(value: str) -> str:
    """BCP 47 in kbassist's spelling: Chinese by script, English without a country."""
    tag = value.strip().replace("_", "-")
    return _LOCALES.get(tag.lower(), tag)


class Fields:
    """Typed reading of one article's front matter."""

    def __init__(self, front: FrontMatter, path: str) -> None:
        self.front, self.path = front, path

    def _error(self, key: str, accepted: str) -> ArticleError:
        value = self.front.values[key]
        shown = repr(value.data)
        shown = shown if len(shown) <= 80 else shown[:79] + "…"
        return ArticleError(
            f"front matter key {key!r}: found {shown}",
            path=self.path,
            line=value.line,
            hint=f"Accepted: {accepted}.",
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
            raise self._error(key, accepted)
        return " ".join(value.data.split()) or None

    def identifier(self, key: str) -> str | None:
        """An article id: no `#`, no control characters, no white space around it."""
        accepted = "text without '#' or control characters, e.g. withdrawal-limits"
        value = self._value(key)
        if value is None:
            return None
        if not isinstance(value.data, str) or not value.data or _BAD_ID.search(value.data):
            raise self._error(key, accepted)
        return value.data

    def choice(self, key: str, choices: Sequence[str]) -> str | None:
        """One of a few words, in any case."""
        value = self.text(key, " or ".join(choices))
        if value is None:
            return None
        if value.lower() not in choices:
            near = difflib.get_close_matches(value.lower(), choices, n=1)
            guess = f"{', '.join(choices)}" + (f"; did you mean {near[0]!r}?" if near else "")
            raise self._error(key, guess.rstrip("."))
        return value.lower()

    def day(self, key: str) -> date | None:
        """A date; a time after it is dropped."""
        accepted = "a date written as YYYY-MM-DD, e.g. 2026-11-21"
        value = self.text(key, accepted)
        if value is None:
            return None
        try:
            return date.fromisoformat(value) if len(value) == 10 else _moment(value)
        except ValueError:
            raise self._error(key, accepted) from None

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, or one text."""
        value = self._value(key)
        if value is None:
            return ()
        found = _texts(value.data)
        if found is None:
            raise self._error(key, "a text, or a list of texts such as [spot, wallet]")
        return found

    def questions(self) -> tuple[tuple[str, ...], dict[str, list[str]]]:
        """Phrasings of the whole article, and phrasings by section anchor."""
        value = self._value("questions")
        if value is None or not isinstance(value.data, dict):
            return self.texts("questions"), {}
        by_anchor: dict[str, list[str]] = {}
        for anchor, data in value.data.items():
            found = _texts(data)
            if found is None:
                raise self._error("questions", "a list of texts, or a mapping from a section's "
                                  "anchor to a text or a list of texts")  # fmt: skip
            by_anchor[anchor] = list(found)
        return (), by_anchor

    def status(self) -> str:
        """Published unless said otherwise."""
        return self.choice("status", STATUSES) or "published"

    def kind(self) -> str | None:
        """As written; None leaves it to inference."""
        return self.choice("kind", KINDS)

    def unknown(self) -> dict[str, Any]:
        """All other keys, as written."""
        return {
            key: value.data for key, value in self.front.values.items() if key not in KNOWN_KEYS
        }


def _texts(data: Any) -> tuple[str, ...] | None:
    items = [data] if isinstance(data, str) else data
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        return None
    return tuple(dict.fromkeys(text for item in items if (text := " ".join(item.split()))))


def _moment(value: str) -> date:
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}[T ].+", value) is None:
        raise ValueError(value)
    return datetime.fromisoformat(value.replace("Z", "+00:00").replace(" +", "+")).date()
