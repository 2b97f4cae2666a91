"""Which chunks a caller may see and wants to see; decided before anything is ranked.

Facets are `key=value` pairs of an article: its known fields and any scalar (or list of scalars) in
its front matter. Values compare without regard to case.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kbassist.errors import FilterError
from kbassist.types import KINDS, ArticleMeta


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions on articles: any value within one key, and all keys together.

    `audience` is not a condition but a permission: the caller sees unrestricted articles plus those
    under exactly the restricted labels that it names.
    """

    locale: tuple[str, ...] = ()
    """`zh` covers `zh-Hans` and `zh-Hant` (basic filtering, RFC 4647 §3.3.1)."""
    kind: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Any other facet: front matter key to accepted values."""

    def conditions(self) -> dict[str, tuple[str, ...]]:
        """All conditions as facet key → accepted values, without the permission.

        Raises:
            FilterError: a kind that does not exist, or a key without values.
        """
        for kind in self.kind:
            if kind.casefold() not in KINDS:
                raise FilterError(f"no such kind: {kind!r}", hint=f"Kinds are {', '.join(KINDS)}.")
        named = {"locale": self.locale, "kind": self.kind, "products": self.products}
        wanted: dict[str, list[str]] = {}
        for key, values in [*named.items(), *self.where.items()]:
            if key not in named and not values:
                raise FilterError(f"the filter {key!r} has no value", hint="Write key=value.")
            wanted.setdefault(key, []).extend(values)
        return {key: tuple(values) for key, values in wanted.items() if values}


def parse_where(pairs: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Turn `key=value` texts into `Filters.where`; a repeated key collects its values.

    Raises:
        FilterError: a text without `=`, key or value.
    """
    found: dict[str, tuple[str, ...]] = {}
    for pair in pairs:
        key, sign, value = (part.strip() for part in pair.partition("="))
        if not (key and sign and value):
            raise FilterError(f"not a filter: {pair!r}", hint="Write key=value, e.g. region=hk.")
        found[key] = (*found.get(key, ()), value)
    return found


def facets(meta: ArticleMeta) -> list[tuple[str, str]]:
    """Sorted, distinct `(key, value)` pairs that filters can name for an article."""
    pairs: set[tuple[str, str]] = set()
    subtags = meta.locale.split("-")
    for end in range(1, len(subtags) + 1):
        pairs.add(("locale", "-".join(subtags[:end])))
    pairs.add(("kind", meta.kind))
    pairs.add(("id", meta.id))
    pairs.add(("path", meta.path))
    if meta.translation_of is not None:
        pairs.add(("translation_of", meta.translation_of))
    for key, values in (("products", meta.products), ("audience", meta.audience)):
        pairs.update((key, value) for value in values)
    for key, value in meta.metadata.items():
        pairs.update((key, item) for item in _scalars(value))
    return sorted({(key, value.casefold()) for key, value in pairs})


def restricting(meta: ArticleMeta, restricted: Sequence[str]) -> tuple[str, ...]:
    """The article's labels that hide it from callers who name none of them."""
    return tuple(label for label in meta.audience if label in restricted)


def unknown_key(key: str, known: Iterable[str]) -> FilterError:
    """The error for a key that no article has, listing near matches."""
    known = sorted(known)
    near = difflib.get_close_matches(key, known, n=1)
    guess = f"Did you mean {near[0]!r}? " if near else ""
    return FilterError(
        f"no article has the key {key!r}", hint=f"{guess}Known keys: {', '.join(known)}."
    )


def _scalars(value: object) -> list[str]:
    if isinstance(value, (list, tuple)):
        return [str(item) for item in value if isinstance(item, (str, int, float))]
    return [str(value)] if isinstance(value, (str, int, float)) else []
