"""`hemero` without a command: what is in the archive, and the next useful step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.app import App
from cli.output import safe_line

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_FIRST = {
    "hemero crawl demo": "crawl the invented press site that comes with hemero; works offline",
    "hemero sites": "list the sites that can be crawled",
    "hemero import PATH": "put saved pages into the archive",
}
_LATER = {
    "hemero search WORD": "find articles",
    "hemero --help": "list all commands",
}


def next_step(app: App) -> None:
    """Print the state of the archive and what to do now; an absent archive is no fault here."""
    from storage.errors import ArchiveNotFound

    try:
        archive = app.open()
    except ArchiveNotFound:
        click.echo(f"There is no archive in {safe_line(str(app.archive))} yet.")
        _print_steps(_FIRST)
        return
    with archive, archive.read() as session:
        _print_steps(_state(session, safe_line(str(app.archive))))


def _state(session: Session, name: str) -> dict[str, str]:
    """Print what is there; return the steps that make sense now."""
    from storage.queries import archive_state, last_runs

    state = archive_state(session)
    sites = "1 site" if state.sites == 1 else f"{state.sites} sites"
    click.echo(f"{name}: {state.articles} articles of {sites}, {state.captures} captures.")
    if state.pending:
        click.echo(f"{state.pending} pages wait to be fetched.")
    steps: dict[str, str] = {}
    last = session.execute(last_runs()).all()
    for row in last:
        if row.Run.exit_code:
            click.echo(
                safe_line(f"{row.site}: the last run ended with {row.Run.exit_code}: {row.Run.message}")
            )
            steps["hemero runs"] = "see what happened"
    if not state.articles:
        return steps | _FIRST
    again = {f"hemero crawl {safe_line(row.site)}": "fetch what is new" for row in last[:3]}
    return steps | _LATER | again


def _print_steps(steps: dict[str, str]) -> None:
    click.echo("\nThe next step:")
    for command, what in steps.items():
        click.echo(f"  {command:<24} {what}")
