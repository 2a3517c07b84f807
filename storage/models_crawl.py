"""Tables of the crawl: sites, channels, hosts, runs, candidates, captures and their files.

Times are UTC. A digest is lower-case hex SHA-256 unless its comment says otherwise.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from storage.base import Base, Code, Document, Instant, Long, Words, col, key


class Site(Base):
    __tablename__ = "sites"
    __table_args__ = ({"comment": "What we crawl: one row per declared site."},)
    id: Mapped[int] = key()
    name: Mapped[str] = col("Short name, as used on the command line.", Words, unique=True)
    title: Mapped[str] = col("Name for people.", Words)
    url: Mapped[str | None] = col("Home page.", Words)
    country: Mapped[str | None] = col("ISO 3166 code; settles which agency an acronym is.", Words)
    language: Mapped[str | None] = col("Main language, ISO 639-1.", Words)
    timezone: Mapped[str | None] = col("IANA zone that dates without zone are read in.", Words)
    state: Mapped[str] = col("active or disabled.", Code, default="active")
    created_at: Mapped[datetime] = col("When the row was made.", Instant)


class Run(Base):
    __tablename__ = "runs"
    __table_args__ = (
        Index("ix_runs_site_id_started_at", "site_id", "started_at"),
        {
            "comment": "One execution for one site. seen = new + changed + unchanged + gone + not_article"
            " + failed + refused + deferred.",
            "sqlite_autoincrement": True,
        },
    )
    id: Mapped[int] = key()
    site_id: Mapped[int | None] = col("Site; empty for an import without site.", None, ForeignKey("sites.id"))
    command: Mapped[str] = col("crawl, import, reprocess ...", Code)
    started_at: Mapped[datetime] = col("Start.", Instant)
    finished_at: Mapped[datetime | None] = col("End; empty while running or when the process died.", Instant)
    state: Mapped[str] = col("running, done, partial, failed, interrupted or dead.", Code, default="running")
    exit_code: Mapped[int | None] = col("Exit code of the command for this site.")
    message: Mapped[str | None] = col("One sentence: what happened and the next move.", Words)
    seen: Mapped[int] = col("Candidates handled.", default=0)
    new: Mapped[int] = col("Articles stored for the first time.", default=0)
    changed: Mapped[int] = col("Articles with a new revision.", default=0)
    unchanged: Mapped[int] = col("Articles read again without a change.", default=0)
    gone: Mapped[int] = col("Articles the site no longer serves.", default=0)
    not_article: Mapped[int] = col("Pages that hold no article.", default=0)
    failed: Mapped[int] = col("Fetches or readings that failed; tried again later.", default=0)
    refused: Mapped[int] = col("URLs we may not fetch or do not take.", default=0)
    deferred: Mapped[int] = col("Due, but left for the next run.", default=0)
    counts: Mapped[dict[str, Any] | None] = col("All other counters, with reasons.", Document)
    host: Mapped[str | None] = col("Machine that ran it.", Words)
    pid: Mapped[int | None] = col("Process id on that machine.")
    version: Mapped[str | None] = col("Version of hemero.", Words)


class Channel(Base):
    __tablename__ = "channels"
    __table_args__ = (
        UniqueConstraint("site_id", "url_key"),
        {"comment": "What is polled for candidates: one row per feed, sitemap, listing or API URL."},
    )
    id: Mapped[int] = key()
    site_id: Mapped[int] = col("Site.", None, ForeignKey("sites.id"))
    url: Mapped[str] = col("Address polled.", Words)
    url_key: Mapped[str] = col("Digest of the URL: unique where a long URL cannot be indexed.", String(64))
    kind: Mapped[str] = col("feed, sitemap, listing, api, robots or id (a range of numbers).", Code)
    etag: Mapped[str | None] = col("ETag of the last whole answer.", Words)
    last_modified: Mapped[str | None] = col("Last-Modified header of the last whole answer.", Words)
    digest: Mapped[str | None] = col("Digest of the last payload: equal = nothing new.", String(64))
    status: Mapped[int | None] = col("Last HTTP status.")
    last_fetched_at: Mapped[datetime | None] = col("Last time it was asked, 304 included.", Instant)
    last_changed_at: Mapped[datetime | None] = col("Last time its bytes changed.", Instant)
    next_fetch_at: Mapped[datetime | None] = col("Not asked again before.", Instant)
    links: Mapped[int | None] = col("Article links its last whole answer held.")
    interval: Mapped[int | None] = col("Current poll interval in seconds.")
    failures: Mapped[int] = col("Failures in a row.", default=0)
    depth: Mapped[int] = col(
        "Indexes or listings that lead to it; 0 where it is declared or named by robots.txt.",
        default=0,
        server_default=text("0"),
    )
    caught_up_at: Mapped[datetime | None] = col(
        "When its pages were last read down to what was known: what was first seen later may hide a gap.",
        Instant,
    )
    position: Mapped[int | None] = col("Number ranges: highest number known to exist.", Long)
    backfill_page: Mapped[str | None] = col(
        "Where the walk back through its pages or numbers goes on.", Words
    )
    backfilled_at: Mapped[datetime | None] = col("When the walk back through it came to its end.", Instant)


class Host(Base):
    __tablename__ = "hosts"
    __table_args__ = ({"comment": "Politeness per host, shared by all processes: robots.txt and delays."},)
    id: Mapped[int] = key()
    name: Mapped[str] = col("Host name with port where it is not the default one.", Words, unique=True)
    robots: Mapped[str | None] = col("Last robots.txt obeyed.", Words)
    robots_status: Mapped[int | None] = col("HTTP status of the last robots.txt request.")
    robots_fetched_at: Mapped[datetime | None] = col("When robots.txt was last fetched.", Instant)
    robots_expires_at: Mapped[datetime | None] = col("Until when that copy counts.", Instant)
    crawl_delay: Mapped[float | None] = col("Seconds between requests that the host asks for.")
    next_request_at: Mapped[datetime | None] = col("No request before (Retry-After, delay).", Instant)
    failures: Mapped[int] = col("Failures in a row.", default=0)
    note: Mapped[str | None] = col("Why it is held back.", Words)
    statements: Mapped[dict[str, str] | None] = col(
        "Files that say what its content may be used for: path -> text, empty where there is none.", Document
    )
    statements_at: Mapped[datetime | None] = col("When they were last asked for.", Instant)


class Candidate(Base):
    __tablename__ = "candidates"
    __table_args__ = (
        Index("ix_candidates_site_id_next_try_at", "site_id", "next_try_at"),
        Index("ix_candidates_site_id_state", "site_id", "state"),
        {"comment": "The frontier: URLs worth fetching and what became of each."},
    )
    id: Mapped[int] = key()
    site_id: Mapped[int] = col("Site.", None, ForeignKey("sites.id"))
    url: Mapped[str] = col("Canonical URL.", Words)
    identity: Mapped[str] = col("Identity of the article behind it (see articles).", String(64), unique=True)
    kind: Mapped[str] = col("article or other.", Code, default="article")
    state: Mapped[str] = col(
        "pending, captured (fetched, still to be read), done, gone, refused, skipped or failed.", Code
    )
    reason: Mapped[str | None] = col("Why it is in this state.", Words)
    status: Mapped[int | None] = col("Last HTTP status.")
    tries: Mapped[int] = col("Failures in a row.", default=0)
    priority: Mapped[int] = col("Higher first: new 100, revisit 50, backfill and related 10.", default=0)
    found_by: Mapped[str] = col("feed, sitemap, listing, link, related, id, import or command.", Code)
    found_in: Mapped[str | None] = col("URL of the channel or page that gave it.", Words)
    claimed_at: Mapped[datetime | None] = col("lastmod or pubDate as the channel claims it.", Instant)
    first_seen_at: Mapped[datetime] = col("When it was discovered.", Instant)
    updated_at: Mapped[datetime] = col("Last change of state.", Instant)
    next_try_at: Mapped[datetime | None] = col("Due from then on (first try, retry, revisit).", Instant)
    revisits: Mapped[int] = col("How often the article was fetched again.", default=0)
    etag: Mapped[str | None] = col("ETag of the last whole answer.", Words)
    last_modified: Mapped[str | None] = col("Last-Modified header of the last whole answer.", Words)


class CaptureFile(Base):
    __tablename__ = "capture_files"
    __table_args__ = ({"comment": "WARC files under captures/: one per run and role, new one at 1 GiB."},)
    id: Mapped[int] = key()
    name: Mapped[str] = col(
        "Path under captures/; while open the file has '.open' appended.", Words, unique=True
    )
    role: Mapped[str] = col("article, or channel (may be pruned).", Code)
    run_id: Mapped[int | None] = col("Run that wrote it.", None, ForeignKey("runs.id"))
    state: Mapped[str] = col("open, closed, missing or pruned.", Code, default="open")
    bytes: Mapped[int | None] = col("Size once closed.", Long)
    records: Mapped[int | None] = col("WARC records once closed, warcinfo included.")
    sha256: Mapped[str | None] = col("Digest of the whole file once closed.", String(64))
    created_at: Mapped[datetime] = col("When it was begun.", Instant)
    closed_at: Mapped[datetime | None] = col("When it was closed.", Instant)
    damaged: Mapped[list[list[int]] | None] = col(
        "Stretches [first byte, end] that hemero repair found unreadable and left in place.", Document
    )


class Capture(Base):
    __tablename__ = "captures"
    __table_args__ = (
        UniqueConstraint("file_id", "offset"),
        {"comment": "One stored response: a record in a WARC file.", "sqlite_autoincrement": True},
    )
    id: Mapped[int] = key()
    site_id: Mapped[int | None] = col("Site.", None, ForeignKey("sites.id"))
    run_id: Mapped[int | None] = col("Run that fetched it.", None, ForeignKey("runs.id"))
    candidate_id: Mapped[int | None] = col(
        "Candidate fetched.", None, ForeignKey("candidates.id"), index=True
    )
    file_id: Mapped[int] = col("WARC file.", None, ForeignKey("capture_files.id"))
    offset: Mapped[int] = col("First byte of the record's gzip member.", Long)
    length: Mapped[int] = col("Bytes of that member.", Long)
    request_length: Mapped[int] = col("Bytes of the request record that follows it.", Long, default=0)
    record_id: Mapped[str] = col("WARC-Record-ID without urn:uuid:.", String(36))
    url: Mapped[str] = col("URL asked.", Words)
    role: Mapped[str] = col("article or channel.", Code)
    kind: Mapped[str] = col("response, revisit (payload stands in refers_to_id) or resource.", Code)
    refers_to_id: Mapped[int | None] = col(
        "Capture with the payload of a revisit.", None, ForeignKey("captures.id")
    )
    method: Mapped[str] = col("HTTP method.", Code, default="GET")
    status: Mapped[int] = col("HTTP status.")
    content_type: Mapped[str | None] = col("Content-Type as sent.", Words)
    fetched_at: Mapped[datetime] = col("When the response came.", Instant)
    payload_digest: Mapped[str] = col(
        "Digest of the body as sent, content coding kept.", String(64), index=True
    )
    payload_length: Mapped[int] = col("Bytes of that body.", Long)
    headers_digest: Mapped[str] = col("Digest of the response headers as stored.", String(64))
    ip: Mapped[str | None] = col("Address that answered.", Words)
    truncated: Mapped[str | None] = col("Why the body is not whole: length, time, disconnect.", Words)
    rights: Mapped[dict[str, str] | None] = col("What the response said of its use.", Document)
    lost_at: Mapped[datetime | None] = col("When the record was found missing or damaged.", Instant)
