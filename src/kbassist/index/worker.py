"""A worker process: batches come in on standard input, results leave on its output.

It is a Python of its own rather than a fork: a bot that builds its index may have threads, and a
script may have no `__main__` guard. It ends when its input does, and so never outlives the build,
however that ends. Frames are pickled; only the process that started the worker can write to it. The
first says what holds for all batches, and makes the worker.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import struct
import traceback
from typing import IO, Any

from kbassist.errors import KbassistError

_LENGTH = struct.Struct("<Q")
_OBJECTS = 50_000
"""New objects before a collection: parsing makes thousands an article, hardly any in cycles."""


def send(stream: IO[bytes], value: object) -> None:
    """Write one frame."""
    data = pickle.dumps(value, protocol=5)
    stream.write(_LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """Read one frame.

    Raises:
        EOFError: the other side has gone.
    """
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    size = _LENGTH.unpack(head)[0]
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return pickle.loads(data)


def main() -> None:
    """Serve until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the build decides when to stop
    source = os.fdopen(os.dup(0), "rb")
    target = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not fall between the frames
    gc.set_threshold(_OBJECTS)
    try:
        worker = receive(source).worker()
        while True:
            name, argument = receive(source)
            send(target, _done(worker, name, argument))
    except (EOFError, BrokenPipeError):
        os._exit(0)


def _done(worker: Any, name: str, argument: Any) -> tuple[str, Any]:
    try:
        return "done", getattr(worker, name)(argument)
    except KbassistError as error:
        return "refused", error
    except Exception:
        return "failed", traceback.format_exc(limit=20)


if __name__ == "__main__":
    main()
