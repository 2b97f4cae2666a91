"""KB3: images, their files and what is said only by them."""

from __future__ import annotations

import difflib
import os
import posixpath
import re
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import unquote

from kbassist.lint.model import Found, Kb, Link, Page, Rule, Scope
from kbassist.lint.rules.extents import extents
from kbassist.lint.rules.targets import targets
from kbassist.types import Block, Section

_GENERIC = frozenset(
    {"image", "images", "img", "picture", "pic", "photo", "screenshot", "screenshots", "screen",
     "shot", "alt", "text", "alttext", "figure", "untitled", "null", "undefined", "placeholder",
     "图片", "图", "截图", "图像", "配图", "插图", "示意图", "圖片", "截圖", "屏幕截图"}
)  # fmt: skip
_FILE_NAME = re.compile(r"[\w .()-]+\.(?:png|jpe?g|gif|svg|webp|bmp)", re.IGNORECASE)


def _images(page: Page) -> Iterator[Link]:
    return (link for link in page.links if link.image)


def _missing(kb: Kb) -> Iterator[Found]:
    for page, link, target in targets(kb):
        if link.image and target.kind == "missing":
            message = f"there is no image {target.path}"
            yield Found(page.path, link.line, message, _advice(kb, target.path))


def _advice(kb: Kb, path: str) -> str:
    """The file of a name like it in the same folder."""
    folder, name = posixpath.split(path)
    if folder.startswith(".."):
        return ""
    with suppress(OSError):
        files = sorted(os.listdir(kb.scope.folder / folder))
        if near := difflib.get_close_matches(name, files, n=1, cutoff=0.8):
            return f"Did you mean {posixpath.join(folder, near[0])}?"
    return ""


def _without_alt(page: Page, scope: Scope) -> Iterator[Found]:
    for link in _images(page):
        if not link.text.strip() and not link.decorative and link.href:
            name = posixpath.basename(unquote(link.href))[:60]
            yield Found(page.path, link.line, f"the image {name!r} has no alternative text")


def _useless_alt(page: Page, scope: Scope) -> Iterator[Found]:
    for link in _images(page):
        text = " ".join(link.text.split())
        words = re.sub(r"[\d\W_]+", " ", text).lower().split()
        stem = posixpath.splitext(posixpath.basename(unquote(link.href)))[0]
        generic = bool(words) and all(word in _GENERIC for word in words)
        if text and (generic or _FILE_NAME.fullmatch(text) or (text == stem and _is_name(stem))):
            yield Found(page.path, link.line, f"the alternative text {text!r} says nothing")


def _is_name(stem: str) -> bool:
    """Whether a file's name is no words of a language."""
    return re.search(r"[_\d]|-.*-", stem) is not None


def _picture_only(page: Page, scope: Scope) -> Iterator[Found]:
    if page.article is None:
        return
    images = list(_images(page))
    if not images:
        return
    sections = page.article.sections
    for index, (section, first, last) in enumerate(extents(page)):
        inside = [link for link in images if first <= link.line <= last]
        if section.heading and inside and not _has_below(sections, index):
            said = " ".join(block.text for block in section.blocks)
            below = page.text[section.span.start : page.source.line_start(last)]
            if not _beside(said, inside) and not _says(below.partition("\n")[2]):
                shown = f"the section {section.heading!r} says nothing but pictures"
                yield Found(page.path, section.span.start_line, shown)
                continue
        for step in _steps(section.blocks):
            here = [
                link for link in inside if step.span.start_line <= link.line <= step.span.end_line
            ]
            if here and not _beside(step.text, here):
                yield Found(page.path, step.span.start_line, "this step is only a picture")


def _has_below(sections: tuple[Section, ...], index: int) -> bool:
    path = sections[index].heading_path
    following = sections[index + 1 : index + 2]
    return any(
        len(other.heading_path) > len(path) and other.heading_path[: len(path)] == path
        for other in following
    )


def _says(source: str) -> bool:
    """Whether Markdown has words apart from images, and links around them."""
    source = re.sub(r"!\[[^\[\]]*\]\([^()]*\)|<[^<>]*>", "", source)
    source = re.sub(r"\[\s*\]\([^()]*\)|\{[^{}]*\}", "", source)
    return any(char.isalnum() for char in source)


def _beside(text: str, images: list[Link]) -> bool:
    """Whether a text says more than the alternative texts of its images."""
    for link in images:
        text = text.replace(link.text, " ", 1) if link.text else text
    return any(char.isalnum() for char in text)


def _steps(blocks: tuple[Block, ...]) -> Iterator[Block]:
    for block in blocks:
        if block.kind == "list" and block.ordered and len(block.children) > 1:
            yield from block.children


RULES = (
    Rule(
        "KB301",
        "missing-image",
        "error",
        what="An image's file is not there.",
        why="The reader sees a broken picture where a step should be.",
        fix="Add the file, or correct the path.",
        example="![充币页面](../../images/deposit-tow-screens.svg)",
        kb=_missing,
    ),
    Rule(
        "KB302",
        "missing-alt",
        "warning",
        what="An image has no alternative text.",
        why="It cannot be found by search, nor read by a screen reader or a chat bot.",
        fix='Say what it shows between `![` and `]`; for decoration, use HTML with `alt=""`.',
        example="![](../../images/deposit-two-screens.svg)",
        page=_without_alt,
    ),
    Rule(
        "KB303",
        "useless-alt",
        "info",
        what="An image's alternative text is a file name or a word like “screenshot”.",
        why="It helps those who cannot see the image as little as none at all.",
        fix="Say what it shows.",
        example="![截图](../../images/deposit-two-screens.svg)",
        page=_useless_alt,
    ),
    Rule(
        "KB304",
        "picture-only",
        "warning",
        what="A section or a numbered step consists of pictures.",
        why="What stands in a picture is neither searched nor quoted.",
        fix="Write the steps as text, and keep the picture beside it.",
        example="## 如何开启验证器\n\n![步骤](steps.png)",
        page=_picture_only,
    ),
)
