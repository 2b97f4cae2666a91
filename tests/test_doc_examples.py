"""The Python of README.md and docs/embedding.md runs as it stands, and gives what it says.

The blocks of a page are one program. `# →` behind an expression, or below it, is the `repr` of its
value. Blocks about other libraries are run by tests/integrations.
"""

from __future__ import annotations

import ast
import asyncio
import logging
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import HARBOR, REPOSITORY

BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
SAYS = re.compile(r"#\s*→ (.*)$")
VALUE = "__value"


@pytest.fixture
def place(harbor: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with the example help centre, built; what is set up for logging goes again."""
    (tmp_path / "kb").symlink_to(HARBOR)
    (tmp_path / "indexes").mkdir()
    shutil.copytree(harbor, tmp_path / "indexes" / "default")
    monkeypatch.chdir(tmp_path)
    logger = logging.getLogger("kbassist")
    before = list(logger.handlers)
    yield tmp_path
    logger.handlers, logger.level = before, logging.NOTSET


def run(page: str) -> tuple[dict[str, Any], int]:
    """Run the blocks of a page; its names, and how many values were compared."""
    text = (REPOSITORY / page).read_text(encoding="utf-8")
    names: dict[str, Any] = {}
    compared = 0
    for block in BLOCK.finditer(text):
        code = block[1]
        if "kbassist.integrations" in code:
            continue
        first = text.count("\n", 0, block.start(1))
        for statement in ast.parse(code).body:
            compared += _run(statement, code.split("\n"), names, f"{page}:{first}")
    return names, compared


def _run(statement: ast.stmt, lines: list[str], names: dict[str, Any], place: str) -> int:
    """Run a statement and compare the value of the expression in it; how many were compared."""
    module = ast.Module([statement], [])
    told = [
        (node, said)
        for node in ast.walk(statement)
        if isinstance(node, ast.Expr) and (said := _said(node, lines)) is not None
    ]
    assert len(told) <= 1, f"{place}: one expression a statement"
    for node, _ in told:
        _replace(module, node, ast.Assign([ast.Name(VALUE, ast.Store())], node.value))
    names.pop(VALUE, None)
    exec(compile(ast.fix_missing_locations(module), place, "exec"), names)
    for node, said in told:
        assert repr(names[VALUE]) == said, f"{place}, line {node.lineno} of the block"
    return len(told)


def _said(node: ast.Expr, lines: list[str]) -> str | None:
    """What stands behind or below an expression."""
    assert node.end_lineno is not None
    behind = SAYS.search(lines[node.end_lineno - 1])
    below = SAYS.fullmatch(lines[node.end_lineno].strip())
    found = behind or below
    return found[1] if found else None


def _replace(inside: ast.AST, old: ast.stmt, new: ast.stmt) -> None:
    for node in ast.walk(inside):
        for _, value in ast.iter_fields(node):
            if isinstance(value, list) and old in value:
                value[value.index(old)] = new


def test_every_block_of_the_page_for_bots_says_something(place: Path) -> None:
    names, compared = run("docs/embedding.md")
    assert compared >= 15
    assert names["small"].index.manifest.counts["articles"] == 1


def test_the_bot_of_the_readme_answers(place: Path) -> None:
    """As a new user would: built, pasted, asked."""
    names, _ = run("README.md")
    declined, unread = "知识库里没有这个问题的答案。", "Please ask in a sentence or two."
    says = [
        ("one", "TRC-20 提币手续费是多少？", "1.5 USDT"),
        ("two", "手续费", "您想问的是哪一个？\n- 手续费怎么收？"),
        ("one", "那多久到账？", "到账"),
        ("one", "我要找人工客服", "A person helps: help@harbor.example"),
        ("two", "量子望远镜", declined),
        ("four", "谢谢！", "请问有什么可以帮您？"),
        ("four", "😀", "What can I help you with?"),
        ("two", "My account was hacked, someone withdrew my coins", "A person helps: help@"),
        *(("two", message, unread) for message in ("", "???", "a" * 10_000)),
    ]
    for chat, message, said in says:
        assert said in asyncio.run(names["reply"](chat, message)), message
    assert [len(names["chats"][chat].turns) for chat in ("one", "two")] == [3, 3]
    handed = asyncio.run(names["reply"]("three", "我要找人工客服"))
    assert "asked_for_person" not in handed and handed[0] != "\n"


def test_the_bot_of_the_readme_is_short() -> None:
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    block = BLOCK.search(text)
    assert block is not None and "async def reply" in block[1]
    assert sum(bool(line.strip()) for line in block[1].splitlines()) < 10
