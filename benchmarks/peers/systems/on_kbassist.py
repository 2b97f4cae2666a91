"""kbassist through its public door, from the Markdown files that the chunks come from."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kbassist import Assistant

from ..embedder import register
from ..pieces import KB_NAME, Piece
from . import K, Search

if TYPE_CHECKING:
    from kbassist.types import Mode


def prepare(pieces: Sequence[Piece], folder: Path, form: str) -> None:
    """For the form `chunks`: parse and chunk, so that the build has that in its cache already."""
    from kbassist import build_index

    if form == "chunks":
        build_index(folder.parent.parent / KB_NAME, folder, embedder="none")
        for path in folder.glob("gen-*"):
            shutil.rmtree(path)
        (folder / "CURRENT").unlink()


def build(pieces: Sequence[Piece], folder: Path, form: str) -> None:
    """Parse, chunk, index, verify and save; only the number of chunks is compared.

    In the form `chunks`, analyse, embed, index, verify and save what `prepare` left.
    """
    from kbassist import build_index

    kb = folder.parent.parent / KB_NAME
    report = build_index(kb, folder, embedder="none" if form == "lexical" else register())
    if report.chunks != len(pieces):
        raise RuntimeError(f"kbassist made {report.chunks} chunks, the peers have {len(pieces)}")


def open_index(folder: Path, form: str) -> Search:
    """Open and search."""
    if form != "lexical":
        register()
    assistant = Assistant.open(folder)
    mode: Mode | None = "vector" if form == "vector" else None

    def search(question: str) -> list[str]:
        return [hit.chunk.id for hit in assistant.search(question, top_k=K, mode=mode)]

    return search
