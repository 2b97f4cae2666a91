from __future__ import annotations

from pathlib import Path

import pytest

from kbassist.articles.parse import parse_article
from kbassist.coverage.phrasing import add_phrasing
from kbassist.kb_config import KbConfig

KB = Path(__file__).parents[2] / "kb"
QUESTION = '真的吗: "yes" # no'


@pytest.mark.parametrize(
    ("text", "anchor", "line", "insert", "replaces"),
    [
        ("# Fees\n", "", 1, '---\nquestions: ["Q?"]\n---', False),
        ("---\ntitle: Fees\n---\n", "", 3, 'questions: ["Q?"]', False),
        ("---\nquestions:\n  - a\n  - b\ntitle: c\n---\n", "", 5, '  - "Q?"', False),
        ("---\nquestions:\n- a\n# why\n\ntitle: c\n---\n", "x", 4, '- "Q?"', False),
        ("---\nquestions: [a, b]  # c\n---\n", "", 2, 'questions: [a, b, "Q?"]  # c', True),
        ("---\nquestions: []\n---\n", "", 2, 'questions: ["Q?"]', True),
        ("---\nquestions: how much\n---\n", "", 2, 'questions: ["how much", "Q?"]', True),
        ("---\nquestions:\n  top:\n    - a\n  how:\n    - b\n---\n", "", 5, '    - "Q?"', False),
        ("---\nquestions:\n  top:\n    - a\n  how:\n    - b\n---\n", "how", 7, '    - "Q?"', False),
        ("---\nquestions:\n  top: [a]\nid: b\n---\n", "3-fees", 4, '  "3-fees": ["Q?"]', False),
        ("---\nquestions:\n  top: [a]\nid: b\n---\n", "到账", 4, '  到账: ["Q?"]', False),
        ("---\n: [\n---\n", "", 3, 'questions: ["Q?"]', False),
    ],
)
def test_the_line_and_its_place(
    text: str, anchor: str, line: int, insert: str, replaces: bool
) -> None:
    edit = add_phrasing(text, anchor, "Q?")
    assert (edit.line, edit.text, edit.replaces) == (line, insert, replaces)


def test_every_article_takes_one_for_each_of_its_sections() -> None:
    tried = 0
    for path in sorted(KB.rglob("*.md"))[::4]:
        if path.name == "README.md":
            continue
        raw = path.read_bytes()
        name = path.relative_to(KB).as_posix()
        article, before = parse_article(raw, name, KbConfig())
        for section in article.sections:
            if not section.blocks:
                continue
            edit = add_phrasing(article.text, section.anchor, QUESTION)
            new = edit.applied(article.text).encode()
            changed, warnings = parse_article(new, name, KbConfig())
            assert len(warnings) == len(before), warnings
            asked = [*changed.meta.questions, *(q for s in changed.sections for q in s.questions)]
            assert QUESTION in asked, f"{name}#{section.anchor}: {edit}"
            tried += 1
    assert tried > 200
