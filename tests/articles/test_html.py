from __future__ import annotations

import pytest

from kbassist.articles.html import attributes, is_placeholder, scan, tag_text, target_name


def found(raw: str) -> list[tuple[str, str]]:
    return [(item.kind, item.text) for item in scan(raw, 0, len(raw))]


@pytest.mark.parametrize(
    ("raw", "items"),
    [
        ("<p>One <b>two</b></p><p>three</p>", [("text", "One two"), ("text", "three")]),
        ("<ul><li>a</li><li>b<br>c</li></ul>", [("text", "a"), ("text", "b"), ("text", "c")]),
        ("<table><tr><th>A<th>B</tr><tr><td>1</td><td>2</td></tr></table>", [("header", "A | B"), ("row", "1 | 2")]),
        ("<tr><td><table><tr><td>in</td></tr></table></td><td>out</td></tr>", [("row", "in | out")]),
        ("<tr><td>a<p>b</p><tr><td>c", [("row", "a b"), ("row", "c")]),
        ("<h2 id='x'>Fees</h2>", [("target", "x"), ("heading", "Fees")]),
        ("<details open><summary>Q</summary>A</details>", [("open", ""), ("summary", "Q"), ("text", "A"), ("close", "")]),
        ("<script>x</script><style>y</style>z", [("text", "z")]),
        ("<!-- a -->b<!-- c", [("text", "b")]),
        ("<a name='t'></a>", [("target", "t")]),
        ("<Card title='A' text=\"B\"/>", [("text", "A B")]),
        ("<Fold title='A'>x</Fold>", [("open", "Fold"), ("summary", "A"), ("text", "x"), ("close", "Fold")]),
        ("a < b &lt; c", [("text", "a < b < c")]),
        ("<img alt='pic'><img>", [("text", "pic")]),
        ("put <yourName> here", [("text", "put <yourName> here")]),
    ],
)  # fmt: skip
def test_what_is_seen(raw: str, items: list[tuple[str, str]]) -> None:
    assert found(raw) == items


def test_places_are_those_of_the_visible_text() -> None:
    raw = "<p><i>all</i> <u>of</u> it.</p>"
    item = scan(raw, 0, len(raw))[0]
    assert raw[item.start : item.end] == "<i>all</i> <u>of</u> it."
    raw = "  <p> One <b>two</b> </p>"
    item = scan(raw, 0, len(raw))[0]
    assert raw[item.start : item.end] == "One <b>two</b>"


def test_attributes_and_targets() -> None:
    assert attributes("<a href='x' title=\"a &amp; b\">") == {"href": "x", "title": "a & b"}
    assert target_name("a", "<a name='n' id='i'>") == "n"
    assert target_name("span", "<span id='i'>") == "i"
    assert target_name("td", "<td id='i'>") == ""
    assert tag_text("Emoji", "<Emoji text=':tada:'/>") == ""


def test_placeholders() -> None:
    assert is_placeholder("<yourKey>", "")
    assert not is_placeholder("<yourKey>", "</yourKey>")
    assert not is_placeholder("<yourKey x='1'>", "")
    assert not is_placeholder("<br>", "")
