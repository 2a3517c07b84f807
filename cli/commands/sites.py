"""`hemero sites`: what can be crawled; add, check, rename, compare, switch off."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cli.app import App, shared_options
from cli.output import console, print_json, table

_PAGES = click.IntRange(min=1, max=20)


@click.group("sites", invoke_without_command=True, epilog="Example: hemero sites --json")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@shared_options
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """List the sites, declared or only in the archive, and how many articles it has of each.

    With a sub-command: look after one of them, or add another.
    """
    if ctx.invoked_subcommand is None:
        _list(ctx.obj, as_json)


@command.command("add", epilog="Example: hemero sites add https://courrier.example/ --country MA")
@click.argument("url")
@click.option("--name", metavar="NAME", help="What to call the site (default: after its domain).")
@click.option("--title", metavar="TITLE", help="Its name for people (default: as the site says).")
@click.option("--country", metavar="CC", help="ISO 3166 code (default: as page and domain say, else FR).")
@click.option("--timezone", metavar="ZONE", help="IANA name (default: the country's).")
@click.option("--pages", metavar="N", type=_PAGES, default=3, help="Articles to read for the check (3).")
@click.option("--yes", is_flag=True, help="Write without asking.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object; writes only with --yes.")
@shared_options
@click.pass_obj
def add(
    app: App,
    url: str,
    name: str | None,
    title: str | None,
    country: str | None,
    timezone: str | None,
    pages: int,
    yes: bool,
    as_json: bool,
) -> int:
    """Find out how a site is to be crawled, show what would be read, write its declaration."""
    from cli.declared import load_declared
    from cli.site_adding import Asked, add_site

    asked = Asked(url, name, title, country.upper() if country else None, timezone)
    return add_site(app, load_declared(app), asked, pages=pages, yes=yes, as_json=as_json)


@command.command("import", epilog="Example: hemero sites import feeds.opml --yes")
@click.argument("file", metavar="FEEDS.opml", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--country", metavar="CC", help="ISO 3166 code of sites that do not say theirs.")
@click.option("--yes", is_flag=True, help="Write without asking.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a site; writes only with --yes.")
@shared_options
@click.pass_obj
def import_(app: App, file: Path, country: str | None, yes: bool, as_json: bool) -> int:
    """Add every site of a feed reader's list (OPML)."""
    from cli.declared import load_declared
    from cli.site_importing import import_sites

    code = country.upper() if country else None
    return import_sites(app, load_declared(app), file, country=code, yes=yes, as_json=as_json)


@command.command("check", epilog="Example: hemero sites check demo")
@click.argument("site")
@click.option("--pages", metavar="N", type=_PAGES, default=3, help="Articles to fetch (3).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@shared_options
@click.pass_obj
def check(app: App, site: str, pages: int, as_json: bool) -> int:
    """Fetch a few pages now and compare what is read with the saved pages and the archive.

    Ends with 6 when a field that used to be filled is not.
    """
    from cli.declared import load_declared
    from cli.site_checking import check_site

    declared = load_declared(app)
    return check_site(app, declared, declared.named(site), pages=pages, as_json=as_json)


@command.command("coverage", epilog="Example: hemero sites coverage demo")
@click.argument("site")
@click.option(
    "--files", metavar="N", type=click.IntRange(min=1, max=2000), default=50, help="Sitemaps to ask for (50)."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a month.")
@shared_options
@click.pass_obj
def coverage(app: App, site: str, files: int, as_json: bool) -> int:
    """Compare the archive with the site's own sitemaps, month by month."""
    from cli.declared import load_declared
    from cli.site_coverage import compare

    declared = load_declared(app)
    return compare(app, declared, declared.named(site), files=files, as_json=as_json)


@command.command("disable", epilog="Example: hemero sites disable portailsudmaroc")
@click.argument("site")
@shared_options
@click.pass_obj
def disable(app: App, site: str) -> None:
    """Leave a site out of `hemero crawl` without arguments; what the archive has of it stays."""
    from cli.site_state import set_state

    set_state(app, site, "disabled")


@command.command("enable", epilog="Example: hemero sites enable portailsudmaroc")
@click.argument("site")
@shared_options
@click.pass_obj
def enable(app: App, site: str) -> None:
    """Crawl a disabled site again."""
    from cli.site_state import set_state

    set_state(app, site, "active")


@command.command("rename", epilog="Example: hemero sites rename courrier oued --url https://oued.example/")
@click.argument("old")
@click.argument("new")
@click.option("--url", metavar="URL", help="Its new home page, where the domain has changed.")
@click.option("--title", metavar="TITLE", help="Its new name for people.")
@shared_options
@click.pass_obj
def rename(app: App, old: str, new: str, url: str | None, title: str | None) -> int:
    """Give a site another name or domain; its articles keep their identity and history."""
    from cli.site_renaming import rename_site

    return rename_site(app, old, new, url=url, title=title)


def _list(app: App, as_json: bool) -> None:
    from cli.declared import load_declared
    from cli.site_state import disabled_sites

    archived, disabled = _archived_sites(app), disabled_sites(app)
    declared = load_declared(app).sites
    rows: list[dict[str, Any]] = [
        {
            "site": name,
            "title": site.title,
            "country": site.country,
            "language": site.language,
            "timezone": site.timezone,
            "start_urls": list(site.start_urls),
            "articles": archived[name].articles if name in archived else 0,
            "state": "active" if site.enabled and name not in disabled else "disabled",
        }
        for name, site in declared.items()
    ]
    rows += [
        {
            "site": name,
            "title": site.title,
            "country": site.country,
            "language": site.language,
            "timezone": site.timezone,
            "start_urls": [site.url] if site.url else [],
            "articles": site.articles,
            "state": "undeclared",
        }
        for name, site in archived.items()
        if name not in declared and site.articles
    ]
    if as_json:
        print_json(rows)
        return
    cells = [
        [row["site"], row["country"], row["articles"], row["state"], *(row["start_urls"][:1] or [None])]
        for row in rows
    ]
    console().print(table(("site", "country", "articles", "state", "starts at"), cells, right=("articles",)))


def _archived_sites(app: App) -> dict[str, Any]:
    """The archive's sites by name, crawled or imported.

    Empty where there is no archive yet: declared sites can be listed before the first crawl.
    """
    from storage.errors import ArchiveNotFound
    from storage.queries import articles_by_site

    try:
        archive = app.open()
    except ArchiveNotFound:
        return {}
    with archive.read() as session:
        return {row.site: row for row in session.execute(articles_by_site())}
