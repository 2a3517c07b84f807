"""Scrapy's process of one `hemero crawl`: its settings, its memory, and what signals do to it."""

from __future__ import annotations

import signal
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess

from crawler.log import quieten
from crawler.session import CrawlSession
from crawler.settings import overridden
from crawler.stopping import SECONDS as STOP_SECONDS
from storage.children import give_memory_back


class CrawlProcess(AsyncCrawlerProcess):
    """Remembers its crawlers and the signal that ended them.

    The first signal lets what is in flight finish, for a few seconds; the second ends at once.
    """

    def __init__(self, settings: dict[str, Any], session: CrawlSession) -> None:
        self.signal_number: int | None = None
        self.killed = False
        self.finished: list[Any] = []
        self._session = session
        super().__init__(settings | {"LOG_INSTALL_ROOT_HANDLER": False})

    def _create_crawler(self, spidercls: Any) -> Any:
        crawler = super()._create_crawler(spidercls)
        self.finished.append(crawler)
        return crawler

    def start(self, *arguments: Any, **options: Any) -> None:
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # that is what nohup asks for
            signal.signal(signal.SIGHUP, self._signal_shutdown)
        super().start(*arguments, **options)

    def _signal_shutdown(self, signum: int, _: Any) -> None:
        from twisted.internet import reactor

        self.signal_number = signum
        reactor.callFromThread(self._session.hosts.close)
        reactor.callFromThread(reactor.callLater, STOP_SECONDS, self._session.stop_waiting)
        super()._signal_shutdown(signum, _)

    def _signal_kill(self, signum: int, _: Any) -> None:
        from twisted.internet import reactor

        self.killed = True
        reactor.callFromThread(self._session.stop_waiting)
        super()._signal_kill(signum, _)


def make_process(session: CrawlSession, settings: dict[str, Any]) -> CrawlProcess:
    """A process with the operator's settings, and Scrapy settings on top of crawler.settings."""
    give_memory_back(large=128 << 10, spare=1 << 20)
    crawl = session.config.crawl
    values = overridden(
        USER_AGENT=session.user_agent,
        DOWNLOAD_TIMEOUT=crawl.timeout,
        DOWNLOAD_MAXSIZE=crawl.max_body_mb << 20,
    )
    process = CrawlProcess(values | settings, session)
    quieten()  # Scrapy sets up its loggers when a process is made
    return process
