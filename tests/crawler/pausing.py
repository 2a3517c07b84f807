"""Gets one page from each of some servers at once: python -m tests.crawler.pausing MOST URL...

Prints the most bytes that the loads held, and how many bytes came. A whole page is on the disk after a while.
"""

from __future__ import annotations

import sys
from typing import Any

from twisted.internet import asyncioreactor

asyncioreactor.install()

from twisted.internet import reactor, task  # noqa: E402
from twisted.internet.defer import DeferredList, inlineCallbacks  # noqa: E402
from twisted.web.client import Agent, HTTPConnectionPool, readBody  # noqa: E402

from crawler.wire import Connection, Counted, Loads  # noqa: E402


class Watched(Loads):
    peak = 0

    def brought(self, connection: Connection, count: int, *, is_heavy: bool) -> None:
        super().brought(connection, count, is_heavy=is_heavy)
        self.peak = max(self.peak, self._coming + self._come)


@inlineCallbacks
def main(_: Any, most: str, *urls: str) -> Any:
    loads, pool = Watched(int(most)), HTTPConnectionPool(reactor)
    make = pool._factory
    pool._factory = lambda *arguments: Counted(make(*arguments), loads)  # type: ignore[assignment]

    @inlineCallbacks
    def fetch(url: str) -> Any:
        response = yield Agent(reactor, pool=pool).request(b"GET", url.encode())
        size = len((yield readBody(response)))
        loads.came(size)
        yield task.deferLater(reactor, 0.05, loads.gone, size)  # type: ignore[arg-type]
        return size

    done = yield DeferredList([fetch(url) for url in urls], consumeErrors=True)
    assert loads._coming == loads._come == 0, "what came and went is counted alike"
    yield pool.closeCachedConnections()
    print(loads.peak, sum(size for is_well, size in done if is_well))


if __name__ == "__main__":
    task.react(main, sys.argv[1:])
