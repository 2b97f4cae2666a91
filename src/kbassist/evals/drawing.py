"""Figures as SVG text that is the same for equal figures."""

from __future__ import annotations

import io
from typing import Any


def svg(figure: Any) -> str:
    """A matplotlib figure as SVG, without what differs between equal ones: ids and the date."""
    import matplotlib

    with matplotlib.rc_context({"svg.hashsalt": "kbassist", "svg.fonttype": "none"}):
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    return text[text.index("<svg") :]
