from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from kbassist.articles.chunk import chunk_article
from kbassist.articles.load import load_articles
from kbassist.config import ChunkSettings
from kbassist.kb_config import KbConfig, load_kb_config


def write(folder: Path, **files: str | bytes) -> None:
    for name, data in files.items():
        path = folder / f"{name.replace('__', '/')}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())


def test_never_stops_at_the_first_bad_file(tmp_path: Path) -> None:
    write(tmp_path, a=b"\xff", b="---\nkind: x\n---\n", c="text", d="---\nupdated: soon\n---\n")
    seen: list[tuple[int, int]] = []
    loaded = load_articles(tmp_path, KbConfig(), progress=lambda *at: seen.append(at))
    assert [item.meta.path for item in loaded.articles] == ["c.md"]
    assert [(item.path, item.line) for item in loaded.problems] == [
        ("a.md", 1),
        ("b.md", 2),
        ("d.md", 2),
    ]
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert list(loaded.files) == ["a.md", "b.md", "c.md", "d.md"]
    assert loaded.files["c.md"] == hashlib.sha256(b"text").hexdigest()


def test_reports_every_mistake_of_a_file(tmp_path: Path) -> None:
    write(tmp_path, a="---\nkind: x\nupdated: soon\n---\n", b="---\nstatus: y\n---\n")
    loaded = load_articles(tmp_path, KbConfig())
    assert loaded.articles == ()
    assert [(item.path, item.line) for item in loaded.problems] == [
        ("a.md", 2),
        ("a.md", 3),
        ("b.md", 2),
    ]


def test_odd_settings_are_warnings(tmp_path: Path) -> None:
    write(tmp_path, a="text")
    (tmp_path / "kbassist.toml").write_text('base_url = "help.x"\nlocales = ["en", "english"]\n')
    config = load_kb_config(tmp_path)
    assert [str(item) for item in load_articles(tmp_path, config).warnings] == [
        "kbassist.toml:1: base_url 'help.x' does not start with https:// or http://; links in "
        "citations will not open",
        "kbassist.toml:2: locale 'english' is no BCP 47 tag such as zh-Hans, zh-Hant or en",
    ]


def test_files_with_the_same_id_take_their_paths(tmp_path: Path) -> None:
    same = "---\nid: fees\n---\n# Fees\n\ntext\n"
    write(tmp_path, a=same, sub__b=same, c="# C\n\ntext\n")
    loaded = load_articles(tmp_path, KbConfig())
    assert [item.meta.id for item in loaded.articles] == ["a", "c", "sub/b"]
    assert [str(item) for item in loaded.warnings] == [
        "a.md:2: the id 'fees' is also that of sub/b.md; this file gets 'a'; "
        "give one of them another id",
        "sub/b.md:2: the id 'fees' is also that of a.md; this file gets 'sub/b'; "
        "give one of them another id",
    ]
    chunks = [chunk for item in loaded.articles for chunk in chunk_article(item, ChunkSettings())]
    assert [chunk.id for chunk in chunks] == ["a#:1", "c#:1", "sub/b#:1"]


def test_strict_makes_them_errors(tmp_path: Path) -> None:
    write(tmp_path, a="---\nid: x\n---\none\n", b="---\nid: x\n---\ntwo\n", c="three\n")
    loaded = load_articles(tmp_path, KbConfig(), strict=True)
    assert [item.meta.id for item in loaded.articles] == ["c"]
    assert [item.path for item in loaded.problems] == ["a.md", "b.md"]
    assert "also that of b.md" in loaded.problems[0].message
    assert loaded.warnings == ()


def test_ids_stay_unique_whatever_the_names(tmp_path: Path) -> None:
    write(
        tmp_path, a="---\nid: b\n---\n", b="text", c="---\nid: a\n---\n", d="---\nid: a.md\n---\n"
    )
    (tmp_path / "a.markdown").write_text("---\nid: b.md\n---\n")
    ids = [item.meta.id for item in load_articles(tmp_path, KbConfig()).articles]
    assert len(set(ids)) == 5


def test_suffixes_alone_tell_two_files_apart(tmp_path: Path) -> None:
    write(tmp_path, a="one")
    (tmp_path / "a.markdown").write_text("two")
    loaded = load_articles(tmp_path, KbConfig())
    assert [item.meta.id for item in loaded.articles] == ["a.markdown", "a.md"]


def test_a_translation_of_nothing(tmp_path: Path) -> None:
    write(tmp_path, a="---\ntranslation_of: b\n---\nx\n", b="---\ntranslation_of: c\n---\nx\n")
    assert [str(item) for item in load_articles(tmp_path, KbConfig()).warnings] == [
        "b.md:2: translation_of names 'c', which is no article's id"
    ]


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    write(tmp_path, a="text", b="text")
    (tmp_path / "a.md").chmod(0)
    loaded = load_articles(tmp_path, KbConfig())
    if os.access(tmp_path / "a.md", os.R_OK):
        pytest.skip("this user may read everything")
    assert [item.path for item in loaded.problems] == ["a.md"]
    assert "cannot be read" in loaded.problems[0].message


def test_a_name_that_is_not_utf_8(tmp_path: Path) -> None:
    try:
        (Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.md"))).write_text("text")
    except OSError:
        pytest.skip("this file system refuses such names")
    loaded = load_articles(tmp_path, KbConfig())
    assert [item.message for item in loaded.problems] == [
        "\\udcff.md: the file's name is not valid UTF-8"
    ]
