"""Why a search found what it found.

A search keeps references only (`SearchOrigin`); everything here is worked out when somebody asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from kbassist import types
from kbassist.config import SearchSettings
from kbassist.index.diagnose import diagnosing
from kbassist.index.filters import Filters
from kbassist.index.reader import Index
from kbassist.index.rerank import reranked
from kbassist.index.understanding import Understanding
from kbassist.index.weighting import vector_weight
from kbassist.text.analyzer import QueryTerm, Token
from kbassist.types import Chunk, Hit, Mode


class SearchOrigin:
    """What a search was made with, kept by reference; a copy is the same, a stored one is None."""

    __slots__ = ("filters", "found", "index", "mode", "question", "settings", "today")

    def __init__(
        self,
        index: Index,
        question: str,
        found: Understanding,
        mode: Mode | None,
        filters: Filters,
        settings: SearchSettings,
        today: date,
    ) -> None:
        self.index = index
        self.question = question
        self.found = found
        self.mode = mode
        self.filters = filters
        self.settings = settings
        self.today = today

    def __deepcopy__(self, memo: object) -> SearchOrigin:
        return self

    def __reduce__(self) -> tuple[object, tuple[()]]:
        return nothing, ()

    def search(self) -> types.SearchExplanation:
        """How the question was read and what was searched."""
        index, found = self.index, self.found
        mode = index.mode(self.mode)
        weights, reason = _weights(mode, self.question, self.settings)
        everyone = Filters(audience=self.filters.audience)
        return types.SearchExplanation(
            question=self.question,
            meant=found.did_you_mean,
            terms=tuple(_terms(index, found)),
            expansions=found.expansions,
            corrections=found.corrections,
            mode=mode,
            fusion=self.settings.fusion,
            weights=weights,
            reason=reason,
            reranked=reranked(mode, weights.get("vector", 0.0), self.settings),
            full=index.bm25.full((term.term, term.weight) for term in found.asked),
            today=self.today,
            filters=self.filters.conditions(),
            audience=self.filters.audience,
            chunks=len(index.bm25),
            visible=self._count(everyone),
            searched=self._count(self.filters),
        )

    def explain(self, hit: Hit) -> types.HitExplanation:
        """Why a hit of this search has its score."""
        with diagnosing(self.index.folder):
            return self._explain(hit)

    def _explain(self, hit: Hit) -> types.HitExplanation:
        search = self.search()
        words = _Words(self, hit.chunk, search.terms)
        matched = words.matched()
        return types.HitExplanation(
            search=search,
            rank=hit.rank,
            chunk_id=hit.chunk.id,
            title=hit.article.title,
            ref=hit.chunk.ref,
            score=hit.score,
            legs=hit.legs,
            words=tuple(sorted(matched, key=lambda word: -word.score)),
            missing=tuple(words.missing()),
            nearest=self._nearest(hit.chunk) if "vector" in hit.legs else None,
        )

    def _count(self, filters: Filters) -> int:
        mask = self.index.mask(filters, self.today)
        return len(self.index.bm25) if mask is None else int(mask.sum())

    def _nearest(self, chunk: Chunk) -> types.NearestText:
        """The text of a chunk with the greatest cosine, embedded anew as when it was built."""
        from kbassist.index.analysed import vector_texts
        from kbassist.index.vector_files import decoded, encode

        embedder = self.index.embedder
        assert embedder is not None  # its leg ranked
        texts = list(vector_texts(chunk, embedder.passage))
        question = embedder.embed_queries([self.found.did_you_mean or self.question])[0]
        vectors = embedder.embed_documents([text for _, _, text in texts])
        cosines = decoded(encode(vectors)) @ question
        best = int(cosines.argmax())
        kind, text, _ = texts[best]
        return types.NearestText(kind, text, float(cosines[best]))


def nothing() -> None:
    """What is left of a search that was stored."""


def _weights(
    mode: Mode, question: str, settings: SearchSettings
) -> tuple[Mapping[str, float], types.WeightReason]:
    if mode != "hybrid":
        return {"bm25" if mode == "lexical" else "vector": 1.0}, "one_leg"
    weight, reason = vector_weight(question, settings)
    return {"bm25": 1.0 - weight, "vector": weight}, reason


class _Addition(NamedTuple):
    """Words that an expansion or a correction added."""

    source: types.Source
    origin: str
    text: str
    terms: tuple[str, ...]
    weight: float


def _additions(found: Understanding) -> list[_Addition]:
    """What was added, the heaviest first: a term that several bring counts as the most of them."""
    added = [
        _Addition("synonym", one.phrase, one.added, one.terms, one.weight)
        for one in found.expansions
    ]
    added += [
        _Addition("correction", one.typed, one.corrected, one.terms, one.weight)
        for one in found.corrections
    ]
    return sorted(added, key=lambda one: -one.weight)


def _terms(index: Index, found: Understanding) -> Iterator[types.SearchedTerm]:
    additions = _additions(found)
    for term in found.asked:
        yield _searched(index, term, "typed", None)
    for term in found.added:
        source = next(one for one in additions if term.term in one.terms)
        yield _searched(index, term, source.source, source.origin)


def _searched(
    index: Index, term: QueryTerm, source: types.Source, origin: str | None
) -> types.SearchedTerm:
    return types.SearchedTerm(
        term=term.term,
        source=source,
        origin=origin,
        weight=term.weight,
        stop=term.stop,
        evidence=term.evidence,
        idf=index.bm25.idf(term.term),
        chunks=index.bm25.df(term.term),
    )


class _Words:
    """The words of a question against one chunk.

    Chinese is searched by characters and pairs of them. For people, pairs that are evidence are
    joined where they overlap, what stands between them is a word of its own, and a term belongs to
    the word that it begins in.
    """

    def __init__(
        self, origin: SearchOrigin, chunk: Chunk, terms: Sequence[types.SearchedTerm]
    ) -> None:
        analyzer = origin.index.analyzer
        row = origin.index.store.chunk_row(chunk.id)
        assert row is not None  # it comes from this index
        self._found = origin.found
        self._question = origin.question
        self._tokens = analyzer.tokens(origin.question)
        self._terms = {term.term: term for term in terms}
        self._worth = origin.index.bm25.contributions(row, self._terms)
        self._fields = {
            "title": set(analyzer.terms("\n".join((chunk.title, *chunk.heading_path)))),
            "questions": set(analyzer.terms("\n".join(chunk.questions))),
            "text": set(analyzer.terms(chunk.text)),
        }
        self._spans = _spans(
            [token for token in self._tokens if token.term in self._worth], self._terms
        )

    def matched(self) -> Iterator[types.MatchedWord]:
        """The words that match; each term counts in the first of them."""
        left = dict.fromkeys(self._worth)
        inside = [
            (self._question[start:end], [t.term for t in self._tokens if start <= t.start < end])
            for start, end in self._spans
        ]
        words: list[tuple[str, types.Source, str | None, Iterable[str]]] = [
            (text, "typed", None, terms) for text, terms in inside
        ]
        words += [(one.text, one.source, one.origin, one.terms) for one in _additions(self._found)]
        for text, source, origin, terms in words:
            own = [self._terms[term] for term in dict.fromkeys(terms) if term in left]
            for term in own:
                del left[term.term]
            if own:
                yield self._word(text, source, origin, own)

    def missing(self) -> Iterator[types.MissingWord]:
        """The words of the question that the chunk has nothing of, nor of what corrects them."""
        held = self._spans + [
            (one.start, one.end)
            for one in self._found.corrections
            if any(term in self._worth for term in one.terms)
        ]
        absent = [
            token
            for token in self._tokens
            if token.term not in self._worth
            and self._terms[token.term].evidence
            and not any(token.start < end and start < token.end for start, end in held)
        ]
        for start, end in _joined(absent):
            inside = [t.term for t in absent if start <= t.start and t.end <= end]
            known = any(self._terms[term].chunks for term in inside)
            yield types.MissingWord(self._question[start:end], known)

    def _word(
        self, text: str, source: types.Source, origin: str | None, own: Sequence[types.SearchedTerm]
    ) -> types.MatchedWord:
        scores = [
            types.TermScore(term.term, term.weight, term.idf, term.weight * self._worth[term.term])
            for term in own
        ]
        telling = [term for term in own if term.evidence] or own
        names = {term.term for term in telling}
        places = [name for name, held in self._fields.items() if names <= held]
        places = places or [name for name, held in self._fields.items() if names & held]
        return types.MatchedWord(
            text=text,
            source=source,
            origin=origin,
            score=sum(score.score for score in scores),
            idf=max(term.idf for term in telling),
            chunks=min(term.chunks for term in telling),
            places=tuple(places),
            terms=tuple(scores),
        )


def _spans(
    tokens: Sequence[Token], terms: Mapping[str, types.SearchedTerm]
) -> list[tuple[int, int]]:
    """Places of the words that tokens of a text make up, without overlap, in order."""
    telling = [token for token in tokens if terms[token.term].evidence and token.kind != "char"]
    words = _joined(telling)
    between = []
    for token in tokens:
        if any(start <= token.start < end for start, end in words):
            continue
        end = min((start for start, _ in words if start > token.start), default=token.end)
        between.append(token._replace(end=min(token.end, end)))
    return sorted(words + _joined(between))


def _joined(tokens: Iterable[Token]) -> list[tuple[int, int]]:
    """Spans of tokens, joined where they overlap, in order."""
    spans: list[tuple[int, int]] = []
    for start, end in sorted((token.start, token.end) for token in tokens):
        if spans and start < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return spans
