"""KB9: the silences themselves; `run` finds them, since it alone knows what was silenced."""

from __future__ import annotations

from kbassist.lint.model import Rule

UNUSED = Rule(
    "KB901",
    "unused-silence",
    "warning",
    what="A comment, or a pattern of `[lint.per-path]`, silences a rule that finds nothing there.",
    why="What it stood for was mended; the next mistake of that kind would go unseen.",
    fix="Delete it.",
    example="<!-- kbassist-lint: disable=broken-link -->",
    fixable=True,
)
UNKNOWN = Rule(
    "KB902",
    "unknown-rule",
    "warning",
    what="A comment names a rule that does not exist.",
    why="It silences nothing.",
    fix="Use a code or name of `kbassist lint --rules`.",
    example="<!-- kbassist-lint: disable=broken-lnik -->",
)
RULES = (UNUSED, UNKNOWN)
