"""The tool `status`: what the server can answer from, and how fresh that is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from kbassist._version import __version__
from kbassist.serve.knowledge import View
from kbassist.serve.result import Result, filled, fitting, flat

MAX_LISTED = 20
"""Labels, and paths of each kind, that are listed."""
DEFAULT_TOKENS = 1000


def status(view: View, values: dict[str, Any]) -> Result:
    """Counts, labels to filter by, and which articles changed since the build.

    Nothing counts that the server may not show, and new files are not named: nobody has read yet
    who may see them.
    """
    found = view.assistant.status()
    metas = view.visible()
    paths = {meta.path for meta in metas}
    changes = found.changes
    today = view.assistant.today
    searched = sum(meta.valid_on(today) for meta in metas)

    def result(most: int) -> Result:
        changed = [path for path in changes.changed if path in paths] if changes else []
        deleted = [path for path in changes.deleted if path in paths] if changes else []
        record = {
            **view.head(),
            "articles": len(metas),
            "searched": searched,
            "modes": ["lexical", *(["vector", "hybrid"] if found.manifest.embedder else [])],
            "locales": _count((meta.locale for meta in metas), most),
            "kinds": _count((meta.kind for meta in metas), most),
            "products": _count((label for meta in metas for label in meta.products), most),
            "changed": changed[:most],
            "deleted": deleted[:most],
            "version": __version__,
            **filled(truncated=most < MAX_LISTED or max(len(changed), len(deleted)) > most),
        }
        return Result(record, _text(view, record))

    return fitting(range(MAX_LISTED, -1, -1), result, values.get("max_tokens", DEFAULT_TOKENS))


def _count(labels: Iterable[str], most: int) -> dict[str, int]:
    """The most frequent labels with the number of their articles."""
    counts = Counter(labels)
    best = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:most]
    return dict(sorted(best))


def _text(view: View, record: dict[str, Any]) -> str:
    lines = [
        f"kbassist {record['version']}: {record['articles']} articles,"
        f" {record['searched']} searched today ({', '.join(record['modes'])}); {view.first_line()}"
    ]
    for name in ("locales", "kinds", "products"):
        if record[name]:
            told = ", ".join(f"{label} {count}" for label, count in record[name].items())
            lines.append(flat(f"{name}: {told}"))
    for name in ("changed", "deleted"):
        if record[name]:
            lines.append(flat(f"{name} since the build: {', '.join(record[name])}"))
    return "\n".join(lines)
