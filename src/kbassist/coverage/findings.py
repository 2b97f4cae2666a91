"""What is found in the articles alone: passages, and pairs of them that repeat or contradict."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A passage of an article."""

    article_id: str
    chunk_id: str
    title: str
    heading_path: tuple[str, ...]
    path: str
    """POSIX path relative to the kb folder."""
    start_line: int
    """1-based."""
    end_line: int
    """1-based, inclusive."""
    locale: str
    url: str | None = None

    @property
    def ref(self) -> str:
        """Display form of the place, `path:start-end`."""
        return f"{self.path}:{self.start_line}-{self.end_line}"

    @property
    def name(self) -> str:
        """Title and heading."""
        return " › ".join(dict.fromkeys((self.title, *self.heading_path[-1:])))


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a section that another section has otherwise."""

    left: str
    right: str


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Two sections that say nearly the same."""

    left: Place
    right: Place
    similarity: float
    """In [0, 1]; 1 for the same words."""
    differing: tuple[Line, ...]
    others: tuple[Place, ...] = ()
    """More sections that are like one of the two, by path and line."""

    @property
    def boilerplate(self) -> bool:
        """Whether four or more sections share it, as a notice that is repeated on purpose."""
        return len(self.others) >= 2


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two sentences on one thing that do not agree."""

    kind: str
    """`number`, `date`, `limit`, `network` or `negation`."""
    left: Place
    right: Place
    left_text: str
    right_text: str
    left_value: str
    right_value: str


@dataclass(frozen=True, slots=True)
class Disparity:
    """What an article says in one language and not, or otherwise, in another."""

    kind: str
    """`missing`, `outdated`, `section`, `number` or `steps`."""
    article_id: str
    locale: str
    """The language that lacks it."""
    text: str
    source: Place | None = None
    target: Place | None = None
