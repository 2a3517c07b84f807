"""`hemero sites add` and `sites import`: survey, show, ask, write."""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.app import App
from cli.logs import log_to_stderr
from cli.output import note, print_error, print_json, safe_line
from cli.params import http_url
from cli.site_view import field_lines, lines_json, print_fields
from crawler.adhoc import undeclared_site
from crawler.declaration import Places, SavedPage, as_python, as_toml, checkout, places, saved_page, table_of
from crawler.declaration import write_site as write_files
from crawler.errand import Errand, ErrandError, run_errands, send
from crawler.loader import is_site_name
from crawler.news import NewsSpider
from crawler.survey import site_name
from crawler.survey_zones import is_country
from crawler.surveying import Survey

if TYPE_CHECKING:
    from cli.declared import Declared
    from crawler.surveying import Surveyed


@dataclass(frozen=True)
class Asked:
    """What the operator said of a site beforehand."""

    url: str
    name: str | None = None
    title: str | None = None
    country: str | None = None
    timezone: str | None = None
    feeds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """A declaration that could be written, and where."""

    name: str
    site: Surveyed
    table: dict[str, Any]
    at: Places

    @property
    def text(self) -> str:
        return as_python(self.table) if self.at.is_python else as_toml(self.table)

    def write(self) -> list[Path]:
        pages: list[SavedPage] = [saved_page(page, article) for page, article in self.site.pages]
        return write_files(self.table, pages, self.at)


def add_site(app: App, declared: Declared, asked: Asked, *, pages: int, yes: bool, as_json: bool) -> int:
    """Survey one site, show what would be read, write its declaration if that is wanted."""
    check_asked(declared, asked)
    log_to_stderr(app.debug)
    survey = survey_of(asked, pages)
    code, errors = survey_sites(declared, [survey], [asked])
    if code:
        return code
    if errors[0] is not None:
        raise errors[0]
    assert survey.result is not None
    proposal = propose(app, declared, asked, survey.result, declared.sites)
    if as_json:
        written = proposal.write() if yes else []
        print_json([proposal_json(proposal, written)])
        return 0
    show(proposal)
    if not wants(yes, f"Write {proposal.at.declaration}?"):
        return 0
    for path in proposal.write():
        click.echo(f"wrote {safe_line(str(path))}")
    click.echo(f"Next: hemero crawl {proposal.name}")
    return 0


def check_asked(declared: Declared, asked: Asked) -> None:
    """What can be refused before anything is asked of the site.

    Raises:
        click.UsageError: a URL that is none or of a declared site, a bad name, country or time zone.
    """
    http_url(asked.url)
    known = declared.of_url(asked.url)
    if known is not None:
        raise click.UsageError(
            f"{asked.url} belongs to the site {known.name}; `hemero sites check {known.name}` looks at it"
        )
    if asked.name is not None and not is_site_name(asked.name):
        raise click.UsageError(f"--name: 2 to 63 lower-case letters, digits, - and _, not {asked.name!r}")
    if asked.name in declared.sites:
        raise click.UsageError(f"--name: a site named {asked.name!r} exists already")
    if asked.country is not None and not is_country(asked.country):
        raise click.UsageError(f"--country: {asked.country!r} is no ISO 3166 code; one is MA")
    if asked.timezone is not None:
        from zoneinfo import available_timezones

        if asked.timezone not in available_timezones():
            raise click.UsageError(
                f"--timezone: no IANA time zone: {asked.timezone!r}; one is Africa/Casablanca"
            )


def survey_of(asked: Asked, pages: int) -> Survey:
    return Survey(
        url=http_url(asked.url),
        pages=pages,
        feeds=asked.feeds,
        country=asked.country,
        timezone=asked.timezone,
        title=asked.title,
    )


def survey_sites(
    declared: Declared, surveys: Sequence[Survey], asked: Sequence[Asked]
) -> tuple[int, list[BaseException | None]]:
    """Run surveys side by side; the code is that of a signal, else 0. One error or None a survey."""
    tell = note if sys.stderr.isatty() else None
    errands = [
        Errand(survey.run, tell=(lambda url: tell(f"asking {url}")) if tell else None) for survey in surveys
    ]
    sites = [
        send(_provisional(one, number), errand)
        for number, (one, errand) in enumerate(zip(asked, errands, strict=True))
    ]
    code = run_errands(sites, declared.config, "sites add")
    errors = [
        errand.error or (None if survey.result is not None else ErrandError(f"{survey.url}: not surveyed"))
        for errand, survey in zip(errands, surveys, strict=True)
    ]
    return code, errors


def _provisional(asked: Asked, number: int) -> type[NewsSpider]:
    """A site for the survey's own requests: its own host, and those of feeds known beforehand."""
    made = undeclared_site(http_url(asked.url))
    return type(
        made.__name__, (made,), {"name": f"survey-{number}", "feeds": asked.feeds, "rules": made.rules}
    )


def propose(app: App, declared: Declared, asked: Asked, found: Surveyed, taken: Collection[str]) -> Proposal:
    """The declaration of a surveyed site under a free name."""
    name = asked.name or site_name(found.url, found.title, taken)
    table = table_of(name, found, allow_private=undeclared_site(found.url).allow_private)
    folder = app.config.parent if app.config is not None else app.archive
    explicit = app.config_option is not None or app.archive_option is not None
    return Proposal(name, found, table, places(name, folder, None if explicit else checkout(Path.cwd())))


def wants(yes: bool, question: str) -> bool:
    """Whether to write: --yes, or an answer on a terminal; without either nothing is written, and said so."""
    if yes:
        return True
    if sys.stdin.isatty() and sys.stdout.isatty():
        return click.confirm(question, default=True)
    click.echo("Nothing was written; the same command with --yes writes it.")
    return False


# --- showing ---------------------------------------------------------------------------------------


def show(proposal: Proposal) -> None:
    """The declaration as it would be written, and the fields of the pages."""
    click.echo(f"{proposal.at.declaration} would say:\n")
    for line in proposal.text.splitlines():
        click.echo(f"  {safe_line(line) if not line.startswith(' ') else '    ' + safe_line(line)}")
    articles = [article for _, article in proposal.site.pages]
    click.echo(f"\nRead from {len(articles)} pages (values of the first that has one):\n")
    print_fields(field_lines(articles))
    click.echo()
    for page, _ in proposal.site.pages:
        click.echo(safe_line(page.url))
    for line in proposal.site.notes:
        print_error(line)


def proposal_json(proposal: Proposal, written: Sequence[Path]) -> dict[str, Any]:
    """One object: the keys of the declaration, then what was read and written."""
    articles = [article for _, article in proposal.site.pages]
    return {
        "site": proposal.name,
        "declaration": proposal.table,
        "file": str(proposal.at.declaration),
        "pages": [page.url for page, _ in proposal.site.pages],
        "fields": lines_json(field_lines(articles)),
        "notes": list(proposal.site.notes),
        "written": [str(path) for path in written],
    }
