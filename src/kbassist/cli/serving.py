"""The command that serves agents. Everything that it needs is imported when it runs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from kbassist.cli import options, render
from kbassist.cli.declared import option
from kbassist.config import parse_day
from kbassist.errors import MissingDependency, UsageError

if TYPE_CHECKING:
    from kbassist.serve.knowledge import Knowledge

DEFAULT_PORT = 8808
DEFAULT_HOST = "127.0.0.1"


def mcp(
    http: Annotated[
        bool, option("--http", help="Serve HTTP, not standard input and output.")
    ] = False,
    host: Annotated[
        str, option("--host", help="Address to listen on, with --http.")
    ] = DEFAULT_HOST,
    port: Annotated[
        int, option("--port", help="Port to listen on, with --http; 0 for any.")
    ] = DEFAULT_PORT,
    allow_remote: Annotated[
        bool,
        option("--allow-remote", help="Let other machines reach --host; there is no login."),
    ] = False,
    allow_host: Annotated[
        list[str] | None,
        option("--allow-host", help="Name that clients reach the server by, with :PORT if sent."),
    ] = None,
    allow_origin: Annotated[
        list[str] | None,
        option("--allow-origin", help="Web origin that may call, e.g. https://agents.example."),
    ] = None,
    audience: Annotated[
        list[str] | None,
        option("--audience", help="Restricted label that every client may see, e.g. staff."),
    ] = None,
    index: options.IndexOption = options.DEFAULT_INDEX,
    kb: options.KbOption = None,
    today: options.TodayOption = None,
) -> int:
    """Serve the knowledge base to agents by the Model Context Protocol."""
    given = (host != DEFAULT_HOST, port != DEFAULT_PORT, allow_remote, allow_host, allow_origin)
    if not http and any(given):
        raise UsageError(
            "--host, --port, --allow-remote, --allow-host and --allow-origin need --http",
            hint="Add --http, or leave them out to serve standard input and output.",
        )
    try:
        from kbassist.serve import protocol  # noqa: F401
    except ImportError as error:
        raise MissingDependency(
            f"serving agents needs the MCP library: {error}",
            hint="Install it: pip install 'kbassist[mcp]'",
        ) from error
    import logging  # not at the top: it takes a while, and all commands import this module

    log = logging.getLogger("kbassist.serve")
    if not log.handlers:
        log.addHandler(logging.StreamHandler())  # warnings to standard error, for the operator
    if http:
        from kbassist.serve.http import Door
        from kbassist.serve.http import serve as serve_http

        door = Door(host, port, allow_remote, allow_host or (), allow_origin or ())
        door.check()
        serve_http(_knowledge(index, kb, today, audience), door, render.message)
    else:
        from kbassist.serve.stdio import serve

        if sys.stdin is not None and sys.stdin.isatty():
            render.message("A client starts this and speaks MCP to it; Ctrl-C ends it.")
        serve(_knowledge(index, kb, today, audience))
    return 0


def _knowledge(
    index: Path, kb: Path | None, today: str | None, audience: list[str] | None
) -> Knowledge:
    from kbassist.assistant import Assistant
    from kbassist.serve.knowledge import Knowledge

    day = None if today is None else parse_day(today, "--today")
    assistant = Assistant.open(index, kb=kb, today=day)
    restricted = assistant.index.manifest.restricted_audiences
    for label in audience or ():
        if label not in restricted:
            known = ", ".join(restricted) or "none"
            render.message(f"--audience {label!r} opens nothing: restricted labels are {known}")
    return Knowledge(assistant, audience or ())
