"""The lines that each section of an article takes."""

from __future__ import annotations

from collections.abc import Iterator

from kbassist.lint.model import Page
from kbassist.types import Section


def extents(page: Page) -> Iterator[tuple[Section, int, int]]:
    """Each section with its first line and the last before the next one begins."""
    if page.article is None:
        return
    sections = page.article.sections
    last = len(page.source.starts)
    for index, section in enumerate(sections):
        following = sections[index + 1 : index + 2]
        end = min((other.span.start_line - 1 for other in following), default=last)
        yield section, section.span.start_line, max(end, section.span.end_line)
