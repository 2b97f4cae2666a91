"""What programs may rely on changes on purpose, and with a word about it."""

from __future__ import annotations

import difflib

from tests.public_api import SNAPSHOT, rendered

HOW = """
What programs rely on has changed. If that is meant:
1. docs/versioning.md says whether it breaks programs, and which number of the version goes up;
2. say what changed in CHANGELOG.md;
3. write the new state down: python -m tests.public_api
"""


def test_the_public_interface_is_as_written_down() -> None:
    before = SNAPSHOT.read_text(encoding="utf-8").splitlines()
    now = rendered().splitlines()
    changes = "\n".join(difflib.unified_diff(before, now, "written down", "now", lineterm="", n=1))
    assert not changes, f"{changes}\n{HOW}"
