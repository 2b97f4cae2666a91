"""From `results.json` to the tables of `benchmarks/README.md`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from .catalogue import ENTRIES, Entry
from .run import COLD_STARTS
from .worker import WARM_UP

_HEAD = "Written by `make bench-peers`; the figures are in `peers/results.json` too."

_NOTES = """\
Every system got the same chunks, cut by kbassist's own chunker from real help centres (Kubernetes,
Alibaba Cloud, Adobe Commerce, ethereum.org, BTCPay, Wasabi; whole articles in the order of the
SHA-256 of their paths, half of the chunks Chinese), each with its title and headings in front, and
the same static embedder (hashed character n-grams, 256 dimensions, not trained). Ten results are
asked for, and ten of each leg where that is a setting. One thread; one run; everything but *build*
in fresh processes that loaded what was saved.

**Quality is a known-item test.** Questions were made from chunks by rule, {queries}
(a heading in question form; twelve Han characters or seven words from inside the text). Only the
chunk that a question was made from counts as right: S@k is the share of questions that have it
among the first k. That is near the best case of a keyword leg and says nothing about paraphrases.
The untrained embedder is weak (last row), so the hybrid rows say how far weak vectors are let spoil
good words, and with a trained model they may look different. What does not depend on the model is
whether the keyword leg works in Chinese at all.

- *build*: from chunks in memory to an index on disk, packages and embedder loaded before. kbassist
  starts from the Markdown files instead and verifies what it wrote; parsing and chunking alone
  take {parse}. In the form *from chunks* it has them in its cache, and reads and hashes the files.
- *memory*: growth from the loaded packages to the index loaded and all questions asked; in
  brackets the whole process.
- *disk*: what was saved, with the chunks' texts.
- *p50, p95, q/s*: {timed} questions after {warm_up} to warm up.
- *cold start*: a new process from its start through imports and loading to the first answer, median
  of {cold}, files in the system's cache.
"""

_SPEED = (
    "| system | form | build s | memory MB (process) | disk MB | p50 ms | p95 ms | q/s"
    " | cold start s |"
)
_QUALITY = (
    "| system | form | zh S@1 | zh S@5 | zh MRR@10 | en S@1 | en S@5 | en MRR@10"
    " | S@1 zh heading / span | S@1 en heading / span |"
)


def render(results: dict[str, Any]) -> str:
    """All tables with their notes."""
    sizes = sorted(results["sizes"], key=int)
    parts = ["## kbassist beside its peers", _HEAD, _notes(results, sizes)]
    for size in sizes:
        sized = results["sizes"][size]
        shown = [entry for entry in ENTRIES if entry.key in sized["systems"]]
        parts += [
            f"### {int(size):,} chunks",
            _corpus(sized["corpus"]),
            _measured(sized["machine"]),
            _versions(sized["versions"]),
            _table(_SPEED, [_speed(entry, sized["systems"][entry.key]) for entry in shown]),
            _table(_QUALITY, [_found(entry, sized["systems"][entry.key]) for entry in shown]),
            "\n".join(_absent(shown, sized["systems"])),
        ]
    parts += ["### How each was configured", _configured()]
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"


def _measured(seen: dict[str, Any]) -> str:
    return (
        f"Measured on {seen['date']}: {seen['cores']} cores of {seen['cpu']}, {seen['ram_gb']} GiB,"
        f" {seen['system']}, Python {seen['python']}; load before the start {seen['load']}."
    )


def _notes(results: dict[str, Any], sizes: Sequence[str]) -> str:
    corpora = [results["sizes"][size]["corpus"] for size in sizes]
    parse = ", ".join(f"{item['parse_s']:.1f} s at {item['chunks']:,}" for item in corpora)
    counts = corpora[0]["queries"]
    names = [name.replace("zh", "Chinese").replace("en ", "English ") for name in counts]
    queries = ", ".join(f"{counts[key]} {name}s" for key, name in zip(counts, names, strict=True))
    timed = sum(-(-count // 2) for count in counts.values())
    return _NOTES.format(
        queries=queries, parse=parse, timed=timed, warm_up=WARM_UP, cold=COLD_STARTS
    )


def _corpus(corpus: dict[str, Any]) -> str:
    return (
        f"{corpus['chunks']:,} chunks ({corpus['chinese']:,} Chinese) of"
        f" {corpus['articles']:,} articles, {corpus['characters'] / 1e6:.1f} million characters."
    )


def _table(head: str, rows: Sequence[str]) -> str:
    columns = head.count("|") - 1
    return "\n".join([head, "|---|---|" + "---:|" * (columns - 2), *rows])


def _row(entry: Entry, cells: Sequence[str], columns: int) -> str:
    filled = list(cells) or ["—"] * columns
    return "| " + " | ".join([entry.system, entry.label, *filled]) + " |"


def _speed(entry: Entry, figures: dict[str, Any]) -> str:
    if "p50_ms" not in figures:
        return _row(entry, [], 7)
    memory = f"{figures['memory_mb']:.0f} ({figures['process_mb']:.0f})"
    cells = [
        f"{figures['build_s']:.1f}",
        memory,
        f"{figures['disk_mb']:.1f}",
        _short(figures["p50_ms"]),
        _short(figures["p95_ms"]),
        f"{figures['qps']:,.0f}",
        f"{figures['cold_s']:.2f}",
    ]
    return _row(entry, cells, 7)


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def _found(entry: Entry, figures: dict[str, Any]) -> str:
    if "quality" not in figures:
        return _row(entry, [], 8)
    quality = figures["quality"]
    cells = [
        _share(quality[lang][name])
        for lang in ("zh", "en")
        for name in ("success_1", "success_5", "mrr_10")
    ]
    cells += [
        " / ".join(_share(quality[f"{lang} {kind}"]["success_1"]) for kind in ("heading", "span"))
        for lang in ("zh", "en")
    ]
    return _row(entry, cells, 8)


def _share(value: float) -> str:
    return f"{value:.3f}".removeprefix("0")


def _absent(shown: Sequence[Entry], systems: dict[str, Any]) -> Iterator[str]:
    for entry in shown:
        figures = systems[entry.key]
        reason = figures.get("left_out") or figures.get("failed")
        if reason:
            yield f"- — {entry.system}, {entry.label}: {reason}"


def _configured() -> str:
    rows = [_row(entry, [entry.legs, entry.configured], 2) for entry in ENTRIES]
    return "\n".join(["| system | form | legs | as configured |", "|---|---|---|---|", *rows])


def _versions(found: dict[str, str]) -> str:
    return "Versions: " + ", ".join(f"{name} {version}" for name, version in found.items()) + "."
