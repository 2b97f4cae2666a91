"""Judging what a language model wrote: what may be shown of it, or why nothing may.

Claims are checked by `answer.verify`. What claims nothing, such as a greeting, a heading or a
question, is free there; here it stays only where the passages speak of the same, since a model
that was led astray may ask for a password as well as state a falsehood.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from kbassist.answer.verify import Verification
from kbassist.integrations.prompt import NO_ANSWER
from kbassist.text.language import detect_query
from kbassist.text.sentences import sentence_spans
from kbassist.types import Answer

if TYPE_CHECKING:
    from kbassist.assistant import Assistant

Rejection = Literal[
    "empty", "declined", "too_long", "foreign_link", "unverified", "uncited", "other_language"
]

_THOUGHT = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
"""What some models think aloud before they answer."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_LINK = re.compile(
    r"[a-z][a-z0-9+.-]*://[^\s<>()\[\]\"'`，。；、）】]+"
    r"|(?:javascript|data|mailto|tel):[^\s<>()]*"
    r"|(?:[a-z0-9_.+-]+@)?(?:[a-z0-9-]+\.)+[a-z]{2,24}(?![a-z0-9])(?:[/?#:][^\s<>()\[\]，。；、）】]*)?"
    r"|(?<![\w.])@[a-z0-9_]{3,}",
    re.IGNORECASE,
)
"""Addresses: with a scheme, or a host, a mailbox or a handle alone."""
_TARGET = re.compile(r"\]\(\s*<?([^)\s>]*)")
_BARE_LINE = re.compile(r"^[ \t]*(?:[-*+•>#]+|\d{1,3}[.)、])?[ \t*_]*$\n?", re.MULTILINE)
_GAP = re.compile(r"\n{3,}")


class Rejected(Exception):
    """Raised when a draft may not be shown; it never leaves this package."""

    def __init__(
        self, reason: Rejection, detail: str = "", verification: Verification | None = None
    ) -> None:
        super().__init__(reason, detail)
        self.reason: Rejection = reason
        self.detail = detail
        self.verification = verification


@dataclass(frozen=True, slots=True)
class Draft:
    """What may be shown of a model's text."""

    text: str
    """Its claims, and what the passages speak of besides."""
    cited: tuple[int, ...]
    """Numbers of the citations that it names, ascending."""
    verification: Verification
    """Of the text as the model wrote it."""


def accepted(draft: str, answer: Answer, assistant: Assistant, max_chars: int) -> Draft:
    """The part of a model's text that may be shown.

    Args:
        draft: as the model wrote it.
        answer: whose citations the model has seen, and no others.
        assistant: checks the claims.
        max_chars: of the whole text.

    Raises:
        Rejected: it is empty, declines, is too long, names an address that no passage has, holds a
            claim without support or no citation at all, or is not in the question's language.
    """
    text = _CONTROL.sub("", _THOUGHT.sub("", draft.replace("\r\n", "\n"))).strip()
    if not text:
        raise Rejected("empty")
    if NO_ANSWER in text:
        raise Rejected("declined")
    if len(text) > max_chars:
        raise Rejected("too_long", f"{len(text)} characters")
    if not _links(text) <= _known_links(answer):
        raise Rejected("foreign_link")
    verification = assistant.verify_citations(text, answer)
    for finding in verification.findings:
        if finding.status != "supported":
            raise Rejected("unverified", finding.reason, verification)
        if not _says_something(
            finding.sentence, assistant
        ):  # a bare yes or no, which any quote holds
            raise Rejected("unverified", "no_content", verification)
    cited = sorted({number for finding in verification.findings for number in finding.cited})
    if not cited:
        raise Rejected("uncited", "", verification)
    if {_language(text), _language(answer.question)} == {"zh", "en"}:
        raise Rejected("other_language", _language(text), verification)
    return Draft(_spoken_for(text, verification, answer, assistant), tuple(cited), verification)


def _links(text: str) -> set[str]:
    found = [*_LINK.findall(text), *_TARGET.findall(text)]
    return {link.rstrip(".,;:!?*_").casefold() for link in found}


def _known_links(answer: Answer) -> set[str]:
    known: set[str] = set()
    for citation in answer.citations:
        known |= _links(f"{citation.quote}\n{citation.title}\n<{citation.url or ''}>")
    return known


def _language(text: str) -> str:
    return detect_query(text)[:2]


def _says_something(text: str, assistant: Assistant) -> bool:
    return any(not term.stop for term in assistant.index.analyzer.query(text))


def _spoken_for(text: str, verification: Verification, answer: Answer, assistant: Assistant) -> str:
    """The text without the sentences that claim nothing and that no passage speaks of."""
    claimed = [(finding.start, finding.end) for finding in verification.findings]
    marks = "".join(f"[{citation.number}]" for citation in answer.citations)
    kept, last = [], 0
    for start, end in sentence_spans(text):
        if any(start < stop and begin < end for begin, stop in claimed):
            continue
        said = text[start:end].strip(" \t\n#>*_-?？:：")
        spoken = assistant.verify_citations(f"{said} {marks}", answer).ok
        if not (spoken and _says_something(said, assistant)):
            kept.append(text[last:start])
            last = end + (text[start - 1 : start] == text[end : end + 1] == " ")
    return _tidy([*kept, text[last:]])


def _tidy(pieces: Iterable[str]) -> str:
    """Pieces of a text without the bullets and empty lines that were left between them."""
    return _GAP.sub("\n\n", _BARE_LINE.sub("\n", "".join(pieces))).strip()


def with_text(answer: Answer, draft: Draft) -> Answer:
    """The answer with a model's text in place of the quotes, and the citations that it names."""
    cited = tuple(citation for citation in answer.citations if citation.number in draft.cited)
    return replace(answer, text=draft.text, citations=cited, parts=())
