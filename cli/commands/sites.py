"""`hemero sites`: what can be crawled, and what the archive has of it."""

from __future__ import annotations

from typing import Any

import click

from cli.app import App, shared_options
from cli.output import console, print_json, table


@click.command("sites", epilog="Example: hemero sites --json")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@shared_options
@click.pass_obj
def command(app: App, as_json: bool) -> None:
    """List the declared sites and how many articles the archive has of each."""
    from cli.declared import load_declared

    counts = _articles_by_site(app)
    rows: list[dict[str, Any]] = [
        {
            "site": name,
            "title": site.title,
            "country": site.country,
            "language": site.language,
            "timezone": site.timezone,
            "start_urls": list(site.start_urls),
            "articles": counts.get(name, 0),
        }
        for name, site in load_declared(app).sites.items()
    ]
    if as_json:
        print_json(rows)
        return
    cells = [[row["site"], row["country"], row["articles"], row["start_urls"][0]] for row in rows]
    console().print(table(("site", "country", "articles", "starts at"), cells, right=("articles",)))


def _articles_by_site(app: App) -> dict[str, int]:
    """Empty where there is no archive yet: declared sites can be listed before the first crawl."""
    from storage.errors import ArchiveNotFound
    from storage.queries import articles_by_site

    try:
        archive = app.open()
    except ArchiveNotFound:
        return {}
    with archive.read() as session:
        return {row.site: row.articles for row in session.execute(articles_by_site())}
