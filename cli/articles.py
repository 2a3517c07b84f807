"""Articles as users name them, and filters as they write them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.urls import canonical_url
from storage import queries, repository
from storage.filters import Filters
from storage.models import Site


def find_article(session: Session, name: str) -> int:
    """The id of the article that a number, a URL it was seen under, or the start of its identity names.

    Raises:
        click.UsageError: the archive has none.
    """
    found = queries.find_article(session, canonical_url(name) or name)
    if found is None:
        raise click.UsageError(f"no article {name!r} in this archive; `hemero search` shows numbers and URLs")
    return found


def check_site(session: Session, name: str | None) -> None:
    """Nothing where the archive knows the site, or none was named.

    Raises:
        click.BadParameter: it does not; the message names near ones.
    """
    if name is not None and repository.site_id(session, name) is None:
        names = session.scalars(select(Site.name).order_by(Site.name)).all()
        near = get_close_matches(name, names, n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else "`hemero sites` lists the declared ones"
        raise click.BadParameter(f"no site {name!r} in this archive; {hint}", param_hint="--site")


def check_fields(names: Collection[str], known: Collection[str]) -> None:
    """Nothing where all are known.

    Raises:
        click.BadParameter: one is not; the message lists those that are.
    """
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise click.BadParameter(f"no field {unknown[0]!r}; one of {', '.join(known)}", param_hint="--field")


def made_filters(session: Session, values: Mapping[str, Any]) -> Filters:
    """What `cli.params.filter_options` collected, for storage."""
    check_site(session, values["site"])
    related = values["related_to"]
    return Filters(
        site=values["site"],
        source=values["source"],
        tag=values["tag"],
        author=values["author"],
        date_from=values["since"],
        date_to=values["until"],
        related_to=find_article(session, related) if related else None,
    )
