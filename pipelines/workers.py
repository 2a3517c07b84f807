"""Worker processes that read pages, and that can be killed.

A page can hold a parser for minutes (80,000 attributes on one tag: 47 s in lxml) and no Python
timeout reaches into C code. So every page is read in a process of its own pool: it has a memory limit and a
deadline, it is replaced after a number of pages, it dies with its parent, and it never sees the network.

The calling process imports neither lxml nor trafilatura for this: work is named by "module:function".
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import math
import os
import queue
import resource
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from storage.children import die_with, limit_to

PATIENCE = 6
_START_SECONDS = 60.0  # a cold import of the readers on a busy machine
_QUEUE = 3  # calls that wait before another process is worth its start
_PRELOAD = ("pipelines.article", "pipelines.duplicates", "pipelines.flow")  # so that no page pays for it


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


class WorkerPool:
    """Processes that run named functions; one thread here looks after each of them.

    Args:
        processes: how many at most; None means one a core. A further one is started when a few calls wait:
            it costs half a second of processor time, more than a run without news has to read.
        deadline: seconds of work one call may take before its worker is killed; on a machine that is busy
            with other things up to PATIENCE times as many seconds of the clock.
        memory: bytes of address space a worker may have; None for no limit.
        recycle: calls after which a worker is replaced.
    """

    def __init__(
        self,
        processes: int | None = None,
        *,
        deadline: float = 10.0,
        memory: int | None = 1 << 30,
        recycle: int = 1000,
    ) -> None:
        self.processes = processes or len(os.sched_getaffinity(0))
        self.deadline = deadline
        self.memory = memory
        self.recycle = recycle
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._closed = False

    def call(self, function: str, *args: Any, second: str | None = None) -> Future[Any]:
        """Run "module:function" with picklable arguments in a worker.

        `second` is what takes the same arguments, and as much time, where the first was killed or died.
        The future raises ReadTimeout, ReadCrash or ReadError; ReadersUnavailableError is a fault of ours.
        """
        if self._closed:
            raise RuntimeError("the worker pool is closed")
        if not self._threads or (len(self._threads) < self.processes and self._tasks.qsize() >= _QUEUE):
            self._start_thread()
        task = _Task(function, args, Future(), second)
        self._tasks.put(task)
        return task.future

    def close(self) -> None:
        """Finish what was asked for, then end the workers."""
        self._closed = True
        for _ in self._threads:
            self._tasks.put(None)
        for thread in self._threads:
            thread.join()

    def __enter__(self) -> WorkerPool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _start_thread(self) -> None:
        # The thread outlives its worker: PR_SET_PDEATHSIG fires when the starting thread ends.
        thread = threading.Thread(target=self._look_after, name="reader", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _look_after(self) -> None:
        keeper = _Keeper(self)
        while (task := self._tasks.get()) is not None:
            if not task.future.set_running_or_notify_cancel():
                continue
            try:
                task.future.set_result(keeper.answer(task))
            except BaseException as error:  # noqa: BLE001  the caller must hear of it, whatever it is
                task.future.set_exception(error)
        keeper.end()


class _Keeper:
    """One thread's worker, replaced when it is dead or has done its share."""

    def __init__(self, pool: WorkerPool) -> None:
        self._pool = pool
        self._worker: _Worker | None = None

    def answer(self, task: _Task) -> Any:
        try:
            return self._run(task.function, task.args)
        except ReadFault as fault:
            if task.second is None:
                raise
            with contextlib.suppress(ReadFault):
                return self._run(task.second, task.args)
            raise fault from None

    def _run(self, function: str, args: tuple[Any, ...]) -> Any:
        if self._worker is None:
            self._worker = _Worker(self._pool.memory)
        worker = self._worker
        try:
            return worker.call(function, args, self._pool.deadline)
        except ReadFault:
            raise
        except BaseException:
            worker.dead = True
            raise
        finally:
            if worker.dead or worker.calls >= self._pool.recycle:
                self.end()

    def end(self) -> None:
        if self._worker is not None:
            self._worker.end()
            self._worker = None


class _Task:
    __slots__ = ("args", "function", "future", "second")

    def __init__(self, function: str, args: tuple[Any, ...], future: Future[Any], second: str | None) -> None:
        self.function = function
        self.args = args
        self.future = future
        self.second = second


class _Worker:
    """One process and the pipe to it."""

    def __init__(self, memory: int | None) -> None:
        context = get_context("spawn")
        self._pipe, other = context.Pipe()
        self._process: BaseProcess = context.Process(
            target=_serve, args=(other, memory, os.getpid()), name="hemero-reader", daemon=True
        )
        self._process.start()
        other.close()
        self.calls = 0
        self.dead = False

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
            self._process.join(5)
            raise ReadCrash(f"the reader died (exit code {self._process.exitcode})") from None
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

    def end(self) -> None:
        self._pipe.close()
        if self.dead:
            self._process.kill()
        self._process.join(5)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._process.close()


def settle() -> None:
    """Let the garbage collector rest: what was loaded stays, and trees are freed without it."""
    gc.freeze()
    gc.set_threshold(20_000)  # new objects; by default it looks some thirty times a page


def _serve(pipe: Connection, memory: int | None, parent: int) -> None:
    die_with(parent)
    # The parent decides when to stop; a Ctrl-C or a service manager's SIGTERM reaches the whole group.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if memory is not None:
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
