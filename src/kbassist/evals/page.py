"""HTML pages that need nothing but themselves: one style, values escaped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

STYLE = Path(__file__).with_name("page.css")


def render(template: Path, **values: Any) -> str:
    """A page.

    Args:
        template: Jinja template; `style` is the style that all pages share.
        values: what it shows; texts are escaped.

    Raises:
        jinja2.UndefinedError: the template shows a value that is not given.
    """
    import jinja2

    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    style = STYLE.read_text(encoding="utf-8")
    return environment.from_string(template.read_text(encoding="utf-8")).render(
        style=style, **values
    )
