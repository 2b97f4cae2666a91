"""The whole report on the example log: what the issue of coverage asks to be shown.

The log and its labels have the authors of kbassist, as kb/ does: that it works is shown, not how
good it is.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from kbassist import Assistant, build_index
from kbassist.coverage.cover import cover
from kbassist.coverage.model import CoverageReport, Topic
from kbassist.errors import DatasetError
from tests.coverage.logs import UNCOVERED, labels, report_in


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> CoverageReport:
    return report_in(tmp_path_factory.mktemp("log"))


def label_counts(report: CoverageReport, topic: Topic) -> Counter[str]:
    found: Counter[str] = Counter()
    for at in topic.questions:
        question = report.questions[at]
        found[labels()[question.source]] += question.count
    return found


def test_the_log_is_as_described() -> None:
    counts = Counter(labels().values())
    assert sum(counts.values()) >= 600
    assert len(counts.keys() - {"noise"}) >= 12
    assert counts.keys() > UNCOVERED


def test_topics_that_no_article_covers_are_suggested_first(report: CoverageReport) -> None:
    first = [label_counts(report, topic).most_common(1)[0][0] for topic in report.suggestions[:6]]
    assert set(first) >= UNCOVERED
    for topic in report.suggestions[:4]:
        assert topic.suggestion is not None
        assert topic.suggestion.advice == "new-article"


def test_no_covered_topic_is_called_uncovered(report: CoverageReport) -> None:
    for topic in report.topics:
        if topic.verdict == "uncovered":
            assert label_counts(report, topic).most_common(1)[0][0] in UNCOVERED


def test_topics_agree_with_the_labels(report: CoverageReport) -> None:
    counts = [label_counts(report, topic) for topic in report.topics]
    right = sum(found.most_common(1)[0][1] for found in counts)
    assert right / sum(found.total() for found in counts) >= 0.8
    assert len(counts) <= 40  # purity alone is easy: every question a topic of its own


def test_the_overview_counts_every_line(report: CoverageReport) -> None:
    one = report.overview
    assert one.lines == len(labels()) == one.noise + one.asked
    assert one.asked == one.covered + one.weak + one.uncovered
    assert one.unique == len(report.questions)
    assert sum(week.asked for week in report.weeks) == one.asked
    assert sum(cell.asked for cell in report.cells) == one.asked
    assert sum(topic.asked for topic in report.topics) <= one.asked
    assert one.made == "2026-11-21"


def test_secrets_are_nowhere_in_the_report(report: CoverageReport) -> None:
    written = repr(report)
    for secret in ("jane.doe@example.com", "13812345678", "4111 1111", "sausage", "9fK2mQ7"):
        assert secret not in written
    assert report.overview.masked == {
        "api-secret": 1, "card": 1, "email": 1, "iban": 1, "id-number": 1, "phone": 1,
        "seed-phrase": 1,
    }  # fmt: skip


def test_the_dates_give_trends(report: CoverageReport) -> None:
    earn = next(topic for topic in report.topics if label_counts(report, topic)["earn"] > 15)
    card = next(topic for topic in report.topics if label_counts(report, topic)["card"] > 15)
    assert earn.trend is not None and card.trend is not None
    assert earn.trend > 2 > 1 > card.trend


def test_articles_have_what_they_answer(report: CoverageReport) -> None:
    by_id = {article.article_id: article for article in report.articles}
    memo = by_id["missing-memo"]
    assert memo.state == "answers"
    assert memo.answers == sum(report.questions[at].count for at in memo.questions)
    assert memo.confidence is not None
    assert 0.5 <= memo.confidence.low <= memo.confidence.median <= memo.confidence.high <= 1
    assert sum(section.answers for section in memo.sections) == memo.answers
    assert all(section.retrieved >= section.answers for section in memo.sections)
    assert not any("staff/" in article.path for article in report.articles)
    shadowed = next(article for article in report.articles if article.state == "shadowed")
    assert shadowed.answers == 0 < shadowed.retrieved
    assert all(by_id[before].answers or by_id[before].retrieved
               for before, _ in shadowed.shadowed_by)  # fmt: skip


def small(folder: Path) -> Assistant:
    kb = folder / "kb"
    kb.mkdir()
    (kb / "fees.md").write_text(
        "---\nlocale: en\nreview_by: 2026-11-01\nquestions: [how much is a transfer]\n---\n"
        "# Transfer fees\n\nA transfer to another bank costs two euros.\n",
        encoding="utf-8",
    )
    (kb / "card.md").write_text(
        "---\nlocale: en\n---\n# Lost card\n\nBlock a lost card in the app at once.\n",
        encoding="utf-8",
    )
    build_index(kb, folder / "index")
    return Assistant.open(folder / "index", today=date(2026, 11, 21))


def test_a_report_is_the_same_however_many_processes_judge(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kbassist.coverage import judge

    assistant = small(tmp_path)
    log = tmp_path / "log.jsonl"
    asked = ["how much is a transfer", "I lost my card", "what is the weather", "transfer fees?"]
    log.write_text("\n".join(json.dumps(text) for text in asked * 30), encoding="utf-8")
    alone = cover([log], assistant, jobs=1)
    monkeypatch.setattr(judge, "WORTH_PROCESSES", 1)
    assert cover([log], assistant, jobs=2) == alone
    assert alone.overview.asked == 120


def test_reviews_that_are_overdue_weigh_by_answers(tmp_path: Path) -> None:
    assistant = small(tmp_path)
    log = tmp_path / "log.txt"
    log.write_text("how much is a transfer\n" * 3, encoding="utf-8")
    fees = next(a for a in cover([log], assistant, jobs=1).articles if a.article_id == "fees")
    assert (fees.answers, fees.review_by) == (3, "2026-11-01")
    assert fees.overdue_weight == 3 * fees.overdue_days > 0


def test_questions_that_are_like_no_other(assistant: Assistant, tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    log.write_text("提币一直没到账怎么办？\nHow do I enable 2FA?\nweather\n", encoding="utf-8")
    found = cover([log], assistant)
    assert (found.overview.asked, list(found.topics)) == (3, [])


def test_a_log_of_noise_is_refused(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    log.write_text("hi\nthanks\n???\n", encoding="utf-8")
    with pytest.raises(DatasetError, match="holds no question among 3 lines"):
        cover([log], small(tmp_path))
