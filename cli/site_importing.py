"""`hemero sites import`: all the sites of an OPML file, surveyed side by side."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.app import App
from cli.logs import log_to_stderr
from cli.output import console, print_error, print_json, safe_line, table
from cli.site_adding import (
    Asked,
    Proposal,
    check_asked,
    proposal_json,
    propose,
    survey_of,
    survey_sites,
    wants,
)
from crawler.opml import parse_opml
from crawler.verdict import SITE_FAILED

if TYPE_CHECKING:
    from cli.declared import Declared

Failed = tuple[Asked, str]


def import_sites(
    app: App, declared: Declared, file: Path, *, country: str | None, yes: bool, as_json: bool
) -> int:
    """Survey every site of the list that is not declared, show what was found, write what is wanted.

    Raises:
        crawler.opml.OpmlError: the file is no OPML.
    """
    asked: list[Asked] = []
    for site in parse_opml(file.read_bytes()):
        known = declared.of_url(site.url)
        if known is not None:
            print_error(f"{site.url} is the site {known.name} already")
            continue
        asked.append(Asked(site.url, feeds=site.feeds))
    if not asked:
        click.echo("Every site of the list is declared.")
        return 0
    log_to_stderr(app.debug)
    code, proposals, failed = _survey(app, declared, asked, country)
    if code:
        return code
    for one, why in failed:
        print_error(f"not added: {why if one.url in why else f'{one.url}: {why}'}")
    if as_json:
        print_json(proposal_json(made, made.write() if yes else []) for made in proposals)
    elif proposals:
        _print(proposals)
        if wants(yes, f"Write {len(proposals)} declarations?"):
            for made in proposals:
                made.write()
                click.echo(f"wrote {safe_line(str(made.at.declaration))}")
    return SITE_FAILED if failed else 0


def _survey(
    app: App, declared: Declared, asked: list[Asked], country: str | None
) -> tuple[int, list[Proposal], list[Failed]]:
    for one in asked:
        check_asked(declared, replace(one, country=country))
    surveys = [survey_of(one, 3) for one in asked]
    for survey in surveys:
        survey.assumed_country = country
    code, errors = survey_sites(declared, surveys, asked)
    proposals: list[Proposal] = []
    failed: list[Failed] = []
    taken = set(declared.sites)
    for one, survey, error in zip(asked, surveys, errors, strict=True):
        if error is not None or survey.result is None:
            failed.append((one, str(error)))
            continue
        proposals.append(propose(app, declared, one, survey.result, taken))
        taken.add(proposals[-1].name)
    return code, proposals, failed


def _print(proposals: list[Proposal]) -> None:
    rows = [
        [made.name, made.site.url, len(made.site.pages), _channels(made), made.site.rules.article_url]
        for made in proposals
    ]
    columns = ("site", "home page", "read", "channels", "article URLs")
    console().print(table(columns, rows, right=("read",)))


def _channels(proposal: Proposal) -> str:
    site = proposal.site
    counts: dict[str, Any] = {"feed": site.feeds, "sitemap": site.sitemaps, "section": site.listings}
    told = [f"{len(urls)} {kind}" for kind, urls in counts.items() if urls]
    return ", ".join([*told, "sections"] if site.rules.listing_url else told)
