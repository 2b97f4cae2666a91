"""The generation that an assistant answers from: each call on one, and over to the next."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from kbassist.answer import logs
from kbassist.answer.confidence import FILE_NAME, Calibration
from kbassist.answer.snapshot import Snapshot
from kbassist.deadline import Deadline, within
from kbassist.errors import KbassistError
from kbassist.index.generation import CURRENT_NAME, Stamp, stamp
from kbassist.types import Answer

RETRY_SECONDS = 5.0
"""After which a generation that could not be opened is tried again, though nothing seems new."""

Found = TypeVar("Found")


class Live:
    """Runs each call on one snapshot from start to end; threads may share it.

    Args:
        snapshot: to begin with.
        follow: go over to what is live before each call.
        log_questions: whether the text of questions may be logged.
    """

    def __init__(self, snapshot: Snapshot, *, follow: bool, log_questions: bool) -> None:
        self.snapshot = snapshot
        self._follows = follow
        self._log_questions = log_questions
        self._changing = threading.Lock()
        self._failed: tuple[Stamp, Stamp] | None = None
        self._again = 0.0
        self._told: set[tuple[str, str]] = set()

    def reload(self) -> bool:
        """Go over to what is live; whether anything changed. Raises as `Snapshot.renewed`."""
        with self._changing:
            return self._renew()

    def calibrate(self, calibration: Calibration) -> None:
        """Work the confidence out by another calibration from now on."""
        with self._changing:
            self.snapshot = replace(self.snapshot, fitted=calibration)

    def run(
        self,
        event: str,
        work: Callable[[Snapshot], Found],
        deadline: Deadline,
        question: object = None,
        figures: Callable[[Found], dict[str, object]] = lambda _: {},
    ) -> Found:
        """Make a call on one generation, under a deadline, and log it.

        Args:
            event: name of the call.
            work: what to do with the generation.
            deadline: of the call.
            question: that was asked, where one was.
            figures: what is logged of the outcome.

        Raises:
            TimedOut: the deadline has passed.
            KbassistError: as the work.
        """
        started = time.perf_counter()
        now = self.snapshot
        try:
            with within(deadline):
                if self._follows:
                    self._follow()
                    now = self.snapshot
                found = work(now)
        except KbassistError as error:
            if not deadline.given_up and deadline.tells():
                self.log_failure(event, now, started, question, error)
            raise
        log = logs.logger(logs.DEBUG)
        if log is not None:
            extra = self._extra(event, now, started, question, figures(found))
            log.debug("%s answered", event, extra=extra)
        if isinstance(found, Answer):
            self._log_stale(now, found)
        return found

    def _follow(self) -> None:
        """Go over to what is live; what cannot be opened is logged, and the old one goes on.

        Where another thread is at it, this one does not wait.
        """
        if not self._changing.acquire(blocking=False):
            return
        try:
            if self._failed is None or self._may_try_again():
                self._renew()
                self._failed = None
        except KbassistError as error:
            self._log_failed_reload(error)
            self._failed = self._stamps()
            self._again = time.monotonic() + RETRY_SECONDS
        finally:
            self._changing.release()

    def _may_try_again(self) -> bool:
        return self._failed != self._stamps() or time.monotonic() >= self._again

    def _stamps(self) -> tuple[Stamp, Stamp]:
        place = self.snapshot.place
        return stamp(place / CURRENT_NAME), stamp(place / FILE_NAME)

    def _renew(self) -> bool:
        before = self.snapshot
        started = time.perf_counter()
        found = before.renewed()
        if found is before:
            return False
        self.snapshot = found
        self._told = set()
        log = logs.logger(logs.INFO)
        if log is not None:
            figures: dict[str, object] = {"generation_before": before.index.generation}
            extra = self._extra("reload", found, started, None, figures)
            log.info("now answering from %s", found.index.generation, extra=extra)
        return True

    def _extra(
        self,
        event: str,
        now: Snapshot,
        started: float,
        question: object,
        figures: dict[str, object],
    ) -> dict[str, object]:
        return {
            "event": event,
            "duration_ms": round((time.perf_counter() - started) * 1000, 3),
            "generation": now.index.generation,
            **logs.about_question(question, self._log_questions),
            **figures,
        }

    def log_failure(
        self, event: str, now: Snapshot, started: float, question: object, error: KbassistError
    ) -> None:
        """Log a call that raised."""
        level = logs.WARNING if logs.grave(error) else logs.DEBUG
        log = logs.logger(level)
        if log is not None:
            extra = self._extra(event, now, started, question, {"error": error.code})
            log.log(level, "%s failed: %s", event, error.code, extra=extra)

    def _log_failed_reload(self, error: KbassistError) -> None:
        log = logs.logger(logs.WARNING)
        if log is not None:
            extra = self._extra("reload", self.snapshot, time.perf_counter(), None, {})
            log.warning(
                "still answering from %s: %s",
                self.snapshot.index.generation,
                error.message,
                extra={**extra, "error": error.code},
            )

    def _log_stale(self, now: Snapshot, answer: Answer) -> None:
        """Tell once of each article that is quoted though it is stale."""
        for citation in answer.citations:
            told = (now.index.generation, citation.path)
            if not citation.stale or told in self._told:
                continue
            self._told.add(told)
            log = logs.logger(logs.WARNING)
            if log is not None:
                reason = "past_review" if citation.past_review else citation.source
                log.warning(
                    "%s is quoted and stale: %s",
                    citation.path,
                    reason,
                    extra={
                        "event": "stale",
                        "generation": now.index.generation,
                        "path": citation.path,
                        "reason": reason,
                    },
                )
