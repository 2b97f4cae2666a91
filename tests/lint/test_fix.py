"""What `--fix` mends, byte by byte, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from kbassist.lint.fix import changes, write
from kbassist.lint.run import lint
from tests.conftest import WriteKb
from tests.lint.helpers import TODAY

BEFORE = """---
title: A
questions:
  - how much
  - how much
  - how long
---
##提币步骤

See [fees](fees.md#Daily), [case](FEES.md#daily), [web](www.harbor.example/x) and
[mail](help@harbor.example).

<!-- kbassist-lint: disable=KB801 -->

Text <!-- kbassist-lint: disable-line=KB801 -->.
"""
AFTER = """---
title: A
questions:
  - how much
  - how long
---
## 提币步骤

See [fees](fees.md#daily), [case](fees.md#daily), [web](https://www.harbor.example/x) and
[mail](mailto:help@harbor.example).


Text .
"""
FEES = "# Fees\n\n## Daily\n\nTwo.\n"


def mend(kb: Path) -> list[str]:
    found = list(changes(lint(kb, today=TODAY)))
    assert all(write(kb, change) for change in found)
    return [change.path for change in found]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_everything_mechanical(write_kb: WriteKb, ending: str, mark: bytes) -> None:
    kb = write_kb({"fees.md": FEES})
    (kb / "a.md").write_bytes(mark + BEFORE.replace("\n", ending).encode())
    (kb / "a.md").chmod(0o640)
    assert mend(kb) == ["a.md"]
    assert (kb / "a.md").read_bytes() == mark + AFTER.replace("\n", ending).encode()
    assert (kb / "a.md").stat().st_mode & 0o777 == 0o640
    assert mend(kb) == []
    assert sorted(path.name for path in kb.iterdir()) == ["a.md", "fees.md"]


def test_mixed_line_ends_stay(write_kb: WriteKb) -> None:
    kb = write_kb({"a.md": "One.\r\n\n\r\n##Two\r\rThree.\n"})
    assert mend(kb) == ["a.md"]
    assert (kb / "a.md").read_bytes() == b"One.\r\n\n\r\n## Two\r\rThree.\n"


def test_misspelt_names(write_kb: WriteKb) -> None:
    glossary = "---\nkind: glossary\nlocale: zh-Hans\n---\n\n提币\n: 转出。误写：体币。\n"
    kb = write_kb({"g.md": glossary, "a.md": "体币多久？\n\n“体币”是错字，体币、体币都错。\n"})
    assert mend(kb) == ["a.md"]
    assert (kb / "a.md").read_text("utf-8") == "提币多久？\n\n“体币”是错字，提币、提币都错。\n"
    assert mend(kb) == []


def test_a_diff_changes_nothing(write_kb: WriteKb) -> None:
    kb = write_kb({"a.md": "Text.\n\n##Two\n\nText.\n"})
    [change] = changes(lint(kb, today=TODAY))
    assert change.diff() == (
        "--- a/a.md\n+++ b/a.md\n@@ -1,5 +1,5 @@\n Text.\n \n-##Two\n+## Two\n \n Text."
    )
    assert (kb / "a.md").read_text() == "Text.\n\n##Two\n\nText.\n"


def test_a_file_that_changed_meanwhile_is_left_alone(write_kb: WriteKb) -> None:
    kb = write_kb({"a.md": "##Two\n\nText.\n"})
    [change] = changes(lint(kb, today=TODAY))
    (kb / "a.md").write_text("Other.\n")
    assert not write(kb, change)
    assert (kb / "a.md").read_text() == "Other.\n"
