"""Worker processes that read pages, and that can be killed.

A page can hold a parser for minutes (80,000 attributes on one tag: 47 s in lxml) and no Python
timeout reaches into C code. So every page is read in a process of its own pool: it has a memory limit and a
deadline, it is replaced after a number of pages, it dies with its parent, and it never sees the network.

The calling process imports neither lxml nor trafilatura for this: work is named by "module:function".
"""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from concurrent.futures import Future
from typing import Any

from pipelines.workers_process import (
    ReadCrash,
    ReadError,
    ReadersUnavailableError,
    ReadFault,
    ReadTimeout,
    Worker,
)

__all__ = ["ReadCrash", "ReadError", "ReadFault", "ReadTimeout", "ReadersUnavailableError", "WorkerPool"]

_QUEUE = 3  # calls that wait before another process is worth its start


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
        self._keepers: list[_Keeper] = []
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

    def kill(self) -> None:
        """End all workers in the middle of what they do."""
        for keeper in self._keepers:
            if (worker := keeper.worker) is not None:
                worker.kill()

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
        keeper = _Keeper(self)
        self._keepers.append(keeper)
        thread = threading.Thread(target=self._look_after, args=(keeper,), name="reader", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _look_after(self, keeper: _Keeper) -> None:
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
        self.worker: Worker | None = None

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
        if self.worker is None:
            self.worker = Worker(self._pool.memory)
        worker = self.worker
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
        if self.worker is not None:
            self.worker.end()
            self.worker = None


class _Task:
    __slots__ = ("args", "function", "future", "second")

    def __init__(self, function: str, args: tuple[Any, ...], future: Future[Any], second: str | None) -> None:
        self.function = function
        self.args = args
        self.future = future
        self.second = second
