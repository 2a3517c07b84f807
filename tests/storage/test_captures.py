"""Captures: what is written can be read back, by us and by others, and damage is never passed over."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator
from fastwarc.warc import request as request_type
from fastwarc.warc import response as response_type
from fastwarc.warc import warcinfo as warcinfo_type
from sqlalchemy import select

from storage import Archive
from storage.captures import find_file, place_of, read_capture
from storage.errors import CaptureDamaged
from storage.members import walk
from storage.models import Candidate, Capture, CaptureFile
from storage.records import Capture as Response
from storage.writer import ArchiveWriter
from tests.storage.build import NOW, capture, url
from tests.storage.conftest import Frontier


def keep(archive: Archive, *captures: Response) -> list[Capture]:
    """Through a writer of their own, closed afterwards."""
    with ArchiveWriter(archive, None) as writer:
        futures = [writer.capture(response) for response in captures]
        numbers = [future.result() for future in futures]
    with archive.read() as session:
        return [session.get_one(Capture, number) for number in numbers]


def warc(archive: Archive) -> Path:
    (found,) = archive.captures.rglob("*.warc.gz")
    return found


CODINGS = {
    "": lambda data: data,
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "gzip, deflate": lambda data: zlib.compress(gzip.compress(data)),
}


@pytest.mark.parametrize("coding", CODINGS)
def test_a_response_comes_back_as_it_was(archive: Archive, site: int, coding: str) -> None:
    text = "<p>L'été à Laâyoune — \0 العيون</p>".encode() * 40
    body = CODINGS[coding](text)
    headers = (
        (b"Content-Type", b"text/html"),
        (b"Content-Encoding", coding.encode()),
        (b"X-Twice", b"a"),
        (b"X-Twice", b"b"),
    )
    (row,) = keep(archive, capture(1, body, headers=headers, ip="192.0.2.7"))
    stored = read_capture(archive, row)
    assert stored.payload == text
    assert stored.raw == body
    assert stored.headers == tuple((name.decode(), value.decode()) for name, value in headers)
    assert (stored.url, stored.status, stored.fetched_at, stored.content_type) == (
        url(1),
        200,
        NOW,
        "text/html",
    )
    assert row.payload_digest == hashlib.sha256(body).hexdigest()
    assert (row.payload_length, row.ip, row.site_id) == (len(body), "192.0.2.7", site)


@pytest.mark.parametrize("claimed", [True, False])
def test_what_a_server_says_wrongly_of_its_coding_is_understood(
    archive: Archive, site: int, *, claimed: bool
) -> None:
    """As the crawl understands it, or a page would be empty when it is read from its capture."""
    text = b"<html><p>Le port a rouvert.</p></html>"
    body, coding = (text, b"gzip") if claimed else (gzip.compress(text), b"")
    headers = ((b"Content-Type", b"text/html"), (b"Content-Encoding", coding))
    (row,) = keep(archive, capture(1, body, headers=headers))
    stored = read_capture(archive, row)
    assert (stored.payload, stored.raw, stored.warning) == (text, body, None)
    assert place_of(archive, row.id).read() == text


def test_other_tools_read_the_same(archive: Archive, site: int) -> None:
    responses = [
        capture(n, status=404 if n == 2 else 200, request_headers=((b"User-Agent", b"hemero"),))
        for n in (1, 2)
    ]
    keep(archive, *responses)
    found = []
    with warc(archive).open("rb") as file:
        for record in ArchiveIterator(file, verify_digests=True, strict_mode=True):
            found.append((record.record_type, record.headers.get("WARC-Target-URI")))
            if record.record_type == response_type:
                assert record.http_headers.status_code == responses[len(found) // 3].status
                assert record.reader.read() == responses[len(found) // 3].body
    assert [kind for kind, _ in found] == [
        warcinfo_type,
        *([response_type, request_type] * 2),
    ]
    assert {target for _, target in found[1:]} == {url(1), url(2)}
    with gzip.open(warc(archive)) as file:
        assert file.read().count(b"WARC/1.1\r\n") == 5


def test_every_byte_of_a_file_is_explained(archive: Archive, site: int) -> None:
    rows = keep(archive, *(capture(n, request_headers=((b"Accept", b"*/*"),)) for n in range(1, 6)))
    path = warc(archive)
    with archive.read() as session:
        (file,) = session.scalars(select(CaptureFile))
    assert (file.state, file.bytes, file.records) == ("closed", path.stat().st_size, 11)
    assert file.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    first = next(walk(path))
    assert first.kind == "warcinfo"
    assert first.length + sum(row.length + row.request_length for row in rows) == file.bytes


def test_secrets_are_not_kept(archive: Archive, site: int) -> None:
    secret = tuple(
        (name, b"S3CR3T")
        for name in (b"Cookie", b"Authorization", b"Proxy-Authorization", b"X-Api-Key", b"X-Auth-Token")
    )
    keep(archive, capture(1, request_headers=(*secret, (b"User-Agent", b"hemero"))))
    content = gzip.decompress(warc(archive).read_bytes())
    assert b"S3CR3T" not in content
    assert b"User-Agent: hemero" in content


@pytest.mark.parametrize(
    "evil", ["https://x.example/a\r\nWARC-Type: conversion\r\n\r\nx", "https://x.example/\0 b"]
)
def test_nothing_from_outside_starts_a_field_of_its_own(archive: Archive, site: int, evil: str) -> None:
    headers = ((b"X-A", b"1\r\nX-Evil: 2"), (b"Content-Type", b"text/html"))
    keep(archive, capture(1, url=evil, headers=headers, request_headers=((b"Referer", b"a\r\nb: c"),)))
    kinds = [member.kind for member in walk(warc(archive))]
    assert kinds == ["warcinfo", "response", "request"]
    assert b"\r\nX-Evil" not in gzip.decompress(warc(archive).read_bytes())


def test_the_same_payload_is_kept_once(archive: Archive, site: int) -> None:
    body = b"<p>" + b"le meme texte " * 500
    (first,) = keep(archive, capture(1, body))
    later = capture(1, body, fetched_at=NOW.replace(hour=12), headers=((b"ETag", b'"e2"'),))
    (second,) = keep(archive, later)
    assert (first.kind, second.kind, second.refers_to_id) == ("response", "revisit", first.id)
    assert second.length < 600
    stored = read_capture(archive, second)
    assert stored.payload == body
    assert stored.headers == (("ETag", '"e2"'),)
    assert stored.fetched_at == NOW.replace(hour=12)


def test_other_sites_and_channels_do_not_share_payloads(archive: Archive, site: int) -> None:
    body = b"<p>texte</p>" * 50
    keep(archive, capture(1, body))
    rows = keep(archive, capture(2, body, site="autre"), capture(3, body, role="channel"), capture(4, b""))
    assert [row.kind for row in rows] == ["response", "response", "response"]


def test_roles_stand_in_files_of_their_own(archive: Archive, site: int) -> None:
    keep(archive, capture(1), capture(2, role="channel"))
    with archive.read() as session:
        files = session.scalars(select(CaptureFile).order_by(CaptureFile.role)).all()
    assert [(file.role, file.records) for file in files] == [("article", 2), ("channel", 2)]
    assert all(f"-{file.role}-" in file.name for file in files)


def test_an_imported_file_is_a_resource(archive: Archive, site: int) -> None:
    response = capture(
        1, b"Un texte", is_resource=True, url="urn:sha256:abc", headers=((b"Content-Type", b"text/plain"),)
    )
    (row,) = keep(archive, response)
    stored = read_capture(archive, row)
    assert (row.kind, stored.payload, stored.content_type) == ("resource", b"Un texte", "text/plain")


def test_transfer_coding_is_named_but_not_replayed(archive: Archive, site: int) -> None:
    keep(archive, capture(1, b"abc", headers=((b"Transfer-Encoding", b"chunked"),)))
    with warc(archive).open("rb") as file:
        (record,) = list(ArchiveIterator(file, record_types=response_type))
    assert record.http_headers.get("X-Crawler-Transfer-Encoding") == "chunked"
    assert record.http_headers.get("Transfer-Encoding") is None


@pytest.mark.parametrize(
    ("status", "truncated", "state"),
    [
        (200, None, "captured"),
        (203, None, "captured"),
        (404, None, "pending"),
        (301, None, "pending"),
        (200, "length", "pending"),
    ],
)
def test_only_a_whole_answer_makes_a_candidate_captured(
    archive: Archive, frontier: Frontier, status: int, truncated: str | None, state: str
) -> None:
    (row,) = keep(archive, capture(1, candidate_id=frontier.ids[1], status=status, truncated=truncated))
    with archive.read() as session:
        candidate = session.get_one(Candidate, frontier.ids[1])
    assert row.candidate_id == candidate.id
    assert candidate.state == state
    assert row.truncated == truncated
    if state == "captured":
        assert (candidate.etag, candidate.next_try_at) == ('"e1"', None)


def test_a_capture_never_fails_for_a_row_it_points_to(archive: Archive, site: int) -> None:
    (row,) = keep(archive, capture(1, candidate_id=4711, site="unknown"))
    assert (row.candidate_id, row.site_id) == (None, None)
    assert read_capture(archive, row.id).payload == capture(1).body


def test_damage_is_told(archive: Archive, site: int) -> None:
    rows = keep(archive, *(capture(n, bytes(range(256)) * 20 + bytes([n])) for n in (1, 2, 3)))
    path = warc(archive)
    content = bytearray(path.read_bytes())
    content[rows[1].offset + rows[1].length // 2] ^= 0xFF
    path.write_bytes(content)
    assert read_capture(archive, rows[0]).payload.endswith(b"\x01")
    assert read_capture(archive, rows[2]).payload.endswith(b"\x03")
    with pytest.raises(CaptureDamaged, match="cannot be read"):
        read_capture(archive, rows[1])
    with pytest.raises(CaptureDamaged):
        read_capture(archive, replace_offset(rows[0], 3))
    path.unlink()
    with pytest.raises(CaptureDamaged, match="missing"):
        read_capture(archive, rows[0])


def replace_offset(row: Capture, offset: int) -> Capture:
    return Capture(
        file_id=row.file_id,
        offset=offset,
        length=row.length,
        url=row.url,
        payload_digest="",
        refers_to_id=None,
    )


def test_an_exchanged_record_is_noticed(archive: Archive, site: int) -> None:
    """A whole record of the right length in the wrong place: only the digest tells."""
    rows = keep(archive, capture(1, b"aaaa"), capture(2, b"bbbb"))
    wrong = Capture(
        file_id=rows[0].file_id,
        offset=rows[0].offset,
        length=rows[0].length,
        url=rows[0].url,
        payload_digest=rows[1].payload_digest,
        refers_to_id=None,
    )
    with pytest.raises(CaptureDamaged, match="altered"):
        read_capture(archive, wrong)


def test_a_damaged_coding_gives_what_could_be_read(archive: Archive, site: int) -> None:
    body = gzip.compress(bytes(range(256)) * 400)[:-40]
    (row,) = keep(archive, capture(1, body, headers=((b"Content-Encoding", b"gzip"),)))
    stored = read_capture(archive, row)
    assert stored.raw == body
    assert stored.warning is not None
    assert bytes(range(256)) * 300 == stored.payload[: 256 * 300]


def test_an_open_file_can_be_read(writer: ArchiveWriter) -> None:
    number = writer.capture(replace(capture(1), body=b"live")).result()
    stored = read_capture(writer.archive, number)
    assert stored.raw == b"live"
    with writer.archive.read() as session:
        (name,) = session.scalars(select(CaptureFile.name))
    assert find_file(writer.archive.captures, name).name.endswith(".warc.gz.open")
