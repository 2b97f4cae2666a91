"""The files of a model: where they are, and a fingerprint of what they hold."""

from __future__ import annotations

import hashlib
import os
import re
from fnmatch import fnmatchcase
from pathlib import Path

from kbassist.errors import ModelError

_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?", re.ASCII)

_MARKS = ("modules.json", "config.json")
"""One of them is in every model folder."""

_DECIDING = (
    "modules.json",
    "config*.json",
    "*_config.json",
    "tokenizer*",
    "vocab*",
    "merges.txt",
    "special_tokens_map.json",
    "added_tokens.json",
    "*.model",
    "*.spm",
    "*.safetensors",
    "*.safetensors.index.json",
    "pytorch_model*.bin",
)
"""Names of the files that decide a vector; a read-me or training state does not."""
_OTHER_RUNTIMES = ("onnx", "openvino")
_TRAINING = ("data_config.json",)
_LISTED = 5
_BLOCK = 1 << 20


def local_folder(name: str) -> Path | None:
    """The folder that a name means; None where it is a name on the hub.

    A name that looks like a path is never taken for one on the hub: it starts with a dot, a slash
    or a tilde, has a backslash or more than one slash, or stands in a folder that is there.

    Raises:
        ModelError: it looks like a path but there is no such folder, or no model in it.
    """
    path = Path(os.path.expanduser(name))
    if os.path.isdir(path):  # which a name of any length may be asked
        if not any((path / mark).is_file() for mark in _MARKS):
            found = sorted(os.listdir(path))
            seen = ", ".join(found[:_LISTED]) + (", …" if len(found) > _LISTED else "")
            raise ModelError(
                f"no embedding model in the folder {name!r}: neither {' nor '.join(_MARKS)}"
                f" among {seen or 'no files'}",
                hint="Name the folder that SentenceTransformer.save() wrote.",
            )
        return path
    if os.path.exists(path):
        raise ModelError(
            f"the embedding model {name!r} is a file", hint="Name the folder of the model."
        )
    if not _HUB_NAME.fullmatch(name) or ("/" in name and path.parent.is_dir()):
        raise ModelError(
            f"no such folder with an embedding model: {name!r}",
            hint="Check the path; a model on the Hugging Face hub is named ORGANISATION/MODEL.",
        )
    return None


def digest(folder: Path) -> str:
    """SHA-256 over the names and contents of the files that decide a vector.

    The same model in another folder, or in the hub's cache, has the same digest. Where weights are
    there as safetensors, another copy of them (`pytorch_model.bin`) is not counted.

    Raises:
        ModelError: a file cannot be read.
    """
    total = hashlib.sha256()
    for name in _deciding_files(folder):
        try:
            total.update(f"{name}\0{_file_hash(folder / name)}\n".encode())
        except OSError as error:
            raise ModelError(f"{folder / name}: cannot be read: {error}") from error
    return total.hexdigest()


def _deciding_files(folder: Path) -> list[str]:
    found: list[Path] = []
    for place, folders, names in os.walk(folder):
        folders[:] = [
            name for name in folders if name not in _OTHER_RUNTIMES and not name.startswith(".")
        ]
        deciding = [name for name in names if _decides(name)]
        if any(name.endswith(".safetensors") for name in deciding):
            deciding = [name for name in deciding if not name.endswith(".bin")]
        found += [Path(place, name) for name in deciding]
    return sorted(path.relative_to(folder).as_posix() for path in found)


def _decides(name: str) -> bool:
    return name not in _TRAINING and any(fnmatchcase(name, pattern) for pattern in _DECIDING)


def _file_hash(path: Path) -> str:
    content = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            content.update(block)
    return content.hexdigest()
