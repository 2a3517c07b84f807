"""`hemero crawl`: fetch what is new or due, once, and say what happened."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.app import App, shared_options
from cli.params import http_url

if TYPE_CHECKING:
    from cli.declared import Declared
    from crawler.news import NewsSpider


@click.command("crawl", epilog="Example: hemero crawl demo --limit 20 --report run.json")
@click.argument("sites", metavar="[SITE...]", nargs=-1)
@click.option(
    "--limit", metavar="N", type=click.IntRange(min=1), help="Fetch at most N article pages of each site."
)
@click.option(
    "--max-minutes",
    metavar="M",
    type=click.FloatRange(min=0, min_open=True),
    help="Start no request after M minutes.",
)
@click.option("--backfill", is_flag=True, help="Also walk back through what the sites published before.")
@click.option("--since", metavar="DAY", help="Of a backfill, leave out what its channel says is older.")
@click.option("--yes", is_flag=True, help="Begin a backfill without asking.")
@click.option(
    "--url", "urls", metavar="URL", multiple=True, help="Save this page now, of any site; may be repeated."
)
@click.option(
    "--report",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write what happened as JSON.",
)
@click.option(
    "--log",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Add what is done to a file that rotates.",
)
@click.option("--json", "as_json", is_flag=True, help="The summary as one JSON object a line.")
@click.option("-v", "--verbose", count=True, help="Print the summary in any case; -vv also logs to stderr.")
@shared_options
@click.pass_obj
def command(
    app: App,
    sites: tuple[str, ...],
    limit: int | None,
    max_minutes: float | None,
    backfill: bool,
    since: str | None,
    yes: bool,
    urls: tuple[str, ...],
    report: Path | None,
    log: Path | None,
    as_json: bool,
    verbose: int,
) -> int:
    """Find new articles of the sites (default: all declared ones but `demo`), fetch and read them, then stop.

    Run it again at any time: nothing is fetched or written twice. The site `demo` is served by this
    command itself if nothing serves it yet, and needs no network. Where the output is no terminal, as under
    cron, a summary is printed only if something is wrong, and once for each trouble.
    """
    if (since is not None or yes) and not backfill:
        raise click.UsageError("--since and --yes are about --backfill")
    if urls and (sites or backfill):
        raise click.UsageError("--url saves single pages; leave sites and --backfill out")
    from cli.backfilling import since_day
    from cli.crawling import crawl
    from cli.declared import load_declared

    declared = load_declared(app)
    _check_folder("--report", report)
    _check_folder("--log", log)
    if urls:
        from cli.pages import save_pages

        pages = [http_url(url) for url in urls]
        return save_pages(app, declared, pages, report=report, log=log, as_json=as_json, verbose=verbose)
    return crawl(
        app,
        declared,
        _wanted(app, declared, sites),
        limit=limit,
        max_minutes=max_minutes,
        backfill=backfill,
        since=since_day(since) if since is not None else None,
        yes=yes,
        report=report,
        log=log,
        as_json=as_json,
        verbose=verbose,
    )


def _wanted(app: App, declared: Declared, names: tuple[str, ...]) -> list[type[NewsSpider]]:
    """The named sites; without names all but `demo` and those that are switched off."""
    if names:
        return [declared.named(name) for name in dict.fromkeys(names)]
    from cli.site_state import disabled_sites

    left_out = disabled_sites(app) | {"demo"}
    wanted = [site for name, site in declared.sites.items() if site.enabled and name not in left_out]
    if not wanted:
        raise click.UsageError("no site is declared and enabled; `hemero sites` lists them")
    return wanted


def _check_folder(option: str, path: Path | None) -> None:
    """Before an hour of crawling, not after it."""
    if path is not None and not path.absolute().parent.is_dir():
        raise click.UsageError(f"{option}: no folder {path.absolute().parent}")
