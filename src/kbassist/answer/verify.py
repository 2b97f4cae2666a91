"""Checking a text that a language model wrote against the quotes that it cites.

Each claim is compared with the quotes that it names, never with the whole knowledge base: that
something is true elsewhere makes no citation right. Quantities, identifiers and negations are hard
evidence, which no likeness of the rest outweighs. Likeness is lexical, or that of vectors, so that
a claim in another language than its quote can be supported.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Literal

import numpy as np

from kbassist.answer import facts
from kbassist.answer.claims import Claim, claims
from kbassist.answer.negation import negation_conflict
from kbassist.articles.plain import render_fragment
from kbassist.embed.protocol import Embedder
from kbassist.text.analyzer import Analyzer
from kbassist.text.language import detect_query
from kbassist.text.sentences import sentence_spans
from kbassist.types import Answer, Citation

FindingStatus = Literal["supported", "unsupported", "unknown_citation", "uncited"]


@dataclass(frozen=True, slots=True)
class SupportSettings:
    """How much likeness makes a quote support a claim.

    The figures are of the examples in `tests/answer/test_verify.py` with the bundled model.
    """

    min_share: float = 0.6
    """Share of the claim's terms, by weight, that its quotes hold, in [0, 1]: enough alone. True
    claims in the quote's language mostly have more, those with another's quote at most 0.35."""
    min_cosine: float = 0.56
    """Cosine of the claim and its best sentence: enough alone. Claims with another's quote have at
    most 0.55."""
    min_cosine_across: float = 0.45
    """The same where claim and quote are in two languages: true claims have 0.27 to 0.86, most of
    them above this; others mostly below 0.3."""
    min_cosine_with_fact: float = 0.38
    """The same where the quote holds a quantity with its unit, or an identifier, of the claim:
    those rarely agree by chance."""
    min_share_with_cosine: float = 0.35
    """Share that is enough where the cosine is at least `min_cosine_with_share`."""
    min_cosine_with_share: float = 0.45
    """See `min_share_with_cosine`: two weak signs that agree."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found about one claim."""

    sentence: str
    """The claim as written, without its citation marks."""
    start: int
    """First character in the checked text, 0-based."""
    end: int
    """One past the last character, the marks included."""
    cited: tuple[int, ...]
    """Citation numbers that it names, in order."""
    status: FindingStatus
    reason: str
    """Machine-readable cause, with what it is about after a colon: `terms`, `vectors`, `verbatim`,
    `number: 5 minute`, `identifier: erc20`, `negation`, `denied: 撤销`, `little_in_common`,
    `no_such_citation: 7`, `no_citation`."""


@dataclass(frozen=True, slots=True)
class Verification:
    """The check of one text."""

    findings: tuple[Finding, ...]
    """One for each claim, in order; what claims nothing (a greeting, a question) has none."""

    @property
    def ok(self) -> bool:
        """Whether every claim is supported by what it cites; true of a text that claims nothing."""
        return all(finding.status == "supported" for finding in self.findings)

    def of(self, status: FindingStatus) -> tuple[Finding, ...]:
        """The findings of one status, in order."""
        return tuple(finding for finding in self.findings if finding.status == status)


def verify_citations(
    text: str,
    answer: Answer,
    analyzer: Analyzer,
    embedder: Embedder | None = None,
    settings: SupportSettings | None = None,
) -> Verification:
    """Check every citation of a text that was written from the context of an answer.

    A claim is supported where its quotes together hold its quantities, identifiers and negations,
    and enough of its words or its sense. A claim without a mark is supported by the next mark of
    its paragraph, or where it stands word for word in a quote; else it is listed as `uncited`.

    Args:
        text: what the language model wrote, with marks such as `[1]`, `[1, 2]`, `［1］`.
        answer: the answer whose citations the marks name.
        analyzer: the one of the index.
        embedder: a model for claims that share no words with their quote; without one, a claim in
            another language than its quote is `unsupported`.
        settings: thresholds of support.

    Returns:
        A finding for each claim.

    Raises:
        ModelError: the embedder returned something unusable.
    """
    judge = _Judge(answer, analyzer, embedder, settings or SupportSettings())
    return Verification(tuple(judge.finding(claim) for claim in claims(text, judge.content)))


class _Source:
    """One citation as evidence: its quote, with the headings that it stands under."""

    def __init__(self, citation: Citation) -> None:
        self.headings = " ".join((citation.title, *citation.heading_path))
        self.updated = str(citation.updated or "")
        self.quote = citation.quote
        self.stated = f"{self.headings}\n{self.quote}"
        self.text = f"{self.updated}\n{self.stated}"
        self.flat = _flat(self.quote)

    @cached_property
    def pieces(self) -> list[str]:
        """Sentences, items and rows of the quote."""
        return [self.quote[start:end] for start, end in sentence_spans(self.quote)]


class _Judge:
    def __init__(
        self,
        answer: Answer,
        analyzer: Analyzer,
        embedder: Embedder | None,
        settings: SupportSettings,
    ) -> None:
        self.sources = {citation.number: _Source(citation) for citation in answer.citations}
        self.analyzer, self.embedder, self.settings = analyzer, embedder, settings

    def content(self, text: str) -> int:
        return sum(not term.stop for term in self.analyzer.query(text))

    def finding(self, claim: Claim) -> Finding:
        status, reason = self._judge(claim)
        return Finding(claim.text, claim.start, claim.end, claim.cited, status, reason)

    def _judge(self, claim: Claim) -> tuple[FindingStatus, str]:
        unknown = [number for number in claim.cited if number not in self.sources]
        if unknown:
            return "unknown_citation", f"no_such_citation: {', '.join(map(str, unknown))}"
        if claim.cited:
            supported, reason = self._support(claim.text, [self.sources[n] for n in claim.cited])
            return ("supported" if supported else "unsupported"), reason
        if any(_flat(claim.text) in source.flat for source in self.sources.values()):
            return "supported", "verbatim"
        following = [self.sources[n] for n in claim.following if n in self.sources]
        if following:
            supported, reason = self._support(claim.text, following)
            if supported:
                return "supported", reason
        return "uncited", "no_citation"

    def _support(self, claim: str, sources: Sequence[_Source]) -> tuple[bool, str]:
        """Whether the sources together support a claim, and by what or why not."""
        flat = _flat(claim)
        if any(flat in source.flat for source in sources):
            return True, "verbatim"
        conflict = _conflict(claim, sources)
        if conflict:
            return False, conflict
        limits = self.settings
        share = self._share(claim, sources)
        if share >= limits.min_share:
            return True, "terms"
        wanted = [limits.min_cosine]
        if share >= limits.min_share_with_cosine:
            wanted.append(limits.min_cosine_with_share)
        if facts.identifiers(claim) or any(quantity.unit for quantity in facts.quantities(claim)):
            wanted.append(limits.min_cosine_with_fact)
        language = _language(claim)
        if any(_language(source.quote) != language for source in sources):
            wanted.append(limits.min_cosine_across)
        if self._cosine(claim, sources) >= min(wanted):
            return True, "vectors"
        return False, "little_in_common"

    def _share(self, claim: str, sources: Iterable[_Source]) -> float:
        """Share of the claim's terms, by weight, that the sources hold; 1 for one without any."""
        held = {term for source in sources for term in self.analyzer.terms(source.text)}
        wanted = [term for term in self.analyzer.query(render_fragment(claim)) if not term.stop]
        total = sum(term.weight for term in wanted)
        return sum(term.weight for term in wanted if term.term in held) / total if total else 1.0

    def _cosine(self, claim: str, sources: Iterable[_Source]) -> float:
        """Greatest cosine of the claim and a sentence, two neighbours, or a whole quote; or 0."""
        if self.embedder is None:
            return 0.0
        texts: dict[str, None] = {}
        for source in sources:
            plain = [render_fragment(piece) for piece in source.pieces]
            pairs = [f"{a} {b}" for a, b in pairwise(plain)]
            texts |= dict.fromkeys([*plain, *pairs, " ".join(plain)])
        vectors = self.embedder.embed_documents([render_fragment(claim), *texts])
        return float(np.max(vectors[1:] @ vectors[0], initial=0.0))


def _language(text: str) -> str:
    return detect_query(text)[:2]


def _flat(text: str) -> str:
    """Plain text without white space, for comparing word for word."""
    return "".join(render_fragment(text).split()).rstrip("。.；;，,")


def _conflict(claim: str, sources: Sequence[_Source]) -> str:
    """The first hard fact of a claim that its sources do not hold or contradict; empty for none."""
    text = "\n".join(source.text for source in sources)
    known = facts.quantities("\n".join(source.stated for source in sources), words=True)
    wanted = facts.quantities(claim)
    for source in sources:  # the day of the update, to a claim that tells its year
        day = facts.quantities(source.updated)
        known += day if day[:1] and day[0] in wanted else []
    for quantity in wanted:
        if not any(quantity.same(other) for other in known):
            return f"number: {quantity.value} {quantity.unit}".rstrip()
    names = facts.identifiers(claim)
    for name in names:
        if not facts.names(text, name):
            return f"identifier: {name}"
    return _misplaced(wanted, names, sources) or negation_conflict(
        claim, [piece for source in sources for piece in source.pieces]
    )


def _misplaced(
    wanted: Sequence[facts.Quantity], names: Sequence[str], sources: Sequence[_Source]
) -> str:
    """A number that the sources tell of other names only, as from another row of a table."""
    pieces = [piece for source in sources for piece in source.pieces]
    told = [(facts.quantities(piece, words=True), facts.identifiers(piece)) for piece in pieces]
    spoken = {name for _, held in told for name in held}
    for quantity in wanted:
        keys = {name for name in names if name != quantity.unit} & spoken
        places = [
            {name for name in held if name != quantity.unit}
            for found, held in told
            if any(quantity.same(other) for other in found)
        ]
        if keys and places and all(held and not held & keys for held in places):
            return f"number: {quantity.value} {quantity.unit}".rstrip() + " of another name"
    return ""
