"""What a command and all the processes it starts use while it runs: memory, files, command lines."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

EVERY = 0.05  # seconds between two looks


class Watch:
    """Looks at a process and its descendants until it leaves the `with` block.

    Attributes:
        peak_mb: most memory of all of them at once (proportional shares: a page that two share counts once).
        peak_files: most open files of any of them.
        commands: every command line seen.
        processes: every process id seen.
        seconds: how long it was watched.
    """

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.peak_mb = 0.0
        self.peak_files = 0
        self.commands: set[str] = set()
        self.processes: set[int] = set()
        self.seconds = 0.0
        self._over = threading.Event()
        self._started = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join(10)
        self.seconds = time.monotonic() - self._started

    def _run(self) -> None:
        while not self._over.is_set():
            self._look()
            self._over.wait(EVERY)

    def _look(self) -> None:
        memory = 0.0
        for pid in family(self.pid):
            self.processes.add(pid)
            with contextlib.suppress(OSError):  # it ended meanwhile
                memory += _memory(pid)
                self.peak_files = max(self.peak_files, sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir()))
                self.commands.add(Path(f"/proc/{pid}/cmdline").read_bytes().decode("utf-8", "replace"))
        self.peak_mb = max(self.peak_mb, memory)


def family(pid: int) -> Iterator[int]:
    """A process and all that descend from it."""
    yield pid
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text("ascii").split():
                yield from family(int(child))


def _memory(pid: int) -> float:
    """Megabytes: each page divided by the number of processes that share it."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def bounded(
    watch: Watch, *, memory_mb: float | None = None, seconds: float | None = None, files: int | None = None
) -> list[str]:
    """O7: what went over its bound. Seconds are a deadline against hangs, not a measure of speed."""
    measured = (
        ("MB of memory", watch.peak_mb, memory_mb),
        ("seconds", watch.seconds, seconds),
        ("open files", watch.peak_files, files),
    )
    return [
        f"{value:.0f} {what}, bound {bound}" for what, value, bound in measured if bound and value > bound
    ]
