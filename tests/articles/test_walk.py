from __future__ import annotations

from pathlib import Path

from kbassist.articles.walk import walk


def fill(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("text", "utf-8")


def test_finds_articles_in_order_and_skips_the_rest(tmp_path: Path) -> None:
    fill(
        tmp_path, "b.md", "a.markdown", "B.MD", "z/README.md", "z/提币.md", "README.md", "notes.txt",
        ".hidden.md", ".git/x.md", "node_modules/x.md", "z/.NET basics.md", "z/kbassist.toml",
    )  # fmt: skip
    (tmp_path / "folder.md").mkdir()
    assert walk(tmp_path) == [
        "B.MD",
        "a.markdown",
        "b.md",
        "z/.NET basics.md",
        "z/README.md",
        "z/提币.md",
    ]


def test_follows_no_link_out_of_the_folder_or_in_circles(tmp_path: Path) -> None:
    kb, outside = tmp_path / "kb", tmp_path / "outside"
    fill(kb, "a.md", "sub/b.md")
    fill(outside, "secret.md")
    (kb / "out").symlink_to(outside)
    (kb / "secret.md").symlink_to(outside / "secret.md")
    (kb / "sub" / "loop").symlink_to(kb)
    (kb / "dead.md").symlink_to(kb / "nothing.md")
    (kb / "inside.md").symlink_to(kb / "a.md")
    assert walk(kb) == ["a.md", "sub/b.md"]


def test_a_folder_that_is_itself_a_link(tmp_path: Path) -> None:
    fill(tmp_path / "real", "a.md")
    (tmp_path / "kb").symlink_to(tmp_path / "real")
    assert walk(tmp_path / "kb") == ["a.md"]


def test_links_add_no_second_copy_and_cannot_explode(tmp_path: Path) -> None:
    for name in "abcdef":
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.md").write_text(name)
    for name in "abcdef":
        for other in "abcdef":
            (tmp_path / name / f"to-{other}").symlink_to(tmp_path / other)
    (tmp_path / "again.md").symlink_to(tmp_path / "a" / "x.md")
    assert walk(tmp_path) == [f"{name}/x.md" for name in "abcdef"]


def test_a_mounted_volume_of_links_into_a_hidden_folder(tmp_path: Path) -> None:
    (tmp_path / "..2026_11_21").mkdir()
    (tmp_path / "..2026_11_21" / "a.md").write_text("a")
    (tmp_path / "..data").symlink_to("..2026_11_21")
    (tmp_path / "a.md").symlink_to("..data/a.md")
    assert walk(tmp_path) == ["a.md"]


def test_a_dot_before_a_capital_is_part_of_a_name(tmp_path: Path) -> None:
    fill(tmp_path, ".NET SDK/a.md", ".github/b.md", ".Trash/c.md", ".NET.md", ".draft.md")
    assert walk(tmp_path) == [".NET SDK/a.md", ".NET.md"]
