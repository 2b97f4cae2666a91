"""Parts of a text that are embedded beside the whole: a few sentences each.

The mean over a long text says little about any one of its sentences. A chunk's score is therefore
the greatest of its vectors', as in passage-level retrieval (Callan 1994; Dai and Callan 2019).
"""

from __future__ import annotations

from kbassist.text.count import count_tokens
from kbassist.text.sentences import sentence_spans


def passages(text: str, tokens: int) -> list[str]:
    """Cut a text into neighbouring sentences.

    Args:
        text: any string.
        tokens: most tokens of a part (`count_tokens`); a longer sentence is a part of its own.

    Returns:
        Parts in order, without overlap; none where the whole text is no longer than one part.
    """
    parts: list[str] = []
    part, filled = "", 0
    for start, end in sentence_spans(text):
        sentence = text[start:end]
        size = count_tokens(sentence)
        if part and filled + size > tokens:
            parts.append(part)
            part, filled = "", 0
        part, filled = part + sentence, filled + size
    if part.strip():
        parts.append(part)
    return parts if len(parts) > 1 else []
