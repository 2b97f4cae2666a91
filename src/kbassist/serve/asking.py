"""The tool `ask`: an answer out of verified quotes, or what to do where there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kbassist.answer.context import cut_ends
from kbassist.answer.followup import Turn
from kbassist.serve.knowledge import View
from kbassist.serve.passages import NAME_TOKENS, doubts, told, trust
from kbassist.serve.result import Result, clipped, filled, fitting, flat
from kbassist.types import Answer, Choice, Citation

DEFAULT_TOKENS = 2000
MAX_CODES = 5
"""Reason codes of urgency that are named."""


@dataclass(frozen=True, slots=True)
class _Step:
    """How much of an answer is said."""

    citations: int
    end: int | None = None
    """Of the last citation's quote; None for all of it."""
    choices: int = 0
    parts: bool = False


def ask(view: View, values: dict[str, Any]) -> Result:
    """Answer a question, in the light of earlier turns where there are some.

    Args:
        view: the generation to answer from.
        values: the tool's parameters, checked.

    Raises:
        QuestionError: the question cannot be asked.
        FilterError: a filter that cannot be used.
    """
    turns = [Turn(**turn) for turn in values.get("history", ())]
    conversation = view.assistant.conversation(turns)
    answer = conversation.ask(values["question"], filters=view.filters(values))
    resolution = conversation.resolution
    carried = resolution.carried if resolution is not None else ()
    told = _Told(view, answer, carried)
    return fitting(told.steps(), told.result, values.get("max_tokens", DEFAULT_TOKENS))


class _Told:
    """An answer, told at more or less length."""

    def __init__(self, view: View, answer: Answer, carried: tuple[str, ...]) -> None:
        self.view, self.answer = view, answer
        self.carried = " / ".join(carried)
        self.choices = [*answer.choices, *answer.related]
        self.all = self.steps()[0]

    def steps(self) -> list[_Step]:
        """From all to nothing: choices go first, then quotes from the last on."""
        citations, parts = self.answer.citations, bool(self.answer.parts)
        number = len(citations)
        steps = [_Step(number, None, i, parts) for i in range(len(self.choices), -1, -1)]
        for count in range(number, 0, -1):
            if count < number:
                steps.append(_Step(count, None, 0, parts))
            ends = cut_ends(citations[count - 1].quote)
            steps += [_Step(count, end, 0, parts) for end in reversed(ends)]
        return [*steps, _Step(0, parts=parts), _Step(0)]

    def result(self, step: _Step) -> Result:
        """The answer at one length."""
        answer = self.answer
        shown = answer.citations[: step.citations]
        citations = [_record(found, step.end if found is shown[-1] else None) for found in shown]
        offered = self.choices[: step.choices]
        split = len(answer.choices)
        record = {
            **self.view.head(),
            "action": answer.action,
            "reason": answer.reason,
            "confidence": round(answer.confidence, 2),
            "citations": citations,
            **filled(
                parts=[_part(part) for part in answer.parts] if step.parts else [],
                choices=[_choice(item) for item in offered[:split]],
                related=[_choice(item) for item in offered[split:]],
                did_you_mean=_short(answer.did_you_mean),
                completed_with=_short(self.carried),
                urgent=list(answer.urgent[:MAX_CODES]),
                offer_person=answer.offer_person,
                other_language=answer.other_language,
                truncated=step != self.all,
            ),
        }
        return Result(record, self._text(record, list(shown)))

    def _text(self, record: dict[str, Any], shown: list[Citation]) -> str:
        head = f"{record['action']} ({record['reason']}), confidence {record['confidence']:.2f}"
        lines = [f"{head}; {self.view.first_line()}"]
        if record.get("offer_person"):
            urgent = ", ".join(record.get("urgent", ()))
            lines.append(f"Offer a person{f' ({urgent})' if urgent else ''}.")
        for name, label in _LABELS.items():
            if name in record:
                lines.append(f"{label}: {record[name]}")
        if record.get("other_language"):
            lines.append("The quotes are not in the language of the question.")
        lines += [_part_line(part) for part in record.get("parts", ())]
        pairs = zip(record["citations"], shown, strict=True)
        lines += ["\n" + told(item, doubts([found])) for item, found in pairs]
        for name, label in (("choices", "Perhaps meant"), ("related", "Near, but no answer")):
            lines += [
                flat(f"{label}: {item['text']} | get {item['chunk_id']}")
                for item in record.get(name, ())
            ]
        if record.get("truncated"):
            lines.append("\nLeft out for length; a larger max_tokens shows more.")
        return "\n".join(lines)


_LABELS = {"did_you_mean": "Read as", "completed_with": "Completed with"}


def _record(citation: Citation, end: int | None) -> dict[str, Any]:
    quote = citation.quote if end is None else citation.quote[:end].rstrip()
    span = citation.span
    last = span.end_line if end is None else span.start_line + quote.count("\n")
    return filled(
        number=citation.number,
        ref=f"{citation.path}:{span.start_line}-{last}",
        chunk_id=citation.chunk_id,
        title=clipped(citation.title, NAME_TOKENS),
        heading_path=[clipped(heading, NAME_TOKENS) for heading in citation.heading_path],
        url=citation.url,
        updated=citation.updated.isoformat() if citation.updated else None,
        quote=quote,
        cut=end is not None,
        **trust([citation]),
    )


def _choice(choice: Choice) -> dict[str, Any]:
    return {
        "text": clipped(choice.text, NAME_TOKENS),
        "ref": choice.ref,
        "chunk_id": choice.chunk_id,
    }


def _part(part: Answer) -> dict[str, Any]:
    return {
        "question": clipped(part.question, NAME_TOKENS),
        "action": part.action,
        "confidence": round(part.confidence, 2),
        "citations": [citation.number for citation in part.citations],
    }


def _part_line(part: dict[str, Any]) -> str:
    numbers = "".join(f" [{number}]" for number in part["citations"])
    return f"Part: {part['question']} — {part['action']}, {part['confidence']:.2f}{numbers}"


def _short(text: str | None) -> str | None:
    return clipped(text, NAME_TOKENS) if text else None
