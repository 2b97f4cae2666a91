"""Judging what a language model wrote: what may be shown of it, or why nothing may.

Claims are checked by `answer.verify`. What claims nothing, such as a greeting, a heading or a
question, is free there; here it is left out, since a model that was led astray may ask for a
password as well as state a falsehood. So every sentence that is shown was checked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from kbassist.answer.negation import denied_word
from kbassist.answer.verify import Finding, Verification
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
    """Its claims, every one supported."""
    cited: tuple[int, ...]
    """Numbers of the citations that it names, ascending."""
    verification: Verification
    """Of the model's text, with its lines apart."""


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
    apart = text.replace("\n", "\n\n")  # so that no line leans on the next
    verification = assistant.verify_citations(apart, answer)
    cited = sorted({number for finding in verification.findings for number in finding.cited})
    if not cited:
        raise Rejected("uncited", "", verification)
    for finding in verification.findings:
        if wrong := _wrong(finding, answer, assistant):
            raise Rejected("unverified", wrong, verification)
    if {_language(text), _language(answer.question)} == {"zh", "en"}:
        raise Rejected("other_language", _language(text), verification)
    return Draft(_claims_only(apart, verification), tuple(cited), verification)


def _wrong(finding: Finding, answer: Answer, assistant: Assistant) -> str:
    """Why a claim may not be shown, by the names of `answer.verify`; empty where it may."""
    if finding.status != "supported":
        return finding.reason
    if all(term.stop for term in assistant.index.analyzer.query(finding.sentence)):
        return "no_content"  # a bare yes or no, which any quote holds
    if finding.reason == "verbatim":
        return ""
    named = finding.cited or tuple(one.number for one in answer.citations)
    quotes = [one.quote for one in answer.citations if one.number in named]
    word = denied_word(finding.sentence, "\n".join(quotes))
    return f"denied: {word}" if word else ""


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


def _claims_only(text: str, verification: Verification) -> str:
    """The text without what claims nothing; lines are two line ends apart, and then one."""
    rest = text
    for finding in verification.findings:  # blanked, so that all places stay
        blank = re.sub(r"[^\n]", " ", text[finding.start : finding.end])
        rest = rest[: finding.start] + blank + rest[finding.end :]
    kept, last = [], 0
    for start, end in sentence_spans(rest):
        if any(char.isalnum() for char in rest[start:end]):
            kept.append(text[last:start])
            last = end + (text[start - 1 : start] == text[end : end + 1] == " ")
    return _tidy("".join([*kept, text[last:]]).replace("\n\n", "\n"))


def _tidy(text: str) -> str:
    """Without the bullets and empty lines that are left where something was taken out."""
    return _GAP.sub("\n\n", _BARE_LINE.sub("\n", text)).strip()


def with_text(answer: Answer, draft: Draft) -> Answer:
    """The answer with a model's text in place of the quotes, and the citations that it names."""
    cited = tuple(citation for citation in answer.citations if citation.number in draft.cited)
    return replace(answer, text=draft.text, citations=cited, parts=())
