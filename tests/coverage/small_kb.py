"""Small help centres of which each sentence is known, compared."""

from __future__ import annotations

from pathlib import Path

from kbassist import Assistant, build_index
from kbassist.coverage.compared import Compared, compare
from tests.conftest import WriteKb


def article(id: str, body: str, locale: str = "en", **more: str) -> str:
    extra = "".join(f"{key}: {value}\n" for key, value in more.items())
    return f"---\nid: {id}\ntitle: {id.replace('-', ' ').capitalize()}\nlocale: {locale}\n{extra}---\n\n{body}\n"


def compared(write_kb: WriteKb, folder: Path, articles: dict[str, str]) -> Compared:
    kb = write_kb({f"{name}.md": text for name, text in articles.items()})
    build_index(kb, folder / "index")
    return compare(Assistant.open(folder / "index").index)
