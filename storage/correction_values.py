"""What analysts write when they correct a field, as values of an article. Pure.

Text fields take the text; authors and tags take names separated by ";"; published takes 2016-03, 2016-03-01
or 2016-03-01T14:30 with or without offset (without: the site's zone); source takes the outlets and agencies
credited, separated by ";". An empty text empties the field.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from storage.keys import folded
from storage.records import Article, Attribution, AttributionKind, Date, Evidence, Precision, Tag

TEXTS = ("title", "lead", "body", "language", "section")
FIELDS = (*TEXTS, "authors", "tags", "published", "source")
RULE = "correction"
_EVIDENCE = {"source": "attributions"}  # where the field of the evidence has another name
_RAW = "page:"  # marks what `page_value` wrote: values no analyst could write in full
_PUBLISHED = re.compile(
    r"(\d{4})-(\d{2})(?:-(\d{2})(?:[T ](\d{2})(?::(\d{2})(?::(\d{2}))?)?(Z|[+-]\d{2}:\d{2})?)?)?"
)
_PRECISION: tuple[Precision, ...] = ("month", "day", "hour", "minute", "second")
IsAgency = Callable[[str], bool]


class CorrectionError(ValueError):
    """A field that cannot be corrected, or a value that cannot be read. The message says what would do."""


def changed_article(
    article: Article, field: str, value: str, by: str | None, zone: str | None, is_agency: IsAgency
) -> Article:
    """The article with one field set. `by`: who and when, for the evidence; None = the page itself.

    Raises:
        CorrectionError: see there.
    """
    if field not in FIELDS:
        raise CorrectionError(f"{field!r} cannot be corrected; fields are {', '.join(FIELDS)}")
    if field in TEXTS:
        changed = replace(article, **{field: value.strip() or None})  # type: ignore[arg-type]
    elif field == "authors":
        changed = replace(article, authors=_names(value))
    elif field == "tags":
        urls = {tag.name: tag.url for tag in article.tags}
        changed = replace(article, tags=tuple(Tag(name, urls.get(name)) for name in _names(value)))
    elif field == "published":
        changed = replace(article, published=_published(value, zone))
    else:
        changed = replace(article, attributions=_attributions(value, is_agency))
    return replace(changed, evidence=_evidence(article, field, value, by))


def _names(value: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in value.split(";") if name.strip()))


def _published(value: str, zone: str | None) -> Date | None:
    if value.startswith(_RAW):
        return _date_from(json.loads(value[len(_RAW) :]))
    if not value.strip():
        return None
    match = _PUBLISHED.fullmatch(value.strip())
    try:
        if match is None:
            raise ValueError
        return _date(match, value.strip(), zone)
    except (ValueError, OverflowError):
        raise CorrectionError(
            f"{value!r} is no date; write 2016-03, 2016-03-01 or 2016-03-01T14:30, or '' for unknown"
        ) from None


def _date(match: re.Match[str], raw: str, zone: str | None) -> Date:
    year, month, day, hour, minute, second, offset = match.groups()
    precision = _PRECISION[sum(part is not None for part in (day, hour, minute, second))]
    local_day = date(int(year), int(month), int(day or 1))
    if hour is None:
        return Date(local_day, precision, timezone=zone, raw=raw, rule=RULE)
    local = datetime(int(year), int(month), int(day), int(hour), int(minute or 0), int(second or 0))  # noqa: DTZ001
    if offset is not None:
        name = "UTC" if offset == "Z" else f"UTC{offset}"
        span = timedelta(0) if offset == "Z" else _offset(offset)
        utc = (local - span).replace(tzinfo=UTC)
    else:
        name = zone or "UTC"
        utc = local.replace(tzinfo=ZoneInfo(name)).astimezone(UTC)
    return Date(local_day, precision, local, name, offset is None, utc, raw, RULE)


def _offset(text: str) -> timedelta:
    span = timedelta(hours=int(text[1:3]), minutes=int(text[4:6]))
    return -span if text[0] == "-" else span


def _attributions(value: str, is_agency: IsAgency) -> tuple[Attribution, ...]:
    if value.startswith(_RAW):
        return tuple(_attribution_from(line) for line in json.loads(value[len(_RAW) :]))
    names = _names(value)
    if not names:
        return ()
    agencies = tuple(name for name in names if is_agency(folded(name)))
    outlets = tuple(name for name in names if name not in agencies)
    kind: AttributionKind = "cosigned" if outlets and agencies else "republication" if outlets else "agency"
    return (Attribution(kind, outlets, agencies, raw=value, rule=RULE),)


def _evidence(article: Article, field: str, value: str, by: str | None) -> tuple[Evidence, ...]:
    """Claims with the correction as the one that counts, or without it where the page's own value is back."""
    name = _EVIDENCE.get(field, field)
    others = [claim for claim in article.evidence if not (claim.field == name and claim.rule == RULE)]
    if by is None:
        own = next((claim for claim in others if claim.field == name), None)
        return tuple(replace(claim, chosen=claim.chosen or claim is own) for claim in others)
    lost = [replace(claim, chosen=False) if claim.field == name else claim for claim in others]
    return (*lost, Evidence(name, value, RULE, by))


def page_value(article: Article, field: str) -> str | None:
    """What a field says now, in full, as `changed_article` takes it back; None where it is empty."""
    if field in TEXTS:
        found: str | None = getattr(article, field)
        return found
    if field == "authors":
        return "; ".join(article.authors) or None
    if field == "tags":
        return "; ".join(tag.name for tag in article.tags) or None
    if field == "published":
        return None if article.published is None else _RAW + _json(asdict(article.published))
    return _RAW + _json([asdict(line) for line in article.attributions]) if article.attributions else None


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=lambda moment: moment.isoformat())


def _date_from(value: dict[str, Any]) -> Date:
    moments = {
        name: datetime.fromisoformat(value[name]) if value[name] else None for name in ("datetime", "utc")
    }
    return Date(**(value | moments | {"date": date.fromisoformat(value["date"]), "modified": None}))


def _attribution_from(value: dict[str, Any]) -> Attribution:
    lists = {name: tuple(value[name]) for name in ("outlets", "agencies", "authors")}
    return Attribution(**(value | lists))
