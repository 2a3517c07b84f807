"""The first schema: all tables, and the full-text index of either database."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    create_tables()
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE article_index USING fts5(title, text, tags, related, facets,"
            " content='', tokenize=\"ascii tokenchars '_'\")"
        )
    else:
        op.execute("CREATE TABLE article_index (order_key bigint PRIMARY KEY, document tsvector NOT NULL)")
        op.execute("CREATE INDEX ix_article_index_document ON article_index USING gin (document)")


def create_tables() -> None:
    op.create_table(
        "authors",
        sa.Column("id", LONG, nullable=False, comment="Row number."),
        sa.Column("name", sa.Text(), nullable=False, comment="Name as first seen."),
        sa.Column("folded", sa.Text(), nullable=False, comment="Name without case and accents."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authors")),
        sa.UniqueConstraint("folded", name=op.f("uq_authors_folded")),
        comment="Persons who sign articles.",
    )
    op.create_table(
        "hosts",
        sa.Column("id", LONG, nullable=False, comment="Row number."),
        sa.Column(
            "name", sa.Text(), nullable=False, comment="Host name with port where it is not the default one."
        ),
        sa.Column("robots", sa.Text(), nullable=True, comment="Last robots.txt obeyed."),
        sa.Column(
            "robots_status",
            sa.Integer(),
            nullable=True,
            comment="HTTP status of the last robots.txt request.",
        ),
        sa.Column("robots_fetched_at", INSTANT, nullable=True, comment="When robots.txt was last fetched."),
        sa.Column("robots_expires_at", INSTANT, nullable=True, comment="Until when that copy counts."),
        sa.Column(
            "crawl_delay",
            sa.Double(),
            nullable=True,
            comment="Seconds between requests that the host asks for.",
        ),
        sa.Column(
            "next_request_at", INSTANT, nullable=True, comment="No request before (Retry-After, delay)."
        ),
        sa.Column("failures", sa.Integer(), nullable=False, comment="Failures in a row."),
        sa.Column("note", sa.Text(), nullable=True, comment="Why it is held back."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hosts")),
        sa.UniqueConstraint("name", name=op.f("uq_hosts_name")),
        comment="Politeness per host, shared by all processes: robots.txt and delays.",
    )
    op.create_table(
        "sites",
        sa.Column("id", LONG, nullable=False, comment="Row number."),
        sa.Column("name", sa.Text(), nullable=False, comment="Short name, as used on the command line."),
        sa.Column("title", sa.Text(), nullable=False, comment="Name for people."),
        sa.Column("url", sa.Text(), nullable=True, comment="Home page."),
        sa.Column(
            "country", sa.Text(), nullable=True, comment="ISO 3166 code; settles which agency an acronym is."
        ),
        sa.Column("language", sa.Text(), nullable=True, comment="Main language, ISO 639-1."),
        sa.Column(
            "timezone", sa.Text(), nullable=True, comment="IANA zone that dates without zone are read in."
        ),
        sa.Column("state", sa.Text(), nullable=False, comment="active or disabled."),
        sa.Column("created_at", INSTANT, nullable=False, comment="When the row was made."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sites")),
        sa.UniqueConstraint("name", name=op.f("uq_sites_name")),
        comment="What we crawl: one row per declared site.",
    )
    op.create_table(
        "sources",
        sa.Column("id", LONG, nullable=False, comment="Row number."),
        sa.Column("key", sa.Text(), nullable=False, comment="Stable key: agency code or canonical name."),
        sa.Column("name", sa.Text(), nullable=False, comment="Name for people."),
        sa.Column("kind", sa.Text(), nullable=False, comment="outlet, agency or institution."),
        sa.Column("country", sa.Text(), nullable=True, comment="ISO 3166 code."),
        sa.Column("domains", DOCUMENT, nullable=True, comment="Domains it publishes on."),
        sa.Column("origin", sa.Text(), nullable=False, comment="table (packaged or hemero.toml) or analyst."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sources")),
        sa.UniqueConstraint("key", name=op.f("uq_sources_key")),
        comment="Whom pages credit: outlets, agencies, institutions.",
    )
    op.create_table(
        "tags",
        sa.Column("id", LONG, nullable=False, comment="Row number."),
        sa.Column("name", sa.Text(), nullable=False, comment="Spelling first seen."),
        sa.Column("folded", sa.Text(), nullable=False, comment="Name without case and accents."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tags")),
        sa.UniqueConstraint("folded", name=op.f("uq_tags_folded")),
        comment="Key words sites give their articles, shared by all sites.",
    )
    op.create_table(
        "candidates",
        sa.Column("id", LONG, nullable=False, comment="Row number."),
        sa.Column("site_id", LONG, nullable=False, comment="Site."),
        sa.Column("url", sa.Text(), nullable=False, comment="Canonical URL."),
        sa.Column(
            "identity",
            sa.String(length=64),
            nullable=False,
            comment="Identity of the article behind it (see articles).",
        ),
        sa.Column("kind", sa.Text(), nullable=False, comment="article or other."),
        sa.Column(
            "state",
            sa.Text(),
            nullable=False,
            comment="pending, captured (fetched, still to be read), done, gone, refused, skipped or failed.",
        ),
        sa.Column("reason", sa.Text(), nullable=True, comment="Why it is in this state."),
        sa.Column("status", sa.Integer(), nullable=True, comment="Last HTTP status."),
        sa.Column("tries", sa.Integer(), nullable=False, comment="Failures in a row."),
        sa.Column(
            "priority",
            sa.Integer(),
            nullable=False,
            comment="Higher first: new 100, revisit 50, backfill and related 10.",
        ),
        sa.Column(
            "found_by",
            sa.Text(),
            nullable=False,
            comment="feed, sitemap, listing, link, related, id, import or command.",
        ),
        sa.Column("found_in", sa.Text(), nullable=True, comment="URL of the channel or page that gave it."),
        sa.Column(
            "claimed_at", INSTANT, nullable=True, comment="lastmod or pubDate as the channel claims it."
        ),
        sa.Column("first_seen_at", INSTANT, nullable=False, comment="When it was discovered."),
        sa.Column("updated_at", INSTANT, nullable=False, comment="Last change of state."),
        sa.Column(
            "next_try_at", INSTANT, nullable=True, comment="Due from then on (first try, retry, revisit)."
        ),
        sa.Column(
            "revisits", sa.Integer(), nullable=False, comment="How often the article was fetched again."
        ),
        sa.Column("etag", sa.Text(), nullable=True, comment="ETag of the last whole answer."),
        sa.Column(
            "last_modified",
            sa.Text(),
            nullable=True,
            comment="Last-Modified header of the last whole answer.",
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_candidates_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidates")),
        sa.UniqueConstraint("identity", name=op.f("uq_candidates_identity")),
        comment="The frontier: URLs worth fetching and what became of each.",
    )
    op.create_index(
        "ix_candidates_site_id_next_try_at", "candidates", ["site_id", "next_try_at"], unique=False
    )
    op.create_index("ix_candidates_site_id_state", "candidates", ["site_id", "state"], unique=False)
    op.create_table(
        "channels",
        sa.Column("id", LONG, nullable=False, comment="Row number."),
        sa.Column("site_id", LONG, nullable=False, comment="Site."),
        sa.Column("url", sa.Text(), nullable=False, comment="Address polled."),
        sa.Column(
            "url_key",
            sa.String(length=64),
            nullable=False,
            comment="Digest of the URL: unique where a long URL cannot be indexed.",
        ),
        sa.Column("kind", sa.Text(), nullable=False, comment="feed, sitemap, listing, api or robots."),
        sa.Column("etag", sa.Text(), nullable=True, comment="ETag of the last whole answer."),
        sa.Column(
            "last_modified",
            sa.Text(),
            nullable=True,
            comment="Last-Modified header of the last whole answer.",
        ),
        sa.Column(
            "digest",
            sa.String(length=64),
            nullable=True,
            comment="Digest of the last payload: equal = nothing new.",
        ),
        sa.Column("status", sa.Integer(), nullable=True, comment="Last HTTP status."),
        sa.Column("last_fetched_at", INSTANT, nullable=True, comment="Last time it was asked, 304 included."),
        sa.Column("last_changed_at", INSTANT, nullable=True, comment="Last time its bytes changed."),
        sa.Column("next_fetch_at", INSTANT, nullable=True, comment="Not asked again before."),
        sa.Column("links", sa.Integer(), nullable=True, comment="Article links its last whole answer held."),
        sa.Column("interval", sa.Integer(), nullable=True, comment="Current poll interval in seconds."),
        sa.Column("failures", sa.Integer(), nullable=False, comment="Failures in a row."),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_channels_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channels")),
        sa.UniqueConstraint("site_id", "url_key", name=op.f("uq_channels_site_id_url_key")),
        comment="What is polled for candidates: one row per feed, sitemap, listing or API URL.",
    )
    op.create_table(
        "runs",
        sa.Column("id", LONG, nullable=False, comment="Row number."),
        sa.Column("site_id", LONG, nullable=True, comment="Site; empty for an import without site."),
        sa.Column("command", sa.Text(), nullable=False, comment="crawl, import, reprocess ..."),
        sa.Column("started_at", INSTANT, nullable=False, comment="Start."),
        sa.Column(
            "finished_at",
            INSTANT,
            nullable=True,
            comment="End; empty while running or when the process died.",
        ),
        sa.Column(
            "state", sa.Text(), nullable=False, comment="running, done, partial, failed, interrupted or dead."
        ),
        sa.Column(
            "exit_code", sa.Integer(), nullable=True, comment="Exit code of the command for this site."
        ),
        sa.Column(
            "message", sa.Text(), nullable=True, comment="One sentence: what happened and the next move."
        ),
        sa.Column("seen", sa.Integer(), nullable=False, comment="Candidates handled."),
        sa.Column("new", sa.Integer(), nullable=False, comment="Articles stored for the first time."),
        sa.Column("changed", sa.Integer(), nullable=False, comment="Articles with a new revision."),
        sa.Column("unchanged", sa.Integer(), nullable=False, comment="Articles read again without a change."),
        sa.Column("gone", sa.Integer(), nullable=False, comment="Articles the site no longer serves."),
        sa.Column("not_article", sa.Integer(), nullable=False, comment="Pages that hold no article."),
        sa.Column(
            "failed",
            sa.Integer(),
            nullable=False,
            comment="Fetches or readings that failed; tried again later.",
        ),
        sa.Column("refused", sa.Integer(), nullable=False, comment="URLs we may not fetch or do not take."),
        sa.Column("deferred", sa.Integer(), nullable=False, comment="Due, but left for the next run."),
        sa.Column("counts", DOCUMENT, nullable=True, comment="All other counters, with reasons."),
        sa.Column("host", sa.Text(), nullable=True, comment="Machine that ran it."),
        sa.Column("pid", sa.Integer(), nullable=True, comment="Process id on that machine."),
        sa.Column("version", sa.Text(), nullable=True, comment="Version of hemero."),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_runs_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
        comment="One execution for one site. seen = new + changed + unchanged + gone + not_article + failed + refused + deferred.",
        sqlite_autoincrement=True,
    )
    op.create_index("ix_runs_site_id_started_at", "runs", ["site_id", "started_at"], unique=False)
    op.create_table(
        "source_aliases",
        sa.Column("id", LONG, nullable=False, comment="Row number."),
        sa.Column("source_id", LONG, nullable=False, comment="Source."),
        sa.Column("alias", sa.Text(), nullable=False, comment="Spelling."),
        sa.Column(
            "folded", sa.Text(), nullable=False, comment="Spelling without case, accents and punctuation."
        ),
        sa.Column(
            "country", sa.Text(), nullable=False, comment="Counts only for sites of this country; '' for all."
        ),
        sa.Column("origin", sa.Text(), nullable=False, comment="table or analyst."),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name=op.f("fk_source_aliases_source_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_aliases")),
        sa.UniqueConstraint("folded", "country", name=op.f("uq_source_aliases_folded_country")),
        comment="Names and domains that mean a source, some only in one country.",
    )
    op.create_index(op.f("ix_source_aliases_source_id"), "source_aliases", ["source_id"], unique=False)
    op.create_table(
        "capture_files",
        sa.Column("id", LONG, nullable=False, comment="Row number."),
        sa.Column(
            "name",
            sa.Text(),
            nullable=False,
            comment="Path under captures/; while open the file has '.open' appended.",
        ),
        sa.Column("role", sa.Text(), nullable=False, comment="article, or channel (may be pruned)."),
        sa.Column("run_id", LONG, nullable=True, comment="Run that wrote it."),
        sa.Column("state", sa.Text(), nullable=False, comment="open, closed, missing or pruned."),
        sa.Column("bytes", LONG, nullable=True, comment="Size once closed."),
        sa.Column(
            "records", sa.Integer(), nullable=True, comment="WARC records once closed, warcinfo included."
        ),
        sa.Column(
            "sha256", sa.String(length=64), nullable=True, comment="Digest of the whole file once closed."
        ),
        sa.Column("created_at", INSTANT, nullable=False, comment="When it was begun."),
        sa.Column("closed_at", INSTANT, nullable=True, comment="When it was closed."),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_capture_files_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capture_files")),
        sa.UniqueConstraint("name", name=op.f("uq_capture_files_name")),
        comment="WARC files under captures/: one per run and role, new one at 1 GiB.",
    )
    op.create_table(
        "captures",
        sa.Column("id", LONG, nullable=False, comment="Row number."),
        sa.Column("site_id", LONG, nullable=True, comment="Site."),
        sa.Column("run_id", LONG, nullable=True, comment="Run that fetched it."),
        sa.Column("candidate_id", LONG, nullable=True, comment="Candidate fetched."),
        sa.Column("file_id", LONG, nullable=False, comment="WARC file."),
        sa.Column("offset", LONG, nullable=False, comment="First byte of the record's gzip member."),
        sa.Column("length", LONG, nullable=False, comment="Bytes of that member."),
        sa.Column(
            "request_length", LONG, nullable=False, comment="Bytes of the request record that follows it."
        ),
        sa.Column(
            "record_id", sa.String(length=36), nullable=False, comment="WARC-Record-ID without urn:uuid:."
        ),
        sa.Column("url", sa.Text(), nullable=False, comment="URL asked."),
        sa.Column("role", sa.Text(), nullable=False, comment="article or channel."),
        sa.Column(
            "kind",
            sa.Text(),
            nullable=False,
            comment="response, revisit (payload stands in refers_to_id) or resource.",
        ),
        sa.Column("refers_to_id", LONG, nullable=True, comment="Capture with the payload of a revisit."),
        sa.Column("method", sa.Text(), nullable=False, comment="HTTP method."),
        sa.Column("status", sa.Integer(), nullable=False, comment="HTTP status."),
        sa.Column("content_type", sa.Text(), nullable=True, comment="Content-Type as sent."),
        sa.Column("fetched_at", INSTANT, nullable=False, comment="When the response came."),
        sa.Column(
            "payload_digest",
            sa.String(length=64),
            nullable=False,
            comment="Digest of the body as sent, content coding kept.",
        ),
        sa.Column("payload_length", LONG, nullable=False, comment="Bytes of that body."),
        sa.Column(
            "headers_digest",
            sa.String(length=64),
            nullable=False,
            comment="Digest of the response headers as stored.",
        ),
        sa.Column("ip", sa.Text(), nullable=True, comment="Address that answered."),
        sa.Column(
            "truncated",
            sa.Text(),
            nullable=True,
            comment="Why the body is not whole: length, time, disconnect.",
        ),
        sa.Column("rights", DOCUMENT, nullable=True, comment="What the response said of its use."),
        sa.Column("lost_at", INSTANT, nullable=True, comment="When the record was found missing or damaged."),
        sa.ForeignKeyConstraint(["candidate_id"], ["candidates.id"], name=op.f("fk_captures_candidate_id")),
        sa.ForeignKeyConstraint(["file_id"], ["capture_files.id"], name=op.f("fk_captures_file_id")),
        sa.ForeignKeyConstraint(["refers_to_id"], ["captures.id"], name=op.f("fk_captures_refers_to_id")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_captures_run_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_captures_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_captures")),
        sa.UniqueConstraint("file_id", "offset", name=op.f("uq_captures_file_id_offset")),
        comment="One stored response: a record in a WARC file.",
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_captures_candidate_id"), "captures", ["candidate_id"], unique=False)
    op.create_index(op.f("ix_captures_payload_digest"), "captures", ["payload_digest"], unique=False)
    op.create_table(
        "articles",
        sa.Column("id", LONG, nullable=False, comment="Row number."),
        sa.Column(
            "identity",
            sa.String(length=64),
            nullable=False,
            comment="SHA-256 of (site, article key), or of the canonical URL without scheme, www. and default port.",
        ),
        sa.Column(
            "order_key",
            LONG,
            nullable=False,
            comment="Newest first: minute of the published local time * 1024 + a counter; small without a date.",
        ),
        sa.Column("site_id", LONG, nullable=False, comment="Site it was fetched from."),
        sa.Column("url", sa.Text(), nullable=False, comment="Canonical URL."),
        sa.Column(
            "declared_url",
            sa.Text(),
            nullable=True,
            comment="Canonical URL the page declares: recorded, not trusted.",
        ),
        sa.Column("title", sa.Text(), nullable=True, comment="Headline."),
        sa.Column("lead", sa.Text(), nullable=True, comment="Standfirst."),
        sa.Column("body", sa.Text(), nullable=True, comment="Text; paragraphs separated by one newline."),
        sa.Column("language", sa.Text(), nullable=True, comment="ISO 639-1."),
        sa.Column("section", sa.Text(), nullable=True, comment="Section of the site."),
        sa.Column(
            "published_date",
            sa.Date(),
            nullable=True,
            comment="Local day; first of the month for precision month.",
        ),
        sa.Column(
            "published_precision", sa.Text(), nullable=True, comment="month, day, hour, minute or second."
        ),
        sa.Column(
            "published_local",
            sa.DateTime(),
            nullable=True,
            comment="Local time without zone, where the page gives an hour.",
        ),
        sa.Column(
            "published_timezone", sa.Text(), nullable=True, comment="IANA zone or offset of the local time."
        ),
        sa.Column(
            "published_timezone_assumed",
            sa.Boolean(),
            nullable=True,
            comment="The zone is the site's, not the page's.",
        ),
        sa.Column(
            "published_utc",
            INSTANT,
            nullable=True,
            comment="The same moment in UTC; empty below precision hour.",
        ),
        sa.Column("published_raw", sa.Text(), nullable=True, comment="Text the date was read from."),
        sa.Column("published_rule", sa.Text(), nullable=True, comment="Rule that read it."),
        sa.Column(
            "modified_date", sa.Date(), nullable=True, comment="Local day of the update the page claims."
        ),
        sa.Column("modified_precision", sa.Text(), nullable=True, comment="As published_precision."),
        sa.Column("modified_local", sa.DateTime(), nullable=True, comment="As published_local."),
        sa.Column("modified_timezone", sa.Text(), nullable=True, comment="As published_timezone."),
        sa.Column(
            "modified_timezone_assumed", sa.Boolean(), nullable=True, comment="As published_timezone_assumed."
        ),
        sa.Column("modified_utc", INSTANT, nullable=True, comment="As published_utc."),
        sa.Column("modified_raw", sa.Text(), nullable=True, comment="As published_raw."),
        sa.Column("modified_rule", sa.Text(), nullable=True, comment="As published_rule."),
        sa.Column(
            "paywalled", sa.Boolean(), nullable=False, comment="The page shows only a part to visitors."
        ),
        sa.Column("truncated", sa.Boolean(), nullable=False, comment="The text read ends early."),
        sa.Column("encoding", sa.Text(), nullable=True, comment="Character encoding the page was read with."),
        sa.Column("images", DOCUMENT, nullable=True, comment="Images: url, caption, credit."),
        sa.Column("warnings", DOCUMENT, nullable=True, comment="What the reader was not sure of."),
        sa.Column("words", sa.Integer(), nullable=False, comment="Words of lead and body."),
        sa.Column(
            "content_digest",
            sa.String(length=64),
            nullable=False,
            comment="Digest of the normalised content.",
        ),
        sa.Column(
            "text_digest",
            sa.String(length=64),
            nullable=False,
            comment="Digest of the folded words of the body: equal = the same text.",
        ),
        sa.Column("extractor", sa.Text(), nullable=False, comment="Version of the reading rules."),
        sa.Column("revision_count", sa.Integer(), nullable=False, comment="Number of the current revision."),
        sa.Column("capture_id", LONG, nullable=True, comment="Capture the current reading comes from."),
        sa.Column("fetched_at", INSTANT, nullable=False, comment="When that capture was fetched."),
        sa.Column("first_seen_at", INSTANT, nullable=False, comment="When the article was first fetched."),
        sa.Column(
            "last_seen_at", INSTANT, nullable=False, comment="When it was last fetched, changed or not."
        ),
        sa.Column(
            "gone_at",
            INSTANT,
            nullable=True,
            comment="Since when the site no longer serves it; the text stays.",
        ),
        sa.ForeignKeyConstraint(["capture_id"], ["captures.id"], name=op.f("fk_articles_capture_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_articles_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
        sa.UniqueConstraint("identity", name=op.f("uq_articles_identity")),
        sa.UniqueConstraint("order_key", name=op.f("uq_articles_order_key")),
        comment="What a page says in its current revision: one row per article.",
        sqlite_autoincrement=True,
    )
    op.create_index("ix_articles_published_date", "articles", ["published_date"], unique=False)
    op.create_index("ix_articles_site_id_order_key", "articles", ["site_id", "order_key"], unique=False)
    op.create_index("ix_articles_text_digest", "articles", ["text_digest"], unique=False)
    op.create_table(
        "article_authors",
        sa.Column("article_id", LONG, nullable=False, comment="Article."),
        sa.Column("author_id", LONG, nullable=False, comment="Author."),
        sa.Column("position", sa.Integer(), nullable=False, comment="From 1."),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_article_authors_article_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["author_id"], ["authors.id"], name=op.f("fk_article_authors_author_id")),
        sa.PrimaryKeyConstraint("article_id", "author_id", name=op.f("pk_article_authors")),
        comment="Who signs which article, in the page's order.",
    )
    op.create_index(op.f("ix_article_authors_author_id"), "article_authors", ["author_id"], unique=False)
    op.create_table(
        "article_tags",
        sa.Column("article_id", LONG, nullable=False, comment="Article."),
        sa.Column("tag_id", LONG, nullable=False, comment="Tag."),
        sa.Column("position", sa.Integer(), nullable=False, comment="From 1."),
        sa.Column("url", sa.Text(), nullable=True, comment="The site's page of that tag."),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_article_tags_article_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], name=op.f("fk_article_tags_tag_id")),
        sa.PrimaryKeyConstraint("article_id", "tag_id", name=op.f("pk_article_tags")),
        comment="Which article carries which tag, in the page's order.",
    )
    op.create_index(op.f("ix_article_tags_tag_id"), "article_tags", ["tag_id"], unique=False)
    op.create_table(
        "article_urls",
        sa.Column("id", LONG, nullable=False, comment="Row number."),
        sa.Column("article_id", LONG, nullable=False, comment="Article."),
        sa.Column("url", sa.Text(), nullable=False, comment="Address."),
        sa.Column(
            "url_key",
            sa.String(length=64),
            nullable=False,
            comment="Digest of the URL without scheme, www. and default port.",
        ),
        sa.Column("kind", sa.Text(), nullable=False, comment="canonical, alias or redirect."),
        sa.Column("first_seen_at", INSTANT, nullable=False, comment="When it was first seen."),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_article_urls_article_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_urls")),
        sa.UniqueConstraint("url_key", name=op.f("uq_article_urls_url_key")),
        comment="Every address an article was seen under; resolves links.",
    )
    op.create_index(op.f("ix_article_urls_article_id"), "article_urls", ["article_id"], unique=False)
    op.create_table(
        "attributions",
        sa.Column("id", LONG, nullable=False, comment="Row number."),
        sa.Column("article_id", LONG, nullable=False, comment="Article."),
        sa.Column("position", sa.Integer(), nullable=False, comment="From 1."),
        sa.Column(
            "kind",
            sa.Text(),
            nullable=False,
            comment="republication, agency, cosigned, translation, press_release, original or unknown_source.",
        ),
        sa.Column("raw", sa.Text(), nullable=False, comment="The line as the page has it."),
        sa.Column("rule", sa.Text(), nullable=False, comment="Rule that read it."),
        sa.Column("authors", DOCUMENT, nullable=True, comment="Persons the line names."),
        sa.Column("dateline", sa.Text(), nullable=True, comment="Place and day that open an agency text."),
        sa.Column(
            "translated_from", sa.Text(), nullable=True, comment="Language translated from, ISO 639-1."
        ),
        sa.Column("location", sa.Text(), nullable=True, comment="Place named by the line."),
        sa.Column("url", sa.Text(), nullable=True, comment="Link to the original."),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_attributions_article_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attributions")),
        sa.UniqueConstraint("article_id", "position", name=op.f("uq_attributions_article_id_position")),
        comment="Lines that credit, in the current revision.",
    )
    op.create_table(
        "corrections",
        sa.Column("id", LONG, nullable=False, comment="Row number."),
        sa.Column("article_id", LONG, nullable=False, comment="Article."),
        sa.Column("field", sa.Text(), nullable=False, comment="Field of the article."),
        sa.Column("value", sa.Text(), nullable=True, comment="Value the analyst gave."),
        sa.Column("previous", sa.Text(), nullable=True, comment="Value it replaced."),
        sa.Column("who", sa.Text(), nullable=False, comment="Who corrected it."),
        sa.Column("made_at", INSTANT, nullable=False, comment="When."),
        sa.Column("note", sa.Text(), nullable=True, comment="Why."),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_corrections_article_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
        comment="Values set by an analyst; they outlive every new reading.",
    )
    op.create_index(op.f("ix_corrections_article_id"), "corrections", ["article_id"], unique=False)
    op.create_table(
        "related_links",
        sa.Column("id", LONG, nullable=False, comment="Row number."),
        sa.Column("article_id", LONG, nullable=False, comment="Article whose page shows the entry."),
        sa.Column(
            "entry_key",
            LONG,
            nullable=False,
            comment="64 bits of the digest of target or title: one row per entry.",
        ),
        sa.Column("position", sa.Integer(), nullable=False, comment="From 1, where last seen."),
        sa.Column("block", sa.Text(), nullable=False, comment="end, inline, aside or listing."),
        sa.Column("heading", sa.Text(), nullable=True, comment="Heading of the block."),
        sa.Column("title", sa.Text(), nullable=True, comment="Title of the entry; a cut letter is dropped."),
        sa.Column(
            "title_raw", sa.Text(), nullable=True, comment="Title as the page has it, where that differs."
        ),
        sa.Column("title_truncated", sa.Boolean(), nullable=False, comment="The page cut the title."),
        sa.Column(
            "teaser",
            sa.Text(),
            nullable=True,
            comment="Teaser of the entry; a cut letter or entity is dropped.",
        ),
        sa.Column(
            "teaser_raw", sa.Text(), nullable=True, comment="Teaser as the page has it, where that differs."
        ),
        sa.Column("teaser_truncated", sa.Boolean(), nullable=False, comment="The page cut the teaser."),
        sa.Column(
            "url", sa.Text(), nullable=True, comment="Canonical URL; empty where the page gives no link."
        ),
        sa.Column("target_key", LONG, nullable=True, comment="64 bits of the identity of the URL."),
        sa.Column("target_id", LONG, nullable=True, comment="Article meant, once archived."),
        sa.Column(
            "method", sa.Text(), nullable=True, comment="How target_id was found: identity, alias, prefix ..."
        ),
        sa.Column("first_seen_at", INSTANT, nullable=False, comment="First fetch that shows it."),
        sa.Column("last_seen_at", INSTANT, nullable=False, comment="Last fetch that shows it."),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_related_links_article_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["target_id"], ["articles.id"], name=op.f("fk_related_links_target_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_related_links")),
        sa.UniqueConstraint("article_id", "entry_key", name=op.f("uq_related_links_article_id_entry_key")),
        comment="Entries of blocks such as 'Les articles en relation', as seen on the page.",
    )
    op.create_index(op.f("ix_related_links_target_id"), "related_links", ["target_id"], unique=False)
    op.create_index("ix_related_links_target_key", "related_links", ["target_key"], unique=False)
    op.create_table(
        "revisions",
        sa.Column("id", LONG, nullable=False, comment="Row number."),
        sa.Column("article_id", LONG, nullable=False, comment="Article."),
        sa.Column("number", sa.Integer(), nullable=False, comment="1 for the first, in the order fetched."),
        sa.Column("run_id", LONG, nullable=True, comment="Run that found it."),
        sa.Column("capture_id", LONG, nullable=True, comment="Capture it was read from."),
        sa.Column("fetched_at", INSTANT, nullable=False, comment="When that capture was fetched."),
        sa.Column("extractor", sa.Text(), nullable=False, comment="Version of the reading rules."),
        sa.Column(
            "content_digest",
            sa.String(length=64),
            nullable=False,
            comment="Digest of the normalised content.",
        ),
        sa.Column(
            "text_digest",
            sa.String(length=64),
            nullable=False,
            comment="Digest of the folded words of the body.",
        ),
        sa.Column(
            "content",
            sa.Text(),
            nullable=False,
            comment="The content compared: a JSON object, field to text.",
        ),
        sa.Column("changed", DOCUMENT, nullable=True, comment="Fields that differ from the revision before."),
        sa.Column(
            "stealth",
            sa.Boolean(),
            nullable=False,
            comment="Text changed while the page's modified date did not.",
        ),
        sa.Column(
            "extractor_changed",
            sa.Boolean(),
            nullable=False,
            comment="The revision before was read by other rules: differences may be ours, not the site's.",
        ),
        sa.Column("modified_utc", INSTANT, nullable=True, comment="Update time the page claimed then."),
        sa.Column("modified_raw", sa.Text(), nullable=True, comment="Text of that claim."),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_revisions_article_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["capture_id"], ["captures.id"], name=op.f("fk_revisions_capture_id")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_revisions_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revisions")),
        sa.UniqueConstraint("article_id", "number", name=op.f("uq_revisions_article_id_number")),
        comment="One state of an article's content; a changed sidebar makes none.",
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_revisions_capture_id"), "revisions", ["capture_id"], unique=False)
    op.create_table(
        "attribution_sources",
        sa.Column("attribution_id", LONG, nullable=False, comment="Attribution."),
        sa.Column("position", sa.Integer(), nullable=False, comment="From 1."),
        sa.Column("role", sa.Text(), nullable=False, comment="outlet or agency."),
        sa.Column(
            "name",
            sa.Text(),
            nullable=False,
            comment="Canonical name or key where known, else as the page has it.",
        ),
        sa.Column("folded", sa.Text(), nullable=False, comment="Name without case, accents and punctuation."),
        sa.Column("source_id", LONG, nullable=True, comment="Source; empty while unknown."),
        sa.ForeignKeyConstraint(
            ["attribution_id"],
            ["attributions.id"],
            name=op.f("fk_attribution_sources_attribution_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_attribution_sources_source_id")),
        sa.PrimaryKeyConstraint("attribution_id", "position", name=op.f("pk_attribution_sources")),
        comment="Outlets and agencies an attribution names, in the line's order.",
    )
    op.create_index(op.f("ix_attribution_sources_folded"), "attribution_sources", ["folded"], unique=False)
    op.create_index(
        op.f("ix_attribution_sources_source_id"), "attribution_sources", ["source_id"], unique=False
    )
    op.create_table(
        "field_evidence",
        sa.Column("id", LONG, nullable=False, comment="Row number."),
        sa.Column("revision_id", LONG, nullable=False, comment="Revision."),
        sa.Column("field", sa.Text(), nullable=False, comment="Field of the article."),
        sa.Column("value", sa.Text(), nullable=True, comment="Value, at most 2,000 characters."),
        sa.Column("rule", sa.Text(), nullable=False, comment="Rule that found it."),
        sa.Column("raw", sa.Text(), nullable=True, comment="Text the rule read, at most 2,000 characters."),
        sa.Column("chosen", sa.Boolean(), nullable=False, comment="The claim that won."),
        sa.Column("extractor", sa.Text(), nullable=False, comment="Version of the reading rules."),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revisions.id"], name=op.f("fk_field_evidence_revision_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_evidence")),
        comment="Why a field has its value: every claim the page makes, chosen or not.",
    )
    op.create_index("ix_field_evidence_revision_id", "field_evidence", ["revision_id"], unique=False)
