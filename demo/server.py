"""Serves the demo press site on loopback: in a thread for tests, or as a process (`python -m demo`)."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import sys
import threading
from types import TracebackType
from typing import Any, Self

from demo.site import Site, Switches
from demo.truth import SEED, Catalogue, TruthArticle
from demo.wire import Connection, State

HOST, PORT = "127.0.0.1", 8765


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(512)
    except OSError:
        listener.close()
        raise
    return listener


def _new_loop() -> asyncio.AbstractEventLoop:
    with contextlib.suppress(ImportError):
        import uvloop

        return uvloop.new_event_loop()
    return asyncio.new_event_loop()


class DemoServer:
    """The site in a thread of this process; port 0 takes a free one.

    A context manager. `base_url` has no slash at its end; `truth()` is about the edition that is online.

    Raises:
        OSError: the port is taken (when entering).
    """

    def __init__(self, articles: int = 300, port: int = PORT, edition: int = 1, seed: int = SEED) -> None:
        self.articles, self.port, self.seed = articles, port, seed
        self._edition = edition
        self.base_url = ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Bind, then answer from a thread; requests are accepted when this returns."""
        listener = _listen(self.port)
        self.port = listener.getsockname()[1]
        self.base_url = f"http://{HOST}:{self.port}"
        self.catalogue = Catalogue(self.articles, self.seed, self.base_url)
        self.state = State(Site(self.catalogue), Switches())
        self.state.publish(self._edition)
        self._loop = _new_loop()
        self._thread = threading.Thread(target=self._run, args=(listener,), name="demo", daemon=True)
        self._thread.start()

    def _run(self, listener: socket.socket) -> None:
        loop = self._loop
        asyncio.set_event_loop(loop)
        self._stopped = asyncio.Event()
        loop.run_until_complete(self._serve(listener))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

    async def _serve(self, listener: socket.socket) -> None:
        server = await asyncio.get_running_loop().create_server(lambda: Connection(self.state), sock=listener)
        await self._stopped.wait()
        server.close()
        for connection in list(self.state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)

    def stop(self) -> None:
        """Close every connection and end the thread."""
        self._loop.call_soon_threadsafe(self._stop)
        self._thread.join()

    def _stop(self) -> None:
        self._stopped.set()

    @property
    def edition(self) -> int:
        return self.state.switches.edition

    def truth(self) -> list[TruthArticle]:
        """Every article that is online, oldest first."""
        return self.catalogue.articles(self.edition)

    def gone(self) -> dict[str, int]:
        """URL -> status of what the edition has deleted."""
        return self.catalogue.gone(self.edition)

    def stats(self) -> dict[str, Any]:
        """The counters, as `/__stats` shows them."""
        return self.state.counters.as_dict()

    def publish(self, edition: int) -> None:
        """Put an edition online (1 or 2)."""
        self._call("publish", edition=edition)

    def set(self, **values: float | str) -> None:
        """latency=milliseconds, crawl_delay=seconds."""
        self._call("set", **values)

    def reset(self) -> None:
        """Start counting anew."""
        self._call("reset")

    def down(self, on: bool = True) -> None:
        """Answer 503 to everything, or no more."""
        self._call("down", on=int(on))

    def empty(self, on: bool = True) -> None:
        """Let every page and channel list nothing, or no more."""
        self._call("empty", on=int(on))

    def _call(self, name: str, **values: float | str) -> None:
        if self.state.control(name, {key: str(value) for key, value in values.items()}) is None:
            raise ValueError(f"{name} does not take {values}")


def serve(articles: int = 300, port: int = PORT, edition: int = 1, seed: int = SEED) -> None:
    """Serve until SIGINT or SIGTERM; the first line on standard output is the base URL.

    Raises:
        OSError: the port is taken.
    """
    done = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: done.set())
    with DemoServer(articles, port, edition, seed) as server:
        sys.stdout.write(f"{server.base_url}/\n")
        sys.stdout.flush()
        done.wait()
