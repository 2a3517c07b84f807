"""Kinds of option values that click does not have."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Literal, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])
_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?\Z")


class Day(click.ParamType):
    """A day, a month or a year: 2016-03-01, 2016-03, 2016. `edge` says which day of a month or year is meant."""

    name = "day"

    def __init__(self, edge: Literal["first", "last"]) -> None:
        self.edge = edge

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        match = _DAY.match(str(value).strip())
        try:
            if match is None:
                raise ValueError
            return self._day(*(int(part) if part else None for part in match.groups()))
        except (ValueError, calendar.IllegalMonthError):
            self.fail(f"{value!r} is no day; write 2016-03-01, 2016-03 or 2016", param, ctx)

    def _day(self, year: int | None, month: int | None, day: int | None) -> date:
        assert year is not None
        last = self.edge == "last"
        month = month or (12 if last else 1)
        return date(year, month, day or (calendar.monthrange(year, month)[1] if last else 1))


class Moment(click.ParamType):
    """A moment in ISO 8601. Without a zone it is UTC. The value is aware, in UTC."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            return moment(str(value))
        except ValueError:
            self.fail(f"{value!r} is no moment; write 2016-03-01T10:00:00Z", param, ctx)


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
        click.option("--from", "since", metavar="DAY", type=Day("first"), help="Published on this day or later."),
        click.option("--to", "until", metavar="DAY", type=Day("last"), help="Published on this day or earlier."),
        click.option("--related-to", metavar="ARTICLE", help="Only articles this one links as related (id or URL)."),
    )
    for option in reversed(options):
        command = option(command)
    return command
