"""Search settings tried out on the dev split."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

from kbassist.assistant import Assistant
from kbassist.config import SearchSettings
from kbassist.errors import ConfigError, UsageError
from kbassist.evals.model import Dataset, Split
from kbassist.evals.run import run
from kbassist.evals.summary import Summary, summarise
from kbassist.types import Mode

_NOUNS = {int: "a whole number", float: "a number", str: "text"}
_HYBRID_ONLY = ("fusion", "vector_weight", "rrf_k", "candidates")

MAX_POINTS = 500
"""More combinations are refused: a sweep that wide fits noise."""


@dataclass(frozen=True, slots=True)
class Point:
    """One combination of settings with what it gave."""

    changed: dict[str, object]
    summary: Summary


def sweep(
    dataset: Dataset,
    assistant: Assistant,
    grid: Mapping[str, Sequence[str]],
    *,
    split: Split = "dev",
    mode: Mode | None = None,
) -> list[Point]:
    """Run the dev split once for each combination of settings.

    Args:
        dataset: labelled questions.
        assistant: open on the index.
        grid: name of a field of `SearchSettings` → values as text.
        split: `dev`; anything else is refused.
        mode: which legs rank.

    Raises:
        UsageError: another split, an unknown setting, a value that it cannot have, or more than
            `MAX_POINTS` combinations.
    """
    if split != "dev":
        raise UsageError(
            f"a sweep may not see the split {split!r}: what is chosen on it can no longer be"
            " measured on it",
            hint="Leave --split out: a sweep runs on dev.",
        )
    used = assistant.index.mode(mode)
    idle = [name for name in grid if name in _HYBRID_ONLY and used != "hybrid"]
    if idle:
        raise UsageError(
            f"{idle[0]} changes nothing in the mode {used!r}: only a hybrid search fuses",
            hint="Sweep over an index with vectors.",
        )
    if not grid:
        raise UsageError(
            "nothing to sweep over", hint="Name a setting: --set vector_weight=0.3,0.5"
        )
    values = {name: [_parsed(name, text) for text in texts] for name, texts in grid.items()}
    combinations = list(itertools.product(*values.values()))
    if len(combinations) > MAX_POINTS:
        raise UsageError(
            f"{len(combinations)} combinations, at most {MAX_POINTS}", hint="Name fewer values."
        )
    points = []
    for combination in combinations:
        changed = dict(zip(values, combination, strict=True))
        tried = Assistant(
            assistant.index,
            kb=assistant.kb,
            settings=_settings(assistant, changed),
            today=assistant.today,
        )
        points.append(Point(changed, summarise(run(dataset, tried, split="dev", mode=mode))))
    return points


def _settings(assistant: Assistant, changed: dict[str, object]) -> SearchSettings:
    try:
        return replace(assistant.settings, **changed)  # type: ignore[arg-type]
    except ConfigError as error:
        raise UsageError(error.message, hint=error.hint) from None


def _parsed(name: str, text: str) -> object:
    defaults = SearchSettings()
    known = {item.name: getattr(defaults, item.name) for item in fields(SearchSettings)}
    if name not in known:
        raise UsageError(f"no such setting: {name!r}", hint=f"Settings are {', '.join(known)}.")
    kind = float if name == "vector_weight" else type(known[name])
    if text.strip() == known[name]:
        return known[name]
    try:
        return kind(text.strip())
    except ValueError:
        raise UsageError(
            f"{name} must be {_NOUNS.get(kind, kind.__name__)}, found {text!r}",
            hint=f"It is {known[name]!r} now.",
        ) from None
