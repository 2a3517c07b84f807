"""Compressed answers: bombs, cut and damaged streams, lies about the coding."""

from __future__ import annotations

import gzip
import os
import struct
import zlib
from functools import cache

from tests.hostile.exchange import Exchange, route
from tests.hostile.news import page

_BLOCK = b" " * (1 << 20)


@cache
def gzip_bomb(mebibytes: int) -> bytes:
    """Valid gzip of so many MiB of spaces, made of one compressed block repeated: quick to build."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    one = packer.compress(_BLOCK) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = 0
    for _ in range(mebibytes):
        checksum = zlib.crc32(_BLOCK, checksum)
    tail = zlib.compressobj(9, zlib.DEFLATED, -15).flush(zlib.Z_FINISH)
    length = (mebibytes << 20) & 0xFFFFFFFF
    return b"\x1f\x8b\x08\0\0\0\0\0\2\xff" + one * mebibytes + tail + struct.pack("<II", checksum, length)


async def _packed(exchange: Exchange, body: bytes, coding: str) -> None:
    await exchange.send(body, extra=[("Content-Encoding", coding)])


@route("/z/gzip-bomb")
async def _gzip_bomb(exchange: Exchange) -> None:
    await _packed(exchange, gzip_bomb(exchange.size("mb", 1024)), "gzip")


@route("/z/gzip-members")
async def _many_members(exchange: Exchange) -> None:
    await _packed(exchange, gzip.compress(_BLOCK) * exchange.size("n", 1000), "gzip")


@route("/z/gzip-twice")
async def _bomb_in_gzip(exchange: Exchange) -> None:
    await _packed(exchange, gzip.compress(gzip_bomb(exchange.size("mb", 1024))), "gzip, gzip")


@route("/z/deflate-bomb")
async def _deflate_bomb(exchange: Exchange) -> None:
    packer = zlib.compressobj(9)
    body = b"".join(packer.compress(_BLOCK) for _ in range(exchange.size("mb", 1024))) + packer.flush()
    await _packed(exchange, body, "deflate")


@cache
def _brotli_bomb(mebibytes: int) -> bytes:
    import brotli

    packer = brotli.Compressor(quality=5, lgwin=24)
    return b"".join(packer.process(_BLOCK) for _ in range(mebibytes)) + packer.finish()


@route("/z/br-bomb")
async def _brotli(exchange: Exchange) -> None:
    await _packed(exchange, _brotli_bomb(exchange.size("mb", 1024)), "br")


@route("/z/zstd-bomb")
async def _zstandard(exchange: Exchange) -> None:
    from backports import zstd

    await _packed(exchange, zstd.compress(_BLOCK * exchange.size("mb", 1024)), "zstd")


@route("/z/gzip-truncated")
async def _cut(exchange: Exchange) -> None:
    body = gzip.compress(page("Gzip coupé").encode() * 20)
    await _packed(exchange, body[: len(body) // 2], "gzip")


@route("/z/gzip-badcrc")
async def _wrong_checksum(exchange: Exchange) -> None:
    body = bytearray(gzip.compress(page("Gzip faux").encode()))
    body[-8] ^= 0xFF
    await _packed(exchange, bytes(body), "gzip")


@route("/z/gzip-lie")
async def _says_gzip_is_plain(exchange: Exchange) -> None:
    await _packed(exchange, page("Pas gzip").encode(), "gzip")


@route("/z/plain-lie")
async def _is_gzip_says_nothing(exchange: Exchange) -> None:
    await exchange.send(gzip.compress(page("Gzip muet").encode()))


@route("/z/unknown")
async def _unknown_coding(exchange: Exchange) -> None:
    await _packed(exchange, os.urandom(4096), "x-alien")
