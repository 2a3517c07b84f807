"""Evidence: a field is traced to the very bytes of the stored page; a bundle stands without the archive."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import subprocess
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastwarc.warc import ArchiveIterator

from storage import Archive
from storage.evidence import evidence_of
from storage.located import Source
from storage.records import Evidence, Tag
from storage.stored import load_article
from storage.writer import ArchiveWriter
from tests.storage.build import NOW, article, capture, reading, url
from tests.storage.export_cases import exported, fill

HTML = """<!DOCTYPE html><html><head><title>L&#x27;été à Agadir | La Vigie</title>
<meta name="author" content="Salma Tazi"><meta property="article:published_time" content="2021-04-14">
<script type="application/ld+json">{"datePublished": "2021-04-14",
"headline": "L'\\u00e9t\\u00e9 \\u00e0 Agadir"}</script>
</head><body><!-- L'été à Agadir --><h1>L&rsquo;été <em>à</em>
 Agadir</h1><time datetime="2021-04-14">Le 14 avril</time><p>Les   quais ont <b>rouvert</b> hier.</p>
<p>Le 14 avril, la criée suivra.</p></body></html>"""


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1252", "iso-8859-1", "utf-16"])
@pytest.mark.parametrize(
    ("text", "rule", "layer", "stretch"),
    [
        ("L'été à Agadir", "h1", "text", "L&rsquo;été <em>à</em>\n Agadir"),
        ("L'été à Agadir", "jsonld:headline", "script", "L'\\u00e9t\\u00e9 \\u00e0 Agadir"),
        ("2021-04-14", "meta:article:published_time", "tag", "2021-04-14"),
        ("2021-04-14", "time:published", "tag", "2021-04-14"),
        ("2021-04-14", "jsonld:datepublished", "script", "2021-04-14"),
        ("Le 14 avril", "line", "text", "Le 14 avril"),
        ("Les quais ont rouvert hier.", "prose", "text", "Les   quais ont <b>rouvert</b> hier."),
        ("Salma Tazi", "meta:author", "tag", "Salma Tazi"),
    ],
)
def test_a_text_is_found_where_its_rule_read_it(
    encoding: str, text: str, rule: str, layer: str, stretch: str
) -> None:
    payload = HTML.encode(encoding)
    place = Source(payload, encoding).find(text, rule)
    assert place is not None
    assert (place.layer, HTML[place.start : place.end]) == (layer, stretch)
    assert place.verbatim == (text == stretch)
    if encoding == "utf-16":  # a mark stands before the first character
        assert payload.decode(encoding)[place.start : place.end] == stretch
    else:
        assert payload[place.first_byte : place.end_byte].decode(encoding) == stretch
    if rule.startswith("meta:article"):
        assert "article:published_time" in HTML[place.start - 60 : place.start]
    if rule.startswith("time"):
        assert HTML[: place.start].endswith('<time datetime="')


def test_what_does_not_stand_there_has_no_place() -> None:
    source = Source(HTML.encode(), "utf-8")
    assert source.find("L'hiver à Agadir") is None
    assert source.find("") is None
    assert source.find("La VigieLe 14") is None
    twice = source.find("Le 14 avril")
    assert twice is not None
    assert twice.occurrences == 2
    assert Source(b"\xff\xfe broken \xe9t\xe9", "utf-8").find("broken") is not None
    assert Source(b"<p>x</p>" + b"<script>" * 20_000, "no-such-coding").find("x") is not None


def visit(archive: Archive, site: int, html: str, hours: int, **values: Any) -> int:
    """One fetch of article 1, sent with gzip, and its reading."""
    at = NOW + timedelta(hours=hours)
    headers = ((b"Content-Type", b"text/html; charset=utf-8"), (b"Content-Encoding", b"gzip"))
    with ArchiveWriter(archive, None) as writer:
        kept = writer.capture(
            capture(1, gzip.compress(html.encode(), mtime=0), headers=headers, fetched_at=at, ip="192.0.2.7")
        ).result()
        page = article(1, encoding="utf-8", **values)
        outcome = writer.store(reading(of=page, capture_id=kept, fetched_at=at), site).result()
    return outcome.article_id or 0


def history(archive: Archive, site: int) -> int:
    """An article whose headline was changed."""
    before = HTML.replace("Agadir", "Essaouira")
    visit(archive, site, before, 0, title="L'été à Essaouira", body="Les quais ont rouvert hier.")
    claims = (
        Evidence("title", "L'été à Agadir", "h1"),
        Evidence("published", "2021-04-14", "time:published", "2021-04-14"),
        Evidence("published", "2021-04-15", "line", "Le 15 avril", chosen=False),
        Evidence("body", None, "prose"),
    )
    return visit(
        archive, site, HTML, 1, title="L'été à Agadir", evidence=claims, authors=("Salma Tazi",),
        body="Les quais ont rouvert hier.\nLe 14 avril, la criée suivra.", tags=(Tag("Absent"),),
    )  # fmt: skip


def test_every_field_is_traced(archive: Archive, site: int) -> None:
    number = history(archive, site)
    with archive.read() as session:
        stored = load_article(session, number)
        assert stored is not None
        found = evidence_of(archive, session, stored)
        (only,) = evidence_of(archive, session, stored, ["lead"])["fields"]
    fields = {entry["field"]: entry for entry in found["fields"]}
    kept = found["capture"]
    assert (kept["capture"], kept["status"], kept["ip"]) == (2, 200, "192.0.2.7")
    assert (
        kept["payload_digest"]
        == f"sha256:{hashlib.sha256(gzip.compress(HTML.encode(), mtime=0)).hexdigest()}"
    )
    assert ["Content-Encoding", "gzip"] in kept["headers"]
    page = HTML.encode()

    def stretch(place: dict[str, Any]) -> str:
        return page[place["first_byte"] : place["end_byte"]].decode()

    (title,) = fields["title"]["claims"]
    assert (title["rule"], stretch(title["position"])) == ("h1", "L&rsquo;été <em>à</em>\n Agadir")
    assert [(old["revision"], old["value"]) for old in fields["title"]["earlier"]] == [
        (1, "L'été à Essaouira")
    ]
    won, lost = fields["published"]["claims"]
    assert (won["chosen"], stretch(won["position"])) == (True, "2021-04-14")
    assert (lost["chosen"], lost["position"]) == (False, None)
    parts = [stretch(part["position"]) for part in fields["body"]["positions"]]
    assert parts == ["Les   quais ont <b>rouvert</b> hier.", "Le 14 avril, la criée suivra."]
    assert fields["tags"]["positions"] == [{"text": "Absent", "position": None}]
    assert (only["field"], only["value"], only["claims"]) == ("lead", None, [])


def test_a_page_that_is_damaged_is_said_not_hidden(archive: Archive, site: int) -> None:
    number = history(archive, site)
    for warc in archive.captures.rglob("*.warc.gz"):
        warc.write_bytes(warc.read_bytes()[:200])
    with archive.read() as session:
        stored = load_article(session, number)
        assert stored is not None
        found = evidence_of(archive, session, stored)
    assert "cannot be read" in found["trouble"]
    title = next(entry for entry in found["fields"] if entry["field"] == "title")
    assert (title["value"], title["positions"]) == ("L'été à Agadir", [])


def test_a_bundle_is_checked_without_the_archive(archive: Archive, site: int, tmp_path: Path) -> None:
    fill(archive, site)
    history(archive, site)
    with zipfile.ZipFile(io.BytesIO(exported(archive, "evidence", query="Agadir"))) as package:
        package.extractall(tmp_path / "b")
        names = set(package.namelist())
    folder = tmp_path / "b"
    done = subprocess.run(
        ["sha256sum", "-c", "--strict", "SHA256SUMS"], cwd=folder, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == len(names) - 1
    (evidence,) = [json.loads(path.read_text()) for path in folder.rglob("evidence.json")]
    assert evidence["url"] == url(1)
    assert len(evidence["captures"]) == 3
    for number in evidence["captures"]:
        place = folder / "captures" / str(number)
        said = json.loads((place / "capture.json").read_text())
        body = (place / "body").read_bytes()
        assert said["payload_digest"] == f"sha256:{hashlib.sha256(body).hexdigest()}"
        head = (place / "headers.txt").read_bytes()
        assert said["headers_digest"] == f"sha256:{hashlib.sha256(head).hexdigest()}"
        with (place / "record.warc.gz").open("rb") as file:
            records = list(ArchiveIterator(file, parse_http=False))
        assert said["record_id"] in {record.record_id.strip("<>") for record in records}
        if said["kind"] == "response" and (place / "page").exists():
            assert gzip.decompress(body) == (place / "page").read_bytes()
    title = next(entry for entry in evidence["fields"] if entry["field"] == "title")
    place_of = title["claims"][0]["position"]
    page = (folder / "captures" / str(evidence["capture"]["capture"]) / "page").read_bytes()
    assert page[place_of["first_byte"] : place_of["end_byte"]].decode() == "L&rsquo;été <em>à</em>\n Agadir"
