"""Python loads this into a command whose PYTHONPATH names this folder: how long is its event loop silent?

Every 50 ms the loop notes that it is alive. HEARTBEAT_FILE gets the number of beats and the longest silence
(seconds) when the process ends.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading
import time
from pathlib import Path


class _Heart:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._last = 0.0
        self._longest = 0.0
        self._beats = 0
        threading.Thread(target=self._start, daemon=True).start()

    def _start(self) -> None:
        while "twisted.internet.reactor" not in sys.modules:
            time.sleep(0.02)
        time.sleep(0.2)
        self._reactor = sys.modules["twisted.internet.reactor"]
        self._reactor.callWhenRunning(self._begin)

    def _begin(self) -> None:
        atexit.register(self._tell)
        self._last = time.monotonic()
        self._beat()

    def _beat(self) -> None:
        now = time.monotonic()
        self._longest = max(self._longest, now - self._last)
        self._last = now
        self._beats += 1
        self._reactor.callLater(0.05, self._beat)

    def _tell(self) -> None:
        self._path.write_text(f"{self._beats} {self._longest:.3f}\n", encoding="utf-8")


if "HEARTBEAT_FILE" in os.environ:
    _Heart(Path(os.environ["HEARTBEAT_FILE"]))
