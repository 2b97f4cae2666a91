"""What is logged: events with figures, and nothing that a customer wrote."""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kbassist import Assistant, build_index
from kbassist.answer.logs import question_hash
from kbassist.errors import FilterError, KbassistError, NotFound, TimedOut
from kbassist.index.filters import Filters
from tests.conftest import WriteKb

PLAIN = set(vars(logging.makeLogRecord({}))) | {"message", "asctime"}
QUESTION = "USDT-TRC20 提现没到账，钱去哪了？"


def figures(record: logging.LogRecord) -> dict[str, Any]:
    """What a record has beside what every record has."""
    return {key: value for key, value in vars(record).items() if key not in PLAIN}


class Collecting(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture
def records() -> Iterator[list[logging.LogRecord]]:
    """All that is logged during a test."""
    logger, handler = logging.getLogger("kbassist"), Collecting()
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield handler.records
    logger.removeHandler(handler)
    logger.setLevel(logging.NOTSET)


def test_an_answer_in_figures(assistant: Assistant, records: list[logging.LogRecord]) -> None:
    answer = assistant.ask(QUESTION)
    (record,) = records
    found = figures(record)
    assert found.pop("duration_ms") > 0
    assert found == {
        "event": "ask",
        "generation": assistant.index.generation,
        "question_length": len(QUESTION),
        "question_hash": question_hash(QUESTION),
        "action": "answer",
        "reason": "confident",
        "confidence": round(answer.confidence, 4),
        "citations": len(answer.citations),
        "hits": 5,
        "top_chunk": answer.hits[0].chunk.id,
    }
    assert (record.name, record.levelname) == ("kbassist", "DEBUG")
    assert json.loads(json.dumps(found)) == found


def test_every_call_has_an_event(assistant: Assistant, records: list[logging.LogRecord]) -> None:
    assistant.search("withdrawal fee", top_k=2)
    assistant.search_many(["withdrawal fee", ""])
    assistant.get("missing-memo")
    assistant.status()
    asyncio.run(assistant.aask(QUESTION))
    assistant.conversation().ask(QUESTION)
    told = [figures(record) for record in records if record.name == "kbassist"]
    assert [one["event"] for one in told] == [
        "search",
        "search_many",
        "get",
        "status",
        "ask",
        "ask",
    ]
    assert told[0]["hits"] == 2 and told[1]["questions"] == 2
    assert told[2]["ref"].startswith("zh/wallet/missing-memo.md:1-") and told[3]["fresh"] is True
    assert told[4]["question_hash"] == told[5]["question_hash"] == question_hash(QUESTION)


@pytest.mark.parametrize(
    ("question", "options", "level", "code"),
    [
        ("?!", {}, "DEBUG", "empty_question"),
        ("x" * 5000, {}, "DEBUG", "question_too_long"),
        ("fee", {"top_k": 0}, "DEBUG", "usage"),
        ("fee", {"filters": Filters(products=("xx",))}, "DEBUG", "filter"),
    ],
)
def test_a_mistake_of_the_asker_is_no_warning(
    assistant: Assistant,
    records: list[logging.LogRecord],
    question: str,
    options: dict[str, Any],
    level: str,
    code: str,
) -> None:
    with pytest.raises(KbassistError):
        assistant.ask(question, **options)
    (record,) = records
    assert (record.levelname, figures(record)["error"]) == (level, code)


def test_what_the_operator_must_know_is_a_warning(
    assistant: Assistant, records: list[logging.LogRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(*_: object) -> None:
        raise TimedOut("late")

    monkeypatch.setattr("kbassist.answer.snapshot.search", late)
    with pytest.raises(TimedOut):
        assistant.ask(QUESTION)
    assert [(r.levelname, figures(r)["error"]) for r in records] == [("WARNING", "timeout")]


def test_a_stale_article_is_told_once(
    write_kb: WriteKb, tmp_path: Path, records: list[logging.LogRecord]
) -> None:
    text = "# Withdrawals\n\nA withdrawal by TRC20 costs {} USDT.\n"
    build_index(write_kb({"fees.md": text.format(1)}), tmp_path / "index")
    assistant = Assistant.open(tmp_path / "index")
    write_kb({"fees.md": text.format(2)})
    for _ in range(2):
        assert assistant.ask("What does a withdrawal by TRC20 cost?").citations[0].stale
    (told,) = [record for record in records if record.levelname == "WARNING"]
    assert figures(told) == {
        "event": "stale",
        "generation": "gen-000001",
        "path": "fees.md",
        "reason": "changed",
    }


def test_going_over_is_told(
    write_kb: WriteKb, tmp_path: Path, records: list[logging.LogRecord]
) -> None:
    build_index(write_kb({"a.md": "# A\n\nOne.\n"}), tmp_path / "index")
    assistant = Assistant.open(tmp_path / "index")
    build_index(write_kb({"a.md": "# A\n\nTwo.\n"}), tmp_path / "index")
    assistant.reload()
    told = figures(records[-1])
    assert (records[-1].levelname, told["event"]) == ("INFO", "reload")
    assert (told["generation_before"], told["generation"]) == ("gen-000001", "gen-000002")


QUESTIONS = [
    "My seed phrase is abandon ability able, is that safe?",
    "我的手机号 13800138000 提币没到账",
    "?!",
    "长" * 5000,
    "I want to talk to a person",
]


def test_no_question_and_no_quote_is_logged(
    assistant: Assistant, records: list[logging.LogRecord]
) -> None:
    quotes: list[str] = []
    for question in QUESTIONS:
        for call in (assistant.ask, assistant.search, assistant.conversation().ask):
            try:
                found: Any = call(question)
            except KbassistError:
                continue
            quotes += [c.quote for c in getattr(found, "citations", ())]
    with pytest.raises(NotFound):
        assistant.get("13800138000")
    with pytest.raises(FilterError):
        assistant.ask("fee", filters=Filters(products=("13800138000",)))
    written = "\n".join(f"{record.getMessage()} {vars(record)}" for record in records)
    assert records and quotes
    for text in (*QUESTIONS[:2], *QUESTIONS[3:], "13800138000", *quotes):
        assert text not in written


def test_questions_are_logged_where_that_is_asked_for(
    harbor: Path, records: list[logging.LogRecord]
) -> None:
    Assistant.open(harbor, log_questions=True).ask(QUESTION)
    assert figures(records[-1])["question"] == QUESTION


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)


def test_nothing_goes_to_stderr_where_nothing_is_set_up(harbor: Path) -> None:
    code = (
        "import logging\nfrom kbassist import Assistant\n"
        f"a = Assistant.open({str(harbor)!r})\n"
        "try: a.ask('fee', timeout=1e-9)\nexcept Exception as error: print(type(error).__name__)"
    )
    found = run(code)
    assert (found.stdout, found.stderr) == ("TimedOut\n", "")


def test_who_never_imported_logging_need_not_wait_for_it(harbor: Path) -> None:
    code = (
        "import sys\nbefore = set(sys.modules)\nfrom kbassist import Assistant\n"
        f"Assistant.open({str(harbor)!r}, follow=True).ask('fee')\n"
        "print('logging' in set(sys.modules) - before)"
    )
    assert run(code).stdout == "False\n"
