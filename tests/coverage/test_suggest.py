from __future__ import annotations

from collections.abc import Sequence

from kbassist.coverage.findings import Place
from kbassist.coverage.judge import Found, Judgement
from kbassist.coverage.model import AskedQuestion, Suggestion, Week
from kbassist.coverage.phrasing import Edit
from kbassist.coverage.suggest import Member, suggest
from kbassist.coverage.topics import trend, verdict_of


def place(article: str, locale: str = "en") -> Place:
    return Place(
        article, f"{article}#a:1", f"About {article}", ("How",), f"{article}.md", 7, 9, locale
    )


def member(
    at: int,
    text: str,
    confidence: float,
    articles: Sequence[tuple[str, float]] = (("fees", 1.0),),
    count: int = 1,
    language: str = "en",
    locale: str = "en",
) -> Member:
    verdict = "covered" if confidence >= 0.5 else "weak" if confidence >= 0.3 else "uncovered"
    best = place(articles[0][0], locale) if articles else None
    foreign = language != locale
    found = tuple(Found(name, name, f"{name}#a:1", score) for name, score in articles)
    question = AskedQuestion(
        at, text, count, (), language, None, f"log:{at}", {}, verdict,  # type: ignore[arg-type]
        confidence, "answer", best, foreign, None,
    )  # fmt: skip
    judged = Judgement(confidence, "answer", found, best, (), language, foreign)
    return Member(question, judged)


def advice(members: Sequence[Member], verdict: str, translated: bool = True) -> Suggestion | None:
    return suggest(
        members,
        verdict,
        lambda where, text: Edit(4, f"  - {text} ({where.article_id})", False),
        lambda origin, language: translated,
    )


def test_nothing_where_nearly_all_are_answered() -> None:
    members = [member(0, "fees", 0.9, count=50), member(1, "what fees", 0.4)]
    assert advice(members, "covered") is None


def test_a_phrasing_for_the_article_that_answers_the_others() -> None:
    members = [
        member(0, "fees", 0.9, count=5),
        member(1, "what do you take", 0.4, count=2),
        member(2, "how much [email]", 0.45, count=9),
        member(3, "weather", 0.1, [("card", 1.0)], count=3),
    ]
    found = advice(members, "covered")
    assert found is not None
    assert (found.advice, found.path, found.line) == ("add-question", "fees.md", 4)
    assert found.insert == "  - what do you take (fees)"
    assert found.text == "Add how 2 askers put it to 'About fees', if that answers it."


def test_like_words_for_another_matter() -> None:
    members = [
        member(0, "fees", 0.9, count=5),
        member(1, "weather", 0.1, [("card", 1.0), ("fees", 0.5)], count=3),
    ]
    found = advice(members, "covered")
    assert found is not None
    assert (found.advice, found.path, found.line) == ("improve-section", "fees.md", 7)


def test_a_new_article_where_nothing_is_near() -> None:
    members = [member(0, "stake", 0.1, count=3), member(1, "staking", 0.4, [("card", 1.0)])]
    found = advice(members, "uncovered")
    assert found == Suggestion(
        "new-article",
        "4 askers found none. The nearest is 'About fees › How'.",
    )


def test_a_section_that_is_near_and_not_sure() -> None:
    members = [member(0, "limit", 0.4, count=3), member(1, "limits", 0.45)]
    found = advice(members, "weak")
    assert found is not None
    assert (found.advice, found.path, found.line) == ("improve-section", "fees.md", 7)


def test_two_articles_that_compete() -> None:
    one, other = [("fees", 1.0), ("card", 0.95)], [("card", 1.0), ("fees", 0.97)]
    members = [member(0, "limit", 0.4, one, count=3), member(1, "limits", 0.45, other, count=2)]
    found = advice(members, "weak")
    assert found is not None and found.other is not None
    assert found.advice == "merge"
    assert {found.path, found.other.path} == {"fees.md", "card.md"}


def test_a_translation_where_the_answers_are_in_another_language() -> None:
    members = [
        member(0, "手续费", 0.8, count=5, language="zh"),
        member(1, "费用", 0.7, language="zh"),
    ]
    found = advice(members, "covered", translated=False)
    assert found is not None
    assert (found.advice, found.path) == ("translate", "fees.md")
    assert advice(members, "covered", translated=True) is None


def test_verdicts_of_a_whole() -> None:
    assert verdict_of(5, 3, 2) == "covered"
    assert verdict_of(2, 3, 5) == "uncovered"
    assert verdict_of(3, 3, 4) == "weak"


def test_trends() -> None:
    def weeks(*asked: int) -> list[Week]:
        return [Week(str(at), count, 0) for at, count in enumerate(asked)]

    assert trend(weeks(2, 2, 4, 4)) == 2.0
    assert trend(weeks(3, 100, 6)) == 2.0
    assert trend(weeks(3)) is None
    assert trend(weeks(0, 5)) is None
    assert trend([]) is None
