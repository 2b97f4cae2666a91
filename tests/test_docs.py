"""What the documents promise is what the program does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import typer

from kbassist.cli.app import app
from tests.conftest import REPOSITORY

DOCS = [REPOSITORY / "README.md", REPOSITORY / "CONTRIBUTING.md", *REPOSITORY.glob("docs/*.md")]


def every_command(group: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Full name and command of everything below a group."""
    for name, command in group.commands.items():
        yield f"{prefix}{name}", command
        if hasattr(command, "commands"):
            yield from every_command(command, f"{prefix}{name} ")


def test_every_command_and_option_is_documented() -> None:
    page = (REPOSITORY / "docs" / "cli.md").read_text(encoding="utf-8")
    commands = dict(every_command(typer.main.get_command(app)))
    assert set(re.findall(r"^## kbassist ([\w ]+)$", page, re.MULTILINE)) == set(commands)
    for name, command in commands.items():
        section = page.split(f"## kbassist {name}\n")[1].split("\n## ")[0]
        for parameter in command.params:
            for option in parameter.opts:
                if option.startswith("--"):
                    assert option in section, f"{name} {option}: run make docs"


def test_links_between_the_documents_lead_somewhere() -> None:
    for page in DOCS:
        fenced = re.compile(r"^(`{3,}).*?^\1$", re.DOTALL | re.MULTILINE)
        text = fenced.sub("", page.read_text(encoding="utf-8"))
        for target in re.findall(r"\]\((?!https?://|#)([^)#\s]+)", text):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_first_two_commands_of_the_readme_are_the_set_up() -> None:
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    block = re.search(r"```console\n(.*?)```", readme, re.DOTALL)
    assert block is not None
    assert [line.split("#")[0].strip() for line in block[1].splitlines()] == [
        "make demo",
        "make test",
    ]
    script = (REPOSITORY / ".ci" / "run").read_text(encoding="utf-8")
    commands = [line for line in script.splitlines() if line.startswith("make ")]
    assert commands[:1] == ["make test"]
