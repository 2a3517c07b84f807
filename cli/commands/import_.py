"""`hemero import`: saved pages into the archive."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.app import App, shared_options
from cli.output import console, counted, note, print_json, safe_line, table
from cli.params import http_url, moment_option

if TYPE_CHECKING:
    from cli.declared import Declared
    from cli.importing import Given, Report

COUNTS = ("new", "changed", "unchanged", "not_article", "failed", "refused")


@click.command("import", epilog="Example: hemero import saved-pages/ --site portailsudmaroc")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--url", metavar="URL", help="The URL of the page, where PATH is one file.")
@click.option(
    "--site", metavar="NAME", help="The site of the pages (default: the declared site of each URL's host)."
)
@click.option(
    "--fetched-at",
    metavar="TIME",
    type=moment_option,
    help="When they were fetched (default: each file's time).",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a file, on one line each.")
@shared_options
@click.pass_obj
def command(
    app: App,
    paths: tuple[Path, ...],
    url: str | None,
    site: str | None,
    fetched_at: datetime | None,
    as_json: bool,
) -> int:
    """Put saved pages into the archive and read them as if they had been crawled.

    PATH is an HTML file, the plain text of a page, a list of URLs (one a line: they are noted, and the
    next crawl of their site fetches them), or a folder of these (.html, .htm, .xhtml, .txt). Each file
    may be gzipped.
    """
    from cli.declared import load_declared
    from cli.importing import Given

    declared = load_declared(app)
    files = _files(paths)
    if url is not None and len(files) != 1:
        raise click.UsageError("--url names one page; import one file at a time with it")
    if site is not None:
        declared.named(site)
    given = Given(http_url(url) if url else None, site, fetched_at)
    return _import(app, declared, given, files, as_json)


def _files(paths: Iterable[Path]) -> list[Path]:
    """All files; one that was named itself must be a page, or nothing at all is imported."""
    from cli.inputs import InputError, files_in, load

    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            found = list(files_in(path))
            if not found:
                raise InputError(f"{path}: no page in this folder (.html, .htm, .xhtml, .txt)")
            files += found
        else:
            load(path)
            files.append(path)
    return list(dict.fromkeys(files))


def _import(app: App, declared: Declared, given: Given, files: list[Path], as_json: bool) -> int:
    from cli.importing import Importer, utc_now
    from cli.reading import open_pool
    from crawler.runs import prepare_archive
    from pipelines.flow import Flow
    from storage import repository
    from storage.writer import ArchiveWriter

    archive = prepare_archive(app.archive, app.database_url)
    started = utc_now()
    archive.min_free = declared.config.archive.min_free_mb << 20
    with archive, open_pool(declared.config) as pool:
        with archive.write() as db:
            run_id = repository.start_run(db, None, "import", started)
        writer = ArchiveWriter(archive, run_id)
        try:
            importer = Importer(archive, Flow(pool, writer), declared, given, started)
            rows = _shown(counted(importer.run(files), len(files), "importing"), as_json)
        finally:
            writer.close()
        report = importer.report
        message = _message(report)
        with archive.write() as db:
            counts = {"seen": report.seen, **report.counts}
            repository.finish_run(db, run_id, counts, "done", report.exit_code, message, utc_now())
    if not as_json:
        _print_summary(report, rows)
    return report.exit_code


def _shown(rows: Iterable[dict[str, Any]], as_json: bool) -> list[dict[str, Any]]:
    """Rows as they come: printed with --json; else the faults go to stderr and the last rows are kept."""
    last: list[dict[str, Any]] = []
    for row in rows:
        if as_json:
            print_json([row])
        elif row.get("error"):
            note(f"{row['file']}: {row['error']}" if row["outcome"] == "failed" else row["error"])
        last = [*last[-4:], row]
    return last


def _message(report: Report) -> str:
    return (
        ", ".join(f"{report.counts[key]} {key}" for key in COUNTS if report.counts[key]) or "nothing imported"
    )


def _print_summary(report: Report, rows: list[dict[str, Any]]) -> None:
    if report.seen <= 4:
        for row in rows:
            if row.get("article"):
                name = f"article {row['article']} of {row['site']}"
                click.echo(f"{row['outcome']}: {name}: {safe_line(row['title'] or '')}")
    if report.urls or report.counts["urls"]:
        click.echo(f"{report.urls} URLs noted; `hemero crawl` fetches them")
    console().print(
        table(
            ("files", *COUNTS),
            [[report.seen, *(report.counts[key] for key in COUNTS)]],
            right=("files", *COUNTS),
        )
    )
