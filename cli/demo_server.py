"""The demo press site as a child process: started where nothing serves it, ended with us even by kill -9."""

from __future__ import annotations

import contextlib
import errno
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from urllib.parse import urlsplit

from cli.output import note
from storage.children import die_with

_START_SECONDS = 30.0
_END_SECONDS = 2.0  # for the child of a command that was killed
_PAUSE = 0.2


class DemoError(Exception):
    """The demo site could not be served. The message says why."""

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code


@contextlib.contextmanager
def serving(url: str) -> Iterator[None]:
    """The demo site answers at this URL while this holds: who serves it already goes on, else a child does.

    One command at a time has a child serve it: another one's site would go with that one, so its end is
    waited for.

    Raises:
        DemoError: another program uses the address, or the server did not start.
    """
    with _turn(url) as turn:
        if _is_there(url):
            turn.close()
            yield
        else:
            yield from _served(url)


def _is_there(url: str) -> bool:
    """Whether the demo site answers, and goes on to: not as the child of a command that was killed just now.

    Raises:
        DemoError: another program uses the address.
    """
    deadline = time.monotonic() + _END_SECONDS
    while _listens(url):
        answer = _is_demo(url)
        if answer is False or time.monotonic() > deadline:
            raise DemoError(f"{url} is not the demo site: end the program that uses this port", 2)
        time.sleep(_PAUSE)
        if answer and _is_demo(url):
            return True
    return False


def _turn(url: str) -> socket.socket:
    """Held by whoever has a child serve the site; the system releases it when that process dies.

    An abstract address (man 7 unix) leaves no file behind, and belongs to the network the port belongs to.
    """
    said = False
    while True:
        turn = socket.socket(socket.AF_UNIX)
        try:
            turn.bind(f"\0hemero-demo-{urlsplit(url).port}")
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                return turn  # there are no such addresses here: whose turn it is cannot be told
            turn.close()
        else:
            return turn
        if not said and sys.stderr.isatty():
            note("Another command serves the demo site: waiting for its end.")
            said = True
        time.sleep(0.1)


def _served(url: str) -> Iterator[None]:
    server = subprocess.Popen(
        [sys.executable, "-P", "-m", "demo"],  # -P: a folder "demo" in the current one is not meant
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for the crawl, which finishes what is in flight
        preexec_fn=partial(die_with, os.getpid()),
    )
    try:
        _wait_for(server, url)
        yield
    finally:
        server.terminate()
        server.wait()


def _wait_for(server: subprocess.Popen[bytes], url: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not _listens(url):
        if server.poll() is not None:
            raise DemoError(f"the demo site ended at once (exit code {server.returncode})")
        if time.monotonic() > deadline:
            raise DemoError(f"the demo site does not answer at {url}")
        time.sleep(0.05)


def _listens(url: str) -> bool:
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=1):
            return True
    except OSError:
        return False


def _is_demo(url: str) -> bool | None:
    """Only the demo site counts its requests at /__stats. None: who listened went away."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=5)
    try:
        connection.request("GET", "/__stats")
        return isinstance(json.loads(connection.getresponse().read(1 << 20)), dict)
    except (OSError, http.client.IncompleteRead):
        return None
    except (ValueError, http.client.HTTPException):
        return False
    finally:
        connection.close()
