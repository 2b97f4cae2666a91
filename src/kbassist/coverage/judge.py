"""For each question how well it is covered, as `ask` would decide; in processes for many."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kbassist.answer.decide import decide
from kbassist.answer.evidence import origin
from kbassist.answer.own_language import language
from kbassist.answer.parts import split
from kbassist.answer.request import Request
from kbassist.answer.snapshot import Snapshot
from kbassist.config import AnswerSettings, SearchSettings
from kbassist.coverage.findings import Place
from kbassist.coverage.places import place_of
from kbassist.errors import QuestionError
from kbassist.index.filters import Filters
from kbassist.index.pool import default_jobs, spread
from kbassist.index.reader import Index
from kbassist.text.language import UNDETERMINED, detect_query
from kbassist.types import Hit

RETRIEVED = 10
"""First hits that count as retrieved."""
BATCH = 64
"""Questions that a process takes at once."""
WORTH_PROCESSES = 1500
"""Questions from which on starting processes saves more than the second that it costs."""

Progress = Callable[[int, int], None]
"""Called with how many questions are done, and of how many."""


@dataclass(frozen=True, slots=True)
class Found:
    """A hit, as far as a report needs it."""

    article_id: str
    origin: str
    """The article that it is a translation of, or itself."""
    chunk_id: str
    score: float


@dataclass(frozen=True, slots=True)
class Judgement:
    """What becomes of one question."""

    confidence: float
    """As `ask` has it, in [0, 1]."""
    action: str
    found: tuple[Found, ...]
    """The first hits, best first, at most `RETRIEVED`."""
    best: Place | None
    products: tuple[str, ...]
    """Of the best article."""
    language: str
    """Of the question: `zh`, `en`, …, `und` where nothing tells."""
    other_language: bool
    """Whether the best article is in another language than the question."""


@dataclass(frozen=True, slots=True)
class Judging:
    """What holds for all questions; travels to the processes."""

    index: Path
    """Index directory, absolute."""
    generation: str
    """Folder in it; all processes answer from the same."""
    kb: Path | None
    settings: SearchSettings
    answers: AnswerSettings
    today: date
    filters: Filters

    def worker(self) -> Worker:
        """Who judges."""
        return Worker(self)


class Worker:
    """Judges batches of questions on one open generation."""

    def __init__(self, judging: Judging) -> None:
        self._filters = judging.filters
        self._snapshot = Snapshot(
            Index(judging.index, judging.index / judging.generation),
            judging.kb,
            judging.settings,
            judging.answers,
            judging.today,
        )

    def judge(self, questions: Sequence[str]) -> list[Judgement | None]:
        """The judgement of each question; None for one that asks nothing."""
        return [self._judge(question) for question in questions]

    def _judge(self, question: str) -> Judgement | None:
        snapshot, filters = self._snapshot, self._filters
        try:
            judged = snapshot.judged(question, filters)
            case, hits = judged.case, judged.case.hits
            if not case.content and not case.signals.person:
                return None
            confidence, action = case.confidence, decide(case, snapshot.answers)[0]
            if len(split(question, snapshot.answers.max_parts)) > 1:
                answer = snapshot.ask(Request(question, RETRIEVED, filters=filters))
                confidence, action = answer.confidence, answer.action
        except QuestionError:
            return None
        spoken = detect_query(case.meant).partition("-")[0]
        return Judgement(
            confidence=confidence,
            action=action,
            found=tuple(
                Found(hit.article.id, origin(hit), hit.chunk.id, hit.score)
                for hit in hits[:RETRIEVED]
            ),
            best=place_of(hits[0].article, hits[0].chunk) if hits else None,
            products=hits[0].article.products if hits else (),
            language=spoken,
            other_language=bool(hits) and _foreign(spoken, hits[0]),
        )


def judge_all(
    questions: Sequence[str],
    judging: Judging,
    *,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> list[Judgement | None]:
    """Judge many questions.

    Args:
        questions: any number.
        judging: index and settings.
        jobs: processes, 1 or more; None for one for each core where there are many questions.
        progress: called after each batch.

    Returns:
        In their order; None for a question that asks nothing.

    Raises:
        UnusableIndex: the index cannot be opened.
        KbassistError: a process died.
    """
    count = default_jobs() if jobs is None else jobs
    if len(questions) < WORTH_PROCESSES:
        count = 1
    results: list[Judgement | None] = []
    what = "judged questions"
    for judged in spread(judging, "judge", questions, batch=BATCH, jobs=count, what=what):
        results.extend(judged)
        if progress is not None:
            progress(len(results), len(questions))
    return results


def _foreign(spoken: str, hit: Hit) -> bool:
    told = spoken, language(hit)
    return UNDETERMINED not in told and told[0] != told[1]
