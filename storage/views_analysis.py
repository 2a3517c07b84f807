"""Views of copies, stories, the way of an article, and how much of a site is its own."""

from __future__ import annotations

from storage.view_values import ARTICLE, View

# A pair has no direction: each row takes one end as the article and the other as its counterpart.
_PAIR = """SELECT p.article_id, p.other_id, p.kind, p.share, p.other_share, p.common_words, p.longest_run,
p.in_story, p.first_published_id FROM copies p
UNION ALL SELECT p.other_id, p.article_id, p.kind, p.other_share, p.share, p.common_words, p.longest_run,
p.in_story, p.first_published_id FROM copies p"""

# Credited work counts as what the credit says; without credit, what another site published first is copied.
_SHARE_KIND = """CASE
WHEN EXISTS (SELECT 1 FROM attributions n WHERE n.article_id = a.id AND n.kind = 'agency') THEN 'agency'
WHEN EXISTS (SELECT 1 FROM attributions n WHERE n.article_id = a.id AND n.kind IN ('republication',
'translation', 'unknown_source')) THEN CASE WHEN EXISTS (SELECT 1 FROM attributions n
JOIN attribution_sources l ON l.attribution_id = n.id WHERE n.article_id = a.id
AND l.role = 'outlet') OR NOT EXISTS (SELECT 1 FROM attributions n JOIN attribution_sources l
ON l.attribution_id = n.id WHERE n.article_id = a.id
AND l.role = 'agency') THEN 'republished' ELSE 'agency' END
WHEN EXISTS (SELECT 1 FROM attributions n WHERE n.article_id = a.id AND n.kind = 'cosigned') THEN 'cosigned'
WHEN EXISTS (SELECT 1 FROM attributions n WHERE n.article_id = a.id AND n.kind = 'press_release')
THEN 'press_release'
WHEN EXISTS (SELECT 1 FROM copies p JOIN articles o ON o.id = p.first_published_id WHERE p.in_story
AND p.article_id = a.id AND o.id = p.other_id AND o.site_id <> a.site_id) OR EXISTS (SELECT 1 FROM copies p
JOIN articles o ON o.id = p.first_published_id WHERE p.in_story AND p.other_id = a.id AND o.id = p.article_id
AND o.site_id <> a.site_id) THEN 'copied'
ELSE 'own' END"""

ANALYSIS_VIEWS = (
    View(
        "v_chain",
        "One row per station an article has come through: its site, the outlets it credits, the agencies.",
        ARTICLE
        | {
            "published_date": "Local day of publication.",
            "step": "1 the site that shows it, 2 outlets it was taken from, 3 agencies.",
            "role": "publisher, outlet or agency.",
            "name": "Title of the site; name as stored with the article (SELF: the site's own newsroom).",
            "source": "Key of the source it means; empty for the site and while unknown.",
            "kind": "Kind of the credit; empty for the site.",
            "raw": "The line that says so.",
        },
        """SELECT a.id AS article_id, i.name AS site, a.url, a.title, a.published_date, 1 AS step,
'publisher' AS role, i.title AS name, NULL AS source, NULL AS kind, NULL AS raw
FROM articles a JOIN sites i ON i.id = a.site_id
UNION ALL SELECT a.id, i.name, a.url, a.title, a.published_date,
CASE WHEN l.role = 'agency' THEN 3 ELSE 2 END, l.role, l.name, s.key, n.kind, n.raw
FROM attributions n JOIN attribution_sources l ON l.attribution_id = n.id
JOIN articles a ON a.id = n.article_id JOIN sites i ON i.id = a.site_id
LEFT JOIN sources s ON s.id = l.source_id""",
    ),
    View(
        "v_copies",
        "One row per article and other article that shares text with it (each pair stands twice).",
        ARTICLE
        | {
            "other_id": "The other article.",
            "other_site": "Its site.",
            "other_url": "Its URL.",
            "other_title": "Its headline.",
            "kind": "exact, near, part or passage.",
            "share": "Share of the article's words that stand in the other one, 0 to 1.",
            "other_share": "Share of the other's words that stand in the article.",
            "common_words": "Words in common.",
            "longest_run": "Longest run of words in common.",
            "in_story": "The pair makes one story of both.",
            "published": "first, later, or empty where the dates leave it open.",
            "seen": "first, later, or empty where both were fetched at the same moment.",
            "published_date": "Local day of the article.",
            "other_published_date": "Local day of the other one.",
            "first_seen_at": "First fetch of the article, UTC.",
            "other_first_seen_at": "First fetch of the other one, UTC.",
        },
        f"""SELECT a.id AS article_id, i.name AS site, a.url, a.title, p.other_id, j.name AS other_site,
o.url AS other_url, o.title AS other_title, p.kind, p.share, p.other_share, p.common_words,
p.longest_run, p.in_story, CASE WHEN p.first_published_id = a.id THEN 'first'
WHEN p.first_published_id = o.id THEN 'later' END AS published,
CASE WHEN a.first_seen_at < o.first_seen_at THEN 'first'
WHEN a.first_seen_at > o.first_seen_at THEN 'later' END AS seen, a.published_date,
o.published_date AS other_published_date, a.first_seen_at, o.first_seen_at AS other_first_seen_at
FROM ({_PAIR}) p JOIN articles a ON a.id = p.article_id JOIN sites i ON i.id = a.site_id
JOIN articles o ON o.id = p.other_id JOIN sites j ON j.id = o.site_id""",  # noqa: S608  (own text)
    ),
    View(
        "v_stories",
        "One row per article of a story, a cluster of copies.",
        {
            "story_id": "Story (stories.id).",
            "articles": "Articles in the story.",
        }
        | ARTICLE
        | {
            "published_date": "Local day of publication.",
            "published_utc": "The same in UTC, where the page gives an hour.",
            "first_seen_at": "First fetch, UTC.",
            "gone_at": "Since when the site no longer serves it, UTC.",
        },
        """SELECT s.id AS story_id, s.articles, a.id AS article_id, i.name AS site, a.url, a.title,
a.published_date, a.published_utc, a.first_seen_at, a.gone_at
FROM stories s JOIN story_articles m ON m.story_id = s.id JOIN articles a ON a.id = m.article_id
JOIN sites i ON i.id = a.site_id""",
    ),
    View(
        "v_source_share",
        "One row per site, month of publication and kind of text: how much is the site's own.",
        {
            "site": "Short name of the site.",
            "month": "YYYY-MM; empty where the date is unknown.",
            "kind": "own, cosigned (with an outlet or agency), republished, agency, press_release, or"
            " copied: no credit, and another site published the same text before.",
            "articles": "Articles.",
            "words": "Their words.",
            "share": "Their share of the site's words of that month, 0 to 1.",
        },
        f"""SELECT site, month, kind, count(*) AS articles, sum(words) AS words,
CASE WHEN sum(sum(words)) OVER (PARTITION BY site, month) = 0 THEN 0.0
ELSE CAST(sum(words) AS double precision)
/ CAST(sum(sum(words)) OVER (PARTITION BY site, month) AS double precision) END AS share
FROM (SELECT i.name AS site, {{MONTH}} AS month, a.words, {_SHARE_KIND} AS kind
FROM articles a JOIN sites i ON i.id = a.site_id) t GROUP BY site, month, kind""",  # noqa: S608  (own text)
    ),
)
