"""What the parts of text analysis are worth: recall@1 of lexical retrieval without each of them.

The index is the same throughout; what changes is the weight of the question's terms. Prints a
Markdown table over the public development sets in $KBASSIST_DATA.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

from kbassist.config import Bm25Settings
from kbassist.index.bm25 import Bm25
from kbassist.text.analyzer import Analyzer, QueryTerm
from lexical import DEFAULT_SETS, build, data_folder, read_lines

Weigh = Callable[[QueryTerm], float]


def is_han(term: str) -> bool:
    return "\u3400" <= term[0] <= "\u9fff"


def no_weighting(term: QueryTerm) -> float:
    return max(1.0, round(term.weight))


def bigrams_only(term: QueryTerm) -> float:
    return 0.0 if is_han(term.term) and len(term.term) == 1 else term.weight


def characters_only(term: QueryTerm) -> float:
    return 0.0 if is_han(term.term) and len(term.term) == 2 else term.weight


ALIKE = "stop words alike in all questions"
SETS = (*DEFAULT_SETS, "lcqmc-dev", "bq-dev")

VARIANTS: dict[str, Weigh] = {
    "as shipped": lambda term: term.weight,
    ALIKE: lambda term: term.weight,
    "stop words at full weight": no_weighting,
    "Han bigrams only": bigrams_only,
    "Han characters only": characters_only,
}


def recall_at_1(name: str, data: Path) -> list[float]:
    """recall@1 of each variant on one set."""
    analyzer = Analyzer()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        ids = build(data / f"{name}.corpus.jsonl", folder, analyzer, Bm25Settings())
        bm25 = Bm25.open(folder)
        queries = [q for q in read_lines(data / f"{name}.queries.jsonl") if q["relevant"]]
        found = dict.fromkeys(VARIANTS, 0)
        for query in queries:
            text = query["text"]
            terms = analyzer.query(text)
            with patch("kbassist.text.analyzer.in_own_words", return_value=False):
                alike = analyzer.query(text)
            for variant, weigh in VARIANTS.items():
                chosen = alike if variant == ALIKE else terms
                rows, _ = bm25.top([(term.term, weigh(term)) for term in chosen], 1)
                found[variant] += bool(len(rows)) and ids[rows[0]] in query["relevant"]
    return [count / len(queries) for count in found.values()]


def main() -> int:
    data = data_folder()
    if not data.is_dir():
        print(f"no question sets in {data}: set KBASSIST_DATA to the data folder", file=sys.stderr)
        return 1
    columns = [recall_at_1(name, data) for name in SETS]
    print("| recall@1 | " + " | ".join(SETS) + " |")
    print("|---" * (1 + len(SETS)) + "|")
    for place, variant in enumerate(VARIANTS):
        print(f"| {variant} | " + " | ".join(f"{column[place]:.4f}" for column in columns) + " |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
