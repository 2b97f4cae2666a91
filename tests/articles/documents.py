"""Random documents: soups of snippets, and structured pages that know their own words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import strategies as st

SNIPPETS = [
    "# H\n", "## 如何提币？\n", "Setext\n===\n", "- a\n", "1. one\n", " 2. two\n", "    code\n", "\t",
    "```\nx # y\n```\n", "~~~\n", "```", "| a | b |\n|---|---|\n| c | d |\n", "> q\n", "> [!NOTE]\n", "> ",
    "::: tip x\n", ":::\n", "<details>", "<summary>Q</summary>", "</details>\n", "<table><tr><th>a</th>",
    "<td>b</td></tr>", "</table>", "<!-- c", "-->", "**Q:** why\n", "**A:** since\n", "A: x\n", "Q：问\n",
    "问：x\n答：y\n", "Term\n: def\n", "{#id}", "[^1]", "[^1]: foot\n", "[a](b)", "[a][b]", "[b]: http://x\n",
    "![alt](x)", "{{< a >}}", '{{% tab name="x" %}}', "\n", "\n\n", "  ", "\\", "`", "*", "**", "_", "~~",
    '<a name="x"></a>', "<br>", "&amp;", "!!! note\n", "    inside\n", '=== "T"\n', '???+ q "t"\n', "---\n",
    "title: x\n", "id: [\n", "+++\n", "\x00", "\u2028", "\x0b", "\x0c", "\u3000", "e\u0301", "👍🏽", "word ",
    "中文。", "Hello. World! ", "!", "[", "]", "(", ")", "<", "{", "}", "|", ":", "x" * 50, "字" * 60,
    "<X title='t'>", "</X>", "<y>", "import x from 'y'\n", "- > # h\n", "1) a\n\n   b\n", "<script>",
    "</script>", "    - deep\n", "* * *\n", '--8<-- "x"\n', "[[toc]]\n", "\r\n", "\r",
]  # fmt: skip

soups = st.lists(st.sampled_from(SNIPPETS), max_size=40).map("".join)
texts = st.one_of(st.text(max_size=300), soups, st.tuples(soups, st.text(max_size=60)).map("".join))


@dataclass
class Page:
    """A document with the words that a reader sees, and those that nobody sees."""

    blocks: list[str] = field(default_factory=list)
    visible: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    prefix: str = "w"

    def word(self) -> str:
        self.visible.append(f"{self.prefix}{len(self.visible)}v")
        return self.visible[-1]

    def secret(self) -> str:
        self.hidden.append(f"{self.prefix}{len(self.hidden)}h")
        return self.hidden[-1]

    def words(self, count: int) -> str:
        return " ".join(self.word() for _ in range(count))

    @property
    def text(self) -> str:
        return "\n\n".join(self.blocks) + "\n"


def _paragraph(page: Page, size: int) -> str:
    sentences = [f"{page.words(3)} *{page.word()}* `{page.word()}`." for _ in range(size)]
    return "\n".join(sentences)


def _links(page: Page, size: int) -> str:
    return (
        f"[{page.words(size)}](https://x.example/{page.secret()} '{page.secret()}') "
        f"![{page.word()}]({page.secret()}.png) **{page.word()}**<br>~~{page.word()}~~ "
        f"<span class='{page.secret()}'>{page.word()}</span> <!-- {page.secret()} -->"
    )


def _list(page: Page, size: int) -> str:
    return "\n".join(f"- {page.words(3)}\n  - {page.word()}\n" for _ in range(size))


def _steps(page: Page, size: int) -> str:
    lead = f"{page.word()}:\n\n"
    return lead + "\n".join(
        f"{n}. {page.words(4)}\n\n   {page.word()}\n" for n in range(1, size + 1)
    )


def _table(page: Page, size: int) -> str:
    head = f"| {page.word()} | {page.word()} |\n|---|:-:|"
    return head + "".join(f"\n| {page.words(2)} | **{page.word()}** |" for _ in range(size))


def _code(page: Page, size: int) -> str:
    return "```sh\n" + "\n".join(f"# {page.words(3)}" for _ in range(size)) + "\n```"


def _indented(page: Page, size: int) -> str:
    return "\n".join(f"    {page.words(2)}" for _ in range(size))


def _alert(page: Page, size: int) -> str:
    return "> [!NOTE]\n" + "\n>\n".join(f"> {page.words(3)}." for _ in range(size))


def _container(page: Page, size: int) -> str:
    return f"::: tip {page.word()}\n{page.words(size)}\n\n- {page.word()}\n:::"


def _tabs(page: Page, size: int) -> str:
    return "\n\n".join(f'=== "{page.word()}"\n\n    {page.words(3)}' for _ in range(size))


def _html(page: Page, size: int) -> str:
    rows = "".join(f"<tr><td>{page.word()}</td><td>{page.word()}</td></tr>\n" for _ in range(size))
    return f"<table class='{page.secret()}'>\n<tr><th>{page.word()}</th></tr>\n{rows}</table>"


def _details(page: Page, size: int) -> str:
    return f"<details>\n<summary>{page.words(2)}</summary>\n\n{page.words(size)}\n\n</details>"


def _answers(page: Page, size: int) -> str:
    pairs = (f"**Q:** {page.words(3)}?\n\n**A:** {page.words(3)}." for _ in range(size))
    return "\n\n".join(pairs) + "\n\n---"


def _terms(page: Page, size: int) -> str:
    return "\n\n".join(f"{page.words(2)}\n: {page.words(3)}" for _ in range(size))


def _comment(page: Page, size: int) -> str:
    return f"<!--\n# {page.secret()}\n\n- {page.secret()}\n-->"


def _long(page: Page, size: int) -> str:
    return page.words(size * 12)


MAKERS: list[Callable[[Page, int], str]] = [
    _paragraph, _links, _list, _steps, _table, _code, _indented, _alert, _container, _tabs, _html,
    _details, _answers, _terms, _comment, _long,
]  # fmt: skip


@st.composite
def pages(draw: st.DrawFn, prefix: str = "w", titled: bool = True) -> Page:
    """A page with a title, sections and all kinds of blocks, each word there once."""
    page = Page(prefix=prefix)
    if titled and draw(st.booleans()):
        page.blocks.append(f"# {page.words(2)}")
    for _ in range(draw(st.integers(0, 6))):
        if draw(st.integers(0, 3)) == 0:
            level = "#" * draw(st.integers(2 if titled else 3, 4))
            page.blocks.append(f"{level} {page.words(2)}{draw(st.sampled_from(['', '?', '？']))}")
        maker = draw(st.sampled_from(MAKERS))
        page.blocks.append(maker(page, draw(st.integers(1, 5))))
        # Without a comment between them, two lists or indented blocks would flow into one another.
        page.blocks.append("<!-- -->")
    return page
