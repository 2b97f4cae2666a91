"""Values to JSON and back without loss: what a bot keeps between two messages.

In: a frozen value, or the text that it became. Out: the text, or the same value again.
"""

from __future__ import annotations

from typing import TypeVar

S = TypeVar("S", bound="Serializable")


class Serializable:
    """A frozen dataclass that can be kept as JSON."""

    __slots__ = ()

    def to_json(self) -> str:
        """The value as one line of JSON, for `from_json`: nothing is rounded or left out.

        What an answer or a hit keeps for `explain` is not part of it.

        Raises:
            UsageError: a member was given a value of another type.
        """
        from kbassist.serial.codec import dump

        return dump(self)

    @classmethod
    def from_json(cls: type[S], text: str | bytes) -> S:
        """The value that `to_json` wrote.

        Raises:
            UsageError: the text is no such JSON: another kind of value, another version, or a
                member that is missing, unknown or of another type; the message names it.
        """
        from kbassist.serial.codec import load

        return load(cls, text)
