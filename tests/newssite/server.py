"""All sites of a truth file on loopback, in one thread; what they answer follows the played clock."""

from __future__ import annotations

import asyncio
import socket
import threading
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

from demo.counters import Counters
from demo.site import Reply, Switches
from demo.wire import Connection, Request, State
from tests.newssite import channels, pages
from tests.simulation.world import Site, load

LATENCY = 0.01  # seconds before each answer: without it no two requests would ever overlap


class Played:
    """One site as `demo.wire` asks it: path and switches to a reply, here at the server's moment."""

    def __init__(self, server: PressServer, site: Site) -> None:
        self.server, self.site = server, site
        self._paths = {"/" + story.url.removeprefix(site.home): story for story in site.stories}

    def reply(self, target: str, _: Switches) -> Reply:
        now = self.server.now
        if self.site.trouble(now, "ban"):
            return Reply("ban", b"<h1>403</h1>", status=403)
        if self.site.trouble(now, "overload"):
            return Reply("overload", b"<h1>503</h1>", status=503)
        story = self._paths.get(target)
        if story is None:
            return channels.reply(self.site, target, now) or Reply("missing", b"<h1>404</h1>", status=404)
        if not story.is_online(now):
            gone = 410 if story.number % 2 else 404
            return Reply("article", b"", status=gone if story.published <= now else 404)
        page = pages.page(self.site, story, now)
        return Reply("article", page.encode(), modified=channels.changed(story, now))


@dataclass
class PlayedState(State):
    cut: int = 0  # connections that met an outage

    @property
    def is_out(self) -> bool:
        played = cast(Any, self.site)
        return bool(played.site.trouble(played.server.now, "outage"))


class PlayedConnection(Connection):
    def _begin(self, request: Request) -> None:
        state = cast(PlayedState, self.state)
        if state.is_out:
            state.cut += 1
            self.transport.abort()
        else:
            super()._begin(request)


class PressServer:
    """A context manager; `now` is the played moment and may be moved at any time.

    Attributes:
        truth: the truth file.
        sites: its sites with their stories and addresses.
    """

    def __init__(self, truth_file: Path) -> None:
        self._file = truth_file
        self.now = datetime.min.replace(tzinfo=UTC)
        self._states: dict[str, PlayedState] = {}
        self._servers: list[asyncio.Server] = []
        self._loop = asyncio.new_event_loop()

    def __enter__(self) -> Self:
        names = [table["name"] for table in tomllib.loads(self._file.read_text(encoding="utf-8"))["site"]]
        listeners = {name: _listen(f"127.77.0.{number}") for number, name in enumerate(names, 1)}
        bases = {name: "http://{}:{}/".format(*one.getsockname()) for name, one in listeners.items()}
        self.truth, self.sites = load(self._file, bases)
        for site in self.sites:
            state = PlayedState(cast(Any, Played(self, site)), Switches(), latency=LATENCY)
            self._states[site.name] = state
            serving = self._loop.create_server(partial(PlayedConnection, state), sock=listeners[site.name])
            self._servers.append(self._loop.run_until_complete(serving))
        self._thread = threading.Thread(target=self._loop.run_forever, name="newssite", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        for server in self._servers:
            server.close()
        for state in self._states.values():
            for connection in list(state.connections):
                connection.transport.abort()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    def counted(self, site: str) -> tuple[Counters, int]:
        """What the site was asked since the last `reset`; how many connections an outage cut."""
        return self._states[site].counters, self._states[site].cut

    def reset(self) -> None:
        for state in self._states.values():
            state.counters, state.cut = Counters(), 0


def _listen(host: str) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.bind((host, 0))
    listener.listen(128)
    return listener
