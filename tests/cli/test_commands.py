"""The commands as a process: what they print, where, and the status that they exit with."""

from __future__ import annotations

import inspect
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from kbassist import build_index
from kbassist.cli.options import DEFAULT_EMBEDDER
from kbassist.embed.registry import BUNDLED
from kbassist.records.schemas import schema
from tests.conftest import HARBOR, REPOSITORY, WriteKb

SCHEMA = schema()

Result = subprocess.CompletedProcess[str]
Cli = Callable[..., Result]


@pytest.fixture
def cli(harbor: Path) -> Cli:
    def run(*arguments: str, index: Path = harbor, text: str = "", **more: str) -> Result:
        environment = {**os.environ, "KBASSIST_INDEX": str(index), **more}
        return subprocess.run(
            [sys.executable, "-m", "kbassist", *arguments],
            capture_output=True,
            encoding="utf-8",
            input=text,
            env=environment,
            check=False,
        )

    return run


def parsed(result: Result, definition: str) -> dict[str, Any]:
    """The one object on standard output, checked against its schema."""
    assert result.stdout.count("\n") == 1
    value = json.loads(result.stdout)
    schema = {"$ref": f"#/$defs/{definition}", "$defs": SCHEMA["$defs"]}
    jsonschema.Draft202012Validator(schema).validate(value)
    assert isinstance(value, dict)
    return value


def test_ask(cli: Cli) -> None:
    result = cli("ask", "USDT-TRC20 提现没到账，钱去哪了？", "--json")
    value = parsed(result, "ask")
    assert (result.returncode, result.stderr, value["action"]) == (0, "", "answer")
    citation = value["citations"][0]
    assert citation["article_id"] == "withdrawal-not-arrived"
    assert citation["quote"] in (HARBOR / citation["path"]).read_text(encoding="utf-8")
    people = cli("ask", "USDT-TRC20 提现没到账，钱去哪了？")
    assert citation["quote"] in people.stdout
    assert f"    {citation['ref']}" in people.stdout
    assert "\x1b" not in people.stdout


def test_ask_for_a_person(cli: Cli) -> None:
    question = "我的账号被盗了，币也被转走了，转人工"
    value = parsed(cli("ask", question, "--json"), "ask")
    assert (value["action"], value["reason"]) == ("handoff", "asked_for_person")
    codes = ["account_stolen", "lost_funds"]
    assert (value["priority"], value["urgent"], value["offer_person"]) == ("urgent", codes, True)
    first = cli("ask", question).stdout.splitlines()[0]
    assert first == (
        "A person should take over. reason=asked_for_person priority=urgent"
        " urgent=account_stolen,lost_funds"
    )


def test_ask_several_things(cli: Cli) -> None:
    question = "How do I enable 2FA and who is your CEO?"
    value = parsed(cli("ask", question, "--json"), "ask")
    assert (value["action"], value["reason"]) == ("answer", "partly_answered")
    first, second = value["parts"]
    assert first["citations"] == [citation["number"] for citation in value["citations"]]
    assert (second["question"], second["action"]) == ("who is your CEO?", "abstain")
    assert (second["citations"], second["text"]) == ([], "")
    shown = cli("ask", question).stdout
    assert shown.startswith("**How do I enable 2FA**\n\n**Set up the authenticator**\n\n1. ")
    assert (
        "\n\n**who is your CEO?**\n\nNo answer to this in the knowledge base.\n\nSources" in shown
    )


def test_a_question_without_quotes_is_told_to_have_some(cli: Cli) -> None:
    for command in ("ask", "search"):
        result = cli(command, "how", "do", "I", "withdraw", "--json")
        assert result.returncode == 2
        hint = json.loads(result.stdout)["error"]["hint"]
        assert hint == f'Put the question in quotes: kbassist {command} "QUESTION"'
    assert "Try: kbassist get --help" in cli("get", "a", "b").stderr


@pytest.mark.parametrize("number", ["0", "1001"])
def test_k_is_named_as_it_was_written(cli: Cli, number: str) -> None:
    result = cli("search", "fee", "-k", number)
    assert f"error: -k must be 1 to 1000, found {number}\n" in result.stderr


def test_formats(cli: Cli) -> None:
    question = "Solana 提币手续费"
    plain = cli("ask", question, "--format", "plain").stdout
    assert plain.startswith("币种 | 网络 | 最小提币量 | 手续费（每笔）\nUSDT | Solana | ")
    assert "\n\n来源\n[1]" in plain and "*" not in plain and "\x1b" not in plain
    markdown = cli("ask", question, "--format", "markdown", "--mark").stdout
    assert "| USDT | **Solana** | " in markdown and "**来源**" in markdown
    marked = cli("ask", question, "--mark").stdout
    assert "| USDT | **Solana** | " in marked and "\nSources\n" in marked
    result = cli("ask", question, "--format", "html")
    assert (result.returncode, result.stdout) == (2, "")
    assert "--format must be text, markdown or plain, found 'html'" in result.stderr
    assert "says nothing about --json" in cli("ask", question, "--mark", "--json").stdout


def test_ask_without_an_answer(cli: Cli) -> None:
    result = cli("ask", "Wie backt man Sauerteigbrot?", "--json")
    value = parsed(result, "ask")
    assert (result.returncode, value["action"], value["text"]) == (3, "abstain", "")
    people = cli("ask", "Wie backt man Sauerteigbrot?")
    assert people.returncode == 3
    assert people.stdout.startswith("No answer to this in the knowledge base.\n")


def test_search(cli: Cli) -> None:
    result = cli("search", "提币手续费", "-k", "3", "--locale", "zh-Hans", "--json")
    value = parsed(result, "search")
    assert (result.returncode, len(value["hits"])) == (0, 3)
    assert {hit["locale"] for hit in value["hits"]} == {"zh-Hans"}
    people = cli("search", "提币手续费", "-k", "3", "--locale", "zh-Hans")
    assert [line[:3] for line in people.stdout.splitlines() if line[:2].strip()] == [
        " 1.",
        " 2.",
        " 3.",
    ]
    nothing = cli("search", "提币", "--filter", "path=nowhere", "--json")
    assert (nothing.returncode, parsed(nothing, "search")["hits"]) == (3, [])


def test_near_misses_for_people(cli: Cli) -> None:
    nothing = cli("search", "提币手续费", "--filter", "path=zh/wallet/withdraw-how-t.md")
    assert (nothing.returncode, nothing.stdout) == (3, "")
    first, second, third, *rest = nothing.stderr.splitlines()
    assert first == "nothing found: no article passes the filters"
    assert second.startswith("no article has 'path=zh/wallet/withdraw-how-t.md': 'zh/wallet/")
    assert third == "Without the filters:"
    assert rest and all(line.startswith("  - ") for line in rest)
    beyond = cli("search", "提币手续费", "--locale", "en", "--offset", "990", "-k", "10")
    assert (beyond.returncode, beyond.stdout, beyond.stderr) == (3, "", "nothing more\n")
    abstains = cli("ask", "How do I enable 2FA?", "--filter", "path=zh/wallet/withdraw-how-to.md")
    assert abstains.returncode == 3
    assert abstains.stdout.startswith("No answer to this in the knowledge base.\n")
    assert "\nWhy: the best hit answers it with a probability of 0." in abstains.stdout
    assert "\nWithout the filters:\n" in abstains.stdout
    assert "en/security/authenticator-setup.md" in abstains.stdout


def test_what_stands_around_a_reference(cli: Cli) -> None:
    shown = cli("get", "zh/wallet/withdrawal-not-arrived.md:3", "-B", "9", "--after", "1").stdout
    assert [line.split()[0] for line in shown.splitlines()] == ["1", "2", "3", "4"]


@pytest.mark.parametrize(
    "words",
    [
        ("ask", "x", "--brief"),
        ("search", "x", "--max-tokens", "0"),
        ("search", "x", "--snippet-tokens", "9"),
        ("get", "x", "--max-tokens", "9"),
    ],
)
def test_what_shapes_json_goes_with_json(cli: Cli, words: tuple[str, ...]) -> None:
    refused = cli(*words)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith(f"error: {words[2]} goes with --json\n")


def test_a_question_from_standard_input(cli: Cli) -> None:
    value = parsed(cli("search", "-", "--json", text="提币手续费\n"), "search")
    assert value["question"] == "提币手续费\n"


def test_get(cli: Cli) -> None:
    result = cli("get", "zh/wallet/withdrawal-not-arrived.md:1-3", "--json")
    value = parsed(result, "get")
    assert value["lines"][:2] == ["---", "id: withdrawal-not-arrived"]
    people = cli("get", "zh/wallet/withdrawal-not-arrived.md:1-3")
    assert people.stdout.splitlines()[:2] == ["1  ---", "2  id: withdrawal-not-arrived"]
    missing = cli("get", "withdrawal-not-arived", "--json")
    error = parsed(missing, "error")["error"]
    assert (missing.returncode, error["code"]) == (3, "not_found")
    assert "withdrawal-not-arrived" in error["hint"]


def test_staff_articles_need_their_label(cli: Cli) -> None:
    assert cli("get", "stolen-account-handling").returncode == 3
    assert cli("get", "stolen-account-handling", "--audience", "staff").returncode == 0


def test_status(cli: Cli) -> None:
    result = cli("status", "--json")
    value = parsed(result, "status")
    assert (result.returncode, value["fresh"], value["embedder"]) == (0, True, "bundled")
    assert value["modes"] == ["lexical", "vector", "hybrid"]
    assert value["counts"]["vectors"] >= value["counts"]["chunks"]
    assert value["counts"]["articles"] == sum(value["by_kind"].values()) >= 32
    assert set(value["by_kind"]) == {"faq", "guide", "feature", "safety", "glossary", "notice"}
    people = cli("status")
    assert re.search(r"^search +hybrid \(BM25 and bundled, \d+ dimensions\)$", people.stdout, re.M)
    assert "fresh     yes" in people.stdout


def test_an_index_without_vectors_says_how_to_add_them(
    cli: Cli, write_kb: WriteKb, tmp_path: Path
) -> None:
    kb, index = write_kb({"a.md": "# 提现\n\n十分钟到账。\n"}), tmp_path / "index"
    built = cli("build", str(kb), "--embedder", "none", index=index)
    assert built.stdout.splitlines()[1:] == [
        "Search is lexical (BM25): --embedder none leaves the vectors out."
    ]
    status = parsed(cli("status", "--json", index=index), "status")
    assert (status["modes"], status["embedder"]) == (["lexical"], None)
    told = "search    lexical (BM25 only; add vectors with build --embedder bundled)"
    assert told in cli("status", index=index).stdout.splitlines()
    for mode in ("vector", "hybrid"):
        refused = cli("ask", "提现", "--mode", mode, "--json", index=index)
        error = parsed(refused, "error")["error"]
        assert (refused.returncode, error["code"]) == (2, "usage")
        assert f"the mode {mode!r} needs vectors" in error["message"]
    added = cli("build", str(kb), "--embedder", "bundled", "--json", index=index)
    value = parsed(added, "build")
    assert value["changed"]
    assert (value["generation"], value["embedder"]) == ("gen-000002", "bundled")
    again = cli("build", str(kb), index=index)
    assert again.stdout.startswith("Up to date:") and again.stdout.count("\n") == 1
    assert cli("ask", "提现", "--mode", "vector", index=index).returncode == 0


def test_the_model_of_a_build_is_the_librarys_own_default() -> None:
    default = inspect.signature(build_index).parameters["embedder"].default
    assert (default, DEFAULT_EMBEDDER) == (BUNDLED, BUNDLED)


def test_a_model_that_is_not_there(cli: Cli, write_kb: WriteKb, tmp_path: Path) -> None:
    kb = write_kb({"a.md": "# 提现\n\n十分钟到账。\n"})
    result = cli("build", str(kb), "--embedder", "./nowhere", "--json", index=tmp_path / "index")
    assert (result.returncode, parsed(result, "error")["error"]["code"]) == (1, "model")
    assert not (tmp_path / "index").exists()


def test_build_and_freshness(cli: Cli, write_kb: WriteKb, tmp_path: Path) -> None:
    kb, index = write_kb({"a.md": "# 提现\n\n十分钟到账。\n"}), tmp_path / "index"
    result = cli("build", str(kb), "--index", str(index), "--json")
    value = parsed(result, "build")
    assert (result.returncode, value["articles"], value["chunks"]) == (0, 1, 1)
    again = cli("build", str(kb), index=index)
    assert again.stdout.startswith("Up to date:")
    assert cli("ask", "提现", "--require-fresh", index=index).returncode == 0
    write_kb({"a.md": "# 提现\n\n五分钟到账。\n"})
    stale = cli("ask", "提现", "--require-fresh", "--json", index=index)
    assert (stale.returncode, parsed(stale, "error")["error"]["code"]) == (4, "index_stale")
    edited = cli("ask", "提现", index=index)
    assert "! stale: edited since the index was built; these lines no longer hold" in edited.stdout
    assert checked(cli, index) == ("changed", "stale", True)
    write_kb({"a.md": "# 提现\n\n十分钟到账。\n\n夜间除外。\n"})
    edited = cli("ask", "提现", index=index)
    assert "! stale: edited since the index was built; these lines are as quoted" in edited.stdout
    assert checked(cli, index) == ("changed", "source", True)
    (kb / "a.md").unlink()
    assert checked(cli, index) == ("deleted", "stale", True)
    deleted = cli("ask", "提现", index=index)
    assert "! stale: no longer in the knowledge base" in deleted.stdout
    assert "no longer in the knowledge base" in cli("get", "a", index=index).stderr
    kb.rmdir()
    alone = cli("ask", "提现", index=index)
    assert alone.stdout.count("sources are not there: quotes are as built") == 1
    assert "no longer" not in alone.stdout
    assert checked(cli, index) == ("missing", "index", False)
    assert parsed(cli("get", "a", "--json", index=index), "get")["source"] == "missing"
    gone = cli("status", "--require-fresh", index=index)
    assert (gone.returncode, "cannot tell" in gone.stderr) == (4, True)
    assert gone.stdout == ""


def checked(cli: Cli, index: Path) -> tuple[str, str, bool]:
    (citation,) = parsed(cli("ask", "提现", "--json", index=index), "ask")["citations"]
    return citation["source"], citation["verified"], citation["stale"]


def test_bad_files_are_listed(cli: Cli, write_kb: WriteKb, tmp_path: Path) -> None:
    kb = write_kb(
        {"a.md": "---\nkind: fqa\n---\n", "b.md": "---\nupdated: [1]\n---\n", "c.md": "c"}
    )
    result = cli("build", str(kb), "--index", str(tmp_path / "i"), "--json")
    error = parsed(result, "error")["error"]
    assert (result.returncode, error["code"]) == (1, "build")
    assert [(p["path"], p["line"]) for p in error["problems"]] == [("a.md", 2), ("b.md", 2)]
    people = cli("build", str(kb), "--index", str(tmp_path / "i"))
    assert (people.returncode, people.stdout) == (1, "")
    assert "a.md:2" in people.stderr and "'fqa'" in people.stderr
    skipped = cli("build", str(kb), "--index", str(tmp_path / "i"), "--skip-bad", "--json")
    assert len(parsed(skipped, "build")["skipped"]) == 2


@pytest.mark.parametrize(
    ("arguments", "status", "code"),
    [
        (("ask", ""), 2, "empty_question"),
        (("ask", "？？？"), 2, "empty_question"),
        (("ask", "x" * 4001), 2, "question_too_long"),
        (("ask", "x", "--mode", "fuzzy"), 2, "usage"),
        (("ask", "x", "-k", "0"), 2, "usage"),
        (("ask", "x", "-k", "many"), 2, "usage"),
        (("ask", "x", "--filter", "nonsense"), 2, "filter"),
        (("ask", "x", "--kind", "fqa"), 2, "filter"),
        (("ask", "x", "--locale", "klingon"), 2, "filter"),
        (("ask", "x", "--product", "spto"), 2, "filter"),
        (("ask", "x", "--today", "soon"), 2, "usage"),
        (("search", "x", "--today", "soon"), 2, "usage"),
        (("ask", "x", "--index", "nowhere"), 5, "index_missing"),
        (("ask", "x", "--kb", "nowhere"), 2, "usage"),
        (("build", "nowhere"), 2, "usage"),
        (("ask",), 2, "usage"),
        (("ask", "x", "--colour"), 2, "usage"),
        (("answer", "x"), 2, "usage"),
    ],
)
def test_mistakes(cli: Cli, arguments: tuple[str, ...], status: int, code: str) -> None:
    result = cli(*arguments, "--json")
    error = parsed(result, "error")["error"]
    assert (result.returncode, error["code"], result.stderr) == (status, code, "")
    assert error["message"] and error["hint"]
    people = cli(*arguments)
    assert (people.returncode, people.stdout) == (status, "")
    assert people.stderr.startswith("error: ")
    assert "Traceback" not in people.stderr


def test_control_characters_never_reach_the_terminal(
    cli: Cli, write_kb: WriteKb, tmp_path: Path
) -> None:
    evil = "提现\x1b[31m红\x9b2J\u202e倒\x07"
    kb = write_kb({"a.md": f"# 标题\x1b]0;x\x07\n\n{evil}。\n"})
    index = tmp_path / "index"
    assert cli("build", str(kb), index=index).returncode == 0
    for command in (("ask", evil), ("search", evil), ("get", "a"), ("get", f"no {evil}")):
        for more in ((), ("--json",)):
            result = cli(*command, *more, index=index)
            shown = result.stdout + result.stderr
            assert not set(shown) & set("\x1b\x9b\x07\u202e"), (command, more)
    assert json.loads(cli("ask", evil, "--json", index=index).stdout)["question"] == evil


def test_the_clock_is_a_setting(cli: Cli, write_kb: WriteKb, tmp_path: Path) -> None:
    kb = write_kb({"a.md": "---\nreview_by: 2027-01-01\n---\n提现十分钟到账。\n"})
    index = tmp_path / "index"
    cli("build", str(kb), index=index)
    for arguments, expected in (
        (("--today", "2027-01-02"), True),
        (("--today", "2027-01-01"), False),
    ):
        value = json.loads(cli("ask", "提现", "--json", *arguments, index=index).stdout)
        assert value["citations"][0]["past_review"] is expected
    value = json.loads(
        cli("ask", "提现", "--json", index=index, KBASSIST_TODAY="2028-01-01").stdout
    )
    assert value["citations"][0]["past_review"] is True


@pytest.mark.parametrize("command", ["ask", "search"])
def test_a_bad_day_is_blamed_on_where_it_came_from(cli: Cli, command: str) -> None:
    result = cli(command, "提币", KBASSIST_TODAY="tomorrow")
    assert (result.returncode, result.stdout) == (2, "")
    assert "error: KBASSIST_TODAY: not a date: 'tomorrow'" in result.stderr
    assert cli(command, "提币", "--today", "2026-11-21", KBASSIST_TODAY="tomorrow").returncode == 0
    assert cli(command, "提币", KBASSIST_TODAY=" ").returncode == 0
    assert "error: --today: not a date: 'soon'" in cli(command, "提币", "--today", "soon").stderr


def test_an_option_in_front_of_its_command(cli: Cli) -> None:
    for words in (("--json", "ask", "x"), ("eval", "--json", "run")):
        error = parsed(cli(*words), "error")["error"]
        assert error["hint"].startswith("Write --json after the command's name. Try: kbassist")


def test_help_and_version(cli: Cli) -> None:
    assert "build" in cli("--help").stdout
    assert cli().stdout == cli("--help").stdout
    assert cli("--version").stdout.startswith("kbassist 0.")
    assert cli("ask", "--help").returncode == 0


@pytest.mark.parametrize("reader", ["head -n 1", "true"])
def test_a_reader_that_goes_away_is_no_error(harbor: Path, reader: str) -> None:
    command = f"{sys.executable} -m kbassist get glossary --index {harbor} | {reader}"
    result = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stderr) == (0, "")


def test_glossary(cli: Cli, write_kb: WriteKb) -> None:
    entry = "提币\n: 转出去。又叫：提现、withdrawal。误写：体币。\n"
    kb = str(write_kb({"words.md": f"---\nkind: glossary\nlocale: zh-Hans\n---\n\n{entry}"}))
    result = cli("glossary", kb, "--json")
    assert result.returncode == 0
    assert parsed(result, "glossary")["terms"] == [
        {
            "name": "提币",
            "aliases": ["提现", "withdrawal"],
            "misspellings": ["体币"],
            "definition": "转出去。",
            "article_id": "words",
            "locale": "zh-Hans",
            "path": "words.md",
            "line": 6,
        }
    ]
    people = cli("glossary", kb).stdout
    assert people == "提币  提现, withdrawal\n    misspelt: 体币\n    words.md:6\n"


def test_a_glossary_without_terms_or_with_bad_files(cli: Cli, write_kb: WriteKb) -> None:
    kb = write_kb({"a.md": "提现十分钟到账。\n"})
    result = cli("glossary", str(kb))
    assert (result.returncode, result.stdout, result.stderr) == (3, "", "no glossary terms found\n")
    write_kb({"b.md": "---\nkind: words\n---\n"})
    result = cli("glossary", str(kb))
    assert (result.returncode, result.stdout) == (1, "")
    assert "b.md:2" in result.stderr
    assert cli("glossary", str(kb / "none")).returncode == 2


def test_calibrate(cli: Cli, harbor: Path, tmp_path: Path) -> None:
    """The file that `ask` says to fit anew is fitted anew, and what is left out is named."""
    index = shutil.copytree(harbor, tmp_path / "index")
    (index / "calibration.json").write_text("{}", encoding="utf-8")
    failed = cli("ask", "提现手续费", index=index)
    assert "hint: Fit it anew: kbassist calibrate" in failed.stderr
    own = tmp_path / "own.jsonl"
    lines = (REPOSITORY / "evals" / "harbor-en.jsonl").read_text(encoding="utf-8").splitlines()
    asked = "\n".join(lines[::3]) + "\n"
    marks = '{"id": "marks", "text": "？！", "relevant": ["account-freeze"]}\n'
    own.write_text(asked + marks, encoding="utf-8")
    result = cli("calibrate", str(own), index=index)
    assert (result.returncode, result.stderr) == (0, "")
    rows = {row[:24].strip(): row[24:].split() for row in result.stdout.splitlines()}
    assert len(rows["Brier score"]) == len(rows["AUROC, far"]) == 3
    line = len(own.read_text(encoding="utf-8").splitlines())
    assert f"  {own}:{line}: marks: nothing to search for" in result.stdout
    value = parsed(cli("calibrate", str(own), "--json", index=index), "calibrate")
    assert f"{value['fitted']['brier']:.3f}" == rows["Brier score"][1]
    assert [item["question"] for item in value["unaskable"]] == [f"{own}:{line}: marks"]
    assert cli("ask", "提现手续费", index=index).returncode == 0


def test_calibrate_needs_enough_questions(cli: Cli, tmp_path: Path) -> None:
    few = tmp_path / "few.jsonl"
    few.write_text(
        '{"id": "q1", "text": "提现手续费", "relevant": ["account-freeze"]}\n', encoding="utf-8"
    )
    result = cli("calibrate", few)
    assert (result.returncode, result.stdout) == (2, "")
    assert "1 questions, 0 of them answered right: too little to fit" in result.stderr
