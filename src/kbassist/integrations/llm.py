"""Answers in a language model's words, shown only where their citations hold; else the quotes.

    from openai import OpenAI
    from kbassist.integrations.llm import generate

    written = generate(assistant, "提币一直没到账怎么办？", OpenAI(), model="gpt-5-mini")
    assistant.render(written.answer)

It needs no package of its own: any client of the OpenAI protocol will do, and so will a function
from messages to text. One question costs one call at most, and none where there is no answer.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from kbassist import checks
from kbassist.answer.verify import Verification
from kbassist.assistant import Assistant
from kbassist.integrations.chat import Call, Failure, LanguageModel, Message, ModelFailed
from kbassist.integrations.drafts import Rejected, Rejection, accepted, with_text
from kbassist.integrations.prompt import messages
from kbassist.types import Answer

__all__ = ["Generated", "LanguageModel", "Message", "Reason", "agenerate", "generate"]

Reason = Literal["verified", "not_answered", "partly_answered", "no_room"] | Failure | Rejection
"""Why the text is whose it is. `verified`: the model's. The model was not asked: `not_answered`
(the action is not `answer`), `partly_answered` (the quotes say which part has no answer), `no_room`
(no passage fits). It gave nothing to use: `timeout`, `model_error`, `malformed`, `empty`, `cut` (by
a limit on its tokens), `too_long`, `declined` (it says that the passages do not answer). What it
wrote must not be shown: `unverified`, `uncited`, `foreign_link`, `other_language`."""

MAX_TOKENS = 1500
MAX_CHARS = 2000
TIMEOUT = 20.0
_NOT_ASKED = ("not_answered", "partly_answered", "no_room")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Generated:
    """An answer, in a model's words or in quotes."""

    answer: Answer
    """What to show. Of the model: its text, with the citations that it names. Else the extractive
    answer as it was."""
    source: Literal["model", "quotes"]
    reason: Reason
    detail: str = ""
    """What was wrong, for logs: the class of an error, or the finding of `answer.verify`."""
    draft: str | None = field(default=None, repr=False)
    """What the model wrote, for logs; None where it wrote nothing. Never to be shown unchecked."""
    verification: Verification | None = field(default=None, repr=False)
    """Of what the model wrote; None where it did not come to that."""
    error: BaseException | None = field(default=None, repr=False, compare=False)
    """What the model raised, with its traceback; for you, since it may hold a key or the question:
    kbassist logs its class alone."""

    @property
    def text(self) -> str:
        """Of the answer; empty where nothing is answered, and the action says what to do."""
        return self.answer.text


def generate(
    assistant: Assistant,
    question: str | Answer,
    llm: LanguageModel,
    *,
    model: str | None = None,
    max_tokens: int = MAX_TOKENS,
    max_chars: int = MAX_CHARS,
    timeout: float = TIMEOUT,
    request: Mapping[str, Any] | None = None,
) -> Generated:
    """Let a language model put an answer into words, and check each of them.

    The model is asked once, and only where the action is `answer`; whoever is to be asked back or
    handed over gets what the assistant decided. Where the model fails, is slow, or writes something
    that its citations do not support, the answer stays the extractive one. What claims nothing,
    such as a greeting, a heading or a question, is left out of the model's text.

    Args:
        assistant: has answered the question, or does.
        question: in the customer's words; or the answer to it, as from a conversation or under
            filters.
        llm: a client of the OpenAI protocol, or a function from messages to text.
        model: its name, for a client.
        max_tokens: of the passages in the prompt, 1 up, by `text.count.count_tokens`.
        max_chars: of the model's text, 1 up; a longer one is not shown.
        timeout: seconds, above 0, for the model.
        request: further arguments for a client, such as `{"max_completion_tokens": 600}`, which
            bounds what a text may cost.

    Raises:
        UsageError: an argument has a value that cannot be used.
        KbassistError: as `Assistant.ask`; what the model does raises nothing.
    """
    call = _checked(llm, model, max_tokens, max_chars, timeout, request)
    answer = question if isinstance(question, Answer) else assistant.ask(question)
    brief = _brief(assistant, answer, max_tokens)
    if not isinstance(brief, _Brief):
        return _quotes(answer, brief)
    try:
        draft = call.text(brief.messages)
    except ModelFailed as error:
        return replace(_quotes(answer, error.reason, error.detail), error=error.__cause__)
    return _judged(assistant, answer, brief.seen, draft, max_chars)


async def agenerate(
    assistant: Assistant,
    question: str | Answer,
    llm: LanguageModel,
    *,
    model: str | None = None,
    max_tokens: int = MAX_TOKENS,
    max_chars: int = MAX_CHARS,
    timeout: float = TIMEOUT,
    request: Mapping[str, Any] | None = None,
) -> Generated:
    """`generate` for asyncio; takes clients and functions for asyncio too, and raises the same."""
    call = _checked(llm, model, max_tokens, max_chars, timeout, request)
    answer = question if isinstance(question, Answer) else await assistant.aask(question)
    brief = _brief(assistant, answer, max_tokens)
    if not isinstance(brief, _Brief):
        return _quotes(answer, brief)
    try:
        draft = await call.atext(brief.messages)
    except ModelFailed as error:
        return replace(_quotes(answer, error.reason, error.detail), error=error.__cause__)
    return await asyncio.to_thread(_judged, assistant, answer, brief.seen, draft, max_chars)


@dataclass(frozen=True, slots=True)
class _Brief:
    """What a model is told."""

    messages: list[Message]
    seen: Answer
    """The answer with the citations that fit the prompt: the model can know no others."""


def _checked(
    llm: LanguageModel,
    model: str | None,
    max_tokens: int,
    max_chars: int,
    timeout: float,
    request: Mapping[str, Any] | None,
) -> Call:
    for name, value in (("max_tokens", max_tokens), ("max_chars", max_chars)):
        checks.whole(name, value, 1)
    return Call(llm, model, timeout, dict(request or {}))


def _brief(assistant: Assistant, answer: Answer, max_tokens: int) -> _Brief | Reason:
    """What a model is told of an answer; or why it is not asked."""
    if answer.action != "answer":
        return "not_answered"
    if any(not part.citations for part in answer.parts):
        return "partly_answered"
    context = assistant.context(answer, max_tokens)
    if not context.text:
        return "no_room"
    fit = tuple(one for one in answer.citations if one.number in context.included)
    return _Brief(messages(answer.question, context), replace(answer, citations=fit))


def _judged(
    assistant: Assistant, answer: Answer, seen: Answer, text: str, max_chars: int
) -> Generated:
    """The model's text where it may be shown, else the quotes."""
    try:
        draft = accepted(text, seen, assistant, max_chars)
    except Rejected as error:
        return _quotes(answer, error.reason, error.detail, text, error.verification)
    shown = with_text(answer, draft)
    return Generated(shown, "model", "verified", draft=text, verification=draft.verification)


def _quotes(
    answer: Answer,
    reason: Reason,
    detail: str = "",
    draft: str | None = None,
    verification: Verification | None = None,
) -> Generated:
    if reason not in _NOT_ASKED:  # nothing of the text or the question: logs are kept for long
        told = {"event": "generate", "reason": reason}
        _log.info("the model's text is not shown: %s", reason, extra=told)
    return Generated(answer, "quotes", reason, detail, draft, verification)
