"""Vectors of a model that takes long: texts that were embedded before come from the cache."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from kbassist.embed.protocol import Embedder, Matrix
from kbassist.errors import ModelError
from kbassist.index.cache import Cache, cache_key, pack


def embed_cached(
    model: Embedder,
    texts: Sequence[str],
    cache: Cache,
    progress: Callable[[int, int], None],
) -> tuple[Matrix, list[tuple[str, bytes, bytes]]]:
    """Embed texts that the cache does not know; each text once.

    Args:
        model: that is asked.
        texts: any strings.
        cache: of earlier builds.
        progress: called with the number of texts done and of all that the model is asked for.

    Returns:
        float32 (n, d), and the new entries as `Cache.save` takes them.

    Raises:
        ModelError: the model returned something unusable.
    """
    places: dict[str, list[int]] = {}
    for place, text in enumerate(texts):
        places.setdefault(text, []).append(place)
    vectors = np.zeros((len(texts), model.dimension), dtype=np.float32)
    missing: list[tuple[str, bytes]] = []
    for text, at in places.items():
        key = cache_key("vector", model.fingerprint, text)
        data = cache.get("vectors", key)
        if data is None or len(data) != 4 * model.dimension:
            missing.append((text, key))
        else:
            vectors[at] = np.frombuffer(data, dtype="<f4")
    if not missing:
        return vectors, []
    made = model.embed_documents([text for text, _ in missing], progress=progress)
    if made.shape != (len(missing), model.dimension):
        raise ModelError(f"the model returned shape {made.shape} for {len(missing)} texts")
    for (text, _), vector in zip(missing, made, strict=True):
        vectors[places[text]] = vector
    stored = made.astype("<f4", copy=False)
    return vectors, [
        ("vectors", key, pack(key, stored[row].tobytes())) for row, (_, key) in enumerate(missing)
    ]
