"""The vocabulary: frozen values that travel between the rooms.

A `Page` comes from the network or from a file, `pipelines.article.read_article` turns it into an
`Article`, and `storage.repository` keeps it. Every value keeps the raw text beside what was understood.
Times are aware UTC unless a name says otherwise; an absent value is None, never a default.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date as Day
from datetime import datetime
from typing import Literal, TypeAlias

Moment: TypeAlias = datetime  # inside Date the name is a field
Precision = Literal["month", "day", "hour", "minute", "second"]
AttributionKind = Literal[
    "republication", "agency", "cosigned", "translation", "press_release", "original", "unknown_source"
]
Block = Literal["end", "inline", "aside", "listing"]
PageType = Literal["article", "listing", "other"]
READ_PLAINLY = "read_plainly"  # the warning of an article whose page was too much for the reader


@dataclass(frozen=True, slots=True)
class Page:
    """A response in flight: bytes as the server meant them (content coding undone), nothing interpreted."""

    url: str
    body: bytes
    fetched_at: datetime  # aware, UTC
    content_type: str | None = None  # the header's value as sent
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Date:
    """One moment a page claims, as precise as the page was and no more.

    `datetime` is the local, naive time (None for precision month and day); `utc` is aware and None
    below precision hour; `timezone` is an IANA name or a fixed offset such as "UTC+01:00";
    `modified` holds the second moment of a line that gives both ("publié le ..., modifié le ...").
    """

    date: Day  # first of the month for precision "month"
    precision: Precision
    datetime: Moment | None = None
    timezone: str | None = None
    timezone_assumed: bool = True
    utc: Moment | None = None
    raw: str = ""
    rule: str = ""
    modified: Date | None = None


@dataclass(frozen=True, slots=True)
class Attribution:
    """Whom a line credits. Outlets by canonical name, agencies by key, unknown names verbatim."""

    kind: AttributionKind
    outlets: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    raw: str = ""
    rule: str = ""
    dateline: str | None = None
    translated_from: str | None = None  # ISO 639-1
    location: str | None = None
    url: str | None = None  # of the original, where the credit is a link


@dataclass(frozen=True, slots=True)
class Tag:
    name: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class RelatedLink:
    """One entry of a related block, in page order (`position` counts from 1 within the page)."""

    title: str | None
    url: str | None  # absolute, canonical; None where the page gives a title without a link
    teaser: str | None
    title_truncated: bool
    teaser_truncated: bool
    position: int
    block: Block
    heading: str | None = None
    title_raw: str | None = None
    teaser_raw: str | None = None


@dataclass(frozen=True, slots=True)
class Image:
    url: str
    caption: str | None = None
    credit: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a field has its value: the rule that found it, the text it read. A losing claim is not chosen."""

    field: str
    value: str | None
    rule: str
    raw: str | None = None
    chosen: bool = True


@dataclass(frozen=True, slots=True)
class Article:
    """What a page says. One object whatever the page type; only "article" becomes an article row."""

    url: str
    page_type: PageType
    canonical_url: str | None = None  # as the page declares it: recorded, not trusted
    site: str | None = None
    title: str | None = None
    lead: str | None = None
    body: str | None = None  # paragraphs separated by one "\n"
    language: str | None = None  # ISO 639-1
    authors: tuple[str, ...] = ()
    section: str | None = None
    tags: tuple[Tag, ...] = ()
    published: Date | None = None
    modified: Date | None = None
    attributions: tuple[Attribution, ...] = ()
    related: tuple[RelatedLink, ...] = ()
    listing: tuple[str, ...] = ()  # absolute canonical URLs a listing page lists, in page order
    images: tuple[Image, ...] = ()
    paywalled: bool = False
    truncated: bool = False
    encoding: str | None = None
    warnings: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Reading:
    """An article ready to be stored: what was read, from which capture, under which identity."""

    article: Article
    identity: str  # hex SHA-256 of (site, article key) or of the canonical URL without scheme and www.
    content_digest: str  # hex SHA-256 of the normalised content: equal = no new revision
    text_digest: str  # hex SHA-256 of the folded words of the body: equal = the same text elsewhere
    extractor: str  # version of the reading rules
    fetched_at: datetime
    capture_id: int | None = None
    candidate_id: int | None = None
    next_visit_at: datetime | None = None  # when the page is due again; None = not by itself
    content_json: str = ""  # what content_digest was computed of: JSON object field -> text
    related_identities: tuple[str | None, ...] = ()  # of article.related, in its order; () = by URL alone
    shingles: tuple[int, ...] = ()  # winnowed, of lead and body, ascending: what copies are found by


@dataclass(frozen=True, slots=True)
class Candidate:
    """A URL worth fetching. `found_in` names the channel or page that gave it."""

    url: str  # canonical
    identity: str
    kind: str = "article"  # article or other
    found_by: str = "listing"  # feed, sitemap, listing, link, related, id, import, command
    found_in: str | None = None
    priority: int = 0  # higher first: new 100, revisit 50, backfill and related 10
    claimed_at: datetime | None = None  # lastmod or pubDate as the channel claims it, UTC


@dataclass(frozen=True, slots=True)
class Capture:
    """One response to keep, exactly as it came over the wire (content coding not undone)."""

    url: str
    site: str | None
    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    fetched_at: datetime
    role: Literal["article", "channel"] = "article"
    candidate_id: int | None = None
    request_headers: tuple[tuple[bytes, bytes], ...] = ()
    method: str = "GET"
    ip: str | None = None
    truncated: str | None = None  # WARC-Truncated reason: length, time, disconnect
    rights: tuple[tuple[str, str], ...] = ()  # what the response said of its use (noarchive, tdm-reservation)
    is_resource: bool = False  # a file or a text that was imported, not an HTTP response
