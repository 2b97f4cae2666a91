"""A LangChain retriever over an assistant (`pip install "kbassist[langchain]"`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kbassist.assistant import Assistant
from kbassist.config import DEFAULT_TOP_K
from kbassist.errors import UsageError
from kbassist.index.filters import Filters
from kbassist.integrations.hits import metadata, missing
from kbassist.types import Hit, Mode

try:
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever
    from pydantic import ConfigDict
except ImportError as error:
    raise missing("the LangChain retriever", "langchain", error) from error

if TYPE_CHECKING:
    from langchain_core.callbacks import (
        AsyncCallbackManagerForRetrieverRun,
        CallbackManagerForRetrieverRun,
    )

_OPTIONS = ("top_k", "mode", "filters")


class KbassistRetriever(BaseRetriever):
    """Finds passages for a chain; a document's `page_content` is the passage's raw Markdown.

    Its `id` is the chunk's, which edits elsewhere never change, and its `metadata` is that of
    `kbassist.integrations.hits`. What the articles say is untrusted data: a prompt should say so.

    `invoke` and `ainvoke` take `top_k`, `mode` and `filters` for one call, as with `filters` for
    what one customer may see. Errors are `KbassistError`s, as from `Assistant.search`.

    Example:
        >>> retriever = KbassistRetriever(assistant=assistant, top_k=3)  # doctest: +SKIP
        >>> retriever.invoke("withdrawal fee")[0].metadata["ref"]  # doctest: +SKIP
        'en/wallet/withdrawal-fees.md:12-20'
    """

    model_config = ConfigDict(arbitrary_types_allowed=True, extra="forbid")

    assistant: Assistant
    """Is searched; may be shared with everything else."""
    top_k: int = DEFAULT_TOP_K
    """At most this many documents, 1 to 1,000."""
    mode: Mode | None = None
    """Which legs rank; by default both where the index has vectors."""
    filters: Filters | None = None
    """Applied before ranking; without them all unrestricted articles are searched."""

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, **options: Any
    ) -> list[Document]:
        return self._documents(self.assistant.search(query, **self._asked(options)))

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun, **options: Any
    ) -> list[Document]:
        return self._documents(await self.assistant.asearch(query, **self._asked(options)))

    def _asked(self, options: dict[str, Any]) -> dict[str, Any]:
        """The retriever's options with those of one call in their place."""
        options.pop("verbose", None)  # LangChain's own, which it passes on
        unknown = [name for name in options if name not in _OPTIONS]
        if unknown:
            raise UsageError(
                f"the retriever has no option {unknown[0]!r}",
                hint=f"Options of a call are {', '.join(_OPTIONS)}.",
            )
        return {name: options.get(name, getattr(self, name)) for name in _OPTIONS}

    def _documents(self, hits: list[Hit]) -> list[Document]:
        return [
            Document(
                id=hit.chunk.id,
                page_content=hit.chunk.source,
                metadata=metadata(hit, self.assistant),
            )
            for hit in hits
        ]
