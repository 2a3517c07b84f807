"""`hemero stories`: what belongs together."""

from __future__ import annotations

from typing import Any

import click

from cli.app import App, shared_options
from cli.output import console, note, print_json, safe_line, table
from cli.params import HITS


@click.command("stories", epilog="Example: hemero stories --limit 5")
@click.argument("story", required=False, type=int)
@click.option("--article", metavar="ARTICLE", help="The story of this article (number or URL).")
@click.option("--site", metavar="NAME", help="Only stories in which this site has a part.")
@click.option("--same-site", is_flag=True, help="Also stories of one site alone.")
@click.option("--limit", metavar="N", type=HITS, default=20, help="At most N (20).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@shared_options
@click.pass_obj
def command(
    app: App,
    story: int | None,
    article: str | None,
    site: str | None,
    same_site: bool,
    limit: int,
    as_json: bool,
) -> None:
    """List stories (clusters of copies), the last touched first; with STORY, its articles in order.

    The order is that of publication, as far as the pages' dates tell.
    """
    if story is not None and article is not None:
        raise click.UsageError("STORY or --article, not both")
    if site is not None and (story is not None or article is not None):
        raise click.UsageError("--site narrows the list: it goes with neither STORY nor --article")
    from cli.articles import check_site, find_article
    from storage import copies_queries

    with app.open() as archive, archive.read() as session:
        check_site(session, site)
        if article is not None:
            number = find_article(session, article)
            story = copies_queries.story_of(session, number)
            if story is None:
                note(f"article {number} has no copies in this archive")
                return
        if story is not None:
            rows = session.execute(copies_queries.story_members(story).limit(limit)).all()
        else:
            query = copies_queries.stories(site=site, across=not same_site).limit(limit)
            rows = session.execute(query).all()
    if story is not None:
        if not rows:
            raise click.UsageError(f"no story {story} in this archive")
        _members(rows, as_json)
    else:
        _stories(rows, as_json)


def _members(rows: Any, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "article": row.id,
                "site": row.site,
                "url": row.url,
                "title": row.title,
                "published": _published(row),
                "first_seen_at": row.first_seen_at.isoformat(),
                "gone_at": row.gone_at.isoformat() if row.gone_at is not None else None,
                "words": row.words,
            }
            for row in rows
        )
        return
    columns = ("article", "published", "seen (UTC)", "site", "words", "title")
    cells = [
        [
            row.id,
            _published(row) or "no date",
            f"{row.first_seen_at:%m-%d %H:%M}",
            row.site,
            row.words,
            row.title,
        ]
        for row in rows
    ]
    console().print(table(columns, cells, right=("article", "words")))


def _published(row: Any) -> str | None:
    """As precise as the page was."""
    if row.published_utc is not None:
        return f"{row.published_utc:%Y-%m-%d %H:%M} UTC"
    if row.published_date is None:
        return None
    text: str = row.published_date.isoformat()
    return text[:7] if row.published_precision == "month" else text


def _stories(rows: Any, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "story": row.story,
                "articles": row.articles,
                "sites": row.sites,
                "first_seen_at": row.first_seen_at.isoformat(),
                "first_published": row.first_published_date.isoformat() if row.first_published_date else None,
            }
            for row in rows
        )
        return
    if not rows:
        note("no story of several sites yet; --same-site lists those of one site")
        return
    columns = ("story", "articles", "sites", "first published", "first seen (UTC)")
    cells = [
        [row.story, row.articles, row.sites, row.first_published_date, f"{row.first_seen_at:%Y-%m-%d %H:%M}"]
        for row in rows
    ]
    console().print(table(columns, cells, right=columns[:3]))
    note(safe_line(f"hemero stories {rows[0].story} shows the articles"))
