"""One word for why a request gave no usable answer: for counts, rows and verdicts."""

from __future__ import annotations

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)

from crawler.politeness.bounds import OutOfBounds
from crawler.politeness.hosts import HostDeferred
from crawler.politeness.robots import RobotsRefused, RobotsUnreachable

_WORDS: tuple[tuple[type[BaseException], str], ...] = (
    (RobotsRefused, "robots"),
    (RobotsUnreachable, "robots_unreachable"),
    (DownloadTimeoutError, "timeout"),
    (CannotResolveHostError, "dns"),
    (DownloadConnectionRefusedError, "connection_refused"),
    (DownloadFailedError, "connection_lost"),
    (ResponseDataLossError, "truncated"),
    (DownloadCancelledError, "too_large"),  # Scrapy cancels at DOWNLOAD_MAXSIZE
    (UnsupportedURLSchemeError, "scheme"),
    (OSError, "connection_failed"),
)


def cause_of(error: BaseException) -> str:
    """The word for an error of a request; a host's own reason where it was put off; else the class's name."""
    if isinstance(error, OutOfBounds):
        return error.reason
    if isinstance(error, HostDeferred):
        return str(error)
    if isinstance(error, DownloadFailedError) and "SSL" in str(error):
        return "tls"
    for kind, word in _WORDS:
        if isinstance(error, kind):
            return word
    if isinstance(error, IgnoreRequest):
        return "too_many_redirects" if "redirections" in str(error) else "too_large"
    return type(error).__name__
