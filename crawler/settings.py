"""Scrapy's settings: only the lines we mean, each with its reason."""

from typing import Any

SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"

# --- one page's way ------------------------------------------------------------------------------
ITEM_PIPELINES = {
    "pipelines.steps.ReadStep": 100,  # in a worker process: read, normalise, mark duplicates
    "pipelines.steps.StoreStep": 900,  # article, revision, links, index, frontier row
}
# Scrapy's own lists are set, not altered: what they name is imported even where it is switched off, which
# would cost every run half a second of processor time. So there are no cookies, no proxy that the environment
# names by accident, no meta refresh, no retries within 14 ms, and no console or control server.
DOWNLOADER_MIDDLEWARES_BASE: dict[str, int] = {}
DOWNLOADER_MIDDLEWARES = {
    "crawler.politeness.bounds.BoundsMiddleware": 50,  # where a request may go: names, ports and addresses
    "crawler.politeness.robots.RobotsMiddleware": 100,
    "crawler.politeness.statements.StatementsMiddleware": 110,  # what the host says of the use of its pages
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": 600,
    "scrapy.downloadermiddlewares.stats.DownloaderStats": 850,
    "crawler.archive.ArchiveMiddleware": 880,  # next to the downloader: undecoded body, every status
    "crawler.politeness.slots.SlotsMiddleware": 950,  # nothing between the turn and the wire
}
EXTENSIONS_BASE: dict[str, int] = {}  # progress, memory and limits are ours; nothing opens a port

# --- speed ---------------------------------------------------------------------------------------
ASYNCIO_EVENT_LOOP = "uvloop.Loop"  # 25-40 % less CPU in the engine
CONCURRENT_ITEMS = 8  # 100 tasks a response otherwise
CONCURRENT_REQUESTS = 64  # the real limits are per host, in crawler.politeness.slots
CONCURRENT_REQUESTS_PER_DOMAIN = 64  # Scrapy overruns this one at delay 0
DOWNLOAD_DELAY = 0  # kept by crawler.politeness.slots
STATS_DUMP = False

# --- safety --------------------------------------------------------------------------------------
TWISTED_DNS_RESOLVER = "crawler.politeness.resolver.GuardedResolver"  # checks addresses at connect time
DOWNLOAD_HANDLERS = {
    "http": "crawler.wire.Http",  # can be ended when the crawl ends, and held up when memory is full
    "https": "crawler.wire.Http",
    **dict.fromkeys(("file", "ftp", "s3", "data")),  # http and https only
}
DOWNLOAD_MAXSIZE = 16 * 1024 * 1024  # also of the decompressed body: 809 bytes of brotli make 1 GiB
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_TIMEOUT = 30  # a total deadline
DOWNLOAD_FAIL_ON_DATALOSS = False  # a cut transfer is kept, marked, and tried again
DOWNLOAD_VERIFY_CERTIFICATES = True
REDIRECT_MAX_TIMES = 8
REFERRER_POLICY = "no-referrer"
URLLENGTH_LIMIT = 2000
HTTPERROR_ALLOW_ALL = True  # what a status means is decided in crawler.news, once
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "fr,ar;q=0.7,en;q=0.5",
    "Accept-Encoding": "gzip, deflate",
}

# --- log -----------------------------------------------------------------------------------------
LOG_LEVEL = "WARNING"
LOG_FORMATTER = "crawler.log.QuietFormatter"


def overridden(**values: Any) -> dict[str, Any]:
    """These settings as a dict, with others on top: what `hemero crawl` hands to Scrapy."""
    return {key: value for key, value in globals().items() if key.isupper()} | values
