"""What a cold `kbassist ask --json` imports: an agent pays for it with every question."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import os, sys
sys.argv[1:] = os.environ["WORDS"].split("|")
from kbassist.cli import main
try:
    main()
finally:
    print(*sys.modules, file=sys.stderr)
"""

OWN = {"kbassist", "numpy", "opencc", "Stemmer"}
"""Packages that an answer needs; faiss only in an index of many entries."""

NOT_NEEDED = {
    "typer", "pydantic", "click", "rich", "faiss", "markdown_it", "langdetect", "yaml",
    "asyncio", "concurrent", "difflib", "email", "importlib.metadata", "logging", "multiprocessing",
    "numpy.ma", "numpy.random", "random", "socket", "subprocess", "tempfile", "tomllib", "unittest",
    "kbassist.articles.markdown", "kbassist.cli.app", "kbassist.evals", "kbassist.index.build",
    "kbassist.index.verify", "kbassist.types.answer_explanation", "kbassist.answer.near",
    "kbassist.cli.batch", "kbassist.records.brief", "kbassist.records.budget",
    "kbassist.records.schemas",
}  # fmt: skip


def imported(index: Path, *words: str) -> set[str]:
    """Modules that one command line loads."""
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        text=True,
        env={**os.environ, "WORDS": "|".join(words), "KBASSIST_INDEX": str(index)},
        check=False,
    )
    assert run.stdout.startswith("{"), run.stderr
    return set(run.stderr.splitlines()[-1].split())


@pytest.fixture(scope="module")
def always() -> set[str]:
    """What this Python loads whatever it is asked to do, by a site's own files."""
    command = [sys.executable, "-c", "import sys; print(*sys.modules)"]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


@pytest.mark.parametrize(
    "question", ["提币一直没到账怎么办？", "How do I enable 2FA? what is the fee"]
)
@pytest.mark.parametrize("command", ["ask", "search"])
def test_a_question_imports_only_what_it_needs(
    harbor: Path, always: set[str], command: str, question: str
) -> None:
    modules = imported(harbor, command, question, "--json") - always
    packages = {name.partition(".")[0] for name in modules}
    foreign = packages - set(sys.stdlib_module_names) - {"__main__", "__mp_main__"}
    assert {name for name in foreign if "cython" not in name} == OWN
    assert modules & NOT_NEEDED == set()


@pytest.mark.parametrize("command", ["ask", "search"])
def test_a_short_object_or_none_found_imports_little_more(
    harbor: Path, always: set[str], command: str
) -> None:
    more = ("--brief", "--max-tokens", "300", "--json")
    nothing = ("xyzzy", "--filter", "path=zh/wallet/withdraw-how-to.md")
    for words in (("提币一直没到账怎么办？",), nothing):
        modules = imported(harbor, command, *words, *more) - always
        own = {"kbassist.answer.near", "kbassist.records.brief", "kbassist.records.budget"}
        assert modules & NOT_NEEDED <= own


def test_a_rare_line_imports_typer(harbor: Path) -> None:
    assert "typer" in imported(harbor, "ask", "--json", "--", "withdrawal fee")
