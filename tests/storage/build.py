"""Values for the storage tests: invented pages, readings and captures."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from storage.keys import url_key
from storage.records import (
    Article,
    Attribution,
    Candidate,
    Capture,
    Date,
    Evidence,
    Reading,
    RelatedLink,
    Tag,
)

NOW = datetime(2026, 3, 2, 10, 30, 15, 250000, tzinfo=UTC)
HOUR = timedelta(hours=1)


def url(number: int) -> str:
    return f"https://www.vigie.example/actu/{number}"


def found(number: int, **values: Any) -> Candidate:
    return Candidate(url(number), url_key(url(number)), **values)


def capture(number: int, body: bytes | None = None, **values: Any) -> Capture:
    defaults: dict[str, Any] = {
        "url": url(number),
        "site": "vigie",
        "status": 200,
        "headers": ((b"Content-Type", b"text/html; charset=utf-8"), (b"ETag", b'"e1"')),
        "body": f"<p>Épisode {number} du feuilleton</p>".encode() if body is None else body,
        "fetched_at": NOW,
    }
    return Capture(**(defaults | values))


def day(year: int, month: int, number: int) -> Date:
    return Date(date(year, month, number), "day", raw=f"Le {number} du mois", rule="line")


def link(title: str, target: int | None = None, position: int = 1, **values: Any) -> RelatedLink:
    address = None if target is None else url(target)
    return RelatedLink(title, address, values.pop("teaser", None), False, False, position, "end", **values)


def article(number: int = 1, **values: Any) -> Article:
    defaults: dict[str, Any] = {
        "url": url(number),
        "page_type": "article",
        "title": f"Le port rouvre, épisode {number}",
        "body": "Les quais ont rouvert hier.\nLa criée suivra.",
        "language": "fr",
        "published": day(2021, 4, 14),
    }
    return Article(**(defaults | values))


def reading(number: int = 1, *, of: Article | None = None, **values: Any) -> Reading:
    """A reading as the pipelines make them: digests follow from title, lead, body and dates."""
    page = of or article(number)
    content = {
        name: text
        for name, text in (("title", page.title), ("lead", page.lead), ("body", page.body))
        if text is not None
    }
    if page.modified is not None:
        content["modified"] = page.modified.raw
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    made = Reading(
        article=page,
        identity=url_key(page.url),
        content_digest=hashlib.sha256(text.encode("utf-8", "replace")).hexdigest(),
        text_digest=hashlib.sha256((page.body or "").lower().encode("utf-8", "replace")).hexdigest(),
        extractor="1",
        fetched_at=NOW,
        content_json=text,
    )
    return replace(made, **values)


def rich_article(number: int = 1) -> Article:
    """Every field filled."""
    return article(
        number,
        canonical_url=url(number),
        lead="Huit mois de travaux s'achèvent.",
        authors=("Élodie Martin", "Omar Alami"),
        section="Économie",
        tags=(Tag("Pêche", "https://www.vigie.example/tags/peche"), Tag("Port")),
        published=Date(
            date(2021, 4, 14),
            "minute",
            datetime(2021, 4, 14, 9, 5),  # noqa: DTZ001
            "Africa/Casablanca",
            True,
            datetime(2021, 4, 14, 9, 5, tzinfo=UTC),
            "Le 14 avril 2021 à 09h05",
            "line",
        ),
        modified=Date(date(2021, 4, 15), "day", raw="mis à jour le 15 avril 2021", rule="line"),
        attributions=(
            Attribution(
                "cosigned",
                ("Atlas Info",),
                ("MAP", "AFP"),
                ("Omar Alami",),
                "SOURCE WEB Par Atlas Info avec MAP et AFP",
                "tail",
                "Rabat, 14 avr",
                "ar",
                "Rabat",
                "https://atlasinfo.example/1",
            ),
        ),
        related=(
            link("Premier", number + 1, 1, heading="Lire aussi", teaser="Le début", teaser_raw="Le début..."),
            link("Sans lien", None, 2),
        ),
        images=(),
        paywalled=True,
        encoding="utf-8",
        warnings=("date_conflict",),
        evidence=(
            Evidence("title", f"Le port rouvre, épisode {number}", "h1", "<h1>"),
            Evidence("published", "2021-04-14", "line", "Le 14 avril 2021 à 09h05"),
            Evidence("published", "2021-04-13", "meta", "2021-04-13", chosen=False),
        ),
    )
