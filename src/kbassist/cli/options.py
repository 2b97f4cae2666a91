"""The options that commands share, each defined once so that they are alike everywhere."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

from kbassist.cli.declared import argument, option
from kbassist.config import TODAY_VARIABLE, parse_day
from kbassist.errors import UsageError
from kbassist.types import KINDS, MODES, Mode

if TYPE_CHECKING:
    from kbassist.index.filters import Filters

DEFAULT_INDEX = Path("indexes/default")
DEFAULT_KB = Path("kb")
DEFAULT_EMBEDDER = "bundled"


def _path(value: str) -> Path:
    """A path that the system can express: without UTF-8 in the locale, the bytes as typed."""
    try:
        os.fsencode(value)
    except UnicodeEncodeError:
        value = os.fsdecode(value.encode("utf-8"))
    return Path(value)


def _day(value: str, from_variable: bool) -> str | None:
    """Check a day, and blame the variable or the option, whichever it came from."""
    if from_variable and not value.strip():
        return None
    parse_day(value.strip(), TODAY_VARIABLE if from_variable else "--today")
    return value.strip()


Question = Annotated[
    str | None, argument(help="The question; - reads it from standard input.", metavar="QUESTION")
]
BatchOption = Annotated[
    Path | None,
    option(
        "--batch",
        parser=_path,
        help='File of questions, one a line, or {"question": …, "id": …}; - for standard input.'
        " Prints a line of JSON for each as it comes.",
        metavar="FILE",
    ),
]

IndexOption = Annotated[
    Path,
    option("--index", envvar="KBASSIST_INDEX", parser=_path, help="Index directory."),
]
KbOption = Annotated[
    Path | None,
    option(
        "--kb",
        envvar="KBASSIST_KB",
        parser=_path,
        help="Folder of the articles; by default the one that the index was built from.",
    ),
]
KbArgument = Annotated[
    Path,
    argument(envvar="KBASSIST_KB", parser=_path, help="Folder of the articles.", metavar="KB"),
]
EmbedderOption = Annotated[
    str,
    option(
        "--embedder",
        help="The model of the vectors: bundled, the one that comes with kbassist; none, to search"
        " by words alone; or a sentence-transformers model, by its path or name.",
        metavar="none|bundled|PATH|NAME",
    ),
]
TopKOption = Annotated[int, option("--top-k", "-k", help="At most this many results.")]
ModeOption = Annotated[
    str | None,
    option(
        "--mode",
        help="Which legs rank; by default hybrid where the index has vectors.",
        metavar="|".join(MODES),
    ),
]
LocaleOption = Annotated[
    list[str] | None, option("--locale", help="zh-Hans, zh-Hant, en …; zh covers both.")
]
KindOption = Annotated[
    list[str] | None, option("--kind", help="Kind of article.", metavar="|".join(KINDS))
]
ProductOption = Annotated[list[str] | None, option("--product", help="Product label.")]
AudienceOption = Annotated[
    list[str] | None,
    option("--audience", help="Restricted label that the caller may see, e.g. staff."),
]
FilterOption = Annotated[
    list[str] | None,
    option("--filter", help="Any front matter field, key=value.", metavar="KEY=VALUE"),
]
FreshOption = Annotated[
    bool,
    option("--require-fresh", help="Exit with 4 if the articles changed since the build."),
]
TodayOption = Annotated[
    str | None,
    option(
        "--today",
        envvar=TODAY_VARIABLE,
        check=_day,
        help="The day that review dates and validity are judged on.",
        metavar="YYYY-MM-DD",
    ),
]
ExplainOption = Annotated[
    bool, option("--explain", help="Say why: what matched, how it ranked, what decided.")
]
FORMS = ("text", "markdown", "plain")
FormOption = Annotated[
    str,
    option(
        "--format",
        help="text for people, with notes; markdown or plain text for another program.",
        metavar="|".join(FORMS),
    ),
]
MarkOption = Annotated[
    bool,
    option(
        "--mark",
        help="Mark matched words by signs; text and plain show them in bold on a terminal anyway.",
    ),
]
JsonOption = Annotated[bool, option("--json", help="Print exactly one JSON object.")]
JsonLinesOption = Annotated[
    bool, option("--jsonl", help="The same as one line, also on a terminal.")
]
BriefOption = Annotated[
    bool, option("--brief", help="With --json: only texts, places and how sure it is.")
]
MaxTokensOption = Annotated[
    int | None,
    option(
        "--max-tokens",
        help="With --json: at most this long, a word or a Chinese character being one; says what"
        " was left out.",
        metavar="N",
    ),
]
SnippetOption = Annotated[
    int | None,
    option(
        "--snippet-tokens",
        help="With --json: of each text at most this much, around what matched.",
        metavar="N",
    ),
]
OffsetOption = Annotated[int, option("--offset", help="Leave out so many of the best.")]
BeforeOption = Annotated[int, option("--before", "-B", help="Lines before it too.", metavar="N")]
AfterOption = Annotated[int, option("--after", "-A", help="Lines after it too.", metavar="N")]


def filters(
    locale: list[str] | None,
    kind: list[str] | None,
    product: list[str] | None,
    audience: list[str] | None,
    where: list[str] | None,
) -> Filters:
    """The filters that the options name: any value within a key, all keys together."""
    from kbassist.index.filters import Filters, parse_where

    return Filters(
        locale=tuple(locale or ()),
        kind=tuple(kind or ()),
        products=tuple(product or ()),
        audience=tuple(audience or ()),
        where=parse_where(where or ()),
    )


def check_form(form: str, mark: bool, as_json: bool) -> None:
    """Refuse a form that does not exist, and one beside --json.

    Raises:
        UsageError: names the option and what is accepted.
    """
    if form not in FORMS:
        raise UsageError(
            f"--format must be {', '.join(FORMS[:-1])} or {FORMS[-1]}, found {form!r}",
            hint="Leave it out for text.",
        )
    if as_json and (mark or form != FORMS[0]):
        raise UsageError(
            f"{'--mark' if mark else '--format'} says nothing about --json",
            hint="Leave one of them out.",
        )


def check_json(as_json: bool, **given: object) -> None:
    """Refuse options that shape JSON where none is printed.

    Args:
        as_json: whether JSON is printed.
        given: the options' values by name; None and False are none.

    Raises:
        UsageError: names the first of them.
    """
    for name, value in given.items():
        if value is not None and value is not False and not as_json:
            raise UsageError(
                f"--{name.replace('_', '-')} goes with --json", hint="Add --json, or leave it out."
            )


def as_mode(value: str | None) -> Mode | None:
    """The option's text as a mode; the library refuses one that does not exist."""
    return cast("Mode | None", value)
