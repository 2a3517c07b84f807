"""`hemero sql`: an analyst's own query, which can read and nothing else."""

from __future__ import annotations

import codecs
import csv
import json
import os
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cli.app import App, shared_options
from cli.output import console, note, print_json, safe, table

if TYPE_CHECKING:
    from storage.sql import Answer, Limits

T = TypeVar("T")
_EXAMPLE = "Example: hemero sql 'SELECT site, count(*) AS articles FROM v_articles GROUP BY site'"
_ROWS = click.IntRange(min=1, max=1_000_000_000)
_PART = 1_000  # rows of one table on the screen: wider ones are made part by part
_CELL = 300  # characters of a cell shown in a table


@click.command("sql", epilog=_EXAMPLE)
@click.argument("query", required=False)
@click.option(
    "--limit",
    metavar="N",
    type=_ROWS,
    help="At most N rows ([sql] rows, 1000).",
)
@click.option(
    "--seconds", metavar="S", type=click.FloatRange(min=0.1), help="At most S seconds ([sql] seconds, 30)."
)
@click.option(
    "--memory", metavar="MB", type=click.IntRange(min=128), help="Its memory ([sql] memory_mb, 1024)."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a row.")
@click.option("--csv", "as_csv", is_flag=True, help="CSV with a head line; no cell is a formula.")
@click.option("--make-reader", is_flag=True, help="PostgreSQL: make the role that analysts' SQL runs as.")
@shared_options
@click.pass_obj
def command(
    app: App, /, query: str | None, as_json: bool, as_csv: bool, make_reader: bool, **given: Any
) -> None:
    """Run one SQL query on the archive's views (v_articles ...) and tables; - takes it from stdin.

    It can only read. It ends with an error when it takes too long or too much memory; rows beyond the limit
    are left out, which is said. docs/data-dictionary.md describes the views column by column.
    """
    if as_json and as_csv:
        raise click.UsageError("give --json or --csv, not both")
    if make_reader:
        _make_reader(app)
        return
    if query is None:
        raise click.UsageError("give a query, or - to read it from stdin")
    from storage.sql import run_sql

    limits = _limits(app, given)
    sql = sys.stdin.read() if query == "-" else query
    with app.open() as archive:
        archive.engine.dispose()  # the query has a connection of its own
        with run_sql(archive, sql, limits, os.environ.get("HEMERO_SQL_URL") or None) as answer:
            if as_json:
                print_json(dict(zip(answer.columns, row, strict=True)) for row in answer)
                count = None
            else:
                count = _csv(answer) if as_csv else _tables(answer)
            sys.stdout.flush()
    if answer.more:
        note(f"truncated: there are more than {limits.rows} rows; --limit allows more")
    elif count is not None:
        note("1 row" if count == 1 else f"{count} rows")


def _limits(app: App, given: dict[str, Any]) -> Limits:
    """What the settings say, unless the command line says otherwise."""
    from crawler.config import load_config
    from storage.sql import Limits

    settings = load_config(app.config, required=app.config_option is not None).sql
    return Limits(
        seconds=given["seconds"] or settings.seconds,
        memory_mb=given["memory"] or settings.memory_mb,
        rows=given["limit"] or settings.rows,
        at_once=settings.at_once,
        wait=settings.wait,
    )


def _make_reader(app: App) -> None:
    from storage.sql_reader import make_reader

    with app.open_writable() as archive:
        if archive.is_sqlite:
            raise click.UsageError("SQLite has no roles: `hemero sql` opens the file for reading only")
        url = make_reader(archive)
    note("the role hemero_reader may SELECT and nothing else; analysts set HEMERO_SQL_URL to")
    click.echo(url.set(drivername="postgresql").render_as_string(hide_password=False))


def _parts(rows: Iterable[T]) -> Iterator[list[T]]:
    """Rows, some at a time; one empty part where there are none."""
    source = iter(rows)
    part = list(islice(source, _PART))
    while part:
        yield part
        part = list(islice(source, _PART))


def _tables(answer: Answer) -> int:
    count = 0
    for part in _parts(answer):
        numbers = [
            name
            for place, name in enumerate(answer.columns)
            if all(isinstance(row[place], int | float | None) for row in part)
        ]
        console().print(table(answer.columns, ([_cell(v) for v in row] for row in part), right=numbers))
        count += len(part)
    return count


def _cell(value: Any) -> str:
    text = _text(value)
    return text if len(text) <= _CELL else f"{text[:_CELL]} ..."


def _text(value: Any) -> str:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return "" if value is None else str(value)


class _Out:
    """stdout as the csv module writes to it; on a terminal nothing that a page says is active."""

    def __init__(self) -> None:
        self._terminal = sys.stdout.isatty()

    def write(self, row: str) -> int:
        return sys.stdout.write(safe(row.replace("\r\n", "\n")) if self._terminal else row)


def _csv(answer: Answer) -> int:
    from storage.export.csv import harmless

    if not sys.stdout.isatty():
        sys.stdout.write(codecs.BOM_UTF8.decode())  # spreadsheets show accents then
    writer = csv.writer(_Out())
    writer.writerow(harmless(name) for name in answer.columns)
    count = 0
    for row in answer:
        writer.writerow(harmless(_text(v)) if isinstance(v, str | dict | list) else _text(v) for v in row)
        count += 1
    return count
