"""One question against an open index: analyse, rank by each leg, fuse, fetch the texts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kbassist.config import SearchSettings
from kbassist.errors import EmptyQuestion, QuestionTooLong, UsageError
from kbassist.index.filters import Filters
from kbassist.index.fusion import convex, rrf
from kbassist.index.reader import Index, Mask
from kbassist.index.topk import top_rows
from kbassist.text.analyzer import QueryTerm
from kbassist.types import Hit, LegScore, Mode

MAX_TOP_K = 1000
"""More results than this are an export, not a search."""
