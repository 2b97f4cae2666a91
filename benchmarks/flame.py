"""Where the time goes: flame graphs of warm questions and of a build, as SVG.

A timer of the processor's time interrupts a thousand times a second and looks at what is being
done; a function's width is its share of the time, what it calls stands on it. In one process, on
the example help centre or a folder of articles that is named. Not on Windows. Writes
docs/images/flame-search.svg and
docs/images/flame-build.svg, and prints the share of every function that has a fiftieth or more.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from kbassist import Assistant, build_index
from kbassist.evals.drawing import svg
from scaling.questions import of_index

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
INTERVAL = 0.001
LEAST = 0.004
"""Share below which a function is not drawn."""
SHOWN = 0.02
COLOURS = ("#d9e8ee", "#c2dae3", "#a9cbd8", "#8fbccd", "#74acc0")

Stack = tuple[str, ...]


def sampled(work: Callable[[], object]) -> Counter[Stack]:
    """How often each stack of functions of kbassist was seen while the work was done."""
    seen: Counter[Stack] = Counter()

    def look(number: int, frame: FrameType | None) -> None:
        seen[stack_of(frame)] += 1

    before = signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, INTERVAL, INTERVAL)
    try:
        work()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    return seen


def stack_of(frame: FrameType | None) -> Stack:
    """Names of the functions, the outermost first; what others call is theirs."""
    names: list[str] = []
    while frame is not None:
        code = frame.f_code
        path = Path(code.co_filename)
        if "kbassist" in path.parts:
            names.append(
                f"{path.stem}.{code.co_qualname}"
                if hasattr(code, "co_qualname")
                else f"{path.stem}.{code.co_name}"
            )
        frame = frame.f_back
    return tuple(reversed(names))


def shares(seen: Counter[Stack]) -> dict[Stack, float]:
    """Share of the time of each stack and of each of its beginnings."""
    total = sum(seen.values())
    found: Counter[Stack] = Counter()
    for stack, count in seen.items():
        for depth in range(1, len(stack) + 1):
            found[stack[:depth]] += count
    return {stack: count / total for stack, count in found.items()}


def drawn(found: dict[Stack, float], title: str) -> str:
    """The flame graph."""
    from matplotlib.figure import Figure

    left: dict[Stack, float] = {(): 0.0}
    used: dict[Stack, float] = defaultdict(float)
    bars = []
    for stack in sorted(found, key=lambda one: (len(one), one)):
        parent = stack[:-1]
        if found[stack] < LEAST or parent not in left:
            continue
        left[stack] = left[parent] + used[parent]
        used[parent] += found[stack]
        bars.append(stack)
    deepest = max(len(stack) for stack in bars)
    figure = Figure(figsize=(11.0, 0.32 * deepest + 0.8), layout="constrained", facecolor="white")
    axes = figure.subplots()
    for stack in bars:
        _bar(axes, left[stack], found[stack], stack)
    axes.set_xlim(0, 1)
    axes.set_ylim(0.4, deepest + 0.6)
    axes.set_axis_off()
    axes.set_title(title, loc="left", fontsize=10)
    return svg(figure)


def _bar(axes: Any, left: float, width: float, stack: Stack) -> None:
    colour = COLOURS[sum(map(ord, stack[-1])) % len(COLOURS)]
    axes.barh(len(stack), width, left=left, height=0.94, color=colour, edgecolor="white", lw=0.4)
    room = int(width * 190)
    name = stack[-1] if len(stack[-1]) <= room else stack[-1].rpartition(".")[2]
    if len(name) <= room:
        axes.text(left + 0.002, len(stack), name, va="center", fontsize=6, clip_on=True)


def show(name: str, title: str, work: Callable[[], object]) -> None:
    found = shares(sampled(work))
    (IMAGES / f"{name}.svg").write_text(drawn(found, title), encoding="utf-8")
    functions: dict[str, float] = defaultdict(float)
    for stack, share in found.items():
        if stack[-1] not in stack[:-1]:
            functions[stack[-1]] += share
    print(f"\n{title}\n\n| function, with what it calls | share |\n|---|---:|")
    for function, share in sorted(functions.items(), key=lambda one: -one[1]):
        if share >= SHOWN:
            print(f"| `{function}` | {share:.0%} |")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--kb", type=Path, default=ROOT / "kb", help="folder of articles")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as place:
        build_index(options.kb, place, skip_bad=True)
        assistant = Assistant.open(place)
        questions = of_index(assistant.index, 400)
        for question in questions[:50]:
            assistant.search(question)
        chunks = len(assistant.index.bm25)

        def ask() -> None:
            until = time.monotonic() + 5
            while time.monotonic() < until:
                for question in questions[50:]:
                    assistant.search(question)

        def build() -> None:
            build_index(options.kb, place, skip_bad=True, full=True, jobs=1)

        show("flame-search", f"A warm question, {chunks:,} chunks", ask)
        show("flame-build", f"A full build of {chunks:,} chunks in one process", build)
    return 0


if __name__ == "__main__":
    sys.exit(main())
