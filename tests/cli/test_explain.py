"""`search --explain` and `ask --explain`."""

from __future__ import annotations

from tests.cli.test_commands import Cli, cli, parsed

__all__ = ["cli"]

QUESTION = "tibi 手续费多少"


def test_search(cli: Cli) -> None:
    value = parsed(cli("search", QUESTION, "-k", "2", "--explain", "--json"), "search")
    assert value["explanation"]["reason"] == "naming"
    assert [one["corrected"] for one in value["explanation"]["corrections"]] == ["提币"]
    for hit in value["hits"]:
        legs = hit["explanation"]["legs"]
        assert abs(sum(leg["contribution"] for leg in legs.values()) - hit["score"]) < 1e-5
    people = cli("search", QUESTION, "-k", "1", "--explain").stdout.splitlines()
    assert people[:2] == [
        f"Question     {QUESTION}",
        "             tibi: 提币 (corrected, weight 0.90)",
    ]
    assert sum(line.startswith("    Score ") for line in people) == 1
    assert any(line.endswith("correction of tibi") for line in people)


def test_a_search_without_a_hit_is_explained_too(cli: Cli) -> None:
    arguments = ("search", "提币", "--filter", "path=nowhere", "--explain")
    people = cli(*arguments)
    assert people.returncode == 3
    assert "are for another audience or not valid on that day\n" in people.stdout
    assert "             only path: nowhere" in people.stdout.splitlines()
    value = parsed(cli(*arguments, "--json"), "search")
    assert (value["hits"], value["explanation"]["searched"]) == ([], 0)


def test_ask(cli: Cli) -> None:
    value = parsed(cli("ask", QUESTION, "--explain", "--json"), "ask")
    found = value["explanation"]
    assert (found["decision"]["action"], found["decision"]["reason"]) == ("answer", "confident")
    assert found["best"] == value["hits"][0]["chunk_id"] != found["rival"]
    assert abs(found["confidence"]["value"] - value["confidence"]) < 1e-4
    assert found["search"]["question"] == QUESTION
    assert all(hit["explanation"]["words"] for hit in value["hits"])
    plain = cli("ask", QUESTION).stdout
    people = cli("ask", QUESTION, "--explain").stdout
    assert people.startswith(plain + "\nDecision     answer (confident)\n")


def test_without_it_nothing_is_added(cli: Cli) -> None:
    for command in ("search", "ask"):
        value = parsed(cli(command, QUESTION, "--json"), command)
        assert "explanation" not in value
        assert all("explanation" not in hit for hit in value["hits"])


def test_control_characters_are_written_out(cli: Cli) -> None:
    for command in ("search", "ask"):
        result = cli(command, "提币\x1b[31m 红\u202e色", "--explain")
        assert not set(result.stdout + result.stderr) & set("\x1b\u202e")
