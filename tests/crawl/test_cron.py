"""A crawl as cron starts it: bare environment, overlapping starts, other processes, clocks that are wrong."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections import Counter
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.crawl.hostile_site import Archive, Site
from tests.hostile import HostileServer
from tests.running import HEMERO, environment

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
AT = """
import sys
from datetime import datetime
from pathlib import Path
from crawler.config import load_config
from crawler.loader import load_sites
from crawler.runs import prepare_archive, run_crawl
from crawler.session import CrawlOptions
if __name__ == "__main__":
    folder, moment = Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2])
    config = load_config(folder / "hemero.toml")
    sites = [load_sites(config, folder)["vigie"]]
    result = run_crawl(prepare_archive(folder), sites, CrawlOptions(), config, clock=lambda: moment)
    print(result.summaries[0].counts["new"], result.summaries[0].counts["fetched"])
    sys.exit(result.exit_code)
"""


def articles(archive: Archive) -> int:
    return int(archive.rows("SELECT count(*) AS n FROM articles")[0]["n"])


def fetched(server: HostileServer) -> Counter[str]:
    return Counter(hit.target for hit in server.hits if hit.target.startswith("/news/article/"))


@pytest.mark.case("F019")
def test_env_i_no_home_c_locale_root_folder_twice(tmp_path: Path) -> None:
    with HostileServer(articles=6) as server:
        archive = Archive(tmp_path / "archive")
        archive.declare(Site("vigie", server))
        for _ in range(2):
            command = f"cd / && LC_ALL=C {HEMERO} crawl vigie --archive {archive.folder}"
            result = subprocess.run(
                ["/usr/bin/env", "-i", "PATH=/usr/bin:/bin", "/bin/sh", "-c", command],
                capture_output=True,
                timeout=100,
                check=False,
            )
            # Cron mails whatever is printed.
            assert (result.returncode, result.stdout, result.stderr) == (0, b"", b"")
        assert articles(archive) == 6
        assert set(fetched(server).values()) == {1}


def test_make_crawl_twice_as_cron_runs_it(tmp_path: Path) -> None:
    """What is installed counts as installed here: only the recipe of `crawl` is run."""
    venv = HEMERO.parents[1]
    make = f"make -s -C {ROOT} -o {venv}/.run VENV={venv} SITE=vigie crawl"
    with HostileServer(articles=6) as server:
        archive = Archive(tmp_path / "archive")
        archive.declare(Site("vigie", server))
        for said in ("vigie: done", "vigie: nothing new"):
            result = subprocess.run(
                [
                    "/usr/bin/env",
                    "-i",
                    "PATH=/usr/bin:/bin",
                    f"HEMERO_ARCHIVE={archive.folder}",
                    *make.split(),
                ],
                cwd="/",
                capture_output=True,
                text=True,
                timeout=100,
                check=False,
            )
            assert (result.returncode, result.stderr) == (0, "")
            assert said in result.stdout
        assert articles(archive) == 6
        assert set(fetched(server).values()) == {1}


@pytest.mark.case("F018")
def test_the_zone_of_the_machine_changes_nothing(tmp_path: Path) -> None:
    found = []
    with HostileServer(articles=3) as server:
        for zone in (None, "Africa/Casablanca", "Asia/Tokyo"):
            archive = Archive(tmp_path / f"archive-{zone or 'unset'}".replace("/", "-"))
            archive.declare(Site("vigie", server, options={"timezone": "Africa/Casablanca"}))
            env = environment(**({"TZ": zone} if zone else {}))
            if zone is None:
                env.pop("TZ", None)
            subprocess.run(archive.command(), env=env, timeout=100, check=True)
            found.append(
                archive.rows("SELECT title, published_date, published_utc FROM articles ORDER BY title")
            )
            fetches = archive.rows("SELECT fetched_at FROM captures")
            age = [
                datetime.now(UTC) - datetime.fromisoformat(f"{row['fetched_at']}+00:00") for row in fetches
            ]
            assert all(timedelta(0) <= old < timedelta(minutes=5) for old in age)
    assert found[0] == found[1] == found[2]
    assert all(row["published_date"] for row in found[0])


@pytest.mark.case("F008")
def test_two_starts_at_once_do_the_work_once(tmp_path: Path) -> None:
    with HostileServer(articles=10, latency=0.05) as server:
        archive = Archive(tmp_path / "archive")
        archive.declare(Site("vigie", server, options={"concurrency": 1}))
        with archive.start() as one, archive.start() as other:
            answers = [process.communicate(timeout=100) for process in (one, other)]
        codes = sorted([one.returncode, other.returncode])
        assert codes in ([0, 75], [0, 0]), answers
        if 75 in codes:
            assert any("already running since" in errors for _, errors in answers)
        assert set(fetched(server).values()) == {1}
        assert articles(archive) == 10


@pytest.mark.case("F011")
def test_four_sites_in_four_processes_on_one_archive(tmp_path: Path) -> None:
    with ExitStack() as stack:
        archive = Archive(tmp_path / "archive")
        servers = [stack.enter_context(HostileServer(articles=12)) for _ in range(4)]
        archive.declare(*(Site(f"site{number}", server) for number, server in enumerate(servers)))
        processes = [stack.enter_context(archive.start(sites=[name])) for name in archive.sites]
        answers = [process.communicate(timeout=100) for process in processes]
        assert [process.returncode for process in processes] == [0] * 4, answers
        assert all(answer == ("", "") for answer in answers)
        assert articles(archive) == 48
        assert all(set(fetched(server).values()) == {1} for server in servers)


def test_two_processes_keep_the_delay_of_one_host(tmp_path: Path) -> None:
    with ExitStack() as stack:
        server = stack.enter_context(HostileServer(articles=8, latency=0.03))
        archive = Archive(tmp_path / "archive", settings={"delay": 0.25, "concurrency": 1})
        archive.declare(
            Site("even", server, article_url="^/news/article/[0-3]/"),
            Site("odd", server, article_url="^/news/article/[4-7]/"),
        )
        processes = [stack.enter_context(archive.start(sites=[name])) for name in archive.sites]
        for process in processes:
            process.communicate(timeout=100)
            assert process.returncode == 0
        times = sorted(hit.at for hit in server.hits)
        assert articles(archive) == 8
        assert server.inflight_most == 1
        assert min(after - before for before, after in itertools.pairwise(times)) > 0.2


def test_what_a_run_without_news_costs(tmp_path: Path) -> None:
    with HostileServer(articles=10) as server:
        archive = Archive(tmp_path / "archive")
        options = {"feeds": [server.url("/feed/ok.xml")], "sitemaps": [server.url("/sm/ok.xml")]}
        archive.declare(Site("vigie", server, options=options, rules={"article_key": "{0}"}))
        archive.sites["vigie"].article_url = r"^/news/article/(\d+)"
        archive.declare()
        assert archive.crawl().returncode == 0
        server.hits.clear()
        result = archive.crawl()
        assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
        asked = Counter(hit.target for hit in server.hits)
        assert set(asked) <= {"/robots.txt", "/news/", "/feed/ok.xml", "/sm/ok.xml"}
        assert set(asked.values()) == {1}
        assert archive.cpu < 2.0


def test_clocks_that_jump_lose_nothing(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    moments = [
        now + timedelta(days=12 * 365),  # a clock that was wrong
        now,  # and is set right
        now - timedelta(hours=1),
        now - timedelta(days=200),
    ]
    with HostileServer(articles=2, newest_first=True) as server:
        archive = Archive(tmp_path / "archive")
        archive.declare(Site("vigie", server))
        for number, moment in enumerate(moments):
            server.articles = 2 + number
            result = run_at(archive, moment)
            assert result.returncode == 0, result.stderr
            assert articles(archive) == 2 + number
        server.articles += 1
        result = run_at(archive, datetime(1970, 1, 2, tzinfo=UTC))
        assert result.returncode != 0
        assert "the clock says 1970-01-02" in result.stderr
        assert articles(archive) == 5


def run_at(archive: Archive, moment: datetime) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", AT, str(archive.folder), moment.isoformat()],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
