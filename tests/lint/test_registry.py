"""Every rule declares itself in full, and the documentation says the same."""

from __future__ import annotations

import importlib.util
import re
from types import ModuleType

import pytest

from kbassist.lint.model import SEVERITIES, Rule
from kbassist.lint.registry import FAMILIES, RULES, codes, find, near
from tests.conftest import REPOSITORY


def generator() -> ModuleType:
    path = REPOSITORY / "docs" / "generate_lint.py"
    spec = importlib.util.spec_from_file_location("generate_lint", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_what_the_rules_say() -> None:
    page = (REPOSITORY / "docs" / "lint.md").read_text(encoding="utf-8")
    assert page == generator().page(), "run make docs"


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)
def test_declarations(rule: Rule) -> None:
    assert re.fullmatch(r"KB\d{3}", rule.code) and rule.code[:3] in FAMILIES
    assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)+", rule.name)
    assert rule.severity in SEVERITIES
    assert all(text.endswith(".") for text in (rule.what, rule.why, rule.fix))
    assert rule.example
    assert rule.code.startswith("KB9") or (rule.page is None) != (rule.kb is None)


def test_names_are_unique_and_in_order() -> None:
    assert list(RULES) == sorted(RULES)
    assert len({rule.name for rule in RULES.values()}) == len(RULES)


def test_finding_rules() -> None:
    assert codes(["broken-anchor", "kb202", "KB203"]) == ("KB202", "KB203")
    assert codes(["KB8"]) == ("KB801", "KB802", "KB803", "KB804")
    assert find("KB299") == find("") == find("K") == ()
    assert near("broken-ancor").startswith("Did you mean broken-anchor")
    assert near("zzzz") == "kbassist lint --rules lists them all."
