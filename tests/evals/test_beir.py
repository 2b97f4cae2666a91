from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kbassist import Assistant, build_index
from kbassist.errors import DatasetError
from kbassist.evals.beir import read_queries, write_kb
from kbassist.evals.run import run

DOCUMENTS = [
    {"id": "d-1", "title": "Rhine: a river", "text": "The Rhine rises in the Alps.\n# Not a title"},
    {"_id": "d-2", "title": "", "text": "莱茵河全长一千多公里。"},
]
QUERIES = [
    {"id": "1", "text": "Where does the Rhine rise?", "lang": "en", "relevant": ["d-1"],
     "answers": ["the Alps", "Alps"]},
    {"id": "2", "text": "莱茵河多长", "lang": "zh", "relevant": ["d-2"]},
    {"id": "3", "text": "Who dug the Danube?", "relevant": []},
]  # fmt: skip


def lines(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def test_a_set_is_asked_by_the_ordinary_way(tmp_path: Path) -> None:
    assert write_kb(lines(tmp_path / "s.corpus.jsonl", DOCUMENTS), tmp_path / "kb") == 2
    build_index(tmp_path / "kb", tmp_path / "index")
    dataset = read_queries(lines(tmp_path / "s.queries.jsonl", QUERIES))
    result = run(dataset, Assistant.open(tmp_path / "index"))
    assert [outcome.ranking[:1] for outcome in result.outcomes[:2]] == [["d-1"], ["d-2"]]
    assert [question.expect for question in dataset.questions] == ["answer", "answer", "abstain"]
    assert [question.answer_span for question in dataset.questions] == ["the Alps", None, None]
    assert (dataset.name, dataset.questions[1].locale) == ("s", "zh")


def test_labels_in_a_file_of_their_own(tmp_path: Path) -> None:
    queries = [{"_id": "1", "text": "Rhine"}, {"_id": "2", "text": "Danube"}]
    path = lines(tmp_path / "s.queries.jsonl", queries)
    (tmp_path / "s.qrels.tsv").write_text("query-id\tcorpus-id\tscore\n1\td-1\t2\n1\td-2\t0\n")
    first, second = read_queries(path).questions
    assert (first.relevant, second.expect) == ({"d-1": 2}, "abstain")


def test_only_the_first_so_many(tmp_path: Path) -> None:
    path = lines(tmp_path / "s.queries.jsonl", QUERIES)
    assert len(read_queries(path, limit=2).questions) == 2


@pytest.mark.parametrize(
    ("records", "message"),
    [
        ([{"title": "no id", "text": "a"}], "s.corpus.jsonl:1: no usable id, found None"),
        ([{"id": "a b", "text": "a"}], "s.corpus.jsonl:1: no usable id, found 'a b'"),
        ([{"id": "a", "text": 1}], "s.corpus.jsonl:1: text must be text, found 1"),
        (
            [{"id": "a", "text": "a"}, {"id": "a", "text": "b"}],
            "s.corpus.jsonl:2: the id 'a' is already that of line 1",
        ),
    ],
)
def test_documents_that_cannot_be_used(
    tmp_path: Path, records: list[dict[str, Any]], message: str
) -> None:
    with pytest.raises(DatasetError) as caught:
        write_kb(lines(tmp_path / "s.corpus.jsonl", records), tmp_path / "kb")
    assert caught.value.message.endswith(message)


def test_a_set_without_questions(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="holds no questions"):
        read_queries(lines(tmp_path / "s.queries.jsonl", []))


def test_questions_without_any_labels_are_refused(tmp_path: Path) -> None:
    path = lines(tmp_path / "queries.jsonl", [{"_id": "1", "text": "Rhine"}])
    with pytest.raises(DatasetError, match="no labels: neither 'relevant' nor a qrels file"):
        read_queries(path)
    qrels = tmp_path / "test.tsv"
    qrels.write_text("1\td-1\t1\n")
    with pytest.raises(DatasetError, match=r"test\.tsv:1: the columns are"):
        read_queries(path, qrels=qrels)
    qrels.write_text("query-id\tcorpus-id\tscore\n1\td-1\t1.0\n")
    assert read_queries(path, qrels=qrels).questions[0].relevant == {"d-1": 1}


def test_a_question_twice(tmp_path: Path) -> None:
    path = lines(tmp_path / "s.queries.jsonl", [QUERIES[0], QUERIES[0]])
    with pytest.raises(DatasetError, match=r"s\.queries\.jsonl:2: the id '1' occurs twice"):
        read_queries(path)
