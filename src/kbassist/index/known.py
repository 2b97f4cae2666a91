"""Filters that name nothing in an index are mistakes, and say what there is."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from kbassist.index.filters import unknown_key, unknown_value

if TYPE_CHECKING:
    from kbassist.index.store import Store
    from kbassist.types import ArticleMeta

_CLOSED_KEYS = {"locale": "locale", "products": "product"}
"""Facets of which a value that no article has is a mistake, not a question without results."""

_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
"""A language tag as BCP 47 writes it."""


def check_known(
    store: Store,
    may_see: Callable[[ArticleMeta, Sequence[str]], bool],
    key: str,
    values: Sequence[str],
    audience: Sequence[str],
) -> None:
    """Refuse what names nothing that the caller may see, as if nothing else were there.

    Args:
        store: of the index.
        may_see: whether a caller with an audience may see an article.
        key: of the filter.
        values: of which an article shall have one.
        audience: restricted labels that the caller names.

    Raises:
        FilterError: no such article has the key, or the locale or product.
    """
    name = _CLOSED_KEYS.get(key)
    if name is None:
        if not store.has_facet(audience, key):
            raise unknown_key(key, store.facet_keys(audience))
        return
    if any(store.has_facet(audience, key, value.casefold()) for value in values):
        return
    if key == "locale" and all(_TAG.fullmatch(value) for value in values):
        return  # a bot passes on its user's language, and that there is none is the answer
    metas = (meta for meta in store.articles() if may_see(meta, audience))
    labels = [(meta.locale,) if key == "locale" else meta.products for meta in metas]
    raise unknown_value(name, values[0], chain.from_iterable(labels))
