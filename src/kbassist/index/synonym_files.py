"""`synonyms.json`: the synonyms of a knowledge base, kept in its index as the analyzer reads them.

There is no such file where there are no synonyms. Nothing but this file depends on them, so a
change of them rewrites nothing else.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kbassist.index.arrays import broken
from kbassist.index.files import parse_json, read_text
from kbassist.text.analyzer import Analyzer
from kbassist.text.synonyms import Phrase, SynonymGroup, Synonyms, make_group, merge_groups

if TYPE_CHECKING:
    from kbassist.articles.glossary import Term
    from kbassist.kb_config import KbConfig

SYNONYMS_NAME = "synonyms.json"


def collect_synonyms(
    entries: Iterable[Term], config: KbConfig, analyzer: Analyzer
) -> tuple[SynonymGroup, ...]:
    """The synonyms of a knowledge base: the groups of its settings, then those of its glossary.

    Groups that share a phrase are one. A name that two entries of one language claim is no one's
    synonym (the build warns of it).

    Args:
        entries: of the glossary articles in the index that are for everyone.
        config: the settings of the knowledge base.
        analyzer: that reads the questions.
    """
    groups = [make_group(phrases, (), analyzer.tokens) for phrases in config.synonyms]
    terms = list(entries)
    shared = _shared(terms, analyzer)
    for term in terms:
        proper, wrong = (
            [name for name in names if _key(term.locale, name, analyzer) not in shared]
            for names in ((term.name, *term.aliases), term.misspellings)
        )
        groups.append(make_group(proper, wrong, analyzer.tokens))
    merged = merge_groups(group for group in groups if group is not None)
    return tuple(group for group in merged if len(group.phrases) > 1 or group.misspelt)


def write_synonyms(folder: Path, groups: Sequence[SynonymGroup]) -> None:
    """Write `synonyms.json` into a generation's folder; nothing where there are no groups."""
    if not groups:
        return
    table = [[group.phrases, group.misspelt] for group in groups]
    text = json.dumps(table, ensure_ascii=False, separators=(",", ":"))
    with (folder / SYNONYMS_NAME).open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(text + "\n")


def read_synonyms(folder: Path, analyzer: Analyzer) -> Synonyms:
    """Read the synonyms of a generation; none where it has no file of them.

    Args:
        folder: of the generation.
        analyzer: the one that the index was built with.

    Raises:
        IndexBroken: the file is not what `write_synonyms` writes.
    """
    path = folder / SYNONYMS_NAME
    try:
        table = parse_json(read_text(path))
        groups = [SynonymGroup(_phrases(proper), _phrases(wrong)) for proper, wrong in table]
    except FileNotFoundError:
        groups = []
    except (ValueError, TypeError) as error:
        raise broken(path, f"not a file of synonyms: {error}") from None
    return Synonyms(groups, analyzer.tokens)


def _phrases(records: Iterable[tuple[str, Iterable[str]]]) -> tuple[Phrase, ...]:
    return tuple(Phrase(str(text), tuple(map(str, units))) for text, units in records)


def _shared(terms: Iterable[Term], analyzer: Analyzer) -> set[tuple[str, ...]]:
    """Names, with their language, that more than one entry claims."""
    claims = Counter(
        key for term in terms for key in {_key(term.locale, name, analyzer) for name in term.names}
    )
    return {key for key, count in claims.items() if count > 1}


def _key(locale: str, name: str, analyzer: Analyzer) -> tuple[str, ...]:
    return (locale, *analyzer.terms(name))
