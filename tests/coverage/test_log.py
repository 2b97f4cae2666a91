from __future__ import annotations

import io
import sys
from datetime import date
from pathlib import Path

import pytest

from kbassist.coverage.log import Asked, Tally, read_log
from kbassist.errors import DatasetError


def read(path: Path, content: str | bytes) -> tuple[list[Asked], Tally]:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    tally = Tally()
    return list(read_log(path, tally)), tally


def test_plain_text(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    found, tally = read(
        path, "提现没到账\r\n\n  where is   my money?\n谢谢\n2026-11-03 10:22:01 fees?\n2026 fees\n"
    )
    assert found == [
        Asked("提现没到账", None, 1, None, None, f"{path}:1"),
        Asked("where is my money?", None, 1, None, None, f"{path}:3"),
        Asked("fees?", date(2026, 11, 3), 1, None, None, f"{path}:5"),
        Asked("2026 fees", None, 1, None, None, f"{path}:6"),
    ]
    assert (tally.lines, tally.noise, tally.notices) == (5, 1, [])


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_sheets(tmp_path: Path, separator: str) -> None:
    path = tmp_path / "log.csv"
    rows = [
        ("ID", "Query ", "Count", "Time", "lang", "product", "topic"),
        ("7", '"a, b; c?"', "3", "2026-11-21T08:00:00Z", "en", "spot", "x"),
        ("8", '"two\nlines"', "", "", "", "", ""),
        ("9", "thanks", "4", "", "", "", ""),
    ]
    found, tally = read(path, "\n".join(separator.join(row) for row in rows))
    assert found == [
        Asked("a, b; c?", date(2026, 11, 21), 3, "en", "spot", f"{path}:2"),
        Asked("two lines", None, 1, None, None, f"{path}:3"),
    ]
    assert (tally.lines, tally.noise) == (8, 4)


def test_json_lines_and_datasets(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    found, _ = read(
        path,
        '{"question": "怎么提币", "timestamp": 1763690000, "count": 2}\n\n"just text"\n'
        '{"id": "q1", "text": "labelled", "expect": "abstain", "locale": "en"}\n',
    )
    assert [(one.text, one.count, one.locale, one.source) for one in found] == [
        ("怎么提币", 2, None, f"{path}:1"),
        ("just text", 1, None, f"{path}:3"),
        ("labelled", 1, "en", f"{path}:4"),
    ]
    assert found[0].when == date(2025, 11, 21)


def test_follow_ups_of_datasets_are_completed(tmp_path: Path) -> None:
    found, _ = read(
        tmp_path / "log.jsonl",
        '{"text": "and for ETH?", "history": ["what is the fee for withdrawing BTC"]}\n'
        '{"text": "and for ETH?", "history": [{"role": "assistant", "text": "Hello"},'
        ' {"text": "what is the fee for withdrawing BTC"}]}\n',
    )
    assert [one.text for one in found] == ["what is the fee for withdrawing and for ETH?"] * 2


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "time,text message\n1,2\n", r"a\.csv:1: no column of questions, found 'time'"),
        ("a.csv", "", r"a\.csv:1: no column of questions, found an empty file"),
        ("a.csv", "question,count\nfees?,many\n", r"a\.csv:2: the count must be .* found 'many'"),
        ("a.csv", 'question\n"a\n', None),
        (
            "a.jsonl",
            '{"question": "a"}\n{"question": }\n',
            r"a\.jsonl:2: bad JSON: Expecting value at column 14",
        ),
        ("a.jsonl", "[1, 2]\n", r"a\.jsonl:1: no question in it"),
        ("a.jsonl", '{"query": 5}\n', r"a\.jsonl:1: no question in it"),
        ("a.csv", "id,客户问题\n", r"a\.csv:1: no column of questions, found 'id', '客户问题'"),
        ("a.xlsx", b"PK\x03\x04\x14", r"a\.xlsx: is a workbook or an archive, and no text"),
        ("a.csv", b"\xd0\xcf\x11\xe0", r"a\.csv: is a workbook or an archive, and no text"),
        ("a.txt", b"ok\n\xff\xff\xff\n", r"a\.txt:2: neither UTF-8 nor GB 18030: byte 3 is 0xff"),
    ],
)
def test_what_cannot_be_read(
    tmp_path: Path, name: str, content: str | bytes, message: str | None
) -> None:
    if message is None:
        assert [one.text for one in read(tmp_path / name, content)[0]] == ["a"]
        return
    with pytest.raises(DatasetError, match=message):
        read(tmp_path / name, content)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no such file"):
        list(read_log(tmp_path / "none.csv", Tally()))
    with pytest.raises(DatasetError, match="is a folder"):
        list(read_log(tmp_path, Tally()))


def test_encodings(tmp_path: Path) -> None:
    text = "提币到账要多久\n手续费是多少\n"
    for encoding in ("utf-8-sig", "utf-16"):
        found, tally = read(tmp_path / "log.txt", text.encode(encoding))
        assert ([one.text for one in found], tally.notices) == (text.split(), [])
    found, tally = read(tmp_path / "log.txt", text.encode("gb18030"))
    assert [one.text for one in found] == text.split()
    assert tally.notices == [f"{tmp_path / 'log.txt'}: read as GB 18030, as it is not UTF-8"]


def test_dates_that_cannot_be_told_are_named_and_the_questions_count(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    found, tally = read(path, "date,question\n3/11,a b?\n3/12,c d?\n2026-02-30,e f?\n")
    assert [one.when for one in found] == [None, None, None]
    assert tally.notices == [
        f"3 dates not understood, the first at {path}:2: '3/11'; write them like 2026-11-21"
    ]


def test_a_question_that_is_too_long_is_noise(tmp_path: Path) -> None:
    found, tally = read(tmp_path / "log.txt", "x" * 100_000 + "\nfees?\n")
    assert ([one.text for one in found], tally.noise) == (["fees?"], 1)


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO("提现没到账\nok\n".encode()))
    monkeypatch.setattr(sys, "stdin", stream)
    tally = Tally()
    found = list(read_log(Path("-"), tally))
    assert [(one.text, one.source) for one in found] == [("提现没到账", "standard input:1")]
    assert tally.noise == 1


def test_standard_input_in_another_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO("提现没到账\n".encode("gb18030")))
    monkeypatch.setattr(sys, "stdin", stream)
    tally = Tally()
    assert [one.text for one in read_log(Path("-"), tally)] == ["提现没到账"]
    assert tally.notices == ["standard input: read as GB 18030, as it is not UTF-8"]


def test_a_secret_in_another_column_is_masked_too(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    found, tally = read(path, "question,time,product\nmy mail is, jo@x.example, jo@y.example\n")
    assert [(one.text, one.product) for one in found] == [("my mail is", "[email]")]
    assert tally.notices == [
        f"1 date not understood, the first at {path}:2: '[email]'; write them like 2026-11-21"
    ]
    for content in ("question,count\nmy mail is, jo@x.example\n", "reset jo@x.example,2026\n"):
        with pytest.raises(DatasetError, match=r"\[email\]") as caught:
            read(path, content)
        assert "jo@" not in f"{caught.value} {caught.value.hint}"
