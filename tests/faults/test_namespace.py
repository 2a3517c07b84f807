"""Real private addresses, names that change their address, http and https: in a network of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.faults.namespace import ARTICLES, PRIVATE, PUBLIC, SILENT
from tests.hostile.redirects import FORBIDDEN, PORTS
from tests.running import environment

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
REQUIRED = "namespace" in os.environ.get("HEMERO_REQUIRE", "")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    if os.geteuid() != 0 or not shutil.which("unshare") or not shutil.which("ip"):
        if REQUIRED:
            pytest.fail("no network namespace can be made here, and HEMERO_REQUIRE names it")
        pytest.skip("a network namespace is not installed here: needs root, unshare and ip")
    folder = tmp_path_factory.mktemp("namespace")
    command = ["unshare", "--net", "--mount", "--propagation", "private", sys.executable]
    result = subprocess.run(
        [*command, "-m", "tests.faults.namespace", str(folder)],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


@pytest.mark.case("F078", "F079")
def test_no_internal_address_is_called(world: dict[str, Any]) -> None:
    assert world["called"] == []
    assert world["canaries"] == []
    assert world["traces"] == []
    assert world["raw"] == []
    assert set(FORBIDDEN) <= {target.partition("?")[0] for target in world["asked"]}
    assert world["ears"] == len(PRIVATE)  # had they been called, we would know
    first, second = (run["redirects"]["refused_by_reason"] for run in world["runs"])
    assert sum(first.values()) == len(FORBIDDEN) + len(PORTS)
    assert set(first) <= {"forbidden_address", "port", "offsite", "credentials", "scheme"}, first
    assert second == {}  # none of them is asked for again


@pytest.mark.case("F080")
def test_names_that_lead_inside(world: dict[str, Any]) -> None:
    reports = world["runs"][1]
    for name in ("interne", "boucle"):
        assert reports[name]["fetched"] == 0
        assert "forbidden_address" in reports[name]["message"]
    assert world["runs"][0]["rebind"]["fetched"] == ARTICLES
    assert world["answers"]["rebind.test"] >= 2  # the second crawl was told 127.0.0.1
    assert reports["rebind"]["fetched"] == 0
    assert "forbidden_address" in reports["rebind"]["message"]


@pytest.mark.case("F081")
def test_other_ports_of_the_same_host(world: dict[str, Any]) -> None:
    assert set(PORTS) <= {target.partition("?")[0] for target in world["asked"]}
    assert not [line for line in world["called"] if line.startswith(PUBLIC)]


@pytest.mark.case("F074")
def test_http_and_https_are_one_site(world: dict[str, Any]) -> None:
    assert len(world["articles"]) == ARTICLES
    assert [run["double"]["new"] for run in world["runs"]] == [ARTICLES, 0]


@pytest.mark.case("F075")
@pytest.mark.parametrize("site", ["muet", "vide"])
def test_a_name_server_that_is_silent_or_knows_no_address(world: dict[str, Any], site: str) -> None:
    """Such a site is tried again by the next run, and holds up no other."""
    for run in world["runs"]:
        assert (run[site]["state"], run[site]["exit_code"], run[site]["fetched"]) == ("dead", 5, 0)
    assert world["answers"][SILENT] >= 2  # it was asked in both runs, and said nothing
    assert world["runs"][0]["double"]["new"] == ARTICLES
