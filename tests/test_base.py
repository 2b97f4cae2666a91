"""The package as it is installed without any extra."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, requires
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from kbassist.errors import MissingDependency
from tests.conftest import HARBOR, REPOSITORY
from tests.extras import ELSEWHERE, project
from tests.test_architecture import FILES, module_name, room

pytestmark = [
    pytest.mark.extras("base"),
    pytest.mark.skipif(
        find_spec("scipy") is not None, reason="needs kbassist without extras: make test-extras"
    ),
]

PROGRAM = str(Path(sys.executable).parent / "kbassist")
QUESTION = "提币一直没到账怎么办？"

ROOM_OF_EXTRA = {"coverage": "coverage", "evals": "evals", "serve": "mcp"}
"""Rooms whose modules need an extra; who enters by their door is told which."""


def distribution_name(requirement: str) -> str:
    return re.split(r"[^\w.-]", requirement)[0].lower()


def brought_by(name: str, found: set[str]) -> set[str]:
    """A distribution and all that it needs, as far as they are installed."""
    try:
        lines = requires(name) or []
    except PackageNotFoundError:
        return found
    found.add(name)
    for line in lines:
        needed = distribution_name(line)
        if "extra ==" not in line and needed not in found:
            brought_by(needed, found)
    return found


def kbassist(*words: str) -> Any:
    """What the installed command prints under --json."""
    command = [PROGRAM, *words, "--json"]
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=REPOSITORY)
    assert "Traceback" not in run.stderr, run.stderr
    return json.loads(run.stdout)


def test_no_package_of_an_extra_is_here() -> None:
    own = brought_by("kbassist", set())
    for extra, lines in project()["optional-dependencies"].items():
        if extra not in ELSEWHERE:
            for name in map(distribution_name, lines):
                assert name in own or brought_by(name, set()) == set(), f"{extra}: {name}"


def test_every_module_can_be_imported_or_says_what_to_install() -> None:
    names = [module_name(path) for path in FILES]
    for name in names:
        if name.endswith("__main__"):
            continue
        try:
            importlib.import_module(name)
        except MissingDependency as error:
            extra = name.rsplit(".", 1)[1]
            assert error.hint == f'Install it: pip install "kbassist[{extra}]"'
        except ModuleNotFoundError:
            assert room(name) in ROOM_OF_EXTRA, name


def test_the_commands(tmp_path: Path) -> None:
    index = ("--index", str(tmp_path / "index"))
    assert kbassist("build", str(HARBOR), *index)["articles"] > 100
    answer = kbassist("ask", QUESTION, *index)
    assert answer["action"] == "answer" and answer["citations"][0]["verified"] == "source"
    hit = kbassist("search", QUESTION, *index)["hits"][0]
    assert kbassist("get", hit["ref"], *index)["article_id"] == hit["article_id"]
    assert kbassist("status", *index)["fresh"] is True
    assert kbassist("verify", *index)["sound"] is True
    found = kbassist("lint", str(HARBOR))["findings"]
    assert not [one for one in found if one["severity"] == "error"]


def test_the_terminal_chat(harbor: Path) -> None:
    command = [sys.executable, "examples/terminal_chat.py", str(harbor)]
    run = subprocess.run(
        command, input=QUESTION, capture_output=True, text=True, check=True, cwd=REPOSITORY
    )
    assert "来源\n[1]" in run.stdout


@pytest.mark.parametrize(
    ("words", "extra"),
    [
        (("coverage", "LOG"), "coverage"),
        (("eval", "run", str(REPOSITORY / "evals" / "harbor-en.jsonl")), "evals"),
        (("watch", str(HARBOR)), "watch"),
    ],
)
def test_a_command_says_which_extra_it_needs(
    words: tuple[str, ...], extra: str, harbor: Path, tmp_path: Path
) -> None:
    log = tmp_path / "log.txt"
    log.write_text(f"{QUESTION}\n", encoding="utf-8")
    named = [str(log) if word == "LOG" else word for word in words]
    error = kbassist(*named, "--index", str(harbor))["error"]
    assert error["code"] == "missing_dependency" and f"kbassist[{extra}]" in error["hint"]
