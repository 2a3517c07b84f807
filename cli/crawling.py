"""What `hemero crawl`, `hemero demo` and `hemero read URL` share: progress and summary."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.app import App
from cli.logs import log_summaries, log_to_file, log_to_stderr
from cli.output import console, print_error, print_json, safe_line, silence_stdout, table

if TYPE_CHECKING:
    from cli.declared import Declared
    from crawler.news import NewsSpider
    from crawler.runs import CrawlResult
    from crawler.session import CrawlOptions
    from crawler.tally import Tally
    from storage.archive import Archive

COUNTS = ("fetched", "new", "changed", "unchanged", "failed", "refused")


def crawl(
    app: App,
    declared: Declared,
    sites: Sequence[type[NewsSpider]],
    *,
    limit: int | None = None,
    max_minutes: float | None = None,
    backfill: bool = False,
    since: datetime | None = None,
    yes: bool = False,
    report: Path | None = None,
    log: Path | None = None,
    as_json: bool = False,
    verbose: int = 0,
) -> int:
    """Crawl these sites into the archive, print the summary, return the exit code.

    A summary in which nothing is wrong, or only what the runs before said, is printed to a terminal, as JSON,
    or when `verbose` asks for it: cron mails whatever is printed. From `verbose` 2 on the crawl's own log
    goes to stderr; `log` is a file for it.
    """
    from crawler.runs import prepare_archive, run_crawl
    from crawler.session import CrawlOptions

    options = CrawlOptions(limit=limit, max_minutes=max_minutes, backfill=backfill, since=since)
    log_to_stderr(app.debug, verbose)
    if log is not None:
        log_to_file(log)
    archive = prepare_archive(app.archive, app.database_url)
    try:
        if backfill and not _agreed(archive, sites, declared, options, yes=yes, verbose=bool(verbose)):
            return 0
        with demo_served(sites), progress() as on_progress:
            result = run_crawl(archive, sites, options, declared.config, on_progress=on_progress)
    finally:
        archive.close()
    write_report(report, result)
    log_summaries(result)
    if _has_news(result) or as_json or verbose or sys.stdout.isatty():
        print_summary(result, as_json)
    return result.exit_code


def _has_news(result: CrawlResult) -> bool:
    """Something is wrong, and no run before has said it; or a signal ended the crawl."""
    return result.exit_code > 128 or any(site.exit_code and site.is_news for site in result.summaries)


def _agreed(
    archive: Archive,
    sites: Sequence[type[NewsSpider]],
    declared: Declared,
    options: CrawlOptions,
    *,
    yes: bool,
    verbose: bool,
) -> bool:
    from cli.backfilling import agreed

    return agreed(archive, sites, declared.config, options, yes=yes, verbose=verbose)


@contextlib.contextmanager
def demo_served(sites: Sequence[type[NewsSpider]]) -> Iterator[None]:
    """Where the demo site is crawled, something serves it: a child process, unless one does already."""
    demo = next((site for site in sites if site.name == "demo"), None)
    if demo is None:
        yield
        return
    from cli.demo_server import serving

    with serving(demo.start_urls[0]):
        yield


@contextlib.contextmanager
def progress() -> Iterator[Callable[[dict[str, Tally]], None] | None]:
    """A line on the terminal that counts; nothing where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.live import Live
    from rich.text import Text

    with Live(console=console(err=True), transient=True, refresh_per_second=5) as live:
        yield lambda tallies: live.update(Text(_progress_line(tallies)))


def _progress_line(tallies: dict[str, Tally]) -> str:
    parts = [
        f"{site}: {t.requests} requests, {t.new} new, {t.changed} changed, {t.failed.total()} failed"
        for site, t in tallies.items()
    ]
    return " | ".join(parts)


def as_dict(result: CrawlResult) -> dict[str, Any]:
    """The result as `--report` writes it."""
    return {"exit_code": result.exit_code, "sites": [summary_dict(s) for s in result.summaries]}


def summary_dict(summary: Any) -> dict[str, Any]:
    return {
        "site": summary.site,
        "state": summary.state,
        "exit_code": summary.exit_code,
        "message": summary.message,
        "run": summary.run_id,
        "seconds": summary.seconds,
        **summary.counts,
    }


def _echo(line: str) -> None:
    click.echo(safe_line(line))


def write_report(path: Path | None, result: CrawlResult) -> None:
    if path is not None:
        path.write_text(json.dumps(as_dict(result), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def print_summary(result: CrawlResult, as_json: bool) -> None:
    """Counts and one sentence a site. A reader that has left does not change what the crawl ends with."""
    try:
        if as_json:
            print_json(summary_dict(summary) for summary in result.summaries)
        else:
            columns = ("site", *COUNTS, "seconds")
            rows = [
                [s.site, *(s.counts.get(key, 0) for key in COUNTS), f"{s.seconds:.1f}"]
                for s in result.summaries
            ]
            console().print(table(columns, rows, right=columns[1:]))
            for summary in result.summaries:
                say = print_error if summary.exit_code else _echo
                say(f"{summary.site}: {summary.message}")
        sys.stdout.flush()
    except BrokenPipeError:
        silence_stdout()
