"""The vectors of the articles' titles, by the bundled model.

titles.codes.npy    int8 (t, d)        each distinct title, as in vector_files.py
titles.article.npy  int32 (articles)   which of them each article has
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kbassist.embed.protocol import Embedder, Matrix
from kbassist.index.arrays import broken, open_array, save_array
from kbassist.index.vector_files import decoded, encode

CODES_NAME = "titles.codes.npy"
NUMBERS_NAME = "titles.article.npy"

TITLE_FILES = (CODES_NAME, NUMBERS_NAME)


class Titles:
    """The files, memory-mapped; threads may share them."""

    def __init__(self, folder: Path) -> None:
        """Open them.

        Raises:
            IndexBroken: a file is missing or damaged, or does not fit the other.
        """
        self._codes = open_array(folder / CODES_NAME, np.int8, ndim=2)
        self._numbers = open_array(folder / NUMBERS_NAME, np.int32)
        found = self._numbers
        if len(found) and not 0 <= found.min() <= found.max() < len(self._codes):
            raise broken(folder / NUMBERS_NAME, f"names a title beyond {len(self._codes)}")

    def __len__(self) -> int:
        """Number of articles."""
        return len(self._numbers)

    def likeness(self, articles: NDArray[np.integer], question: Matrix) -> NDArray[np.float64]:
        """Cosine of a question and the title of each article, in [0, 1].

        Args:
            articles: rows of articles, with repetitions.
            question: float32 (d,), of length 1 or all zeros.

        Returns:
            float64, one for each; 0 where another of these articles has the same title, since it
            does not say then which of them is meant.
        """
        rows = articles.tolist()
        titles = [int(self._numbers[row]) for row in rows]
        sharing = Counter(title for _, title in set(zip(rows, titles, strict=True)))
        place = {title: at for at, title in enumerate(sharing)}
        cosines = np.clip(decoded(self._codes.take(list(sharing), axis=0)) @ question, 0.0, 1.0)
        cosines[[count > 1 for count in sharing.values()]] = 0.0
        likeness: NDArray[np.float64] = cosines[[place[title] for title in titles]]
        return likeness.astype(np.float64)


def write_titles(
    folder: Path,
    titles: Sequence[str],
    model: Embedder,
    live: Path | None = None,
    known: Mapping[str, int] | None = None,
) -> None:
    """Write the files.

    Args:
        folder: of the generation that is being built.
        titles: of the articles, in the order of their rows.
        model: the bundled one.
        live: folder of a generation with the codes of titles that are known.
        known: title → row of an article there that has it.
    """
    distinct = sorted(set(titles))
    numbers = {title: number for number, title in enumerate(distinct)}
    there = {} if live is None or known is None else known
    codes = np.empty((len(distinct), model.dimension), dtype=np.int8)
    new = [title for title in distinct if title not in there]
    codes[[numbers[title] for title in new]] = encode(model.embed_documents(new))
    if live is not None and len(new) < len(distinct):
        old = [title for title in distinct if title in there]
        rows = open_array(live / NUMBERS_NAME, np.int32)[[there[title] for title in old]]
        codes[[numbers[title] for title in old]] = open_array(live / CODES_NAME, np.int8, 2)[rows]
    save_array(folder / CODES_NAME, codes)
    found = np.asarray([numbers[title] for title in titles], dtype=np.int32)
    save_array(folder / NUMBERS_NAME, found)
