"""What walking through a site's channels and numbers needs to know and to note. The archive may be large:
nothing here that a run without news asks for reads more than a few rows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from storage.candidates import BACKFILL, not_older, save_candidates
from storage.keys import url_key
from storage.models import Article, ArticleUrl, Candidate, Channel
from storage.records import Candidate as Found
from storage.upsert import chunks, upsert

NO_SUCH_NUMBER = "no_such_number"


def count_known(session: Session, found: Sequence[Found], moment: datetime | None) -> int:
    """How many of these were known at a moment (None: are known at all): candidates, articles, aliases."""
    known: set[str] = set()
    for part in chunks({candidate.identity: candidate for candidate in found}.values()):
        by_key = {url_key(candidate.url): candidate.identity for candidate in part}
        known |= set(session.scalars(_identities(Candidate, part, moment)))
        known |= set(session.scalars(_identities(Article, part, moment)))
        aliases = select(ArticleUrl.url_key).where(ArticleUrl.url_key.in_(by_key))
        if moment is not None:
            aliases = aliases.where(ArticleUrl.first_seen_at <= moment)
        known |= {by_key[key] for key in session.scalars(aliases)}
    return len(known)


def _identities(
    table: type[Candidate] | type[Article], part: Sequence[Found], moment: datetime | None
) -> Select[str]:
    query = select(table.identity).where(table.identity.in_([candidate.identity for candidate in part]))
    return query if moment is None else query.where(table.first_seen_at <= moment)


def raise_candidates(session: Session, found: Sequence[Found], now: datetime) -> int:
    """Known pages that wait with a lower priority than their finder gives them now. Returns how many.

    A page that an article named first and a channel names later is new, not backlog; and it has a date now.
    """
    _date_candidates(session, found)
    raised = 0
    for priority in {candidate.priority for candidate in found}:
        identities = (candidate.identity for candidate in found if candidate.priority == priority)
        for part in chunks(dict.fromkeys(identities)):
            waiting = update(Candidate).where(
                Candidate.identity.in_(part),
                Candidate.state.in_(("pending", "failed")),
                Candidate.priority < priority,
            )
            statement = waiting.values(priority=priority, updated_at=now).returning(Candidate.id)
            raised += len(session.scalars(statement).all())
    return raised


def _date_candidates(session: Session, found: Sequence[Found]) -> None:
    """Waiting pages that had no claimed date get the one their finder gives."""
    dates = {candidate.identity: candidate.claimed_at for candidate in found if candidate.claimed_at}
    for part in chunks(dates):
        undated = session.scalars(
            select(Candidate.identity).where(
                Candidate.identity.in_(part),
                Candidate.claimed_at.is_(None),
                Candidate.state.in_(("pending", "failed")),
            )
        ).all()
        if undated:
            session.connection().execute(_DATE, [{"of": one, "date": dates[one]} for one in undated])


_DATE = (
    update(Candidate.__table__)  # type: ignore[arg-type]
    .where(Candidate.__table__.c.identity == bindparam("of"))
    .values(claimed_at=bindparam("date"))
)


def due_again(session: Session, site_id: int, now: datetime, latest: datetime) -> int:
    """What waits because of a clock that was wrong is due now. Returns how many.

    That is what is due later than any rule makes it, and what still waits to be fetched by a moment that was
    written down after now.
    """
    ahead = and_(Candidate.updated_at > now, Candidate.state.in_(("pending", "failed")))
    lost = update(Candidate).where(
        Candidate.site_id == site_id,
        Candidate.next_try_at > now,
        or_(Candidate.next_try_at > latest, ahead),
    )
    return len(session.scalars(lost.values(next_try_at=now, updated_at=now).returning(Candidate.id)).all())


def add_channels(session: Session, site_id: int, channels: Iterable[tuple[str, str, int]]) -> int:
    """Rows for channels that are to be asked one day: (kind, URL, depth). Known ones stay as they are."""
    rows = [
        {
            "site_id": site_id,
            "url": url,
            "url_key": _channel_key(url),
            "kind": kind,
            "failures": 0,
            "depth": depth,
        }
        for kind, url, depth in channels
    ]
    made = 0
    for part in chunks(rows):
        statement = upsert(session, Channel).on_conflict_do_nothing().returning(Channel.id)
        made += len(session.connection().execute(statement, part).all())
    return made


def _channel_key(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()


# --- number ranges --------------------------------------------------------------------------------


def ask_numbers(session: Session, site_id: int, found: Sequence[Found], now: datetime) -> int:
    """Make candidates of numbers due: unknown ones, and those that did not exist when last tried.

    Returns how many are due now because of it.
    """
    identities = [candidate.identity for candidate in found]
    again = update(Candidate).where(
        Candidate.site_id == site_id,
        Candidate.identity.in_(identities),
        Candidate.state == "skipped",
        Candidate.reason == NO_SUCH_NUMBER,
    )
    ids = session.scalars(
        again.values(state="pending", reason=None, next_try_at=now, updated_at=now).returning(Candidate.id)
    ).all()
    return len(ids) + raise_candidates(session, found, now) + save_candidates(session, site_id, found, now)


def site_urls(session: Session, site_id: int) -> Iterator[str]:
    """The URL of every candidate and article of a site, in no order: for a backfill's plan only."""
    for table in (Candidate, Article):
        query = select(table.url).where(table.site_id == site_id).execution_options(yield_per=10_000)
        yield from session.scalars(query)


# --- plans ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Left:
    """What a backfill of a site has before it, as far as the database knows."""

    pages: int  # known article pages
    sitemaps: int
    listings: int  # whose end is not known
    begun: int  # of those, how many were begun


def left_to_walk(session: Session, site_id: int, since: datetime | None) -> Left:
    """Known pages that wait, and channels whose walk back has not come to its end."""
    waiting = (
        select(func.count())
        .select_from(Candidate)
        .where(
            Candidate.site_id == site_id,
            Candidate.state.in_(("pending", "failed")),
            Candidate.priority <= BACKFILL,
            Candidate.next_try_at.is_not(None),
        )
    )
    if since is not None:
        waiting = waiting.where(not_older(since))
    open_ones = select(Channel.kind, func.count(), func.count(Channel.backfill_page)).where(
        Channel.site_id == site_id, Channel.backfilled_at.is_(None)
    )
    counts = {
        kind: (number, begun) for kind, number, begun in session.execute(open_ones.group_by(Channel.kind))
    }
    listings = [counts.get(kind, (0, 0)) for kind in ("listing", "api")]
    return Left(
        pages=session.scalar(waiting) or 0,
        sitemaps=counts.get("sitemap", (0, 0))[0],
        listings=sum(number for number, _ in listings),
        begun=sum(begun for _, begun in listings),
    )
