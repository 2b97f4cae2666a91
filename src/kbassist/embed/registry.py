"""From the name of a model to the model."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kbassist.embed.protocol import Embedder
from kbassist.errors import ModelError

NONE = "none"
"""The name that asks for no model: a lexical index."""


def _nothing(_: str) -> None:
    return None


def _transformers(name: str) -> Embedder:
    from kbassist.embed.transformers import TransformersEmbedder

    return TransformersEmbedder(name)


Loader = Callable[[str], Embedder | None]

LOADERS: Mapping[str, Loader] = {NONE: _nothing, "transformers": _transformers}
"""Loader of each scheme; it gets what follows the colon in `scheme:rest`, or an empty text."""

DEFAULT_SCHEME = "transformers"
"""What a name without a scheme is taken for."""


def open_embedder(name: str) -> Embedder | None:
    """Load a model by name.

    Args:
        name: `none`; or the path of a sentence-transformers model; or its name on the Hugging Face
            hub, the only case in which something may be downloaded. `transformers:` may stand
            before either.

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
            hint="Name a model's folder or its name on the Hugging Face hub, or 'none'.",
        )
    return LOADERS[scheme](rest)
