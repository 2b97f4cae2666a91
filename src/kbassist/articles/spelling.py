"""Keys, labels, locales and addresses as people write them → what they mean."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from kbassist.articles.slips import GUARDED_KEYS

KNOWN_KEYS = frozenset(
    {"id", "title", "locale", "kind", "translation_of", "questions", "audience", "products",
     "updated", "review_by", "valid_from", "valid_until", "status", "handoff", "url"}
)  # fmt: skip
_LOCALES = {
    "zh": "zh-Hans", "zh-cn": "zh-Hans", "zh-sg": "zh-Hans", "zh-hans": "zh-Hans",
    "zh-hans-cn": "zh-Hans", "zh-tw": "zh-Hant", "zh-hk": "zh-Hant", "zh-mo": "zh-Hant",
    "zh-hant": "zh-Hant", "zh-hant-tw": "zh-Hant", "zh-hant-hk": "zh-Hant",
    "en-us": "en", "en-gb": "en", "en-au": "en", "en-ca": "en", "en-in": "en",
}  # fmt: skip
_BCP47 = re.compile(r"(?:[a-z]{2,3}|x)(?:-[a-z0-9]{1,8})*")
_COUNTRIES = frozenset({"cn", "hk", "jp", "us", "gb"})
_NEAR_KEY = 0.8


def normal_locale(value: str) -> str:
    """BCP 47 in kbassist's spelling: Chinese by script, English without a country."""
    tag = value.strip().replace("_", "-")
    return _LOCALES.get(tag.lower(), tag)


def is_locale(value: str) -> bool:
    """Whether a value may be a BCP 47 tag; a country alone is none."""
    tag = value.strip().replace("_", "-").lower()
    return _BCP47.fullmatch(tag) is not None and tag not in _COUNTRIES


def covers(locales: Sequence[str], locale: str) -> bool:
    """Whether a locale is one of these, or a part of one: `zh` covers `zh-Hans`."""
    for item in locales:
        tags = {item.strip().replace("_", "-").lower(), normal_locale(item).lower()}
        if any(locale.lower() == tag or locale.lower().startswith(f"{tag}-") for tag in tags):
            return True
    return False


def is_web_address(value: str) -> bool:
    """Whether a browser opens it from anywhere."""
    return re.match(r"https?://[^\s/]", value, re.IGNORECASE) is not None


@lru_cache(maxsize=1024)
def meant_key(key: str) -> tuple[str, bool] | None:
    """The known key that an unknown one stands for, and whether only case or a plural differ."""
    if "." in key:
        return None
    plain = _plain(re.split("[:：]", key)[0])
    for known in sorted(KNOWN_KEYS):
        bare = known.replace("_", "")
        if plain == bare or (known in GUARDED_KEYS and plain in (f"{bare}s", f"{bare}es")):
            return known, True
    for known in sorted(KNOWN_KEYS):
        bare = known.replace("_", "")
        if len(plain) < 4 or abs(len(plain) - len(bare)) > 1:
            continue
        import difflib  # few keys come near another

        if difflib.SequenceMatcher(None, plain, bare).ratio() >= _NEAR_KEY:
            return known, False
    return None


def _plain(key: str) -> str:
    return re.sub(r"[^a-z0-9]", "", unicodedata.normalize("NFKC", key).lower())


def fold(label: str) -> str:
    """What two labels have in common that are the same to a reader."""
    return unicodedata.normalize("NFKC", label).casefold()
