"""Meta elements: OpenGraph, article:*, Dublin Core, parsely, sailthru, citation and what else heads hold."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace

from pipelines.structured_values import Claim, ImageClaim, claims, keywords, plain, texts
from pipelines.urls import canonical_url

# field of Structured -> names, best first; names are compared as normal_name makes them
_NAMES = {
    "headline": """
        og:title twitter:title parsely-title sailthru:title dc:title dcterms:title
        citation_title cxenseparse:title title
    """,
    "published": """
        article:published_time og:article:published_time og:published_time article:published
        parsely-pub-date sailthru:date cxenseparse:recs:publishtime dc:date:issued
        dcterms:issued dcterms:created dc:date:created dc:date dcterms:date
        citation_publication_date citation_date datepublished date pubdate publishdate
        publish-date publish_date publication_date published_time date:created date:available
        originalpublicationdate date_publication
    """,
    "modified": """
        article:modified_time og:article:modified_time og:updated_time article:updated_time
        og:modified_time dcterms:modified dc:date:modified datemodified last-modified
        date:modified date:updated lastmod revised
    """,
    "authors": """
        author article:author og:article:author dc:creator dcterms:creator parsely-author
        sailthru:author cxenseparse:author citation_author byl authors articleauthor article-author
        article_author author-name author_name dc:contributor
    """,
    "section": """
        article:section og:article:section parsely-section sailthru:section cxenseparse:category
        section category rubrique article:theme dc:type:section
    """,
    "tags": """
        article:tag og:article:tag news_keywords keywords parsely-tags sailthru:tags dc:subject
        dcterms:subject cxenseparse:keywords tags og:video:tag
    """,
    "description": """
        og:description description twitter:description dc:description dcterms:description
        sailthru:description abstract dcterms:abstract
    """,
    "site_name": "og:site_name application-name apple-mobile-web-app-title dc:publisher copyright",
    "language": "og:locale content-language language dc:language dcterms:language",
    "canonical": "og:url twitter:url parsely-link dc:identifier cxenseparse:url",
    "type": "og:type parsely-type dc:type",
    "publisher": "publisher dc:publisher dcterms:publisher citation_publisher",
    "source_organization": "dc:source dcterms:source original-source syndication-source source news_source",
    "based_on": "original-source syndication-source",
    "accessible_for_free": "article:content_tier og:article:content_tier",
}
_FIELDS: dict[str, list[str]] = {}
for _field, _names in _NAMES.items():
    for _name in _names.split():
        _FIELDS.setdefault(_name, []).append(_field)
_RANK = {(field, name): rank for field, names in _NAMES.items() for rank, name in enumerate(names.split())}
# twitter:label1 names what twitter:data1 holds: WordPress' Yoast writes the author there and nowhere else
_AUTHOR_LABELS = (
    "écrit par",
    "ecrit par",
    "rédigé par",
    "auteur",
    "written by",
    "author",
    "par",
    "verfasst von",
)
_LISTS = ("tags",)
_TIERS = {"free": "true", "locked": "false", "metered": "metered"}
_PREFIXES = ("dc.", "dcterms.", "sailthru.", "dc_", "date.", "article.", "og.")

_IMAGES = ("og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src")

Pairs = list[tuple[str, str]]


def normal_name(name: str) -> str:
    name = name.strip().lower()
    return name.replace(".", ":").replace("dc_", "dc:") if name.startswith(_PREFIXES) else name


def field_claims(pairs: Pairs) -> Iterator[tuple[str, Claim]]:
    """(field, claim) of (normal name, content) pairs; within a field the better names come first."""
    found: list[tuple[int, str, Claim]] = []
    for name, content in pairs:
        for field in _FIELDS.get(name, ()):
            values: Iterable[str] = keywords(content) if field in _LISTS else [content]
            for one in claims(values, f"meta:{name}"):
                if (checked := _checked(field, one)) is not None:
                    found.append((_RANK[field, name], field, checked))
    found.sort(key=lambda item: item[0])
    yield from ((field, one) for _, field, one in found)
    yield from _labelled(dict(reversed(pairs)))
    yield from _parsely(pairs)


def _checked(field: str, one: Claim) -> Claim | None:
    """The claim, where the value can be one of that field: names are no addresses, addresses are."""
    is_address = one.value.startswith(("http://", "https://", "//", "www."))
    if field in ("authors", "source_organization", "publisher", "site_name", "section"):
        return None if is_address else one
    if field == "based_on":
        return one if is_address else None
    if field == "accessible_for_free":
        tier = _TIERS.get(one.value.lower())
        return None if tier is None else Claim(tier, one.rule, one.raw)
    return one


def _labelled(contents: dict[str, str]) -> Iterator[tuple[str, Claim]]:
    for number in ("1", "2"):
        label = contents.get(f"twitter:label{number}", "").strip().lower().rstrip(" :\xa0")
        if label in _AUTHOR_LABELS:
            rule = f"meta:twitter:data{number}"
            yield from (("authors", one) for one in claims([contents.get(f"twitter:data{number}", "")], rule))


_PARSELY = {
    "title": "headline",
    "pub_date": "published",
    "section": "section",
    "author": "authors",
    "authors": "authors",
    "tags": "tags",
    "link": "canonical",
    "type": "type",
}


def _parsely(pairs: Pairs) -> Iterator[tuple[str, Claim]]:
    """The JSON of meta name="parsely-page" and "parsely-metadata"."""
    for name, content in pairs:
        if name in ("parsely-page", "parsely-metadata") and len(content) < 50_000:
            try:
                data = json.loads(content, strict=False)
            except (ValueError, RecursionError):
                continue
            for key, field in _PARSELY.items() if isinstance(data, dict) else ():
                yield from ((field, one) for one in claims(texts(data.get(key)), f"meta:{name}"))


def images(pairs: Pairs, url: str) -> list[ImageClaim]:
    """og:image and its like; og:image:alt is the caption of the og:image before it."""
    found: list[ImageClaim] = []
    for name, content in pairs:
        if name in _IMAGES:
            if (address := canonical_url(content, url)) is not None:
                found.append(ImageClaim(address, f"meta:{name}"))
        elif name in ("og:image:alt", "twitter:image:alt") and found and found[-1].caption is None:
            found[-1] = replace(found[-1], caption=plain(content) or None)
    return found
