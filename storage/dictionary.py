"""docs/data-dictionary.md, written from the tables and views: python -m storage.dictionary."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from storage.models import Base
from storage.view_values import View
from storage.views import VIEWS

HEAD = """# Data dictionary

Written from `storage/models_*.py` and `storage/views.py` by `python -m storage.dictionary`; a test checks it.
Analysts start with the views; the tables stand below, in reading order. Times are UTC unless a comment says
"local"; an absent value is NULL. The full-text index is the table `article_index` with those named after it,
reached through `hemero search`; its row is found by `articles.order_key`.
"""
ORDER = (
    "sites",
    "channels",
    "hosts",
    "candidates",
    "runs",
    "capture_files",
    "captures",
    "articles",
    "article_urls",
    "revisions",
    "authors",
    "article_authors",
    "tags",
    "article_tags",
    "sources",
    "source_aliases",
    "attributions",
    "attribution_sources",
    "related_links",
    "field_evidence",
    "corrections",
)


def render() -> str:
    """The whole page."""
    parts = [HEAD, "## Views\n", *(_view(view) for view in VIEWS), "## Tables\n"]
    parts += [_table(Base.metadata.tables[name]) for name in _names()]
    return "\n".join(parts)


def _names() -> list[str]:
    """All tables: those of ORDER, then any it does not name."""
    return [*ORDER, *sorted(set(Base.metadata.tables) - set(ORDER))]


def _view(view: View) -> str:
    rows = "".join(f"| `{name}` | {comment} |\n" for name, comment in view.columns.items())
    return f"### {view.name}\n\n{view.comment}\n\n| column | meaning |\n|---|---|\n{rows}"


def _table(table: Any) -> str:
    rows = "".join(
        f"| `{column.name}` | {_kind(column)} | {column.comment}{_reference(column)} |\n"
        for column in table.columns
    )
    return f"### {table.name}\n\n{table.comment}\n\n| column | type | meaning |\n|---|---|---|\n{rows}"


def _kind(column: Any) -> str:
    names = {"Words": "text", "Instant": "time, UTC", "BigInteger": "integer", "DateTime": "local time"}
    kind = type(column.type).__name__
    return names.get(kind, kind.lower()) + (", may be NULL" if column.nullable else "")


def _reference(column: Any) -> str:
    targets = [key.target_fullname for key in column.foreign_keys]
    return f" (`{targets[0]}`)" if targets else ""


if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/data-dictionary.md")
    target.write_text(render(), encoding="utf-8")
