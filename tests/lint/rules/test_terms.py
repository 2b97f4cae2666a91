"""The words of an article against the glossary."""

from __future__ import annotations

from kbassist.lint.run import lint
from tests.conftest import WriteKb
from tests.lint.helpers import TODAY, article, check, places

GLOSSARY = article(
    "\n提币\n: 转到外部地址。又叫：提现、withdrawal。误写：体币、tibi。\n\n"
    "区块\n: 一批交易。又叫：出块。误写：区快。\n",
    kind="glossary",
    locale="zh-Hans",
)


def test_misspellings_and_what_is_meant(write_kb: WriteKb) -> None:
    body = (
        "体币要多久？区快没确认。\n\n写成“体币”是错的，`体币` 也是，**体币** 是按钮。\n\n整体币价不同。"
        "\n\n[见](体币.md)。Tibi 也有人写。\n"
    )
    kb = write_kb({"glossary.md": GLOSSARY, "a.md": article(body, title="到账")})
    assert check(kb, "KB601") == [
        ("a.md", 4, "'体币' is misspelt, says the glossary at glossary.md:6"),
        ("a.md", 4, "'区快' is misspelt, says the glossary at glossary.md:9"),
        ("a.md", 10, "'Tibi' is misspelt, says the glossary at glossary.md:6"),
    ]
    fixes = [found.fix for found in lint(kb, select=["KB601"], today=TODAY).findings]
    assert fixes[:2] == ["Write 提币", "Write 区块"]


def test_the_nearest_right_name_in_the_capitals_written(write_kb: WriteKb) -> None:
    glossary = article(
        "\nWithdrawal\n: Out. Also: cash out, payout. Misspelt: withdrawl, cashout.\n",
        kind="glossary",
        locale="en",
    )
    text = "Your withdrawl is on its way. Withdrawl fees differ. A cashout takes an hour.\n"
    kb = write_kb({"glossary.md": glossary, "a.md": article(text, locale="en")})
    fixes = [found.fix for found in lint(kb, select=["KB601"], today=TODAY).findings]
    assert sorted(fixes) == ["Write Withdrawal", "Write cash out", "Write withdrawal"]


def test_two_names_for_one_thing(write_kb: WriteKb) -> None:
    kb = write_kb(
        {
            "glossary.md": GLOSSARY,
            "a.md": article("提币很快，提币免费，提币安全。\n" * 3, id="a"),
            "b.md": article("提现之前核对地址。\n\n提现不能撤回，提币也是。\n", id="b"),
            "c.md": article("对方页面叫“提现”，按钮是**提现**，只有一次提现。\n", id="c"),
        }
    )
    [(path, line, message)] = check(kb, "KB602")
    assert (path, line) == ("b.md", 4)
    assert message.startswith("'提现' 2 times, '提币' 1")


def test_abbreviations_that_no_entry_explains(write_kb: WriteKb) -> None:
    files = {"glossary.md": GLOSSARY}
    for name in "abcde":
        files[f"{name}.md"] = article(
            "满足 AML 和 AML 要求，提 USDT、USDT，看 FAQ、FAQ。\n", id=name
        )
    files["kbassist.toml"] = '[lint]\nknown_terms = ["usdt"]\n'
    assert check(write_kb(files), "KB603") == [
        ("a.md", 4, "'AML' stands in 5 articles and not in the glossary")
    ]
    del files["glossary.md"]
    (write_kb({}) / "glossary.md").unlink()
    assert places(write_kb(files), "KB603") == []


def test_names_that_two_entries_claim(write_kb: WriteKb) -> None:
    text = GLOSSARY + "\n内部转账\n: 转给别的用户。又叫：提现。\n"
    assert places(write_kb({"g.md": text}), "KB604") == [("g.md", 12)]
