from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from kbassist.config import AnswerSettings
from kbassist.errors import ConfigError
from kbassist.kb_config import KB_CONFIG_NAME, KbConfig, load_kb_config


def test_defaults_without_a_file(tmp_path: Path) -> None:
    assert load_kb_config(tmp_path) == KbConfig()


def test_reads_every_key(tmp_path: Path) -> None:
    (tmp_path / KB_CONFIG_NAME).write_bytes(
        b'\xef\xbb\xbfbase_url = "https://h.example/"\r\nlocales = ["en"]\r\n'
        b'restricted_audiences = ["vip"]\r\n'
    )
    assert load_kb_config(tmp_path) == KbConfig("https://h.example", ("en",), ("vip",))


def test_synonyms(tmp_path: Path) -> None:
    text = 'synonyms = [\n  ["提币", "withdraw"],\n  ["2FA", "谷歌验证器", "Authenticator"],\n]\n'
    (tmp_path / KB_CONFIG_NAME).write_text(text, encoding="utf-8")
    groups = (("提币", "withdraw"), ("2FA", "谷歌验证器", "Authenticator"))
    assert load_kb_config(tmp_path).synonyms == groups


ERRORS = [
    ('#\nsynonyms = "a"\n', 2, "synonyms must be a list of lists of texts, found 'a'", "[["),
    ('#\nsynonyms = ["aa", "bb"]\n', 2, "must be a list of lists of texts", "synonyms = [["),
    ('synonyms = [["aa", 3]]\n', 1, "each group of synonyms must be a list of texts", "synonyms = [["),
    ('synonyms = [\n["aa", "bb"],\n["cc", ""],\n]\n', 3, "'': a synonym needs two characters", "Take it out"),
    ('synonyms = [\n["aa", "bb"],\n["cc", "币"],\n]\n', 3, "'币': a synonym needs two", "Take it out"),
    ('synonyms = [\n["aa", "bb"],\n["cc"],\n]\n', 3, "needs two phrases up, found ['cc']", "[["),
    ('synonyms = [["aa", "bb"], []]\n', 1, "needs two phrases up, found []", "[["),
    ('synonyms = [\n["aa", "b b"],\n["cc", "Ｂ  B"],\n]\n', 3, "synonym twice, of 'aa' and of 'cc'", "one group"),
    ('synonyms = [\n["aa", "bb"],\n["cc", "cc"],\n]\n', 3, "synonym twice, of 'cc' and of 'cc'", "one group"),
    ('# x\n\nlocale = ["en"]\n', 3, "unknown key 'locale'", "Did you mean 'locales'?"),
    ('Locales = ["en"]\n', 1, "unknown key 'Locales'", "Did you mean 'locales'?"),
    ("[kb]\na = 1\n", 1, "unknown key 'kb'", "Known keys: base_url, lint, locales"),
    ("\nbase_url = 3\n", 2, "base_url must be text, found 3", 'base_url = "…"'),
    ('\nlocales = "en"\n', 2, "locales must be a list of texts, found 'en'", 'locales = ["…"'),
    ("#\nbase_url = https://h\n", 2, "not valid TOML: Invalid value: 'base_url = https://h'", "quotes"),
    ('#\nbase_url: "https://h"\n', 2, "'base_url: ", 'base_url = "…"'),
    ("locales = [“en”]\n", 1, "'locales = [“en”]'", "ASCII signs"),
    ('#\nlocales = ["en"\n', 2, "not valid TOML", "Close the list"),
    ('locales = []\nlocales = ["en"]\n', 2, "not valid TOML", "Give each key once"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "message", "hint"), ERRORS)
def test_errors_name_line_and_remedy(
    tmp_path: Path, text: str, line: int, message: str, hint: str
) -> None:
    path = tmp_path / KB_CONFIG_NAME
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as error:
        load_kb_config(tmp_path)
    assert error.value.message.startswith(f"{path}:{line}: ")
    assert message in error.value.message
    assert hint in error.value.hint


def test_a_file_that_is_not_utf_8(tmp_path: Path) -> None:
    path = tmp_path / KB_CONFIG_NAME
    path.write_bytes(b"#\n# \xff\n")
    with pytest.raises(ConfigError) as error:
        load_kb_config(tmp_path)
    assert error.value.message == f"{path}:2: not valid UTF-8: byte 0xff"


def test_a_folder_of_that_name(tmp_path: Path) -> None:
    (tmp_path / KB_CONFIG_NAME).mkdir()
    with pytest.raises(ConfigError, match="cannot be read"):
        load_kb_config(tmp_path)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"max_tokens": 0}, "max_tokens is 0"),
        ({"max_tokens": 1.5}, "max_tokens is 1.5"),
        ({"max_tokens": True}, "max_tokens is True"),
        ({"max_tokens": "80"}, "max_tokens is '80'"),
        ({"max_chars": 0}, "max_chars is 0"),
        ({"max_chars": "9"}, "max_chars is '9'"),
        ({"max_parts": 0}, "max_parts is 0"),
        ({"max_parts": 5}, "max_parts is 5"),
        ({"part_threshold": 1.1}, "part_threshold is 1.1"),
    ],
)
def test_limits_of_an_answer(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(message)) as error:
        AnswerSettings(**settings)
    assert error.value.hint is not None and error.value.hint.startswith("Accepted: ")
    assert AnswerSettings(max_tokens=1, max_parts=1).max_tokens == 1
