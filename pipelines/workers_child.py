"""The process that reads pages for another one: python -m pipelines.workers_child PIPE MEMORY PARENT.

Through the pipe it says True when all is loaded, then answers each (function, arguments) with (True, value)
or (False, message).
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import resource
import signal
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from storage.children import die_with, give_memory_back, limit_to

_PRELOAD = ("pipelines.article", "pipelines.duplicates", "pipelines.flow")  # so that no page pays for it


def settle() -> None:
    """Let the garbage collector rest: what was loaded stays, and trees are freed without it."""
    gc.freeze()
    gc.set_threshold(20_000)  # new objects; by default it looks some thirty times a page


def main() -> None:
    descriptor, memory, parent = map(int, sys.argv[1:])
    die_with(parent)
    give_memory_back(large=1 << 20, spare=8 << 20)  # for one page after the other, and a giant now and then
    _serve(Connection(descriptor), memory)


def _serve(pipe: Connection, memory: int) -> None:
    # The parent decides when to stop; a Ctrl-C or a service manager's SIGTERM reaches the whole group.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if memory:
        limit_to(resource.RLIMIT_AS, memory)
    functions: dict[str, Callable[..., Any]] = {}
    for module in _PRELOAD:
        importlib.import_module(module)
    settle()
    with contextlib.suppress(BrokenPipeError):
        pipe.send(True)
    while True:
        try:
            function, args = pipe.recv()
        except (EOFError, ConnectionResetError):
            return
        try:
            answer: tuple[bool, Any] = (True, _load(functions, function)(*args))
        except MemoryError:
            answer = (False, "MemoryError: the page needs more memory than a reader may have")
        except Exception as error:  # noqa: BLE001  the step boundary: any fault of one page is that page's
            answer = (False, f"{type(error).__name__}: {error}"[:1000])
        try:
            pipe.send(answer)
        except BrokenPipeError:
            return


def _load(functions: dict[str, Callable[..., Any]], name: str) -> Callable[..., Any]:
    if name not in functions:
        module, _, function = name.partition(":")
        functions[name] = getattr(importlib.import_module(module), function)
    return functions[name]


if __name__ == "__main__":
    main()
