"""Fuzz cases of the way from Markdown to an answer: mutated articles are built and asked about.

Whatever a file holds, it is indexed or refused by name; and what is quoted stands, letter for
letter, in the lines that the citation names.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from kbassist import Assistant, build_index
from kbassist.articles.chunk import chunk_article
from kbassist.articles.load import load_articles
from kbassist.config import ChunkSettings
from kbassist.errors import KbassistError, QuestionError
from kbassist.kb_config import KbConfig, load_kb_config
from kbassist.records import results
from kbassist.records.printed import as_json
from kbassist.types import Answer
from wild_markdown import matches

LARGEST = 400_000
"""Bytes of an article after mutation; larger ones are cut."""

ODD = (
    "\0", "\u202e", "\u2066", "\u200b", "\u200d", "\ufeff", "\u2028", "\x85", "\x0b", "\x0c",
    "\x1b[31m", "\U0010ffff", "\ufffe", "\ue000", "e\u0301" * 3, "\u0301" * 40, "ﷺ", "İ", "ß", "ſ",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U00020000", "㍿", "½", "\u0e33", "\u3000",
)  # fmt: skip
_KEYS = (
    "id", "title", "locale", "kind", "translation_of", "questions", "audience", "products",
    "updated", "review_by", "valid_from", "valid_until", "status", "url", "other", "<<", "",
)  # fmt: skip
_VALUES = (
    "", "null", "~", "[]", "{}", "[[]]", "x", "published", "draft", "faq", "glossary", "en",
    "zh-Hans", "2026-02-30", "2026-11-01", "9999999999999999999999", "1e400", ".nan", "0x1F",
    "0o777", "2026-11-01T00:00:00Z", "12:30:45", "yes", "!!python/object/apply:os.system [x]",
    "!!binary aGk=", "!!set {a, b}", "&a [*a]", "*a", '"\\ud800"', '"\\0"', '"\\U0010ffff"', "|",
    "[a, a, a]", "[[a], {b: c}]", "{a: {b: [c]}}", "'x", '"x', "[x", "? x", "@x", "`x`", "%x",
    "../../etc/passwd", "a\tb", "- x", "x: y", "#", "💥", "\u202ex", "1_000", "0001-01-01",
    "https://a.example/%zz?\u202e", "<script>", "$(x)",
)  # fmt: skip
_BLOCKS = (
    "```\n", "~~~~py\n", "    code\n", "<!--", "-->", "<script>", "</div>", "<pre>", "<![CDATA[",
    "| a | b |\n|---|:-:|\n| 1 | 2 | 3 |\n", "|||\n|-|\n", "# \n", "####### x\n", "Title\n===\n",
    "---\n", "***\n", "[a]: <b\n", "[a]: /b 'c\n", "![x](y)", "[[x]]", "[^1]: note\n", "[^1]",
    "&#x110000;", "&nbsp;", "&notanentity;", "\\", "{#anchor}", "{{< x >}}", "{% raw %}",
    ":::tip\n", "!!! note\n", "> [!NOTE]\n> x\n", "- [ ] x\n", "1) x\n", "999999999. x\n", "$$x$$",
    "Q: x\nA: y\n", "<details><summary>x</summary>\n", "<table><tr><td>", "<a name='x'>",
    "\t\t- x\n", "* * *\n",
)  # fmt: skip
_DEEP = (
    "> ",
    "- ",
    "[",
    "![",
    "*",
    "**",
    "_",
    "`",
    "(",
    "<div>",
    "\\",
    "1. ",
    "#",
    "|",
    "<",
    "&",
    "~",
)

Mutator = Callable[[random.Random, bytes], bytes]


def flip(rng: random.Random, raw: bytes) -> bytes:
    """Change a few bytes."""
    changed = bytearray(raw)
    for _ in range(rng.randint(1, 8) if changed else 0):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def _put(rng: random.Random, raw: bytes, piece: bytes) -> bytes:
    """Insert a piece at a line's start as often as anywhere else."""
    place = rng.randint(0, len(raw))
    if rng.random() < 0.5:
        place = raw.rfind(b"\n", 0, place) + 1
    return raw[:place] + piece + raw[place:]


def noise(rng: random.Random, raw: bytes) -> bytes:
    """Insert random bytes, or half a character."""
    pieces = (rng.randbytes(rng.randint(1, 40)), b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe4\xb8")
    return _put(rng, raw, rng.choice(pieces))


def odd(rng: random.Random, raw: bytes) -> bytes:
    """Insert characters that break terminals, offsets and parsers."""
    for _ in range(rng.randint(1, 20)):
        raw = _put(rng, raw, rng.choice(ODD).encode() * rng.choice((1, 1, 1, 30)))
    return raw


def block(rng: random.Random, raw: bytes) -> bytes:
    """Insert openings of blocks, closed or not."""
    for _ in range(rng.randint(1, 6)):
        raw = _put(rng, raw, rng.choice(_BLOCKS).encode())
    return raw


def deep(rng: random.Random, raw: bytes) -> bytes:
    """Nest something thousands of times."""
    piece = rng.choice(_DEEP) * rng.choice((50, 300, 3_000, 30_000))
    if rng.random() < 0.3:
        piece = "".join(f"{' ' * level * 2}- x\n" for level in range(rng.choice((20, 200, 400))))
    return _put(rng, raw, piece.encode())


def wide(rng: random.Random, raw: bytes) -> bytes:
    """One huge line or table."""
    unit = rng.choice(
        ("word ", "提币", "a", "1", "|x", " ", "\t", "http://a.b/", "@", "-", "_", ". ")
    )
    piece = unit * rng.choice((500, 20_000, 60_000))
    if unit == "|x":
        piece += "\n" + "|-" * rng.choice((1, 500)) + "\n" + piece
    return _put(rng, raw, piece.encode())


def lines(rng: random.Random, raw: bytes) -> bytes:
    """Mix line endings."""
    ends = (b"\n", b"\r\n", b"\r", b"\n\n", b"\r\r\n", b"\x0b", "\u2028".encode(), b"")
    return b"".join(
        line + (rng.choice(ends) if rng.random() < 0.3 else b"\n") for line in raw.split(b"\n")
    )


def cut(rng: random.Random, raw: bytes) -> bytes:
    """Drop, double or move a stretch."""
    a, b = sorted(rng.randint(0, len(raw)) for _ in range(2))
    kind = rng.randrange(3)
    return (
        raw[:a]
        + (raw[b:] if kind == 0 else raw[a:b] * 2 + raw[b:] if kind == 1 else b"")
        + (raw[a:b] if kind == 0 and rng.random() < 0.5 else b"")
    )


def front(rng: random.Random, raw: bytes) -> bytes:
    """Replace the front matter by a random one."""
    pairs = [f"{rng.choice(_KEYS)}: {rng.choice(_VALUES)}" for _ in range(rng.randint(0, 4))]
    if rng.random() < 0.1:  # every level doubles the one before
        pairs += [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" if n else "a0: &a0 [x]" for n in range(40)]
    if rng.random() < 0.05:
        pairs.append("products: " + "[" * 2_000)
    opening, closing = rng.choice(
        (("---", "---"), ("---", "..."), ("---", ""), ("\ufeff---", "---"))
    )
    body = raw.partition(b"\n---\n")[2] or raw
    return "\n".join((opening, *pairs, closing, "")).encode("utf-8", "surrogatepass") + body


MUTATORS: tuple[Mutator, ...] = (flip, noise, odd, block, deep, wide, lines, cut, front)


def seeds(folder: Path, most: int = 400) -> list[bytes]:
    """Real articles to start from, spread evenly over a folder."""
    paths = sorted(path for path in folder.rglob("*.md") if path.stat().st_size < 60_000)
    return [path.read_bytes() for path in paths[:: max(1, len(paths) // most)]]


def cases(folder: Path) -> Callable[[int, Path], tuple[str, str]]:
    """The case function over the articles of a folder."""
    originals = seeds(folder)

    def case(seed: int, place: Path) -> tuple[str, str]:
        rng = random.Random(seed)
        main = rng.choice(MUTATORS)
        kb = place / "kb"
        kb.mkdir()
        for number in range(rng.randint(1, 3)):
            raw = rng.choice(originals)
            if rng.random() < 0.7:  # else most of what is done to a file makes it unusable
                raw = raw.partition(b"\n---\n")[2] or raw
            for mutator in (main, *rng.choices(MUTATORS, k=rng.choice((0, 0, 1, 3)))):
                raw = mutator(rng, raw)[:LARGEST]
            if rng.random() < 0.85:
                raw = raw.decode("utf-8", "ignore").encode()
            _write(rng, kb, number, raw)
        return f"markdown/{main.__name__}", _through(rng, kb, place / "index")

    return case


def _write(rng: random.Random, kb: Path, number: int, raw: bytes) -> None:
    """Write one article, some under names that a file may have."""
    name = os.fsencode(f"{number}")
    if rng.random() < 0.2:
        name += rng.choice(
            (b"\xff", "提币".encode(), b" x", b"\n", b"#a?b", "\u202e".encode(), b"-")
        )
    with suppress(OSError):
        Path(os.fsdecode(os.path.join(os.fsencode(kb), name + b".md"))).write_bytes(raw)


def _through(rng: random.Random, kb: Path, index: Path) -> str:
    """From the files to checked answers; names what came of it."""
    config = load_kb_config(kb) if (kb / "kbassist.toml").is_file() else KbConfig()
    loaded = load_articles(kb, config)
    texts = {article.meta.path: article.text for article in loaded.articles}
    for article in loaded.articles:
        for chunk in chunk_article(article, ChunkSettings()):
            assert matches(article, chunk), f"{chunk.id} is not what its article says"
    try:
        report = build_index(kb, index, skip_bad=True)
    except KbassistError as error:
        return f"refused: {type(error).__name__}"
    assert len(report.skipped) == len(loaded.problems)
    assistant = Assistant.open(index)
    for question in _questions(rng, list(texts.values())):
        with suppress(QuestionError):
            _check(assistant, assistant.ask(question), texts)
    return "all files refused" if not texts else "some refused" if loaded.problems else "built"


def _questions(rng: random.Random, texts: Sequence[str]) -> list[str]:
    """Stretches of the articles, their lines, and noise."""
    found = ["".join(rng.choices((*ODD, "提币", " usdt ", "?", "\ud800"), k=rng.randint(1, 12)))]
    for text in texts:
        start = rng.randint(0, len(text))
        found.append(text[start : start + rng.choice((8, 60, 400))])
        found.append(rng.choice(text.split("\n"))[:300])
    return found


def _row(assistant: Assistant, chunk_id: str) -> int:
    row = assistant.index.store.chunk_row(chunk_id)
    assert row is not None, chunk_id
    return row


def _check(assistant: Assistant, answer: Answer, texts: dict[str, str]) -> None:
    """Everything that an answer promises, and every form that it is shown in."""
    for citation in answer.citations:
        text, span = texts[citation.path], citation.span
        assert text[span.start : span.end] == citation.quote
        assert span.start_line == text.count("\n", 0, span.start) + 1
        assert span.end_line == text.count("\n", 0, span.end - 1) + 1
        assert citation.verified == "source", citation
        chunks = assistant.index.store.chunks([_row(assistant, citation.chunk_id)])
        [(chunk, _)] = chunks.values()  # a table's header stands before the lines that `get` shows
        assert any(own.start <= span.start and span.end <= own.end for own in chunk.spans)
        assert assistant.get(citation.chunk_id).chunk_id == chunk.id
    for hit in answer.hits:
        assert hit.chunk.path in texts
        hit.explain()
    as_json(results.answer(answer, answer.explain())).encode()
    if answer.citations:
        for form in ("markdown", "plain"):
            assistant.render(answer, form, mark=True)
    if answer.hits:
        assistant.context(answer, 500)
