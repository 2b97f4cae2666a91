"""Speed of the bundled embedding model on one core, beside a sentence-transformers model if named.

    python benchmarks/embedding_speed.py
    python benchmarks/embedding_speed.py --transformers MODEL     by path or name

Every measurement is a process of its own with one thread for each numerical library, pinned to one
core where the system can do that. A cold start runs from the start of the process to the first
question's vector, in turn with `import numpy` alone, so that a machine that slows down slows both.
Questions are those of the sets in $KBASSIST_DATA (default ../shared/data), without that data ones
made from headings of the example help centre; chunks are its text. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

KB = Path(__file__).parent.parent / "kb"
LANGUAGES = ("zh", "en")
BUNDLED = "bundled"
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")

MAX_WEIGHT = 60
"""Length up to which a question is short, in letters of English; a Chinese character is two."""
CHUNK = 500
"""Characters of a chunk."""
ROUNDS = 5
"""Batches of which the median counts, after one to warm up."""

NUMPY = "import numpy"
FIRST = """
import sys
import numpy
from kbassist.embed.registry import open_embedder
open_embedder(sys.argv[1]).embed_queries(["提币一直没到账怎么办？"])
"""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is embedded; small for a model that takes its time."""

    questions: int
    chunks: int
    single: int
    """Questions that are asked one by one."""


FAST = Sizes(questions=20_000, chunks=2_000, single=2_000)
SLOW = Sizes(questions=64, chunks=16, single=16)


@dataclass(frozen=True, slots=True)
class Speed:
    """What one process found out about a model."""

    questions_per_second: float
    chunks_per_second: dict[str, float]
    """By language."""
    single_ms: float
    """Median of questions asked one by one."""
    single_p95_ms: float
    dimension: int
    disk: int
    """Bytes of the model's files; 0 where they cannot be told."""
    core: float
    """Share of the core that the process got: CPU time over wall time."""


def environment() -> dict[str, str]:
    """That of a process which computes with one thread."""
    return {**os.environ, **dict.fromkeys(THREADS, "1"), "TOKENIZERS_PARALLELISM": "false"}


def pin() -> bool:
    """Keep this process and those that it starts on one core; whether the system can."""
    if not hasattr(os, "sched_setaffinity"):
        return False
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    return True


def cold_start(name: str, runs: int) -> tuple[float, float]:
    """Median seconds of `import numpy`, and of loading the model and embedding one question."""
    commands = ([sys.executable, "-c", NUMPY], [sys.executable, "-c", FIRST, name])
    times: tuple[list[float], list[float]] = ([], [])
    for run in range(runs + 1):
        for command, found in zip(commands, times, strict=True):
            started = time.perf_counter()
            subprocess.run(command, check=True, env=environment())
            if run:  # the first warms the file cache
                found.append(time.perf_counter() - started)
    return statistics.median(times[0]), statistics.median(times[1])


def questions(count: int) -> list[str]:
    """Distinct short questions, Chinese and English in turn while there are both."""
    folder = Path(os.environ.get("KBASSIST_DATA", "../shared/data")) / "eval"
    found: dict[str, dict[str, None]] = {language: {} for language in LANGUAGES}
    for lang, text in _asked(folder) if folder.is_dir() else _made():
        if sum(1 + (char > "\u2e7f") for char in text) <= MAX_WEIGHT:
            found[lang[:2]][text] = None
    pairs = itertools.zip_longest(*found.values())
    return [text for text in itertools.chain.from_iterable(pairs) if text][:count]


def _asked(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.glob("**/*queries.jsonl")):
        with path.open(encoding="utf-8") as lines:
            for record in map(json.loads, lines):
                text = record["text"] if "text" in record else record["query"]
                if record["lang"][:2] in LANGUAGES:
                    yield record["lang"], text


def _made() -> Iterator[tuple[str, str]]:
    for language, join in zip(LANGUAGES, ("{}，{}怎么办？", "{}, {}?"), strict=True):
        lines = itertools.chain.from_iterable(text.split("\n") for text in _articles(language))
        headings = [line.partition("{#")[0].strip("# ") for line in lines if line.startswith("#")]
        for apart in range(1, len(headings)):
            for first, second in zip(headings, headings[apart:], strict=False):
                yield language, join.format(first, second)


def chunks(language: str, count: int) -> list[str]:
    """Pieces of the example help centre's articles; over again where there are too few."""
    text = "\n".join(_articles(language))
    pieces = [text[start : start + CHUNK] for start in range(0, len(text) - CHUNK + 1, CHUNK)]
    return list(itertools.islice(itertools.cycle(pieces), count))


def _articles(language: str) -> Iterable[str]:
    for path in sorted((KB / language).glob("**/*.md")):
        text = path.read_text(encoding="utf-8")
        yield text.split("\n---\n", 1)[-1] if text.startswith("---\n") else text


def measure(name: str, sizes: Sizes) -> Speed:
    """Load a model and embed; for a process of its own, whose threads are set from outside."""
    from kbassist.embed.registry import open_embedder
    from kbassist.errors import KbassistError

    try:
        model = open_embedder(name)
    except KbassistError as error:
        raise SystemExit(str(error)) from None
    if model is None:
        raise SystemExit(f"{name!r} is no model")
    asked = questions(sizes.questions)
    started, used = time.perf_counter(), time.process_time()
    many = _per_second(model.embed_queries, asked)
    pieces = {lang: chunks(lang, sizes.chunks) for lang in LANGUAGES}
    passages = {lang: _per_second(model.embed_documents, pieces[lang]) for lang in LANGUAGES}
    single = []
    for text in asked[: sizes.single]:
        begun = time.perf_counter()
        model.embed_queries([text])
        single.append((time.perf_counter() - begun) * 1000)
    core = (time.process_time() - used) / (time.perf_counter() - started)
    return Speed(
        questions_per_second=many,
        chunks_per_second=passages,
        single_ms=statistics.median(single),
        single_p95_ms=statistics.quantiles(single, n=20)[-1],
        dimension=model.dimension,
        disk=_disk(name),
        core=core,
    )


def _per_second(embed: Callable[[Sequence[str]], object], texts: Sequence[str]) -> float:
    times = []
    for _ in range(ROUNDS + 1):
        started = time.perf_counter()
        embed(texts)
        times.append(time.perf_counter() - started)
    return len(texts) / statistics.median(times[1:])


def _disk(name: str) -> int:
    """Bytes of the files of a model: those of the package that are no code, or of a folder."""
    import kbassist.embed

    folder = Path(kbassist.embed.__file__ or "").parent if name == BUNDLED else Path(name)
    files = [path for path in folder.glob("**/*") if path.is_file()] if folder.is_dir() else []
    code = (".py", ".pyc") if name == BUNDLED else ()
    return sum(path.stat().st_size for path in files if path.suffix not in code)


def in_process(name: str, sizes: Sizes) -> Speed:
    """The same in a new process."""
    order = json.dumps({"name": name, "sizes": asdict(sizes)})
    command = [sys.executable, __file__, "--measure", order]
    done = subprocess.run(command, check=False, env=environment(), stdout=subprocess.PIPE)
    if done.returncode:
        raise SystemExit(done.returncode)  # the process said why
    return Speed(**json.loads(done.stdout.splitlines()[-1]))


def table(columns: dict[str, Speed], cold: tuple[float, float], runs: int) -> Iterator[str]:
    """The rows of the report."""
    yield "| | " + " | ".join(columns) + " |"
    yield "|---" + "|---:" * len(columns) + "|"
    rows = {
        f"`{NUMPY}` in a new process, ms (median of {runs})": cold[0],
        "load and first question in a new process, ms": cold[1],
        "what the model adds, ms": cold[1] - cold[0],
    }
    for label, seconds in rows.items():
        yield f"| {label} | {seconds * 1000:.0f}" + " | –" * (len(columns) - 1) + " |"
    cells: dict[str, Callable[[Speed], str]] = {
        "short questions per second": lambda speed: _count(speed.questions_per_second),
        f"Chinese chunks of {CHUNK} characters per second": lambda speed: _count(
            speed.chunks_per_second["zh"]
        ),
        f"English chunks of {CHUNK} characters per second": lambda speed: _count(
            speed.chunks_per_second["en"]
        ),
        "one question, ms (median)": lambda speed: f"{speed.single_ms:.3f}",
        "one question, ms (95th percentile)": lambda speed: f"{speed.single_p95_ms:.3f}",
        "dimensions": lambda speed: str(speed.dimension),
        "files of the model, MB": lambda speed: f"{speed.disk / 1e6:.1f}" if speed.disk else "–",
        "share of the core that the process got": lambda speed: f"{speed.core:.0%}",
    }
    for label, cell in cells.items():
        yield f"| {label} | " + " | ".join(map(cell, columns.values())) + " |"


def _count(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--transformers", metavar="MODEL", help="to stand beside it: path or name")
    parser.add_argument("--runs", type=int, default=15, help="processes of each cold start")
    parser.add_argument("--measure", metavar="JSON", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        order = json.loads(options.measure)
        print(json.dumps(asdict(measure(order["name"], Sizes(**order["sizes"])))))
        return 0
    pinned = pin()
    asked = questions(FAST.questions)
    chinese = sum(any("\u4e00" <= char <= "\u9fff" for char in text) for text in asked)
    print(
        f"One thread{' on one core' if pinned else ''}; a batch of {len(asked):,} questions"
        f" ({chinese:,} with Chinese characters, {statistics.mean(map(len, asked)):.0f} characters"
        f" on average), {FAST.chunks:,} chunks of each language; medians of {ROUNDS} batches.\n"
    )
    columns = {"bundled": in_process(BUNDLED, FAST)}
    if options.transformers:
        name = "/".join(Path(options.transformers).parts[-2:])
        columns[name] = in_process(options.transformers, SLOW)
    print("\n".join(table(columns, cold_start(BUNDLED, options.runs), options.runs)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
