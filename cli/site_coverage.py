"""`hemero sites coverage`: the archive against the site's own sitemaps, by month."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

import click

from cli.app import App
from cli.crawling import demo_served
from cli.logs import log_to_stderr
from cli.output import console, note, print_json, safe_line, table
from crawler.coverage import COLUMNS, Month, SitemapReading, by_month
from crawler.errand import Errand, run_errands, send
from pipelines.urls import identity
from storage.site_states import archived_dates, known_states

if TYPE_CHECKING:
    from cli.declared import Declared
    from crawler.news import NewsSpider


def compare(app: App, declared: Declared, site: type[NewsSpider], *, files: int, as_json: bool) -> int:
    """Read the sitemaps, look up every article they list, print the months.

    Raises:
        storage.errors.ArchiveNotFound: there is nothing to compare with.
        crawler.errand.ErrandError: the site does not answer, or has no sitemap.
    """
    log_to_stderr(app.debug)
    archive = app.open()
    reading = SitemapReading(site, files)
    errand = Errand(reading.run)
    with archive:
        with demo_served([site]):
            code = run_errands([send(site, errand)], declared.config, "sites coverage")
        if code:
            return code
        if errand.error is not None:
            raise errand.error
        identities = {identity(url, site.rules): url for url in reading.links}
        with archive.read() as session:
            found = known_states(session, list(identities))
            dates = archived_dates(session, site.name)
    states: Mapping[str, tuple[str, date | None]] = {identities[key]: value for key, value in found.items()}
    unlisted = [published for key, published in dates.items() if key not in identities]
    _print(by_month(reading.links, states, unlisted), reading, as_json=as_json)
    return 0


def _print(months: list[Month], reading: SitemapReading, *, as_json: bool) -> None:
    rows = [
        {"month": m.month or None, "listed": m.listed}
        | {name: m.counts[name] for name in COLUMNS}
        | {"unlisted": m.unlisted}
        for m in months
    ]
    if as_json:
        print_json(rows)
    else:
        columns = ("month", "listed", *COLUMNS, "unlisted")
        total = Month("all")
        for month in months:
            total.counts.update(month.counts)
            total.unlisted += month.unlisted
        cells = [
            [m.month or "no date", m.listed, *(m.counts[name] for name in COLUMNS), m.unlisted]
            for m in (*months, total)
        ]
        console().print(table(columns, cells, right=columns[1:]))
        click.echo(
            f"{len(reading.asked)} sitemaps were read." if len(reading.asked) != 1 else "1 sitemap was read."
        )
    if reading.left:
        note(f"{reading.left} more sitemaps were not asked for; --files N asks for more")
    for line in reading.troubles:
        note(safe_line(line))
