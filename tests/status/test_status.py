"""`hemero status` as a person, a program and Prometheus see it."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crawler.metrics import metrics, write_whole
from crawler.report import advice, as_dict, html_page
from storage.notices import run_before
from storage.overview import RESTING, SiteHealth, overview
from storage.site_states import set_state
from tests.running import crawled_folder, run_preloaded
from tests.status.conftest import START, Crawls, reading

NOW = START + timedelta(days=40)


def health(crawls: Crawls, now: datetime = NOW) -> SiteHealth:
    with crawls.archive.read() as db:
        (found,) = overview(db, now)
        return found


def filled(crawls: Crawls) -> None:
    """Forty days, one run a day: two articles each; the last three runs are in trouble."""
    for number in range(40):
        at = START + timedelta(days=number)
        rule = "line:head" if number < 37 else None
        trouble: dict[str, Any] = (
            {"state": "drifted", "code": 6, "message": "published is lost"} if number >= 37 else {}
        )
        crawls.run(
            at, [reading(2 * number, at, rule=rule), reading(2 * number + 1, at, rule=rule)], **trouble
        )


def test_a_site_in_trouble(crawls: Crawls) -> None:
    filled(crawls)
    found = health(crawls)
    assert (found.state, found.exit_code, found.message) == ("drifted", 6, "published is lost")
    assert found.since == START + timedelta(days=37)
    assert found.last_run_at == START + timedelta(days=39)
    assert found.last_success_at == START + timedelta(days=36)
    assert found.new_7_days == 12  # exactly seven days ago is before
    assert found.articles == 80
    assert found.weeks[-6:] == (10, 14, 14, 14, 14, 12) or sum(found.weeks) == 80
    assert found.interval == timedelta(days=1)
    assert not found.overdue
    assert found.fill("published") == pytest.approx(52 / 58)
    assert found.fill("published", before=True) == 1
    assert found.body_median == 500


def test_ok_and_quiet_are_one_state(crawls: Crawls) -> None:
    crawls.run(START, [], state="dead", code=5)
    crawls.run(START + timedelta(hours=1), [reading(1, START)])
    crawls.run(START + timedelta(hours=2), [])
    found = health(crawls, START + timedelta(hours=3))
    assert (found.state, found.since) == ("quiet", START + timedelta(hours=1))
    assert advice(found) is None


def test_a_run_of_next_year_says_nothing_of_today(crawls: Crawls) -> None:
    """The clock of one run was ahead: it is not the last one for a year."""
    for hour in range(6):
        crawls.run(START + timedelta(hours=hour), [])
    crawls.run(START + timedelta(days=365), [], state="drifted", code=6, message="published is lost")
    crawls.run(START + timedelta(hours=6), [])
    found = health(crawls, START + timedelta(hours=7))
    assert (found.state, found.exit_code, found.last_run_at) == ("quiet", 0, START + timedelta(hours=6))
    assert found.interval == timedelta(hours=1)
    assert found.since == START
    with crawls.archive.read() as db:
        before = run_before(db, crawls.site, crawls.runs[-1])
    assert before is not None
    assert before.id == crawls.runs[-3]


def test_runs_that_stopped_coming_are_noticed(crawls: Crawls) -> None:
    for hour in range(6):
        crawls.run(START + timedelta(hours=hour), [])
    assert not health(crawls, START + timedelta(hours=7)).overdue
    late = health(crawls, START + timedelta(hours=9))
    assert late.overdue
    assert not late.is_well
    assert "usually every 60 minutes" in (advice(late) or "")
    assert "does the schedule still run" in (advice(late) or "")


@pytest.mark.parametrize("state", RESTING)
def test_a_site_that_no_schedule_crawls_is_not_missed(crawls: Crawls, state: str) -> None:
    for hour in range(6):
        crawls.run(START + timedelta(hours=hour), [], state="dead", code=5)
    with crawls.archive.write() as db:
        set_state(db, crawls.site, "disabled")
    late = health(crawls, START + timedelta(hours=60))
    assert late.state == "disabled"
    late = late.resting(state)
    assert late.is_well
    assert advice(late) is None
    text = metrics([late], NOW)
    assert f'hemero_site_state{{site="vigie",state="{state}"}} 1' in text
    assert 'hemero_site_well{site="vigie"} 1' in text
    assert "All sites are well" in html_page([late], NOW)


def test_a_run_under_way_is_not_overdue(crawls: Crawls) -> None:
    from storage import repository

    for hour in range(6):
        crawls.run(START + timedelta(hours=hour), [])
    with crawls.archive.write() as db:
        repository.start_run(db, crawls.site, "crawl", START + timedelta(hours=6))
    found = health(crawls, START + timedelta(hours=12))
    assert found.running
    assert not found.overdue


def test_the_page_is_inert(crawls: Crawls) -> None:
    filled(crawls)
    found = health(crawls)
    evil = SiteHealth("vigie", "<script>alert(1)</script>", "drifted", 6, "voir \u202egnp.exe & <b>")
    page = html_page([found, evil], NOW)
    assert "<script" not in page
    assert "\u202e" not in page
    assert "&lt;script&gt;" in page
    assert "2 of 2 sites need a look" in page
    assert re.search(r"<td>published</td><td class=\"n ill\">90%</td><td class=\"n\">100%</td>", page)
    assert "src=" not in page
    assert "http" not in page.replace("http-equiv", "")


def test_metrics_are_well_formed(crawls: Crawls) -> None:
    filled(crawls)
    quoted = SiteHealth('a"b\\c\n', "x", "never")
    text = metrics([health(crawls), quoted], NOW)
    line = re.compile(
        r'[a-z_0-9]+(\{[a-z]+="(?:[^"\\\n]|\\.)*"(,[a-z]+="(?:[^"\\\n]|\\.)*")*\})? -?[0-9.e+]+'
    )
    families = []
    for row in text.splitlines():
        if row.startswith("# TYPE"):
            families.append(row.split()[2])
            assert row.endswith(" gauge")
        elif not row.startswith("#"):
            assert line.fullmatch(row), row
            assert row.startswith(families[-1])
    assert len(set(families)) == len(families)
    assert 'hemero_site_state{site="vigie",state="drifted"} 1' in text
    assert 'hemero_site_well{site="vigie"} 0' in text
    assert (
        f'hemero_site_last_run_timestamp_seconds{{site="vigie"}} {(NOW - timedelta(days=1)).timestamp():.0f}'
        in text
    )
    assert 'hemero_field_fill_ratio{site="vigie",field="title"} 1' in text


def test_a_file_is_replaced_at_once_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "hemero.prom"
    write_whole(path, "one\n")
    write_whole(path, "two\n")
    assert path.read_text(encoding="utf-8") == "two\n"
    assert path.stat().st_mode & 0o777 == 0o644
    with pytest.raises(UnicodeEncodeError):
        write_whole(path, "\udcff")
    assert path.read_text(encoding="utf-8") == "two\n"
    assert list(tmp_path.iterdir()) == [path]


def test_json_has_always_all_keys(crawls: Crawls) -> None:
    filled(crawls)
    assert as_dict(health(crawls)).keys() == as_dict(SiteHealth("x", "X", "never")).keys()
    assert json.dumps(as_dict(health(crawls)))


# --- the command -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def crawled() -> Path:
    return crawled_folder()


def test_the_table_fits_eighty_columns(crawled: Path) -> None:
    result = run_preloaded("status", cwd=crawled)
    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()
    assert lines[0].split()[:2] == ["site", "state"]
    assert lines[1].split()[:2] == ["demo", "ok"]
    assert all(len(line) <= 80 for line in lines)


def test_status_as_json(crawled: Path) -> None:
    result = run_preloaded("status", "demo", "--json", cwd=crawled)
    (site,) = [json.loads(line) for line in result.stdout.splitlines()]
    assert (site["site"], site["state"], site["exit_code"], site["new_7_days"]) == ("demo", "ok", 0, 12)
    assert datetime.fromisoformat(site["last_success_at"]) < datetime.now(UTC)


def test_status_of_a_site_never_crawled_and_of_none(crawled: Path) -> None:
    never = run_preloaded("status", "portailsudmaroc", cwd=crawled)
    assert never.returncode == 0
    assert "never crawled: run `hemero crawl portailsudmaroc`" in " ".join(never.stdout.split())
    wrong = run_preloaded("status", "portailsud", cwd=crawled)
    assert wrong.returncode == 2
    assert "did you mean" in wrong.stderr


def test_status_files(crawled: Path, tmp_path: Path) -> None:
    result = run_preloaded(
        "status", "--html", tmp_path / "s.html", "--prometheus", tmp_path / "m.prom", cwd=crawled
    )
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert (tmp_path / "s.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert "hemero_site_state" in (tmp_path / "m.prom").read_text(encoding="utf-8")
    wrong = run_preloaded("status", "--html", tmp_path / "no" / "s.html", cwd=crawled)
    assert wrong.returncode == 2


def test_status_without_an_archive(tmp_path: Path) -> None:
    result = run_preloaded("status", cwd=tmp_path)
    assert result.returncode == 2
    assert "no archive" in result.stderr
