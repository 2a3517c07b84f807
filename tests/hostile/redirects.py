"""Redirects: loops, endless chains, forbidden schemes, and the internal service in many spellings."""

from __future__ import annotations

import html

from tests.hostile.exchange import Exchange, route

_LOCATIONS: dict[str, str | bytes] = {
    "/r/loop": "/r/loop",
    "/r/file": "file:///etc/passwd",
    "/r/data": "data:text/html,<h1>INJECTED</h1>",
    "/r/ftp": "ftp://127.0.0.1/etc",
    "/r/js": "javascript:alert(1)",
    "/r/ssrf-loopback": "http://127.0.0.1:{canary}/secret",
    "/r/ssrf-localhost": "http://localhost:{canary}/secret",
    "/r/ssrf-zero": "http://0.0.0.0:{canary}/secret",
    "/r/ssrf-short": "http://127.1:{canary}/secret",
    "/r/ssrf-decimal": "http://2130706433:{canary}/secret",
    "/r/ssrf-hex": "http://0x7f000001:{canary}/secret",
    "/r/ssrf-octal": "http://0177.0.0.1:{canary}/secret",
    "/r/ssrf-v6": "http://[::ffff:127.0.0.1]:{canary}/secret",
    "/r/ssrf-userinfo": "http://portail.example@127.0.0.1:{canary}/secret",
    "/r/ssrf-metadata": "http://169.254.169.254/latest/meta-data/",
    "/r/ssrf-private": "http://10.0.0.1/",
    "/r/ssrf-carrier": "http://100.64.0.1/",
    "/r/ssrf-linklocal": "http://[fe80::1]/",
    "/r/ssrf-multicast": "http://224.0.0.1/",
    "/r/port-22": "{origin}:22/",
    "/r/port-5432": "{origin}:5432/",
    "/r/port-8080": "{origin}:8080/",
    "/r/offsite": "http://offsite.invalid/x",
    "/r/empty": "",
    "/r/nonascii": "/t/ok?q=été".encode(),
    "/r/latin1": b"/t/ok?q=\xe9t\xe9",
    "/r/long": "/t/ok?" + "a" * 100_000,
    "/r/creds": "http://user:S3CR3T@127.0.0.1:{port}/t/ok",
    "/r/crlf": "/t/ok%0d%0aX-Evil:%201",
    "/r/home": "/news/",
    "/r/other-article": "/news/article/1/x",
}
FORBIDDEN = tuple(path for path in _LOCATIONS if path.startswith("/r/ssrf-"))
PORTS = tuple(path for path in _LOCATIONS if path.startswith("/r/port-"))


async def redirect(exchange: Exchange, location: bytes, status: int = 302) -> None:
    start = f"HTTP/1.1 {status} Found\r\nLocation: ".encode()
    await exchange.write(start + location + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


def _filled(exchange: Exchange, location: str | bytes) -> bytes:
    if isinstance(location, bytes):
        return location
    host = exchange.headers.get("host", "").partition(":")[0]
    location = location.replace("{origin}", f"http://{host}")
    ports = {"{canary}": str(exchange.server.canary_port), "{port}": str(exchange.server.port)}
    for mark, port in ports.items():
        location = location.replace(mark, port)
    return location.encode()


for _path, _location in _LOCATIONS.items():

    @route(_path)
    async def _redirect(exchange: Exchange, location: str | bytes = _location) -> None:
        await redirect(exchange, _filled(exchange, location))


@route("/r/chain")
async def _chain(exchange: Exchange) -> None:
    left = int(exchange.argument("n", "50"))
    await redirect(exchange, f"/r/chain?n={left - 1}".encode() if left > 0 else b"/t/ok")


@route("/r/heavy")
async def _with_a_giant_body(exchange: Exchange) -> None:
    body = b"<p>" + b"x" * (2 << 20) + b"</p>"
    location = [("Location", exchange.argument("to", "/t/ok"))]
    await exchange.send(body, 302, extra=location)


@route("/r/infinite")
async def _infinite(exchange: Exchange) -> None:
    await redirect(exchange, f"/r/infinite?n={int(exchange.argument('n', '0')) + 1}".encode())


@route("/r/no-location")
async def _no_location(exchange: Exchange) -> None:
    await exchange.send("", 302)


@route("/r/meta-ssrf")
async def _meta_refresh(exchange: Exchange) -> None:
    url = f"http://127.0.0.1:{exchange.server.canary_port}/secret"
    await exchange.send(f'<meta http-equiv="refresh" content="0;url={url}">')


@route("/r/links")
async def _links(exchange: Exchange) -> None:
    """A page whose links go to every forbidden target."""
    port = exchange.server.canary_port
    targets = [
        *(
            "file:///etc/passwd",
            "FILE:///etc/passwd",
            "data:text/html,x",
            "javascript:alert(1)",
            "ftp://127.0.0.1/",
        ),
        *(f"http://127.0.0.1:{port}/secret", f"http://localhost:{port}/secret", f"http://[::1]:{port}/"),
        *(
            f"http://0x7f000001:{port}/",
            f"//127.0.0.1:{port}/secret",
            "http://169.254.169.254/",
            "s3://seau/x",
        ),
        *("http://portail.example.evil.invalid/", "http://evil.invalid\\@portail.example/"),
    ]
    await exchange.send("".join(f'<a href="{html.escape(target)}">l</a>' for target in targets))


@route("/r/all")
async def _all(exchange: Exchange) -> None:
    """A listing of every redirect to a forbidden target."""
    await exchange.send("".join(f'<a href="{path}">l</a>' for path in (*FORBIDDEN, *PORTS)))
