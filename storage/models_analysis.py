"""Tables of what follows from articles: fingerprints, copies, stories, disappearances; what analysts keep.

Everything up to `disappearances` can be made again from the articles; saved searches and corpora cannot, and
stand in ledger.jsonl too.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from storage.base import Base, Code, Document, Instant, Long, Words, col, key

CASCADE = "CASCADE"
_WAITING = text("NOT compared")


class Fingerprint(Base):
    __tablename__ = "fingerprints"
    __table_args__ = (
        Index("ix_fingerprints_title_key", "title_key"),
        Index("ix_fingerprints_opening_key", "opening_key"),
        Index("ix_fingerprints_waiting", "article_id", sqlite_where=_WAITING, postgresql_where=_WAITING),
        {"comment": "What an article's text is compared by: one row per article."},
    )
    article_id: Mapped[int] = col(
        "Article.", None, ForeignKey("articles.id", ondelete=CASCADE), primary_key=True, autoincrement=False
    )
    shingles: Mapped[bytes] = col(
        "Winnowed shingles of lead and body, ascending: signed 64-bit numbers, little-endian.", LargeBinary
    )
    shingle_count: Mapped[int] = col("How many.")
    text_key: Mapped[int] = col("64 bits of the digest of lead and body.", Long)
    title_key: Mapped[int | None] = col("64 bits of the digest of the first folded words of the title.", Long)
    opening_key: Mapped[int | None] = col("The same of the text's first words.", Long)
    compared: Mapped[bool] = col("Its copies have been looked for.", default=False)


class Shingle(Base):
    __tablename__ = "shingles"
    __table_args__ = (
        {
            "comment": "Which articles hold which shingle. No key to articles:"
            " storage.copies.forget removes the rows of one that leaves.",
            "sqlite_with_rowid": False,
        },
    )
    hash: Mapped[int] = col(
        "Shingle: 64 bits of the digest of five folded words.", Long, primary_key=True, autoincrement=False
    )
    article_id: Mapped[int] = col(
        "Article (articles.id) with it.", Long, primary_key=True, autoincrement=False
    )


class StopShingle(Base):
    __tablename__ = "stop_shingles"
    __table_args__ = ({"comment": "Shingles of more than 500 articles: agency and site boilerplate."},)
    hash: Mapped[int] = col("Shingle; no longer in shingles.", Long, primary_key=True, autoincrement=False)
    found_at: Mapped[datetime] = col("Since when it counts for nothing.", Instant)


class Copy(Base):
    __tablename__ = "copies"
    __table_args__ = (
        UniqueConstraint("article_id", "other_id"),
        Index("ix_copies_other_id", "other_id"),
        {"comment": "Pairs of articles with text in common, each pair once (v_copies has both directions)."},
    )
    id: Mapped[int] = key()
    article_id: Mapped[int] = col(
        "The article archived first.", None, ForeignKey("articles.id", ondelete=CASCADE)
    )
    other_id: Mapped[int] = col("The other one.", None, ForeignKey("articles.id", ondelete=CASCADE))
    kind: Mapped[str] = col(
        "exact (same words), near (most of both), part (most of the shorter), passage (a quoted stretch).",
        Code,
    )
    share: Mapped[float] = col("Share of article_id's words that stand in other_id, 0 to 1.")
    other_share: Mapped[float] = col("Share of other_id's words that stand in article_id.")
    common_words: Mapped[int] = col("Words of article_id that stand in other_id, in runs of five or more.")
    longest_run: Mapped[int] = col("Longest such run, in words.")
    in_story: Mapped[bool] = col("The pair ties both into one story; a passage does not.")
    first_published_id: Mapped[int | None] = col(
        "Which of the two was published first, as far as their dates tell.", Long
    )
    found_at: Mapped[datetime] = col("When the pair was found.", Instant)


class Story(Base):
    __tablename__ = "stories"
    __table_args__ = (
        {
            "comment": "Clusters of copies; passages do not tie articles together.",
            "sqlite_autoincrement": True,
        },
    )
    id: Mapped[int] = key()
    articles: Mapped[int] = col("Articles in it.")
    updated_at: Mapped[datetime] = col("When an article last joined or left.", Instant)


class StoryArticle(Base):
    __tablename__ = "story_articles"
    __table_args__ = ({"comment": "Which article belongs to which story; most belong to none."},)
    article_id: Mapped[int] = col(
        "Article.", None, ForeignKey("articles.id", ondelete=CASCADE), primary_key=True, autoincrement=False
    )
    story_id: Mapped[int] = col("Story.", None, ForeignKey("stories.id", ondelete=CASCADE), index=True)


class LooseLink(Base):
    __tablename__ = "loose_links"
    __table_args__ = (
        Index("ix_loose_links_title_key", "title_key"),
        Index("ix_loose_links_opening_key", "opening_key"),
        {"comment": "Related entries without address whose article has not been found yet."},
    )
    link_id: Mapped[int] = col(
        "Entry.",
        None,
        ForeignKey("related_links.id", ondelete=CASCADE),
        primary_key=True,
        autoincrement=False,
    )
    title_key: Mapped[int | None] = col("As fingerprints.title_key, of the entry's title.", Long)
    opening_key: Mapped[int | None] = col("As fingerprints.opening_key, of the entry's teaser.", Long)


class Disappearance(Base):
    __tablename__ = "disappearances"
    __table_args__ = ({"comment": "When a site stopped serving an article, and when it served it again."},)
    id: Mapped[int] = key()
    article_id: Mapped[int] = col("Article.", None, ForeignKey("articles.id", ondelete=CASCADE), index=True)
    gone_at: Mapped[datetime] = col("First fetch that did not find it.", Instant)
    back_at: Mapped[datetime | None] = col("First fetch after that which did; empty while gone.", Instant)


class SavedSearch(Base):
    __tablename__ = "saved_searches"
    __table_args__ = ({"comment": "Named queries whose new matches are told.", "sqlite_autoincrement": True},)
    id: Mapped[int] = key()
    name: Mapped[str] = col("Name, as the analyst gave it.", Words, unique=True)
    query: Mapped[str] = col("Query, as for hemero search.", Words)
    filters: Mapped[dict[str, Any]] = col("Filters by name: site, source, tag, author, from, to.", Document)
    targets: Mapped[list[str]] = col("Where new matches are sent: mailto: and https: addresses.", Document)
    who: Mapped[str] = col("Who saved it.", Words)
    made_at: Mapped[datetime] = col("When.", Instant)
    checked_at: Mapped[datetime | None] = col("When it was last run.", Instant)


class SearchMatch(Base):
    __tablename__ = "search_matches"
    __table_args__ = (
        UniqueConstraint("search_id", "article_id"),
        {
            "comment": "Articles a saved search has found: each once, however often it is found again.",
            "sqlite_autoincrement": True,
        },
    )
    id: Mapped[int] = key()
    search_id: Mapped[int] = col("Saved search.", None, ForeignKey("saved_searches.id", ondelete=CASCADE))
    article_id: Mapped[int] = col("Article.", None, ForeignKey("articles.id", ondelete=CASCADE), index=True)
    found_at: Mapped[datetime] = col("When it was first found.", Instant)
    is_old: Mapped[bool] = col("It matched when the search was saved: never told as new.", default=False)
    shown_at: Mapped[datetime | None] = col("When hemero alerts first printed it.", Instant)


class AlertDelivery(Base):
    __tablename__ = "alert_deliveries"
    __table_args__ = (
        Index("ix_alert_deliveries_search_id_target", "search_id", "target"),
        {"comment": "Messages about new matches: one row a message.", "sqlite_autoincrement": True},
    )
    id: Mapped[int] = key()
    search_id: Mapped[int] = col("Saved search.", None, ForeignKey("saved_searches.id", ondelete=CASCADE))
    target: Mapped[str] = col("Address it goes to.", Words)
    message_id: Mapped[str] = col("UUID of the message, the same at every try.", String(36), unique=True)
    after_match: Mapped[int] = col("It tells the matches after this one (search_matches.id) ...", Long)
    last_match: Mapped[int] = col("... up to this one.", Long)
    state: Mapped[str] = col("prepared, sending, sent or failed (is tried again).", Code, default="prepared")
    tries: Mapped[int] = col("How often it was tried.", default=0)
    error: Mapped[str | None] = col("Why the last try failed.", Words)
    made_at: Mapped[datetime] = col("When it was prepared.", Instant)
    sent_at: Mapped[datetime | None] = col("When the other side had taken it.", Instant)


class Spelling(Base):
    __tablename__ = "spellings"
    __table_args__ = (
        {"comment": "Spellings that mean the same in a search, where analysts changed the packaged table."},
    )
    id: Mapped[int] = key()
    spelling: Mapped[str] = col("Word or name, as the analyst wrote it.", Words)
    terms: Mapped[str] = col("Its terms in the full-text index, separated by spaces.", Words, unique=True)
    meaning: Mapped[str | None] = col(
        "Name of the group of spellings that mean the same; empty: it stands for itself alone.", Words
    )
    who: Mapped[str] = col("Whose doing it is.", Words)
    made_at: Mapped[datetime] = col("When.", Instant)


class Corpus(Base):
    __tablename__ = "corpora"
    __table_args__ = (
        {"comment": "Named sets of articles as they were on a day.", "sqlite_autoincrement": True},
    )
    id: Mapped[int] = key()
    name: Mapped[str] = col("Name, as the analyst gave it.", Words, unique=True)
    query: Mapped[str] = col("Query that found the articles.", Words)
    filters: Mapped[dict[str, Any]] = col("Its filters by name.", Document)
    articles: Mapped[int] = col("How many.")
    digest: Mapped[str] = col(
        "SHA-256 over the sorted lines 'identity content_digest': equal = the same articles saying the same.",
        String(64),
    )
    who: Mapped[str] = col("Who froze it.", Words)
    made_at: Mapped[datetime] = col("When.", Instant)
    note: Mapped[str | None] = col("What it is for.", Words)


class CorpusArticle(Base):
    __tablename__ = "corpus_articles"
    __table_args__ = ({"comment": "Articles of a frozen corpus; a row outlives a redaction of its article."},)
    corpus_id: Mapped[int] = col(
        "Corpus.", None, ForeignKey("corpora.id", ondelete=CASCADE), primary_key=True
    )
    identity: Mapped[str] = col("Identity of the article.", String(64), primary_key=True)
    content_digest: Mapped[str] = col("Digest of its content when the corpus was frozen.", String(64))
