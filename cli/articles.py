"""Articles as users name them, and filters as they write them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click
from sqlalchemy.orm import Session

from pipelines.urls import canonical_url
from storage import queries
from storage.filters import Filters


def find_article(session: Session, name: str) -> int:
    """The id of the article that a number, a URL it was seen under, or the start of its identity names.

    Raises:
        click.UsageError: the archive has none.
    """
    found = queries.find_article(session, canonical_url(name) or name)
    if found is None:
        raise click.UsageError(f"no article {name!r} in this archive; `hemero search` shows numbers and URLs")
    return found


def made_filters(session: Session, values: Mapping[str, Any]) -> Filters:
    """What `cli.params.filter_options` collected, for storage."""
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
