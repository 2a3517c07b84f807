"""Kinds of option values that click does not have."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])
HITS = click.IntRange(min=1, max=10_000)  # rows of a list on the screen; an export has all
_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?\Z")


def first_day(text: str) -> date:
    """A day; of a month or a year its first.

    Raises:
        click.BadParameter: none of 2016-03-01, 2016-03, 2016.
    """
    return date(*(part or 1 for part in _parts(text)))


def last_day(text: str) -> date:
    """A day; of a month or a year its last.

    Raises:
        click.BadParameter: as `first_day`.
    """
    year, month, day = _parts(text)
    month = month or 12
    return date(year, month, day or calendar.monthrange(year, month)[1])


def _parts(text: str) -> tuple[int, int, int]:
    """Year, month and day, 0 for what is not given; together a real day."""
    match = _DAY.match(text.strip())
    year, month, day = (int(part or 0) for part in match.groups()) if match else (0, 0, 0)
    try:
        date(year, month or 1, day or 1)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no day; write 2016-03-01, 2016-03 or 2016") from None
    return year, month, day


def moment_option(text: str) -> datetime:
    """As `moment`, for an option.

    Raises:
        click.BadParameter: not ISO 8601.
    """
    try:
        return moment(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no moment; write 2016-03-01T10:00:00Z") from None


def moment(text: str) -> datetime:
    """ISO 8601 to aware UTC; a text without zone is UTC.

    Raises:
        ValueError: not ISO 8601, or outside the years 1 to 9999 in UTC.
    """
    value = datetime.fromisoformat(text.strip())
    try:
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(str(error)) from None


def http_url(value: str) -> str:
    """A URL as the archive writes it.

    Raises:
        click.UsageError: no absolute http or https URL.
    """
    from pipelines.urls import canonical_url

    url = canonical_url(value)
    if url is None:
        raise click.UsageError(f"{value!r} is no URL; write https://host/path")
    return url


def filter_options(command: F) -> F:
    """The filters that `search` and `export` share."""
    options = (
        click.option("--site", metavar="NAME", help="Only this site."),
        click.option("--source", metavar="NAME", help="Only articles that credit this outlet or agency."),
        click.option("--tag", metavar="NAME", help="Only articles with this tag."),
        click.option("--author", metavar="NAME", help="Only articles by this author."),
        click.option(
            "--from", "since", metavar="DAY", type=first_day, help="Published on this day or later."
        ),
        click.option("--to", "until", metavar="DAY", type=last_day, help="Published on this day or earlier."),
        click.option(
            "--related-to",
            metavar="ARTICLE",
            help="Only articles that this one (id or URL) shows as related, or that show it.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command
