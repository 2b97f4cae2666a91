from __future__ import annotations

from pathlib import Path

from kbassist.coverage.duplicates import differing
from kbassist.coverage.findings import Line
from tests.conftest import WriteKb
from tests.coverage.small_kb import article, compared

STEPS = (
    "Open the settings page and choose the device that you want to remove from the list.\n\n"
    "Confirm with the code that we send by email. The device is signed out at once, and whoever"
    " holds it has to sign in again with a password."
)
NOTICE = (
    "Nobody who works here asks for your password, your recovery phrase or a code. Whoever asks is"
    " a swindler, whatever name and picture he shows and however much he seems to know about you."
)


def test_near_duplicates_are_shown_with_their_differing_lines(
    write_kb: WriteKb, tmp_path: Path
) -> None:
    found = compared(
        write_kb,
        tmp_path,
        {
            "a": article("lost-phone", f"## Sign out {{#out}}\n\n{STEPS}"),
            "b": article(
                "sold-laptop", f"## Devices {{#devices}}\n\n{STEPS.replace('email', 'mail')}"
            ),
        },
    )
    (one,) = found.duplicates
    assert (one.left.ref, one.right.ref) == ("a.md:9-11", "b.md:9-11")
    assert 0.8 <= one.similarity < 1
    assert [(len(line.left), len(line.right)) for line in one.differing] == [(137, 136)]
    assert not one.boilerplate


def test_the_same_text_about_two_subjects_is_none(write_kb: WriteKb, tmp_path: Path) -> None:
    texts = {
        name: article(
            f"{name}-wallets", f"## {name.capitalize()} {{#it}}\n\n{STEPS} This is for {name}."
        )
        for name in ("solana", "bitcoin")
    }
    assert compared(write_kb, tmp_path, texts).duplicates == ()


def test_a_notice_that_four_share_is_one_finding(write_kb: WriteKb, tmp_path: Path) -> None:
    found = compared(
        write_kb,
        tmp_path,
        {name: article(f"topic-{name}", f"## Be careful\n\n{NOTICE}") for name in "abcde"},
    )
    (one,) = found.duplicates
    assert one.similarity == 1
    assert one.differing == ()
    assert len(one.others) == 3
    assert one.boilerplate


def test_a_translation_is_no_duplicate(write_kb: WriteKb, tmp_path: Path) -> None:
    found = compared(
        write_kb,
        tmp_path,
        {"a": article("a", NOTICE), "b": article("b", NOTICE, locale="fr", translation_of="a")},
    )
    assert found.duplicates == ()


def test_lines_stand_beside_what_replaces_them() -> None:
    assert differing("a\nb\nc", "a\nx\ny\nc") == (Line("b", "x"), Line("", "y"))
    assert differing("a", "a") == ()
