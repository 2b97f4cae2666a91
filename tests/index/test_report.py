"""What changed between two builds."""

from __future__ import annotations

from kbassist.index.manifest import FileEntry
from kbassist.index.report import compare_sources


def sources(**contents: str) -> dict[str, FileEntry]:
    return {
        name.replace("_", "."): FileEntry(content, len(content))
        for name, content in contents.items()
    }


def test_files_are_told_apart_by_content() -> None:
    changes = compare_sources(
        sources(a_md="1", b_md="2", c_md="3", same_md="5"),
        sources(b_md="9", d_md="4", e_md="1", same_md="5"),
    )
    assert (changes.added, changes.changed, changes.deleted) == (("d.md",), ("b.md",), ("c.md",))
    assert changes.renamed == (("a.md", "e.md"),)
    assert changes.any and not changes.settings


def test_of_several_equal_files_the_first_go_together() -> None:
    changes = compare_sources(sources(a_md="1", b_md="1"), sources(x_md="1", y_md="1", z_md="1"))
    assert changes.renamed == (("a.md", "x.md"), ("b.md", "y.md"))
    assert (changes.added, changes.deleted) == (("z.md",), ())


def test_settings_are_no_article() -> None:
    changes = compare_sources({}, sources(kbassist_toml="x"))
    assert changes.settings and changes.any and changes.added == ()
    assert not compare_sources(sources(kbassist_toml="x"), sources(kbassist_toml="x")).any
