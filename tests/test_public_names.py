"""The public door: small, sorted, complete, and cheap to open."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import kbassist

HEAVY = (
    "torch",
    "faiss",
    "sentence_transformers",
    "numpy",
    "markdown_it",
    "langdetect",
    "typer",
    "mnemonic",
)


def test_names_are_sorted_few_and_exactly_these() -> None:
    assert kbassist.__all__ == sorted(kbassist.__all__)
    assert kbassist.__all__ == [
        "Answer",
        "AnswerSettings",
        "ArticleMeta",
        "Assistant",
        "BuildError",
        "BuildReport",
        "BuildSettings",
        "Chunk",
        "Citation",
        "Conversation",
        "Embedder",
        "Filters",
        "Hit",
        "KbassistError",
        "Passage",
        "SearchSettings",
        "Status",
        "Turn",
        "__version__",
        "build_index",
    ]
    assert len(kbassist.__all__) <= 20
    assert dir(kbassist) == kbassist.__all__


def test_every_name_can_be_loaded() -> None:
    for name in kbassist.__all__:
        assert getattr(kbassist, name) is not None


def loaded_by(code: str) -> set[str]:
    script = f"{code}\nimport sys\nprint(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(run.stdout.splitlines()[-1].split()) & set(HEAVY)


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert loaded_by("import kbassist") == set()


def test_importing_the_assistant_loads_only_numpy() -> None:
    assert loaded_by("from kbassist import Assistant") == {"numpy"}


def test_a_hybrid_question_loads_neither_faiss_nor_torch(harbor: Path) -> None:
    code = f"from kbassist import Assistant; Assistant.open({str(harbor)!r}).ask('withdrawal fee')"
    assert loaded_by(code) <= {"numpy", "langdetect"}


def test_importing_the_command_line_loads_nothing_heavy() -> None:
    assert loaded_by("import kbassist.cli.run") == set()
