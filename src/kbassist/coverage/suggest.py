"""What a writer can do about a topic: the one thing that would help most of its askers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kbassist.coverage.findings import Place
from kbassist.coverage.judge import Judgement
from kbassist.coverage.model import AskedQuestion, Suggestion
from kbassist.coverage.phrasing import Edit

LEAST_IMPACT = 1.0
"""Askers that probably got no answer below which nothing is suggested."""
ONE_PLACE = 0.5
"""Share of a topic's askers for whom one article comes nearest, from which it is about that."""
MOSTLY_WEAK = 2 / 3
"""Share of those without an answer for whom it is weak, from which the nearest section is at least
about what they ask."""
COMPETE = 0.5
"""Share of the askers without an answer for whom the same two articles come first, each about as
near, from which they are better one."""
CLOSE = 0.9
"""Share of the best score from which a second article comes about as near."""


@dataclass(frozen=True, slots=True)
class Member:
    """A question of a topic with what is found for it."""

    question: AskedQuestion
    judged: Judgement

    @property
    def missed(self) -> float:
        """Its askers that probably got no answer; none where it is covered."""
        question = self.question
        return 0.0 if question.verdict == "covered" else question.count * (1 - question.confidence)

    @property
    def origin(self) -> str | None:
        """The best article, or what it is a translation of."""
        return self.judged.found[0].origin if self.judged.found else None


Edits = Callable[[Place, str], Edit]
"""A section and a phrasing → the change of the front matter that adds it."""
Translated = Callable[[str, str], bool]
"""An article or its original, a language → whether it is there in it."""


def suggest(
    members: Sequence[Member], verdict: str, edits: Edits, translated: Translated
) -> Suggestion | None:
    """What to do about a topic; None where nearly all its askers are answered well.

    Args:
        members: its questions, most asked first.
        verdict: of the topic.
        edits: makes the change for a phrasing.
        translated: whether an article is there in a language.
    """
    lacking = [one for one in members if one.missed]
    foreign = _foreign(members, translated)
    if foreign is not None:
        return foreign
    if sum(one.missed for one in lacking) < LEAST_IMPACT:
        return None
    rivals = _rivals(lacking)
    if rivals is not None:
        return rivals
    asked = sum(one.question.count for one in lacking)
    if verdict == "covered":
        return _phrasing(members, lacking, edits)
    home, share = _home(lacking)
    weak = sum(one.question.count for one in lacking if one.question.verdict == "weak")
    if home is not None and share >= ONE_PLACE and weak >= MOSTLY_WEAK * asked:
        return _improve(home, asked)
    return _new(home, asked)


def _home(members: Sequence[Member]) -> tuple[Place | None, float]:
    """The section that comes nearest for most, of the article that does; and the article's share.

    Translations count as one.
    """
    articles: Counter[str] = Counter()
    sections: dict[str, Counter[Place]] = {}
    for one in members:
        best = one.question.best
        if best is not None and one.origin is not None:
            articles[one.origin] += one.question.count
            sections.setdefault(one.origin, Counter())[best] += one.question.count
    if not articles:
        return None, 0.0
    first, count = articles.most_common(1)[0]
    total = sum(one.question.count for one in members)
    return sections[first].most_common(1)[0][0], count / total


def _foreign(members: Sequence[Member], translated: Translated) -> Suggestion | None:
    """Most are answered, but from an article that is not there in their language."""
    wanting: Counter[str] = Counter()
    places: dict[str, Place] = {}
    for one in members:
        best, spoken = one.question.best, one.judged.language
        covered = one.question.verdict == "covered" and one.question.other_language
        if covered and best is not None and not translated(one.origin or "", spoken):
            wanting[spoken] += one.question.count
            places.setdefault(spoken, best)
    if not wanting:
        return None
    spoken, count = wanting.most_common(1)[0]
    if count < ONE_PLACE * sum(one.question.count for one in members):
        return None
    place = places[spoken]
    text = (
        f"Translate {place.title!r} into {spoken}: it answers {_people(count)} in that language"
        f" from {place.locale} only."
    )
    return Suggestion("translate", text, place.path, 1)


def _rivals(lacking: Sequence[Member]) -> Suggestion | None:
    pairs: Counter[tuple[str, str]] = Counter()
    places: dict[str, Place] = {}
    for one in lacking:
        if one.question.best is not None and one.question.verdict == "weak":
            places.setdefault(one.origin or "", one.question.best)
            rival = _second(one.judged)
            if rival is not None:
                first, second = sorted((one.origin or "", rival))
                pairs[first, second] += one.question.count
    if not pairs:
        return None
    (first, second), count = pairs.most_common(1)[0]
    total = sum(one.question.count for one in lacking)
    if count < max(2, COMPETE * total) or not {first, second} <= places.keys():
        return None
    left, right = places[first], places[second]
    text = (
        f"{left.title!r} and {right.title!r} come equally near for {_people(count)}:"
        " merge what they say on this, or let each say what the other is for."
    )
    return Suggestion("merge", text, left.path, left.start_line, other=right)


def _second(judged: Judgement) -> str | None:
    """The article that comes about as near as the best one."""
    best = judged.found[0]
    return next(
        (
            hit.origin
            for hit in judged.found[1:]
            if hit.origin != best.origin and hit.score >= CLOSE * best.score
        ),
        None,
    )


def _phrasing(
    members: Sequence[Member], lacking: Sequence[Member], edits: Edits
) -> Suggestion | None:
    """A phrasing for the article that answers the others of the topic and comes nearest for it.

    Where it does so for none of those that get no answer, they are another matter in like words.
    """
    answered = [one for one in members if one.question.verdict == "covered"]
    home, _ = _home(answered)
    if home is None:
        return None
    origins = {one.origin for one in answered if one.question.best == home}
    asked = sum(one.question.count for one in lacking)
    near = [one for one in lacking if one.origin in origins and "[" not in one.question.text]
    if not near:
        text = (
            f"{_people(asked)} with words like those of {home.name!r} found no answer: see whether"
            " it belongs there."
        )
        return Suggestion("improve-section", text, home.path, home.start_line)
    one = max(near, key=lambda member: member.question.count * member.question.confidence)
    target = one.question.best
    assert target is not None  # it has an origin
    edit = edits(target, one.question.text)
    count = sum(member.question.count for member in near)
    text = f"Add how {_people(count)} put it to {target.title!r}, if that answers it."
    return Suggestion(
        "add-question", text, target.path, edit.line, insert=edit.text, replaces=edit.replaces
    )


def _improve(place: Place, asked: int) -> Suggestion:
    text = (
        f"Say it in {place.name!r} in the customers' words: it comes nearest for {_people(asked)},"
        " and does not surely answer them."
    )
    return Suggestion("improve-section", text, place.path, place.start_line)


def _new(place: Place | None, asked: int) -> Suggestion:
    near = "" if place is None else f" The nearest is {place.name!r}."
    return Suggestion("new-article", f"{_people(asked)} found none.{near}")


def _people(count: int) -> str:
    return f"{count} asker{'s' * (count != 1)}"
