"""Figures as SVG text that is the same for equal figures and has the colours of its page."""

from __future__ import annotations

import io
import re
import zlib
from typing import Any

INK, LINE, GOOD, WARN, BAD = "#000101", "#000202", "#000303", "#000404", "#000505"
"""Colours to draw with; in the SVG they are those of the page, light or dark."""
_OF_THE_PAGE = {INK: "ink", LINE: "line", GOOD: "good", WARN: "warn", BAD: "bad"}
_IDS = re.compile(r'\bid="|url\(#|href="#')
_COLOURS = re.compile("|".join(_OF_THE_PAGE))


def axes(x: str, y: str, size: tuple[float, float] = (4.2, 3)) -> tuple[Any, Any]:
    """A figure and its axes, without a frame.

    Args:
        x: label of the abscissa.
        y: label of the ordinate.
        size: width and height in inches.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, layout="constrained", facecolor="none")
    found = figure.subplots()
    found.set_facecolor("none")
    found.set_xlabel(x, color=INK)
    found.set_ylabel(y, color=INK)
    found.tick_params(colors=INK)
    for side, spine in found.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(INK)
    return figure, found


def svg(figure: Any, label: str = "") -> str:
    """A matplotlib figure as SVG, without what differs between equal ones: ids and the date.

    Args:
        figure: drawn with the colours of this module.
        label: what it shows, for those who cannot see it.
    """
    import matplotlib

    with matplotlib.rc_context({"svg.hashsalt": "kbassist", "svg.fonttype": "none"}):
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = _COLOURS.sub(lambda match: f"var(--{_OF_THE_PAGE[match[0]]})", text)
    if not label:
        return text
    own = f"p{zlib.crc32(label.encode()):08x}-"  # ids are of the whole page
    text = _IDS.sub(lambda match: match[0] + own, text)
    return text.replace("<svg", f'<svg role="img" aria-label="{_attribute(label)}"', 1)


def _attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
