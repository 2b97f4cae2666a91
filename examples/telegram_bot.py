"""A Telegram bot that answers from the help centre, with a conversation for every chat."""

import os
import sys
from collections.abc import Iterator

from telegram import ReplyKeyboardMarkup, ReplyKeyboardRemove, Update
from telegram.constants import MessageLimit, ParseMode
from telegram.ext import Application, ContextTypes, MessageHandler, filters
from telegram.helpers import escape_markdown

from kbassist import Answer, Assistant, KbassistError

PIECE = MessageLimit.MAX_TEXT_LENGTH // 4  # each character may need a backslash, or count twice


def written(assistant: Assistant, answer: Answer) -> Iterator[str]:
    """An answer in Telegram's Markdown, in lines that fit a message."""
    for line in assistant.render(answer, "plain", sources=False, near=True).splitlines():
        for start in range(0, max(len(line), 1), PIECE):
            yield escape_markdown(line[start : start + PIECE], version=2)
    for citation in answer.citations:
        name = escape_markdown(f"[{citation.number}] {citation.title}", version=2)
        url = escape_markdown(citation.url or "", version=2, entity_type="text_link")
        yield f"[{name}]({url})" if url else name


def messages(lines: Iterator[str]) -> Iterator[str]:
    """Lines packed into as few messages as Telegram's limit allows."""
    text = ""
    for line in lines:
        if len(f"{text}\n{line}".encode("utf-16-le")) // 2 > MessageLimit.MAX_TEXT_LENGTH:
            yield text
            text = ""
        text = f"{text}\n{line}" if text else line
    if text:
        yield text


async def reply(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer a customer's message."""
    message, assistant = update.message, context.bot_data["assistant"]
    assert message is not None and message.text is not None and context.chat_data is not None
    if message.text.startswith("/"):
        await message.reply_text("Ask me about the help centre. 有问题请直接问。")
        return
    conversation = context.chat_data.setdefault("conversation", assistant.conversation())
    try:
        answer = await conversation.aask(message.text, timeout=10)
    except KbassistError:  # nothing but punctuation, very long, or not in time
        await message.reply_text("Please put it in other words. 请换个说法。")
        return
    near = [[choice.text] for choice in answer.choices or answer.related]
    keys = ReplyKeyboardMarkup(near) if near else ReplyKeyboardRemove()
    for text in messages(written(assistant, answer)):
        await message.reply_text(text, ParseMode.MARKDOWN_V2, reply_markup=keys)
    if answer.action == "handoff":
        if support := os.environ.get("SUPPORT_CHAT"):
            await message.forward(support)
        await message.reply_text("I am passing this on to a person.")
    elif answer.action == "abstain" or answer.offer_person:
        await message.reply_text("For a person, write: agent. 需要人工请发“转人工”。")


def main() -> None:
    """Poll for messages until Ctrl-C."""
    token = os.getenv("TELEGRAM_TOKEN") or sys.exit("Set TELEGRAM_TOKEN to the bot's token.")
    try:
        assistant = Assistant.open(os.getenv("KBASSIST_INDEX", "indexes/default"), follow=True)
    except KbassistError as error:
        sys.exit(str(error))
    bot = Application.builder().token(token).build()
    bot.bot_data["assistant"] = assistant
    bot.add_handler(MessageHandler(filters.TEXT & filters.UpdateType.MESSAGE, reply))
    bot.run_polling()


if __name__ == "__main__":
    main()
