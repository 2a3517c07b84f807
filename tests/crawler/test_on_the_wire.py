"""One crawl of many hostile sites at once: where it goes, what it obeys, how it waits.

Each site has a server of its own; the installed command crawls all of them in one process.
"""

from __future__ import annotations

import itertools
import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from crawler.politeness.addresses import literal_address
from tests.hostile import HostileServer
from tests.hostile.redirects import FORBIDDEN
from tests.running import run_hemero

pytestmark = pytest.mark.slow

# How robots.txt answers -> the case of the catalogue it plays.
OPEN = {
    **dict.fromkeys(("404", "403", "401", "410"), "F093"),
    **dict.fromkeys(("html", "huge", "wildcards", "agents", "bom", "latin1", "binary", "cr", "nul"), "F094"),
    **dict.fromkeys(("delay-bad", "delay-neg"), "F096"),
    **dict.fromkeys(("loop", "elsewhere"), "F095"),
}
CLOSED = {**dict.fromkeys(("500", "503", "429", "hang", "close"), "F093"), "offsite": "F095"}
NEWS = "^/news/article/"


@dataclass
class Site:
    """A declaration, its server, and what the run reported."""

    name: str
    server: HostileServer
    start: str = "/news/"
    article_url: str = NEWS
    host: str = "127.0.0.1"
    options: dict[str, Any] = field(default_factory=lambda: {"allow_private": True})
    report: dict[str, Any] = field(default_factory=dict)

    def table(self) -> str:
        lines = [f"{key} = {json.dumps(value)}" for key, value in self.options.items()]
        url = f"http://{self.host}:{self.server.port}{self.start}"
        return (
            f'[[site]]\nname = "{self.name}"\nstart_urls = ["{url}"]\n'
            + "\n".join(lines)
            + f"\n[site.rules]\narticle_url = '{self.article_url}'\n"
        )

    @property
    def fetched(self) -> int:
        return int(self.report["fetched"])


def declared(stack: ExitStack) -> dict[str, Site]:
    def server(**options: Any) -> HostileServer:
        return stack.enter_context(HostileServer(articles=3, **options))

    quick: dict[str, Any] = {"allow_private": True, "delay": 0.0, "concurrency": 4}
    sites = [Site(f"open-{mode}", server(robots=mode, scale=1), options=quick) for mode in OPEN]
    sites += [Site(f"closed-{mode}", server(robots=mode), options=quick) for mode in CLOSED]
    sites += [
        Site("denied", server(robots="deny")),
        Site("denied-us", server(robots="deny-us")),
        Site("patient", server(robots="delay-short"), options=quick),
        Site("too-patient", server(robots="delay"), options=quick),
        Site("redirects", server(), "/r/all", "^/r/ssrf-", options=quick),
        Site(
            "limited", stack.enter_context(HostileServer(latency=0.01)), options={**quick, "concurrency": 1}
        ),
        Site("loopback", server(), host="localhost", options={}),
        Site("refusing", server(), "/s/403", options=quick),
        Site("asking", server(), "/s/429?after=1", options={**quick, "concurrency": 1, "listings": []}),
    ]
    sites[-1].options["listings"] = [sites[-1].server.url(f"/s/429?after=1&id={number}") for number in (1, 2)]
    if resolves_to_a_private_address(socket.gethostname()):
        sites.append(Site("named", server(), host=socket.gethostname(), options={}))
    return {site.name: site for site in sites}


def cases(modes: dict[str, str]) -> list[Any]:
    return [pytest.param(mode, marks=pytest.mark.case(case)) for mode, case in modes.items()]


def resolves_to_a_private_address(name: str) -> bool:
    try:
        addresses = {str(entry[4][0]) for entry in socket.getaddrinfo(name, 80)}
    except OSError:
        return False
    found = [literal_address(address) for address in addresses]
    return "." not in name and bool(found) and not any(address and address.is_global for address in found)


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Site]]:
    with ExitStack() as stack:
        declarations = declared(stack)
        archive: Path = tmp_path_factory.mktemp("wire") / "archive"
        archive.mkdir()
        settings = (
            '[crawl]\ncontact = "archive@presse.example"\ntimeout = 2.0\ndelay = 0.0\nretry_unit = 0.05\n'
        )
        tables = "\n".join(site.table() for site in declarations.values())
        (archive / "hemero.toml").write_text(settings + tables, encoding="utf-8")
        report = archive.parent / "report.json"
        result = run_hemero(
            "crawl", *declarations, "--archive", archive, "--report", report, cwd=archive.parent
        )
        assert result.returncode == 6, result.stderr
        for part in json.loads(report.read_text(encoding="utf-8"))["sites"]:
            declarations[part["site"]].report = part
        yield declarations


@pytest.mark.case("F078")
def test_no_internal_service_was_asked(sites: dict[str, Site]) -> None:
    assert {name: site.server.canary for name, site in sites.items() if site.server.canary} == {}


@pytest.mark.case("F078")
def test_every_spelling_of_a_private_address_is_refused_and_counted(sites: dict[str, Site]) -> None:
    refused = sites["redirects"].report["refused_by_reason"]
    assert sum(refused.values()) == len(FORBIDDEN)
    assert refused["forbidden_address"] >= len(FORBIDDEN) - 2
    assert set(refused) <= {"forbidden_address", "port", "credentials"}


@pytest.mark.parametrize("mode", cases(OPEN))
def test_a_robots_txt_that_lets_us_in(sites: dict[str, Site], mode: str) -> None:
    site = sites[f"open-{mode}"]
    assert site.fetched == 3, site.report
    assert site.report["exit_code"] == 0


@pytest.mark.parametrize("mode", cases(CLOSED))
def test_a_robots_txt_that_cannot_be_had_closes_the_site_for_now(sites: dict[str, Site], mode: str) -> None:
    site = sites[f"closed-{mode}"]
    assert set(site.server.paths()) == {"/robots.txt"}
    assert site.report["exit_code"] == 5
    assert site.report["state"] == "dead"


@pytest.mark.case("F095")
def test_a_robots_txt_that_forbids_needs_a_person(sites: dict[str, Site]) -> None:
    for name in ("denied", "denied-us"):
        assert set(sites[name].server.paths()) == {"/robots.txt"}
        assert sites[name].report["exit_code"] == 6
        assert "robots.txt" in sites[name].report["message"]


@pytest.mark.case("F096")
def test_a_crawl_delay_is_kept_and_one_of_a_day_asks_for_a_person(sites: dict[str, Site]) -> None:
    assert sites["patient"].fetched == 3
    times = [hit.at for hit in sites["patient"].server.hits]
    assert len(times) >= 5
    assert times[-1] - times[0] > 0.3 * (len(times) - 1) - 0.2  # as they arrive: single gaps waver under load
    assert set(sites["too-patient"].server.paths()) == {"/robots.txt"}
    assert sites["too-patient"].report["exit_code"] == 6


def test_the_limit_of_a_host_holds_at_delay_0(sites: dict[str, Site]) -> None:
    assert sites["limited"].fetched == 20
    assert sites["limited"].server.inflight_most == 1


@pytest.mark.case("F064")
def test_retry_after_is_kept_by_the_whole_host(sites: dict[str, Site]) -> None:
    times = [hit.at for hit in sites["asking"].server.hits if hit.target.startswith("/s/429")]
    assert len(times) == 3
    assert all(after - before > 0.95 for before, after in itertools.pairwise(times))


@pytest.mark.case("F065")
def test_a_site_that_refuses_everything_needs_a_person(sites: dict[str, Site]) -> None:
    assert sites["refusing"].report["exit_code"] == 6
    assert "403" in sites["refusing"].report["message"]


@pytest.mark.case("F083")
def test_a_private_address_needs_the_sites_own_word(sites: dict[str, Site]) -> None:
    names = ["loopback", *(["named"] if "named" in sites else [])]
    for name in names:
        assert sites[name].server.hits == []
        assert sites[name].report["exit_code"] == 6
        assert "forbidden_address" in sites[name].report["message"]


def test_who_we_are_is_said_and_nothing_else(sites: dict[str, Site]) -> None:
    for site in sites.values():
        for hit in site.server.hits:
            assert hit.headers["user-agent"].startswith("hemerotheque/")
            assert "archive@presse.example" in hit.headers["user-agent"]
            assert not {"cookie", "authorization", "referer"} & set(hit.headers)
