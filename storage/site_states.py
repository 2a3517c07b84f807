"""What `hemero sites` asks of the archive: which sites are switched off, what articles usually have."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storage.figures import FIELDS
from storage.models import Article, Candidate, Site
from storage.run_sums import filled
from storage.upsert import chunks


def disabled(session: Session) -> set[str]:
    """Names of the sites that `hemero crawl` without arguments leaves out."""
    return set(session.scalars(select(Site.name).where(Site.state == "disabled")))


def set_state(session: Session, site_id: int, state: str) -> None:
    """`state`: active or disabled."""
    session.execute(update(Site).where(Site.id == site_id).values(state=state))


def newest_filled(session: Session, site: str, limit: int = 200) -> tuple[int, dict[str, int]]:
    """How many of a site's newest articles there are, and how many of them have each field."""
    newest = (
        select(*(filled(name).label(name) for name in FIELDS))
        .join(Site, Site.id == Article.site_id)
        .where(Site.name == site)
        .order_by(Article.order_key.desc())
        .limit(limit)
    )
    rows = session.execute(newest).all()
    return len(rows), {name: sum(bool(getattr(row, name)) for row in rows) for name in FIELDS}


def known_states(session: Session, identities: Sequence[str]) -> dict[str, tuple[str, date | None]]:
    """Of these identities those the archive knows: "archived" with the day of publication, or their state."""
    found: dict[str, tuple[str, date | None]] = {}
    for part in chunks(identities):
        rows = session.execute(
            select(Candidate.identity, Candidate.state).where(Candidate.identity.in_(part))
        )
        found |= {row.identity: (row.state, None) for row in rows}
        articles = session.execute(
            select(Article.identity, Article.published_date).where(Article.identity.in_(part))
        )
        found |= {row.identity: ("archived", row.published_date) for row in articles}
    return found


def archived_dates(session: Session, site: str) -> dict[str, date | None]:
    """Identity -> day of publication of all articles of a site."""
    query = select(Article.identity, Article.published_date).join(Site).where(Site.name == site)
    return {row.identity: row.published_date for row in session.execute(query)}
