"""WACZ 1.1.1: the captures of the articles as WARC records, with a CDXJ index and a list of pages.

The records are those of the archive, byte for byte, request records included. What a revisit repeats is
packed too, so that the file stands alone.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import closing
from typing import IO, Any, BinaryIO

from sqlalchemy import func, select

from storage import warc
from storage.export import cdxj
from storage.export.contents import Contents, program
from storage.export.held import all_held, captures_for
from storage.export.zips import Package
from storage.instants import time_text
from storage.models import Capture
from storage.stored import Stored
from storage.upsert import chunks

WARC = "data.warc.gz"
_GROUP = 100  # articles whose captures are looked up at a time


def write_wacz(contents: Contents, output: BinaryIO) -> int:
    """Write the captures of the articles. Returns how many articles have one in it."""
    with (
        Package(output, contents.now) as package,
        closing(cdxj.SortedLines(contents.folder)) as index,
        tempfile.TemporaryFile(dir=contents.folder) as pages,
    ):
        count = _records(contents, package, index, pages)
        _index(package, index)
        pages.seek(0)
        package.add("pages/pages.jsonl", pages)
        _datapackage(package, contents, count)
    return count


def _records(contents: Contents, package: Package, index: cdxj.SortedLines, pages: IO[bytes]) -> int:
    head = {"format": "json-pages-1.0", "id": "pages", "title": "Articles", "hasText": False}
    pages.write(json.dumps(head).encode() + b"\n")
    newest = contents.session.scalar(select(func.max(Capture.id))) or 0
    packed = bytearray(newest // 8 + 1)  # one bit a capture: none twice
    count = bare = 0
    with package.member(f"archive/{WARC}", store=True) as member:
        member.write(warc.warcinfo(WARC, str(uuid.uuid4()), contents.now, program().partition(" ")[2]))
        for part in chunks(contents.articles(), _GROUP):
            rows = captures_for(contents.session, [stored.id for stored in part])
            there = {row.Capture.id for row in rows if packed[row.Capture.id // 8] >> row.Capture.id % 8 & 1}
            for held in all_held(
                contents.archive, [r for r in rows if r.Capture.id not in there], contents.notes
            ):
                number = held.row.id
                packed[number // 8] |= 1 << number % 8
                there.add(number)
                offset = member.size
                member.write(held.response)
                member.write(held.request)
                index.add(cdxj.line(held.row, offset=offset, length=len(held.response), filename=WARC))
            for stored in part:
                if stored.capture_id in there:
                    pages.write(_page(stored))
                    count += 1
                else:
                    bare += 1
    if bare:
        contents.notes.append(f"{bare} articles have no capture that can be read, and are left out")
    return count


def _page(stored: Stored) -> bytes:
    article = stored.article
    page = {
        "id": stored.identity[:16],
        "url": article.url,
        "ts": stored.fetched_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "title": article.title or article.url,
    }
    return json.dumps(page, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def _index(package: Package, index: cdxj.SortedLines) -> None:
    directory = [b'!meta 0 {"format": "cdxj-gzip-1.0", "filename": "%s"}\n' % cdxj.NAME.encode()]

    def parts() -> Iterator[bytes]:
        offset = 0
        for block, key in cdxj.blocks(index):
            value = {
                "offset": offset,
                "length": len(block),
                "digest": f"sha256:{hashlib.sha256(block).hexdigest()}",
                "filename": cdxj.NAME,
            }
            directory.append(key + b" " + json.dumps(value).encode() + b"\n")
            offset += len(block)
            yield block

    package.add(f"indexes/{cdxj.NAME}", parts(), store=True)
    package.add("indexes/index.idx", b"".join(directory))


def _datapackage(package: Package, contents: Contents, count: int) -> None:
    selection = contents.selection
    asked = f"corpus {selection.corpus}" if selection.corpus is not None else f"query {selection.query!r}"
    value: dict[str, Any] = {
        "profile": "data-package",
        "wacz_version": "1.1.1",
        "title": f"{count} articles",
        "description": f"Press articles of a hemero archive, {asked}",
        "software": program(),
        "created": time_text(contents.now.replace(microsecond=0)),
        "resources": [
            {
                "name": member.path.rpartition("/")[2],
                "path": member.path,
                "hash": f"sha256:{member.sha256}",
                "bytes": member.size,
            }
            for member in package.members
        ],
    }
    packed = package.add("datapackage.json", json.dumps(value, ensure_ascii=False, indent=1).encode())
    digest = {"path": packed.path, "hash": f"sha256:{packed.sha256}"}
    package.add("datapackage-digest.json", json.dumps(digest).encode())
