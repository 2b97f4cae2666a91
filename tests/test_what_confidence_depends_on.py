"""What an answer is and how sure it is does not hang on how it is asked for, on raw scales, or on
articles of another subject."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kbassist import Answer, Assistant, Hit, SearchSettings, build_index
from kbassist.answer.evidence import gather
from kbassist.types import MODES, Mode
from tests.conftest import HARBOR, REPOSITORY


def asked(name: str) -> list[str]:
    lines = (REPOSITORY / "evals" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["text"] for line in lines]


QUESTIONS = st.sampled_from([*asked("harbor-zh"), *asked("harbor-en")])
modes = st.sampled_from(MODES)


def decided(answer: Answer) -> tuple[object, ...]:
    """All of an answer that is not the page of hits."""
    citations = [(citation.ref, citation.quote) for citation in answer.citations]
    return (answer.confidence, answer.figures, answer.action, answer.reason, answer.text, citations)


@settings(max_examples=40)
@given(QUESTIONS, modes)
def test_the_number_of_hits_changes_nothing(
    assistant: Assistant, question: str, mode: Mode
) -> None:
    page = assistant.ask(question, mode=mode)
    for top_k in (1, 3, 200):
        other = assistant.ask(question, top_k=top_k, mode=mode)
        assert decided(other) == decided(page)
        assert len(other.hits) <= top_k
        shared = min(len(other.hits), len(page.hits))
        assert other.hits[:shared] == page.hits[:shared]


def louder(hit: Hit, factor: float) -> Hit:
    """The same hit where each leg has raw scores of another scale."""
    legs = {name: replace(leg, raw=leg.raw * factor) for name, leg in hit.legs.items()}
    return replace(hit, legs=legs)


@settings(max_examples=25)
@given(QUESTIONS, modes, st.floats(1e-3, 1e3))
def test_raw_scales_change_nothing(
    assistant: Assistant, question: str, mode: Mode, factor: float
) -> None:
    hits = assistant.search(question, mode=mode)
    weights = assistant.index.evidence_weights(assistant.index.analyzer.query(question))
    found = gather(question, hits, weights, {}, assistant.judge)
    scaled = [louder(hit, factor) for hit in hits]
    assert gather(question, scaled, weights, {}, assistant.judge) == found


@settings(max_examples=25)
@given(QUESTIONS)
def test_weight_0_is_the_lexical_order_and_1_the_vector_order(
    assistant: Assistant, question: str
) -> None:
    """With the bundled model, as users have it."""
    orders: tuple[tuple[float, Mode], ...] = ((0.0, "lexical"), (1.0, "vector"))
    for weight, mode in orders:
        weighted = Assistant(assistant.index, settings=SearchSettings(vector_weight=weight))
        alone = [hit.chunk.id for hit in assistant.search(question, mode=mode, top_k=50)]
        assert [hit.chunk.id for hit in weighted.search(question, top_k=50)] == alone


DISHES = ("sourdough", "lentil soup", "apple tart", "rye crackers", "plum jam", "leek pie")
STEPS = (
    "Knead the dough until it is smooth and let it rest beside the oven.",
    "Slice the onions thinly and fry them in butter until golden.",
    "Stir the pot now and then so that nothing sticks to the bottom.",
    "Sprinkle with parsley and serve while it is warm.",
)


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Assistant, Assistant]]:
    """The English half of the example help centre, and the same with 40 recipes beside it."""
    place = tmp_path_factory.mktemp("grown")
    kb = place / "kb"
    shutil.copytree(HARBOR / "en", kb / "en")
    build_index(kb, place / "before")
    for number in range(40):
        dish, turn = DISHES[number % len(DISHES)], number % len(STEPS)
        recipe(kb / f"recipe-{number}.md", dish, STEPS[turn:] + STEPS[:turn])
    build_index(kb, place / "after")
    yield Assistant.open(place / "before"), Assistant.open(place / "after")


def recipe(path: Path, dish: str, steps: tuple[str, ...]) -> None:
    body = "\n\n".join(steps)
    text = f"---\ntitle: {dish} {path.stem}\nlocale: en\n---\n\n## How to cook {dish}\n\n{body}\n"
    path.write_text(text, encoding="utf-8")


def test_articles_of_another_subject_hardly_matter(grown: tuple[Assistant, Assistant]) -> None:
    """They move the rarity of words a little, and through it all else."""
    before, after = grown
    pairs = [
        (before.ask(text, top_k=1), after.ask(text, top_k=1)) for text in asked("harbor-en")[::6]
    ]
    assert len(pairs) == 40
    same = [(a, b) for a, b in pairs if a.hits[0].chunk.id == b.hits[0].chunk.id]
    assert len(same) >= 39
    assert sum(a.action == b.action for a, b in pairs) >= 39
    moved = [abs(a.confidence - b.confidence) for a, b in same]
    assert sum(moved) / len(moved) < 0.01
    assert max(moved) < 0.1
