"""The server over standard input and output: one client, which starts and ends it."""

from __future__ import annotations

import json
import os
import signal
import sys
from contextlib import redirect_stdout, suppress
from typing import TYPE_CHECKING, Any, NoReturn

import anyio
import mcp_types as types
from mcp.server.stdio import stdio_server
from mcp.shared.message import SessionMessage
from pydantic import ValidationError

from kbassist.serve.protocol import make_server

if TYPE_CHECKING:
    from kbassist.serve.knowledge import Knowledge

LAST_ANSWERS = 30.0
"""Seconds that calls under way get to end after the input has ended."""


def serve(knowledge: Knowledge) -> None:
    """Serve until the input ends, or SIGINT or SIGTERM comes.

    Nothing but the protocol reaches standard output: whatever else is written there, by whatever
    library, goes to standard error.
    """
    with suppress(KeyboardInterrupt):
        anyio.run(_serve, knowledge)


async def _serve(knowledge: Knowledge) -> None:
    server = make_server(knowledge)
    async with anyio.create_task_group() as tasks:
        await tasks.start(_until_signal)
        async with stdio_server() as (reading, writing):
            with redirect_stdout(sys.stderr):  # or it would be flushed when the descriptor is back
                link = Link(reading, writing)
                try:
                    await server.run(link, Answers(link), server.create_initialization_options())
                except anyio.get_cancelled_exc_class():
                    _exit("the client takes no more answers")
        tasks.cancel_scope.cancel()


async def _until_signal(*, task_status: anyio.abc.TaskStatus[None]) -> None:
    """End the process on a signal."""
    if sys.platform == "win32":  # has no such receiver; Ctrl-C interrupts as ever
        task_status.started()
        return
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        task_status.started()
        async for _ in signals:
            _exit()


def _exit(reason: str = "") -> NoReturn:
    """End the process at once: the thread that waits for a line of input cannot be ended.

    What was answered has been flushed, and nothing else is written.
    """
    if reason:
        sys.stderr.write(f"{reason}\n")
    sys.stderr.flush()
    os._exit(0)


class Link:
    """The messages of the client: broken ones are answered, and the end waits for answers.

    The library drops what is no message, so that its sender waits for ever, and at the end of the
    input it drops calls that are under way, as those of `printf … | kbassist mcp`.
    """

    def __init__(self, reading: Any, writing: Any) -> None:
        """Wrap the streams of the transport."""
        self._reading, self.writing = reading, writing
        self._open: set[str] = set()
        self._idle = anyio.Event()

    def __aiter__(self) -> Link:
        return self

    async def __anext__(self) -> SessionMessage:
        try:
            return await self.receive()
        except anyio.EndOfStream:
            raise StopAsyncIteration from None

    async def receive(self) -> SessionMessage:
        """The next message."""
        while True:
            try:
                item = await self._reading.receive()
            except anyio.EndOfStream:
                with anyio.move_on_after(LAST_ANSWERS):
                    await self._answered()
                raise
            if isinstance(item, SessionMessage):
                self._note(item.message)
                return item
            await self.writing.send(SessionMessage(_unreadable(item)))

    async def aclose(self) -> None:
        """Close the client's side."""
        await self._reading.aclose()

    async def __aenter__(self) -> Link:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def settled(self, message: Any) -> None:
        """Note an answer that was sent."""
        if isinstance(message, types.JSONRPCResponse | types.JSONRPCError):
            self._close(message.id)

    def _note(self, message: Any) -> None:
        if isinstance(message, types.JSONRPCRequest):
            self._open.add(repr(message.id))
        elif getattr(message, "method", "") == "notifications/cancelled":
            self._close((message.params or {}).get("requestId"))  # never answered

    def _close(self, id: object) -> None:
        self._open.discard(repr(id))
        self._idle.set()

    async def _answered(self) -> None:
        while self._open:
            self._idle = anyio.Event()
            await self._idle.wait()


class Answers:
    """The messages to the client."""

    def __init__(self, link: Link) -> None:
        """Tell the link of each answer."""
        self._link = link

    async def send(self, item: SessionMessage) -> None:
        """Send a message."""
        await self._link.writing.send(item)
        self._link.settled(item.message)

    async def aclose(self) -> None:
        """Close the server's side."""
        await self._link.writing.aclose()

    async def __aenter__(self) -> Answers:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


def _unreadable(error: Exception) -> types.JSONRPCError:
    """The answer to a line that is no message, with its id where that can be read."""
    sent = _sent(error)
    if sent is None:
        return _error(None, types.PARSE_ERROR, "Parse error: the line is not JSON")
    id = sent.get("id") if isinstance(sent, dict) else None
    known = isinstance(id, str | int) and not isinstance(id, bool) and _can_be_sent(id)
    message = "Invalid request: not a JSON-RPC 2.0 message"
    return _error(id if known else None, types.INVALID_REQUEST, message)


def _sent(error: Exception) -> Any:
    """What the client sent, out of the library's complaint about it; None where it is not JSON."""
    if not isinstance(error, ValidationError):
        return None
    complaints = error.errors(include_url=False)
    for complaint in complaints:
        if complaint["type"] == "missing":  # of the message itself, since it lies nearest the top
            return complaint["input"]
    if complaints[0]["type"] != "json_invalid":
        return complaints
    try:  # halves of surrogate pairs are read here, not there
        return json.loads(complaints[0]["input"])
    except (ValueError, TypeError, RecursionError):
        return None


def _can_be_sent(id: object) -> bool:
    try:
        str(id).encode()
    except ValueError:  # half of a surrogate pair, an integer too long
        return False
    return True


def _error(id: str | int | None, code: int, message: str) -> types.JSONRPCError:
    return types.JSONRPCError(
        jsonrpc="2.0", id=id, error=types.ErrorData(code=code, message=message)
    )
