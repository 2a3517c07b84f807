"""JSON-LD: what the objects that are the page claim, field by field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipelines.structured_graph import PAGES, Chosen, Graph, Node, type_name
from pipelines.structured_values import Claim, ImageClaim, as_list, claims, keywords, plain, texts
from pipelines.urls import canonical_url

# field of Structured -> keys of an article object, best first
_FIELDS = {
    "headline": ("headline", "name", "alternativeheadline"),
    "published": ("datepublished", "datecreated", "uploaddate"),
    "modified": ("datemodified",),
    "section": ("articlesection", "genre"),
    "description": ("description", "abstract"),
    "language": ("inlanguage",),
    "site_name": ("ispartof",),
    "publisher": ("publisher", "copyrightholder"),
    "source_organization": ("sourceorganization", "provider"),
    "accessible_for_free": ("isaccessibleforfree",),
}


def article_claims(graph: Graph, chosen: Chosen) -> Iterator[tuple[str, Claim]]:
    """(field, claim) of the article objects."""
    for node in chosen.articles:
        yield from _node_claims(graph, node, "jsonld")
        yield from (("authors", one) for one in _authors(graph, node, "jsonld"))
        yield from (("tags", one) for one in _tags(node))


def page_claims(graph: Graph, chosen: Chosen) -> Iterator[tuple[str, Claim]]:
    """(field, claim) of the web page and of the film it shows: weaker than what stands in meta elements."""
    for kind, nodes in (("WebPage", chosen.pages), ("media", chosen.media)):
        for node in nodes:
            for field, one in _node_claims(graph, node, f"jsonld:{kind}"):
                if kind == "media" or field not in ("headline", "section"):
                    yield field, one
            yield from (("authors", one) for one in _authors(graph, node, f"jsonld:{kind}"))


def _node_claims(graph: Graph, node: Node, prefix: str) -> Iterator[tuple[str, Claim]]:
    for field, keys in _FIELDS.items():
        for key in keys:
            value = [graph.follow(item) for item in as_list(node.data.get(key))]
            if field == "site_name":
                value = [item for item in value if not _is_page(item)]
            said = list(texts(value))
            if field == "accessible_for_free":  # "False" and "http://schema.org/False" are false too
                said = [text.rpartition("/")[2].lower() for text in said]
            yield from ((field, one) for one in claims(said, f"{prefix}:{key}"))
    for key in ("url", "mainentityofpage"):
        for value in as_list(node.data.get(key)):
            text = (value.get("@id") or value.get("url")) if isinstance(value, dict) else value
            if isinstance(text, str):
                yield from (("canonical", one) for one in claims([text], f"{prefix}:{key}"))
    for value in as_list(node.data.get("isbasedon")) + as_list(node.data.get("isbasedonurl")):
        text = (value.get("url") or value.get("@id")) if isinstance(value, dict) else value
        if isinstance(text, str):
            yield from (("based_on", one) for one in claims([text], f"{prefix}:isbasedon"))
    yield from (("type", one) for one in claims(node.types, f"{prefix}:@type"))


def _is_page(value: Any) -> bool:
    """Whether what an article is a part of is the page it stands on, which is called as the article is."""
    kinds = as_list(value.get("@type")) if isinstance(value, dict) else []
    return any(isinstance(kind, str) and type_name(kind) in PAGES for kind in kinds)


def _authors(graph: Graph, node: Node, prefix: str) -> Iterator[Claim]:
    """Names in order; the rule of one that is declared an organisation ends in ":organization"."""
    for key in ("author", "creator", "contributor"):
        for value in as_list(node.data.get(key)):
            person = graph.follow(value)
            rule = f"{prefix}:{key}"
            if isinstance(person, dict):
                person = {str(name).lower(): item for name, item in person.items()}
                kinds = [type_name(one) for one in as_list(person.get("@type")) if isinstance(one, str)]
                if kinds and "person" not in kinds:
                    rule += ":organization"
                if not person.get("name") and person.get("familyname"):
                    person = f"{person.get('givenname') or ''} {person['familyname']}"
            yield from (one for one in claims(texts(person), rule) if not one.value.startswith("http"))


def _tags(node: Node) -> Iterator[Claim]:
    for text in texts(node.data.get("keywords")):
        yield from claims(keywords(text), "jsonld:keywords")
    for key in ("about", "mentions"):
        yield from (
            one for one in claims(texts(node.data.get(key)), f"jsonld:{key}") if "://" not in one.value
        )


def bodies(chosen: Chosen) -> Iterator[str]:
    for node in chosen.articles:
        yield from texts(node.data.get("articlebody"))


def images(graph: Graph, chosen: Chosen, url: str) -> Iterator[ImageClaim]:
    """Images of the chosen objects with what their objects say of caption and credit."""
    for node in chosen.articles + chosen.media:
        for key in ("image", "thumbnailurl"):
            for value in as_list(node.data.get(key)):
                yield from _image(graph.follow(value), f"jsonld:{key}", url)


def _image(value: Any, rule: str, url: str) -> Iterator[ImageClaim]:
    if isinstance(value, str):
        if (address := canonical_url(value, url)) is not None:
            yield ImageClaim(address, rule)
        return
    if not isinstance(value, dict):
        return
    data = {str(key).lower(): item for key, item in value.items()}
    caption = next((plain(text) for text in texts(data.get("caption") or data.get("description"))), None)
    keys = ("credittext", "copyrightnotice", "author", "creator", "copyrightholder")
    credit = next((plain(text) for key in keys for text in texts(data.get(key))), None)
    for text in as_list(data.get("url") or data.get("contenturl") or data.get("@id")):
        if isinstance(text, str) and (address := canonical_url(text, url)) is not None:
            yield ImageClaim(address, rule, caption or None, credit or None)


def site_claims(graph: Graph) -> Iterator[tuple[str, Claim]]:
    """What objects beside the article say of the site: its name, its publisher, the path to the page."""
    for node in graph.nodes:
        if "website" in node.types:
            yield from (("site_name", one) for one in claims(texts(node.data.get("name")), "jsonld:WebSite"))
        elif "breadcrumblist" in node.types:
            yield from (("section", one) for one in _breadcrumb(node))
        elif not node.is_card and "newsmediaorganization" in node.types:
            names = claims(texts(node.data.get("name")), "jsonld:NewsMediaOrganization")
            yield from (("publisher", one) for one in names)


def _breadcrumb(node: Node) -> Iterator[Claim]:
    """The steps between home and the page, in order."""
    names: list[str] = []
    for step in as_list(node.data.get("itemlistelement")):
        if not isinstance(step, dict):
            return
        data = {str(key).lower(): item for key, item in step.items()}
        names += list(texts(data.get("name")))[:1] or list(texts(data.get("item")))[:1]
    yield from claims(names[1:-1] if len(names) > 2 else names[1:], "jsonld:breadcrumb")
