"""What one redaction has to touch, found from its keys in tables and stored bytes. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, or_, select

from storage.archive import Archive
from storage.captures import read_capture
from storage.errors import CaptureDamaged
from storage.keys import short_key, url_key
from storage.models import Article, ArticleUrl, Candidate, Capture, CaptureFile, RelatedLink, Revision, Site
from storage.redaction_mask import holds, mask, passages, pattern
from storage.rewriting import Edit
from storage.tombstones import entry_mark
from storage.upsert import chunks

_LEAST = 12  # characters of an entry without address that must agree with the article's title or text


@dataclass
class Target:
    """Everything one redaction removes or masks."""

    keys: set[str]
    articles: dict[int, Any] = field(default_factory=dict)  # id -> row
    candidates: set[int] = field(default_factory=set)
    captures: dict[int, Any] = field(default_factory=dict)  # id -> row; left out of their files
    links: dict[int, Any] = field(default_factory=dict)  # entries of other articles
    edits: dict[int, Edit] = field(default_factory=dict)  # capture id -> what becomes of its record
    masked: int = 0  # pages of other articles in which passages are masked
    channels: int = 0  # feeds and listings that hold it: left out
    unread: int = 0  # captures that could not be looked into


def find(connection: Connection, keys: Iterable[str]) -> Target:
    """Articles, captures, candidates and entries that bear these keys, and copies of the same bytes."""
    target = Target(set(keys))
    while True:
        before = (len(target.articles), len(target.captures), len(target.keys))
        _articles(connection, target)
        _candidates(connection, target)
        _captures(connection, target)
        if before == (len(target.articles), len(target.captures), len(target.keys)):
            break
    _links(connection, target)
    return target


def _articles(connection: Connection, target: Target) -> None:
    """By key, and by the captures they were read from: the same bytes under another address."""
    known = select(ArticleUrl.article_id).where(ArticleUrl.url_key.in_(target.keys))
    read = select(Revision.article_id).where(Revision.capture_id.in_(target.captures))
    columns = (
        Article.id,
        Article.identity,
        Article.url,
        Article.title,
        Article.body,
        Article.lead,
        Article.site_id,
        Article.text_digest,
        Article.first_seen_at,
        Article.order_key,
    )
    wanted = or_(
        Article.identity.in_(target.keys),
        Article.id.in_(known),
        Article.id.in_(read),
        Article.capture_id.in_(target.captures),
    )
    target.articles = {row.id: row for row in connection.execute(select(*columns).where(wanted))}
    target.keys |= {row.identity for row in target.articles.values()}
    addresses = select(ArticleUrl.url_key).where(ArticleUrl.article_id.in_(target.articles))
    target.keys |= set(connection.scalars(addresses))
    target.keys |= {url_key(row.url) for row in target.articles.values()}


def _candidates(connection: Connection, target: Target) -> None:
    query = select(Candidate.id, Candidate.identity, Candidate.url)
    by_key = connection.execute(query.where(Candidate.identity.in_(target.keys))).all()
    target.candidates |= {row.id for row in by_key}
    target.keys |= {key for row in by_key for key in (row.identity, url_key(row.url))}


def _captures(connection: Connection, target: Target) -> None:
    """Of its addresses, candidates and revisions; then every record that shares a payload with them."""
    columns = (
        Capture.id,
        Capture.url,
        Capture.payload_digest,
        Capture.payload_length,
        Capture.refers_to_id,
        Capture.candidate_id,
        Capture.file_id,
        Capture.status,
        Capture.site_id,
    )
    revisions = select(Revision.capture_id).where(Revision.article_id.in_(target.articles))
    own = or_(Capture.candidate_id.in_(target.candidates), Capture.id.in_(revisions))
    found = {row.id: row for row in connection.execute(select(*columns).where(own))}
    articles = select(*columns).where(Capture.role == "article")
    for row in connection.execute(articles.execution_options(yield_per=1000)):
        if url_key(row.url) in target.keys:
            found[row.id] = row
    digests = {row.payload_digest for row in found.values() if row.payload_length and row.status < 300}
    originals = {row.refers_to_id for row in found.values()} - {None}
    shared = or_(
        Capture.payload_digest.in_(digests), Capture.refers_to_id.in_(found), Capture.id.in_(originals)
    )
    found |= {row.id: row for row in connection.execute(articles.where(shared))}
    target.captures |= found


def _links(connection: Connection, target: Target) -> None:
    """Entries of other articles that show it; their marks keep those without address away."""
    columns = (
        RelatedLink.id,
        RelatedLink.article_id,
        RelatedLink.entry_key,
        RelatedLink.url,
        RelatedLink.title,
        RelatedLink.title_raw,
        RelatedLink.teaser,
        RelatedLink.teaser_raw,
    )
    short = [short_key(key) for key in target.keys if len(key) == 64]
    query = select(*columns).where(RelatedLink.article_id.not_in(target.articles))
    meant = or_(RelatedLink.target_key.in_(short), RelatedLink.target_id.in_(target.articles))
    target.links = {row.id: row for row in connection.execute(query.where(meant))}
    if target.articles:
        loose = query.where(RelatedLink.target_key.is_(None))
        for row in connection.execute(loose.execution_options(yield_per=1000)):
            if any(_shows(row, article) for article in target.articles.values()):
                target.links[row.id] = row
                target.keys.add(entry_mark(row.entry_key))


def _shows(entry: Any, article: Any) -> bool:
    """Whether an entry without address tells of this article: its title, or words the text begins with."""
    title, text = passages_of(entry.title), passages_of(entry.teaser)
    if title and article.title and article.title.startswith(title) and len(title) >= _LEAST:
        return True
    content = f"{article.lead or ''} {article.body or ''}"
    return len(text) >= _LEAST and text in content[: len(text) + 2000]


def passages_of(text: str | None) -> str:
    """A cut text without the dots that mark the cut."""
    return (text or "").removesuffix("…").rstrip(". ").strip()


def look_into(archive: Archive, target: Target) -> None:
    """Fill `edits`: leave out its own records and the channels that hold it, mask it on other pages."""
    target.edits = {number: Edit(drop=True) for number in target.captures}
    texts = passages(
        text for row in [*target.links.values(), *target.articles.values()] for text in _texts(row)
    )
    wanted = pattern([*texts, *_openings(target)])
    if wanted is None:
        return
    for row in _suspects(archive, target):
        try:
            stored = read_capture(archive, row.id)
        except CaptureDamaged:
            target.unread += 1
            continue
        if row.role == "channel":
            if holds(stored.payload, wanted) or _names(stored.payload, target):
                target.edits[row.id] = Edit(drop=True)
                target.channels += 1
        else:
            body, count = mask(stored.payload, wanted)
            if count:
                target.edits[row.id] = Edit(body=body)
                target.masked += 1


def _texts(row: Any) -> Iterator[str | None]:
    yield row.title
    for name in ("title_raw", "teaser", "teaser_raw"):
        yield getattr(row, name, None)


def _openings(target: Target) -> list[str]:
    """How its texts begin: what a feed or a listing shows of them."""
    texts = [text for row in target.articles.values() for text in (row.lead, row.body) if text]
    return passages(" ".join(text.split()[:12]) for text in texts)


def _names(body: bytes, target: Target) -> bool:
    """Whether a channel's answer names one of its addresses."""
    paths = {row.url.partition("://")[2].partition("/")[2] for row in target.articles.values()}
    return any(len(path) >= _LEAST and path.encode() in body for path in paths)


def _suspects(archive: Archive, target: Target) -> list[Any]:
    """Captures of the sites that may show it, but for its own; originals only, revisits follow them."""
    with archive.read() as session:
        sites = {row.site_id for row in [*target.articles.values(), *target.captures.values()]}
        linking = select(Article.site_id).where(
            Article.id.in_({row.article_id for row in target.links.values()})
        )
        sites |= set(session.scalars(linking))
        query = (
            select(Capture.id, Capture.role)
            .join(CaptureFile, CaptureFile.id == Capture.file_id)
            .where(
                or_(Capture.site_id.in_(sites - {None}), Capture.site_id.is_(None)),
                Capture.kind != "revisit",
                Capture.lost_at.is_(None),
                CaptureFile.state == "closed",
            )
        )
        rows = session.execute(query).all()
    return [row for row in rows if row.id not in target.captures]


def follow_revisits(connection: Connection, target: Target) -> None:
    """Revisits of what is left out go too; revisits of what is masked are told the new digest."""
    import hashlib

    for part in chunks(sorted(target.edits)):
        rows = connection.execute(
            select(Capture.id, Capture.refers_to_id).where(Capture.refers_to_id.in_(part))
        )
        for row in rows:
            original = target.edits[row.refers_to_id]
            if original.drop:
                target.edits[row.id] = original
            elif original.body is not None and row.id not in target.captures:
                digest = hashlib.sha256(original.body).hexdigest()
                target.edits[row.id] = Edit(digest=digest, size=len(original.body))


def sites_of(connection: Connection, target: Target) -> list[str]:
    """Names of the sites of what is removed."""
    numbers = {row.site_id for row in [*target.articles.values(), *target.captures.values()]} - {None}
    return list(connection.scalars(select(Site.name).where(Site.id.in_(numbers)).order_by(Site.name)))
