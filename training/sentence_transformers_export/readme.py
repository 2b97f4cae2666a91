"""The README.md of a sentence-transformers directory: the model card, then how to use it here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

_USAGE = Path(__file__).parent / "usage.md"
_FRONT = """---
license: apache-2.0
language:
- zh
- en
library_name: sentence-transformers
pipeline_tag: sentence-similarity
tags:
- sentence-transformers
- sentence-similarity
- feature-extraction
- custom_code
---

"""


def readme(card: str, requirements: Mapping[str, str], about: Mapping[str, object]) -> str:
    """The text.

    Args:
        card: model card, with front matter or without; may be empty.
        requirements: version specifiers of packages by name.
        about: `name`, `version` and `dimension` of the model.
    """
    if not card.strip():
        card = f"# {about['name']}\n\nStatic text embeddings for Chinese and English.\n"
    front = "" if card.startswith("---\n") else _FRONT
    usage = _USAGE.read_text(encoding="utf-8")
    packages = " ".join(_quoted(requirements.items()))
    return f"{front}{card.rstrip()}\n\n{usage.format(packages=packages, **about)}"


def _quoted(requirements: Iterable[tuple[str, str]]) -> Iterable[str]:
    return (f'"{name}{specifier}"' for name, specifier in requirements)
