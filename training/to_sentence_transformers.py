"""Write the bundled model as a sentence-transformers directory, for use without kbassist.

python -m training.to_sentence_transformers OUTPUT_FOLDER

The units of the model are no tokens that a tokenizer file could describe, so that the directory
holds the package's own sources, rewritten to import each other, and is loaded with
`trust_remote_code=True`.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from kbassist import __version__
from kbassist.embed.registry import BUNDLED_MODEL, MODELS
from kbassist.embed.static import DESCRIPTION, StaticEmbedder
from kbassist.errors import KbassistError, UsageError
from training.sentence_transformers_export.readme import readme
from training.sentence_transformers_export.sources import flatten

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CARD = "MODEL_CARD.md"
REPOSITORY = Path(__file__).parent.parent
ENTRY = Path(__file__).parent / "sentence_transformers_export" / "modeling_static_units.py"
CLASS = "StaticUnits"

PACKAGES = {"numpy": "numpy", "opencc": "OpenCC", "Stemmer": "PyStemmer"}
"""Name on PyPI of what the model needs, by the name in Python."""

_REQUIREMENT = re.compile(r"([\w-]+)(.*)")


def write(output: Path, model: Path = MODELS / BUNDLED_MODEL) -> None:
    """Write the directory; equal input gives equal bytes.

    Args:
        output: a folder that is empty or not there yet.
        model: folder of the model.

    Raises:
        ModelError: the model is damaged.
        UsageError: something is in the way, or the folder cannot be written.
    """
    files = _files(model)
    try:
        output.mkdir(parents=True, exist_ok=True)
        if any(output.iterdir()):
            raise UsageError(f"{output}: the folder is not empty", hint="Name a new folder.")
        for name, content in files.items():
            with (output / name).open("xb") as file:
                file.write(content)
    except OSError as error:
        raise UsageError(f"{output}: cannot be written: {error.strerror}") from error


def _files(model: Path) -> dict[str, bytes]:
    embedder = StaticEmbedder(model)
    embedder.embed_documents([""])  # compares every file with its checksum
    about = json.loads((model / DESCRIPTION).read_bytes())
    files = {name: (model / name).read_bytes() for name in (DESCRIPTION, *sorted(about["files"]))}
    requirements = _requirements()
    card = model / CARD
    texts = {
        "README.md": readme(
            card.read_text(encoding="utf-8") if card.exists() else "",
            requirements,
            {"name": embedder.name, "version": __version__, "dimension": embedder.dimension},
        ),
        "LICENSE": (REPOSITORY / "LICENSE").read_text(encoding="utf-8"),
        "modules.json": _json(
            [{"idx": 0, "name": "0", "path": "", "type": f"{ENTRY.stem}.{CLASS}"}]
        ),
        "config_sentence_transformers.json": _json(
            {
                "__version__": {"kbassist": __version__},
                "model_type": "SentenceTransformer",
                "requirements": requirements,
                "prompts": {},
                "default_prompt_name": None,
                "similarity_fn_name": "cosine",
            }
        ),
        **flatten(ENTRY, PACKAGES),
    }
    return files | {name: text.encode() for name, text in texts.items()}


def _requirements() -> dict[str, str]:
    """Versions of the packages that the model needs, as the package itself asks for them."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found = [_REQUIREMENT.fullmatch(text) for text in project["dependencies"]]
    versions = {match[1]: match[2] for match in found if match}
    return {name: versions[name] for name in PACKAGES.values()}


def _json(value: object) -> str:
    return json.dumps(value, indent=2) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the directory that the command line names.

    Returns:
        Exit status.
    """
    purpose = (__doc__ or "").split("\n")[0]
    parser = argparse.ArgumentParser("training.to_sentence_transformers", description=purpose)
    parser.add_argument("output", type=Path, help="a folder that is empty or not there yet")
    output: Path = parser.parse_args(arguments).output
    try:
        write(output)
    except KbassistError as error:
        sys.stderr.write(f"error: {error}\n")
        return error.exit_code
    sys.stdout.write(f"wrote {output}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
