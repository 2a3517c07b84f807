"""`hemero demo`: everything once, offline, without touching an archive of yours."""

from __future__ import annotations

import shlex
import tempfile
from pathlib import Path

import click

from cli.app import App, shared_options


@click.command("demo", epilog="Example: hemero demo")
@click.option("--limit", metavar="N", type=click.IntRange(min=1), help="Fetch at most N article pages.")
@click.option(
    "--press-cycle",
    is_flag=True,
    help="Instead: an agency's dispatch and what six outlets and a portal make of it, without a server.",
)
@shared_options
@click.pass_obj
def command(app: App, limit: int | None, press_cycle: bool) -> int:
    """Serve the invented press site on loopback and crawl it into a throw-away archive.

    Works without a network. The archive is a new folder under the system's folder for temporary files; the
    command says which, and what to try on it. --archive is not used.
    """
    from cli.crawling import crawl
    from cli.declared import load_declared

    if press_cycle:
        return _press_cycle(app)
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


def _press_cycle(app: App) -> int:
    """The pages of demo.press_cycle, captured, read and stored in a throw-away archive."""
    from cli.declared import load_declared
    from cli.press_cycle import play
    from cli.reading import open_pool
    from crawler.runs import prepare_archive
    from pipelines.flow import read_in

    folder = Path(tempfile.mkdtemp(prefix="hemero-demo-"))
    with (
        prepare_archive(folder, "sqlite") as archive,
        open_pool(load_declared(app).config) as pool,
    ):
        found = play(archive, lambda page, rules: read_in(pool, page, rules).result())
    name = shlex.quote(str(folder))
    click.echo(
        f"{len(found)} articles of eight sites. The archive is {name}; delete it when you are done. Try:"
    )
    lines = (
        "stories 1",
        f"copies {found['cut']} --added",
        f"show {found['corrected']} --diff",
        "changes",
        f"sources --chain {found['portal']}",
        "sources --unresolved",
        f"related {found['portal']}",
    )
    for line in lines:
        click.echo(f"  hemero --archive {name} {line}")
    return 0
