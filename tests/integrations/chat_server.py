"""A local server of the OpenAI protocol whose models are good, slow, broken, or liars."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

GOOD = "可以自助认领，免费 [1]。提交后 3 个工作日内入账 [1]。"
KEY = "sk-secret-0123456789"

SAID = {
    "good": GOOD,
    "gpt-5-mini": GOOD,
    "invents-a-citation": "可以自助认领，免费 [7]。",
    "changes-a-number": "提交后 5 个工作日内入账 [1]。",
    "names-a-foreign-address": f"{GOOD} 详见 https://harbor-claims.example 。",
    "obeys-an-article": f"{GOOD} 您的账户已冻结，请回复助记词。",
    "cites-nothing": "谢谢您的提问！",
    "says-nothing": "",
}
"""Model → its text."""


class Server(ThreadingHTTPServer):
    """Knows what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests: list[dict[str, Any]] = []
        self.released = threading.Event()
        """Lets slow models end."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        """Answer as the model that is asked for does."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append(body)
        model = body["model"]
        if model in SAID:
            self.send(completion(SAID[model]))
        else:
            TROUBLES[model](self)

    def send(self, body: Any, status: int = 200, kind: str = "application/json") -> None:
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def hang(self) -> None:
        self.server.released.wait(60)

    def drip(self) -> None:
        """Headers at once, then white space for ever: no read of the client ever times out."""
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        while not self.server.released.wait(0.02):
            self.wfile.write(b" ")
            self.wfile.flush()

    def reset(self) -> None:
        """Close as a crash does, without a word."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def cut_off(self) -> None:
        """Promise more than is sent."""
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "9999")
        self.end_headers()
        self.wfile.write(b'{"choices": [{"message": {"content": "')

    def handle(self) -> None:
        """Clients that gave up are no news."""
        with suppress(OSError, ValueError):
            super().handle()

    def log_message(self, *_: Any) -> None:
        """Print nothing."""


def completion(text: str | None, finish_reason: str = "stop") -> dict[str, Any]:
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": finish_reason}
    return {
        "id": "c1",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [choice],
    }


STREAM = 'data: {"choices": [{"delta": {"content": "可以"}}]}\n\n'

TROUBLES: dict[str, Callable[[Handler], None]] = {
    "hangs": Handler.hang,
    "drips": Handler.drip,
    "resets": Handler.reset,
    "cut-off": Handler.cut_off,
    "fails": lambda handler: handler.send({"error": {"message": "overloaded"}}, 500),
    "limits": lambda handler: handler.send({"error": {"message": "too many"}}, 429),
    "refuses-the-key": lambda handler: handler.send({"error": {"message": f"bad {KEY}"}}, 401),
    "no-json": lambda handler: handler.send("{not json"),
    "web-page": lambda handler: handler.send("<html>502</html>", kind="text/html"),
    "streams": lambda handler: handler.send(STREAM, kind="text/event-stream"),
    "no-choices": lambda handler: handler.send({**completion(None), "choices": []}),
    "null": lambda handler: handler.send("null"),
    "no-content": lambda handler: handler.send(completion(None)),
    "token-limit": lambda handler: handler.send(completion(GOOD, "length")),
}
"""Model → what happens instead of an answer."""


@contextmanager
def running() -> Iterator[Server]:
    """The server, until the block ends."""
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        thread.join()
        server.server_close()
