"""Damaged copies of sound pages, feeds, sitemaps and capture files: the same number gives the same bytes.

mutant("page", 7)        the seventh damaged page
attempt("page", 7)       reads it; called by name in a reader process (pipelines.workers)
"""

from __future__ import annotations

import gzip
import random
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from pipelines.rules import GENERIC
from storage.records import Capture, Page
from tests.hostile.news import GOOD, article
from tests.hostile.news import page as news_page

KINDS = ("page", "feed", "sitemap", "captures")
NOW = datetime(2024, 5, 2, 8, 0, tzinfo=UTC)
_PAGES = Path(__file__).parents[1] / "pages"
_MOST = 60_000  # bytes of a page that is damaged: one fault more or less is all that counts
_TOKENS = (
    *(b"<", b">", b'"', b"'", b"&", b"/>", b"</", b"<!--", b"-->", b"<![CDATA[", b"]]>"),
    *(b"<script>", b"</script>", b"<table>", b"<svg>", b"</body>", b"<h1>", b"<p>", b"<base href='//'>"),
    *(b"<a href='http://[::1'>", b"\0", b"\x1b", b"\xc3", b"\xe2\x80", b"\xff\xfe", b"\xed\xa0\x80"),
    *(b"\xef\xbb\xbf", b"&#0;", b"&#x1;", b"&#xD800;", b"&#xFFFE;", b"data:;base64,", b"{", b"["),
    *(b'"@type":', b"\\u0000", b"\\", b"99999999999999999999", b"-1", b"%00", b"\r\n"),
    *(b"Le 31 F\xc3\xa9vrier 2016", b"SOURCE WEB Par ", b"<!DOCTYPE x [<!ENTITY a 'b'>]>"),
    b"<?xml version='1.0'?>",
)


@cache
def sound(kind: str) -> tuple[bytes, ...]:
    """What is damaged, in a stable order."""
    if kind == "page":
        files = sorted((*_PAGES.glob("*.html"), *_PAGES.glob("demo/*.html")))
        return tuple(path.read_bytes()[:_MOST] for path in files)
    if kind == "captures":
        return (_captures(),)
    links = [f"https://vigie.example{article(number, 20).path}" for number in range(20)]
    if kind == "sitemap":
        space = "http://www.sitemaps.org/schemas/sitemap/0.9"
        urls = "".join(f"<url><loc>{link}</loc><lastmod>2024-05-01</lastmod></url>" for link in links)
        text = f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="{space}">{urls}</urlset>'.encode()
        return text, text.replace(b"url", b"sitemap"), gzip.compress(text, mtime=0), "\n".join(links).encode()
    items = "".join(
        f"<item><title>L'été à Fès, partie {number}</title><link>{link}</link><guid>{link}</guid>"
        f"<pubDate>Thu, 02 May 2024 0{number % 10}:00:00 GMT</pubDate></item>"
        for number, link in enumerate(links)
    )
    rss = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Flux</title>{items}</channel></rss>'
    atom = (
        rss.replace("item", "entry")
        .replace("pubDate", "updated")
        .replace("<rss", "<feed")
        .replace("</rss", "</feed")
    )
    return rss.encode(), atom.encode(), rss.encode("cp1252")


def _captures() -> bytes:
    """A capture file of a few pages."""
    from storage import warc

    parts = [warc.warcinfo("a.warc.gz", "0" * 32, NOW, "1")]
    for number in range(6):
        body = news_page(f"Titre {number}", GOOD).encode()
        headers = ((b"Content-Type", b"text/html; charset=utf-8"),)
        capture = Capture(f"https://vigie.example/a{number}", "vigie", 200, headers, body, NOW)
        parts.append(warc.build(capture, f"{number:032d}", None, warc.payload_digest(capture), None).member)
    return b"".join(parts)


def mutant(kind: str, number: int) -> bytes:
    """A damaged copy: one to eight faults, their places and kinds drawn from the number."""
    dice = random.Random(f"{kind}:{number}")
    data = bytearray(dice.choice(sound(kind)))
    for _ in range(dice.choice((1, 1, 2, 3, 5, 8))):
        dice.choice(_FAULTS)(data, dice, kind)
    return bytes(data)


def _place(data: bytearray, dice: random.Random) -> int:
    return dice.randrange(len(data) + 1)


def _flip(data: bytearray, dice: random.Random, _: str) -> None:
    for _ in range(dice.choice((1, 1, 4, 64))):
        if data:
            data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)


def _noise(data: bytearray, dice: random.Random, _: str) -> None:
    start = _place(data, dice)
    data[start : start + dice.randrange(200)] = dice.randbytes(dice.randrange(200))


def _remove(data: bytearray, dice: random.Random, _: str) -> None:
    start = _place(data, dice)
    del data[start : start + dice.choice((1, 3, 50, 5000))]


def _cut(data: bytearray, dice: random.Random, _: str) -> None:
    del data[_place(data, dice) :]


def _token(data: bytearray, dice: random.Random, _: str) -> None:
    for _ in range(dice.choice((1, 1, 2, 10))):
        start = _place(data, dice)
        data[start:start] = dice.choice(_TOKENS)


def _repeat(data: bytearray, dice: random.Random, _: str) -> None:
    start = _place(data, dice)
    piece = data[start : start + dice.choice((1, 5, 40, 400))]
    data[start:start] = piece * min(dice.choice((2, 20, 2000)), 1 + 200_000 // max(1, len(piece)))


def _swap(data: bytearray, dice: random.Random, _: str) -> None:
    one, two = sorted((_place(data, dice), _place(data, dice)))
    data[one:two] = data[one:two][::-1] if dice.random() < 0.2 else data[two : two * 2 - one] + data[one:two]


def _splice(data: bytearray, dice: random.Random, kind: str) -> None:
    other = dice.choice(sound(kind))
    start = _place(data, dice)
    data[start:] = other[dice.randrange(len(other)) :]


_FAULTS: tuple[Callable[[bytearray, random.Random, str], None], ...] = (
    _flip, _noise, _remove, _cut, _token, _token, _repeat, _swap, _splice,
)  # fmt: skip


def attempt(kind: str, number: int) -> float:
    """Read a damaged copy as the project does; seconds of work it took. Raises what the reader raises."""
    data = mutant(kind, number)
    started = time.process_time()
    if kind == "page":
        _read_page(data)
    elif kind == "captures":
        _read_captures(data)
    else:
        from crawler.discovery.feeds import parse_feed
        from crawler.discovery.sitemaps import parse_sitemap

        (parse_feed if kind == "feed" else parse_sitemap)(data, "https://vigie.example/canal")
    return time.process_time() - started


def _read_page(data: bytes) -> None:
    from pipelines.flow import read_page
    from storage.article_json import article_json

    reading = read_page(Page("https://vigie.example/a", data, NOW, "text/html"), GENERIC)
    text = str(article_json(reading.article))
    text.encode("utf-8")  # as a database and a terminal will
    assert "\0" not in text


def _read_captures(data: bytes) -> None:
    """Every byte of the file is in a record or in a stretch said to be bad, in order, without a gap."""
    from storage.survey import survey

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.warc.gz"
        path.write_bytes(data)
        end = 0
        for part in survey(path):
            assert part.offset == end, (part.offset, end)
            end = part.end
        assert end == len(data), (end, len(data))
