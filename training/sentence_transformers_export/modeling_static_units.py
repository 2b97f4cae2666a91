"""The static embedding model as the input module of a sentence-transformers model.

For inference only: numpy sums whole numbers on the CPU, and there is nothing to train.
"""

from __future__ import annotations

import math
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from sentence_transformers.util import load_file_path

from kbassist.embed.static import DESCRIPTION, KEYS, SOUNDS, VECTORS, WEIGHTS, StaticEmbedder
from kbassist.errors import ModelError

try:
    from sentence_transformers.base.modules import InputModule
except ImportError:  # before 6.0; before 5.0 any torch module served
    from sentence_transformers import models

    InputModule = getattr(models, "InputModule", torch.nn.Module)

_FILES = (DESCRIPTION, KEYS, SOUNDS, VECTORS, WEIGHTS)
_LICENCE = "LICENSE"
_EVERY_PACKAGE = "開始 start"
"""A text that needs each package that texts may need, so that one is missed at once."""

Features = dict[str, Any]


class StaticUnits(InputModule):  # type: ignore[misc, unused-ignore]
    """Texts in, vectors of length 1 out; zeros for a text that says nothing."""

    save_in_root = True
    max_seq_length = math.inf

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        """Open the model.

        Args:
            folder: with model.json and the arrays that it names.

        Raises:
            OSError: a file is missing or damaged, or of another version.
            ImportError: a package that the model needs is not installed.
        """
        super().__init__()
        self._folder = Path(folder)
        try:
            self._embedder = StaticEmbedder(self._folder)
            self._embedder.embed_documents([_EVERY_PACKAGE])
        except ModelError as error:
            raise OSError(f"{error.message}. Get the model's files again.") from error
        self.register_buffer("_like", torch.zeros(1), persistent=False)  # follows .to() and .half()

    def preprocess(
        self, inputs: Sequence[str], prompt: str | None = None, **kwargs: Any
    ) -> Features:
        """Vectors of texts; the work is done here, so that it stays on the CPU.

        Args:
            inputs: any strings, of any length.
            prompt: put before each.
            **kwargs: ignored.

        Raises:
            ValueError: an input is not a text.
        """
        if not all(isinstance(text, str) for text in inputs):
            raise ValueError("this model embeds texts alone: every input must be a str")
        texts = [prompt + text for text in inputs] if prompt else list(inputs)
        return {"sentence_embedding": torch.from_numpy(self._embedder.embed_documents(texts))}

    def tokenize(self, texts: Sequence[str], **kwargs: Any) -> Features:
        """What `preprocess` was called before version 6."""
        return self.preprocess(texts, **kwargs)

    def forward(self, features: Features, **kwargs: Any) -> Features:
        """Bring the vectors to the device and the type of the model."""
        features["sentence_embedding"] = features["sentence_embedding"].to(self._like)
        return features

    def get_embedding_dimension(self) -> int:
        """Length of a vector."""
        return self._embedder.dimension

    def get_sentence_embedding_dimension(self) -> int:
        """What `get_embedding_dimension` was called before version 6."""
        return self.get_embedding_dimension()

    def save(self, output_path: str, *args: Any, **kwargs: Any) -> None:
        """Copy the model's files; the library copies the code.

        Raises:
            OSError: a file cannot be read or written.
        """
        licence = [_LICENCE] if (self._folder / _LICENCE).exists() else []
        for name in (*_FILES, *licence):
            source, target = self._folder / name, Path(output_path) / name
            if not (target.exists() and target.samefile(source)):
                shutil.copyfile(source, target)

    @classmethod
    def load(
        cls,
        model_name_or_path: str,
        subfolder: str = "",
        token: bool | str | None = None,
        cache_folder: str | None = None,
        revision: str | None = None,
        local_files_only: bool = False,
        **kwargs: Any,
    ) -> StaticUnits:
        """Open the model in a folder, or by its name on the Hugging Face hub.

        Raises:
            OSError: a file is missing or damaged, or of another version.
            ImportError: a package that the model needs is not installed.
        """
        paths = []
        for name in _FILES:
            path = load_file_path(
                model_name_or_path,
                f"{subfolder}/{name}" if subfolder else name,
                token=token,
                cache_folder=cache_folder,
                revision=revision,
                local_files_only=local_files_only,
            )
            if path is None:
                raise OSError(f"{model_name_or_path}: {name} is missing")
            paths.append(Path(path))
        return cls(paths[0].parent)
