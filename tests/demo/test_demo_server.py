"""The wire: conditions, codings, redirects, switches and counters."""

from __future__ import annotations

import gzip
import http.client
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest
from lxml import etree, html

from demo.server import DemoServer

Get = Callable[..., Any]


@pytest.mark.parametrize(
    "path", ["/", "/rss.xml", "/atom.xml", "/sitemap.xml", "/robots.txt", "/rubrique/culture/"]
)
def test_unchanged_is_304(own: DemoServer, get: Get, path: str) -> None:
    url = own.base_url + path
    first = get(url)
    for condition in (
        {"If_None_Match": first.headers["ETag"]},
        {"If_None_Match": f'"x", {first.headers["ETag"].removeprefix("W/")}'},
        {"If_Modified_Since": first.headers["Last-Modified"]},
    ):
        again = get(url, **condition)
        assert (again.status, again.body) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
    assert get(url, If_None_Match='"x"', If_Modified_Since=first.headers["Last-Modified"]).status == 200
    assert get(url, If_Modified_Since="Mon, 29 Feb 2016 00:00:00 GMT").status == 200
    assert get(url, If_Modified_Since="yesterday").status == 200
    assert own.stats()["not_modified_paths"] == {path: 3}
    assert own.stats()["conditional"] == 6


def test_gzip_only_when_accepted(own: DemoServer, get: Get) -> None:
    url = own.truth()[0].url
    plain, packed = get(url), get(url, Accept_Encoding="deflate, gzip;q=0.9")
    assert plain.headers["Content-Encoding"] is None
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body) / 2
    assert get(url, Accept_Encoding="gzip;q=0").headers["Content-Encoding"] is None


def test_head_has_the_headers_and_no_body(own: DemoServer, get: Get) -> None:
    url = own.truth()[0].url
    head, whole = get(url, method="HEAD"), get(url)
    assert head.body == b""
    assert head.headers["Content-Length"] == str(len(whole.body))
    assert head.headers["ETag"] == whole.headers["ETag"]


@pytest.mark.parametrize(
    "path",
    [
        "/nulle-part",
        "/article-1.html",
        "/tag/inconnu/",
        "/?p=9",
        "/rubrique/x/",
        "/actualite/6/",
        "/sitemap-1999.xml",
    ],
)
def test_unknown_paths(own: DemoServer, get: Get, path: str) -> None:
    answer = get(own.base_url + path)
    assert answer.status == 404
    assert "Page introuvable" in answer.body.decode()


def test_aliases_redirect_to_the_article(own: DemoServer, get: Get) -> None:
    aliases = 0
    for article in own.truth():
        for alias in article.aliases:
            answer = get(alias)
            assert (answer.status, answer.headers["Location"]) == (301, article.url)
            aliases += 1
        if article.template == "portal":
            answer = get(f"{own.base_url}/actualite/{article.id}/un-autre-slug")
            assert (answer.status, answer.headers["Location"]) == (301, article.url)
    assert aliases > 10


def test_a_tracking_parameter_changes_nothing(own: DemoServer, get: Get) -> None:
    url = own.truth()[0].url
    assert get(url + "?utm_source=lettre").body == get(url).body


def test_methods_and_broken_requests(own: DemoServer, get: Get) -> None:
    assert get(own.base_url + "/", method="DELETE").status == 405
    with socket.create_connection(("127.0.0.1", own.port), timeout=10) as client:
        client.sendall(b"HELLO\r\n\r\n")
        assert client.recv(4096).startswith(b"HTTP/1.1 400 ")


def test_one_connection_carries_many_requests(own: DemoServer) -> None:
    connection = http.client.HTTPConnection(urlsplit(own.base_url).netloc, timeout=10)
    for article in own.truth()[:5]:
        connection.request("GET", article.path)
        response = connection.getresponse()
        assert (response.status, len(response.read()) > 1000) == (200, True)
    connection.close()
    assert own.stats()["connections"] == 1


def test_pipelined_requests_are_answered_in_order(own: DemoServer) -> None:
    own.set(latency=20)
    first, second = own.truth()[:2]
    with socket.create_connection(("127.0.0.1", own.port), timeout=10) as client:
        ask = "HEAD {} HTTP/1.1\r\nHost: x\r\n{}\r\n"
        client.sendall(
            (ask.format(first.path, "") + ask.format(second.path, "Connection: close\r\n")).encode()
        )
        received = b"".join(iter(lambda: client.recv(4096), b""))
    assert received.count(b"HTTP/1.1 200 OK") == 2
    assert own.stats()["max_inflight_per_host"] == {"x": 1}


def test_counters(own: DemoServer, get: Get) -> None:
    own.set(latency=150)
    urls = [article.url for article in own.truth()[:4]]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda url: get(url, User_Agent="essai/1"), urls))
    own.set(latency=0)
    get(urls[0])
    get(own.base_url + "/imprimer/1/")
    get(f"{own.base_url}/imprimer/{own.truth()[0].id}/")
    stats = own.stats()
    host = urlsplit(own.base_url).netloc
    assert stats["max_inflight_per_host"] == {host: 4}
    assert stats["classes"] == {"article": 5, "missing": 1, "disallowed": 1}
    assert stats["statuses"] == {"200": 6, "404": 1}
    assert stats["repeats"] == {urls[0].removeprefix(own.base_url): 2}
    assert stats["articles_fetched"] == 4
    assert stats["user_agents"]["essai/1"] == 4
    assert json.loads(get(own.base_url + "/__stats").body)["requests"] == 7
    own.reset()
    assert own.stats()["requests"] == 0


def test_controls_over_http(own: DemoServer, get: Get) -> None:
    for path in ("publish?edition=2", "set?latency=1&crawl_delay=2", "reset"):
        assert json.loads(get(f"{own.base_url}/__{path}").body) == {"ok": True}
    assert own.edition == 2
    assert b"Crawl-delay: 2\n" in get(own.base_url + "/robots.txt").body
    for path in ("publish?edition=3", "set?latency=x", "unknown"):
        assert get(f"{own.base_url}/__{path}").status == 404


def test_down_and_up_again(own: DemoServer, get: Get) -> None:
    own.down()
    for path in ("/", "/robots.txt", own.truth()[0].path):
        answer = get(own.base_url + path)
        assert (answer.status, answer.headers["Retry-After"]) == (503, "120")
    own.down(False)
    assert get(own.base_url + "/").status == 200


def test_empty_channels_hold_no_article(own: DemoServer, get: Get) -> None:
    paths = {article.path for article in own.truth()}
    listings = ["/", "/rubrique/regions/", own.truth()[-1].tags[0].url.removeprefix(own.base_url)]
    own.empty()
    for path in listings:
        answer = get(own.base_url + path)
        assert answer.status == 200
        assert not paths & set(html.fromstring(answer.body).xpath("//a/@href"))
    for path in ("/rss.xml", "/atom.xml", "/sitemap.xml", "/sitemap-2026.xml", "/sitemap-news.xml"):
        body = get(own.base_url + path).body
        etree.fromstring(body)
        assert not [article for article in own.truth() if article.url.encode() in body]
    own.empty(False)
    assert paths & set(html.fromstring(get(own.base_url + "/").body).xpath("//a/@href"))


def test_as_a_process(get: Get) -> None:
    command = [sys.executable, "-m", "demo", "--port", "0", "--articles", "8"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert get(url).status == 200
        taken = [sys.executable, "-m", "demo", "--port", str(urlsplit(url).port)]
        second = subprocess.run(taken, capture_output=True, text=True, check=False)
        assert second.returncode == 2
        assert "cannot be used" in second.stderr
        assert len(second.stderr.splitlines()) == 1
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_the_truth_can_be_printed() -> None:
    command = [sys.executable, "-m", "demo", "truth", "--jsonl", "--articles", "8", "--edition", "2"]
    lines = subprocess.run(command, capture_output=True, check=True, text=True).stdout.splitlines()
    assert [json.loads(line)["edition"] for line in lines] == [2] * 8
