"""Group D, where a crawl may go: schemes, hosts, traps, spellings, sitemaps, feeds, statements.

Redirects to internal addresses, Crawl-delay and the forms of robots.txt stand in
tests/crawler/test_on_the_wire.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests import oracles
from tests.crawl.hostile_site import Archive, Site
from tests.hostile import HostileServer
from tests.oracles import Held
from tests.running import environment, run_hemero

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]  # a busy machine is no fault

NEWS = "^/news/article/"
SITEMAPS = {
    # sitemap -> articles of /news/ that must be found through it
    "ok": 20,
    "truncated": 5,
    "utf16": 1,
    "bad-dates": 8,
    "offsite": 1,
    "html": 0,
    "laughs": 0,
    "quadratic": 0,
    "xxe": 0,
    "xxe-http": 0,
    "bomb.xml.gz": 0,
    "50k": 30,
}
FEEDS = {
    "ok": 10,
    "malformed": 1,
    "dates": 6,
    "dupes": 1,
    "script": 1,
    "cututf8": 1,
    "cp1252": 1,
    "laughs": 11,
    "xxe": 11,
    "xxe-http": 11,
    "jslink": 0,
    "noguid": 0,
    "html": 0,
    "empty": 0,
    "huge": 10,
}


class Where:
    """All sites, crawled once; what they reported and were asked."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive

    def site(self, name: str) -> Site:
        return self.archive.sites[name]

    def articles(self, name: str) -> list[dict[str, Any]]:
        return self.archive.rows(
            "SELECT a.* FROM articles a JOIN sites s ON s.id = a.site_id WHERE s.name = ? ORDER BY a.id", name
        )

    def asked(self, name: str, start: str) -> int:
        return sum(hit.target.startswith(start) for hit in self.site(name).server.hits)


@pytest.fixture(scope="module")
def where(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Where]:
    with ExitStack() as stack:
        archive = Archive(
            tmp_path_factory.mktemp("where") / "archive",
            is_preloaded=False,  # its memory is looked at
            settings={"timeout": 6.0, "max_sitemaps": 20, "max_pages": 30, "backlog_pages": 10},
        )
        archive.declare(*_sites(stack))
        archive.crawl()
        yield Where(archive)


def _sites(stack: ExitStack) -> Iterator[Site]:
    def server(**options: Any) -> HostileServer:
        return stack.enter_context(HostileServer(**options))

    for name in SITEMAPS:
        good = server()
        path = f"/sm/{name}" if "." in name else f"/sm/{name}.xml"
        yield Site(
            f"sitemap-{_plain(name)}",
            good,
            "/",
            "^/(news/article|t/ok|trap/x)",
            {"sitemaps": [good.url(path)]},
        )
    for name in ("self", "deep", "wide"):
        good = server(articles=3)
        yield Site(f"sitemap-{name}", good, options={"sitemaps": [good.url(f"/sm/{name}.xml?n=400")]})
    for name in FEEDS:
        good = server()
        yield Site(f"feed-{name}", good, "/", NEWS, {"feeds": [good.url(f"/feed/{name}.xml")]})
    yield Site("schemes", server(), "/w/schemes", ".")
    yield Site("offsite", server(), "/r/links", ".")
    yield Site("creds", server(), "/links?to=/r/creds", "^/(r/creds|t/ok)")
    yield Site("months", server(), "/w/months", NEWS, rules={"listing_url": "^/w/months"})
    yield Site("calendar", server(), "/trap/calendar", NEWS, rules={"listing_url": "^/trap/calendar"})
    yield Site("relative", server(), "/trap/relative/", "^/trap/relative/.")
    yield Site("facets", server(), "/trap/facets?f0=1", r"^/trap/facets\?.*&")
    yield Site("session", server(), "/trap/session", r"^/trap/session\?p=")
    yield Site("pagination", server(), "/trap/pagination", NEWS)
    yield Site("fresh", server(), "/trap/fresh", "^/trap/x/", {"max_listing_pages": 3})
    yield Site("spellings", server(), "/trap/dup", r"^/trap/dup\?")
    yield Site("many", server(scale=1), "/trap/many-links", "^/trap/x/")
    yield Site("long", server(), "/trap/long-url", "^/t/ok")
    yield Site("unicode", server(), "/trap/unicode-urls", "^/t/ok")
    yield Site("hosts", server(), "/trap/idn", ".")
    yield Site("canonical", server(), "/links?n=3&to=/w/canonical", "^/w/canonical")
    yield _with_statements(server())


def _with_statements(server: HostileServer) -> Site:
    server.statements = {
        "/.well-known/tdmrep.json": '[{"location": "/rights/free", "tdm-reservation": 1}]',
        "/ai.txt": "User-Agent: *\nDisallow: /rights/meta\n",
    }
    pages = ("header", "other-agent", "reserved", "free", "meta")
    start = "/links?" + "&".join(f"to=/rights/{page}" for page in pages)
    return Site("rights", server, start, "^/rights/")


def _plain(name: str) -> str:
    return name.partition(".")[0]


def test_memory_is_bounded(where: Where) -> None:
    assert where.archive.peak_mb < 400


@pytest.mark.case("F078", "F084")
def test_nobody_else_was_asked(where: Where) -> None:
    asked = {name: site.server.canary for name, site in where.archive.sites.items() if site.server.canary}
    assert asked == {}


def test_nothing_of_this_machine_came_into_the_archive(where: Where) -> None:
    servers = [site.server for site in where.archive.sites.values()]
    held = Held(where.archive.folder)
    assert oracles.nobody_in(held, servers) == []
    assert oracles.raw(held) == []
    assert oracles.sound(held) == []


@pytest.mark.case("F082")
def test_schemes_that_are_not_ours(where: Where) -> None:
    assert where.articles("schemes") == []
    assert where.archive.rows("SELECT url FROM candidates WHERE url NOT LIKE 'http%'") == []
    assert where.archive.rows("SELECT url FROM channels WHERE url NOT LIKE 'http%'") == []


@pytest.mark.case("F083")
def test_a_seed_that_is_no_web_address_is_refused(where: Where) -> None:
    folder = where.archive.folder.parent / "seed"
    folder.mkdir()
    text = (
        '[[site]]\nname = "fichier"\nstart_urls = ["file:///etc/passwd"]\n[site.rules]\narticle_url = "."\n'
    )
    (folder / "hemero.toml").write_text(text, encoding="utf-8")
    result = run_hemero("crawl", "fichier", "--archive", folder, cwd=folder)
    assert result.returncode == 2
    assert "file:///etc/passwd" in result.stderr
    assert not (folder / "archive.db").exists()


@pytest.mark.case("F084")
def test_links_to_other_hosts_are_not_followed(where: Where) -> None:
    own = where.site("offsite").server.base_url
    rows = where.archive.rows(
        "SELECT c.url FROM candidates c JOIN sites s ON s.id = c.site_id WHERE s.name = 'offsite'"
    )
    assert all(row["url"].startswith(own + "/") for row in rows)


@pytest.mark.case("F085")
def test_credentials_are_neither_sent_nor_kept(where: Where) -> None:
    server = where.site("creds").server
    assert all("authorization" not in hit.headers for hit in server.hits)
    # The answer that named them is kept as it came: a record of what the server said.
    for table, column in (("candidates", "url"), ("articles", "url"), ("article_urls", "url")):
        assert where.archive.rows(f"SELECT 1 FROM {table} WHERE {column} LIKE '%S3CR3T%'") == []
    assert where.archive.rows("SELECT 1 FROM captures WHERE url LIKE '%S3CR3T%'") == []


@pytest.mark.case("F087")
def test_a_calendar_ends_and_is_told(where: Where) -> None:
    for name, path in (("months", "/w/months"), ("calendar", "/trap/calendar")):
        assert 1 < where.asked(name, path) <= 40, name
    report = where.site("months").report
    assert report["fetched"] >= 2  # other work was done
    assert "/w/months?m=#" in report["traps"]
    assert "/w/months?m=#" in report["message"]
    assert report["exit_code"] == 0


@pytest.mark.case("F087")
@pytest.mark.parametrize(("name", "most"), [("relative", 15), ("facets", 70), ("session", 12)])
def test_traps_end(where: Where, name: str, most: int) -> None:
    assert 0 < where.asked(name, "/trap/") <= most


@pytest.mark.case("F087")
def test_endless_pages(where: Where) -> None:
    assert where.asked("pagination", "/trap/pagination") <= 3
    assert where.asked("fresh", "/trap/fresh") == 3
    assert where.site("pagination").report["fetched"] >= 10


@pytest.mark.case("F088")
def test_one_article_under_many_spellings(where: Where) -> None:
    assert len(where.articles("spellings")) == 1


@pytest.mark.case("F089")
def test_a_canonical_that_would_merge_different_texts_is_not_believed(where: Where) -> None:
    assert len({row["title"] for row in where.articles("canonical")}) == 3


@pytest.mark.case("F090")
def test_links_are_bounded(where: Where) -> None:
    rows = where.archive.rows(
        "SELECT count(*) AS n FROM candidates c JOIN sites s ON s.id = c.site_id WHERE s.name = 'many'"
    )
    assert 0 < rows[0]["n"] <= 5000
    assert where.site("many").report["fetched"] == 30
    assert where.archive.rows("SELECT url FROM candidates WHERE length(url) > 2000") == []


@pytest.mark.case("F091", "F092")
def test_strange_addresses_break_nothing(where: Where) -> None:
    for name in ("unicode", "hosts", "long"):
        report = where.site(name).report
        assert report["exit_code"] in (0, 6), report
        assert report["state"] != "fault"
    assert len(where.articles("unicode")) == 6
    assert where.archive.rows("SELECT url FROM candidates WHERE instr(url, char(0)) > 0") == []


@pytest.mark.case("F097", "F098", "F099")
@pytest.mark.parametrize("name", SITEMAPS)
def test_sitemaps(where: Where, name: str) -> None:
    report = where.site(f"sitemap-{_plain(name)}").report
    found = report["fetched"]
    if SITEMAPS[name]:
        assert found >= SITEMAPS[name], report
    assert report["state"] != "fault", report


@pytest.mark.case("F097")
def test_indexes_end(where: Where) -> None:
    assert where.asked("sitemap-self", "/sm/") == 2  # with and without our ?n=
    assert where.asked("sitemap-deep", "/sm/") <= 4
    assert where.asked("sitemap-wide", "/sm/") <= 21
    assert where.site("sitemap-wide").report["left_out"]["sitemaps"] > 0
    assert where.site("sitemap-wide").report["fetched"] == 3


@pytest.mark.case("F100")
@pytest.mark.parametrize("name", FEEDS)
def test_feeds(where: Where, name: str) -> None:
    report = where.site(f"feed-{name}").report
    assert report["state"] != "fault", report
    assert report["fetched"] >= FEEDS[name], report
    if not FEEDS[name]:
        assert (report["fetched"], report["exit_code"]) == (0, 6), report  # a person looks


def test_statements_are_kept_with_each_capture_and_obeyed(where: Where) -> None:
    assert where.site("rights").report["refused_by_reason"] == {"noarchive": 2}
    rows = where.archive.rows(
        "SELECT url, rights FROM captures WHERE role = 'article' AND url LIKE '%/rights/%'"
    )
    rights = {row["url"].rpartition("/")[2].partition("?")[0]: row["rights"] for row in rows}
    assert set(rights) == {"other-agent", "reserved", "free"}
    assert '"tdm-reservation": "1"' in rights["reserved"]
    assert '"tdm-reservation": "1"' in rights["free"]
    assert not rights["other-agent"]


@pytest.mark.case("F086")
def test_a_proxy_of_the_environment_is_not_used(where: Where) -> None:
    canary = where.site("rights").server
    folder = where.archive.folder.parent / "proxy"
    archive = Archive(folder)
    with HostileServer(articles=1) as server:
        archive.declare(Site("vigie", server))
        proxy = f"http://127.0.0.1:{canary.canary_port}"
        env = environment(http_proxy=proxy, HTTP_PROXY=proxy, all_proxy=proxy)
        result = run_hemero("crawl", "vigie", "--archive", folder, cwd=folder.parent, env=env)
        assert result.returncode == 0, result.stderr
        assert server.paths()["/news/"] == 1
    assert canary.canary == []
