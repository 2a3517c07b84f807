"""`hemero sites disable` and `enable`: a row in the archive, so that it holds for packaged sites too."""

from __future__ import annotations

import click

from cli.app import App
from cli.declared import load_declared
from cli.output import safe_line


def disabled_sites(app: App) -> set[str]:
    """Names of the sites that were switched off; empty where there is no archive yet."""
    from storage.errors import ArchiveNotFound
    from storage.site_states import disabled

    try:
        archive = app.open()
    except ArchiveNotFound:
        return set()
    with archive, archive.read() as session:
        return disabled(session)


def set_state(app: App, name: str, state: str) -> None:
    """Switch a site off or on again; makes the archive where there is none yet.

    Raises:
        click.UsageError: no such site, or its declaration says otherwise.
    """
    from crawler.runs import prepare_archive
    from storage.repository import save_site
    from storage.site_states import set_state as write

    site = load_declared(app).named(name)
    if state == "active" and not site.enabled:
        raise click.UsageError(f"the declaration of {name} says enabled = false; change it there")
    with prepare_archive(app.archive, app.database_url) as archive, archive.write() as session:
        number = save_site(
            session, name, site.title or name, site.start_urls[0], site.country, site.language, site.timezone
        )
        write(session, number, state)
    click.echo(safe_line(f"{name} is {state}"))
