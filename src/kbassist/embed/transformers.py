"""Embedding models of the sentence-transformers library, imported when the first one is opened."""

from __future__ import annotations

import hashlib
import importlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from kbassist.embed.model_files import digest, local_folder
from kbassist.embed.protocol import Matrix, Progress, unit_rows
from kbassist.errors import MissingDependency, ModelError

INSTALL = 'pip install "kbassist[transformers]"'

_BATCH = 32
"""Texts in one run of the model."""
_GROUP = 512
"""Texts between two calls of `progress`; the library sorts them by length to pad little."""


class TransformersEmbedder:
    """A sentence-transformers model, from a folder or by its name on the Hugging Face hub.

    A folder is never looked up anywhere else; a name is looked up in the hub's cache, then on the
    hub unless HF_HUB_OFFLINE is set. Prompts for queries and passages are used where the model
    defines them.
    """

    def __init__(self, name: str, download: bool = True) -> None:
        """Load the model.

        Args:
            name: its folder, or its name on the hub.
            download: whether what is not in the hub's cache may be fetched.

        Raises:
            MissingDependency: sentence-transformers is not installed.
            ModelError: there is no such model, or it cannot be loaded.
        """
        folder = local_folder(name)
        library = _library()
        self._model = _load(library, name, folder, download)
        self._dimension = _dimension(self._model)
        self._fingerprint = _fingerprint(
            library.__version__, folder or _cached_folder(name), self._model, self._dimension
        )

    @property
    def fingerprint(self) -> str:
        return self._fingerprint

    @property
    def dimension(self) -> int:
        return self._dimension

    @property
    def passage(self) -> None:
        return None

    def embed_documents(self, texts: Sequence[str], progress: Progress | None = None) -> Matrix:
        return self._embed(texts, "encode_document", ("document", "passage", "corpus"), progress)

    def embed_queries(self, texts: Sequence[str]) -> Matrix:
        return self._embed(texts, "encode_query", ("query",), None)

    def _embed(
        self, texts: Sequence[str], method: str, prompts: Sequence[str], progress: Progress | None
    ) -> Matrix:
        vectors = np.zeros((len(texts), self._dimension), dtype=np.float32)
        encode = self._encoder(method, prompts)
        for start in range(0, len(texts), _GROUP):
            group = range(start, min(start + _GROUP, len(texts)))
            spoken = [place for place in group if texts[place].strip()]
            if spoken:
                output = encode([texts[place] for place in spoken])
                vectors[spoken] = unit_rows(output, self._dimension)
            if progress is not None:
                progress(group.stop, len(texts))
        return vectors

    def _encoder(self, method: str, prompts: Sequence[str]) -> Callable[[list[str]], Any]:
        known = self._model.prompts or {}
        # The library adds an empty `document` prompt that would hide a model's own `passage`.
        prompt = next((name for name in prompts if known.get(name)), None)
        encode = getattr(self._model, method, None) or self._model.encode  # new in version 5
        return lambda texts: encode(
            texts,
            prompt_name=prompt,
            batch_size=_BATCH,
            show_progress_bar=False,
            convert_to_numpy=True,
        )


def _library() -> Any:
    try:
        return importlib.import_module("sentence_transformers")
    except ImportError as error:
        raise MissingDependency(
            f"an embedding model needs sentence-transformers: {error}", hint=INSTALL
        ) from error


def _load(library: Any, name: str, folder: Path | None, download: bool) -> Any:
    try:
        with _no_progress_bars():
            if folder is not None:
                return library.SentenceTransformer(str(folder), local_files_only=True)
            return library.SentenceTransformer(name, local_files_only=not download)
    except Exception as error:  # the library raises what lies beneath: OS, network, parser, torch
        first = str(error).strip().split("\n", 1)[0] or type(error).__name__
        if folder is not None:
            hint = "Check that the folder is complete: configuration, tokenizer and weights."
        elif not download:
            hint = (
                "An index never makes anything be downloaded. Name the model yourself once:"
                f" kbassist build KB --embedder {name}"
            )
        else:
            hint = (
                "Check the name; without a network, name a folder, or a model that is in the hub's"
                " cache."
            )
        raise ModelError(
            f"the embedding model {name!r} cannot be loaded: {first}", hint=hint
        ) from error


@contextmanager
def _no_progress_bars() -> Iterator[None]:
    """Silence the library's own bars while loading; the state before is restored."""
    try:
        logging = importlib.import_module("transformers.utils.logging")
        shown = logging.is_progress_bar_enabled()
    except (ImportError, AttributeError):
        yield
        return
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()


def _dimension(model: Any) -> int:
    ask = getattr(model, "get_embedding_dimension", None)
    dimension = (ask or model.get_sentence_embedding_dimension)()
    return int(dimension) if dimension else len(model.encode(["x"], show_progress_bar=False)[0])


def _cached_folder(name: str) -> Path:
    """Where the hub's cache holds a model that was just loaded by name."""
    hub = importlib.import_module("huggingface_hub")
    names = (name,) if "/" in name else (f"sentence-transformers/{name}", name)
    for repository in names:
        for mark in ("modules.json", "config.json"):
            path = hub.try_to_load_from_cache(repository, mark)
            if isinstance(path, str):
                return Path(path).parent
    raise ModelError(
        f"the files of the embedding model {name!r} are not in the hub's cache",
        hint="Download it into a folder and name the folder.",
    )


def _fingerprint(version: str, folder: Path, model: Any, dimension: int) -> str:
    """Name what decides a vector: files, prompts, window, dimension, the library's major version.

    Where the model lies, and under which name, is no part of it.
    """
    parts = {
        "files": digest(folder),
        "prompts": dict(model.prompts or {}),
        "default_prompt": model.default_prompt_name,
        "window": model.max_seq_length,
    }
    text = json.dumps(parts, sort_keys=True, ensure_ascii=True)
    major = version.partition(".")[0]
    return f"sentence-transformers-{major}:{dimension}:{hashlib.sha256(text.encode()).hexdigest()}"
