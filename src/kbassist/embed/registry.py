"""From the name of a model to the model."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from kbassist.embed.protocol import Embedder
from kbassist.errors import ModelError

if TYPE_CHECKING:
    from kbassist.embed.static import StaticEmbedder

NONE = "none"
"""The name that asks for no model: a lexical index."""

BUNDLED = "bundled"
"""The name of the model that comes with the package."""

MODELS = Path(__file__).parent / "models"
BUNDLED_MODEL = "zh-en-static-1"


def _nothing(_: str) -> None:
    return None


def bundled_model() -> StaticEmbedder:
    """The model that comes with the package; one for the whole process, since it never changes.

    Raises:
        ModelError: it is damaged.
    """
    return _opened(MODELS / BUNDLED_MODEL)


@lru_cache(1)
def _opened(folder: Path) -> StaticEmbedder:
    from kbassist.embed.static import StaticEmbedder

    return StaticEmbedder(folder)


def _bundled(_: str) -> Embedder:
    return bundled_model()


def _static(name: str) -> Embedder:
    from kbassist.embed.static import StaticEmbedder

    return StaticEmbedder(Path(name).expanduser())


def _transformers(name: str, download: bool = True) -> Embedder:
    from kbassist.embed.transformers import TransformersEmbedder

    return TransformersEmbedder(name, download)


Loader = Callable[[str], Embedder | None]

LOADERS: Mapping[str, Loader] = {
    NONE: _nothing,
    BUNDLED: _bundled,
    "static": _static,
    "transformers": _transformers,
}
"""Loader of each scheme; it gets what follows the colon in `scheme:rest`, or an empty text."""

DEFAULT_SCHEME = "transformers"
"""What a name without a scheme is taken for."""


def open_embedder(name: str, download: bool = True) -> Embedder | None:
    """Load a model by name.

    Args:
        name: `none`; or `bundled`, the model of the package; or `static:` and the folder of another
            one of its format; or the path of a sentence-transformers model; or its name on the
            Hugging Face hub, the only case in which something may be downloaded. `transformers:`
            may stand before either.
        download: False where the user did not name the model, but an index did, which may come from
            anywhere.

    Returns:
        The model; None for `none`.

    Raises:
        ModelError: there is no such model, or it cannot be loaded.
        MissingDependency: the package that the model needs is not installed.
    """
    name = name.strip()
    scheme, colon, rest = name.partition(":")
    if scheme not in LOADERS or (not colon and scheme == DEFAULT_SCHEME):
        scheme, rest = DEFAULT_SCHEME, name
    if scheme == DEFAULT_SCHEME and not rest:
        raise ModelError(
            "no embedding model is named",
            hint="Name 'bundled', 'none', a model's folder, or its name on the Hugging Face hub.",
        )
    if scheme == DEFAULT_SCHEME and not download:
        return _transformers(rest, download)
    return LOADERS[scheme](rest)


def absolute_if_folder(name: str | None) -> str | None:
    """A model's name, made absolute where it is a folder's, so that it may be loaded later."""
    if name is None or name in LOADERS:
        return name
    scheme, colon, rest = name.partition(":")
    for before, path in (("", name), (scheme + colon, rest)):
        if path and os.path.isdir(path):
            return before + os.path.abspath(path)
    return name
