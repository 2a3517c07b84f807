"""A hostile press site on loopback: one route a fault of the wire, for tests of the crawler.

    with HostileServer(robots="deny") as server:
        server.url("/t/close")

Every server has a second listener, the canary, which plays an internal service: nothing may ever ask it.
Sizes are small by default; `scale=1` plays bombs at full size.
"""

from tests.hostile.server import SECRET, HostileServer

__all__ = ["SECRET", "HostileServer"]
