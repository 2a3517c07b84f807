"""From a path to a reply: the demo site as a function of edition and switches."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cached_property

from demo import channels, days
from demo.drafts import Draft
from demo.indexes import Indexes
from demo.pages import lists, magazine, plain, portal
from demo.pages.furniture import Frame
from demo.pages.pictures import ICON, STYLE, photo
from demo.truth import Catalogue

HTML, XML, TEXT = "text/html; charset=utf-8", "application/xml; charset=utf-8", "text/plain; charset=utf-8"
RSS, ATOM = "application/rss+xml; charset=utf-8", "application/atom+xml; charset=utf-8"
SVG, CSS = "image/svg+xml", "text/css; charset=utf-8"
_PAGES = {"portal": portal.page, "magazine": magazine.page, "plain": plain.page}
_PAGED = re.compile(r"([^?]*?)(?:page/(\d{1,6})/|\?page=(\d{1,6}))?")
_PORTAL = re.compile(r"/actualite/(\d{1,9})(?:/[^?]*)?")
_SHORT = re.compile(r"/\?p=(\d{1,9})")
_PRINT = re.compile(r"/imprimer/(\d{1,9})/")
_PHOTO = re.compile(r"/photos/(\d{1,9})\.svg")
_YEAR = re.compile(r"/sitemap-(\d{4})\.xml")


@dataclass(frozen=True, slots=True)
class Switches:
    """What a control request can change. `empty`: no page or channel lists an article."""

    edition: int = 1
    empty: bool = False
    crawl_delay: float | None = None


@dataclass(frozen=True)
class Reply:
    """One answer before any condition is looked at. `kind` is the class it is counted under."""

    kind: str
    body: bytes
    content_type: str = HTML
    status: int = 200
    modified: datetime | None = None
    location: str | None = None

    @cached_property
    def etag(self) -> str:
        return f'W/"{hashlib.sha256(self.body).hexdigest()[:20]}"'

    @cached_property
    def last_modified(self) -> str | None:
        return format_datetime(self.modified.astimezone(UTC), usegmt=True) if self.modified else None

    @cached_property
    def packed(self) -> bytes:
        return gzip.compress(self.body, 5, mtime=0)


class Site:
    """Both editions of the site. Pages are made at their first request and kept."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.base = catalogue.base_url
        lasting = [draft for draft in catalogue.online(1) if not draft.gone]
        self.frame = Frame(catalogue, tuple(lasting[:: max(1, len(lasting) // 8)][:8]))
        self.paths = {draft.path: draft for draft in catalogue.drafts}
        self._cache: dict[tuple[str, Switches], Reply] = {}
        self._listed: dict[int, Indexes] = {}

    def reply(self, target: str, switches: Switches) -> Reply:
        """The answer to a request target (path and query)."""
        key = (target, switches)
        found = self._cache.get(key)
        if found is None:
            found = self._make(target, switches)
            if len(self._cache) < 200_000:
                self._cache[key] = found
        return found

    def _make(self, target: str, switches: Switches) -> Reply:
        for find in (self._article, self._redirect, self._channel, self._listing, self._other):
            reply = find(target, switches)
            if reply is not None:
                return reply
        return self._missing("missing", 404)

    def _missing(self, kind: str, status: int) -> Reply:
        return Reply(kind, lists.missing(status).encode(), status=status)

    def _indexes(self, edition: int) -> Indexes:
        if edition not in self._listed:
            self._listed[edition] = Indexes(self.catalogue.online(edition)[::-1])
        return self._listed[edition]

    def _article(self, target: str, switches: Switches) -> Reply | None:
        draft = self.paths.get(target) or self.paths.get(target.partition("?")[0])
        if draft is None or draft.edition > switches.edition:
            return None
        if draft.gone and switches.edition == 2:
            return self._missing("article", draft.gone)
        article = self.catalogue.article(draft.id, switches.edition)
        page = _PAGES[draft.template](article, self.frame)
        modified = channels.changed(draft, switches.edition)
        if draft.change == "related" and switches.edition == 2:
            modified = days.EDITIONS[2]
        if draft.template == "plain" and draft.topic.key == plain.WINDOWS:
            body = page.encode("cp1252", "xmlcharrefreplace")
            return Reply("article", body, "text/html; charset=windows-1252", modified=modified)
        return Reply("article", page.encode("utf-8", "surrogateescape"), modified=modified)

    def _redirect(self, target: str, switches: Switches) -> Reply | None:
        """Any other slug of a portal article, and the short link of any article."""
        match = _PORTAL.fullmatch(target) or _SHORT.fullmatch(target)
        draft = self.catalogue.by_id.get(int(match[1])) if match else None
        if draft is None or draft.edition > switches.edition:
            return None
        if "actualite" in target and draft.template != "portal":
            return None
        if draft.gone and switches.edition == 2:
            return self._missing("alias", draft.gone)
        return Reply("alias", b"", status=301, location=self.base + draft.path)

    def _channel(self, target: str, switches: Switches) -> Reply | None:
        edition = switches.edition
        newest = [] if switches.empty else self._indexes(edition).newest
        built, base = days.EDITIONS[edition], self.base
        year = _YEAR.fullmatch(target)
        if year:
            part = [draft for draft in newest if draft.published.year == int(year[1])]
            if not part and not switches.empty:
                return None
            text = channels.sitemap(part, edition, base)
            return Reply("sitemap", text.encode(), XML, modified=_modified(part, edition))
        makers: dict[str, tuple[str, str, Callable[[], str]]] = {
            "/rss.xml": ("feed", RSS, lambda: channels.rss(newest, edition, base, built)),
            "/atom.xml": ("feed", ATOM, lambda: channels.atom(newest, edition, base, built)),
            "/sitemap.xml": ("sitemap", XML, lambda: channels.sitemap_index(newest, edition, base, built)),
            "/sitemap-news.xml": ("sitemap", XML, lambda: channels.news_sitemap(newest, base)),
            "/robots.txt": ("robots", TEXT, lambda: channels.robots(base, switches.crawl_delay)),
        }
        if target not in makers:
            return None
        kind, content_type, make = makers[target]
        when = days.FIRST if kind == "robots" else _modified(newest, edition)
        return Reply(kind, make().encode(), content_type, modified=when)

    def _listing(self, target: str, switches: Switches) -> Reply | None:
        newest = [] if switches.empty else self._indexes(switches.edition).newest
        if target == "/":
            return self._list_reply("home", lists.home(newest[:30]), newest, switches)
        match = _PAGED.fullmatch(target)
        listed = self._indexes(switches.edition).by_root.get(match[1]) if match else None
        if match is None or listed is None:
            return None
        drafts = [] if switches.empty else listed.drafts
        number = int(match[2] or match[3] or 1)
        if not 1 <= number <= lists.pages_of(drafts) or listed.path(number) != target:
            return None
        return self._list_reply(listed.kind, lists.listing(listed, drafts, number), drafts, switches)

    def _list_reply(self, kind: str, text: str, drafts: Sequence[Draft], switches: Switches) -> Reply:
        modified = _modified(drafts, switches.edition)
        return Reply(kind, text.encode("utf-8", "surrogateescape"), modified=modified)

    def _other(self, target: str, switches: Switches) -> Reply | None:
        if target in lists.FIXED:
            return Reply("page", lists.fixed(target).encode(), modified=days.FIRST)
        if target.startswith("/recherche"):
            return Reply("disallowed", lists.search().encode())
        if target == "/theme/site.css":
            return Reply("asset", STYLE.read_bytes(), CSS, modified=days.FIRST)
        if target == "/theme/icone.svg":
            return Reply("asset", ICON.encode(), SVG, modified=days.FIRST)
        if match := _PHOTO.fullmatch(target):
            return Reply("asset", photo(int(match[1])).encode(), SVG, modified=days.FIRST)
        match = _PRINT.fullmatch(target)
        draft = self.catalogue.by_id.get(int(match[1])) if match else None
        if draft is not None:
            return Reply("disallowed", lists.print_version(draft, switches.edition).encode())
        return None


def _modified(drafts: Sequence[Draft], edition: int) -> datetime:
    """When a list last changed. Deletions leave no date: the second edition has one for all its lists."""
    return channels.latest(drafts, edition, days.EDITIONS[1]) if edition == 1 else days.EDITIONS[edition]
