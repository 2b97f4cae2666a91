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


Question = Annotated[str, argument(help="The question; - reads it from standard input.")]

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


def as_mode(value: str | None) -> Mode | None:
    """The option's text as a mode; the library refuses one that does not exist."""
    return cast("Mode | None", value)
