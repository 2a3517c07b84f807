"""Views for analysts' SQL: part of the schema, made again at every upgrade, documented column by column.

The same names, columns and rows on both databases; where the SQL differs, a placeholder stands in the text.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from storage.view_values import ARTICLE, View
from storage.views_analysis import ANALYSIS_VIEWS

# Order inside an aggregate, JSON and months are written differently by the two databases.
_LIST = {
    "sqlite": "(SELECT group_concat(item, '; ') FROM (SELECT {item} AS item FROM {rows} ORDER BY {order}))",
    "postgresql": "(SELECT string_agg({item}, '; ' ORDER BY {order}) FROM {rows})",
}
_JSON = {
    "sqlite": "json_extract({column}, '$.{field}')",
    "postgresql": "(CAST({column} AS json) ->> '{field}')",
}
_MONTH = {"sqlite": "substr({day}, 1, 7)", "postgresql": "to_char({day}, 'YYYY-MM')"}
_LISTS = {
    "AUTHORS": ("p.name", "article_authors l JOIN authors p ON p.id = l.author_id WHERE l.article_id = a.id"),
    "TAGS": ("t.name", "article_tags l JOIN tags t ON t.id = l.tag_id WHERE l.article_id = a.id"),
}
_SOURCES_ROWS = (
    "attributions n JOIN attribution_sources l ON l.attribution_id = n.id"
    " LEFT JOIN sources s ON s.id = l.source_id WHERE n.article_id = a.id"
)

VIEWS = (
    View(
        "v_articles",
        "One row per article, in its current revision.",
        ARTICLE
        | {
            "lead": "Standfirst.",
            "body": "Text; paragraphs separated by one newline.",
            "language": "ISO 639-1.",
            "section": "Section of the site.",
            "published_date": "Local day; first of the month for precision month; empty if unknown.",
            "published_precision": "month, day, hour, minute or second.",
            "published_local": "Local time without zone, where the page gives an hour.",
            "published_utc": "The same moment in UTC.",
            "modified_date": "Local day of the update the page claims.",
            "modified_utc": "The same in UTC.",
            "authors": "Authors in the page's order, separated by '; '.",
            "tags": "Tags in the page's order, separated by '; '.",
            "credited": "Outlets and agencies credited, separated by '; '; SELF is the site's own newsroom.",
            "words": "Words of lead and body.",
            "paywalled": "The page shows only a part to visitors.",
            "truncated": "The text read ends early.",
            "revisions": "Number of revisions.",
            "first_seen_at": "First fetch, UTC.",
            "last_seen_at": "Last fetch, UTC.",
            "gone_at": "Since when the site no longer serves it, UTC.",
        },
        """SELECT a.id AS article_id, i.name AS site, a.url, a.title, a.lead, a.body, a.language, a.section,
a.published_date, a.published_precision, a.published_local, a.published_utc, a.modified_date, a.modified_utc,
{AUTHORS} AS authors, {TAGS} AS tags, {SOURCES} AS credited, a.words, a.paywalled, a.truncated,
a.revision_count AS revisions, a.first_seen_at, a.last_seen_at, a.gone_at
FROM articles a JOIN sites i ON i.id = a.site_id""",
    ),
    View(
        "v_attributions",
        "One row per outlet or agency an article credits, and one per credit that names none.",
        ARTICLE
        | {
            "published_date": "Local day of publication.",
            "kind": "republication, agency, cosigned, translation, press_release, original, unknown_source.",
            "raw": "The line as the page has it.",
            "role": "outlet or agency.",
            "name": "Name as stored with the article; SELF is the site's own newsroom.",
            "source": "Key of the source it means; empty while unknown.",
            "source_name": "Name of that source.",
            "source_country": "Its country, ISO 3166.",
            "dateline": "Place and day that open an agency text.",
            "translated_from": "Language translated from.",
        },
        """SELECT a.id AS article_id, i.name AS site, a.url, a.title, a.published_date, n.kind, n.raw, l.role,
l.name, s.key AS source, s.name AS source_name, s.country AS source_country, n.dateline, n.translated_from
FROM attributions n JOIN articles a ON a.id = n.article_id JOIN sites i ON i.id = a.site_id
LEFT JOIN attribution_sources l ON l.attribution_id = n.id LEFT JOIN sources s ON s.id = l.source_id""",
    ),
    View(
        "v_related",
        "One row per entry of a related block an article's page has ever shown.",
        ARTICLE
        | {
            "position": "Place in the block, from 1.",
            "block": "end, inline, aside or listing.",
            "heading": "Heading of the block.",
            "link_title": "Title of the entry.",
            "link_url": "URL of the entry; empty where the page gives none.",
            "teaser": "Teaser of the entry.",
            "title_truncated": "The page cut the title.",
            "teaser_truncated": "The page cut the teaser.",
            "state": "resolved (archived), pending (not archived yet) or no_link.",
            "target_id": "Article meant.",
            "target_url": "Its URL.",
            "target_title": "Its headline.",
            "target_site": "Its site.",
            "method": "How it was found: identity, alias ...",
            "first_seen_at": "First fetch that shows the entry, UTC.",
            "last_seen_at": "Last fetch that shows it, UTC.",
        },
        """SELECT a.id AS article_id, i.name AS site, a.url, a.title, r.position, r.block, r.heading,
r.title AS link_title, r.url AS link_url, r.teaser, r.title_truncated, r.teaser_truncated,
CASE WHEN r.target_id IS NOT NULL THEN 'resolved' WHEN r.url IS NOT NULL THEN 'pending'
ELSE 'no_link' END AS state,
r.target_id, t.url AS target_url, t.title AS target_title, j.name AS target_site, r.method,
r.first_seen_at, r.last_seen_at
FROM related_links r JOIN articles a ON a.id = r.article_id JOIN sites i ON i.id = a.site_id
LEFT JOIN articles t ON t.id = r.target_id LEFT JOIN sites j ON j.id = t.site_id""",
    ),
    View(
        "v_revisions",
        "One row per state of an article's content.",
        {
            "article_id": "Article (articles.id).",
            "site": "Short name of the site.",
            "url": "Canonical URL.",
            "number": "1 for the first.",
            "fetched_at": "When that state was fetched, UTC.",
            "title": "Headline then.",
            "lead": "Standfirst then.",
            "body": "Text then.",
            "changed": "Fields that differ from the revision before, a JSON list; empty for the first.",
            "stealth": "Text changed while the page's modified date did not.",
            "extractor_changed": "The one before was read by other rules: differences may be ours.",
            "modified_utc": "Update time the page claimed then.",
            "capture_id": "Capture it was read from.",
        },
        """SELECT a.id AS article_id, i.name AS site, a.url, v.number, v.fetched_at, {TITLE} AS title,
{LEAD} AS lead, {BODY} AS body, v.changed, v.stealth, v.extractor_changed, v.modified_utc, v.capture_id
FROM revisions v JOIN articles a ON a.id = v.article_id JOIN sites i ON i.id = a.site_id""",
    ),
    View(
        "v_daily",
        "One row per site and local day of publication; articles without a date stand under an empty day.",
        {
            "site": "Short name of the site.",
            "day": "Local day of publication.",
            "articles": "Articles published that day.",
            "words": "Their words.",
        },
        """SELECT i.name AS site, a.published_date AS day, count(*) AS articles, sum(a.words) AS words
FROM articles a JOIN sites i ON i.id = a.site_id GROUP BY i.name, a.published_date""",
    ),
    View(
        "v_field_fill",
        "One row per site and month of fetch: how many articles have which field.",
        {
            "site": "Short name of the site.",
            "month": "YYYY-MM of the current revision's fetch, UTC.",
            "articles": "Articles.",
            "with_title": "Of them with a headline.",
            "with_body": "With a text.",
            "with_date": "With a date of publication.",
            "with_author": "With an author.",
            "with_credit": "With an attribution.",
            "with_tag": "With a tag.",
            "with_related": "With a related link.",
        },
        """SELECT i.name AS site, {FETCH_MONTH} AS month, count(*) AS articles, count(a.title) AS with_title,
count(a.body) AS with_body, count(a.published_date) AS with_date,
sum(CASE WHEN EXISTS (SELECT 1 FROM article_authors x WHERE x.article_id = a.id)
THEN 1 ELSE 0 END) AS with_author,
sum(CASE WHEN EXISTS (SELECT 1 FROM attributions x WHERE x.article_id = a.id)
THEN 1 ELSE 0 END) AS with_credit,
sum(CASE WHEN EXISTS (SELECT 1 FROM article_tags x WHERE x.article_id = a.id)
THEN 1 ELSE 0 END) AS with_tag,
sum(CASE WHEN EXISTS (SELECT 1 FROM related_links x WHERE x.article_id = a.id)
THEN 1 ELSE 0 END) AS with_related
FROM articles a JOIN sites i ON i.id = a.site_id GROUP BY i.name, {FETCH_MONTH}""",
    ),
    *ANALYSIS_VIEWS,
)


def view_sql(view: View, dialect: str) -> str:
    """The SELECT of a view in the SQL of a database."""
    lists = {
        name: _LIST[dialect].format(item=item, rows=rows, order="l.position")
        for name, (item, rows) in _LISTS.items()
    }
    sources = _LIST[dialect].format(
        item="coalesce(s.name, l.name)", rows=_SOURCES_ROWS, order="n.position, l.position"
    )
    contents = {
        field.upper(): _JSON[dialect].format(column="v.content", field=field)
        for field in ("title", "lead", "body")
    }
    months = {
        "MONTH": _MONTH[dialect].format(day="a.published_date"),
        "FETCH_MONTH": _MONTH[dialect].format(day="a.fetched_at"),
    }
    return view.sql.format(SOURCES=sources, **lists, **contents, **months)


def create_views(connection: Connection) -> None:
    """Make all views as this version has them."""
    dialect = connection.dialect.name
    for view in VIEWS:
        connection.execute(text(f"DROP VIEW IF EXISTS {view.name}"))
        connection.exec_driver_sql(f"CREATE VIEW {view.name} AS {view_sql(view, dialect)}")
        if dialect == "postgresql":
            for name, comment in {"": view.comment, **view.columns}.items():
                quoted = comment.replace("'", "''")
                target = f"COLUMN {view.name}.{name}" if name else f"VIEW {view.name}"
                connection.exec_driver_sql(f"COMMENT ON {target} IS '{quoted}'")
