"""A conversation in the terminal: `python examples/terminal_chat.py [INDEX]`, /quit to leave."""

import sys

from kbassist import Answer, Assistant, Conversation, KbassistError

WELCOME = "Ask the help centre. /new starts over, /quit leaves."


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
    elif answer.action == "clarify":
        lines.append("Which of these do you mean?")
        lines += [f"  {number}. {choice.text}" for number, choice in enumerate(answer.choices, 1)]
    elif answer.action == "abstain":
        lines.append("No article answers this.")
        lines += [f"  See also: {choice.text} ({choice.ref})" for choice in answer.related]
    if answer.action == "handoff" or answer.offer_person:
        lines.append(f"A person will take over ({answer.priority}).")
    return shown("\n".join(lines))


def meant(question: str, last: Answer | None) -> str:
    """The choice that a number names, where the last answer offered some."""
    choices = last.choices if last else ()
    number = int(question) if question.isascii() and question.isdigit() else 0
    return choices[number - 1].text if 0 < number <= len(choices) else question


def chat(conversation: Conversation, assistant: Assistant) -> None:
    """Read questions and print answers until /quit or the end of the input."""
    last: Answer | None = None
    print(WELCOME)
    while True:
        try:
            question = input("> ").strip()
        except (EOFError, KeyboardInterrupt):
            return print()
        if question == "/quit":
            return None
        if question == "/new":
            conversation, last = assistant.conversation(), None
        elif question:
            try:
                last = conversation.ask(meant(question, last))
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
