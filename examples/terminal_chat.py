"""A conversation in the terminal: `python examples/terminal_chat.py [INDEX]`, /quit to leave."""

import sys
from dataclasses import replace

from kbassist import Answer, Assistant, Conversation, KbassistError

HELP = "Ask the help centre. A number chooses, /new starts over, /help shows this, /quit leaves."


def shown(text: str) -> str:
    """Text that cannot steer the terminal: articles may hold anything."""
    return "".join(char if char.isprintable() or char == "\n" else "�" for char in text)


def said(assistant: Assistant, answer: Answer) -> str:
    """An answer as a customer reads it."""
    lines = []
    if answer.did_you_mean:
        lines.append(f"(Did you mean: {answer.did_you_mean})")
    if answer.citations:
        lines.append(assistant.render(answer, "plain"))
    elif answer.action != "handoff":
        bare = replace(answer, choices=(), related=())  # those follow with numbers
        lines.append(assistant.render(bare, "plain", near=True))
        near = enumerate(answer.choices or answer.related, 1)
        lines += [f"  {number}. {choice.text} ({choice.ref})" for number, choice in near]
    if answer.action == "handoff" or answer.offer_person:
        lines.append(f"A person will take over ({answer.priority}).")
    return shown("\n".join(lines))


def meant(question: str, last: Answer | None) -> str:
    """The section that a number names, where the last answer named some; else empty."""
    near = (last.choices or last.related) if last else ()
    if not (question.isascii() and question.isdigit() and len(question) < 3):
        return question
    return near[int(question) - 1].text if 0 < int(question) <= len(near) else ""


def chat(conversation: Conversation, assistant: Assistant) -> None:
    """Read questions and print answers until /quit or the end of the input."""
    last: Answer | None = None
    print(HELP)
    while True:
        try:
            question = input("> ").strip()
        except (EOFError, KeyboardInterrupt):
            return print()
        if question == "/quit":
            return None
        if question == "/new":
            conversation, last = assistant.conversation(), None
        elif question == "/help":
            print(HELP)
        elif question and not (asked := meant(question, last)):
            print(f"There is no choice {question}.")
        elif question:
            try:
                last = conversation.ask(asked)
                print(said(assistant, last))
            except KbassistError as error:
                print(shown(f"{error.message} {error.hint}"))


def main() -> None:
    """Open the index that is named, and talk."""
    try:
        assistant = Assistant.open(*sys.argv[1:2])
    except KbassistError as error:
        sys.exit(f"{error.message}\n{error.hint}")
    chat(assistant.conversation(), assistant)


if __name__ == "__main__":
    main()
