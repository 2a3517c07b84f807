"""Group C, the wire: what servers and networks do to single answers.

One process crawls a site a fault, each on a server of its own, so that no fault can hide behind another.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests import oracles
from tests.crawl.hostile_site import Archive, Site
from tests.hostile import HostileServer
from tests.oracles import Held
from tests.running import run_hemero

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]  # a busy machine is no fault


@dataclass(frozen=True)
class Case:
    """One page and what must become of it. `causes` are the words its candidate's row may have."""

    id: str
    path: str
    state: str
    causes: tuple[str, ...] = ()
    stored: bool = False

    @property
    def name(self) -> str:
        return f"{self.id}-{re.sub(r'[^a-z0-9]+', '-', self.path.strip('/').lower())}".lower()


LOST = ("connection_lost", "truncated")
CASES = (
    Case("F049", "/t/hang-before-headers", "failed", ("timeout",)),
    Case("F049", "/t/hang-after-headers", "failed", ("timeout",)),
    Case("F049", "/t/hang-mid-body", "failed", ("timeout",)),
    Case("F050", "/t/slow-headers?s=0.2", "failed", ("timeout",)),
    Case("F050", "/t/slow-body?s=0.2", "failed", ("timeout",)),
    Case("F052", "/t/reset", "failed", LOST),
    Case("F052", "/t/close", "failed", LOST),
    Case("F053", "/t/huge?mb=4000", "failed", ("too_large",)),
    Case("F053", "/t/huge-nolen?mb=64", "failed", ("too_large", "timeout")),
    Case("F053", "/t/infinite", "failed", ("too_large", "timeout")),
    Case("F054", "/z/gzip-bomb?mb=200", "failed", ("too_large",)),
    Case("F054", "/z/gzip-members?n=200", "failed", ("too_large",)),
    Case("F054", "/z/gzip-twice?mb=200", "failed", ("too_large",)),
    Case("F054", "/z/deflate-bomb?mb=24", "failed", ("too_large",)),
    Case("F054", "/z/br-bomb?mb=64", "failed", ("too_large",)),
    Case("F054", "/z/zstd-bomb?mb=64", "failed", ("too_large",)),
    Case("F055", "/z/gzip-truncated", "failed", ("truncated",)),
    Case("F055", "/z/gzip-badcrc", "failed", ("truncated",)),
    Case("F056", "/z/gzip-lie", "done", stored=True),
    Case("F056", "/z/plain-lie", "done", stored=True),
    Case("F056", "/z/unknown", "failed", ("encoding",)),
    Case("F057", "/t/cl-too-big", "failed", ("truncated",)),
    Case("F057", "/t/cl-too-small", "done", stored=True),
    Case("F057", "/t/half", "done", stored=True),
    Case("F057", "/t/cl-negative", "failed", (*LOST, "ValueError")),
    Case("F057", "/t/cl-garbage", "failed", (*LOST, "ValueError")),
    Case("F057", "/t/cl-two", "failed", (*LOST, "ValueError")),
    Case("F058", "/t/chunked-broken", "failed", LOST),
    Case("F058", "/t/chunked-huge-size", "failed", LOST),
    Case("F058", "/t/chunked-bad-size", "failed", LOST),
    Case("F059", "/t/header-bomb?mb=20", "failed", LOST),
    Case("F059", "/t/header-endless", "failed", ("too_large",)),
    Case("F059", "/t/header-many?n=200000", "failed", ("too_large",)),
    Case("F059", "/t/header-many?n=24000", "failed", ("too_large",)),  # 276,890 bytes
    Case("F059", "/t/header-many?n=22000", "done"),  # 252,890
    Case("F059", "/t/header-nul", "done"),
    Case("F059", "/t/header-latin1", "done"),
    Case("F060", "/t/status-garbage", "failed", LOST),
    Case("F060", "/t/http09", "failed", LOST),
    Case("F060", "/t/status-999", "failed", ("http_999",)),
    Case("F060", "/t/204-body", "failed", ("http_204",)),
    Case("F060", "/t/304", "failed", ("http_304",)),
    Case("F060", "/t/100-flood", "failed", ("timeout", *LOST)),
    Case("F061", "/r/loop", "failed", ("too_many_redirects",)),
    Case("F061", "/r/infinite", "failed", ("too_many_redirects",)),
    Case("F061", "/r/chain", "failed", ("too_many_redirects",)),
    Case("F061", "/r/empty", "failed", ("http_302", "too_many_redirects")),
    Case("F061", "/r/no-location", "failed", ("http_302",)),
    Case("F061", "/r/long", "failed", ("http_302", *LOST)),
    Case("F064", "/s/429-huge", "failed", ("http_429",)),
    Case("F064", "/s/429-bad", "failed", ("http_429",)),
    Case("F064", "/s/429?after=100&form=date", "failed", ("http_429",)),
    Case("F067", "/s/soft404", "done"),
    Case("F069", "/s/cookie-wall", "done"),
    Case("F069", "/s/js-wall", "done"),
    Case("F069", "/s/paywall", "done", stored=True),
    Case("F072", "/s/empty", "failed", ("empty",)),
)
CLOSED = "closed-port"
BAD_CERTIFICATES = ("selfsigned", "expired", "wronghost")
TAKEN = {"verify_tls": False}


@dataclass
class Crawled:
    archive: Archive
    servers: dict[str, HostileServer]
    said: str

    def candidate(self, case: Case) -> dict[str, Any]:
        rows = self.archive.rows(
            "SELECT c.* FROM candidates c JOIN sites s ON s.id = c.site_id WHERE s.name = ? AND c.url LIKE ?",
            case.name,
            f"%{case.path.partition('?')[0]}%",
        )
        assert len(rows) == 1, rows
        return rows[0]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    with ExitStack() as stack:
        archive = Archive(
            tmp_path_factory.mktemp("wire") / "archive",
            is_preloaded=False,  # its memory is looked at
            settings={"timeout": 4.0, "retry_unit": 0.2, "max_body_mb": 4},
            more="[rights]\nask = false\n",
        )
        servers: dict[str, HostileServer] = {}
        for case in CASES:
            server = servers[case.name] = stack.enter_context(HostileServer())
            start = f"/links?to={case.path.replace('&', '%26')}"
            archive.declare(Site(case.name, server, start, f"^{case.path.partition('?')[0]}"))
        others = _others(stack)
        archive.declare(*others)
        servers |= {site.name: site.server for site in others}
        result = archive.crawl()
        assert result.returncode == 6, result.stderr  # the ban
        yield Crawled(archive, servers, result.stderr)


def _others(stack: ExitStack) -> list[Site]:
    def server(**options: Any) -> HostileServer:
        return stack.enter_context(HostileServer(**options))

    with HostileServer() as gone:
        pass
    hanging = Site("f051", server(), "/links?n=50&to=/t/hang-before-headers", "^/t/", {"concurrency": 4})
    ban = Site("f065", server(), "/links?n=30&to=/s/403", "^/s/403", {"concurrency": 1})
    reset = Site("f052-gaps", server(), "/links?n=3&to=/t/reset", "^/t/", {"concurrency": 1})
    lost = Site("f075", server(), options={"start_urls": ["http://portail.invalid/"], "allow_private": False})
    tls = [Site(f"f073-{kind}", server(tls=kind)) for kind in BAD_CERTIFICATES]
    for kind in BAD_CERTIFICATES:
        tls.append(Site(f"f073-taken-{kind}", server(articles=2, tls=kind), options=TAKEN))
    plain = server()
    as_https = plain.url("/").replace("http:", "https:")
    tls.append(Site("f073-plain", plain, options={"start_urls": [as_https]}))
    return [Site("good", server(articles=20)), Site(CLOSED, gone), hanging, ban, reset, lost, *tls]


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=case.name, marks=pytest.mark.case(case.id)) for case in CASES]
)
def test_what_became_of_the_page(crawled: Crawled, case: Case) -> None:
    row = crawled.candidate(case)
    assert row["state"] == case.state, row
    articles = crawled.archive.rows(
        "SELECT a.id FROM articles a JOIN sites s ON s.id = a.site_id WHERE s.name = ?", case.name
    )
    if case.state == "failed":
        assert row["reason"] in case.causes, row
        assert row["next_try_at"] is not None
        assert articles == []
        assert crawled.archive.sites[case.name].report["failed"] == 1
    else:
        assert bool(articles) == case.stored


@pytest.mark.case("F050", "F051")
def test_the_other_hosts_were_not_held_up(crawled: Crawled) -> None:
    assert crawled.archive.sites["good"].report["fetched"] == 20
    hits = [hit for hit in crawled.servers["f051"].hits if hit.target.startswith("/t/")]
    assert len(hits) <= 10  # of fifty: the host was put off
    report = crawled.archive.sites["f051"].report
    assert report["deferred_by_reason"]["unreachable"] >= 40


@pytest.mark.case("F050")
@pytest.mark.soak
def test_other_hosts_keep_their_rate_beside_a_slow_one(tmp_path: Path) -> None:
    """Articles served in the eight seconds from the first on: alone, and beside hosts that drip."""
    served = []
    for slow in (False, True):
        with HostileServer(articles=100) as good, HostileServer() as dripping:
            archive = Archive(tmp_path / f"archive-{slow}", settings={"timeout": 20.0, "delay": 0.1})
            archive.declare(Site("good", good, options={"concurrency": 1}))
            if slow:
                links = "/links?n=20&to=/t/slow-headers&to=/t/slow-body"
                archive.declare(Site("slow", dripping, links, "^/t/", {"concurrency": 8, "delay": 0.0}))
            archive.crawl()
            times = [hit.at for hit in good.hits if hit.target.startswith("/news/article/")]
            served.append(sum(at < times[0] + 8 for at in times))
            if slow:
                dripped = [hit.at for hit in dripping.hits if hit.target.startswith("/t/")]
                assert dripped[0] < times[0] + 8 < dripped[0] + 20  # it dripped all the while
    alone, beside = served
    assert beside > 0.8 * alone


@pytest.mark.case("F052")
def test_tries_are_seconds_apart(crawled: Crawled) -> None:
    times = [hit.at for hit in crawled.servers["f052-gaps"].hits if hit.target.startswith("/t/")]
    gaps = [after - before for before, after in itertools.pairwise(times)]
    assert len(times) == 3
    assert gaps[0] >= 0.35  # 2 and 4 units of 0.2 s
    assert gaps[1] >= 0.75


@pytest.mark.case("F075")
@pytest.mark.parametrize("site", [CLOSED, "f075"])
def test_hosts_that_are_not_there(crawled: Crawled, site: str) -> None:
    report = crawled.archive.sites[site].report
    assert (report["state"], report["exit_code"]) == ("dead", 5)


@pytest.mark.case("F053", "F054")
def test_memory_is_bounded(crawled: Crawled) -> None:
    """All bombs at once, on a machine that is busy with other things: one alone stays below 300."""
    assert crawled.archive.peak_mb < 400


@pytest.mark.case("F061")
def test_redirects_end(crawled: Crawled) -> None:
    for case in CASES:
        if case.id == "F061":
            assert len(crawled.servers[case.name].hits) <= 12, case.name


@pytest.mark.case("F057", "F069")
def test_what_is_not_the_whole_text_says_so(crawled: Crawled) -> None:
    rows = crawled.archive.rows(
        "SELECT s.name FROM articles a JOIN sites s ON s.id = a.site_id WHERE a.truncated ORDER BY s.name"
    )
    assert [row["name"] for row in rows] == ["f057-t-cl-too-small", "f057-t-half", "f069-s-paywall"]


@pytest.mark.case("F064")
def test_what_was_asked_for_is_kept(crawled: Crawled) -> None:
    waits = {}
    for case in CASES:
        if case.id == "F064":
            row = crawled.candidate(case)
            waits[case.path.partition("?")[0]] = row["next_try_at"] > row["updated_at"]
            hits = crawled.servers[case.name].paths()[case.path.partition("?")[0]]
            assert hits == 1
    assert waits == {"/s/429-huge": True, "/s/429-bad": True, "/s/429": True}
    rows = crawled.archive.rows(
        "SELECT (julianday(next_try_at) - julianday(updated_at)) * 86400 AS wait FROM candidates"
        " WHERE url LIKE '%/s/429-huge%'"
    )
    assert 86_000 < rows[0]["wait"] <= 86_401  # thirty years were asked for: a day is kept


@pytest.mark.case("F065")
def test_a_ban_needs_a_person(crawled: Crawled) -> None:
    report = crawled.archive.sites["f065"].report
    assert (report["state"], report["exit_code"]) == ("blocked", 6)
    assert crawled.servers["f065"].paths()["/s/403"] == 10  # then the host was left alone


@pytest.mark.case("F073")
@pytest.mark.parametrize("kind", [*BAD_CERTIFICATES, "plain"])
def test_certificates_are_verified(crawled: Crawled, kind: str) -> None:
    report = crawled.archive.sites[f"f073-{kind}"].report
    assert (report["state"], report["exit_code"]) == ("dead", 5)
    assert crawled.servers[f"f073-{kind}"].hits == []


@pytest.mark.case("F073")
@pytest.mark.parametrize("kind", BAD_CERTIFICATES)
def test_a_site_that_is_taken_unverified_says_so(crawled: Crawled, kind: str) -> None:
    report = crawled.archive.sites[f"f073-taken-{kind}"].report
    assert (report["exit_code"], report["new"], report["verify_tls"]) == (0, 2, False)
    assert "certificates were not verified" in report["message"]
    (row,) = crawled.archive.rows("SELECT message, counts FROM runs WHERE id = ?", report["run"])
    assert json.loads(row["counts"])["verify_tls"] is False
    assert "certificates were not verified" in row["message"]
    assert crawled.archive.sites["good"].report["verify_tls"] is True


@pytest.mark.case("F073")
def test_doctor_names_the_sites_that_are_taken_unverified(crawled: Crawled) -> None:
    result = run_hemero("doctor", "--archive", crawled.archive.folder, cwd=crawled.archive.folder.parent)
    (line,) = [line for line in result.stdout.splitlines() if " certificates: " in line]
    assert all(f"f073-taken-{kind}" in line for kind in BAD_CERTIFICATES)
    assert "good" not in line


def test_every_page_of_every_site_is_accounted_for(crawled: Crawled) -> None:
    held = Held(crawled.archive.folder)
    for name, site in crawled.archive.sites.items():
        assert oracles.honest(held, site.report) == [], name
    good = crawled.archive.sites["good"]
    assert oracles.complete(held, "good", [truth.url for truth in oracles.news(good.server)]) == []
    assert oracles.faithful(held, "good", oracles.news(good.server)) == []


def test_the_log_has_no_line_that_the_summary_does_not_count(crawled: Crawled) -> None:
    """Cron mails what is printed; a fault of a page is a number in the run."""
    assert [line for line in crawled.said.splitlines() if not line.startswith("hemero: ")] == []


def test_nothing_binary_and_nothing_of_others_is_in_the_archive(crawled: Crawled) -> None:
    result = run_hemero("verify", "--archive", crawled.archive.folder, cwd=crawled.archive.folder.parent)
    assert result.returncode == 0, result.stdout + result.stderr
    held = Held(crawled.archive.folder)
    assert oracles.raw(held) == []
    assert oracles.sound(held) == []
    assert oracles.nobody_in(held, crawled.servers.values(), {"log": crawled.said}) == []
    assert "\x1b" not in crawled.said
    for row in crawled.archive.rows("SELECT title, body FROM articles"):
        text = f"{row['title']}{row['body']}"
        assert "\ufffd" not in text
        assert all(letter.isprintable() or letter == "\n" for letter in text)
