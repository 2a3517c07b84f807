"""What follows from articles: fingerprints, copies, stories, disappearances; saved searches and corpora."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "corpora",
        sa.Column("id", LONG, nullable=False, comment="Row number."),
        sa.Column("name", sa.Text(), nullable=False, comment="Name, as the analyst gave it."),
        sa.Column("query", sa.Text(), nullable=False, comment="Query that found the articles."),
        sa.Column("filters", DOCUMENT, nullable=False, comment="Its filters by name."),
        sa.Column("articles", sa.Integer(), nullable=False, comment="How many."),
        sa.Column(
            "digest",
            sa.String(length=64),
            nullable=False,
            comment="SHA-256 over the sorted lines 'identity content_digest': equal = the same articles saying the same.",
        ),
        sa.Column("who", sa.Text(), nullable=False, comment="Who froze it."),
        sa.Column("made_at", INSTANT, nullable=False, comment="When."),
        sa.Column("note", sa.Text(), nullable=True, comment="What it is for."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corpora")),
        sa.UniqueConstraint("name", name=op.f("uq_corpora_name")),
        comment="Named sets of articles as they were on a day.",
        sqlite_autoincrement=True,
    )
    op.create_table(
        "saved_searches",
        sa.Column("id", LONG, nullable=False, comment="Row number."),
        sa.Column("name", sa.Text(), nullable=False, comment="Name, as the analyst gave it."),
        sa.Column("query", sa.Text(), nullable=False, comment="Query, as for hemero search."),
        sa.Column(
            "filters",
            DOCUMENT,
            nullable=False,
            comment="Filters by name: site, source, tag, author, from, to.",
        ),
        sa.Column(
            "targets",
            DOCUMENT,
            nullable=False,
            comment="Where new matches are sent: mailto: and https: addresses.",
        ),
        sa.Column("who", sa.Text(), nullable=False, comment="Who saved it."),
        sa.Column("made_at", INSTANT, nullable=False, comment="When."),
        sa.Column("checked_at", INSTANT, nullable=True, comment="When it was last run."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_searches")),
        sa.UniqueConstraint("name", name=op.f("uq_saved_searches_name")),
        comment="Named queries whose new matches are told.",
        sqlite_autoincrement=True,
    )
    op.create_table(
        "shingles",
        sa.Column(
            "hash",
            LONG,
            autoincrement=False,
            nullable=False,
            comment="Shingle: 64 bits of the digest of five folded words.",
        ),
        sa.Column(
            "article_id", LONG, autoincrement=False, nullable=False, comment="Article (articles.id) with it."
        ),
        sa.PrimaryKeyConstraint("hash", "article_id", name=op.f("pk_shingles")),
        comment="Which articles hold which shingle. No key to articles: storage.copies.forget removes the rows of one that leaves.",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "stop_shingles",
        sa.Column(
            "hash", LONG, autoincrement=False, nullable=False, comment="Shingle; no longer in shingles."
        ),
        sa.Column("found_at", INSTANT, nullable=False, comment="Since when it counts for nothing."),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_stop_shingles")),
        comment="Shingles of more than 500 articles: agency and site boilerplate.",
    )
    op.create_table(
        "stories",
        sa.Column("id", LONG, nullable=False, comment="Row number."),
        sa.Column("articles", sa.Integer(), nullable=False, comment="Articles in it."),
        sa.Column("updated_at", INSTANT, nullable=False, comment="When an article last joined or left."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stories")),
        comment="Clusters of copies; passages do not tie articles together.",
        sqlite_autoincrement=True,
    )
    op.create_table(
        "alert_deliveries",
        sa.Column("id", LONG, nullable=False, comment="Row number."),
        sa.Column("search_id", LONG, nullable=False, comment="Saved search."),
        sa.Column("target", sa.Text(), nullable=False, comment="Address it goes to."),
        sa.Column(
            "message_id",
            sa.String(length=36),
            nullable=False,
            comment="UUID of the message, the same at every try.",
        ),
        sa.Column(
            "after_match",
            LONG,
            nullable=False,
            comment="It tells the matches after this one (search_matches.id) ...",
        ),
        sa.Column("last_match", LONG, nullable=False, comment="... up to this one."),
        sa.Column(
            "state", sa.Text(), nullable=False, comment="prepared, sending, sent or failed (is tried again)."
        ),
        sa.Column("tries", sa.Integer(), nullable=False, comment="How often it was tried."),
        sa.Column("error", sa.Text(), nullable=True, comment="Why the last try failed."),
        sa.Column("made_at", INSTANT, nullable=False, comment="When it was prepared."),
        sa.Column("sent_at", INSTANT, nullable=True, comment="When the other side had taken it."),
        sa.ForeignKeyConstraint(
            ["search_id"],
            ["saved_searches.id"],
            name=op.f("fk_alert_deliveries_search_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_deliveries")),
        sa.UniqueConstraint("message_id", name=op.f("uq_alert_deliveries_message_id")),
        comment="Messages about new matches: one row a message.",
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_alert_deliveries_search_id_target", "alert_deliveries", ["search_id", "target"], unique=False
    )
    op.create_table(
        "corpus_articles",
        sa.Column("corpus_id", LONG, nullable=False, comment="Corpus."),
        sa.Column("identity", sa.String(length=64), nullable=False, comment="Identity of the article."),
        sa.Column(
            "content_digest",
            sa.String(length=64),
            nullable=False,
            comment="Digest of its content when the corpus was frozen.",
        ),
        sa.ForeignKeyConstraint(
            ["corpus_id"], ["corpora.id"], name=op.f("fk_corpus_articles_corpus_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("corpus_id", "identity", name=op.f("pk_corpus_articles")),
        comment="Articles of a frozen corpus; a row outlives a redaction of its article.",
    )
    op.create_table(
        "copies",
        sa.Column("id", LONG, nullable=False, comment="Row number."),
        sa.Column("article_id", LONG, nullable=False, comment="The article archived first."),
        sa.Column("other_id", LONG, nullable=False, comment="The other one."),
        sa.Column(
            "kind",
            sa.Text(),
            nullable=False,
            comment="exact (same words), near (most of both), part (most of the shorter), passage (a quoted stretch).",
        ),
        sa.Column(
            "share",
            sa.Double(),
            nullable=False,
            comment="Share of article_id's words that stand in other_id, 0 to 1.",
        ),
        sa.Column(
            "other_share",
            sa.Double(),
            nullable=False,
            comment="Share of other_id's words that stand in article_id.",
        ),
        sa.Column(
            "common_words",
            sa.Integer(),
            nullable=False,
            comment="Words of article_id that stand in other_id, in runs of five or more.",
        ),
        sa.Column("longest_run", sa.Integer(), nullable=False, comment="Longest such run, in words."),
        sa.Column(
            "in_story",
            sa.Boolean(),
            nullable=False,
            comment="The pair ties both into one story; a passage does not.",
        ),
        sa.Column(
            "first_published_id",
            LONG,
            nullable=True,
            comment="Which of the two was published first, as far as their dates tell.",
        ),
        sa.Column("found_at", INSTANT, nullable=False, comment="When the pair was found."),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_copies_article_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["articles.id"], name=op.f("fk_copies_other_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_copies")),
        sa.UniqueConstraint("article_id", "other_id", name=op.f("uq_copies_article_id_other_id")),
        comment="Pairs of articles with text in common, each pair once (v_copies has both directions).",
    )
    op.create_index("ix_copies_other_id", "copies", ["other_id"], unique=False)
    op.create_table(
        "disappearances",
        sa.Column("id", LONG, nullable=False, comment="Row number."),
        sa.Column("article_id", LONG, nullable=False, comment="Article."),
        sa.Column("gone_at", INSTANT, nullable=False, comment="First fetch that did not find it."),
        sa.Column(
            "back_at", INSTANT, nullable=True, comment="First fetch after that which did; empty while gone."
        ),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_disappearances_article_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disappearances")),
        comment="When a site stopped serving an article, and when it served it again.",
    )
    op.create_index(op.f("ix_disappearances_article_id"), "disappearances", ["article_id"], unique=False)
    op.create_table(
        "fingerprints",
        sa.Column("article_id", LONG, autoincrement=False, nullable=False, comment="Article."),
        sa.Column(
            "shingles",
            sa.LargeBinary(),
            nullable=False,
            comment="Winnowed shingles of lead and body, ascending: signed 64-bit numbers, little-endian.",
        ),
        sa.Column("shingle_count", sa.Integer(), nullable=False, comment="How many."),
        sa.Column("text_key", LONG, nullable=False, comment="64 bits of the digest of lead and body."),
        sa.Column(
            "title_key",
            LONG,
            nullable=True,
            comment="64 bits of the digest of the first folded words of the title.",
        ),
        sa.Column("opening_key", LONG, nullable=True, comment="The same of the text's first words."),
        sa.Column("compared", sa.Boolean(), nullable=False, comment="Its copies have been looked for."),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_fingerprints_article_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_fingerprints")),
        comment="What an article's text is compared by: one row per article.",
    )
    op.create_index("ix_fingerprints_opening_key", "fingerprints", ["opening_key"], unique=False)
    op.create_index("ix_fingerprints_title_key", "fingerprints", ["title_key"], unique=False)
    op.create_index(
        "ix_fingerprints_waiting",
        "fingerprints",
        ["article_id"],
        unique=False,
        sqlite_where=sa.text("NOT compared"),
        postgresql_where=sa.text("NOT compared"),
    )
    op.create_table(
        "search_matches",
        sa.Column("id", LONG, nullable=False, comment="Row number."),
        sa.Column("search_id", LONG, nullable=False, comment="Saved search."),
        sa.Column("article_id", LONG, nullable=False, comment="Article."),
        sa.Column("found_at", INSTANT, nullable=False, comment="When it was first found."),
        sa.Column(
            "is_old",
            sa.Boolean(),
            nullable=False,
            comment="It matched when the search was saved: never told as new.",
        ),
        sa.Column("shown_at", INSTANT, nullable=True, comment="When hemero alerts first printed it."),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_search_matches_article_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["search_id"], ["saved_searches.id"], name=op.f("fk_search_matches_search_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_matches")),
        sa.UniqueConstraint("search_id", "article_id", name=op.f("uq_search_matches_search_id_article_id")),
        comment="Articles a saved search has found: each once, however often it is found again.",
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_search_matches_article_id"), "search_matches", ["article_id"], unique=False)
    op.create_table(
        "story_articles",
        sa.Column("article_id", LONG, autoincrement=False, nullable=False, comment="Article."),
        sa.Column("story_id", LONG, nullable=False, comment="Story."),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_story_articles_article_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["story_id"], ["stories.id"], name=op.f("fk_story_articles_story_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_story_articles")),
        comment="Which article belongs to which story; most belong to none.",
    )
    op.create_index(op.f("ix_story_articles_story_id"), "story_articles", ["story_id"], unique=False)
    op.create_table(
        "loose_links",
        sa.Column("link_id", LONG, autoincrement=False, nullable=False, comment="Entry."),
        sa.Column(
            "title_key", LONG, nullable=True, comment="As fingerprints.title_key, of the entry's title."
        ),
        sa.Column(
            "opening_key", LONG, nullable=True, comment="As fingerprints.opening_key, of the entry's teaser."
        ),
        sa.ForeignKeyConstraint(
            ["link_id"], ["related_links.id"], name=op.f("fk_loose_links_link_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("link_id", name=op.f("pk_loose_links")),
        comment="Related entries without address whose article has not been found yet.",
    )
    op.create_index("ix_loose_links_opening_key", "loose_links", ["opening_key"], unique=False)
    op.create_index("ix_loose_links_title_key", "loose_links", ["title_key"], unique=False)
