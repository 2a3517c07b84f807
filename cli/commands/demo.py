"""`hemero demo`: everything once, offline, without touching an archive of yours."""

from __future__ import annotations

import shlex
import tempfile
from pathlib import Path

import click

from cli.app import App, shared_options


@click.command("demo", epilog="Example: hemero demo")
@click.option("--limit", metavar="N", type=click.IntRange(min=1), help="Fetch at most N article pages.")
@shared_options
@click.pass_obj
def command(app: App, limit: int | None) -> int:
    """Serve the invented press site on loopback and crawl it into a throw-away archive.

    Works without a network. The archive is a new folder under the system's folder for temporary files; the
    command says which, and what to try on it. --archive is not used.
    """
    from cli.crawling import crawl
    from cli.declared import load_declared

    declared = load_declared(app)
    folder = Path(tempfile.mkdtemp(prefix="hemero-demo-"))
    throw_away = App(
        archive_option=folder, config_option=app.config_option, debug=app.debug, only_sqlite=True
    )
    code = crawl(throw_away, declared, [declared.named("demo")], limit=limit, verbose=1)
    name = shlex.quote(str(folder))
    click.echo(f"\nThe archive is {name}; delete the folder when you are done. Try:")
    for line in ("search port", "show 1", "export --format csv"):
        click.echo(f"  hemero --archive {name} {line}")
    return code
