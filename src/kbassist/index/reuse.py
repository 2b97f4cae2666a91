"""What a build takes over from the live generation: all of it, or its texts and BM25 files.

Another embedding model changes the vectors alone, so everything else stays as it is on disk.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import NamedTuple

from kbassist.errors import KbassistError
from kbassist.index import bm25_files, texts, vocabulary
from kbassist.index.carry import carry_files
from kbassist.index.generation import check_files, hash_files, live_folder, rebuild_command
from kbassist.index.manifest import Manifest, read_manifest
from kbassist.index.store import CHUNK_ARTICLES_NAME, STORE_NAME
from kbassist.index.titles import TITLE_FILES
from kbassist.index.words import WORD_FILES

TEXT_FILES = (
    STORE_NAME,
    CHUNK_ARTICLES_NAME,
    texts.TEXTS_NAME,
    texts.STARTS_NAME,
    bm25_files.INDPTR_NAME,
    bm25_files.ROWS_NAME,
    bm25_files.TF_NAME,
    bm25_files.FREQUENCIES_NAME,
    bm25_files.IDF_NAME,
    bm25_files.MOST_NAME,
    bm25_files.LENGTHS_NAME,
    bm25_files.PARAMETERS_NAME,
    vocabulary.TERMS_NAME,
    vocabulary.OFFSETS_NAME,
    *WORD_FILES,
    *TITLE_FILES,
)
"""The files of a generation that do not depend on the embedding model, all that there are."""


_DECIDE_TEXTS = ("library", "analyzer", "chunker", "words", "kb_settings", "restricted_audiences")
_WEIGHTS = ("title_weight", "questions_weight", "body_weight")


class Offer(NamedTuple):
    """What a new generation may take over of articles that did not change."""

    texts: bool
    postings: bool
    vectors: bool


NOTHING = Offer(False, False, False)


@dataclass(slots=True)
class Live:
    """The live generation of an index."""

    folder: Path
    manifest: Manifest
    _checking: Future[bool] | None = field(default=None, compare=False, repr=False)

    def is_built_from(self, draft: Manifest) -> bool:
        """Whether a build with this manifest would give the same generation."""
        return self.manifest.inputs() == draft.inputs()

    def offers(self, draft: Manifest) -> Offer:
        """What of an unchanged article a build with this manifest would make the same."""
        mine = self.manifest
        texts = all(getattr(mine, name) == getattr(draft, name) for name in _DECIDE_TEXTS)
        weights = all(mine.bm25.get(name) == draft.bm25[name] for name in _WEIGHTS)
        model = draft.embedder_fingerprint
        same_model = model is not None and model == mine.embedder_fingerprint
        return Offer(texts, texts and weights, texts and same_model)

    def start_checking(self) -> None:
        """Find out in a thread whether it is intact: the answer will be needed."""
        if self._checking is None:
            threads = ThreadPoolExecutor(1)
            self._checking = threads.submit(self._is_intact)
            threads.shutdown(wait=False)

    def is_intact(self) -> bool:
        """Whether every file has the content that the manifest names; reads all of them."""
        self.start_checking()
        assert self._checking is not None
        return self._checking.result()

    def _is_intact(self) -> bool:
        try:
            return hash_files(self.folder) == dict(self.manifest.files)
        except OSError:
            return False

    def has(self, path: str, sha256: str) -> bool:
        """Whether a source file is the one that it was built from."""
        entry = self.manifest.sources.get(path)
        return entry is not None and entry.sha256 == sha256


def sound_live(index: Path) -> Live | None:
    """The live generation; None where there is none, or it is damaged or of another format."""
    try:
        folder = live_folder(index)
        manifest = read_manifest(folder, rebuild=partial(rebuild_command, index))
        check_files(folder, manifest)
    except KbassistError:
        return None
    return Live(folder, manifest)


def reuse_files(live: Live, folder: Path, names: Sequence[str]) -> bool:
    """Bring files of the live generation into a new one, which shares them on disk if it can.

    Args:
        live: the generation to take them from; it is only read.
        folder: of the generation that is being built, still without these files.
        names: `TEXT_FILES`, or some of them.

    Returns:
        Whether all are there, each with the content that the live manifest names. Where not, none
        is: the caller may write them anew without writing into a file that the live one shares.
    """
    return carry_files(live.folder, live.manifest.files, names, folder)
