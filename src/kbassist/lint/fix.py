"""Findings that mend themselves → changed files, each replaced as a whole."""

from __future__ import annotations

import difflib
import os
import tempfile
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kbassist.articles.source import BOM, decode
from kbassist.lint.model import Edit, Finding
from kbassist.lint.run import LintReport


@dataclass(frozen=True, slots=True)
class Change:
    """One file before and after."""

    path: str
    """Relative to the kb folder."""
    before: bytes
    after: bytes
    findings: tuple[Finding, ...]
    """Those that the change mends."""

    def diff(self) -> str:
        """What changes, as a unified diff of the text."""
        old, new = (decode(raw, self.path).splitlines() for raw in (self.before, self.after))
        lines = difflib.unified_diff(old, new, f"a/{self.path}", f"b/{self.path}", lineterm="")
        return "\n".join(lines)


def changes(report: LintReport) -> Iterator[Change]:
    """What would mend the findings that can be mended; nothing is written.

    Where two edits meet, the first one counts; the next run finds the other again.

    Args:
        report: of files as they are.

    Raises:
        OSError: a file cannot be read any more.
        ArticleError: it is not UTF-8 any more.
    """
    by_path: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        if finding.fixable:
            by_path[finding.path].append(finding)
    for path, findings in by_path.items():
        before = (report.folder / path).read_bytes()
        edits: list[Edit] = []
        mended = []
        for finding in findings:
            if not any(_meet(one, other) for one in finding.edits for other in edits):
                edits += finding.edits
                mended.append(finding)
        after = _edited(before, path, edits)
        if after != before:
            yield Change(path, before, after, tuple(mended))


def _meet(one: Edit, other: Edit) -> bool:
    return (one.start < other.end and other.start < one.end) or one.start == other.start


def _edited(raw: bytes, path: str, edits: Sequence[Edit]) -> bytes:
    """The file with slices of its decoded text replaced; all other bytes stay as they are."""
    decode(raw, path)  # refuses what is not UTF-8
    mark = BOM if raw.startswith(BOM) else b""
    text = raw[len(mark) :].decode("utf-8")
    ends: list[int] = []  # where, in the decoded text, a line end took two characters
    position = text.find("\r\n")
    while position >= 0:
        ends.append(position - len(ends))
        position = text.find("\r\n", position + 2)
    newline = "\r\n" if len(ends) * 2 > text.count("\n") else "\n"
    for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
        start = edit.start + bisect_left(ends, edit.start)
        end = edit.end + bisect_left(ends, edit.end)
        text = text[:start] + edit.new.replace("\n", newline) + text[end:]
    return mark + text.encode("utf-8")


def write(folder: Path, change: Change) -> bool:
    """Replace a file by one rename; it is left alone where somebody changed it meanwhile.

    Args:
        folder: the kb folder.
        change: of one file in it.

    Returns:
        Whether it was replaced.

    Raises:
        OSError: it cannot be read or written.
    """
    path = (folder / change.path).resolve()
    if path.read_bytes() != change.before:
        return False
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".kbassist-lint-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(change.after)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(name, path.stat().st_mode & 0o7777)
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise
    return True
