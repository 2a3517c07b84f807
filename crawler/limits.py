"""What the machine lets one process have."""

from __future__ import annotations

import resource

from storage.doctor import LEAST_FILES
from storage.errors import ArchiveError

_FEWEST = 96  # a crawl of one site: its database, capture files, readers and sockets


class TooFewFiles(ArchiveError):
    """Connections and files would fail one after the other, each with another message."""

    exit_code = 2


def raise_open_files() -> None:
    """Take as many open files as a crawl of many sites needs, if the hard limit allows it.

    Raises:
        TooFewFiles: not even a crawl of one site can work.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= LEAST_FILES or soft == resource.RLIM_INFINITY:
        return
    wanted = LEAST_FILES * 4
    allowed = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
    if allowed > soft:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    if allowed < _FEWEST:
        raise TooFewFiles(
            f"only {allowed} open files are allowed, a crawl needs {LEAST_FILES}:"
            " raise `ulimit -n` (LimitNOFILE)"
        )
