"""What a build takes over from the live generation: all of it, or its texts and BM25 files.

Another embedding model changes the vectors alone, so everything else stays as it is on disk.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from kbassist.errors import KbassistError
from kbassist.index import bm25_build, vocabulary
from kbassist.index.carry import but_for_synonyms, carry_files
from kbassist.index.generation import check_files, live_folder, rebuild_command
from kbassist.index.manifest import Manifest, read_manifest
from kbassist.index.reader import CHUNK_ARTICLES_NAME
from kbassist.index.store import STORE_NAME
from kbassist.index.titles import TITLE_FILES
from kbassist.index.words import WORD_FILES

TEXT_FILES = (
    STORE_NAME,
    CHUNK_ARTICLES_NAME,
    bm25_build.INDPTR_NAME,
    bm25_build.ROWS_NAME,
    bm25_build.TF_NAME,
    bm25_build.FREQUENCIES_NAME,
    bm25_build.IDF_NAME,
    bm25_build.MOST_NAME,
    bm25_build.LENGTHS_NAME,
    bm25_build.PARAMETERS_NAME,
    vocabulary.TERMS_NAME,
    vocabulary.OFFSETS_NAME,
    *WORD_FILES,
    *TITLE_FILES,
)
"""The files of a generation that do not depend on the embedding model, all that there are."""


@dataclass(frozen=True, slots=True)
class Live:
    """The live generation of an index."""

    folder: Path
    manifest: Manifest

    def is_built_from(self, draft: Manifest) -> bool:
        """Whether a build with this manifest would give the same generation."""
        return self.manifest.inputs() == draft.inputs()

    def has_texts_of(self, draft: Manifest) -> bool:
        """Whether a build with this manifest would give the same `TEXT_FILES`.

        That is so where nothing differs, or nothing but the embedding model and the synonyms.
        """
        mine = self.manifest
        same_model = replace(
            but_for_synonyms(draft, mine),
            embedder=mine.embedder,
            embedder_fingerprint=mine.embedder_fingerprint,
            dimension=mine.dimension,
        )
        return self.is_built_from(same_model)


def sound_live(index: Path) -> Live | None:
    """The live generation; None where there is none, or it is damaged or of another format."""
    try:
        folder = live_folder(index)
        manifest = read_manifest(folder, rebuild=partial(rebuild_command, index))
        check_files(folder, manifest)
    except KbassistError:
        return None
    return Live(folder, manifest)


def reuse_texts(live: Live, folder: Path) -> bool:
    """Bring the live generation's `TEXT_FILES` into a new one, which shares them on disk if it can.

    Args:
        live: the generation to take them from; it is only read.
        folder: of the generation that is being built, still without these files.

    Returns:
        Whether all are there, each with the content that the live manifest names. Where not, none
        is: the caller may write them anew without writing into a file that the live one shares.
    """
    return carry_files(live.folder, live.manifest.files, TEXT_FILES, folder)
