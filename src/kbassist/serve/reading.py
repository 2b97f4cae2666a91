"""The tool `get`: an article, a section or lines of one, with line numbers."""

from __future__ import annotations

import re
from typing import Any

from kbassist.answer.cite import past_review, source_of
from kbassist.answer.locate import locate
from kbassist.errors import NotFound, UsageError
from kbassist.serve.knowledge import View
from kbassist.serve.parameters import shown
from kbassist.serve.passages import NAME_TOKENS
from kbassist.serve.result import Result, beginning, clipped, filled, fitting, flat
from kbassist.types import ArticleMeta

DEFAULT_TOKENS = 4000
MAX_AROUND = 200
"""Lines before or after what is named."""
_CUTS = 12
"""How often the first line is halved until it fits."""
_LINES = re.compile(r":[0-9]+(?:-[0-9]+)?\Z", re.ASCII)


def get(view: View, values: dict[str, Any]) -> Result:
    """Read what a reference names, as much as the budget holds; the rest is named.

    Args:
        view: the generation to read from.
        values: the tool's parameters, checked.

    Raises:
        NotFound: nothing that the server may show has this name.
        UsageError: the lines are not in the article.
    """
    meta, chunk_id, lines = _located(view, values["ref"])
    text = view.index.store.article_text(meta.id).split("\n")
    total = len(text) - (text[-1] == "")
    first = max(1, lines.start - values.get("before", 0))
    last = min(total, lines.stop - 1 + values.get("after", 0))
    read = _Read(view, meta, chunk_id, text, total, first, max(first, last))
    steps = [(end, None) for end in range(read.last, first, -1)]
    cuts = [(first, None), *((first, 2**power) for power in range(_CUTS, -1, -1))]
    return fitting([*steps, *cuts], read.result, values.get("max_tokens", DEFAULT_TOKENS))


def _located(view: View, ref: str) -> tuple[ArticleMeta, str | None, range]:
    """What a reference names; no path of the system does, so nothing is asked of that."""
    try:
        return locate(view.index, ref, view.audience)
    except NotFound as error:
        hint = error.hint if error.hint.startswith("Did you mean") else "Find names with search."
        raise NotFound(f"nothing is called {shown(ref)}", hint=hint) from None
    except UsageError as error:
        article = _LINES.sub("", ref)
        raise UsageError(error.message, hint=f"For the whole article: get {article}") from None


class _Read:
    """Lines of an article, told to the last or not."""

    def __init__(
        self,
        view: View,
        meta: ArticleMeta,
        chunk_id: str | None,
        text: list[str],
        total: int,
        first: int,
        last: int,
    ) -> None:
        self.view, self.meta, self.chunk_id = view, meta, chunk_id
        self.text, self.total, self.first, self.last = text, total, first, last
        self.source = source_of(view.index, meta, view.assistant.kb)

    def result(self, step: tuple[int, int | None]) -> Result:
        """The lines up to one, that one cut to so many tokens where a number says so."""
        end, tokens = step
        meta = self.meta
        lines = self.text[self.first - 1 : end]
        if tokens is not None:
            lines = [beginning(lines[0], tokens)]
        numbered = "\n".join(f"{i}\t{line}" for i, line in enumerate(lines, self.first))
        following = f"{meta.path}:{end + 1}-{self.last}" if end < self.last else None
        record = {
            **self.view.head(),
            "ref": f"{meta.path}:{self.first}-{end}",
            "article_id": meta.id,
            **filled(chunk_id=self.chunk_id),
            "title": clipped(meta.title, NAME_TOKENS),
            **filled(
                url=meta.url,
                locale=meta.locale,
                updated=meta.updated.isoformat() if meta.updated else None,
                past_review=past_review(meta, self.view.assistant.today),
                source=None if self.source.state == "unchanged" else self.source.state,
            ),
            "total_lines": self.total,
            "text": numbered,
            **filled(cut=tokens is not None, truncated=end < self.last, next_ref=following),
        }
        return Result(record, self._text(record))

    def _text(self, record: dict[str, Any]) -> str:
        facts = [record["ref"], f"of {record['total_lines']} lines", record["title"]]
        facts += [record[key] for key in ("locale", "updated", "url") if key in record]
        facts += ["past its review date"] if "past_review" in record else []
        facts += [f"file {record['source']} since the build"] if "source" in record else []
        lines = [flat(" | ".join(facts)), self.view.first_line()]
        lines += map(flat, record["text"].split("\n"))  # of which none can pass for a line of ours
        if "cut" in record:
            lines.append("(line cut; a larger max_tokens shows all of it)")
        if "next_ref" in record:
            lines.append(flat(f"More: get {record['next_ref']}"))
        return "\n".join(lines)
