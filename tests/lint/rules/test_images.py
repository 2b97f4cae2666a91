"""Images, their files and their words."""

from __future__ import annotations

from kbassist.lint.run import lint
from tests.conftest import WriteKb
from tests.lint.helpers import TODAY, check, places


def test_files(write_kb: WriteKb) -> None:
    text = "![One](../images/a%20b.png)\n![Two](/images/c.png)\n![Three](/cdn/d.png)\n![F](e.svg)\n"
    kb = write_kb({"zh/a.md": text, "images/a b.png": ""})
    assert check(kb, "KB301") == [
        ("zh/a.md", 2, "there is no image images/c.png"),
        ("zh/a.md", 4, "there is no image zh/e.svg"),
    ]


def test_a_file_of_a_name_like_it(write_kb: WriteKb) -> None:
    text = "![One](../images/deposit-tow.svg)\n![Two](../../deposit-two.svg)\n![Three](z.png)\n"
    kb = write_kb({"zh/a.md": text, "images/deposit-two.svg": "", "images/other.svg": ""})
    fixes = [found.fix for found in lint(kb, select=["KB301"], today=TODAY).findings]
    other = "Add the file, or correct the path."
    assert fixes == ["Did you mean images/deposit-two.svg?", other, other]


def test_alternative_texts(write_kb: WriteKb) -> None:
    text = (
        "![](a.png)\n\n![  ](https://x.example/b.png)\n\n![What it shows](c.png)\n\n"
        '<img src="d.png">\n\n<img src="e.png" alt="">\n\n![screenshot](f.png)\n\n'
        "![IMG_2041.png](g.png)\n\n![Fee table](fees.png)\n\n![图片1](h.png)\n"
    )
    kb = write_kb({"a.md": text})
    assert places(kb, "KB302") == [("a.md", 1), ("a.md", 3), ("a.md", 7)]
    assert places(kb, "KB303") == [("a.md", 11), ("a.md", 13), ("a.md", 17)]


def test_what_only_a_picture_says(write_kb: WriteKb) -> None:
    text = (
        "# A\n\nText.\n\n## Steps\n\n![All steps](a.png)\n\n## Bare\n\n![](b.png)\n\n"
        "## Told\n\nFirst this.\n\n![Then](c.png)\n\n"
        "## Numbered\n\n1. Open it.\n2. ![The button](d.png)\n3. Press ![this](e.png) here.\n\n"
        "## Parent\n\n![Map](f.png)\n\n### Child\n\nText.\n"
    )
    kb = write_kb({"a.md": text})
    assert check(kb, "KB304") == [
        ("a.md", 5, "the section 'Steps' says nothing but pictures"),
        ("a.md", 9, "the section 'Bare' says nothing but pictures"),
        ("a.md", 22, "this step is only a picture"),
    ]
    assert places(kb, "KB403") == []
