"""Markdown files in; articles with sections, and chunks with exact source spans, out."""

from kbassist.articles.chunk import CHUNKER_VERSION, chunk_article, chunker_fingerprint
from kbassist.articles.load import Loaded, SourceFile, load_articles, read_source
from kbassist.articles.parse import parse_article
from kbassist.articles.walk import walk

__all__ = [
    "CHUNKER_VERSION",
    "Loaded",
    "SourceFile",
    "chunk_article",
    "chunker_fingerprint",
    "load_articles",
    "parse_article",
    "read_source",
    "walk",
]
