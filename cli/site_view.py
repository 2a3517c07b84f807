"""What would be read from the pages of a site, field by field, as a table of 80 columns or as JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cli.output import console, safe_line, table

if TYPE_CHECKING:
    from storage.records import Article, Date

FIELDS = (
    *("title", "lead", "body", "published", "modified", "authors", "attributions", "section", "tags"),
    *("related", "language"),
)
_VALUE, _RULE = 38, 22  # characters shown


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field over several pages: on how many it is filled, its first value, the rule that read it."""

    field: str
    filled: int
    pages: int
    value: str
    rule: str


def is_filled(article: Article, field: str) -> bool:
    return bool(getattr(article, field))


def field_lines(articles: Sequence[Article]) -> list[FieldLine]:
    """One line a field, in the order of FIELDS."""
    return [_line(field, articles) for field in FIELDS]


def _line(field: str, articles: Sequence[Article]) -> FieldLine:
    filled = [article for article in articles if is_filled(article, field)]
    shown = filled[0] if filled else None
    return FieldLine(
        field,
        len(filled),
        len(articles),
        _SHOWN.get(field, _plain)(getattr(shown, field)) if shown is not None else "",
        _rule(shown, field) if shown is not None else "",
    )


def _rule(article: Article, field: str) -> str:
    """The rule of the claim that won; for blocks, where they stood."""
    found = (claim.rule for claim in article.evidence if claim.chosen and claim.field == field)
    rule = next(found, None)
    if rule is None and field == "related":
        return ", ".join(dict.fromkeys(f"block:{link.block}" for link in article.related))
    return rule or ""


def _plain(value: Any) -> str:
    return str(value)


def _date(value: Date) -> str:
    moment = value.datetime.isoformat(sep=" ") if value.datetime is not None else value.date.isoformat()
    return f"{moment} ({value.precision})"


def _body(value: str) -> str:
    return f"{len(value)} characters: {value}"


def _many(shown: Callable[[Any], str]) -> Callable[[Sequence[Any]], str]:
    return lambda values: f"{len(values)}: {', '.join(shown(value) for value in values)}"


_SHOWN: Mapping[str, Callable[[Any], str]] = {
    "body": _body,
    "published": _date,
    "modified": _date,
    "authors": lambda values: ", ".join(values),
    "attributions": lambda values: ", ".join(value.raw or value.kind for value in values),
    "tags": _many(lambda tag: str(tag.name)),
    "related": _many(lambda link: link.title or link.url or ""),
}


def short(text: str, length: int) -> str:
    """One line of at most so many characters; what is cut ends in "…"."""
    text = safe_line(text)
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def print_fields(lines: Sequence[FieldLine], usual: Mapping[str, str] | None = None) -> None:
    """The table; with a column for what is usual where that is known."""
    columns = ["field", "pages", "value", "rule"]
    rows = [
        [line.field, f"{line.filled}/{line.pages}", short(line.value, _VALUE), short(line.rule, _RULE)]
        for line in lines
    ]
    if usual is not None:
        columns.insert(2, "usual")
        rows = [
            [*row[:2], usual.get(str(row[0]), ""), short(str(row[2]), _VALUE - 7), row[3]] for row in rows
        ]
    console().print(table(columns, rows))


def lines_json(lines: Sequence[FieldLine]) -> list[dict[str, Any]]:
    """As JSON: keys field, filled, pages, value, rule."""
    return [
        {
            "field": line.field,
            "filled": line.filled,
            "pages": line.pages,
            "value": line.value,
            "rule": line.rule,
        }
        for line in lines
    ]
