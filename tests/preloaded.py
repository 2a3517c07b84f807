"""The command in a process that begins with its modules loaded: most of a short one's time is importing.

One process for each worker of pytest loads everything and waits. For each command it forks a child, which
takes the streams, folder and environment it is given and runs the console entrance to its end. Nothing that
dies, is killed or starves is tried here: those tests start the installed command (tests.running.run_hemero).
"""

from __future__ import annotations

import array
import atexit
import contextlib
import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import IO, Never

from sqlalchemy.orm import configure_mappers

_FREE = (
    "HEMERO_",
    "COLUMNS",
    "TMPDIR",
)  # what a child may find otherwise in its environment than the one that waits
_SECONDS = 200.0
_MESSAGE = 1 << 20  # bytes of one command


class Preloaded:
    """The waiting process, and how to have it run a command."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.environment = _plain(dict(os.environ))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.preloaded", str(theirs.fileno())],
            cwd=Path(__file__).resolve().parent.parent,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
        )
        theirs.close()
        self._socket.settimeout(_SECONDS)
        atexit.register(self.close)

    def run(self, arguments: list[str], cwd: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
        """As subprocess.run with its output captured. Raises: TimeoutExpired; the child is killed then."""
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            job = json.dumps({"arguments": arguments, "cwd": str(cwd), "env": env}).encode()
            streams = array.array("i", [out.fileno(), err.fileno()])
            self._socket.sendmsg([job], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, streams)])
            pid = int(self._socket.recv(100))
            try:
                code = int(self._socket.recv(100))
            except TimeoutError:
                os.kill(pid, signal.SIGKILL)
                self._socket.recv(100)
                raise subprocess.TimeoutExpired(arguments, _SECONDS) from None
            return subprocess.CompletedProcess(arguments, code, _text(out), _text(err))

    def close(self) -> None:
        self._socket.close()
        self._process.wait()


@cache
def preloaded() -> Preloaded:
    return Preloaded()


def can_run(env: dict[str, str]) -> bool:
    """Whether this environment is the waiting process's but for our own settings."""
    return "FAULT_AT" not in env and _plain(env) == preloaded().environment


def _plain(env: dict[str, str]) -> dict[str, str]:
    skipped = (*_FREE, "PYTHON", "PYTEST_")
    return {name: value for name, value in env.items() if not name.startswith(skipped)}


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")


def _serve(descriptor: int) -> None:
    """In the waiting process: a child for each command, until the tests have ended."""
    _load()
    with socket.socket(fileno=descriptor) as link:
        while True:
            job, streams, _, _ = socket.recv_fds(link, _MESSAGE, 2)
            if not job:
                return
            child = os.fork()
            if child == 0:
                link.close()
                _become(json.loads(job), streams)
            for stream in streams:
                os.close(stream)
            link.send(str(child).encode())
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            with contextlib.suppress(BrokenPipeError):
                link.send(str(code).encode())


def _load() -> None:
    """Every module of ours, and with them what they need."""
    for room in ("storage", "pipelines", "crawler", "cli", "demo", "explorer"):
        package = importlib.import_module(room)
        for module in pkgutil.walk_packages(package.__path__, f"{room}."):
            if not module.name.endswith((".__main__", "_child")) and ".migrations" not in module.name:
                importlib.import_module(module.name)
    with contextlib.suppress(ImportError):
        importlib.import_module("psycopg")
    configure_mappers()
    gc.collect()
    gc.freeze()  # a child's collector leaves alone what is shared


def _become(job: dict[str, object], streams: list[int]) -> None:
    """Never returns: the command's own end is the child's."""
    from cli.main import main

    for target, stream in enumerate(streams, start=1):
        os.dup2(stream, target)
        os.close(stream)
    os.chdir(str(job["cwd"]))
    os.environ.clear()
    os.environ.update(job["env"])  # type: ignore[call-overload]
    tempfile.tempdir = None  # it is asked for again
    sys.modules["__main__"] = ModuleType("__main__")  # workers begin with the main module of their parent
    arguments = job["arguments"]
    assert isinstance(arguments, list)
    sys.argv = ["hemero", *arguments]
    try:
        main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    _end(code)


def _end(code: int) -> Never:
    """What the interpreter does at its end, but for taking apart all that was loaded."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
