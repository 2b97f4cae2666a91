"""Every internal link, anchor and image of the example help centre resolves."""

from __future__ import annotations

import posixpath
import re
import xml.etree.ElementTree as ElementTree
from urllib.parse import unquote

import pytest

from kbassist.types import Article
from tests.conftest import HARBOR
from tests.kb.harbor import articles, links

IDS = sorted(articles())
PATHS = {article.meta.path: article for article in articles().values()}
IN_ENGLISH = {
    english.meta.translation_of for english in PATHS.values() if english.meta.locale == "en"
}
IMAGES = sorted((HARBOR / "images").glob("*.svg"))
_REAL_DOMAIN = re.compile(
    r"(?<![\w@-])(?:[\w-]+\.)+(?:com|net|org|io|co|cn|hk|tw|sg|jp|uk|eu|us|app|xyz|info|me|dev|ai|ru|top"
    r"|vip|live|shop|site|online|exchange|finance|money|support|help|wallet|crypto)\b(?!\.\w)",
    re.IGNORECASE,
)
_EXAMPLE_DOMAIN = re.compile(r"(?:[\w-]+\.)+example\b", re.IGNORECASE)


def anchors(article: Article) -> set[str]:
    return {section.anchor for section in article.sections if section.anchor}


@pytest.mark.parametrize("name", IDS)
def test_links_resolve(name: str) -> None:
    article = articles()[name]
    broken = []
    for link in links(article):
        if link.image or "://" in link.href or link.href.startswith("mailto:"):
            continue
        path, _, anchor = unquote(link.href).partition("#")
        here = posixpath.dirname(article.meta.path)
        target = PATHS.get(posixpath.normpath(posixpath.join(here, path))) if path else article
        if target is None or (anchor and anchor not in anchors(target)):
            broken.append(link.href)
    assert broken == []


@pytest.mark.parametrize("name", IDS)
def test_public_articles_lead_to_public_articles_of_their_own_language(name: str) -> None:
    article = articles()[name]
    if "staff" in article.meta.audience:
        return
    language = article.meta.path.split("/")[0]
    for link in links(article):
        path = unquote(link.href).partition("#")[0]
        if link.image or not path.endswith(".md") or "://" in path:
            continue
        target = posixpath.normpath(posixpath.join(posixpath.dirname(article.meta.path), path))
        assert "staff" not in PATHS[target].meta.audience, link.href
        if language == "en" and PATHS[target].meta.id in IN_ENGLISH:
            assert target.startswith("en/"), f"{link.href} has an English version"


@pytest.mark.parametrize("name", IDS)
def test_images_are_there_and_described(name: str) -> None:
    article = articles()[name]
    for link in links(article):
        if link.image:
            folder = (HARBOR / article.meta.path).parent
            assert (folder / link.href).is_file(), link.href
            assert len(link.text) >= 10, f"{link.href} needs an alt text that says what it shows"


def test_images_are_small_drawings_that_someone_shows() -> None:
    shown = {
        posixpath.normpath(posixpath.join(posixpath.dirname(article.meta.path), link.href))
        for article in articles().values()
        for link in links(article)
        if link.image
    }
    assert {f"images/{path.name}" for path in IMAGES} == shown
    for path in IMAGES:
        assert path.stat().st_size < 8_000, path.name
        root = ElementTree.parse(path).getroot()
        assert root.tag.endswith("svg")
        assert root.find("{*}title") is not None, path.name


@pytest.mark.parametrize("name", IDS)
def test_every_domain_is_reserved_for_examples(name: str) -> None:
    assert _REAL_DOMAIN.findall(articles()[name].text) == []
    hosts = _EXAMPLE_DOMAIN.findall(articles()[name].text)
    assert [host for host in hosts if not host.endswith("harbor.example")] == []
