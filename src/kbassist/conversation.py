"""A conversation: questions that lean on earlier ones, and a state that can be kept as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, fields, replace
from typing import TYPE_CHECKING, Protocol

from kbassist.answer.followup import Resolution, Turn, resolve
from kbassist.answer.smalltalk import is_small_talk
from kbassist.checks import shown
from kbassist.config import DEFAULT_TOP_K, SearchSettings
from kbassist.errors import UsageError
from kbassist.index.filters import Filters
from kbassist.types import Answer, Mode

if TYPE_CHECKING:
    import asyncio

    from typing_extensions import Unpack

    from kbassist.answer.calls import AskOptions, TurnOptions

VERSION = 1
"""Format of the JSON."""
MAX_TURNS = 20
"""Turns that are kept; older ones are dropped."""
MAX_TURN_CHARS = 1000
"""Characters of each text of a turn that are kept."""


class Answerer(Protocol):
    """What a conversation asks: an `Assistant`."""

    @property
    def settings(self) -> SearchSettings:
        """Of the search."""
        ...

    def ask(
        self,
        question: str,
        *,
        top_k: int,
        mode: Mode | None,
        filters: Filters | None,
        asked: str | None,
        failures: int,
        language: str | None,
        timeout: float | None,
    ) -> Answer:
        """Answer one question by itself."""
        ...

    async def aask(self, question: str, **options: Unpack[AskOptions]) -> Answer:
        """The same for asyncio."""
        ...


class Conversation:
    """One customer's questions in order; elliptical ones are completed before they are searched.

    A short question that may stand alone is asked alone first (`answer.leaning`). Nothing is
    carried over from a turn without an answer, or from small talk.

    Not to be shared between threads: each customer has their own, over one `Assistant`. It holds
    no more than its turns: a bot may keep them (`to_json`) and make a new one for each message.

    Example:
        >>> assistant = Assistant.open("indexes/default")  # doctest: +SKIP
        >>> conversation = Conversation(assistant)  # doctest: +SKIP
        >>> conversation.ask("TRC20 提币手续费是多少？").action  # doctest: +SKIP
        'answer'
        >>> conversation.ask("那 ERC20 呢？").question  # doctest: +SKIP
        '那 ERC20 呢？'

    Args:
        assistant: answers the questions.
        history: turns that were kept elsewhere, oldest first; the last `MAX_TURNS` are kept.

    Raises:
        UsageError: something in the history is no turn.
    """

    def __init__(self, assistant: Answerer, history: Iterable[Turn] = ()) -> None:
        self.assistant = assistant
        self._turns: tuple[Turn, ...] = ()
        self._resolution: Resolution | None = None
        self._lock: tuple[object, asyncio.Lock] | None = None
        if not isinstance(history, Iterable):
            raise _no_turn(history)
        for turn in history:
            self._keep(turn)

    @property
    def turns(self) -> tuple[Turn, ...]:
        """What was asked so far, oldest first, at most `MAX_TURNS`."""
        return self._turns

    @property
    def failures(self) -> int:
        """Turns without an answer since the last answer, at most `MAX_TURNS`.

        Only abstentions count; a turn whose action is not known, a question back and small talk do
        not.
        """
        count = 0
        for turn in reversed(self._turns):
            if turn.action == "answer":
                break
            count += turn.action == "abstain" and not is_small_talk(turn.question)
        return count

    @property
    def resolution(self) -> Resolution | None:
        """What was searched for in place of the latest question; None before the first."""
        return self._resolution

    def ask(
        self,
        question: str,
        *,
        top_k: int = DEFAULT_TOP_K,
        mode: Mode | None = None,
        filters: Filters | None = None,
        language: str | None = None,
        timeout: float | None = None,
    ) -> Answer:
        """Answer a question in the light of the earlier ones, and remember it.

        Takes and raises what `Assistant.ask` does; a question that raises is not remembered. The
        answer names the question as it was asked.
        """
        resolution = self._resolved(question)
        found = self.assistant.ask(
            resolution.question,
            top_k=top_k,
            mode=mode,
            filters=filters,
            asked=question,
            failures=self.failures,
            language=language,
            timeout=timeout,
        )
        return self._remembered(question, resolution, found)

    async def aask(self, question: str, **options: Unpack[TurnOptions]) -> Answer:
        """`ask` for asyncio; takes and raises the same.

        Where several tasks ask at once, they are answered in the order in which they came.
        """
        async with self._turn_lock():
            resolution = self._resolved(question)
            found = await self.assistant.aask(
                resolution.question, asked=question, failures=self.failures, **options
            )
            return self._remembered(question, resolution, found)

    def to_json(self) -> str:
        """The turns as one line of JSON, for `from_json`."""
        state = {"version": VERSION, "turns": [asdict(turn) for turn in self._turns]}
        return json.dumps(state)

    @classmethod
    def from_json(cls, assistant: Answerer, text: str) -> Conversation:
        """A conversation as `to_json` wrote it.

        Args:
            assistant: answers the questions; it may have another index than before.
            text: what `to_json` returned.

        Raises:
            UsageError: the text is no such JSON, or of another version.
        """
        try:
            state = json.loads(text)
        except (ValueError, TypeError, RecursionError) as error:
            raise _unreadable(f"no JSON: {error}") from None
        if not isinstance(state, dict) or not isinstance(state.get("turns"), list):
            raise _unreadable("no object with a list of turns")
        if state.get("version") != VERSION:
            raise _unreadable(f"version {state.get('version')!r}, expected {VERSION}")
        return cls(assistant, [_turn(record) for record in state["turns"]])

    def _resolved(self, question: str) -> Resolution:
        limit = self.assistant.settings.max_question_chars
        if isinstance(question, str) and len(question) <= limit:
            return resolve(question, self._turns, max_chars=limit)
        return Resolution(question, False)

    def _remembered(self, question: str, resolution: Resolution, found: Answer) -> Answer:
        alone = found.origin is not None and found.origin.searched == question
        self._resolution = Resolution(question, resolution.elliptical) if alone else resolution
        self._keep(Turn(question, _topic(found), found.action))
        return replace(found, question=question)

    def _turn_lock(self) -> asyncio.Lock:
        """The lock of this event loop; a lock serves one."""
        import asyncio

        loop = asyncio.get_running_loop()
        if self._lock is None or self._lock[0] is not loop:
            self._lock = loop, asyncio.Lock()
        return self._lock[1]

    def _keep(self, turn: Turn) -> None:
        if not isinstance(turn, Turn):
            raise _no_turn(turn)
        kept = replace(
            turn,
            question=turn.question[:MAX_TURN_CHARS],
            topic=_cut(turn.topic),
            reply=_cut(turn.reply),
        )
        self._turns = (*self._turns, kept)[-MAX_TURNS:]


def _topic(answer: Answer) -> str | None:
    """Title and heading of the first passage that is quoted."""
    if not answer.citations:
        return None
    first = answer.citations[0]
    return " › ".join((first.title, *first.heading_path[-1:]))


def _cut(text: str | None) -> str | None:
    return None if text is None else text[:MAX_TURN_CHARS]


def _turn(record: object) -> Turn:
    names = {field.name for field in fields(Turn)}
    if not isinstance(record, dict) or not record.keys() <= names:
        raise _unreadable(f"a turn must be an object of {', '.join(sorted(names))}")
    if not isinstance(record.get("question"), str):
        raise _unreadable("a turn must have a question")
    if not all(value is None or isinstance(value, str) for value in record.values()):
        raise _unreadable("the values of a turn must be texts")
    return Turn(**record)


def _no_turn(found: object) -> UsageError:
    return UsageError(
        f"the history must hold turns, found {shown(found)}",
        hint="Write Turn(question), with its topic and action where they are known.",
    )


def _unreadable(reason: str) -> UsageError:
    return UsageError(
        f"the conversation cannot be read: {reason}",
        hint="Pass what to_json returned, or start a new conversation.",
    )
