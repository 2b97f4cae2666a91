"""What silences a rule, where, and what is said of a silence that does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from kbassist.errors import ConfigError, UsageError
from kbassist.lint.run import lint
from tests.conftest import WriteKb
from tests.lint.helpers import TODAY, article, check, places

BROKEN = "[x](gone.md)"


def test_a_file(write_kb: WriteKb) -> None:
    text = f"{BROKEN}\n\n<!-- kbassist-lint: disable=broken-link (comes with the release) -->\n"
    assert check(write_kb({"a.md": text, "b.md": f"{BROKEN}\n"})) == [
        ("b.md", 1, "link 'gone.md': there is no gone.md")
    ]


@pytest.mark.parametrize("names", ["KB201", "kb201", "KB2", "KB802, broken-link"])
def test_by_code_name_and_family(write_kb: WriteKb, names: str) -> None:
    text = f"<!-- kbassist-lint: disable={names} -->\n\n{BROKEN}\n"
    assert check(write_kb({"a.md": text})) == []


def test_a_line(write_kb: WriteKb) -> None:
    text = (
        f"# A\n\n<!-- kbassist-lint: disable-next-line=KB201 -->\n\n{BROKEN}\n{BROKEN}\n\n"
        f"{BROKEN} <!-- kbassist-lint: disable-line=KB201 -->\n"
    )
    assert places(write_kb({"a.md": text})) == [("a.md", 6)]


def test_front_matter(write_kb: WriteKb) -> None:
    text = (
        "---\nid: a\n# kbassist-lint: disable-next-line=overdue-review\nreview_by: 2026-01-01\n"
        "translation_of: b # kbassist-lint: disable-line=KB105\n---\nText.\n"
    )
    assert check(write_kb({"a.md": text})) == []


def test_code_that_shows_a_silence_is_none(write_kb: WriteKb) -> None:
    text = f"```\n<!-- kbassist-lint: disable=KB201 -->\n```\n\n{BROKEN}\n"
    assert places(write_kb({"a.md": text})) == [("a.md", 5)]


def test_silences_of_nothing(write_kb: WriteKb) -> None:
    text = (
        "# A\n\n<!-- kbassist-lint: disable=broken-link -->\n\nText.\n\n"
        "<!-- kbassist-lint: disable=broken-lnik -->\n"
    )
    kb = write_kb({"a.md": text})
    assert check(kb) == [
        ("a.md", 3, "the silence of broken-link silences nothing"),
        ("a.md", 7, "no rule is called 'broken-lnik'"),
    ]
    assert check(kb, "KB202", "KB9") == [("a.md", 7, "no rule is called 'broken-lnik'")]


SETTINGS = """
[lint]
ignore = ["KB206"]
official_domains = ["harbor.example"]

[lint.severity]
missing-alt = "error"

[lint.per_path]
"old/*" = ["KB201"]
"new/*" = ["broken-link"]
"""


def test_settings(write_kb: WriteKb) -> None:
    files = {"old/deep/a.md": f"{BROKEN} [y]() ![](https://harbor.example/a.png)\n"}
    kb = write_kb({**files, "kbassist.toml": SETTINGS})
    report = lint(kb, today=TODAY)
    assert [(item.path, item.line, item.code, item.severity) for item in report.findings] == [
        ("kbassist.toml", 11, "KB901", "warning"),
        ("old/deep/a.md", 1, "KB302", "error"),
    ]
    assert places(kb, "KB206") == [("old/deep/a.md", 1)]  # asked for


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ('ignor = ["KB201"]', "unknown key 'ignor' in [lint]", "Did you mean 'ignore'?"),
        ('ignore = ["KB299"]', "no rule is called 'KB299'", "Did you mean"),
        ('ignore = "KB201"', "ignore must be a list of texts", ""),
        ("max_section_tokens = 0", "must be a whole number from 1 up, found 0", ""),
        ('official_domains = ["https://a.example"]', "not a domain: 'https://a.example'", "alone"),
        ('severity = "error"', "severity must be a table, found 'error'", "[lint.severity]"),
        ('severity = {broken-link = "off"}', "severity of broken-link: 'off'", "ignore"),
    ],
)
def test_settings_that_are_wrong(write_kb: WriteKb, text: str, message: str, hint: str) -> None:
    kb = write_kb({"a.md": "Text.\n", "kbassist.toml": f"[lint]\n{text}\n"})
    with pytest.raises(ConfigError) as caught:
        lint(kb)
    assert message in caught.value.message and "kbassist.toml:2" in caught.value.message
    assert hint in caught.value.hint


def test_names_that_stand_for_nothing(write_kb: WriteKb, tmp_path: Path) -> None:
    kb = write_kb({"a.md": "Text.\n"})
    with pytest.raises(UsageError, match="no rule is called 'broken-ancor'") as caught:
        lint(kb, select=["broken-ancor"])
    assert "broken-anchor" in caught.value.hint
    with pytest.raises(UsageError, match="no such kb folder"):
        lint(tmp_path / "nowhere")


def test_several_processes_find_the_same(write_kb: WriteKb) -> None:
    files = {f"{number:03}.md": article(f"[x](gone{number}.md)\n") for number in range(310)}
    kb = write_kb(files)
    assert lint(kb, today=TODAY, jobs=2) == lint(kb, today=TODAY)
