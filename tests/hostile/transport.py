"""Faults of TCP and HTTP framing: silence, half answers, lies about length, floods."""

from __future__ import annotations

import asyncio
import socket
import struct

from tests.hostile.exchange import Exchange, head, route
from tests.hostile.news import page

_OK = b"<p>ok</p>"
_MEBIBYTE = b"<p>" + b"lorem ipsum " * 87_379 + b"</p>\n"


@route("/t/ok")
async def _ok(exchange: Exchange) -> None:
    await exchange.send(page("Article normal"))


@route("/t/hang-before-headers")
async def _hang_before(exchange: Exchange) -> None:
    await exchange.hang()


@route("/t/hang-after-headers")
async def _hang_after(exchange: Exchange) -> None:
    await exchange.write(head(length=1000))
    await exchange.hang()


@route("/t/hang-mid-body")
async def _hang_inside(exchange: Exchange) -> None:
    body = page("Article coupé").encode()
    await exchange.write(head(length=len(body)) + body[: len(body) // 2])
    await exchange.hang()


@route("/t/slow-headers")
async def _slow_headers(exchange: Exchange) -> None:
    await _drip(exchange, head(length=10) * 100)


@route("/t/slow-body")
async def _slow_body(exchange: Exchange) -> None:
    body = page("Lent").encode()
    await exchange.write(head(length=len(body)))
    await _drip(exchange, body)


async def _drip(exchange: Exchange, data: bytes) -> None:
    """One byte every ?s= seconds: never idle, never done."""
    for position in range(len(data)):
        await exchange.write(data[position : position + 1])
        await asyncio.sleep(float(exchange.argument("s", "1")))


@route("/t/drip-when-heavy")
async def _heavy_and_slow(exchange: Exchange) -> None:
    """More than a usual page at once, the rest byte by byte."""
    body = _heavy("Lourd et lent", exchange.size("kb", 100_000))
    await exchange.write(head(length=len(body)) + body[: 200 << 10])
    await _drip(exchange, body[200 << 10 :])


@route("/t/heavy")
async def _heavy_in_pieces(exchange: Exchange) -> None:
    """As a line of two megabytes a second brings it."""
    body = _heavy("Lourd", exchange.size("kb", 100_000))
    await exchange.write(head(length=len(body)))
    for position in range(0, len(body), 100 << 10):
        await exchange.write(body[position : position + (100 << 10)])
        await asyncio.sleep(0.05)


def _heavy(title: str, kilobytes: int) -> bytes:
    """A page that is large and yet read at once."""
    return page(title).encode() + b"<!--" + b"x" * (kilobytes << 10) + b"-->"


@route("/t/close")
async def _close(exchange: Exchange) -> None:
    exchange.writer.close()


@route("/t/reset-when-heavy")
async def _reset_in_the_middle(exchange: Exchange) -> None:
    body = _heavy("Lourd et coupé", exchange.size("kb", 100_000))
    await exchange.write(head(length=len(body) * 2) + body)
    await asyncio.sleep(0.1)
    await _reset(exchange)


@route("/t/reset")
async def _reset(exchange: Exchange) -> None:
    connection = exchange.writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    exchange.writer.transport.abort()


@route("/t/cl-too-big")
async def _length_too_big(exchange: Exchange) -> None:
    body = page("Tronqué").encode()
    await exchange.write(head(length=len(body) * 2) + body)


@route("/t/cl-too-small")
async def _length_too_small(exchange: Exchange) -> None:
    body = page("Trop court").encode()
    await exchange.write(head(length=len(body) // 2, close=False) + body)


@route("/t/half")
async def _half_with_its_length(exchange: Exchange) -> None:
    """What a dead upstream leaves: a length that fits, and HTML that stops within its text."""
    body = page("Coupé au milieu").encode()
    await exchange.send(body[: body.index(b'</p><p class="date">') - 20])


@route("/t/cl-negative")
async def _length_negative(exchange: Exchange) -> None:
    await exchange.write(head(length=-1) + _OK)


@route("/t/cl-garbage")
async def _length_garbage(exchange: Exchange) -> None:
    await exchange.write(head(length="abc") + _OK)


@route("/t/cl-two")
async def _two_lengths(exchange: Exchange) -> None:
    await exchange.write(head(length=len(_OK), extra=[("Content-Length", "9999")]) + _OK)


@route("/t/chunked-broken")
async def _chunks_without_end(exchange: Exchange) -> None:
    body = page("Morceaux").encode()
    await exchange.write(
        head(extra=[("Transfer-Encoding", "chunked")]) + b"%x\r\n" % len(body) + body + b"\r\n"
    )


@route("/t/chunked-huge-size")
async def _chunk_of_all_memory(exchange: Exchange) -> None:
    await exchange.write(head(extra=[("Transfer-Encoding", "chunked")]) + b"FFFFFFFFFFFFFFFF\r\nabc")
    await asyncio.sleep(0.2)


@route("/t/chunked-bad-size")
async def _chunk_of_no_size(exchange: Exchange) -> None:
    await exchange.write(head(extra=[("Transfer-Encoding", "chunked")]) + b"zz\r\nabc\r\n0\r\n\r\n")


@route("/t/huge")
async def _huge(exchange: Exchange) -> None:
    size = exchange.size("mb", 10_240)
    await exchange.write(head(length=size * len(_MEBIBYTE)))
    for _ in range(size):
        await exchange.write(_MEBIBYTE)


@route("/t/huge-nolen")
async def _huge_without_length(exchange: Exchange) -> None:
    await exchange.write(head())
    for _ in range(exchange.size("mb", 10_240)):
        await exchange.write(_MEBIBYTE)


@route("/t/infinite")
async def _infinite(exchange: Exchange) -> None:
    await exchange.write(head(extra=[("Transfer-Encoding", "chunked")]))
    while True:
        await exchange.write(b"10000\r\n" + b"x" * 65_536 + b"\r\n")


@route("/t/header-bomb")
async def _one_huge_header(exchange: Exchange) -> None:
    await exchange.write(b"HTTP/1.1 200 OK\r\nX-Bomb: ")
    for _ in range(exchange.size("mb", 20)):
        await exchange.write(b"a" * (1 << 20))
    await exchange.write(b"\r\nContent-Length: 2\r\n\r\nok")


@route("/t/header-many")
async def _many_headers(exchange: Exchange) -> None:
    await exchange.write(b"HTTP/1.1 200 OK\r\n")
    for first in range(0, exchange.size("n", 200_000), 1000):
        await exchange.write(b"".join(b"X-%d: y\r\n" % number for number in range(first, first + 1000)))
    await exchange.write(b"Content-Length: 2\r\n\r\nok")


@route("/t/header-endless")
async def _headers_without_end(exchange: Exchange) -> None:
    await exchange.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        await exchange.write(b"".join(b"X-%d: y\r\n" % number for number in range(1000)))


_END = b"\r\nContent-Type: text/html\r\nContent-Length: 9\r\n\r\n"
_RAW = {
    "/t/header-nul": b"HTTP/1.1 200 OK\r\nX-Nul: a\x00b\x1b[31m" + _END,
    "/t/header-latin1": b"HTTP/1.1 200 OK\r\nX-Titre: \xe9t\xe9" + _END,
    "/t/status-garbage": b"HELLO WORLD\r\n\r\n",
    "/t/http09": b"",
}
for _path, _start in _RAW.items():

    @route(_path)
    async def _raw(exchange: Exchange, start: bytes = _start) -> None:
        await exchange.write(start + _OK)


@route("/t/status-999")
async def _unknown_status(exchange: Exchange) -> None:
    await exchange.send(_OK, 999)


@route("/t/204-body")
async def _no_content_with_a_body(exchange: Exchange) -> None:
    await exchange.send(page("204"), 204)


@route("/t/304")
async def _unasked_304(exchange: Exchange) -> None:
    await exchange.write(head(304, None))


@route("/t/100-flood")
async def _endless_continue(exchange: Exchange) -> None:
    while True:
        await exchange.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        await asyncio.sleep(0.01)
