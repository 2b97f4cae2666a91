"""A LlamaIndex retriever over an assistant (`pip install "kbassist[llamaindex]"`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kbassist.assistant import Assistant
from kbassist.config import DEFAULT_TOP_K
from kbassist.index.filters import Filters
from kbassist.integrations.hits import metadata, missing
from kbassist.types import Hit, Mode

try:
    from llama_index.core.retrievers import BaseRetriever
    from llama_index.core.schema import (
        NodeRelationship,
        NodeWithScore,
        QueryBundle,
        RelatedNodeInfo,
        TextNode,
    )
except ImportError as error:
    raise missing("the LlamaIndex retriever", "llamaindex", error) from error

if TYPE_CHECKING:
    from llama_index.core.callbacks import CallbackManager

_FOR_THE_MODEL = ("title", "heading_path", "ref", "updated")
"""Metadata that a query engine puts before a passage in its prompt; the rest is for programs."""


class KbassistRetriever(BaseRetriever):
    """Finds passages for a query engine; a node's text is the passage's raw Markdown.

    Its `node_id` is the chunk's, which edits elsewhere never change, its `ref_doc_id` the
    article's, and its metadata that of `kbassist.integrations.hits`. What the articles say is
    untrusted data: a prompt should say so. Errors are `KbassistError`s, as from `Assistant.search`.

    Args:
        assistant: is searched; may be shared with everything else.
        top_k: at most this many nodes, 1 to 1,000.
        mode: which legs rank; by default both where the index has vectors.
        filters: applied before ranking; without them all unrestricted articles are searched.
        callback_manager: LlamaIndex's, for its events.

    Example:
        >>> retriever = KbassistRetriever(assistant, top_k=3)  # doctest: +SKIP
        >>> retriever.retrieve("withdrawal fee")[0].metadata["ref"]  # doctest: +SKIP
        'en/wallet/withdrawal-fees.md:12-20'
    """

    def __init__(
        self,
        assistant: Assistant,
        *,
        top_k: int = DEFAULT_TOP_K,
        mode: Mode | None = None,
        filters: Filters | None = None,
        callback_manager: CallbackManager | None = None,
    ) -> None:
        super().__init__(callback_manager=callback_manager)
        self.assistant = assistant
        self.top_k = top_k
        self.mode = mode
        self.filters = filters

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = self.assistant.search(
            query_bundle.query_str, top_k=self.top_k, mode=self.mode, filters=self.filters
        )
        return [self._node(hit) for hit in found]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = await self.assistant.asearch(
            query_bundle.query_str, top_k=self.top_k, mode=self.mode, filters=self.filters
        )
        return [self._node(hit) for hit in found]

    def _node(self, hit: Hit) -> NodeWithScore:
        facts = metadata(hit, self.assistant)
        hidden = [name for name in facts if name not in _FOR_THE_MODEL]
        node = TextNode(
            id_=hit.chunk.id,
            text=hit.chunk.source,
            metadata=facts,
            excluded_llm_metadata_keys=hidden,
            excluded_embed_metadata_keys=hidden,
            relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=hit.article.id)},
        )
        return NodeWithScore(node=node, score=hit.score)
