"""`hemero migrate`: a newer schema, or another database."""

from __future__ import annotations

import click

from cli.app import App, shared_options
from cli.output import note, safe_line
from cli.steps import counting


@click.command("migrate", epilog="Example: hemero migrate")
@click.option(
    "--to",
    "to",
    metavar="URL",
    help="Copy the database there: postgresql://user@host/name, or sqlite for archive.db in the folder.",
)
@shared_options
@click.pass_obj
def command(app: App, to: str | None) -> int:
    """Bring the database to this version's schema; with --to, move the archive to another database.

    The target must be empty. Every table is counted and digested on both sides before the copy counts; the
    captures stay in the archive folder.
    """
    from storage.migrate import migrate, target_url
    from storage.migrations import HEAD

    with app.open_writable() as archive:
        if to is None:
            click.echo(f"the database has schema {HEAD}")
            return 0
        with counting("rows") as on_progress:
            moved = migrate(archive, target_url(archive, to), on_progress=on_progress)
    click.echo(safe_line(f"{moved.rows} rows of {len(moved.tables)} tables, equal in {moved.target}"))
    if to == "sqlite":
        note("unset HEMERO_DATABASE_URL to use it")
    else:
        note("set HEMERO_DATABASE_URL to that address to use it, and put the old database away")
    return 0
