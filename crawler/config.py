"""Operator settings: `hemero.toml` in the archive folder, or the file named by --config.

Every setting has a default; a wrong key or value is refused with file, line and key.
"""

from __future__ import annotations

import getpass
import os
import re
import socket
import stat
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

VERSION = "0.1.0"
Url = Annotated[str, msgspec.Meta(pattern=r"^(https?://[^\s/]+.*)?$")]


Positive = Annotated[float, msgspec.Meta(gt=0)]
NotNegative = Annotated[float, msgspec.Meta(ge=0)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
AtLeastOne = Annotated[int, msgspec.Meta(ge=1)]
Count = Annotated[int, msgspec.Meta(ge=0)]


class ConfigError(Exception):
    """A settings file that cannot be used. The message is one line: file, line, key, what is wrong."""


class CrawlSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """[crawl]: how the crawler behaves towards other people's servers."""

    contact: str = ""  # an address or URL a webmaster can write to; stands in the user agent
    user_agent: str = ""  # replaces the whole user agent
    delay: NotNegative = 1.0  # seconds between two requests to one host
    concurrency: AtLeastOne = 1  # requests in flight per host
    timeout: Positive = 30.0  # seconds for one response, first byte to last
    max_body_mb: AtLeastOne = 16
    max_listing_pages: AtLeastOne = 20  # pages followed from one listing when it is read for the first time
    max_sitemaps: AtLeastOne = 50  # sitemaps asked in one run, newest first; a backfill asks all
    retry_minutes: tuple[float, ...] = (
        1,
        5,
        30,
        240,
        1440,
        4320,
        10080,
        10080,
    )  # between tries, then no more
    revisit_hours: tuple[float, ...] = (1, 6, 24, 168, 720)  # ages at which an article is fetched again
    max_pages: AtLeastOne = 2000  # article pages one site may cost in one run
    revisit_share: Share = 0.2  # of those, what revisits may take
    backlog_pages: Count = 20  # of those, pages known only from links in articles or left over by a backfill
    id_patience: AtLeastOne = 10  # numbers in a row that do not exist before a walk by number ends
    obey_robots: bool = True
    max_crawl_delay: Positive = 30.0  # a longer Crawl-delay or Retry-After puts the host off to the next run
    retry_unit: NotNegative = 1.0  # seconds; after n failures in a row a host is left alone for 2**n of them
    give_up_after: AtLeastOne = 5  # failures in a row before a host is put off to the next run


class RightsSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """[rights]: what statements on the use of content are obeyed. All of them are recorded in any case."""

    obey: tuple[str, ...] = ("noarchive",)  # what forbids keeping a page
    ask: bool = True  # fetch /.well-known/tdmrep.json and /ai.txt of each host, at most once a day


class ReaderSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """[readers]: the processes that read pages."""

    processes: Count = 0  # 0 = one a core
    deadline: Positive = 10.0  # seconds of work for one page
    memory_mb: AtLeastOne = 1024
    recycle: AtLeastOne = 1000  # pages after which a process is replaced


class ArchiveSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """[archive]: the folder and its disk."""

    min_free_mb: int = 200  # stop while that much is left (at most a tenth of the disk); 0 = never


class SqlSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """[sql]: what one query of `hemero sql` may take."""

    seconds: Positive = 30.0
    memory_mb: Annotated[int, msgspec.Meta(ge=128)] = 1024
    rows: AtLeastOne = 1000
    at_once: AtLeastOne = 2  # queries running on one archive; further ones wait
    wait: NotNegative = 30.0  # seconds they wait before they are refused


class NotifySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """[notify]: who is told what. Empty = nobody."""

    ping_url: Url = ""  # dead man's switch: URL/start, URL, URL/fail
    webhook_url: Url = ""  # JSON at each change of a site's state
    mail_to: tuple[str, ...] = ()  # addresses told at each change of a site's state
    mail_from: str = ""  # hemero@ this machine
    smtp: Annotated[str, msgspec.Meta(pattern=r"^[^\s:]+:\d{1,5}$")] = "localhost:25"
    smtp_security: Literal["none", "starttls", "tls"] = "none"
    smtp_user: str = ""  # the password stands in HEMERO_SMTP_PASSWORD
    metrics_file: str = ""  # written after each crawl, for Prometheus
    status_page: str = ""  # written after each crawl, HTML


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole settings file. `site` holds declarations, checked by crawler.loader."""

    crawl: CrawlSettings = CrawlSettings()
    rights: RightsSettings = RightsSettings()
    readers: ReaderSettings = ReaderSettings()
    notify: NotifySettings = NotifySettings()
    archive: ArchiveSettings = ArchiveSettings()
    sql: SqlSettings = SqlSettings()
    site: tuple[dict[str, Any], ...] = ()

    @property
    def user_agent(self) -> str:
        """Who we are and whom to write to, e.g. "hemerotheque/0.1.0 (+mailto:archive@example.org)"."""
        if self.crawl.user_agent:
            return self.crawl.user_agent
        contact = self.crawl.contact or f"{_login()}@{socket.getfqdn()}"
        if "@" in contact and ":" not in contact:
            contact = f"mailto:{contact}"
        return f"hemerotheque/{VERSION} (+{contact})"


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a number without a name, as in many containers
        return "hemero"


def load_config(path: Path | None, *, required: bool = False) -> Config:
    """Read a settings file; a missing one gives the defaults unless it was asked for by name.

    Raises:
        ConfigError: the file is missing, unreadable, not TOML, or holds an unknown key or a wrong value.
    """
    if path is None or (not required and not os.path.lexists(path)):
        return Config()
    text = read_settings(path)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not TOML: {error}") from None
    except RecursionError:
        raise ConfigError(f"{path}: nested too deep to be settings") from None
    try:
        return msgspec.convert(data, Config)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{path}{_line_of(str(error), text)}: {error}") from None


def read_settings(path: Path) -> str:
    """The text of a settings file or a declaration; a pipe or a device is never waited for.

    Raises:
        ConfigError: it cannot be read, is no file, or is not UTF-8.
    """
    try:
        with open(path, encoding="utf-8", opener=_without_waiting) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise ConfigError(f"{path}: cannot be read (it is no file)")
            return file.read()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: cannot be read ({error})") from None


def _without_waiting(path: str, flags: int) -> int:
    """As open() opens; the pipe's writer is not waited for."""
    return os.open(path, flags | os.O_NONBLOCK)


def _line_of(message: str, text: str) -> str:
    """The line of the key a validation message names, as ":12", or nothing."""
    named = re.findall(r"`\$?\.?([\w.\[\]]+)`", message)
    for name in named:
        key = re.split(r"[.\[]", name)[-1] if "." in name else name
        for number, line in enumerate(text.splitlines(), 1):
            if re.match(rf"\s*\"?{re.escape(key)}\"?\s*=|\s*\[+{re.escape(key)}\]+", line):
                return f":{number}"
    return ""
