"""What an assistant has open, for those who look at it."""

from __future__ import annotations

from copy import copy
from datetime import date
from pathlib import Path
from typing import TypeVar

from kbassist.answer.confidence import Calibration
from kbassist.answer.evidence import Judge
from kbassist.answer.live import Live
from kbassist.checks import instance
from kbassist.config import AnswerSettings, SearchSettings
from kbassist.index.reader import Index

Self = TypeVar("Self", bound="Opened")


class Opened:
    """The open generation with its settings, as they are at the moment."""

    _live: Live

    def __copy__(self: Self) -> Self:
        """One on the same generation, which a reload of this one does not reach."""
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__, _live=copy(self._live))
        return twin

    @property
    def index(self) -> Index:
        """The open generation."""
        return self._live.snapshot.index

    @property
    def settings(self) -> SearchSettings:
        """Of the search."""
        return self._live.snapshot.settings

    @property
    def answers(self) -> AnswerSettings:
        """Thresholds and limits of what is said."""
        return self._live.snapshot.answers

    @property
    def kb(self) -> Path | None:
        """The kb folder that citations are re-checked against; None where it is not there."""
        return self._live.snapshot.kb

    @property
    def today(self) -> date:
        """The day that staleness and validity are judged on."""
        return self._live.snapshot.today

    @property
    def judge(self) -> Judge:
        """What evidence is worked out with: the index's analyzer and the bundled model."""
        return self._live.snapshot.judge

    @property
    def calibration(self) -> Calibration:
        """What confidence is worked out by: the index's own, else the package's, or one set here.

        Raises:
            ConfigError: the index's own is damaged, or of another analyzer or model.
        """
        return self._live.snapshot.calibration

    @calibration.setter
    def calibration(self, value: Calibration) -> None:
        self._live.calibrate(instance("calibration", value, Calibration))
