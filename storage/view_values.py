"""What a view is described by."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class View:
    """A view: what one row is, its columns with their meaning, and its SQL with placeholders."""

    name: str
    comment: str
    columns: dict[str, str]
    sql: str


ARTICLE = {
    "article_id": "Article (articles.id).",
    "site": "Short name of the site.",
    "url": "Canonical URL.",
    "title": "Headline.",
}
