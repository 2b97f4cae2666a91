"""Which chunks a caller may see and wants to see; decided before anything is ranked.

Facets are `key=value` pairs of an article: its known fields and any scalar (or list of scalars) in
its front matter. Values compare without regard to case.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kbassist.checks import shown
from kbassist.errors import FilterError
from kbassist.serial import Serializable
from kbassist.types import KINDS, ArticleMeta

VALID_FROM, VALID_UNTIL = "valid_from", "valid_until"
"""Facets outside whose days an article is not searched; ISO dates, so they sort as text."""

MAX_LISTED = 20
"""Known values that an error lists."""


@dataclass(frozen=True, slots=True)
class Filters(Serializable):
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

    def __post_init__(self) -> None:
        """Check the shapes, and make every collection of texts a tuple.

        Raises:
            FilterError: a text or anything else where a tuple of texts or a mapping is meant.
        """
        for name in ("locale", "kind", "products", "audience"):
            object.__setattr__(self, name, texts(name, getattr(self, name)))
        if not isinstance(self.where, Mapping):
            raise FilterError(
                f"where must be a mapping of key to tuple of texts, found {shown(self.where)}",
                hint='Write where={"region": ("hk",)}.',
            )
        for key in self.where:
            if not isinstance(key, str):
                raise FilterError(f"a key of where must be text, found {shown(key)}")
        checked = {key: texts(f"where[{key!r}]", values) for key, values in self.where.items()}
        object.__setattr__(self, "where", checked)

    def conditions(self) -> dict[str, tuple[str, ...]]:
        """All conditions as facet key → accepted values, without the permission.

        Raises:
            FilterError: a kind that does not exist, or a key without values.
        """
        for kind in (*self.kind, *self.where.get("kind", ())):
            if kind.casefold() not in KINDS:
                raise FilterError(f"no such kind: {kind!r}", hint=f"Kinds are {', '.join(KINDS)}.")
        named = {"locale": self.locale, "kind": self.kind, "products": self.products}
        wanted: dict[str, list[str]] = {}
        for key, values in [*named.items(), *self.where.items()]:
            if key not in named and not values:
                raise FilterError(
                    f"the filter {key!r} has no value", hint="Give it one value or more."
                )
            wanted.setdefault(key, []).extend(map(_range, values) if key == "locale" else values)
        return {key: tuple(values) for key, values in wanted.items() if values}


def texts(name: str, value: object) -> tuple[str, ...]:
    """A collection of texts as a tuple; one text is none, since its letters would be taken for it.

    Raises:
        FilterError: anything else; the message names `name`, the argument.
    """
    if isinstance(value, (tuple, list, set, frozenset)) and all(
        isinstance(item, str) for item in value
    ):
        return tuple(value if isinstance(value, (tuple, list)) else sorted(value, key=repr))
    example = value if isinstance(value, str) else "…"
    raise FilterError(
        f"{name} must be a tuple of texts, found {shown(value)}", hint=f"Write ({example!r},)."
    )


def _range(locale: str) -> str:
    """A locale as articles spell it (`zh-CN` is `zh-Hans`); bare `zh` covers both scripts."""
    from kbassist.articles.spelling import normal_locale  # few questions name a locale

    return locale if locale.casefold() == "zh" else normal_locale(locale)


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
    pairs.add(("title", meta.title))
    others = {
        "translation_of": meta.translation_of,
        "url": meta.url,
        "updated": meta.updated,
        "review_by": meta.review_by,
        VALID_FROM: meta.valid_from,
        VALID_UNTIL: meta.valid_until,
        "handoff": meta.handoff,
    }
    pairs.update((key, str(value)) for key, value in others.items() if value is not None)
    for key, values in (("products", meta.products), ("audience", meta.audience)):
        pairs.update((key, value) for value in values)
    for key, value in meta.metadata.items():
        pairs.update((key, item) for item in _scalars(value))
    return sorted({(key, value.casefold()) for key, value in pairs})


def lets_through(
    conditions: Mapping[str, Sequence[str]], pairs: Collection[tuple[str, str]]
) -> bool:
    """Whether an article meets all conditions, by its `facets`.

    Args:
        conditions: facet key → accepted values, any of which will do.
        pairs: of the article.
    """
    return all(
        any((key, value.casefold()) in pairs for value in values)
        for key, values in conditions.items()
    )


def restricting(meta: ArticleMeta, restricted: Sequence[str]) -> tuple[str, ...]:
    """The article's labels that hide it from callers who name none of them."""
    return tuple(label for label in meta.audience if label in restricted)


def unknown_value(name: str, value: str, known: Iterable[str]) -> FilterError:
    """The error for a locale or product that no article has, listing near matches.

    Args:
        name: what the value is meant to be, for the message.
        value: as asked for.
        known: values of the articles that the caller may see.
    """
    import difflib  # takes a while, and few values are wrong

    known = sorted(set(known))
    folded = {item.casefold(): item for item in known}
    near = difflib.get_close_matches(value.casefold(), folded, n=3)
    guess = f"Did you mean {' or '.join(repr(folded[item]) for item in near)}? " if near else ""
    listed = ", ".join(known[:MAX_LISTED]) + (", …" if len(known) > MAX_LISTED else "")
    hint = f"{guess}Known values: {listed}." if known else "No article names one."
    return FilterError(f"no article has the {name} {value!r}", hint=hint)


def unknown_key(key: str, known: Iterable[str]) -> FilterError:
    """The error for a key that no article has, listing near matches."""
    import difflib

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
