"""WACZ: valid for the validator, indexed as the indexer does, and replayed page by page by pywb."""

from __future__ import annotations

import gzip
import io
import json
import socket
import subprocess
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path
from urllib.error import URLError

import pytest

from storage import Archive
from storage.captures import read_capture
from storage.export.cdxj import SortedLines, surt
from storage.keys import url_key
from storage.models import Capture
from storage.records import Candidate
from storage.repository import candidate_for
from storage.writer import ArchiveWriter
from tests.conftest import find_replay
from tests.storage.build import NOW, article, capture, reading, url
from tests.storage.export_cases import exported, exported_file, fill

TRICKY = (
    "https://www2.vigie.example/Actu/Été-du-Port/",
    "http://vigie.example:8080/a//b/../c/?b=2&a=1&B=3&vide=",
    "https://vigie.example/%d8%a7%D9%84?q=%E9t%C3%A9&x=a+b",
    "https://vigie.example/?page=2",
    "https://vigie.example/a;jsessionid=0123456789abcdef0123456789ABCDEF?sid=0123456789abcdef0123456789abcdef&n=1",
    "https://vigie.example/a%2520b%23c/index.php?phpsessid=0123456789abcdef0123456789abcdef",
    "urn:sha256:0011",
)


def unpacked(data: bytes, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        package.extractall(folder)
    return folder


def index_of(folder: Path) -> list[str]:
    return gzip.decompress((folder / "indexes/index.cdx.gz").read_bytes()).decode().splitlines()


def seen_twice(archive: Archive, site: int, addresses: tuple[str, ...]) -> None:
    """Articles at these addresses, each fetched twice with the same answer: the second is a revisit."""
    with ArchiveWriter(archive, None) as writer:
        for number, address in enumerate(addresses, 1):
            for later in (0, 1):
                at = NOW + timedelta(hours=later)
                asked = Candidate(address, url_key(address))
                candidate = writer.call(partial(candidate_for, site_id=site, found=asked, now=at)).result()
                response = capture(number, url=address, fetched_at=at, candidate_id=candidate)
                if address.startswith("urn:"):  # an imported file
                    response = replace(response, is_resource=True)
                kept = writer.capture(response).result()
                page = article(number, url=address)
                writer.store(reading(of=page, capture_id=kept, fetched_at=at), site).result()


def test_keys_of_addresses() -> None:
    assert surt("https://www.vigie.example/Actu/1/?b=2&a=1") == "example,vigie)/actu/1?a=1&b=2"
    assert surt("http://vigie.example") == surt("https://vigie.example:443/") == "example,vigie)/"
    assert surt("urn:sha256:00") == "urn:sha256:00"


def test_lines_are_sorted_on_disk(tmp_path: Path) -> None:
    lines = SortedLines(tmp_path, held=7)
    wanted = [b"%05d\n" % (number * 7919 % 1000) for number in range(1000)]
    for line in wanted:
        lines.add(line)
    assert list(lines) == sorted(wanted)
    lines.close()


def test_the_package_holds_every_capture_once(archive: Archive, site: int, tmp_path: Path) -> None:
    fill(archive, site)
    seen_twice(archive, site, (url(1),))  # article 1 again, with another page
    folder = unpacked(exported(archive, "wacz"), tmp_path / "w")
    entries = [json.loads(line.split(" ", 2)[2]) for line in index_of(folder)]
    with archive.read() as session:
        kept = {row.payload_digest: row for row in session.query(Capture)}
    assert sorted({entry["digest"] for entry in entries}) == sorted(f"sha256:{d}" for d in kept)
    assert len({entry["offset"] for entry in entries}) == len(entries)
    pages = [json.loads(line) for line in (folder / "pages/pages.jsonl").read_text().splitlines()][1:]
    assert {page["url"] for page in pages} == {url(number) for number in range(1, 6)}
    record = json.loads((folder / "datapackage.json").read_text())
    assert record["wacz_version"] == "1.1.1"
    with zipfile.ZipFile(io.BytesIO(exported(archive, "wacz"))) as package:
        assert package.getinfo("archive/data.warc.gz").compress_type == zipfile.ZIP_STORED


def test_a_damaged_capture_is_named_and_left_out(archive: Archive, site: int, tmp_path: Path) -> None:
    fill(archive, site)
    with archive.read() as session:
        row = session.get_one(Capture, 2)
    (warc,) = archive.captures.rglob("*.warc.gz")
    data = bytearray(warc.read_bytes())
    data[row.offset + 40] ^= 0xFF
    warc.write_bytes(data)
    contents = exported_file(archive, tmp_path / "out.wacz", "wacz")
    assert any(f"capture of {url(2)}" in note for note in contents.notes)
    assert any("1 articles have no capture" in note for note in contents.notes)
    folder = unpacked((tmp_path / "out.wacz").read_bytes(), tmp_path / "w")
    assert len(index_of(folder)) == 4


@pytest.mark.replay
def test_the_validator_and_the_indexer_agree(archive: Archive, site: int, tmp_path: Path) -> None:
    programs = find_replay()
    assert programs is not None
    seen_twice(archive, site, TRICKY)
    exported_file(archive, tmp_path / "out.wacz", "wacz")
    command = [programs / "wacz", "validate", "-f", tmp_path / "out.wacz"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "is valid" in done.stdout) == (0, True), done.stdout + done.stderr
    folder = unpacked((tmp_path / "out.wacz").read_bytes(), tmp_path / "w")
    command = [programs / "cdxj-indexer", "--sort", folder / "archive/data.warc.gz"]
    theirs = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    ours = index_of(folder)
    assert len(ours) == 2 * len(TRICKY)
    assert [line.split(" ", 2)[:2] for line in ours] == [line.split(" ", 2)[:2] for line in theirs]
    for mine, other in zip(ours, theirs, strict=True):
        assert json.loads(mine.split(" ", 2)[2]) == json.loads(other.split(" ", 2)[2])


@contextmanager
def replaying(folder: Path, programs: Path) -> Iterator[str]:
    """The address of a pywb that knows the unpacked package by our index alone."""
    (folder / "indexes/index.cdxj").write_text("".join(f"{line}\n" for line in index_of(folder)))
    settings = {"collections": {"press": {"index_paths": "indexes/index.cdxj", "archive_paths": "archive/"}}}
    (folder / "config.yaml").write_text(json.dumps(settings))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [programs / "wayback", "-b", "127.0.0.1", "-p", str(port)]
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(command, cwd=folder, stdout=log, stderr=log) as server,
    ):
        try:
            yield _ready(f"http://127.0.0.1:{port}/", server, folder / "log")
        finally:
            server.terminate()


def _ready(address: str, server: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=10).close()
        except (URLError, OSError):
            time.sleep(0.2)
        else:
            return address
    raise AssertionError(log.read_text())


@pytest.mark.replay
@pytest.mark.slow
def test_pywb_replays_every_page(archive: Archive, site: int, tmp_path: Path) -> None:
    programs = find_replay()
    assert programs is not None
    fill(archive, site)
    seen_twice(archive, site, ("https://vigie.example/Revue/?b=2&a=1",))
    folder = unpacked(exported(archive, "wacz"), tmp_path / "w")
    with archive.read() as session:
        rows = session.query(Capture).all()
    assert {row.kind for row in rows} == {"response", "revisit"}
    with replaying(folder, programs) as address:
        for row in rows:
            asked = f"{address}press/{row.fetched_at:%Y%m%d%H%M%S}id_/{row.url}"
            with urllib.request.urlopen(asked, timeout=60) as answer:
                assert answer.status == 200
                at = parsedate_to_datetime(answer.headers["Memento-Datetime"])
                assert at == row.fetched_at.replace(microsecond=0)
                body = answer.read()
                if answer.headers["Content-Encoding"] == "gzip":
                    body = gzip.decompress(body)
            assert body == read_capture(archive, row).payload
