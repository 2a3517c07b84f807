"""What is true of one article of the demo site: the values a reader of its page must find.

Written before any markup exists, and on purpose not the records of `storage`: truth and reader share no code.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from demo import ZONE


@dataclass(frozen=True, slots=True)
class TruthDate:
    """One claim. `date` is the local day (ISO), `datetime` local without zone, `utc` ends in Z.

    Both are None below precision hour. `offset` is what the page prints ("+01:00"), None where the zone
    has to be assumed; `raw` is the visible text.
    """

    date: str
    precision: str  # month, day, hour, minute, second
    datetime: str | None
    utc: str | None
    raw: str
    offset: str | None = None
    timezone: str = ZONE


@dataclass(frozen=True, slots=True)
class TruthAttribution:
    """Outlets by canonical name, agencies by key, unknown names as the page has them; "SELF" is the site."""

    kind: str
    raw: str
    outlets: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    position: str = "tail"  # tail or byline
    translated_from: str | None = None
    location: str | None = None


@dataclass(frozen=True, slots=True)
class TruthTag:
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class TruthRelated:
    """`title` and `teaser` after repair: a cut letter or entity is gone, the three dots of a cut teaser stay.

    The `_markup` bytes are what the page holds, escaped. `position` counts through the whole page.
    """

    url: str  # as the page links it, made absolute: sometimes an alias
    target_id: int
    title: str
    title_truncated: bool
    teaser: str | None
    teaser_truncated: bool
    position: int
    block: str  # end, inline, aside
    heading: str
    title_markup: bytes
    teaser_markup: bytes | None


@dataclass(frozen=True, slots=True)
class TruthArticle:
    """One article in one edition. `paragraphs` is the body in order: intertitles included, lead excluded."""

    url: str
    id: int
    template: str  # portal, magazine, plain
    title: str
    lead: str | None
    paragraphs: tuple[str, ...]
    intertitles: tuple[int, ...]  # places in `paragraphs`
    published: TruthDate
    modified: TruthDate | None
    authors: tuple[str, ...]
    attribution: TruthAttribution | None
    tags: tuple[TruthTag, ...]
    section: str
    section_key: str
    related: tuple[TruthRelated, ...]
    aliases: tuple[str, ...] = ()  # URLs that answer 301 to `url`
    change: str | None = None  # in edition 2: new, edited, stealth, related; None = as before
    language: str = "fr"
    edition: int = 1

    @property
    def path(self) -> str:
        return "/" + self.url.split("/", 3)[3]

    @property
    def body(self) -> str:
        """The paragraphs, one a line."""
        return "\n".join(self.paragraphs)

    def as_json(self) -> dict[str, Any]:
        """Plain values; the markup bytes as text with U+FFFD where a letter is cut."""
        record = asdict(self)
        for link in record["related"]:
            for key in ("title_markup", "teaser_markup"):
                if link[key] is not None:
                    link[key] = link[key].decode("utf-8", "replace")
        return record
