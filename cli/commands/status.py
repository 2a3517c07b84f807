"""`hemero status`: what is wrong now, site by site, and the next move."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.app import App, shared_options
from cli.output import console, note, print_json, table, wrapped

if TYPE_CHECKING:
    from storage.overview import SiteHealth

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("status", epilog="Example: hemero status")
@click.argument("site", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, with weeks, fields and rules.")
@click.option("--html", metavar="FILE", type=_FILE, help="Write a page with weeks, fields and rules.")
@click.option("--prometheus", metavar="FILE", type=_FILE, help="Write metrics for a text file collector.")
@shared_options
@click.pass_obj
def command(app: App, site: str | None, as_json: bool, html: Path | None, prometheus: Path | None) -> None:
    """Say how each site is: its state and since when, the last success, what is new in seven days.

    Below the table stands what is wrong and the next move. The exit code is 0 whatever the states are; that
    of each site's last run is in --json.
    """
    now = datetime.now(UTC)
    sites = _sites(app, site, now)
    if html is not None or prometheus is not None:
        _write(sites, html, prometheus, now)
    if as_json:
        from crawler.report import as_dict

        print_json(as_dict(health) for health in sites)
    elif html is None and prometheus is None:
        _print(sites)
        _print_copies(app)


def _print_copies(app: App) -> None:
    """How large the table is that copies are found by, and what is not compared yet."""
    from storage.shingle_rows import shingle_state

    with app.open() as archive, archive.read() as session:
        state = shingle_state(session.connection())
    owed = state.waiting + state.missing
    click.echo(
        wrapped(
            f"copies: {state.articles - state.waiting} articles compared, {state.rows} shingles"
            f" ({state.bytes / 1e6:.1f} MB, {state.stops} of boilerplate set aside)"
            + (f"; {owed} articles wait: hemero copies --compare" if owed else "")
        )
    )


def _sites(app: App, name: str | None, now: datetime) -> list[SiteHealth]:
    """Sites that were crawled, and enabled ones that never were; those that no schedule crawls say so."""
    from cli.declared import load_declared
    from storage.overview import SiteHealth, of_imports, overview

    declared = load_declared(app)
    with app.open() as archive, archive.read() as session:
        found = {health.site: health for health in overview(session, now)}
        if name is not None and name not in found and name not in declared.sites:
            imported = of_imports(session, name, now)
            found |= {name: imported} if imported is not None else {}
    for health in found.values():
        site = declared.of_any_name(health.site)
        if site is None or not site.enabled:
            found[health.site] = health.resting("undeclared" if site is None else "disabled")
    if name is not None:
        if name not in found:
            found[name] = SiteHealth(name, declared.named(name).title, "never")
        return [found[name]]
    for site in declared.sites.values():
        if site.enabled and site.name != "demo":
            found.setdefault(site.name, SiteHealth(site.name, site.title, "never"))
    return [found[key] for key in sorted(found)]


def _write(sites: list[SiteHealth], html: Path | None, prometheus: Path | None, now: datetime) -> None:
    from crawler.metrics import metrics, write_whole
    from crawler.report import html_page

    for path in (html, prometheus):
        if path is not None and not path.absolute().parent.is_dir():
            raise click.UsageError(f"no folder {path.absolute().parent}")
    if html is not None:
        write_whole(html, html_page(sites, now))
    if prometheus is not None:
        write_whole(prometheus, metrics(sites, now))


def _print(sites: list[SiteHealth]) -> None:
    from crawler.report import advice

    if not sites:
        note("no site was crawled yet; `hemero sites` lists those that can be")
        return
    columns = ("site", "state", "since (UTC)", "last success (UTC)", "new in 7 days")
    rows = [
        [
            health.site,
            "overdue" if health.overdue else health.state,
            _minute(health.since),
            _minute(health.last_success_at),
            health.new_7_days,
        ]
        for health in sites
    ]
    console().print(table(columns, rows, right=columns[4:]))
    troubles = [(health.site, text) for health in sites if (text := advice(health)) is not None]
    if troubles:
        click.echo()
    for name, text in troubles:
        click.echo(wrapped(f"{name}: {text}"))


def _minute(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment:%Y-%m-%d %H:%M}"
