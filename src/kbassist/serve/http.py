"""The server over streamable HTTP: many clients, on the loopback interface unless told otherwise.

A web page in a browser on this machine can send requests to it, even under a name of its own that
it lets point here (DNS rebinding). So a request is served only where its `Host` names this server,
and its `Origin`, where there is one, a page of this machine.
"""

from __future__ import annotations

import ipaddress
import signal
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import anyio
import uvicorn
from mcp.server.transport_security import TransportSecuritySettings

from kbassist.errors import UsageError
from kbassist.serve.protocol import make_server

if TYPE_CHECKING:
    from kbassist.serve.knowledge import Knowledge

PATH = "/mcp"
MAX_BODY = 1024 * 1024
"""Bytes of a request; no tool takes near as much."""
LAST_ANSWERS = 5
"""Seconds that requests under way get to end after a signal."""
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True, slots=True)
class Door:
    """Where the server listens, and whom it serves."""

    host: str = "127.0.0.1"
    port: int = 8808
    """0 for any that is free."""
    remote: bool = False
    """Whether other machines may reach it."""
    hosts: Sequence[str] = ()
    """Further values of `Host`, such as `help.example` or `help.example:8808`."""
    origins: Sequence[str] = ()
    """Further values of `Origin`, such as `https://agents.example`."""

    def check(self) -> None:
        """Refuse what would open the articles to others unseen, or could be reached by nobody.

        Raises:
            UsageError: names the option that says it is meant.
        """
        if not 0 <= self.port <= 65535:
            raise UsageError(f"--port must be 0 to 65535, found {self.port}")
        if is_loopback(self.host):
            return
        if not self.remote:
            raise UsageError(
                f"--host {self.host!r} would let other machines read every article that --audience"
                " allows, without a login",
                hint="Add --allow-remote if that is meant, or leave --host out for 127.0.0.1.",
            )
        if not self.hosts:
            raise UsageError(
                f"--host {self.host!r} needs the name that clients use, or none would be served",
                hint="Add --allow-host NAME, with :PORT where clients send one.",
            )

    def security(self) -> TransportSecuritySettings:
        """Which `Host` and `Origin` are served."""
        own = [*_LOOPBACK, *(f"{host}:*" for host in _LOOPBACK)]
        pages = [f"http://{host}" for host in own]
        return TransportSecuritySettings(
            enable_dns_rebinding_protection=True,
            allowed_hosts=[*own, *self.hosts],
            allowed_origins=[*pages, *self.origins],
        )


def is_loopback(host: str) -> bool:
    """Whether an address or name to listen on is reached from this machine only."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def serve(knowledge: Knowledge, door: Door, tell: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM comes.

    Args:
        knowledge: what is served.
        door: where, and for whom.
        tell: shows a line to whoever started the server.

    Raises:
        UsageError: the server may not, or cannot, listen there.
    """
    door.check()
    listening = _listening(door)
    port = listening.getsockname()[1]
    host = f"[{door.host}]" if ":" in door.host else door.host
    app = make_server(knowledge).streamable_http_app(
        streamable_http_path=PATH,
        json_response=True,  # nothing is sent but the one answer, so there is nothing to stream
        stateless_http=True,  # no call needs another, so no client can lose its session
        max_request_body_size=MAX_BODY,
        transport_security=door.security(),
        host=door.host,
    )
    settings = uvicorn.Config(
        _without_streams(app),
        log_config=None,  # the one of the process: warnings, to standard error
        access_log=False,  # who asked is nobody's business
        server_header=False,
        timeout_graceful_shutdown=LAST_ANSWERS,
    )
    server = uvicorn.Server(settings)

    def end(*_: object) -> None:  # uvicorn puts its own in its place, and raises the signal again
        server.should_exit = True

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        if not is_loopback(door.host):
            tell("Other machines can read every article that --audience allows: there is no login.")
        tell(f"Serving MCP at http://{host}:{port}{PATH} (Ctrl-C ends it)")
        anyio.run(server.serve, [listening])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        listening.close()


def _without_streams(app: Any) -> Any:
    """The app without the stream that a client may open by GET.

    Nothing would ever come of it, and each would hold a connection and, at the end, the process.
    """

    async def served(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["method"] == "GET" and scope["path"] == PATH:
            headers = [(b"allow", b"POST"), (b"content-length", b"0")]
            await send({"type": "http.response.start", "status": 405, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
        else:
            await app(scope, receive, send)

    return served


def _listening(door: Door) -> socket.socket:
    family = socket.AF_INET6 if ":" in door.host else socket.AF_INET
    # asyncio turns off Nagle's delay, 40 ms an answer, only where the protocol is named
    found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((door.host, door.port))
        found.listen()
    except OSError as error:
        found.close()
        raise UsageError(
            f"cannot listen on {door.host}:{door.port}: {error.strerror or error}",
            hint="Choose another --port; 0 takes any that is free.",
        ) from None
    return found
