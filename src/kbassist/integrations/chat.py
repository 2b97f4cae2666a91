"""Asking a language model once, within a time: an OpenAI-compatible client, or a plain callable.

A call runs in a thread of its own, so that one that hangs delays nobody: not the caller, not the
threads in which asyncio answers questions, not the end of the program.
"""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Future
from contextvars import copy_context
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Literal, Protocol

from kbassist import checks
from kbassist.errors import UsageError

Message = dict[str, str]
"""`role` and `content`."""

_OWN = ("model", "messages", "stream", "timeout")
"""Arguments of a request that are not the caller's to set."""


class Client(Protocol):
    """A client that speaks the OpenAI protocol, such as `openai.OpenAI` or `openai.AsyncOpenAI`."""

    @property
    def chat(self) -> Any:
        """Has `completions.create(model=…, messages=…)`."""
        ...


LanguageModel = Client | Callable[[list[Message]], str | Awaitable[str]]
"""A client, or whatever makes a text of messages."""

Failure = Literal["timeout", "model_error", "malformed", "cut"]


class ModelFailed(Exception):
    """Raised when a model gave no text that can be used; it never leaves this package."""

    def __init__(self, reason: Failure, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason: Failure = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Call:
    """How a model is asked."""

    llm: LanguageModel
    model: str | None = None
    """Its name, for a client; None for a callable."""
    timeout: float = 20.0
    """Seconds, above 0, for everything that the model does."""
    request: Mapping[str, Any] = field(default_factory=dict)
    """Further arguments of the client's request, such as `temperature`."""

    def __post_init__(self) -> None:
        """Check what was given.

        Raises:
            UsageError: something has a value that cannot be used.
        """
        client = hasattr(self.llm, "chat")
        if not client and not callable(self.llm):
            raise UsageError(
                f"a model must be a client with chat.completions or a callable, found {self.llm!r}",
                hint="Pass openai.OpenAI(), or a function from messages to text.",
            )
        if client and not (isinstance(self.model, str) and self.model):
            raise UsageError(
                f"a client needs the name of a model, found {self.model!r}",
                hint='Write model="…" as the provider names it.',
            )
        if not client and (self.model is not None or self.request):
            raise UsageError(
                "model and request are for clients, and a callable was given",
                hint="Let the callable name its own model.",
            )
        checks.seconds("timeout", self.timeout)
        for name in _OWN:
            if name in self.request:
                raise UsageError(
                    f"request must not have {name!r}",
                    hint="A text is checked as a whole before it is shown, in one request.",
                )

    def text(self, messages: list[Message]) -> str:
        """What the model says.

        Raises:
            ModelFailed: it raised, took too long, or returned no text, or the beginning of one.
            UsageError: it works for asyncio only.
        """
        try:
            said = _started(self._call, messages).result(self.timeout)
        except Exception as error:
            raise _failed(error) from error
        if inspect.isawaitable(said):
            _closed(said)
            raise UsageError(
                "the model is for asyncio, and this is not", hint="Await agenerate(…) instead."
            )
        return self._read(said)

    async def atext(self, messages: list[Message]) -> str:
        """`text` for asyncio; takes models for asyncio, and others in a thread of their own."""
        end = monotonic() + self.timeout
        try:
            if inspect.iscoroutinefunction(self.llm):
                said = self._call(messages)
            else:
                future = asyncio.wrap_future(_started(self._call, messages))
                said = await asyncio.wait_for(future, self.timeout)
            if inspect.isawaitable(said):
                said = await asyncio.wait_for(said, max(end - monotonic(), 0))
        except Exception as error:
            raise _failed(error) from error
        return self._read(said)

    def _call(self, messages: list[Message]) -> Any:
        llm: Any = self.llm
        if self.model is None:
            return llm(messages)
        if hasattr(llm, "with_options"):  # a client's own retries would multiply time and cost
            llm = llm.with_options(max_retries=0, timeout=self.timeout)
        return llm.chat.completions.create(model=self.model, messages=messages, **self.request)

    def _read(self, said: Any) -> str:
        """The text of a response, whatever a server may have sent."""
        cut = False
        if self.model is not None:
            try:
                choice = said.choices[0]
                said, cut = choice.message.content, choice.finish_reason == "length"
            except (AttributeError, IndexError, TypeError):
                raise ModelFailed("malformed", type(said).__name__) from None
        if cut:
            raise ModelFailed("cut")
        if said is not None and not isinstance(said, str):
            raise ModelFailed("malformed", type(said).__name__)
        return said or ""


def _started(call: Callable[..., Any], *args: Any) -> Future[Any]:
    """A call that has begun in a thread of its own, with the caller's context variables."""
    future: Future[Any] = Future()
    future.set_running_or_notify_cancel()  # from here on, giving up on it leaves it alone
    context = copy_context()

    def work() -> None:
        try:
            said = context.run(call, *args)
        except BaseException as error:  # the caller's to handle, in the caller's thread
            future.set_exception(error)
        else:
            future.set_result(said)

    threading.Thread(target=work, name="kbassist-model", daemon=True).start()
    return future


def _failed(error: Exception) -> ModelFailed:
    """By the error's class alone: its message may hold keys or questions."""
    name = type(error).__name__
    late = isinstance(error, TimeoutError) or "Timeout" in name
    return ModelFailed("timeout" if late else "model_error", name)


def _closed(said: Any) -> None:
    """Do not let an unused coroutine warn."""
    if inspect.iscoroutine(said):
        said.close()
