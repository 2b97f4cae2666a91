"""What identifies the way from a file to its chunks; cheap to import, unlike the parser."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict

from kbassist.config import ChunkSettings

PARSER_VERSION = 3
"""Raised whenever the parser may give another Article for the same file."""
CHUNKER_VERSION = 2
"""Raised whenever the chunker, or what it uses of `text/`, may give other chunks for an Article."""

READS = f"{PARSER_VERSION}.{CHUNKER_VERSION}"
"""What an index must have been built with to be read by this version."""

_LIBRARIES = ("markdown-it-py", "mdit-py-plugins", "PyYAML", "langdetect")


def chunker_fingerprint(settings: ChunkSettings) -> str:
    """`READS`, and a digest that changes whenever the same file might give other chunks."""
    from importlib.metadata import version  # slow to import, and only builds need it

    facts = {**asdict(settings), **{name: version(name) for name in _LIBRARIES}}
    digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
    return f"{READS}+{digest[:16]}"
