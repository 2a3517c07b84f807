"""Where the log of a crawl goes: warnings to stderr, and all that is done to a file that rotates."""

from __future__ import annotations

import fcntl
import logging
import os
import sys
from logging.handlers import WatchedFileHandler
from pathlib import Path
from typing import TYPE_CHECKING

from cli.output import print_error, safe, safe_line

if TYPE_CHECKING:
    from crawler.runs import CrawlResult

FULL = 5 << 20  # bytes from which on the next crawl begins another file
KEPT = 5  # older ones
_ROOMS = ("cli", "crawler", "pipelines", "storage")
logger = logging.getLogger(__name__)


class _OneLine(logging.Formatter):
    """A record is a line; where a fault happened is shown with `--debug` only, on indented lines."""

    def __init__(self, debug: bool) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._debug = debug

    def format(self, record: logging.LogRecord) -> str:
        if self._debug:
            return safe(super().format(record)).replace("\n", "\n    ")  # what is cited begins no line
        error = record.exc_info[1] if record.exc_info else None
        line = f"{self.formatTime(record)} {record.levelname} {record.name}: {record.getMessage()}"
        told = error is None or str(error) in line
        return safe_line(line if told else f"{line}: {type(error).__name__}: {error}")


def log_to_stderr(debug: bool, verbose: int = 0) -> None:
    """Warnings of the crawl, with `-vv` what it does, with `--debug` everything, each line with its time."""
    handler = logging.StreamHandler()
    level = logging.INFO if verbose > 1 else logging.WARNING
    handler.setLevel(logging.DEBUG if debug else level)  # Scrapy opens the root logger to all
    handler.setFormatter(_OneLine(debug))
    logging.basicConfig(level=handler.level, handlers=[handler], force=True)


def log_to_file(path: Path) -> None:
    """Add what is done to a file, a line each; a full one is put aside first (FILE.1 is the newest of five).

    Any number of crawls may write to it at once: each follows the name when another puts the file aside.

    Raises:
        OSError: it cannot be written.
    """
    _put_aside(path)
    handler = _File(path, encoding="utf-8", errors="backslashreplace")
    handler.setLevel(logging.INFO)
    handler.setFormatter(_OneLine(debug=False))
    handler.addFilter(_is_told)
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(min(root.level, logging.INFO))


class _File(WatchedFileHandler):
    """A log that cannot be written any more is said once, and ends nothing: pages are worth more."""

    _said = False

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        if not self._said:
            self._said = True
            print_error(f"the log {self.baseFilename} cannot be written: {sys.exc_info()[1]}")

    def emit(self, record: logging.LogRecord) -> None:
        try:
            super().emit(record)
        except OSError:  # the folder is gone: opening it again failed, outside of what the library handles
            self.handleError(record)


def _is_told(record: logging.LogRecord) -> bool:
    """What we do ourselves, and warnings of all; what Scrapy says of its parts helps nobody later."""
    return record.levelno >= logging.WARNING or record.name.partition(".")[0] in _ROOMS


def _put_aside(path: Path) -> None:
    """One process at a time: who comes second finds a file that is not full any more."""
    folder = os.open(path.absolute().parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        if not path.exists() or path.stat().st_size < FULL:
            return
        for number in range(KEPT - 1, 0, -1):
            older = path.with_name(f"{path.name}.{number}")
            if older.exists():
                older.replace(path.with_name(f"{path.name}.{number + 1}"))
        path.replace(path.with_name(f"{path.name}.1"))
    finally:
        os.close(folder)


def log_summaries(result: CrawlResult) -> None:
    """One line a site: how its run ended."""
    for one in result.summaries:
        counts = ", ".join(f"{one.counts.get(name, 0)} {name}" for name in ("new", "changed", "failed"))
        logger.info("%s: %s (%d): %s; %s", one.site, one.state, one.exit_code, one.message, counts)
