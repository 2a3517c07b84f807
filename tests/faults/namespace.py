"""A network of its own for cases that name real addresses; run as root by tests/faults/test_namespace.py:

    unshare --net --mount python -m tests.faults.namespace FOLDER

In it 93.184.215.14 is a public web server, names are resolved by a server of ours, and every private address
that a page names has somebody who listens and notes who calls. Nothing leaves the namespace. Prints JSON.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import subprocess
import sys
import threading
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests import oracles
from tests.crawl.hostile_site import Archive, Site
from tests.hostile import HostileServer
from tests.hostile.tls import authority
from tests.oracles import Held

PUBLIC = "93.184.215.14"
PRIVATE = ("169.254.169.254", "10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1", "fe80::1", "fc00::1")
HOST = "presse.test"
ARTICLES = 5
SILENT = "muet.test"  # the name server does not answer
# Name -> its addresses, one an answer; the last one is repeated.
NAMES = {
    HOST: [PUBLIC],
    "rebind.test": [PUBLIC, "127.0.0.1"],
    "interne.test": ["10.0.0.1"],
    "boucle.test": ["127.0.0.1"],
    "vide.test": [],
}


def main(folder: Path) -> dict[str, Any]:
    """Crawl every site twice; what was asked, called and kept, and how many of those who listen can hear."""
    _raise_network(folder)
    called: list[str] = []
    for address in PRIVATE:
        _listen(address, 80, called)
    for port in (22, 5432, 8080):
        _listen(PUBLIC, port, called)
    _listen("127.0.0.1", 80, called)
    answers = _serve_names()
    os.environ["SSL_CERT_FILE"] = str(authority(folder))
    with ExitStack() as stack:
        plain = stack.enter_context(HostileServer(articles=ARTICLES, address=(PUBLIC, 80)))
        secure = stack.enter_context(HostileServer(articles=ARTICLES, address=(PUBLIC, 443), tls=HOST))
        plain.https_only = True
        archive = _declared(folder, plain, secure)
        runs = []
        for _ in range(2):
            archive.crawl()
            runs.append({name: site.report for name, site in archive.sites.items()})
        unheard = list(called)
        for address in PRIVATE:
            _call(address)
        held = Held(archive.folder)
        return {
            "runs": runs,
            "called": unheard,
            "ears": len(called) - len(unheard),
            "canaries": plain.canary + secure.canary,
            "asked": sorted({hit.target for server in (plain, secure) for hit in server.hits}),
            "hosts": sorted({hit.headers.get("host", "") for s in (plain, secure) for hit in s.hits}),
            "answers": {name: len(given) for name, given in answers.items()},
            "traces": oracles.nobody_in(held, [plain, secure]),
            "raw": oracles.raw(held),
            "articles": [row["url"] for row in oracles.of_site(held, "double")],
        }


def _declared(folder: Path, plain: HostileServer, secure: HostileServer) -> Archive:
    archive = Archive(folder / "archive", settings={"timeout": 20.0, "retry_unit": 0.01})

    def site(name: str, url: str, article_url: str) -> Site:
        return Site(name, plain, "", article_url, {"start_urls": [url], "allow_private": False})

    archive.declare(
        site("redirects", f"https://{HOST}/r/all", "^/r/(ssrf|port)-"),
        site("links", f"https://links.{HOST}/r/links", "."),
        site("rebind", "https://rebind.test/news/", "^/news/article/"),
        site("interne", "http://interne.test/news/", "^/news/article/"),
        site("boucle", "http://boucle.test/news/", "^/news/article/"),
        site("vide", "http://vide.test/news/", "^/news/article/"),
        site("muet", f"http://{SILENT}/news/", "^/news/article/"),
        site("double", f"https://double.{HOST}/w/both", "^/news/article/"),
    )
    NAMES.update({f"{name}.{HOST}": [PUBLIC] for name in ("links", "double")})
    return archive


def _raise_network(folder: Path) -> None:
    commands = ["link set lo up", f"addr add {PUBLIC}/32 dev lo"]
    commands += [f"addr add {a}/{'128' if ':' in a else '32'} dev lo" for a in PRIVATE]
    for command in commands:
        subprocess.run(["ip", *command.split()], check=True)
    (folder / "resolv.conf").write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:2\n")
    (folder / "hosts").write_text("127.0.0.1 localhost\n")
    for name in ("resolv.conf", "hosts"):
        subprocess.run(["mount", "--bind", folder / name, f"/etc/{name}"], check=True)


def _listen(address: str, port: int, called: list[str]) -> None:
    """Note every connection to an address nobody may call."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    scope = (0, socket.if_nametoindex("lo")) if address.startswith("fe80") else ()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, port, *scope))
    listener.listen()

    def accept() -> None:
        while True:
            connection, _ = listener.accept()
            called.append(f"{address} port {port}")
            connection.close()

    threading.Thread(target=accept, daemon=True).start()


def _call(address: str) -> None:
    """Reach somebody whom nobody should have called, to know that a call would have been noted."""
    scope = f"{address}%lo" if address.startswith("fe80") else address
    with socket.create_connection((scope, 80), timeout=5) as connection:
        connection.recv(1)  # ends when it was noted


def _serve_names() -> dict[str, list[str]]:
    """A name server for NAMES on port 53; what it answered to each name."""
    answered: dict[str, list[str]] = defaultdict(list)
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 53))

    def serve() -> None:
        while True:
            query, client = server.recvfrom(512)
            if (answer := _answer(query, answered)) is not None:
                server.sendto(answer, client)

    threading.Thread(target=serve, daemon=True).start()
    return answered


def _answer(query: bytes, answered: dict[str, list[str]]) -> bytes | None:
    """A DNS answer: A records as NAMES says, no address of any other kind, NXDOMAIN for other names.

    None where the name server is silent.
    """
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1 : at + 1 + query[at]].decode("ascii"))
        at += 1 + query[at]
    name = ".".join(labels).lower()
    question = query[12 : at + 5]
    (kind,) = struct.unpack(">H", query[at + 1 : at + 3])
    records = b""
    if name == SILENT:
        answered[name].append("")
        return None
    if NAMES.get(name) and kind == 1:
        given = answered[name]
        given.append(NAMES[name][min(len(given), len(NAMES[name]) - 1)])
        records = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 0, 4) + socket.inet_aton(given[-1])
    flags = 0x8180 if name in NAMES else 0x8183
    return query[:2] + struct.pack(">HHHHH", flags, 1, 1 if records else 0, 0, 0) + question + records


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]))))
    sys.stdout.flush()
    os._exit(0)  # listeners still wait
