"""TEI P5 for TXM and others: a ZIP with `texts/a12.xml`, one teiHeader and text an article, metadata.csv.

TXM (import XML-TEI Zero or XTZ + CSV) takes the unpacked folder `texts`; metadata.csv lies in it and its
first column, `id`, is the file's name without `.xml`.
"""

from __future__ import annotations

import csv
import io
import tempfile
from typing import BinaryIO, cast

from storage.export.contents import Contents, program
from storage.export.iramuteq import variables
from storage.export.values import local_text
from storage.export.zips import Package
from storage.instants import time_text
from storage.records import Article
from storage.stored import Stored
from storage.xml_writer import XmlWriter

NAMESPACE = "http://www.tei-c.org/ns/1.0"
COLUMNS = (
    "id",
    "site",
    "source",
    "date",
    "month",
    "year",
    "kind",
    "section",
    "title",
    "author",
    "outlet",
    "url",
)


def write_tei(contents: Contents, output: BinaryIO) -> int:
    """Write the articles. Returns how many."""
    titles = contents.site_titles()
    count = 0
    with Package(output, contents.now) as package, tempfile.TemporaryFile(dir=contents.folder) as spool:
        table = io.TextIOWrapper(cast(BinaryIO, spool), encoding="utf-8", errors="replace", newline="")
        rows = csv.writer(table, quoting=csv.QUOTE_ALL)
        rows.writerow(COLUMNS)
        for stored in contents.articles():
            outlet = titles.get(stored.article.site or "") or stored.article.site or ""
            with package.member(f"texts/a{stored.id}.xml") as member:
                _text(XmlWriter(cast(BinaryIO, member)), stored, outlet)
            rows.writerow(_metadata(stored, outlet))
            count += 1
        table.flush()
        spool.seek(0)
        package.add("texts/metadata.csv", iter(lambda: spool.read(1 << 16), b""))
        table.detach()
    return count


def _metadata(stored: Stored, outlet: str) -> list[str]:
    article = stored.article
    values = dict(variables(stored))
    named = [values[name] for name in COLUMNS[1:8]]
    line = [article.title or "", "; ".join(article.authors), outlet, article.url]
    return [f"a{stored.id}", *named, *(" ".join(cell.split()) for cell in line)]


def _text(xml: XmlWriter, stored: Stored, outlet: str) -> None:
    article = stored.article
    xml.xml.startDocument()
    language = {"xml:lang": article.language} if article.language else {}
    xml.open("TEI", xmlns=NAMESPACE, **language)
    xml.open("teiHeader")
    xml.open("fileDesc")
    _title(xml, article, "titleStmt")
    xml.open("publicationStmt")
    xml.text("publisher", program())
    xml.text("date", time_text(stored.fetched_at) or "", when=time_text(stored.fetched_at) or "")
    xml.text("idno", stored.identity, type="hemero")
    xml.close("publicationStmt")
    _source(xml, article, outlet)
    xml.close("fileDesc")
    _profile(xml, article)
    xml.close("teiHeader")
    xml.open("text")
    xml.open("body")
    xml.open("div", type="article")
    if article.title:
        xml.text("head", article.title)
    for kind, text in (("lead", article.lead), ("body", article.body)):
        for paragraph in (text or "").split("\n"):
            if paragraph:
                xml.text("p", paragraph, rend=kind)
    if not (article.lead or article.body):
        xml.empty("p")
    xml.close("div", "body", "text", "TEI")
    xml.xml.endDocument()


def _title(xml: XmlWriter, article: Article, element: str) -> None:
    xml.open(element)
    xml.text("title", article.title or article.url)
    for name in article.authors:
        xml.text("author", name)
    xml.close(element)


def _source(xml: XmlWriter, article: Article, outlet: str) -> None:
    """Where it stood: outlet, date, address, and the lines that credit, verbatim."""
    xml.open("sourceDesc")
    xml.open("bibl")
    xml.text("title", article.title or article.url, level="a")
    xml.text("title", outlet, level="j")
    for name in article.authors:
        xml.text("author", name)
    if article.published is not None:
        day = (local_text(article.published) or "")[:10]
        xml.text("date", article.published.raw or day, when=day)
    xml.empty("ref", target=article.url)
    for line in article.attributions:
        for role, names in (("outlet", line.outlets), ("agency", line.agencies)):
            for name in names:
                xml.open("respStmt")
                xml.text("resp", f"{line.kind}, {role}")
                xml.text("name", name)
                xml.close("respStmt")
        if line.raw:
            xml.text("note", line.raw, type=line.kind)
    xml.close("bibl", "sourceDesc")


def _profile(xml: XmlWriter, article: Article) -> None:
    terms = [("section", article.section)] if article.section else []
    terms += [("tag", tag.name) for tag in article.tags]
    if not (terms or article.language):
        return
    xml.open("profileDesc")
    if article.language:
        xml.open("langUsage")
        xml.text("language", article.language, ident=article.language)
        xml.close("langUsage")
    if terms:
        xml.open("textClass")
        xml.open("keywords")
        for kind, term in terms:
            xml.text("term", term or "", type=kind)
        xml.close("keywords", "textClass")
    xml.close("profileDesc")
