"""The command in a process that begins with its modules loaded: most of a short one's time is importing.

One process for each worker of pytest loads everything and waits. For each command it forks a child, which
takes the streams, folder and environment it is given and runs the console entrance to its end, or until it is
killed. The readers of such a command are forked from it and run what they always run. What starves, what it
costs and how it starts is tried with the installed command (tests.running.run_hemero), and in `make soak`
everything is.
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
import select
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from functools import cache, partial
from pathlib import Path
from typing import IO, Never

from sqlalchemy.orm import configure_mappers

from pipelines import workers_process

_FREE = (
    "HEMERO_",
    "FAULT_AT",
    "COLUMNS",
    "TMPDIR",
)  # what a child may find otherwise in its environment than the one that waits
_SECONDS = 200.0
_MESSAGE = 1 << 20  # bytes of one command


class Child:
    """A command's process. It is not our own child; what is here is as in subprocess.Popen."""

    def __init__(self, arguments: list[str], status: socket.socket) -> None:
        self._status = status
        self.args = arguments
        self.returncode: int | None = None
        status.settimeout(_SECONDS)
        self.pid = int(status.recv(100))

    def poll(self) -> int | None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.wait(0.0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None:
            if not select.select([self._status], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self.args, timeout or 0.0)
            self.returncode = int(self._status.recv(100))
            self._status.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


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
        atexit.register(self.close)

    def start(
        self,
        arguments: list[str],
        cwd: Path,
        env: dict[str, str],
        stdout: IO[bytes],
        stderr: IO[bytes],
        *,
        start_new_session: bool = False,
    ) -> Child:
        """Begin a command; its streams are the files' from where they are now."""
        job = {"arguments": arguments, "cwd": str(cwd), "env": env, "session": start_new_session}
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            passed = array.array("i", [stdout.fileno(), stderr.fileno(), theirs.fileno()])
            self._socket.sendmsg([json.dumps(job).encode()], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, passed)])
        return Child(arguments, ours)

    def run(self, arguments: list[str], cwd: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
        """As subprocess.run with its output captured; "-c" and a program instead of a command run that.

        Raises: TimeoutExpired; the child is killed then.
        """
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            child = self.start(arguments, cwd, env, out, err)
            try:
                code = child.wait(_SECONDS)
            except BaseException:
                child.kill()
                child.wait()
                raise
            return subprocess.CompletedProcess(arguments, code, _text(out), _text(err))

    def close(self) -> None:
        self._socket.close()
        self._process.wait()


@cache
def _waiting(mounts: Path) -> Preloaded:
    return Preloaded()


def preloaded() -> Preloaded:
    """The process that waits where we are."""
    return _waiting(_mounts())


def _mounts() -> Path:
    return Path("/proc/self/ns/mnt").readlink()


def can_run(env: dict[str, str]) -> bool:
    """Whether this environment is the waiting process's but for our own settings."""
    return not any(name.startswith("PYTHON") for name in env) and _plain(env) == preloaded().environment


def _plain(env: dict[str, str]) -> dict[str, str]:
    skipped = (*_FREE, "PYTHON", "PYTEST_")
    return {name: value for name, value in env.items() if not name.startswith(skipped)}


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")


def _serve(descriptor: int) -> None:
    """In the waiting process: a child for each command, until the tests have ended."""
    _load()
    running: dict[int, tuple[int, socket.socket]] = {}  # by the descriptor that tells of its end
    with socket.socket(fileno=descriptor) as link, selectors.EpollSelector() as ready:
        ready.register(link, selectors.EVENT_READ)
        while True:
            for key, _ in ready.select():
                if key.fileobj is not link:
                    ready.unregister(key.fileobj)
                    _report(key.fd, *running.pop(key.fd))
                    continue
                job, passed, _, _ = socket.recv_fds(link, _MESSAGE, 3)
                if not job:
                    for pid, _ in running.values():
                        os.kill(pid, signal.SIGKILL)
                    return
                others = [status.fileno() for _, status in running.values()]
                pid, status = _fork(
                    json.loads(job), passed, [link.fileno(), ready.fileno(), *running, *others]
                )
                ended = os.pidfd_open(pid)
                running[ended] = pid, status
                ready.register(ended, selectors.EVENT_READ)


def _fork(job: dict[str, object], passed: list[int], ours: list[int]) -> tuple[int, socket.socket]:
    """Begin a command; `ours` are descriptors that it may not keep."""
    *streams, told = passed
    pid = os.fork()
    if pid == 0:
        for descriptor in (*ours, told):
            os.close(descriptor)
        _become(job, streams)
    for stream in streams:
        os.close(stream)
    status = socket.socket(fileno=told)
    status.send(str(pid).encode())
    return pid, status


def _report(ended: int, pid: int, status: socket.socket) -> None:
    os.close(ended)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    with status, contextlib.suppress(BrokenPipeError):
        status.send(str(code).encode())


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

    workers_process.Popen = Reader  # type: ignore[assignment,misc]
    if job["session"]:
        os.setsid()
    for target, stream in enumerate(streams, start=1):
        os.dup2(stream, target)
        os.close(stream)
    os.chdir(str(job["cwd"]))
    os.environ.clear()
    os.environ.update(job["env"])  # type: ignore[call-overload]
    tempfile.tempdir = None  # it is asked for again
    arguments = job["arguments"]
    assert isinstance(arguments, list)
    if arguments[:1] == ["-c"]:
        program = partial(exec, arguments[1], {"__name__": "__main__"})
        sys.argv = ["-c", *arguments[2:]]
    else:
        program = main
        sys.argv = ["hemero", *arguments]
    try:
        program()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001  as the interpreter does
        traceback.print_exc()
        code = 1
    _end(code)


class Reader:
    """A reader of a command: what is here is as in subprocess.Popen, from which it is begun elsewhere."""

    def __init__(self, command: list[str], *, pass_fds: list[int], **_: object) -> None:
        self.args = command
        self.pid = os.fork()
        if self.pid == 0:
            _read(command, *pass_fds)
        self._ended = os.pidfd_open(self.pid)
        self._code: int | None = None

    def wait(self, timeout: float | None = None) -> int:
        if self._code is None:
            if not select.select([self._ended], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self.args, timeout or 0.0)
            self._code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
            os.close(self._ended)
        return self._code

    def kill(self) -> None:
        if self._code is None:
            os.kill(self.pid, signal.SIGKILL)


def _read(command: list[str], pipe: int) -> Never:
    """Never returns: with nothing of the command's but its memory, be the program that reads for it."""
    from pipelines import workers_child

    signal.set_wakeup_fd(-1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.closerange(3, pipe)
    os.closerange(pipe + 1, os.sysconf("SC_OPEN_MAX"))
    name, _, memory, parent = command[command.index(workers_process.CHILD) :]
    held = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")  # the command's
    sys.argv = [name, str(pipe), str(int(memory) + held if int(memory) else 0), parent]
    try:
        workers_child.main()
    finally:
        os._exit(0)


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
