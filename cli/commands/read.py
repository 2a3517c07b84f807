"""`hemero read`: what would be read, nothing stored."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.app import App, shared_options
from cli.output import counted, print_json
from cli.params import http_url, moment_option

if TYPE_CHECKING:
    from cli.declared import Declared
    from cli.manifest import Entry
    from cli.reading import Job, Read


@click.command("read", epilog="Example: hemero read page.html --url https://example.org/a1 | jq .title")
@click.argument("pages", metavar="PATH|URL...", nargs=-1)
@click.option("--url", metavar="URL", help="The URL of the page in the file.")
@click.option(
    "--site", metavar="NAME", help="Read as this site says (default: the declared site of the URL's host)."
)
@click.option(
    "--fetched-at",
    metavar="TIME",
    type=moment_option,
    help="When the page was fetched (default: the file's time).",
)
@click.option(
    "--manifest",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="JSON Lines with file, url, site, fetched_at; only file is required.",
)
@shared_options
@click.pass_obj
def command(
    app: App,
    pages: tuple[str, ...],
    url: str | None,
    site: str | None,
    fetched_at: datetime | None,
    manifest: Path | None,
) -> None:
    """Print what would be read from pages, one JSON object a line, and store nothing.

    A page is an HTML file, the plain text of a page (each maybe gzipped), or a URL, which is fetched with
    the crawler's manners. All cores are used; lines come in the order of the pages. With --manifest a page
    that cannot be read has its line with the key `error`.
    """
    if (manifest is None) == (not pages):
        raise click.UsageError("name pages, or a manifest with --manifest")
    if manifest is not None and (url or site or fetched_at):
        raise click.UsageError("--url, --site and --fetched-at stand in the manifest's lines")
    if url is not None and len(pages) > 1:
        raise click.UsageError("--url names one page; with several use --manifest")
    from cli.declared import load_declared

    declared = load_declared(app)
    jobs: Iterable[Job]
    if manifest is not None:
        jobs, total = _jobs_of_manifest(manifest, declared)
    else:
        jobs, total = _jobs_of_pages(pages, url, site, fetched_at, declared), len(pages)
    from cli.reading import open_pool, read_all

    with open_pool(declared.config) as pool:
        print_json(counted((_line(read) for read in read_all(pool, jobs)), total, "reading"))


def _jobs_of_pages(
    names: tuple[str, ...], url: str | None, site: str | None, fetched_at: datetime | None, declared: Declared
) -> list[Job]:
    """Pages the user named on the command line: what is wrong with one of them ends the command."""
    from cli.inputs import InputError, load
    from cli.reading import Job, page_of

    jobs: dict[str, Job] = {}
    for name in names:
        if _is_url(name):
            continue
        saved = load(Path(name))
        if saved.kind == "urls":
            raise InputError(f"{name}: a list of URLs, not a page; `hemero import` takes it")
        page = page_of(saved, http_url(url) if url else None, fetched_at)
        jobs[name] = Job(name, page, declared.rules(site, page))
    urls = {name: http_url(name) for name in names if _is_url(name)}
    if urls:
        from cli.pages import fetch_jobs

        fetched = fetch_jobs(list(dict.fromkeys(urls.values())), site, fetched_at, declared)
        jobs |= {name: fetched[url] for name, url in urls.items()}
    return [jobs[name] for name in names]


def _is_url(name: str) -> bool:
    return name.lower().startswith(("http://", "https://"))


def _jobs_of_manifest(path: Path, declared: Declared) -> tuple[Iterable[Job], int]:
    """The jobs and how many. The manifest is checked now; the pages are loaded as they are asked for."""
    from cli.manifest import ManifestError, read_manifest

    entries = read_manifest(path)
    for entry in entries:
        if entry.site is not None and entry.site not in declared.sites:
            raise ManifestError(f"{path}: no site {entry.site!r}; `hemero sites` lists them")
    return (_job_of_entry(entry, declared) for entry in entries), len(entries)


def _job_of_entry(entry: Entry, declared: Declared) -> Job:
    from cli.inputs import InputError, load
    from cli.reading import Job, page_of
    from pipelines.rules import GENERIC
    from pipelines.urls import canonical_url

    url = canonical_url(entry.url) if entry.url else None
    try:
        page = page_of(load(entry.file), url, entry.fetched_at)
    except InputError as error:
        site = declared.sites.get(entry.site or "")
        return Job(entry.name, None, site.rules if site is not None else GENERIC, str(error))
    return Job(entry.name, page, declared.rules(entry.site, page))


def _line(read: Read) -> dict[str, Any]:
    from storage.article_json import article_json

    if read.reading is not None:
        return article_json(read.reading.article)
    url = read.job.page.url if read.job.page is not None else None
    return {"url": url, "site": read.job.rules.site, "file": read.job.name, "error": read.error}
