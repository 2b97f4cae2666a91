"""The articles' texts, of which a hit needs a window and a citation the whole.

texts.utf8.npy    uint8 (b)              their UTF-8, end to end, in the order of the articles' rows
texts.starts.npy  int64 (articles + 1)   where each begins, and where the last one ends

They lie beside `chunks.sqlite` because a window of a file is one read however long the article is,
and because an incremental build moves them as stretches of bytes.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType

import numpy as np

from kbassist.index.arrays import AppendedArray, broken, open_array, save_array
from kbassist.index.stretches import pointers_of

TEXTS_NAME = "texts.utf8.npy"
STARTS_NAME = "texts.starts.npy"


class Texts:
    """The read side; threads may share it."""

    def __init__(self, folder: Path) -> None:
        """Open the files.

        Raises:
            IndexBroken: one is missing or damaged, or does not fit the other.
        """
        self._path = folder / TEXTS_NAME
        self._all = open_array(self._path, np.uint8)
        starts = open_array(folder / STARTS_NAME, np.int64)
        ends = len(starts) > 0 and starts[0] == 0 and starts[-1] == len(self._all)
        if not ends or (np.diff(starts) < 0).any():
            raise broken(folder / STARTS_NAME, f"does not fit {TEXTS_NAME}")
        self._starts = np.ascontiguousarray(starts).data
        self._file = None
        if hasattr(os, "pread"):  # what is read of a mapped file would stay in memory
            self._file = self._path.open("rb", buffering=0)  # closed with this object
            self._head = self._path.stat().st_size - len(self._all)

    def __len__(self) -> int:
        """Number of articles."""
        return len(self._starts) - 1

    def whole(self, article: int) -> str:
        """The text of an article by its row.

        Raises:
            ValueError: there is no such article, or its text is not UTF-8.
            IndexBroken: the file was cut off.
        """
        if not 0 <= article < len(self):
            raise ValueError(f"there is no text of an article {article}")
        return self.window(article, 0, self._starts[article + 1] - self._starts[article])

    def window(self, article: int, first: int, size: int) -> str:
        """A stretch of an article's text.

        Args:
            article: its row.
            first: byte of its UTF-8, from 0 up.
            size: bytes.

        Raises:
            ValueError: it is not there, or not UTF-8.
            TypeError: these are no whole numbers.
            IndexBroken: the file was cut off.
        """
        if not (0 <= article < len(self) and first >= 0 and size >= 0):
            raise ValueError(f"there is no window ({article}, {first}, {size})")
        start = self._starts[article] + first
        if start + size > self._starts[article + 1]:
            raise ValueError(f"the window ({article}, {first}, {size}) is behind the text")
        if self._file is None:
            return self._all[start : start + size].tobytes().decode()
        found = os.pread(self._file.fileno(), size, self._head + start)
        if len(found) != size:
            raise broken(self._path, "was cut off while it was in use")
        return found.decode()


class TextsWriter:
    """Writes the files: texts that are new, and stretches of another generation's."""

    def __init__(self, folder: Path, live: Path | None = None) -> None:
        """Open the files; `live` is the folder of the generation that texts are taken from."""
        self._folder, self._live = folder, live
        self._bytes = AppendedArray(folder / TEXTS_NAME, np.uint8)
        self._sizes: list[int] = []
        if live is not None:
            self._starts = open_array(live / STARTS_NAME, np.int64)

    def add(self, text: str) -> None:
        """The next text."""
        data = text.encode()
        self._bytes.add(data)
        self._sizes.append(len(data))

    def keep(self, first: int, end: int) -> None:
        """The next texts are those of a stretch of live articles."""
        assert self._live is not None
        starts = self._starts[first : end + 1]
        self._sizes += np.diff(starts).tolist()
        self._bytes.copy(self._live / TEXTS_NAME, int(starts[0]), int(starts[-1]))

    def __enter__(self) -> TextsWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._bytes.close()
        sizes = np.array(self._sizes, dtype=np.int64)
        save_array(self._folder / STARTS_NAME, pointers_of(sizes))


def byte_places(text: str, places: Iterable[int]) -> Mapping[int, int]:
    """How many bytes of UTF-8 stand before some characters of a text."""
    found, before, total = {}, 0, 0
    for place in sorted(set(places)):
        total += len(text[before:place].encode())
        found[place] = total
        before = place
    return found
