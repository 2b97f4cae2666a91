"""Markdown files in; articles with sections, and chunks with exact source spans, out.

`load.load_articles` reads a folder, `parse.parse_article` one file, `chunk.chunk_article` cuts an
article. Nothing is imported here: `fingerprint` and `walk` must not cost the Markdown parser.
"""
