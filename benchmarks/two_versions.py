"""Two versions of a knowledge base, and what may be answered from each: nothing in between.

The second version has other numbers in every text, one article less and one more. Each question has
one right answer in each version, to the last digit of a score; any other answer is a mixture, or
wrong. Every kind of call is checked: `ask` (alone, awaited, in a conversation), `search`,
`search_many` and `get`.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kbassist import Answer, Assistant, Conversation, Hit, build_index

ROOT = Path(__file__).parent.parent
VERSIONS = ("a", "b")
EVERY = 4
"""One article in so many is taken: a build takes half a second."""
QUESTIONS = 12


@dataclass(frozen=True, slots=True)
class Expected:
    """What the versions answer: question → version → fingerprint, for each kind of call."""

    asked: dict[str, dict[str, str]]
    searched: dict[str, dict[str, str]]
    got: dict[str, dict[str, str]]
    """By reference instead of question."""

    def to_json(self) -> str:
        """As a file's text."""
        return json.dumps({"asked": self.asked, "searched": self.searched, "got": self.got})

    @staticmethod
    def from_json(text: str) -> Expected:
        """As `to_json` wrote it."""
        return Expected(**json.loads(text))


def write_versions(place: Path) -> dict[str, Path]:
    """Write the folders of both versions; the first is a part of the example help centre."""
    folders = {version: place / f"kb-{version}" for version in VERSIONS}
    files = sorted((ROOT / "kb").rglob("*.md"))[::EVERY]
    for file in files:
        target = folders["a"] / file.relative_to(ROOT / "kb")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
    shutil.copyfile(ROOT / "kb" / "kbassist.toml", folders["a"] / "kbassist.toml")
    shutil.copytree(folders["a"], folders["b"])
    for file in folders["b"].rglob("*.md"):
        file.write_text(_with_other_numbers(file.read_text(encoding="utf-8")), encoding="utf-8")
    max(folders["b"].rglob("*.md")).unlink()
    (folders["b"] / "one-more.md").write_text("# One more\n\nThe second version has 1 more.\n")
    return folders


def _with_other_numbers(text: str) -> str:
    """Every number of the body one greater."""
    head, rule, body = text.partition("\n---\n") if text.startswith("---\n") else ("", "", text)
    return head + rule + re.sub(r"\d+", lambda found: str(int(found[0]) + 1), body)


def expected(folders: dict[str, Path], place: Path) -> Expected:
    """Build each version on its own and ask it everything."""
    opened = {}
    for version, folder in folders.items():
        build_index(folder, place / f"expected-{version}", skip_bad=True)
        opened[version] = Assistant.open(place / f"expected-{version}")
    both = [{meta.path: meta for meta in one.index.store.articles()} for one in opened.values()]
    paths = sorted(both[0].keys() & both[1].keys())[:: max(1, len(both[0]) // QUESTIONS)]
    questions = [both[0][path].title for path in paths]
    found = Expected(
        {q: {v: of_answer(a.ask(q)) for v, a in opened.items()} for q in questions},
        {q: {v: of_hits(a.search(q)) for v, a in opened.items()} for q in questions},
        {p: {v: of_lines(a.get(p).lines) for v, a in opened.items()} for p in paths},
    )
    for table in (found.asked, found.searched, found.got):
        for question, by_version in list(table.items()):
            if len(set(by_version.values())) < len(VERSIONS):
                del table[question]  # it would tell nothing
    return found


def of_answer(answer: Answer) -> str:
    """Fingerprint of all that an answer says and what it says it from."""
    quotes = [(c.ref, c.quote, c.content_hash, c.source, c.verified) for c in answer.citations]
    return _digest(
        [answer.action, answer.text, f"{answer.confidence:.9f}", quotes, _hits(answer.hits)]
    )


def of_hits(hits: Iterable[Hit]) -> str:
    """Fingerprint of what was found."""
    return _digest(_hits(hits))


def of_lines(lines: Iterable[str]) -> str:
    """Fingerprint of what was read."""
    return _digest(list(lines))


def _hits(hits: Iterable[Hit]) -> list[object]:
    return [
        (h.chunk.id, f"{h.score:.9f}", h.chunk.hash, h.chunk.text, h.article.path) for h in hits
    ]


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False).encode()).hexdigest()


def version_of(by_version: dict[str, str], found: str) -> str | None:
    """The version that gives this answer; None for none."""
    return next((version for version, right in by_version.items() if right == found), None)


class Checker:
    """Asks an assistant in turn everything that is expected, and keeps what was not."""

    def __init__(self, right: Expected, start: int = 0) -> None:
        self._calls = [
            (kind, key, by_version)
            for kind in ("asked", "searched", "got")
            for key, by_version in getattr(right, kind).items()
        ]
        self._next = start
        self.reads = 0
        self.wrong: list[str] = []
        self.seen: dict[str, int] = {}

    def read(self, assistant: Assistant) -> str | None:
        """Make the next call and check it; returns the version that it came from."""
        kind, key, by_version = self._calls[self._next % len(self._calls)]
        self._next += 1
        found = self._found(kind, key, assistant)
        version = version_of(by_version, found)
        self.reads += 1
        if version is None:
            self.wrong.append(f"{kind} {key!r}: an answer of no version")
        else:
            self.seen[version] = self.seen.get(version, 0) + 1
        return version

    def _found(self, kind: str, key: str, assistant: Assistant) -> str:
        """Fingerprint of what a call returns, now made in one way, now in another."""
        way = self._next // len(self._calls) % 3
        if kind == "got":
            return of_lines(assistant.get(key).lines)
        if kind == "searched":
            return of_hits(assistant.search(key) if way else _second(assistant, key))
        if way == 0:
            return of_answer(Conversation(assistant).ask(key))
        return of_answer(assistant.ask(key) if way == 1 else asyncio.run(assistant.aask(key)))


def _second(assistant: Assistant, question: str) -> list[Hit]:
    """What `search_many` finds for the second of two."""
    found = assistant.search_many([question, question])[1]
    assert isinstance(found, list), found
    return found
