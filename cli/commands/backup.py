"""`hemero backup`: a copy that is consistent while a crawl runs, and its way back."""

from __future__ import annotations

from pathlib import Path

import click

from cli.app import App, named, shared_options
from cli.output import note, print_json, safe_line
from cli.steps import counting


@click.command("backup", epilog="Example: hemero backup backups/today")
@click.argument("folder", metavar="[DEST]", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--restore",
    "source",
    metavar="SRC",
    type=click.Path(path_type=Path, file_okay=False),
    help="Make the archive folder from this backup; it must not hold an archive yet.",
)
@click.option("--json", "as_json", is_flag=True, help="The result as one JSON object.")
@shared_options
@click.pass_obj
def command(app: App, folder: Path | None, source: Path | None, as_json: bool) -> int:
    """Copy the archive to the folder DEST, or with --restore make the archive from a backup.

    A crawl may go on meanwhile: the copy is one state of it. DEST may hold an earlier backup; then only what
    is new is copied.
    """
    from storage.backup import backup
    from storage.restore import restore

    if (folder is None) == (source is None):
        raise click.UsageError("name the folder to copy to, or the backup after --restore")
    with counting("MB") as on_progress:

        def show(done: int, total: int) -> None:
            on_progress(done >> 20, total >> 20)

        if source is not None:
            made = restore(source, app.archive, app.database_url, on_progress=show)
        else:
            assert folder is not None
            with app.open() as archive:
                made = backup(archive, named(folder), on_progress=show)
    where = app.archive if source is not None else made.folder
    if as_json:
        print_json(
            [
                {
                    "folder": str(where),
                    "made_at": made.made_at.isoformat(),
                    "articles": made.articles,
                    "captures": made.captures,
                    "files": len(made.files),
                    "bytes": made.bytes,
                    "missing": list(made.missing),
                }
            ]
        )
        return 0
    click.echo(
        safe_line(
            f"{where}: {made.articles} articles, {made.captures} captures, {len(made.files)} capture files,"
            f" {made.bytes} bytes, as of {made.made_at:%Y-%m-%d %H:%M:%S} UTC"
        )
    )
    for name in made.missing:
        note(f"{name} was missing already")
    return 0
