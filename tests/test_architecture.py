"""The floors of docs/architecture.md, the caps on size, and the absence of import cycles."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "kbassist"

FLOORS = {
    "_version": 0,
    "types": 0,
    "errors": 0,
    "config": 0,
    "kept": 0,
    "checks": 0,
    "deadline": 0,
    "serial": 0,
    "kb_config": 0,
    "text": 1,
    "articles": 1,
    "embed": 1,
    "index": 2,
    "answer": 3,
    "journal": 3,
    "assistant": 4,
    "conversation": 4,
    "evals": 4,
    "coverage": 4,
    "lint": 4,
    "records": 4,
    "cli": 5,
    "integrations": 5,
    "serve": 5,
    "__init__": 6,
    "__main__": 6,
}
"""Floor of each room; a module imports only from lower floors."""

SAME_FLOOR = {
    ("articles", "text"),
    ("embed", "text"),
    ("checks", "errors"),
    ("config", "checks"),
    ("config", "errors"),
    ("deadline", "checks"),
    ("config", "serial"),
    ("deadline", "errors"),
    ("serial", "errors"),
    ("types", "serial"),
    ("kb_config", "errors"),
    ("types", "errors"),
    ("config", "types"),
    ("assistant", "conversation"),
    ("evals", "assistant"),
    ("evals", "conversation"),
    ("coverage", "assistant"),
    ("coverage", "evals"),
    ("lint", "assistant"),
    ("cli", "serve"),
    ("__main__", "__init__"),
}

MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 50
MAX_PUBLIC_NAMES = 20

FILES = sorted(SOURCE.rglob("*.py"))


def module_name(path: Path) -> str:
    parts = ("kbassist", *path.relative_to(SOURCE).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def imported(path: Path) -> set[str]:
    """Modules of this package that a file imports anywhere, functions included."""
    known = {module_name(file) for file in FILES}
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: relative import"
            children = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= (children & known) or {node.module}
            if any(f"{node.module}.{alias.name}" not in known for alias in node.names):
                found.add(node.module)
    return {name for name in found if name.split(".")[0] == "kbassist"}


GRAPH = {module_name(path): imported(path) for path in FILES}


def test_every_room_has_a_floor() -> None:
    assert {room(module) for module in GRAPH} <= FLOORS.keys()


@pytest.mark.parametrize("module", sorted(GRAPH))
def test_imports_go_down(module: str) -> None:
    here = room(module)
    for target in GRAPH[module]:
        there = room(target)
        if here == there or (here, there) in SAME_FLOOR:
            continue
        assert FLOORS[there] < FLOORS[here], f"{module} imports {target}"


def test_no_cycles() -> None:
    done: set[str] = set()

    def visit(module: str, trail: tuple[str, ...]) -> None:
        assert module not in trail, f"import cycle: {' → '.join((*trail, module))}"
        if module in done:
            return
        for target in sorted(GRAPH.get(module, ())):
            visit(target, (*trail, module))
        done.add(module)

    for module in sorted(GRAPH):
        if module != "kbassist":  # its names are loaded on first use, from any room
            visit(module, ("kbassist",) if "kbassist" not in GRAPH[module] else ())


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_files_and_functions_are_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= MAX_FILE_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            body = node.body[1:] if ast.get_docstring(node) else node.body
            lines = node.end_lineno - body[0].lineno + 1 if body else 0
            assert lines <= MAX_FUNCTION_LINES, f"{path.name}: {node.name} has {lines} lines"


def test_only_the_renderer_prints() -> None:
    printing = {
        str(path.relative_to(SOURCE))
        for path in FILES
        if re.search(r"(?<![\w.])print\(", path.read_text(encoding="utf-8"))
    }
    assert printing == {"cli/render.py"}


def test_every_package_says_what_enters_and_leaves() -> None:
    for path in SOURCE.rglob("__init__.py"):
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path
