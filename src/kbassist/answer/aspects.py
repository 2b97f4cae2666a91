"""What a question asks of its subject, and what the subject is: for follow-ups that change one.

那要多久 after 提币手续费是多少 asks another thing of the same subject; 那充币呢 asks the same of
another. An answer goes by all words alike, so what was replaced must go. The words are listed in
`phrases/followup_*.txt`.
"""

from __future__ import annotations

import re

from kbassist.answer.ellipsis import empty_words, own_text, phrases
from kbassist.text.fold import fold, fold_map
from kbassist.text.stops import english_stops
from kbassist.text.words import ATOM, UNSPACED_RUN

_SAME = re.compile(r"一样|同样|相同|也|\bsame\b")
"""Signs that what was asked before is asked of something else."""
_NAMED = re.compile(r"什么是|啥是|什么叫|意思")
"""Signs that a name is asked about, which may be made of words such as 费率."""
_ASKING = re.compile(
    r"[怎咋啥吗嘛几谁]|什么|为何|哪|多(?:久|少)|能|可以|可不可|有没有|会不会"
    r"|\b(?:how|what|when|where|why|which|who|whose|can|could|do|does|did|is|are|was|will|would"
    r"|should|may|any|not|no|if|i)\b"
)
"""Words that make a question, or a sentence, of what is named."""
_ENDING = re.compile(r"(?:呢|的(?:话)?|(?<=\w)\s(?:too|then|instead|either|as well|though))\W*$")
_UNSPACED = re.compile(UNSPACED_RUN)


def asks_anew(question: str) -> bool:
    """Whether a question says itself what it asks of its subject: how long, the fee, the loss.

    Args:
        question: any string; 那 ERC20 呢 and "and for BTC?" name another subject only.
    """
    return _has("measures", question) or happens(question)


def happens(question: str) -> bool:
    """Whether a question asks about something that happens to its subject: it is lost, refused.

    Args:
        question: any string.
    """
    return _has("events", question)


def names_only(question: str) -> bool:
    """Whether a question names something and says nothing else, such as 那 ERC20 呢.

    Args:
        question: any string.
    """
    folded = fold(question)
    opening = phrases("openers", r"\W*(?:{})").match(folded)
    rest = _ENDING.sub(" ", folded[opening.end() if opening else 0 :])
    if not own_text(rest) or _ASKING.search(rest):
        return False
    atoms = ATOM.findall(rest)
    words = {atom for atom in atoms if not _UNSPACED.match(atom)} - english_stops()
    runs = (atom for atom in atoms if _UNSPACED.match(atom))
    said = any(word in run for run in runs for word in empty_words() if len(word) > 1)
    return words.isdisjoint(empty_words()) and not said


def subject(text: str, question: str) -> str:
    """The words of an earlier question that say what it is about, each once.

    Args:
        text: the earlier question; one about a name, such as 什么是资金费率, is kept as it is.
        question: what is asked of the subject now.
    """
    if _NAMED.search(fold(text)):
        return text
    lists = ("measures", "events", "setup") if happens(question) else ("measures",)
    folded = fold_map(text)
    rest = list(text)
    for match in (found for name in lists for found in phrases(name).finditer(folded.text)):
        start, end = folded.starts[match.start()], folded.ends[match.end() - 1]
        rest[start:end] = " " * (end - start)
    return " ".join(dict.fromkeys(own_text("".join(rest), generic=True).split()))


def _has(name: str, question: str) -> bool:
    folded = fold(question)
    return phrases(name).search(folded) is not None and not _SAME.search(folded)
