"""Customers' questions without what is nobody else's business."""

from __future__ import annotations

from collections import Counter

from kbassist.text.secrets import find_secrets


class Masker:
    """Masks secrets and personal data, certain or suspected, and counts them."""

    def __init__(self) -> None:
        """Start with none."""
        self.found: Counter[str] = Counter()
        """Kind → how many."""

    def mask(self, text: str) -> tuple[str, str]:
        """A text without its secrets.

        Args:
            text: a question as typed.

        Returns:
            What may be kept and shown, with `[email]` and the like in their place; and what is
            searched for, with nothing in their place: a name in brackets would be words too.
        """
        shown, asked, end = "", "", 0
        for secret in find_secrets(text):
            self.found[secret.kind] += 1
            shown += f"{text[end : secret.start]}[{secret.kind}]"
            asked += f"{text[end : secret.start]} "
            end = secret.end
        if not end:
            return text, text
        return shown + text[end:], " ".join((asked + text[end:]).split())
