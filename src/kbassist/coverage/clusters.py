"""Questions → topics: communities of the graph of how alike they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from kbassist.coverage.judge import Judgement
from kbassist.embed.protocol import Matrix
from kbassist.errors import MissingDependency

if TYPE_CHECKING:
    from scipy import sparse

RESOLUTION = 5.0
"""Of the Leiden method: the more, the finer the topics. benchmarks/coverage_topics.py has what
others give."""


def require_extra() -> None:
    """Say what to install where the packages of the report are not there.

    Raises:
        MissingDependency: names the package.
    """
    try:
        import pydantic  # noqa: F401
        import scipy  # noqa: F401
        import sknetwork  # noqa: F401
    except ImportError as error:
        raise MissingDependency(
            f"this needs {error.name or error}, which is not installed",
            hint="Install it: pip install 'kbassist[coverage]'",
        ) from None


def clusters(
    vectors: Matrix, terms: Sequence[Sequence[str]], judged: Sequence[Judgement]
) -> tuple[list[list[int]], sparse.csr_matrix]:
    """Group questions by what they are about.

    Args:
        vectors: of the questions, float32 (n, d).
        terms: of each, by the analyzer.
        judged: what is found for each.

    Returns:
        Places of the questions of each topic, in ascending order, by the first; and the graph.
    """
    from scipy import sparse
    from sknetwork.clustering import Leiden

    from kbassist.coverage.likeness import graph

    size = len(vectors)
    if size < 3:
        return [[at] for at in range(size)], sparse.csr_matrix((size, size))
    near = graph(vectors, terms, judged)
    if not near.count_nonzero():  # nothing is like anything else
        return [[at] for at in range(size)], near
    labels = Leiden(resolution=RESOLUTION, random_state=0).fit_predict(near)
    found: dict[int, list[int]] = {}
    for at, label in enumerate(labels.tolist()):
        found.setdefault(label, []).append(at)
    return sorted(found.values()), near


def medoid(members: Sequence[int], near: sparse.csr_matrix, counts: Sequence[int]) -> int:
    """The member that is most like the others, each as often as it was asked; else the first.

    Args:
        members: places of the questions of a topic.
        near: the graph.
        counts: how often each of them was asked.
    """
    weight = np.zeros(near.shape[0])
    weight[list(members)] = counts
    likeness = np.asarray(near[list(members)] @ weight).ravel() + np.log1p(counts) * 1e-9
    return members[int(np.argmax(likeness))]
