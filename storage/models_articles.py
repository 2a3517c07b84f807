"""Tables of what pages say: articles, revisions, authors, tags, attributions, related links, evidence.

`published`, `modified` and `fetched` are never mixed; an unknown date is NULL, never the crawl day.
"""

from __future__ import annotations

from datetime import date as Day
from datetime import datetime
from typing import Any

from sqlalchemy import Date, DateTime, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from storage.base import Base, Code, Document, Instant, Long, Words, col, key

CASCADE = "CASCADE"
_FOUND = text("target_id IS NOT NULL")


class Article(Base):
    __tablename__ = "articles"
    __table_args__ = (
        Index("ix_articles_site_id_order_key", "site_id", "order_key"),
        Index("ix_articles_published_date", "published_date"),
        Index("ix_articles_text_digest", "text_digest"),
        {
            "comment": "What a page says in its current revision: one row per article.",
            "sqlite_autoincrement": True,
        },
    )
    id: Mapped[int] = key()
    identity: Mapped[str] = col(
        "SHA-256 of (site, article key), or of the canonical URL without scheme, www. and default port.",
        String(64),
        unique=True,
    )
    order_key: Mapped[int] = col(
        "Newest first: minute of the published local time * 1024 + a counter; small without a date.",
        Long,
        unique=True,
    )
    site_id: Mapped[int] = col("Site it was fetched from.", None, ForeignKey("sites.id"))
    url: Mapped[str] = col("Canonical URL.", Words)
    declared_url: Mapped[str | None] = col("Canonical URL the page declares: recorded, not trusted.", Words)
    title: Mapped[str | None] = col("Headline.", Words)
    lead: Mapped[str | None] = col("Standfirst.", Words)
    body: Mapped[str | None] = col("Text; paragraphs separated by one newline.", Words)
    language: Mapped[str | None] = col("ISO 639-1.", Words)
    section: Mapped[str | None] = col("Section of the site.", Words)
    published_date: Mapped[Day | None] = col("Local day; first of the month for precision month.", Date)
    published_precision: Mapped[str | None] = col("month, day, hour, minute or second.", Code)
    published_local: Mapped[datetime | None] = col(
        "Local time without zone, where the page gives an hour.", DateTime
    )
    published_timezone: Mapped[str | None] = col("IANA zone or offset of the local time.", Code)
    published_timezone_assumed: Mapped[bool | None] = col("The zone is the site's, not the page's.")
    published_utc: Mapped[datetime | None] = col(
        "The same moment in UTC; empty below precision hour.", Instant
    )
    published_raw: Mapped[str | None] = col("Text the date was read from.", Words)
    published_rule: Mapped[str | None] = col("Rule that read it.", Code)
    modified_date: Mapped[Day | None] = col("Local day of the update the page claims.", Date)
    modified_precision: Mapped[str | None] = col("As published_precision.", Code)
    modified_local: Mapped[datetime | None] = col("As published_local.", DateTime)
    modified_timezone: Mapped[str | None] = col("As published_timezone.", Code)
    modified_timezone_assumed: Mapped[bool | None] = col("As published_timezone_assumed.")
    modified_utc: Mapped[datetime | None] = col("As published_utc.", Instant)
    modified_raw: Mapped[str | None] = col("As published_raw.", Words)
    modified_rule: Mapped[str | None] = col("As published_rule.", Code)
    paywalled: Mapped[bool] = col("The page shows only a part to visitors.", default=False)
    truncated: Mapped[bool] = col("The text read ends early.", default=False)
    encoding: Mapped[str | None] = col("Character encoding the page was read with.", Words)
    images: Mapped[list[dict[str, Any]] | None] = col("Images: url, caption, credit.", Document)
    warnings: Mapped[list[str] | None] = col("What the reader was not sure of.", Document)
    words: Mapped[int] = col("Words of lead and body.", default=0)
    content_digest: Mapped[str] = col("Digest of the normalised content.", String(64))
    text_digest: Mapped[str] = col(
        "Digest of the folded words of the body: equal = the same text.", String(64)
    )
    extractor: Mapped[str] = col("Version of the reading rules.", Code)
    revision_count: Mapped[int] = col("Number of the current revision.", default=1)
    capture_id: Mapped[int | None] = col(
        "Capture the current reading comes from.", None, ForeignKey("captures.id")
    )
    fetched_at: Mapped[datetime] = col("When that capture was fetched.", Instant)
    first_seen_at: Mapped[datetime] = col("When the article was first fetched.", Instant)
    last_seen_at: Mapped[datetime] = col("When it was last fetched, changed or not.", Instant)
    gone_at: Mapped[datetime | None] = col(
        "Since when the site no longer serves it; the text stays.", Instant
    )


class ArticleUrl(Base):
    __tablename__ = "article_urls"
    __table_args__ = ({"comment": "Every address an article was seen under; resolves links."},)
    id: Mapped[int] = key()
    article_id: Mapped[int] = col("Article.", None, ForeignKey("articles.id", ondelete=CASCADE), index=True)
    url: Mapped[str] = col("Address.", Words)
    url_key: Mapped[str] = col(
        "Digest of the URL without scheme, www. and default port.", String(64), unique=True
    )
    kind: Mapped[str] = col("canonical, alias or redirect.", Code)
    first_seen_at: Mapped[datetime] = col("When it was first seen.", Instant)


class Revision(Base):
    __tablename__ = "revisions"
    __table_args__ = (
        UniqueConstraint("article_id", "number"),
        {
            "comment": "One state of an article's content; a changed sidebar makes none.",
            "sqlite_autoincrement": True,
        },
    )
    id: Mapped[int] = key()
    article_id: Mapped[int] = col("Article.", None, ForeignKey("articles.id", ondelete=CASCADE))
    number: Mapped[int] = col("1 for the first, in the order fetched.")
    run_id: Mapped[int | None] = col("Run that found it.", None, ForeignKey("runs.id"))
    capture_id: Mapped[int | None] = col(
        "Capture it was read from.", None, ForeignKey("captures.id"), index=True
    )
    fetched_at: Mapped[datetime] = col("When that capture was fetched.", Instant)
    extractor: Mapped[str] = col("Version of the reading rules.", Code)
    content_digest: Mapped[str] = col("Digest of the normalised content.", String(64))
    text_digest: Mapped[str] = col("Digest of the folded words of the body.", String(64))
    content: Mapped[str] = col("The content compared: a JSON object, field to text.", Words)
    changed: Mapped[list[str] | None] = col("Fields that differ from the revision before.", Document)
    stealth: Mapped[bool] = col("Text changed while the page's modified date did not.", default=False)
    extractor_changed: Mapped[bool] = col(
        "The revision before was read by other rules: differences may be ours, not the site's.", default=False
    )
    modified_utc: Mapped[datetime | None] = col("Update time the page claimed then.", Instant)
    modified_raw: Mapped[str | None] = col("Text of that claim.", Words)


class Author(Base):
    __tablename__ = "authors"
    __table_args__ = ({"comment": "Persons who sign articles."},)
    id: Mapped[int] = key()
    name: Mapped[str] = col("Name as first seen.", Words)
    folded: Mapped[str] = col("Name without case and accents.", Words, unique=True)


class ArticleAuthor(Base):
    __tablename__ = "article_authors"
    __table_args__ = ({"comment": "Who signs which article, in the page's order."},)
    article_id: Mapped[int] = col(
        "Article.", None, ForeignKey("articles.id", ondelete=CASCADE), primary_key=True
    )
    author_id: Mapped[int] = col("Author.", None, ForeignKey("authors.id"), primary_key=True, index=True)
    position: Mapped[int] = col("From 1.")


class Source(Base):
    __tablename__ = "sources"
    __table_args__ = ({"comment": "Whom pages credit: outlets, agencies, institutions."},)
    id: Mapped[int] = key()
    key: Mapped[str] = col("Stable key: agency code or canonical name.", Words, unique=True)
    name: Mapped[str] = col("Name for people.", Words)
    kind: Mapped[str] = col("outlet, agency or institution.", Code)
    country: Mapped[str | None] = col("ISO 3166 code.", Words)
    domains: Mapped[list[str] | None] = col("Domains it publishes on.", Document)
    origin: Mapped[str] = col("table (packaged or hemero.toml) or analyst.", Code, default="table")


class SourceAlias(Base):
    __tablename__ = "source_aliases"
    __table_args__ = (
        UniqueConstraint("folded", "country"),
        {"comment": "Names and domains that mean a source, some only in one country."},
    )
    id: Mapped[int] = key()
    source_id: Mapped[int] = col("Source.", None, ForeignKey("sources.id", ondelete=CASCADE), index=True)
    alias: Mapped[str] = col("Spelling.", Words)
    folded: Mapped[str] = col("Spelling without case, accents and punctuation.", Words)
    country: Mapped[str] = col("Counts only for sites of this country; '' for all.", Words, default="")
    origin: Mapped[str] = col("table or analyst.", Code, default="table")


class Attribution(Base):
    __tablename__ = "attributions"
    __table_args__ = (
        UniqueConstraint("article_id", "position"),
        {"comment": "Lines that credit, in the current revision."},
    )
    id: Mapped[int] = key()
    article_id: Mapped[int] = col("Article.", None, ForeignKey("articles.id", ondelete=CASCADE))
    position: Mapped[int] = col("From 1.")
    kind: Mapped[str] = col(
        "republication, agency, cosigned, translation, press_release, original or unknown_source.", Code
    )
    raw: Mapped[str] = col("The line as the page has it.", Words)
    rule: Mapped[str] = col("Rule that read it.", Code)
    authors: Mapped[list[str] | None] = col("Persons the line names.", Document)
    dateline: Mapped[str | None] = col("Place and day that open an agency text.", Words)
    translated_from: Mapped[str | None] = col("Language translated from, ISO 639-1.", Words)
    location: Mapped[str | None] = col("Place named by the line.", Words)
    url: Mapped[str | None] = col("Link to the original.", Words)


class AttributionSource(Base):
    __tablename__ = "attribution_sources"
    __table_args__ = ({"comment": "Outlets and agencies an attribution names, in the line's order."},)
    attribution_id: Mapped[int] = col(
        "Attribution.", None, ForeignKey("attributions.id", ondelete=CASCADE), primary_key=True
    )
    position: Mapped[int] = col("From 1.", primary_key=True)
    role: Mapped[str] = col("outlet or agency.", Code)
    name: Mapped[str] = col("Canonical name or key where known, else as the page has it.", Words)
    folded: Mapped[str] = col("Name without case, accents and punctuation.", Words, index=True)
    source_id: Mapped[int | None] = col(
        "Source; empty while unknown.", None, ForeignKey("sources.id"), index=True
    )


class Tag(Base):
    __tablename__ = "tags"
    __table_args__ = ({"comment": "Key words sites give their articles, shared by all sites."},)
    id: Mapped[int] = key()
    name: Mapped[str] = col("Spelling first seen.", Words)
    folded: Mapped[str] = col("Name without case and accents.", Words, unique=True)


class ArticleTag(Base):
    __tablename__ = "article_tags"
    __table_args__ = ({"comment": "Which article carries which tag, in the page's order."},)
    article_id: Mapped[int] = col(
        "Article.", None, ForeignKey("articles.id", ondelete=CASCADE), primary_key=True
    )
    tag_id: Mapped[int] = col("Tag.", None, ForeignKey("tags.id"), primary_key=True, index=True)
    position: Mapped[int] = col("From 1.")
    url: Mapped[str | None] = col("The site's page of that tag.", Words)


class RelatedLink(Base):
    __tablename__ = "related_links"
    __table_args__ = (
        UniqueConstraint("article_id", "entry_key"),
        Index("ix_related_links_target_key", "target_key"),
        # without the links that wait: SQLite's planner would go through them all to find a few
        Index("ix_related_links_target_id", "target_id", sqlite_where=_FOUND, postgresql_where=_FOUND),
        {"comment": "Entries of blocks such as 'Les articles en relation', as seen on the page."},
    )
    id: Mapped[int] = key()
    article_id: Mapped[int] = col(
        "Article whose page shows the entry.", None, ForeignKey("articles.id", ondelete=CASCADE)
    )
    entry_key: Mapped[int] = col("64 bits of the digest of target or title: one row per entry.", Long)
    position: Mapped[int] = col("From 1, where last seen.")
    block: Mapped[str] = col("end, inline, aside or listing.", Code)
    heading: Mapped[str | None] = col("Heading of the block.", Words)
    title: Mapped[str | None] = col("Title of the entry; a cut letter is dropped.", Words)
    title_raw: Mapped[str | None] = col("Title as the page has it, where that differs.", Words)
    title_truncated: Mapped[bool] = col("The page cut the title.", default=False)
    teaser: Mapped[str | None] = col("Teaser of the entry; a cut letter or entity is dropped.", Words)
    teaser_raw: Mapped[str | None] = col("Teaser as the page has it, where that differs.", Words)
    teaser_truncated: Mapped[bool] = col("The page cut the teaser.", default=False)
    url: Mapped[str | None] = col("Canonical URL; empty where the page gives no link.", Words)
    target_key: Mapped[int | None] = col("64 bits of the identity of the URL.", Long)
    target_id: Mapped[int | None] = col(
        "Article meant, once archived.", None, ForeignKey("articles.id", ondelete="SET NULL")
    )
    method: Mapped[str | None] = col("How target_id was found: identity, alias, prefix ...", Code)
    first_seen_at: Mapped[datetime] = col("First fetch that shows it.", Instant)
    last_seen_at: Mapped[datetime] = col("Last fetch that shows it.", Instant)


class FieldEvidence(Base):
    __tablename__ = "field_evidence"
    __table_args__ = (
        Index("ix_field_evidence_revision_id", "revision_id"),
        {"comment": "Why a field has its value: every claim the page makes, chosen or not."},
    )
    id: Mapped[int] = key()
    revision_id: Mapped[int] = col("Revision.", None, ForeignKey("revisions.id", ondelete=CASCADE))
    field: Mapped[str] = col("Field of the article.", Code)
    value: Mapped[str | None] = col("Value, at most 2,000 characters.", Words)
    rule: Mapped[str] = col("Rule that found it.", Code)
    raw: Mapped[str | None] = col("Text the rule read, at most 2,000 characters.", Words)
    chosen: Mapped[bool] = col("The claim that won.", default=True)
    extractor: Mapped[str] = col("Version of the reading rules.", Code)


class Correction(Base):
    __tablename__ = "corrections"
    __table_args__ = ({"comment": "Values set by an analyst; they outlive every new reading."},)
    id: Mapped[int] = key()
    article_id: Mapped[int] = col("Article.", None, ForeignKey("articles.id", ondelete=CASCADE), index=True)
    field: Mapped[str] = col("Field of the article.", Code)
    value: Mapped[str | None] = col("Value the analyst gave.", Words)
    previous: Mapped[str | None] = col("Value it replaced.", Words)
    who: Mapped[str] = col("Who corrected it.", Words)
    made_at: Mapped[datetime] = col("When.", Instant)
    note: Mapped[str | None] = col("Why.", Words)
