"""A writer at work: a question is answered, and answered again whenever an article was saved."""

from __future__ import annotations

import os
import queue
import sys
import threading
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kbassist.assistant import Assistant
from kbassist.cli import render
from kbassist.cli.terminal import one_line, styled
from kbassist.cli.watching import looks, rebuild
from kbassist.errors import KbassistError
from kbassist.index.filters import Filters
from kbassist.records.results import answer as answer_record
from kbassist.types import Answer

PROMPT = "? "
_READ = 1 << 16


@dataclass(slots=True)
class Preview:
    """The last question and its answer, for one kb folder."""

    kb: Path
    index: Path
    embedder: str
    filters: Filters
    today: date | None
    top_k: int
    brief: bool
    """Without saying why."""
    as_json: bool
    question: str = ""
    answer: Answer | None = None
    assistant: Assistant | None = None

    def run(self) -> None:
        """Answer what is typed and what was typed last, until the input ends.

        Raises:
            MissingDependency: watchfiles is not installed.
            UsageError: the kb folder is not there, or a filter cannot be used.
        """
        lines = _typed_lines()
        for saved in looks(self.kb, self.index):
            if saved and self._built() and self.question:
                self._ask()
            if saved:
                self._prompt()
            while not lines.empty():
                typed = lines.get()
                if typed is None:
                    return
                self.question, self.answer = typed.strip() or self.question, None
                if self.question:
                    self._repeat()
                    self._ask()
                self._prompt()

    def _built(self) -> bool:
        """Build what was saved; whether there is anything to ask."""
        report = rebuild(self.kb, self.index, self.embedder, skip_bad=True, as_json=self.as_json)
        if report is not None and self.assistant is None:
            self.assistant = Assistant.open(self.index, kb=self.kb, today=self.today)
        elif report is not None and self.assistant is not None:
            self.assistant.reload()
        return self.assistant is not None

    def _ask(self) -> None:
        if self.assistant is None:
            return render.message("nothing is built yet: mend the articles, and save them")
        before = self.answer
        try:
            found = self.assistant.ask(self.question, top_k=self.top_k, filters=self.filters)
        except KbassistError as error:
            return render.json_error(error) if self.as_json else render.error(error)
        self.answer = found
        if self.as_json:
            return render.print_json(answer_record(found, found.explain()))
        if before is not None and answer_record(before) == answer_record(found):
            return render.line(styled(f"The same answer to: {one_line(self.question)}", dim=True))
        return self._show(found, before)

    def _show(self, found: Answer, before: Answer | None) -> None:
        assert self.assistant is not None
        if before is not None:
            render.line(styled(f"Now, to: {one_line(self.question)}", bold=True))
        render.line(_verdict(found, before))
        render.line()
        render.answer(found, self.assistant.index.analyzer)
        render.line()
        for hit in found.hits:
            title = " › ".join((hit.article.title, *hit.chunk.heading_path))
            place = styled(hit.chunk.ref, dim=True)
            render.line(f"{hit.rank:>2}. {hit.score:.2f}  {one_line(title)}  {place}")
        if not self.brief:
            render.line()
            render.explained(found.explain().text())

    def _repeat(self) -> None:
        """The question above its answer, where nobody typed it into this terminal."""
        if not self.as_json and not sys.stdin.isatty():
            render.line(styled(f"{PROMPT}{one_line(self.question)}", bold=True))

    def _prompt(self) -> None:
        if not self.as_json:
            render.ask_for(PROMPT)
        render.flush()


def _verdict(found: Answer, before: Answer | None) -> str:
    """What was decided, how sure it is, and what that was before."""
    was = ""
    if before is not None and before.action != found.action:
        was = f" (was {before.action}, {before.confidence:.2f})"
    elif before is not None:
        was = f" (was {before.confidence:.2f})"
    return styled(f"{found.action}, confidence {found.confidence:.2f}{was}", bold=True)


def _typed_lines() -> queue.SimpleQueue[str | None]:
    """Lines of standard input as they come, then None.

    They are read in a thread, since a folder is watched at the same time, and with `os.read`: what
    waits in `sys.stdin` would hold its lock when the program ends.
    """
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    descriptor = sys.stdin.fileno()

    def read() -> None:
        rest = b""
        while data := os.read(descriptor, _READ):
            *whole, rest = (rest + data).split(b"\n")
            for line in whole:
                lines.put(line.decode("utf-8", "replace"))
        if rest:
            lines.put(rest.decode("utf-8", "replace"))
        lines.put(None)

    threading.Thread(target=read, daemon=True, name="typed lines").start()
    return lines
