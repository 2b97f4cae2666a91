from __future__ import annotations

import json
from pathlib import Path

import pytest

from kbassist.errors import DatasetError
from kbassist.evals.model import Conditions, Question, Turn
from kbassist.evals.read import json_lines, read_dataset

GOOD = '{"id": "q1", "text": "提币多久？", "relevant": ["withdraw"]}'


def write(folder: Path, content: str | bytes, name: str = "set.jsonl") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def failure(path: Path) -> DatasetError:
    with pytest.raises(DatasetError) as caught:
        read_dataset(path)
    assert caught.value.path == str(path)
    assert caught.value.exit_code == 2
    return caught.value


def test_a_file_with_every_field(tmp_path: Path) -> None:
    record = {
        "id": "q1",
        "text": "提币多久？",
        "locale": "zh-Hans",
        "slice": "typos",
        "tags": ["wallet"],
        "expect": "answer",
        "relevant": {"withdraw#time": 3, "zh/withdraw.md:3-5": 1},
        "answer_span": "三分钟",
        "history": ["你好", {"role": "assistant", "text": "您好！"}],
        "filters": {"audience": ["staff"], "where": {"region": ["hk"]}},
        "note": "from chat",
    }
    dataset = read_dataset(write(tmp_path, json.dumps(record), "golden.v2.jsonl"))
    assert dataset.name == "golden.v2"
    assert dataset.questions == (
        Question(
            id="q1",
            text="提币多久？",
            locale="zh-Hans",
            slice="typos",
            tags=("wallet",),
            relevant={"withdraw#time": 3, "zh/withdraw.md:3-5": 1},
            answer_span="三分钟",
            history=(Turn(text="你好"), Turn(role="assistant", text="您好！")),
            filters=Conditions(audience=("staff",), where={"region": ("hk",)}),
            note="from chat",
        ),
    )


def test_blank_lines_line_ends_and_the_byte_order_mark(tmp_path: Path) -> None:
    text = f"\ufeff{GOOD}\r\n  \r\n\r\n" + GOOD.replace("q1", "q2")
    assert [question.id for question in read_dataset(write(tmp_path, text)).questions] == [
        "q1", "q2",
    ]  # fmt: skip


def test_line_separators_within_a_text_end_no_line(tmp_path: Path) -> None:
    text = GOOD.replace("多久", "\u2028多\x85久")
    (question,) = read_dataset(write(tmp_path, text)).questions
    assert question.text == "提币\u2028多\x85久？"


def test_a_missing_file(tmp_path: Path) -> None:
    path = tmp_path / "none.jsonl"
    assert str(failure(path)) == f"{path}: no such file\nName a .jsonl, .csv or .tsv file."
    assert failure(tmp_path).message == f"{tmp_path}: is a folder"


@pytest.mark.parametrize("content", ["", "\n", "\ufeff", "\n  \n\t\r\n"])
def test_a_file_without_questions(tmp_path: Path, content: str) -> None:
    path = write(tmp_path, content)
    error = failure(path)
    assert error.message == f"{path}: holds no questions"
    assert error.hint == "Draft some: kbassist eval init"


def test_a_sheet_without_questions(tmp_path: Path) -> None:
    path = write(tmp_path, "question,article\n\n,\n , \n", "set.csv")
    assert failure(path).message == f"{path}: holds no questions"


@pytest.mark.parametrize("name", ["set.jsonl", "set.csv"])
def test_not_utf8(tmp_path: Path, name: str) -> None:
    path = write(tmp_path, b"question\n\n" + "提币".encode("gb18030"), name)
    assert str(failure(path)) == f"{path}:3: not UTF-8 at byte 10\nSave it as UTF-8."


def test_bad_json_names_its_line(tmp_path: Path) -> None:
    lines = [GOOD.replace("q1", f"q{number}") for number in range(1, 9)]
    lines[1] = ""
    lines[6] = '{"id": "q7", "text": }'
    path = write(tmp_path, "\n".join(lines))
    error = failure(path)
    assert error.message == f"{path}:7: bad JSON: Expecting value at column 22"
    assert (error.line, error.hint) == (7, "Write one JSON object on each line.")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("[" * 100_000, "bad JSON: maximum recursion depth exceeded"),
        ("1" * 5000, "bad JSON: Exceeds the limit"),
        ('["q2"]', "found ['q2'], not an object"),
        ('"q2"', "found 'q2', not an object"),
        ("null", "found None, not an object"),
        (f'"{"x" * 500}"', f"found '{'x' * 58}…, not an object"),
    ],
)
def test_a_line_that_is_no_object(tmp_path: Path, line: str, message: str) -> None:
    path = write(tmp_path, f"{GOOD}\n{line}\n")
    assert failure(path).message.startswith(f"{path}:2: {message}")


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({"grade": 2}, "grade: Extra inputs are not permitted, found 2"),
        ({"filters": {"locales": []}}, "filters.locales: Extra inputs are not permitted"),
        ({"text": 5}, "text: Input should be a valid string, found 5"),
        ({"text": None}, "text: Input should be a valid string, found None"),
        ({"text": "\ud800"}, "text: Input should be a valid string, unable to parse"),
        ({"text": ""}, "text: String should have at least 1 character, found ''"),
        ({"tags": "zh"}, "tags: Input should be a valid tuple, found 'zh'"),
        ({"id": "q 2"}, r"id: String should match pattern '^\S+$', found 'q 2'"),
        (
            {"relevant": "withdraw"},
            "relevant: Input should be a valid dictionary, found 'withdraw'",
        ),
        ({"relevant": {"a": 4}}, "relevant.a: Input should be less than or equal to 3"),
        ({"relevant": {"a": "good"}}, "relevant.a: Input should be a valid integer"),
        (
            {"relevant": [{"id": "a"}]},
            "relevant: the references of a list must be texts, found [{'id': 'a'}]",
        ),
        (
            {"expect": "guess"},
            "expect: Input should be 'answer', 'clarify', 'abstain' or 'handoff', found 'guess'",
        ),
        (
            {"relevant": []},
            "expect is 'answer' but relevant is empty: label the article, or write"
            ' "expect": "abstain"',
        ),
        (
            {"expect": "abstain"},
            "expect is 'abstain' but relevant is not empty: take one of them away",
        ),
    ],
)
def test_wrong_fields(tmp_path: Path, record: dict[str, object], message: str) -> None:
    wrong = {"id": "q2", "text": "多久？", "relevant": ["a"], **record}
    path = write(tmp_path, f"{GOOD}\n\n{json.dumps(wrong)}\n")
    error = failure(path)
    assert error.message.startswith(f"{path}:3: {message}")
    assert error.hint.startswith("Fields are id, text, locale,")


def test_missing_fields(tmp_path: Path) -> None:
    path = write(tmp_path, '{"id": "q1", "relevant": ["a"]}')
    assert failure(path).message == f"{path}:1: text: Field required"


def test_an_id_that_occurs_twice_names_the_first_line(tmp_path: Path) -> None:
    path = write(tmp_path, f"\n{GOOD}\n{GOOD.replace('q1', 'q2')}\n{GOOD}\n")
    error = failure(path)
    assert error.message == f"{path}:4: the id 'q1' is already that of line 2"


def test_json_lines_are_read_one_by_one(tmp_path: Path) -> None:
    rows = json_lines(write(tmp_path, '{"a": 1}\n\n{"b": 2}\nno\n'))
    assert (next(rows), next(rows)) == ((1, {"a": 1}), (3, {"b": 2}))
    with pytest.raises(DatasetError, match=r"set\.jsonl:4: bad JSON"):
        next(rows)


SHEET = [
    ("ID", "Question ", "article", "action", "locale", "slice", "answer"),
    ("wd-1", "提币多久？", "withdraw#time  fees", "", "zh-Hans", "wallet", "三分钟"),
    ("", " How do I bake? ", "", "abstain", "en", "", ""),
    ("", "Call me", "", "Handoff", "", "", ""),
]


@pytest.mark.parametrize(("name", "sign"), [("set.csv", ","), ("set.CSV", ","), ("set.tsv", "\t")])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_sheets(tmp_path: Path, name: str, sign: str, end: str, mark: str) -> None:
    text = mark + end.join(sign.join(cells) for cells in SHEET)
    dataset = read_dataset(write(tmp_path, text, name))
    assert dataset.name == "set"
    assert dataset.questions == (
        Question(id="wd-1", text="提币多久？", locale="zh-Hans", slice="wallet",
                 relevant={"withdraw#time": 1, "fees": 1}, answer_span="三分钟"),
        Question(id="row-0002", text="How do I bake?", locale="en", expect="abstain"),
        Question(id="row-0003", text="Call me", expect="handoff"),
    )  # fmt: skip


def test_a_sheet_and_lines_with_the_same_questions_have_one_digest(tmp_path: Path) -> None:
    sheet = write(tmp_path, "id,question,article\nq1,提币多久？,withdraw\n", "set.csv")
    assert read_dataset(sheet).digest == read_dataset(write(tmp_path, GOOD)).digest


def test_quoted_cells(tmp_path: Path) -> None:
    text = 'question,article\n"Fees, in ""USDT"", are\nwhat?", "fees\nlimits"\nHow?,fees\n'
    first, second = read_dataset(write(tmp_path, text, "set.csv")).questions
    assert first.text == 'Fees, in "USDT", are\nwhat?'
    assert first.relevant == {"fees": 1, "limits": 1}
    assert second.text == "How?"


def test_line_separators_within_a_cell_end_no_row(tmp_path: Path) -> None:
    text = "question\tarticle\n提币\u2028多\x0b久\x85？\tfees\n"
    (question,) = read_dataset(write(tmp_path, text, "set.tsv")).questions
    assert (question.text, question.relevant) == ("提币\u2028多\x0b久\x85？", {"fees": 1})


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("", "no column 'question'"),
        ("\n", "no column 'question'"),
        ("id,article", "no column 'question'"),
        ("id,question,grade", "unknown column 'grade'"),
        ("text,article", "unknown column 'text'"),
        ("question;article", "unknown column 'question;article'"),
        ("question,article,", "unknown column ''"),
        ("question,article,Article", "column 'article' twice"),
    ],
)
def test_headers_that_are_wrong(tmp_path: Path, header: str, message: str) -> None:
    path = write(tmp_path, header and f"{header}\na,b\n", "set.csv")
    error = failure(path)
    assert error.message == f"{path}:1: {message}"
    assert error.hint == "Columns are id, question, article, action, locale, slice, answer."


@pytest.mark.parametrize(
    ("rows", "line", "message"),
    [
        ("How?,,answer", 2, "expect is 'answer' but relevant is empty"),
        ("How?,fees,abstain", 2, "expect is 'abstain' but relevant is not empty"),
        ("How?,fees,maybe", 2, "expect: Input should be 'answer'"),
        (",fees,", 2, "text: String should have at least 1 character, found ''"),
        ('How?,fees,\n\n\n"two\nlines",fees,\n\nWhy?,,answer', 8, "expect is 'answer'"),
        ('How?,fees,\n\n"\ntwo\nlines\n",fees,abstain\nWhy?,fees,', 4, "expect is 'abstain'"),
        ("How much, really?,fees,answer", 2, "cannot be read as a sheet: more cells than columns,"
                                             " 'answer' has none"),
        ('"How?,fees,\n' + "x" * 140_000, 3, "cannot be read as a sheet: field larger"),
    ],
)  # fmt: skip
def test_rows_that_are_wrong(tmp_path: Path, rows: str, line: int, message: str) -> None:
    path = write(tmp_path, f"question,article,action\n{rows}\n", "set.csv")
    assert failure(path).message.startswith(f"{path}:{line}: {message}")


def test_blank_cells_beyond_the_last_column_and_short_rows(tmp_path: Path) -> None:
    text = "question,article,locale\nHow?,fees,,, \nWhy?,fees\n"
    first, second = read_dataset(write(tmp_path, text, "set.csv")).questions
    assert (first.relevant, second.locale) == ({"fees": 1}, "und")


def test_an_id_of_a_sheet_that_occurs_twice_names_the_first_line(tmp_path: Path) -> None:
    path = write(
        tmp_path, 'id,question,article\n\na,"How\nmuch?",f\n\nb,Why?,f\na,When?,f\n', "set.csv"
    )
    assert failure(path).message == f"{path}:7: the id 'a' is already that of line 3"
