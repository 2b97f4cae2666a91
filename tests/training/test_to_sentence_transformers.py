"""The sentence-transformers directory: its files, and the real library on it without kbassist."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kbassist.embed.protocol import Matrix
from kbassist.embed.registry import BUNDLED_MODEL, MODELS
from kbassist.embed.static import StaticEmbedder
from kbassist.errors import ModelError, UsageError
from training import to_sentence_transformers
from training.sentence_transformers_export.readme import readme
from training.sentence_transformers_export.sources import flatten
from training.to_sentence_transformers import CARD, ENTRY, PACKAGES, write

MODEL = MODELS / BUNDLED_MODEL

TEXTS = [
    "提币一直没到账怎么办？",
    "How do I turn on two-factor authentication?",
    "我的 USDT withdrawal 还没 arrived，TRC20 网络",
    "",
    " \n\t",
    "帳戶被凍結，如何開啟雙重驗證？",
    "😀🚀",
    "账户 😀 frozen",
    "提必没到帐",
    "my withdrawl has not arived",
    "tibi meiyou daozhang",
    "Ünïcode ﬁgures ①②③ ｆｕｌｌ",
    "\ud800 half a pair",
    "提现手续费是多少？" * 12_000,
    "The fee depends on your level. " * 4_000,
]

BLOCKED = """
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {blocked!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Blocker())
import json
from pathlib import Path
import numpy as np
texts, here = json.loads(Path("texts.json").read_text()), Path.cwd()
"""

PLAIN = """
sys.path.insert(0, str(here))
from model.static import StaticEmbedder
np.save("plain.npy", StaticEmbedder(here / "model").embed_documents(texts))
assert not any(name.split(".")[0] == "kbassist" for name in sys.modules)
"""

OPEN = """
from sentence_transformers import SentenceTransformer
def load(name):
    return SentenceTransformer(str(name), trust_remote_code=True, device="cpu")
"""

ENCODE = """
model = load(here / "model")
np.save("loaded.npy", model.encode(texts))
np.save("alone.npy", np.stack([model.encode(text) for text in texts]))
np.save("prompt.npy", model.encode(texts, prompt="question: "))
model.save(str(here / "saved"))
again = load(here / "saved")
np.save("saved.npy", again.encode(texts, batch_size=3))
again.save(str(here / "saved"))
print(json.dumps({
    "dimension": model.get_embedding_dimension(),
    "older": model[0].get_sentence_embedding_dimension(),
    "none": len(model.encode([])),
    "half": str(model.half().encode(texts).dtype),
    "kbassist": [name for name in sys.modules if name.split(".")[0] == "kbassist"],
}))
"""

HUB = """
np.save("hub.npy", load("example/static").encode(texts))
"""

FAULTS = """
for name in ("damaged", "missing", "whole"):
    try:
        load(here / name)
    except (OSError, ImportError) as error:
        print(error)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A written directory, `model`, in a folder for a process to work in."""
    place = tmp_path_factory.mktemp("export")
    write(place / "model")
    (place / "texts.json").write_text(json.dumps(TEXTS))
    return place / "model"


@pytest.fixture(scope="module")
def expected() -> Matrix:
    return StaticEmbedder(MODEL).embed_documents(TEXTS)


def run(
    code: str, place: Path, *, without: tuple[str, ...] = ("kbassist",)
) -> subprocess.CompletedProcess[str]:
    """Run code in a process that can import neither kbassist nor anything from the network."""
    home = place / "huggingface"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("HF_")},
        "HF_HUB_OFFLINE": "1",
        "HF_HOME": str(home),
    }
    command = [sys.executable, "-I", "-c", BLOCKED.format(blocked=without) + code]
    return subprocess.run(command, capture_output=True, text=True, cwd=place, env=environment)


def result(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stderr
    return done.stdout


def imports(path: Path) -> list[tuple[int, str]]:
    """Level and module of every import in a file."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(0, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append((node.level, str(node.module)))
    return found


def test_sources_compile_and_import_only_each_other_and_what_is_named(folder: Path) -> None:
    sources = {path.stem: path for path in folder.glob("*.py")}
    assert {"static", "units", "codes", "fold", "chars", ENTRY.stem} <= sources.keys()
    allowed = {"torch", "sentence_transformers", *PACKAGES} | sys.stdlib_module_names
    for path in sources.values():
        compile(path.read_text(encoding="utf-8"), path.name, "exec")
        for level, module in imports(path):
            if level:
                assert level == 1 and module in sources, path
            else:
                assert module.split(".")[0] in allowed, path


def test_what_the_library_looks_for(folder: Path) -> None:
    (module,) = json.loads((folder / "modules.json").read_text())
    name, kind = module["type"].split(".")
    tree = ast.parse((folder / f"{name}.py").read_text(encoding="utf-8"))
    assert kind in {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    others = {path.stem for path in folder.glob("*.py")} - {name}
    assert {module for level, module in imports(folder / f"{name}.py") if level} == others
    config = json.loads((folder / "config_sentence_transformers.json").read_text())
    assert config["requirements"].keys() == set(PACKAGES.values())
    assert all(specifier.startswith(">=") for specifier in config["requirements"].values())


def test_a_package_that_is_missing_is_named_as_on_pypi(folder: Path) -> None:
    (place,) = (path for path in folder.glob("*.py") if (0, "Stemmer") in imports(path))
    tries = [
        node
        for node in ast.walk(ast.parse(place.read_text(encoding="utf-8")))
        if isinstance(node, ast.Try)
    ]
    assert any("PyStemmer" in ast.unparse(node) for node in tries)


def test_the_model_is_the_packages_own(folder: Path) -> None:
    about = json.loads((MODEL / "model.json").read_text())
    for name in ("model.json", *about["files"]):
        assert (folder / name).read_bytes() == (MODEL / name).read_bytes()


def test_the_sources_alone_give_the_same_vectors(folder: Path, expected: Matrix) -> None:
    result(run(PLAIN, folder.parent))
    assert np.load(folder.parent / "plain.npy").tobytes() == expected.tobytes()


def test_twice_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    write(tmp_path / "deep" / "again")
    names = sorted(path.name for path in folder.iterdir() if path.is_file())
    assert sorted(path.name for path in (tmp_path / "deep" / "again").iterdir()) == names
    for name in names:
        assert (tmp_path / "deep" / "again" / name).read_bytes() == (folder / name).read_bytes()


def test_readme_without_a_card_and_with_one(tmp_path: Path) -> None:
    about = {"name": "a-model", "version": "1", "dimension": 64}
    plain = readme("", {"OpenCC": ">=1.1"}, about)
    assert plain.startswith("---\nlicense:") and "# a-model" in plain
    assert '"OpenCC>=1.1"' in plain and "(2, 64)" in plain and "trust_remote_code=True" in plain
    carded = readme("---\nlicense: x\n---\n# Card {of} it\n", {}, about)
    assert carded.startswith("---\nlicense: x\n---\n# Card {of} it\n\n## Usage")
    assert readme("# Card\n", {}, about).count("\n# ") == 1
    shutil.copytree(MODEL, tmp_path / "model")
    (tmp_path / "model" / CARD).write_text("# 卡片\n", encoding="utf-8")
    write(tmp_path / "out", tmp_path / "model")
    assert "\n# 卡片\n" in (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert "Apache" in (tmp_path / "out" / "LICENSE").read_text(encoding="utf-8")


def test_nothing_is_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    full, file = tmp_path / "full", tmp_path / "file"
    full.mkdir()
    (full / "README.md").write_text("mine")
    file.write_text("mine")
    with pytest.raises(UsageError, match=r"full: the folder is not empty"):
        write(full)
    assert [path.name for path in full.iterdir()] == ["README.md"]
    for way in (file, file / "below"):
        with pytest.raises(UsageError, match=r"cannot be written"):
            write(way)
    assert (full / "README.md").read_text() == file.read_text() == "mine"
    assert to_sentence_transformers.main([str(full)]) == 2
    assert "not empty" in capsys.readouterr().err


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    assert to_sentence_transformers.main([str(tmp_path)]) == 0
    assert (tmp_path / "modules.json").is_file()


def test_a_damaged_model_is_not_written(tmp_path: Path) -> None:
    model = tmp_path / "model"
    shutil.copytree(MODEL, model)
    content = bytearray((model / "vectors.npy").read_bytes())
    content[-1] ^= 1
    (model / "vectors.npy").write_bytes(content)
    with pytest.raises(ModelError, match=r"vectors\.npy"):
        write(tmp_path / "out", model)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("import kbassist.errors\n", "cannot be rewritten"),
        ("from kbassist import errors\n", "cannot be rewritten"),
        (
            "from kbassist.embed.units import VERSION\nfrom kbassist.answer.units import units\n",
            "two modules",
        ),
    ],
)
def test_imports_that_cannot_be_flattened(text: str, fault: str, tmp_path: Path) -> None:
    entry = tmp_path / "entry.py"
    entry.write_text(text)
    with pytest.raises(ValueError, match=fault):
        flatten(entry, PACKAGES)


@pytest.mark.transformers
def test_the_library_gives_the_models_vectors(folder: Path, expected: Matrix) -> None:
    place = folder.parent
    said = json.loads(result(run(OPEN + ENCODE, place)).splitlines()[-1])
    assert said == {
        "dimension": expected.shape[1],
        "older": expected.shape[1],
        "none": 0,
        "half": "float16",
        "kbassist": [],
    }
    for name in ("loaded", "alone", "saved"):
        assert np.load(place / f"{name}.npy").tobytes() == expected.tobytes(), name
    prompted = StaticEmbedder(MODEL).embed_documents([f"question: {text}" for text in TEXTS])
    assert np.load(place / "prompt.npy").tobytes() == prompted.tobytes()
    lengths = np.linalg.norm(expected, axis=1)
    assert np.all((np.abs(lengths - 1) < 1e-6) | (lengths == 0)) and lengths.sum() > 10
    assert (place / "saved" / "LICENSE").is_file()


@pytest.mark.transformers
def test_by_name_from_the_hubs_cache(folder: Path, expected: Matrix, tmp_path: Path) -> None:
    repository = tmp_path / "huggingface" / "hub" / "models--example--static"
    (repository / "refs").mkdir(parents=True)
    (repository / "refs" / "main").write_text("a" * 40)
    shutil.copytree(folder, repository / "snapshots" / ("a" * 40))
    shutil.copy(folder.parent / "texts.json", tmp_path)
    result(run(OPEN + HUB, tmp_path))
    assert np.load(tmp_path / "hub.npy").tobytes() == expected.tobytes()


@pytest.mark.transformers
def test_faults_are_named(folder: Path, tmp_path: Path) -> None:
    for name in ("whole", "damaged", "missing"):
        shutil.copytree(folder, tmp_path / name)
    (tmp_path / "damaged" / "weights.npy").write_bytes(b"nothing")
    (tmp_path / "missing" / "weights.npy").unlink()
    (tmp_path / "texts.json").write_text("[]")
    done = run(OPEN + FAULTS, tmp_path, without=("kbassist", "Stemmer"))
    damaged, missing, whole = result(done).splitlines()[-3:]
    assert "weights.npy: its content is not what was released" in damaged
    assert "Install kbassist" not in damaged
    assert missing.endswith("weights.npy is missing")
    assert whole.endswith("pip install PyStemmer")
