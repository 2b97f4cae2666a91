"""The Telegram bot: its handlers get real updates, and what it would send stays on this machine."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from kbassist import Assistant, build_index
from tests.conftest import WriteKb

pytestmark = pytest.mark.extras("telegram")

LIMIT = 4096
SPECIAL = "_*[]()~`>#+-=|{}.!\\"
"""What must be escaped outside of entities, by the Bot API's description of MarkdownV2."""

_ids = count(1)


def application(assistant: Assistant, sent: list[tuple[str, dict[str, Any]]]) -> Any:
    """The library's application, whose requests are kept instead of sent."""
    from telegram.ext import Application
    from telegram.request import BaseRequest

    class Kept(BaseRequest):
        @property
        def read_timeout(self) -> float:
            return 1.0

        async def initialize(self) -> None:
            """Nothing to set up."""

        async def shutdown(self) -> None:
            """Nothing to close."""

        async def do_request(
            self, url: str, method: str, request_data: Any = None, **_: Any
        ) -> tuple[int, bytes]:
            name = url.rsplit("/", 1)[1]
            sent.append((name, dict(request_data.parameters)))
            result = {"message_id": next(_ids), "date": 1, "chat": {"id": 7, "type": "private"}}
            return 200, json.dumps({"ok": True, "result": result}).encode()

    built = (
        Application.builder().token("1:test").request(Kept()).get_updates_request(Kept()).build()
    )
    built.bot_data["assistant"] = assistant
    return built


def talk(assistant: Assistant, *texts: str, chat: int = 7) -> list[tuple[str, dict[str, Any]]]:
    """What the bot sends when somebody writes."""
    sent: list[tuple[str, dict[str, Any]]] = []
    asyncio.run(receive(application(assistant, sent), *texts, chat=chat))
    return sent


async def receive(app: Any, *texts: str, chat: int = 7) -> None:
    from telegram import Update
    from telegram.ext import CallbackContext

    from telegram_bot import reply

    for text in texts:
        update = Update.de_json(payload("message", chat, text=text), app.bot)
        await reply(update, CallbackContext.from_update(update, app))


def payload(kind: str, chat: int, **content: Any) -> dict[str, Any]:
    """An update as Telegram sends it."""
    message = {
        "message_id": next(_ids),
        "date": 1,
        "chat": {"id": chat, "type": "private"},
        "from": {"id": chat, "is_bot": False, "first_name": "Ada"},
        **content,
    }
    return {"update_id": next(_ids), kind: message}


def unescaped(text: str) -> list[str]:
    """Special characters that no backslash precedes."""
    found, skip = [], False
    for char in text:
        if skip:
            skip = False
        elif char == "\\":
            skip = True
        elif char in SPECIAL:
            found.append(char)
    return found


def test_an_answer_with_its_source(assistant: Assistant) -> None:
    [(name, sent)] = talk(assistant, "XRP 充值忘记填 tag 了能找回吗？")
    assert (name, sent["parse_mode"], sent["chat_id"]) == ("sendMessage", "MarkdownV2", 7)
    quote, link = sent["text"].rsplit("\n", 1)
    assert "提交后 3 个工作日内入账" in quote and unescaped(quote) == []
    assert link == (
        r"[\[1\] Memo / Tag 是什么，漏填了怎么找回]"
        "(https://help.harbor.example/zh/wallet/missing-memo#recover)"
    )


def test_each_chat_has_its_own_conversation(assistant: Assistant) -> None:
    sent: list[tuple[str, dict[str, Any]]] = []
    app = application(assistant, sent)
    asyncio.run(receive(app, "TRC20 提币手续费是多少？", chat=7))
    asyncio.run(receive(app, "那 ERC20 呢？", chat=7))
    followed = sent[-1][1]["text"]
    sent.clear()
    asyncio.run(receive(app, "那 ERC20 呢？", chat=8))
    assert "4 USDT" in followed
    assert sent[0][1]["text"] != followed and sent[0][1]["chat_id"] == 8
    assert [len(app.chat_data[chat]["conversation"].turns) for chat in (7, 8)] == [2, 1]


def test_as_a_program(harbor: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from telegram import Update
    from telegram.ext import Application

    from telegram_bot import main

    started: list[Any] = []
    monkeypatch.setattr(Application, "run_polling", lambda self: started.append(self))
    monkeypatch.setenv("TELEGRAM_TOKEN", "1:test")
    monkeypatch.setenv("KBASSIST_INDEX", str(harbor))
    main()
    [app] = started
    [handler] = app.handlers[0]
    for kind, content, handled in [
        ("message", {"text": "fee"}, True),
        ("message", {"text": "/start"}, True),
        ("message", {"caption": "fee"}, False),
        ("edited_message", {"text": "fee"}, False),
        ("channel_post", {"text": "fee"}, False),
    ]:
        update = Update.de_json(payload(kind, 7, **content), app.bot)
        assert bool(handler.check_update(update)) is handled, (kind, content)
    assert app.bot_data["assistant"].ask("withdrawal fee").citations


@pytest.mark.parametrize(
    ("token", "index", "told"),
    [(None, "none", "Set TELEGRAM_TOKEN"), ("1:test", "none", "kbassist build")],
)
def test_what_is_missing_is_said(
    token: str | None, index: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from telegram_bot import main

    monkeypatch.delenv("TELEGRAM_TOKEN", raising=False)
    if token:
        monkeypatch.setenv("TELEGRAM_TOKEN", token)
    monkeypatch.setenv("KBASSIST_INDEX", str(tmp_path / index))
    with pytest.raises(SystemExit, match=told):
        main()


def test_a_person(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPPORT_CHAT", "-100")
    sent = talk(assistant, "转人工")
    forwarded = [values for name, values in sent if name == "forwardMessage"]
    assert [values["chat_id"] for values in forwarded] == ["-100"]
    assert sent[-1][1]["text"] == "I am passing this on to a person."
    monkeypatch.delenv("SUPPORT_CHAT")
    assert {name for name, _ in talk(assistant, "转人工")} == {"sendMessage"}


def test_a_choice_is_a_key_that_asks_it(assistant: Assistant) -> None:
    question = "Is a deposit free?"
    [(_, sent)] = talk(assistant, question)
    asked, *listed = sent["text"].splitlines()
    assert asked == "Which of these do you mean?" and unescaped(sent["text"]) == []
    keys = [row[0]["text"] for row in sent["reply_markup"]["keyboard"]]
    assert keys == [choice.text for choice in assistant.ask(question).choices]
    assert len(listed) == len(keys)
    chosen = talk(assistant, question, keys[0])[1][1]
    assert chosen["reply_markup"] == {"remove_keyboard": True}


def test_no_answer_and_what_cannot_be_asked(assistant: Assistant) -> None:
    (_, declined), (_, offered) = talk(assistant, "quantum telescopes")
    assert declined["text"].startswith(r"No answer to this in the knowledge base\.")
    keys = [row[0]["text"] for row in declined["reply_markup"]["keyboard"]]
    assert keys == [choice.text for choice in assistant.ask("quantum telescopes").related]
    assert "agent" in offered["text"]
    assert talk(assistant, "???")[0][1]["text"].startswith("Please put it in other words")
    assert talk(assistant, "/start")[0][1]["text"].startswith("Ask me")


def test_a_new_index_is_taken_and_a_broken_one_is_not(write_kb: WriteKb, tmp_path: Path) -> None:
    kb, index = write_kb({"a.md": "# Withdrawal fee\n\nIt costs 1 USDT.\n"}), tmp_path / "index"
    build_index(kb, index)
    assistant = Assistant.open(index, follow=True)
    write_kb({"a.md": "# Withdrawal fee\n\nIt costs 2 USDT.\n"})
    build_index(kb, index)
    question = "How much is the withdrawal fee?"
    assert "2 USDT" in talk(assistant, question)[0][1]["text"]
    (index / "CURRENT").write_text("gen-000009\n", encoding="utf-8")
    assert "2 USDT" in talk(assistant, question)[0][1]["text"]


@pytest.mark.parametrize("sign", ["a", "_", "\\", "💰", "银", "a b\n"])
def test_no_message_is_too_long_and_nothing_is_lost(assistant: Assistant, sign: str) -> None:
    from telegram_bot import messages, written

    answer = assistant.ask("XRP 充值忘记填 tag 了能找回吗？")
    long = replace(answer, text=f"```\n{sign * 9000}\n```", citations=())
    texts = list(messages(written(assistant, long)))
    assert len(texts) > 1
    assert all(0 < len(text.encode("utf-16-le")) // 2 <= LIMIT for text in texts)
    assert all(unescaped(text) == [] for text in texts)
    plain = assistant.render(long, "plain")
    back = "".join(texts).replace("\\\\", "\0").replace("\\", "").replace("\0", "\\")
    assert back.replace("\n", "") == plain.replace("\n", "")
