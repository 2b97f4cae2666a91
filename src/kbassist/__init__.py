"""Markdown support articles in, cited answers out.

    from kbassist import Assistant, build_index

    build_index("kb", "indexes/default")
    assistant = Assistant.open("indexes/default")
    answer = assistant.ask("提币一直没到账怎么办？")
    answer.citations[0].ref   # "zh/wallet/withdrawal-not-arrived.md:14-19"

Names are loaded on first use, so importing the package costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from kbassist._version import __version__

if TYPE_CHECKING:
    from kbassist.answer.followup import Turn
    from kbassist.answer.locate import Passage
    from kbassist.assistant import Assistant
    from kbassist.config import AnswerSettings, BuildSettings, SearchSettings
    from kbassist.conversation import Conversation
    from kbassist.embed.protocol import Embedder
    from kbassist.errors import BuildError, KbassistError
    from kbassist.index.build import BuildReport, build_index
    from kbassist.index.filters import Filters
    from kbassist.index.status import Status
    from kbassist.types import Answer, ArticleMeta, Chunk, Citation, Hit

__all__ = [
    "Answer",
    "AnswerSettings",
    "ArticleMeta",
    "Assistant",
    "BuildError",
    "BuildReport",
    "BuildSettings",
    "Chunk",
    "Citation",
    "Conversation",
    "Embedder",
    "Filters",
    "Hit",
    "KbassistError",
    "Passage",
    "SearchSettings",
    "Status",
    "Turn",
    "__version__",
    "build_index",
]

_HOMES = {
    "Answer": "types",
    "AnswerSettings": "config",
    "ArticleMeta": "types",
    "Assistant": "assistant",
    "BuildError": "errors",
    "BuildReport": "index.build",
    "BuildSettings": "config",
    "Chunk": "types",
    "Citation": "types",
    "Conversation": "conversation",
    "Embedder": "embed.protocol",
    "Filters": "index.filters",
    "Hit": "types",
    "KbassistError": "errors",
    "Passage": "answer.locate",
    "SearchSettings": "config",
    "Status": "index.status",
    "Turn": "answer.followup",
    "build_index": "index.build",
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'kbassist' has no attribute {name!r}")
    value = getattr(import_module(f"kbassist.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
