"""Building: the same bytes from the same input, nothing half done, every bad file reported."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from kbassist import Assistant, BuildError, BuildSettings, build_index
from kbassist.config import Bm25Settings, ChunkSettings
from kbassist.errors import ConfigError, IndexBroken, IndexIncompatible, UsageError
from kbassist.index.generation import live_folder
from tests.conftest import HARBOR, WriteKb

GOOD = {"a.md": "# 提现\n\n提现一般十分钟到账。\n", "b.md": "# Fees\n\nThe fee is 1 USDT.\n"}


def contents(index: Path) -> dict[str, bytes]:
    folder = live_folder(index)
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "local.json"}


def test_two_builds_give_the_same_bytes_whatever_the_hash_seed(tmp_path: Path) -> None:
    script = "import sys; from kbassist import build_index; build_index(sys.argv[1], sys.argv[2])"
    for seed in ("1", "2"):
        subprocess.run(
            [sys.executable, "-c", script, str(HARBOR), str(tmp_path / seed)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
        )
    one, two = contents(tmp_path / "1"), contents(tmp_path / "2")
    assert {"manifest.json", "chunks.sqlite", "bm25.rows.npy", "vectors.codes.npy"} <= one.keys()
    assert one == two


def test_an_unchanged_kb_keeps_the_live_generation(write_kb: WriteKb, tmp_path: Path) -> None:
    kb, index = write_kb(GOOD), tmp_path / "index"
    assert build_index(kb, index).changed
    again = build_index(kb, index)
    assert (again.changed, again.generation, again.chunks) == (False, "gen-000001", 2)
    assert build_index(kb, index, full=True).generation == "gen-000002"


@pytest.mark.parametrize("change", ["text", "front matter", "deleted", "settings", "kb settings"])
def test_any_change_makes_a_new_generation(write_kb: WriteKb, tmp_path: Path, change: str) -> None:
    kb, index = write_kb(GOOD), tmp_path / "index"
    build_index(kb, index)
    settings = None
    if change == "text":
        write_kb({"b.md": "# Fees\n\nThe fee is 2 USDT.\n"})
    elif change == "front matter":
        write_kb({"b.md": "---\nproducts: spot\n---\n" + GOOD["b.md"]})
    elif change == "deleted":
        (kb / "b.md").unlink()
    elif change == "settings":
        settings = BuildSettings(bm25=Bm25Settings(k1=1.5))
    else:
        write_kb({"kbassist.toml": 'restricted_audiences = ["vip"]\n'})
    report = build_index(kb, index, settings=settings)
    assert (report.changed, report.generation) == (True, "gen-000002")


def test_up_to_date_names_the_folder_that_was_built_last(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.md").write_text(GOOD["a.md"], encoding="utf-8")
    build_index(tmp_path / "one", tmp_path / "index")
    assert not build_index(tmp_path / "two", tmp_path / "index").changed
    assert Assistant.open(tmp_path / "index").kb == tmp_path / "two"


def test_flags_that_leave_articles_out_are_no_lasting_loss(
    write_kb: WriteKb, tmp_path: Path
) -> None:
    kb = write_kb(
        {"a.md": "---\nid: x\n---\none\n", "b.md": "---\nid: x\n---\ntwo\n", **{"c.md": "c"}}
    )
    assert build_index(kb, tmp_path / "index", strict=True, skip_bad=True).articles == 1
    assert build_index(kb, tmp_path / "index").articles == 3


@pytest.mark.parametrize(
    "settings",
    [
        {"max_tokens": 0},
        {"max_tokens": "many"},
        {"min_tokens": -1},
        {"min_tokens": 500},
    ],
)
def test_settings_have_ranges(settings: dict[str, int]) -> None:
    with pytest.raises(ConfigError, match=next(iter(settings))):
        ChunkSettings(**settings)


def test_all_bad_files_are_reported_and_the_live_index_stays(
    write_kb: WriteKb, tmp_path: Path
) -> None:
    kb, index = write_kb(GOOD), tmp_path / "index"
    build_index(kb, index)
    before = contents(index)
    write_kb({"bad-date.md": "---\nupdated: soon\n---\ntext\n"})
    (kb / "bad-bytes.md").write_bytes("提现".encode("gbk"))
    with pytest.raises(BuildError, match="2 bad files; the live index is untouched") as error:
        build_index(kb, index)
    assert [problem.path for problem in error.value.problems] == ["bad-bytes.md", "bad-date.md"]
    assert "byte" in error.value.problems[0].message
    assert error.value.problems[1].line == 2
    first, *listed, hint = str(error.value).splitlines()
    assert first == error.value.message == "2 bad files; the live index is untouched"
    assert listed == [f"  {problem.message}" for problem in error.value.problems]
    assert listed[1].startswith("  bad-date.md:2: ") and "skip_bad=True" in hint
    assert contents(index) == before
    report = build_index(kb, index, skip_bad=True)
    assert (report.articles, len(report.skipped), report.changed) == (2, 2, True)


def test_the_text_of_the_error_names_the_first_bad_files(write_kb: WriteKb, tmp_path: Path) -> None:
    kb = write_kb({f"{n}.md": "---\nupdated: soon\n---\ntext\n" for n in range(7)})
    with pytest.raises(BuildError) as error:
        build_index(kb, tmp_path / "index")
    lines = str(error.value).splitlines()
    assert [line.partition(":")[0] for line in lines[1:6]] == [f"  {n}.md" for n in range(5)]
    assert lines[6] == "  and 2 more" and lines[7] == error.value.hint
    assert len(error.value.problems) == 7
    again = pickle.loads(pickle.dumps(error.value))
    assert str(again) == str(error.value)


def test_an_empty_or_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such kb folder"):
        build_index(tmp_path / "nowhere", tmp_path / "index")
    (tmp_path / "kb").mkdir()
    with pytest.raises(BuildError, match=r"no Markdown articles \(\*\.md\)"):
        build_index(tmp_path / "kb", tmp_path / "index")
    assert not (tmp_path / "index").exists()


def test_wrong_settings_are_errors(write_kb: WriteKb, tmp_path: Path) -> None:
    kb = write_kb({**GOOD, "kbassist.toml": "restricted_audience = []\n"})
    with pytest.raises(ConfigError, match="unknown key 'restricted_audience'") as error:
        build_index(kb, tmp_path / "index")
    assert "Did you mean 'restricted_audiences'?" in error.value.hint
    write_kb({"kbassist.toml": "locales = 3\n"})
    with pytest.raises(ConfigError, match="locales must be a list of texts, found 3"):
        build_index(kb, tmp_path / "index")


def test_duplicate_ids_take_their_paths(write_kb: WriteKb, tmp_path: Path) -> None:
    kb = write_kb({"a.md": "---\nid: x\n---\none\n", "b/c.md": "---\nid: x\n---\ntwo\n"})
    report = build_index(kb, tmp_path / "index")
    warning = " ".join(map(str, report.warnings))
    assert "a.md" in warning and "b/c.md" in warning
    metas = Assistant.open(tmp_path / "index").status().articles
    assert [meta.id for meta in metas] == ["a", "b/c"]
    with pytest.raises(BuildError):
        build_index(kb, tmp_path / "index", strict=True)


def test_settings_reach_the_chunks(write_kb: WriteKb, tmp_path: Path) -> None:
    kb = write_kb({"a.md": "# T\n\n" + "\n\n".join(f"第{i}段" + "字" * 40 for i in range(8))})
    whole = build_index(kb, tmp_path / "index")
    cut = build_index(
        kb, tmp_path / "index", settings=BuildSettings(chunks=ChunkSettings(max_tokens=100))
    )
    assert (whole.chunks, cut.chunks) == (2, 4)


def test_every_damaged_file_is_named(write_kb: WriteKb, tmp_path: Path) -> None:
    build_index(write_kb(GOOD), tmp_path / "index")
    folder = live_folder(tmp_path / "index")
    for path in sorted(folder.iterdir()):
        if path.name == "local.json":
            continue
        good = path.read_bytes()
        for damaged in (good[:-1], good[: len(good) // 2], b"", good[:-1] + b"\x00"):
            if damaged in (good, good.rstrip(b"\n")):
                continue
            path.write_bytes(damaged)
            with pytest.raises((IndexBroken, IndexIncompatible), match=path.name) as error:
                Assistant.open(tmp_path / "index").ask("提现")
            assert "kbassist build" in error.value.hint
        path.unlink()
        with pytest.raises(IndexBroken, match=path.name):
            Assistant.open(tmp_path / "index").ask("提现")
        path.write_bytes(good)
    assert Assistant.open(tmp_path / "index").ask("提现").action == "answer"


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("counts", {}),
        ("counts", "many"),
        ("counts", {"articles": "1", "unpublished": 0, "chunks": 1, "vectors": 0}),
        ("chunker", None),
        ("analyzer", 7),
        ("files", []),
        ("sources", {"a.md": 1}),
        ("restricted_audiences", 3),
        ("embedder", ["x"]),
        ("surprise", 1),
    ],
)
def test_a_manifest_of_another_shape_is_broken(
    write_kb: WriteKb, tmp_path: Path, part: str, value: object
) -> None:
    build_index(write_kb(GOOD), tmp_path / "index")
    path = live_folder(tmp_path / "index") / "manifest.json"
    table = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**table, part: value}), encoding="utf-8")
    with pytest.raises(IndexBroken, match=r"manifest\.json"):
        Assistant.open(tmp_path / "index")


@pytest.mark.parametrize("part", ["format", "analyzer", "chunker"])
def test_another_version_names_the_command(write_kb: WriteKb, tmp_path: Path, part: str) -> None:
    build_index(write_kb(GOOD), tmp_path / "index")
    path = live_folder(tmp_path / "index") / "manifest.json"
    table = json.loads(path.read_text(encoding="utf-8"))
    table[part] = 99 if part == "format" else "other"
    path.write_text(json.dumps(table), encoding="utf-8")
    with pytest.raises(IndexIncompatible, match=part) as error:
        Assistant.open(tmp_path / "index")
    assert f"--index {tmp_path / 'index'} --full" in error.value.hint


GLOSSARY = (
    "---\nkind: glossary\nlocale: zh-Hans\n---\n# 术语\n\n提币\n: 转出。又叫：提现。误写：体币。\n"
)


def inodes(index: Path) -> dict[str, int]:
    return {path.name: path.stat().st_ino for path in live_folder(index).iterdir()}


def test_synonyms_change_their_own_file_alone(write_kb: WriteKb, tmp_path: Path) -> None:
    kb = write_kb({**GOOD, "kbassist.toml": 'synonyms = [["fee", "cost"]]\n'})
    index, fresh = tmp_path / "index", tmp_path / "fresh"
    build_index(kb, index)
    before = inodes(index)
    write_kb({"kbassist.toml": '# of ours\nsynonyms = [["fee", "price"]]\n'})
    stages: set[str] = set()
    report = build_index(kb, index, progress=lambda stage, *_: stages.add(stage))
    assert (report.changed, report.generation, report.chunks) == (True, "gen-000002", 2)
    assert stages == {"articles"}  # neither analysed nor embedded
    after = inodes(index)
    same = {name for name in before if before[name] == after[name]}
    assert set(before) - same == {"synonyms.json", "manifest.json", "local.json"}
    build_index(kb, fresh)
    assert contents(index) == contents(fresh)
    assert not build_index(kb, index).changed


@pytest.mark.parametrize("line", ['base_url = "https://h.example"', 'restricted_audiences = ["x"]'])
def test_other_settings_write_all_anew(write_kb: WriteKb, tmp_path: Path, line: str) -> None:
    kb, index = write_kb({**GOOD, "kbassist.toml": "# none\n"}), tmp_path / "index"
    build_index(kb, index)
    before = inodes(index)
    write_kb({"kbassist.toml": line + "\n"})
    build_index(kb, index)
    assert all(before[name] != number for name, number in inodes(index).items() if name in before)


def test_the_index_holds_synonyms_of_settings_and_glossary(
    write_kb: WriteKb, tmp_path: Path
) -> None:
    hidden = GLOSSARY.replace("locale:", "audience: staff\nlocale:").replace("提现", "密语")
    kb = write_kb(
        {
            **GOOD,
            "g.md": GLOSSARY,
            "s.md": hidden,
            "kbassist.toml": 'synonyms = [["提现", "cash out"]]\n',
        }
    )
    build_index(kb, tmp_path / "index", embedder="none")
    found = Assistant.open(tmp_path / "index").index.synonyms.find("体币 提现 密语 cashing out")
    assert [[phrase.text for phrase in at.group.phrases] for at in found] == [
        ["提现", "cash out", "提币"]
    ] * 3
    assert [at.misspelt for at in found] == [True, False, False]


def test_a_name_of_two_entries_is_no_synonym(write_kb: WriteKb, tmp_path: Path) -> None:
    entries = "\n\n取款\n: 另一件事。又叫：提现。\n"
    kb = write_kb({**GOOD, "g.md": GLOSSARY + entries})
    build_index(kb, tmp_path / "index", embedder="none")
    synonyms = Assistant.open(tmp_path / "index").index.synonyms
    assert synonyms.find("提现") == []
    assert [at.group.phrases[0].text for at in synonyms.find("体币")] == ["提币"]


def test_damaged_synonyms_are_a_broken_index(write_kb: WriteKb, tmp_path: Path) -> None:
    kb = write_kb({**GOOD, "kbassist.toml": 'synonyms = [["fee", "cost"]]\n'})
    build_index(kb, tmp_path / "index", embedder="none")
    (live_folder(tmp_path / "index") / "synonyms.json").write_text("[1]\n", encoding="utf-8")
    with pytest.raises(IndexBroken, match=r"synonyms\.json"):
        Assistant.open(tmp_path / "index")


def test_a_number_that_cannot_be_kept_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="keep must be a whole number"):
        build_index(tmp_path / "nowhere", tmp_path / "index", keep=0)
    assert not (tmp_path / "index").exists()
