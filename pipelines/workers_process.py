"""One worker process as its pool sees it: started, asked, ended."""

from __future__ import annotations

import math
import os
import sys
import time
from multiprocessing import Pipe
from pathlib import Path
from subprocess import DEVNULL, Popen, TimeoutExpired
from typing import Any, Final

PATIENCE: Final = 6
CHILD: Final = "pipelines.workers_child"  # what is run
_START_SECONDS: Final = 60.0  # a cold import of the readers on a busy machine


class ReadFault(Exception):
    """A page that could not be read. `cause` is one word for counts and rows."""

    cause = "error"


class ReadTimeout(ReadFault):
    """The worker was killed at its deadline."""

    cause = "timeout"


class ReadCrash(ReadFault):
    """The worker died: out of memory, or a fault in C code."""

    cause = "crash"


class ReadError(ReadFault):
    """The reader raised. The message is the exception's own."""

    cause = "error"


class ReadersUnavailableError(Exception):
    """No worker can be started: a fault of the installation or the machine, not of a page."""


class Worker:
    """One process and the pipe to it. Raises OSError where none can be started.

    Not by multiprocessing: its children import the program of their parent, and a further process looks
    after resources that we do not share.
    """

    def __init__(self, memory: int | None) -> None:
        self._pipe, other = Pipe()
        with other:
            self._process = Popen(
                # -P: a folder "pipelines" in the current one is not meant
                [sys.executable, "-P", "-m", CHILD, str(other.fileno()), str(memory or 0), str(os.getpid())],
                stdin=DEVNULL,
                stdout=DEVNULL,
                pass_fds=[other.fileno()],
            )
        self.calls = 0
        self.dead = False

    @property
    def pid(self) -> int:
        return self._process.pid

    def kill(self) -> None:
        """End it whatever it does; who waits for its answer hears that it died."""
        self._process.kill()

    def call(self, function: str, args: tuple[Any, ...], deadline: float) -> Any:
        if self.calls == 0:
            self._await_start()
        self.calls += 1
        try:
            self._pipe.send((function, args))
        except (BrokenPipeError, ConnectionResetError):
            self.dead = True
            raise ReadCrash("the reader died before it got the page") from None
        ok, value = self._receive(deadline, f"reading took more than {deadline:g} s and was ended", PATIENCE)
        if not ok:
            raise ReadError(value)
        return value

    def _await_start(self) -> None:
        try:
            self._receive(_START_SECONDS, "it did not answer")
        except ReadFault as fault:
            self.dead = True
            raise ReadersUnavailableError(f"a reader process cannot be started: {fault}") from None

    def _receive(self, seconds: float, late: str, patience: int = 1) -> Any:
        """The answer, if it comes within so many seconds of the worker's own time."""
        last, until = time.monotonic() + patience * seconds, self._worked() + seconds
        wait = seconds
        try:
            while wait > 0:
                if self._pipe.poll(wait):
                    return self._pipe.recv()
                wait = min(until - self._worked(), last - time.monotonic())
        except (EOFError, ConnectionResetError):
            self.dead = True
            raise ReadCrash(f"the reader died (exit code {self._ended(5)})") from None
        self.dead = True
        self._process.kill()
        raise ReadTimeout(late)

    def _worked(self) -> float:
        """Seconds of processor time until now; endless where none is told: the clock counts."""
        try:
            fields = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2]
        except OSError:
            return math.inf
        user, system = fields.split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def _ended(self, seconds: float) -> int | None:
        """The exit code, if it ends within so many seconds."""
        try:
            return self._process.wait(seconds)
        except TimeoutExpired:
            return None

    def end(self) -> None:
        """It holds nothing that an orderly end would save."""
        self._pipe.close()
        self._process.kill()
        self._process.wait()
