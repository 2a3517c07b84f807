"""What Scrapy may say in the log: one line a fault, with text from pages escaped."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from scrapy.logformatter import LogFormatter, LogFormatterResult

from crawler.stopping import Abandoned
from pipelines.workers import ReadFault

if TYPE_CHECKING:
    from twisted.python.failure import Failure


def printable(text: object, limit: int = 300) -> str:
    """One safe line for a log or a terminal: control characters and line breaks escaped."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in str(text)[:limit])


def quieten() -> None:
    """What is too large, and whose certificate is taken, stands in the run; a lost database is said once."""
    for name in ("scrapy.core.downloader.handlers.http11", "scrapy.core.downloader.tls", "psycopg"):
        logging.getLogger(name).setLevel(logging.ERROR)


class QuietFormatter(LogFormatter):
    """Dropped and failed items are counted by the run; the log names them without dumping page content."""

    def item_error(
        self, item: Any, exception: BaseException, response: Any, spider: Any
    ) -> LogFormatterResult:
        url = printable(getattr(getattr(item, "page", None), "url", "?"))
        is_ours = not isinstance(exception, ReadFault | Abandoned)  # the page's fault is counted, not mailed
        return {
            "level": logging.ERROR if is_ours else logging.INFO,
            "msg": "could not be read or stored: %(url)s: %(why)s",
            "args": {"url": url, "why": printable(exception)},
        }

    def dropped(self, item: Any, exception: BaseException, response: Any, spider: Any) -> LogFormatterResult:
        return {"level": logging.DEBUG, "msg": "dropped: %(why)s", "args": {"why": printable(exception)}}

    def download_error(
        self, failure: Failure, request: Any, spider: Any, errmsg: str | None = None
    ) -> LogFormatterResult:
        url = printable(request.url)
        return {"level": logging.DEBUG, "msg": "not fetched: %(url)s", "args": {"url": url}}
