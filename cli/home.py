"""`hemero` without a command: what is in the archive, and the next useful step."""

from __future__ import annotations

import click

from cli.app import App
from cli.output import safe_line

_STEPS = {
    "crawl demo": "try it on the invented press site that comes with hemero; works offline",
    "sites": "list the sites that can be crawled",
    "import PATH": "put saved pages into the archive",
    "--help": "list all commands",
}


def next_step(app: App) -> None:
    """Print the state of the archive and what to do now; an absent archive is no fault here."""
    from storage.errors import ArchiveNotFound

    try:
        archive = app.open()
    except ArchiveNotFound:
        click.echo(f"No archive in {safe_line(str(app.archive))} yet. The next step:")
        _print_steps(_STEPS)
        return
    from storage.queries import archive_state

    with archive, archive.read() as session:
        state = archive_state(session)
    click.echo(f"{safe_line(str(app.archive))}: {state.articles} articles of {state.sites} sites")
