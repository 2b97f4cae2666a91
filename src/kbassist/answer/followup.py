"""Follow-up questions: seeing that one leans on what was said before, and completing it.

An elliptical question (那手续费呢？, "and for ERC-20?", "how long?") names no subject of its own.
It is completed with the questions before it, back to the nearest one that stands alone, and both
legs of the search get the result. A question that stands alone is left as it is, whatever came
before: a subject that is not its own would lead it astray. What the question says itself takes the
place of what was said before, since an answer goes by all words alike.

Which questions are elliptical is decided in `ellipsis`, and whether the completed one is answered
or the one that was asked in `leaning`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kbassist.answer.aspects import asks_anew, names_only, subject
from kbassist.answer.ellipsis import dependence, own_text
from kbassist.answer.smalltalk import asks_nothing
from kbassist.checks import instance, optional
from kbassist.serial import Serializable
from kbassist.text.fold import fold_map
from kbassist.text.words import ATOM

REPEATS = 2
"""How much more a question that may stand alone counts than what is carried over, and an earlier
question than the reply to it: it is written so many times, since the weight of a term is the sum
over its occurrences, and a text's vector nearly so."""
REACH = 4
"""Turns back in which the subject is looked for."""
MAX_CARRIED_CHARS = 300
"""Characters of one earlier question that are carried over; more is a story."""

_KINDS = {
    "network": re.compile(r"[A-Za-z]{2,6}[-_]?\d{1,2}"),
    "error": re.compile(r"[A-Za-z]{2,6}[-_]?\d{3,}"),
    "currency": re.compile(r"[A-Z]{2,6}"),
}
"""Codes that take each other's place, by how they are written."""


@dataclass(frozen=True, slots=True)
class Turn(Serializable):
    """One question of a conversation, with what became of it."""

    question: str
    """As the customer wrote it."""
    topic: str | None = None
    """Title or heading of the article that answered it; None where nothing did."""
    action: str | None = None
    """What the assistant did, such as `answer` or `abstain`; None where that is not known."""
    reply: str | None = None
    """What was replied, where a person or another program did. A quote of an article is better left
    out: carried over, it finds itself again."""

    def __post_init__(self) -> None:
        """Refuse what is no text.

        Raises:
            UsageError: a value of another type.
        """
        instance("question", self.question, str)
        for name in ("topic", "action", "reply"):
            optional(name, getattr(self, name), str)


@dataclass(frozen=True, slots=True)
class Resolution:
    """What to search for in place of a question."""

    question: str
    """The carried texts and the question, one a line, what counts more written more often; the
    question alone where nothing was carried."""
    elliptical: bool
    """Whether the question leans on what was said before, for sure or perhaps."""
    carried: tuple[str, ...] = ()
    """What was carried over, oldest first."""
    from_turn: int | None = None
    """0-based place in the history of the oldest turn that was carried over."""


def resolve(question: str, history: Sequence[Turn], *, max_chars: int = 4000) -> Resolution:
    """Complete an elliptical question from the turns before it.

    Carried over are the nearest earlier question that stands alone and what was asked since, and
    nothing from more than `REACH` turns back, from small talk, or from a turn without an answer.
    Where the question asks another thing of the subject (那要多久 after 提币手续费), only the words
    of the subject are carried; where it names another subject (那充币呢), what was asked is. A
    question about another code of the same kind (`ERC-20` after `TRC-20`) replaces the earlier one.
    Where no question in reach names anything, the topic of the latest answer takes its place. The
    reply to the last turn counts half.

    Args:
        question: as asked; any string.
        history: earlier turns, oldest first.
        max_chars: most characters of the completed question, 1 up; a longer one is not completed.
    """
    leaning = dependence(question)
    alone = Resolution(question, leaning != "none")
    if leaning == "none" or not history:
        return alone
    places: dict[str, int] = {}
    for at, text in _carry(question, history):
        places.setdefault(_shortened(text), at)
    earlier = tuple(text for text in places if text and text != question.strip())
    reply = tuple(filter(None, [_shortened(history[-1].reply or "")]))
    copies = REPEATS if reply else 1
    own = copies * (REPEATS if leaning == "some" else 1)
    completed = "\n".join((*earlier * copies, *reply, *[question] * own))
    if not (earlier or reply) or len(completed) > max_chars:
        return alone
    first = min((places[text] for text in earlier), default=len(history) - 1)
    return Resolution(completed, True, (*earlier, *reply), first)


class _Code(NamedTuple):
    """A network, an error code or a currency, such as TRC-20, HB-1007 or BTC."""

    start: int
    end: int
    name: str
    """Without separators."""
    kind: str


def _carry(question: str, history: Sequence[Turn]) -> list[tuple[int, str]]:
    """What is carried over with its places in the history, oldest first.

    From the newest back: of a question that was asked before another attribute was, the words that
    name something; without the code that a newer one replaced. A subject that was only named is
    replaced by the next one that is.
    """
    found = _antecedents(history)
    asking = question if asks_anew(question) else None
    named, new = names_only(question), _only_code(question)
    carried: list[tuple[int, str]] = []
    for at, text in reversed(found):
        code = _only_code(text)
        other = new is None or code is None or new.kind == code.kind
        if named and other and names_only(text) and dependence(text) != "none":
            continue
        kept = _without(text, new)
        if asking is not None:
            kept = subject(kept, asking)
        elif named and new is None:
            kept = _for_another(kept)
        carried.insert(0, (at, kept))
        asking = asking or (text if asks_anew(text) else None)
        new = new or code
    return carried if any(own_text(text) or asks_anew(text) for _, text in carried) else found


def _antecedents(history: Sequence[Turn]) -> list[tuple[int, str]]:
    """The earlier questions in reach that say what the next one is about, oldest first.

    Turns without an answer are passed over, and so is small talk.
    """
    reached = [
        at
        for at in range(len(history) - 1, max(len(history) - REACH, 0) - 1, -1)
        if _tells(history[at])
    ]
    found: list[tuple[int, str]] = []
    for at in reached:
        text = history[at].question
        if not asks_nothing(text):
            found.insert(0, (at, text))
            if dependence(text) == "none":
                return found
    if any(own_text(text) for _, text in found):
        return found
    answered = next(((at, topic) for at in reached if (topic := history[at].topic)), None)
    return found if answered is None else [answered, *found]


def _tells(turn: Turn) -> bool:
    """Whether a turn says what the conversation is about, as far as is known."""
    return turn.action != "abstain" and not (turn.action == "handoff" and turn.topic is None)


def _shortened(text: str) -> str:
    return text[:MAX_CARRIED_CHARS].strip()


def _codes(text: str) -> list[_Code]:
    """The codes in a text, by places of the text as written."""
    folded = fold_map(text, keep_case=True)
    found = []
    for match in ATOM.finditer(folded.text):
        kind = next((kind for kind, shape in _KINDS.items() if shape.fullmatch(match[0])), None)
        if kind is not None:
            start, end = folded.starts[match.start()], folded.ends[match.end() - 1]
            found.append(_Code(start, end, re.sub("[-_]", "", match[0].lower()), kind))
    return found


def _only_code(question: str) -> _Code | None:
    """The code that a question asks about, where it names nothing else."""
    codes = _codes(question)
    if len(codes) != 1 or own_text(question) != question[codes[0].start : codes[0].end]:
        return None
    return codes[0]


def _without(text: str, new: _Code | None) -> str:
    """An earlier question without the one code that a newer one replaces; empty if it was all."""
    old = [] if new is None else [code for code in _codes(text) if code.kind == new.kind]
    if new is None or len({code.name for code in old}) != 1 or old[0].name == new.name:
        return text
    rest = text
    for code in reversed(old):
        rest = rest[: code.start] + " " + rest[code.end :]
    return rest if own_text(rest) or asks_anew(rest) else ""


def _for_another(text: str) -> str:
    """An earlier question about an attribute, without its subject where that is one word.

    A code stays: 以太坊 after USDT is no other coin, but its network.
    """
    own = own_text(text)
    other = own and " " not in own and not _codes(own) and asks_anew(text)
    return text.replace(own, " ", 1) if other else text
