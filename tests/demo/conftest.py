"""A demo site of 300 articles on a free port, and a client that follows no redirect."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

from demo.server import DemoServer


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes


Get = Callable[..., Answer]


def fetch(url: str, method: str = "GET", **headers: str) -> Answer:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=20)
    try:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(
            method, target, headers={key.replace("_", "-"): value for key, value in headers.items()}
        )
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


@pytest.fixture(scope="session")
def get() -> Get:
    return fetch


@pytest.fixture(scope="session")
def site() -> Iterator[DemoServer]:
    """The first edition. Only for tests that switch nothing."""
    with DemoServer(port=0) as server:
        yield server


@pytest.fixture
def own() -> Iterator[DemoServer]:
    """A small site for tests that switch or count."""
    with DemoServer(articles=75, port=0) as server:
        yield server
