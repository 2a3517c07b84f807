"""Graphs of articles as GraphML and GEXF, streamed: nodes are articles, edges related links or copies."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterator
from typing import Any, BinaryIO, Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.instants import time_text
from storage.models import Article, Copy, RelatedLink, Site
from storage.upsert import chunks
from storage.xml_writer import XmlWriter

Format = Literal["graphml", "gexf"]
Of = Literal["related", "copies"]
FORMATS: tuple[Format, ...] = ("graphml", "gexf")
_NODE = {
    "site": "string",
    "title": "string",
    "url": "string",
    "published": "string",
    "first_seen": "string",
    "words": "int",
    "in_degree": "int",
}
_EDGE: dict[Of, dict[str, str]] = {
    "related": {
        "position": "int",
        "block": "string",
        "method": "string",
        "first_seen": "string",
        "last_seen": "string",
    },
    "copies": {"kind": "string", "share": "double", "other_share": "double", "common_words": "int"},
}


def write_graph(
    session: Session,
    output: BinaryIO,
    format: Format,
    *,
    of: Of = "related",
    ids: Collection[int] | None = None,
) -> tuple[int, int]:
    """Write articles and the edges between them. Returns how many of each.

    `ids`: only these articles; None = all that have an edge. Edges of copies run from the article published
    (else seen) first to its copy. Articles gone by now are nodes like others.
    """
    members = array("q", sorted(_with_edges(session, of) if ids is None else ids))
    degree = _in_degree(session, of)
    made = _GraphML if format == "graphml" else _Gexf
    writer: _GraphML | _Gexf = made(output, _EDGE[of])
    writer.begin()
    nodes = edges = 0
    for number, values in _nodes(session, members, degree):
        writer.node(number, values)
        nodes += 1
    writer.between()
    for edge, (source, target, values) in enumerate(_edges(session, of)):
        if ids is None or (_among(members, source) and _among(members, target)):
            writer.edge(edge, source, target, values)
            edges += 1
    writer.end()
    return nodes, edges


def _among(members: array[int], number: int) -> bool:
    at = bisect_left(members, number)
    return at < len(members) and members[at] == number


def _with_edges(session: Session, of: Of) -> set[int]:
    found: set[int] = set()
    for source, target, _ in _edges(session, of):
        found.update((source, target))
    return found


def _in_degree(session: Session, of: Of) -> dict[int, int]:
    if of == "copies":
        counts: dict[int, int] = {}
        for _, target, _ in _edges(session, of):
            counts[target] = counts.get(target, 0) + 1
        return counts
    query = select(RelatedLink.target_id, func.count(RelatedLink.article_id.distinct()).label("number"))
    query = query.where(RelatedLink.target_id.is_not(None)).group_by(RelatedLink.target_id)
    return {row.target_id: row.number for row in session.execute(query)}


def _nodes(
    session: Session, ids: Collection[int], degree: dict[int, int]
) -> Iterator[tuple[int, dict[str, Any]]]:
    columns = (Article.id, Article.title, Article.url, Article.words, Article.published_date)
    for part in chunks(ids):
        query = select(*columns, Article.published_precision, Article.first_seen_at, Site.name)
        rows = session.execute(
            query.join(Site, Site.id == Article.site_id).where(Article.id.in_(part)).order_by(Article.id)
        )
        for row in rows:
            day = "" if row.published_date is None else row.published_date.isoformat()
            yield (
                row.id,
                {
                    "site": row.name,
                    "title": row.title,
                    "url": row.url,
                    "published": day[:7] if row.published_precision == "month" else day or None,
                    "first_seen": time_text(row.first_seen_at),
                    "words": row.words,
                    "in_degree": degree.get(row.id, 0),
                },
            )


def _edges(session: Session, of: Of) -> Iterator[tuple[int, int, dict[str, Any]]]:
    if of == "related":
        query = select(RelatedLink).where(RelatedLink.target_id.is_not(None)).order_by(RelatedLink.id)
        for row in session.scalars(query.execution_options(yield_per=500)):
            yield (
                row.article_id,
                row.target_id or 0,
                {
                    "position": row.position,
                    "block": row.block,
                    "method": row.method,
                    "first_seen": time_text(row.first_seen_at),
                    "last_seen": time_text(row.last_seen_at),
                },
            )
        return
    mine, theirs = Article.__table__.alias("mine"), Article.__table__.alias("theirs")
    pairs = (
        select(Copy, (theirs.c.first_seen_at < mine.c.first_seen_at).label("seen_later"))
        .join(mine, mine.c.id == Copy.article_id)
        .join(theirs, theirs.c.id == Copy.other_id)
        .order_by(Copy.id)
    )
    for copy, seen_later in session.execute(pairs.execution_options(yield_per=500)):
        turned = (
            bool(seen_later) if copy.first_published_id is None else copy.first_published_id == copy.other_id
        )
        ends = (copy.other_id, copy.article_id) if turned else (copy.article_id, copy.other_id)
        shares = (copy.other_share, copy.share) if turned else (copy.share, copy.other_share)
        yield (
            *ends,
            {
                "kind": copy.kind,
                "share": shares[0],
                "other_share": shares[1],
                "common_words": copy.common_words,
            },
        )


class _Writer(XmlWriter):
    """What both forms share."""

    def __init__(self, output: BinaryIO, edge_fields: dict[str, str]) -> None:
        super().__init__(output)
        self.edge_fields = edge_fields


class _GraphML(_Writer):
    def begin(self) -> None:
        self.xml.startDocument()
        self.open("graphml", xmlns="http://graphml.graphdrawing.org/xmlns")
        for for_, fields in (("node", _NODE), ("edge", self.edge_fields)):
            for name, kind in fields.items():
                attributes = {"id": f"{for_}_{name}", "for_": for_, "attr.name": name, "attr.type": kind}
                self.empty("key", **attributes)
        self.open("graph", edgedefault="directed")

    def node(self, number: int, values: dict[str, Any]) -> None:
        self.open("node", id=str(number))
        self._data("node", values)
        self.close("node")

    def between(self) -> None:
        """Nodes and edges stand beside each other."""

    def edge(self, edge: int, source: int, target: int, values: dict[str, Any]) -> None:
        self.open("edge", id=f"e{edge}", source=str(source), target=str(target))
        self._data("edge", values)
        self.close("edge")

    def _data(self, owner: str, values: dict[str, Any]) -> None:
        for name, value in values.items():
            if value is not None:
                self.text("data", str(value), key=f"{owner}_{name}")

    def end(self) -> None:
        self.close("graph", "graphml")
        self.xml.endDocument()


class _Gexf(_Writer):
    def begin(self) -> None:
        self.xml.startDocument()
        self.open("gexf", xmlns="http://www.gexf.net/1.2draft", version="1.2")
        self.open("graph", mode="static", defaultedgetype="directed")
        for class_, fields in (("node", _NODE), ("edge", self.edge_fields)):
            self.open("attributes", class_=class_, mode="static")
            for name, kind in fields.items():
                self.empty("attribute", id=name, title=name, type="integer" if kind == "int" else kind)
            self.close("attributes")
        self.open("nodes")

    def node(self, number: int, values: dict[str, Any]) -> None:
        self.open("node", id=str(number), label=values.get("title") or values["url"])
        self._values(values)
        self.close("node")

    def between(self) -> None:
        self.close("nodes")
        self.open("edges")

    def edge(self, edge: int, source: int, target: int, values: dict[str, Any]) -> None:
        self.open("edge", id=str(edge), source=str(source), target=str(target))
        self._values(values)
        self.close("edge")

    def _values(self, values: dict[str, Any]) -> None:
        self.open("attvalues")
        for name, value in values.items():
            if value is not None:
                self.empty("attvalue", for_=name, value=str(value))
        self.close("attvalues")

    def end(self) -> None:
        self.close("edges", "graph", "gexf")
        self.xml.endDocument()
