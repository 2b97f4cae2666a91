"""The other names of a glossary entry, as in `Also: a, b. Misspelt: c.` or its Chinese form."""

from __future__ import annotations

import re

LABELS = re.compile(
    r"(?:^|\n|(?<=[。．.!！?？；）)]))\s*"
    r"(?:(?P<also>又叫|又称|又稱|亦称|亦稱|别名|別名|Also called|Also known as|Also|Aliases)"
    r"|(?P<wrong>常误写作|常誤寫作|误写|誤寫|Often misspelt|Often misspelled|Misspelt|Misspelled))"
    r"\s*[:：]\s*",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"[、,，;；]")


def names_only(sentence: str) -> bool:
    """Whether a sentence of a glossary lists other names and says nothing else."""
    return LABELS.match(sentence) is not None


def split_names(text: str) -> list[str]:
    """The names in what follows a label."""
    parts = (part.strip() for part in _BETWEEN.split(text.strip().rstrip("。.．")))
    return [part for part in parts if part]
