"""A crawl as cron starts it: bare environment, overlapping starts, other processes, clocks that are wrong."""

from __future__ import annotations

import itertools
import subprocess
from collections import Counter
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import pytest

from tests.crawl.hostile_site import Archive, Site
from tests.hostile import HostileServer
from tests.running import HEMERO, environment

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def articles(archive: Archive) -> int:
    return int(archive.rows("SELECT count(*) AS n FROM articles")[0]["n"])


def fetched(server: HostileServer) -> Counter[str]:
    return Counter(hit.target for hit in server.hits if hit.target.startswith("/news/article/"))


@pytest.mark.case("F019")
def test_env_i_no_home_c_locale_root_folder_twice(tmp_path: Path) -> None:
    with HostileServer(articles=6) as server:
        archive = Archive(tmp_path / "archive", is_preloaded=False)
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
        archive = Archive(tmp_path / "archive", is_preloaded=False)
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
            archive = Archive(tmp_path / f"archive-{zone or 'unset'}".replace("/", "-"), is_preloaded=False)
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


@pytest.mark.case("F011")
def test_four_sites_in_four_processes_on_one_archive(tmp_path: Path) -> None:
    with ExitStack() as stack:
        archive = Archive(tmp_path / "archive", is_preloaded=False)
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
        archive = Archive(
            tmp_path / "archive", settings={"delay": 0.25, "concurrency": 1}, is_preloaded=False
        )
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
        pauses = [after - before for before, after in itertools.pairwise(times)]
        assert median(pauses) > 0.2, pauses  # one request may come late, the next is not; unshared: 0.13


def test_what_a_run_without_news_asks_for(tmp_path: Path) -> None:
    with HostileServer(articles=10) as server:
        archive = Archive(tmp_path / "archive", is_preloaded=False)
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
