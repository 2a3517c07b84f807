"""How dates and moments stand in exports."""

from __future__ import annotations

from storage.instants import time_text
from storage.records import Article, Date


def local_text(date: Date | None) -> str | None:
    """As precise as the page was: 2016-03, 2016-03-01 or 2016-03-01T14:30."""
    if date is None:
        return None
    if date.precision == "month":
        return date.date.isoformat()[:7]
    return date.date.isoformat() if date.datetime is None else date.datetime.isoformat()


def utc_text(date: Date | None) -> str | None:
    """The moment in UTC, where the page gave an hour."""
    return None if date is None else time_text(date.utc)


def credited(article: Article) -> list[str]:
    """Outlets and agencies that an article credits, without the site's own newsroom."""
    lines = article.attributions
    return [name for line in lines for name in (*line.outlets, *line.agencies) if name != "SELF"]
