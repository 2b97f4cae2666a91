"""Articles and their translations, section beside section."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from kbassist.coverage.places import SectionText
from kbassist.embed.protocol import Embedder

MIN_COSINE = 0.4
"""Of two sections without a common anchor or place that are taken for one in two languages."""

Sections = Sequence[SectionText]


@dataclass(frozen=True, slots=True)
class Translated:
    """An article and one translation of it."""

    source: tuple[SectionText, ...]
    target: tuple[SectionText, ...]
    pairs: tuple[tuple[SectionText, SectionText], ...]
    """Sections that say the same, in the source's order."""
    only_source: tuple[SectionText, ...]
    only_target: tuple[SectionText, ...]


def translated(articles: Mapping[str, Sections], embedder: Embedder) -> list[Translated]:
    """All articles that translate another, aligned with it, by the translation's id.

    Sections belong together by their anchor, then by their place between those, then by what they
    mean.

    Args:
        articles: id → sections in the order of the text.
        embedder: one whose vectors of two languages can be compared.
    """
    found = []
    for id in sorted(articles):
        source = articles.get(articles[id][0].meta.translation_of or "")
        if source is not None and source is not articles[id]:
            found.append(_align(_headed(source), _headed(articles[id]), embedder))
    return found


def _headed(sections: Sections) -> list[SectionText]:
    """Sections under one real heading as one: not all languages write questions as such."""
    parts = groupby(sections, key=lambda section: section.chunks[0].anchor)
    return [_joined(anchor, list(own)) for anchor, own in parts]


def _joined(anchor: str, sections: Sections) -> SectionText:
    chunks = tuple(chunk for section in sections for chunk in section.chunks)
    return SectionText(anchor or sections[0].key, sections[0].meta, chunks)


def _align(source: Sections, target: Sections, embedder: Embedder) -> Translated:
    by_key = {section.key: section for section in target}
    pairs = {s.key: by_key[s.key] for s in source if s.key in by_key}
    left = [section for section in source if section.key not in pairs]
    taken = {section.key for section in pairs.values()}
    right = [section for section in target if section.key not in taken]
    if len(source) == len(target):
        for here, there in zip(source, target, strict=True):
            if here in left and there in right and _level(here) == _level(there):
                pairs[here.key] = there
                left.remove(here)
                right.remove(there)
    for here, there in _nearest(left, right, embedder):
        pairs[here.key] = there
        left.remove(here)
        right.remove(there)
    both = tuple((section, pairs[section.key]) for section in source if section.key in pairs)
    return Translated(tuple(source), tuple(target), both, tuple(left), tuple(right))


def _level(section: SectionText) -> int:
    return len(section.chunks[0].heading_path)


def _nearest(
    left: Sections, right: Sections, embedder: Embedder
) -> list[tuple[SectionText, SectionText]]:
    """The most alike of two lists, each once, best first."""
    if not left or not right:
        return []
    here = embedder.embed_documents([f"{section.heading}\n{section.text}" for section in left])
    there = embedder.embed_documents([f"{section.heading}\n{section.text}" for section in right])
    scores = here @ there.T
    found = []
    while scores.size and scores.max() >= MIN_COSINE:
        i, j = np.unravel_index(int(scores.argmax()), scores.shape)
        found.append((left[int(i)], right[int(j)]))
        scores[i, :] = -1
        scores[:, j] = -1
    return found
