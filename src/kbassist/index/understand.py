"""What a question asks for: its own terms, and what they may stand for.

Synonyms come from the writers of the knowledge base, corrections from the index. Both are added
beside the terms as asked and count less, so an exact match keeps its place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property

from kbassist import config, types
from kbassist.config import SearchSettings
from kbassist.embed.spelling import bundled_spelling
from kbassist.errors import EmptyQuestion, QuestionTooLong
from kbassist.index.filters import Filters
from kbassist.index.reader import Index, Mask
from kbassist.index.understanding import Understanding
from kbassist.text.analyzer import QueryTerm, Token
from kbassist.text.fold import fold
from kbassist.text.synonyms import SynonymMatch

SYNONYM_WEIGHT = 0.5
"""Greatest factor of a synonym's terms, against 1 for the phrase as asked. Measured on the example
help centre's development questions 0.25 to 0.8 rank alike; without the bound on a whole group
nDCG@10 falls by 0.007."""
CORRECTION_WEIGHT = 0.9
"""Factor of the terms of a correction that is clear; nDCG@10 of misspelt development questions is
0.04 lower at 0.5."""
DOUBTFUL_WEIGHT = 0.3
"""Factor of the terms of a correction with a rival."""


def understand(
    index: Index, question: str, settings: SearchSettings, *, day: date | None = None
) -> Understanding:
    """Check a question, analyse it, and add to its terms what they may stand for.

    Words are corrected into those of articles that everyone may see on the day, so that no
    suggestion tells of a hidden article.

    Args:
        index: whose analyzer, synonyms and words are used.
        question: as asked.
        settings: name the longest question.
        day: that the validity of articles is judged on; today where None.

    Raises:
        QuestionTooLong: more characters than the limit.
        EmptyQuestion: no letter, digit or other sign that could be searched for.
        ModelError: a file of the bundled model is damaged.
    """
    asked = _asked(index, question, settings)
    reading = _Reading(index, question, asked, day)
    expansions: list[types.Expansion] = []
    corrections: list[types.Correction] = []
    for match in index.synonyms.find(question):
        if match.misspelt:
            corrections.append(reading.named(match))
        else:
            expansions += reading.expanded(match)
    covered = [range(at.start, at.end) for at in corrections]
    corrections += [
        found
        for found in reading.corrected()
        if not any(found.start < at.stop and at.start < found.end for at in covered)
    ]
    corrections.sort(key=lambda found: found.start)
    added = reading.added.values()
    rewritten = _rewritten(question, corrections)
    return Understanding(
        asked=tuple(asked),
        meant=tuple(asked if rewritten is None else index.analyzer.query(rewritten)),
        expansions=tuple(expansions),
        corrections=tuple(corrections),
        added=tuple(added),
        did_you_mean=rewritten,
    )


def _asked(index: Index, question: str, settings: SearchSettings) -> list[QueryTerm]:
    limit = settings.max_question_chars
    if len(question) > limit:
        raise QuestionTooLong(
            f"the question has {len(question)} characters, the limit is {limit}",
            hint="Ask it in a sentence or two.",
        )
    terms = index.analyzer.query(question)
    if not terms:
        shown = repr(question if len(question) <= 40 else question[:40] + "…")
        raise EmptyQuestion(
            f"nothing to search for in {shown}", hint="Ask with at least one word or character."
        )
    return terms


class _Reading:
    """One question while it is being understood; collects the terms that are added."""

    def __init__(
        self, index: Index, question: str, asked: Sequence[QueryTerm], day: date | None
    ) -> None:
        self.index = index
        self.question = question
        self.asked = {term.term: term for term in asked}
        self.added: dict[str, QueryTerm] = {}
        self._day = day
        self._counts: dict[str, int] = {}

    def expanded(self, match: SynonymMatch) -> Iterator[types.Expansion]:
        """The other phrases of a group, together worth no more than the phrase as asked."""
        typed = self.question[match.start : match.end]
        phrases = {phrase.text: self._new(phrase.text) for phrase in match.group.phrases}
        total = sum(map(self._worth, phrases.values()))
        if not total:
            return
        whole = self._worth(self.index.analyzer.query(typed))
        factor = min(SYNONYM_WEIGHT, whole / total)
        for phrase, terms in phrases.items():
            if terms:
                self._add(terms, factor)
                yield types.Expansion(typed, phrase, tuple(term.term for term in terms), factor)

    def named(self, match: SynonymMatch) -> types.Correction:
        """A spelling that the writers call wrong, and the nearest right one."""
        from rapidfuzz.distance import OSA

        typed = fold(self.question[match.start : match.end])
        names = [phrase.text for phrase in match.group.phrases]
        meant = min(names, key=lambda name: OSA.normalized_distance(fold(name), typed))
        return self._correction(match.start, match.end, meant, self._new(meant), clear=True)

    def corrected(self) -> Iterator[types.Correction]:
        """Corrections of the words and pairs that no chunk has."""
        df = self.index.bm25.df
        if all(term.stop or df(term.term) for term in self.asked.values()):
            return
        tokens = self.index.analyzer.tokens(self.question)
        pairs = [token for token in tokens if token.kind == "bigram"]
        known = {token.start for token in pairs if self.index.bm25.df(token.term)}
        for token in tokens:
            if not self._is_unknown(token):
                continue
            inside = token.start - 1 in known and token.start + 1 in known
            found = None
            if token.kind == "word":
                found = self._pinyin(token) or self._word(token)
            elif not inside:  # a pair between two known ones is where two words meet
                found = self._pair(token)
            if found is not None:
                yield found

    def _is_unknown(self, token: Token) -> bool:
        """Whether a word or pair is in no chunk, and not one that texts of any kind often have."""
        if token.kind not in ("word", "bigram"):
            return False
        term = self.asked[token.term]
        return (
            not term.stop
            and not self.index.bm25.df(token.term)
            and not bundled_spelling().knows(token.term)
        )

    def _pair(self, token: Token) -> types.Correction | None:
        found = self.index.corrector.pairs(token.term, self._count, bundled_spelling())
        if not found:
            return None
        best = found[0]
        own = {term.term: term for term in self.index.analyzer.query(best.term)}
        if not own[best.term].evidence:  # with a stop word it is hardly ever what was meant
            return None
        return self._correction(token.start, token.end, best.term, self._new(best.term), best.clear)

    def _pinyin(self, token: Token) -> types.Correction | None:
        spelling = bundled_spelling()
        syllables = spelling.syllables(token.term) or spelling.syllables(self._typed(token))
        if len(syllables) < 2:
            return None
        found = self.index.corrector.pinyin(syllables, self._count, spelling)
        if found is None:
            return None
        terms = self._new(found.term)
        return self._correction(token.start, token.end, found.term, terms, found.clear)

    def _word(self, token: Token) -> types.Correction | None:
        letters = token.end - token.start
        found = self.index.corrector.words(token.term, letters, self._count)
        if not found:
            return None
        best = found[0]
        surface = self._surface(best.term, self._typed(token))
        if any(term.stop for term in self.index.analyzer.query(surface)):
            return None
        terms = [QueryTerm(best.term, 1.0, False, True)]
        if best.term in self.asked:
            terms = []
        return self._correction(token.start, token.end, surface, terms, best.clear)

    def _typed(self, token: Token) -> str:
        return fold(self.question[token.start : token.end])

    def _surface(self, stem: str, typed: str) -> str:
        """The spelling of a stem in the best chunk for it that is nearest to what was typed."""
        from rapidfuzz.distance import OSA

        rows, _ = self.index.bm25.top([(stem, 1.0)], 1, self._visible)
        chunk, _ = self.index.store.chunks(rows.tolist())[int(rows[0])]
        text = "\n".join((chunk.text, chunk.title, *chunk.heading_path, *chunk.questions))
        spellings = Counter(
            text[token.start : token.end]
            for token in self.index.analyzer.tokens(text)
            if token.term == stem
        )
        return min(
            spellings,
            key=lambda found: (OSA.distance(fold(found), typed), -spellings[found], found),
        )

    def _correction(
        self, start: int, end: int, corrected: str, terms: Iterable[QueryTerm], clear: bool
    ) -> types.Correction:
        factor = CORRECTION_WEIGHT if clear else DOUBTFUL_WEIGHT
        terms = [term._replace(evidence=term.evidence and clear) for term in terms]
        self._add(terms, factor)
        typed = self.question[start:end]
        names = tuple(term.term for term in terms)
        return types.Correction(typed, corrected, names, factor, clear, start)

    def _new(self, phrase: str) -> list[QueryTerm]:
        """Terms of a phrase that the index has and the question has not."""
        return [
            term
            for term in self.index.analyzer.query(phrase)
            if term.term not in self.asked and self.index.bm25.df(term.term)
        ]

    def _add(self, terms: Iterable[QueryTerm], factor: float) -> None:
        """Add terms; what several phrases bring counts once, as much as the most of them."""
        for term in terms:
            new = term._replace(weight=factor * term.weight)
            old = self.added.get(term.term, new)
            weight, evidence = max(old.weight, new.weight), old.evidence or new.evidence
            self.added[term.term] = new._replace(weight=weight, evidence=evidence)

    def _worth(self, terms: Iterable[QueryTerm]) -> float:
        return self.index.bm25.full((term.term, term.weight) for term in terms)

    @cached_property
    def _visible(self) -> Mask | None:
        return self.index.mask(Filters(), config.today(self._day))

    def _count(self, term: str) -> int:
        """Number of chunks with a term that everyone may see."""
        if self._visible is None:
            return self.index.bm25.df(term)
        if term not in self._counts:
            self._counts[term] = int(self._visible[self.index.bm25.rows_with(term)].sum())
        return self._counts[term]


def _rewritten(question: str, corrections: Sequence[types.Correction]) -> str | None:
    """The question with the clear corrections; of two that overlap, with the first."""
    parts, end = [], 0
    for found in corrections:
        if found.clear and found.start >= end:
            parts += [question[end : found.start], found.corrected]
            end = found.end
    return "".join((*parts, question[end:])) if parts else None
