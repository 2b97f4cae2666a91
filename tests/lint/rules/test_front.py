"""Front matter, ids and settings."""

from __future__ import annotations

from tests.conftest import WriteKb
from tests.lint.helpers import article, check, places


def test_every_problem_of_a_file_with_its_line(write_kb: WriteKb) -> None:
    kb = write_kb({"a.md": article("Text.\n", id="a", review_by="soon", status="publishd")})
    assert check(kb, "KB101") == [
        ("a.md", 3, "front matter key 'review_by': found 'soon'"),
        ("a.md", 4, "front matter key 'status': found 'publishd'"),
    ]


def test_a_file_that_is_not_utf8(write_kb: WriteKb) -> None:
    kb = write_kb({"a.md": "Text.\n"})
    (kb / "b.md").write_bytes(b"Text.\n\nCaf\xe9.\n")
    assert places(kb) == [("b.md", 3)]


def test_slips_and_anchors_are_told_apart(write_kb: WriteKb) -> None:
    front = "---\ntitel: Fees\nquestions:\n  fess: [How much?]\n---\n"
    kb = write_kb({"a.md": f"{front}Text.\n\n## Fees\n\nOne.\n"})
    assert check(kb, "KB102") == [("a.md", 2, "unknown key 'titel'; did you mean 'title'?")]
    [(path, line, message)] = check(kb, "KB103")
    assert (path, line) == ("a.md", 3)
    assert message.startswith("questions: no section has the anchor 'fess'")


def test_a_second_file_of_one_id(write_kb: WriteKb) -> None:
    kb = write_kb(
        {"a.md": article("One.\n", id="fees"), "b.md": article("Two.\n", title="B", id="fees")}
    )
    assert check(kb, "KB104") == [("b.md", 3, "the id 'fees' is also that of a.md:2")]


def test_a_translation_of_nothing(write_kb: WriteKb) -> None:
    kb = write_kb(
        {
            "a.md": article("One.\n", id="fees"),
            "b.md": article("Two.\n", id="fees-en", translation_of="fees"),
            "c.md": article("Three.\n", id="limits-en", translation_of="limits"),
        }
    )
    assert places(kb, "KB105") == [("c.md", 3)]


def test_settings_that_can_hardly_be_meant(write_kb: WriteKb) -> None:
    kb = write_kb({"a.md": "Text.\n", "kbassist.toml": '\nbase_url = "help.example"\n'})
    assert places(kb, "KB106") == [("kbassist.toml", 2)]
