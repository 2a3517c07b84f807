"""Group F, texts that attack whoever looks: browsers, feed readers, terminals, spreadsheets (F126-F128).

What the installed command writes about a crawl of such pages is opened in a real browser; scripts that run
call alert.
"""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from lxml import etree
from playwright.sync_api import Page, sync_playwright

from tests.conftest import find_chromium
from tests.crawl.hostile_site import Archive, Site
from tests.hostile import HostileServer
from tests.hostile.payloads import PAYLOADS
from tests.running import HEMERO, environment, run_preloaded

pytestmark = [pytest.mark.slow]

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
MARKUP = ("<script>alert('site')</script>", '"><img src=x onerror=alert(2)>')
TEXTS = (
    *("jsonl", "tei", "gexf"),
    *(pytest.param(n, marks=pytest.mark.soak) for n in ("bibtex", "ris", "csl", "iramuteq", "graphml")),
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")
ACTIVE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Attacked:
    """An archive of the payload pages, and what was written about it."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.folder = archive.folder.parent

    def run(self, *arguments: str) -> str:
        """Standard output of a command that must end with 0."""
        result = run_preloaded(*arguments, "--archive", str(self.archive.folder), cwd=self.folder)
        assert result.returncode == 0, result.stderr
        assert not ACTIVE.search(result.stderr)
        return result.stdout

    def exported(self, form: str) -> Path:
        path = self.folder / f"articles.{form}"
        if not path.exists():
            self.run("export", "--format", form, "-o", str(path))
        return path

    def written(self) -> dict[str, Path]:
        """The page, the report and the feed."""
        paths = {name: self.folder / name for name in ("status.html", "archive.json", "alerts.xml")}
        if not paths["status.html"].exists():
            self.run("status", "--html", str(paths["status.html"]))
            paths["alerts.xml"].write_text(self.run("alerts", "--atom"), encoding="utf-8")
        return paths


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    with HostileServer() as server:
        more = "[rights]\nask = false\n[readers]\nprocesses = 1\n"
        archive = Archive(tmp_path_factory.mktemp("shown") / "archive", more=more)
        start = "/links?" + "&".join(f"to=/x/{name}" for name in PAYLOADS)
        lost = "/links?" + "&".join(f"to=/s/500/%22%3E%3Cimg%20onerror=alert({n})%3E" for n in range(5))
        archive.declare(
            Site("attaques", server, start, "^/x/", {"title": MARKUP[0]}),
            Site("pannes", server, lost, "^/s/", {"title": MARKUP[1]}),
        )
        found = Attacked(archive)
        # The search is there before the articles are, so that all of them match it.
        archive.crawl(sites=["pannes"])
        found.run("alerts", "attaques", "--save", "conseil", "--who", "ida")
        archive.crawl(sites=["attaques"])
        titles = {row["title"] for row in archive.rows("SELECT title FROM articles")}
        assert len(titles) >= len(PAYLOADS) - 2, titles
        assert "<script>alert('entity')</script>" in titles
        yield found


@contextmanager
def browser() -> Iterator[tuple[Page, list[str]]]:
    """A page of a real browser, and what scripts asked it to show."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        try:
            shown: list[str] = []
            page = chromium.new_page()
            page.on("dialog", lambda dialog: (shown.append(dialog.message), dialog.dismiss()))
            yield page, shown
        finally:
            chromium.close()


def act(page: Page) -> None:
    """Touch everything that could carry a handler."""
    page.evaluate(
        "for (const e of document.querySelectorAll('*'))"
        " for (const n of ['mouseover', 'focus', 'click', 'load', 'error'])"
        " e.dispatchEvent(new Event(n))"
    )


@pytest.mark.chromium
@pytest.mark.case("F126", "F127", "F128")
def test_no_script_runs_in_a_browser(attacked: Attacked, tmp_path: Path) -> None:
    armed = tmp_path / "armed.html"  # the same page where nothing protects: the check can fail
    armed.write_text(PAYLOADS["title"], encoding="utf-8")
    bundle = zipfile.ZipFile(attacked.exported("evidence"))
    bundle.extractall(tmp_path)
    kept = [name for name in bundle.namelist() if name.endswith(("/body", "/page"))]
    assert len(kept) >= len(PAYLOADS) - 2
    with browser() as (page, shown):
        page.goto(armed.as_uri())
        assert shown == ["title"]
        shown.clear()
        for path in attacked.written().values():
            page.goto(path.as_uri())
            act(page)
        page.goto(attacked.written()["status.html"].as_uri())
        assert page.evaluate("document.scripts.length") == 0
        assert MARKUP[0] in page.inner_text("body")
        assert MARKUP[1] in page.inner_text("body")
        with_scripts = [name for name in kept if b"<script>alert" in bundle.read(name)]
        assert with_scripts
        for name in with_scripts:  # a stored page is shown as text: no name says that it is a page
            page.goto((tmp_path / name).as_uri())
            assert page.evaluate("document.scripts.length") == 0
            assert "<script>alert" in page.inner_text("body")
        assert shown == []


@pytest.mark.case("F126")
def test_the_page_forbids_scripts_and_holds_no_markup_of_pages(attacked: Attacked) -> None:
    tree = etree.HTML(attacked.written()["status.html"].read_text("utf-8"))
    policy = tree.xpath("//meta[@http-equiv = 'Content-Security-Policy']/@content")
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"]
    assert {e.tag for e in tree.iter()} & {"script", "img", "iframe", "object", "embed", "link"} == set()
    assert tree.xpath("//@*[starts-with(name(), 'on')]") == []
    assert [link for link in tree.xpath("//@href") if not link.startswith("#")] == []


@pytest.mark.case("F126")
def test_the_feed_is_text(attacked: Attacked) -> None:
    tree = etree.fromstring(attacked.written()["alerts.xml"].read_bytes())
    space = "{http://www.w3.org/2005/Atom}"
    assert {e.tag for e in tree.iter()} == {
        space + name
        for name in ("feed", "id", "title", "updated", "author", "name", "entry", "link", "summary")
    }
    titles = [e.text for e in tree.iter(f"{space}title")]
    assert "<script>alert('entity')</script>" in titles
    assert tree.xpath("//@type") == []  # plain text, never markup
    assert all(link.startswith("http://127.0.0.1:") for link in tree.xpath("//@href"))


@pytest.mark.case("F126", "F128")
@pytest.mark.parametrize("form", TEXTS)
def test_no_export_acts(attacked: Attacked, form: str) -> None:
    path = attacked.exported(form)
    if zipfile.is_zipfile(path):  # one document an article
        bundle = zipfile.ZipFile(path)
        texts = [bundle.read(name).decode() for name in bundle.namelist()]
    else:
        texts = [path.read_text("utf-8-sig")]
    for text in texts:
        _assert_inert(text, form)


def _assert_inert(text: str, form: str) -> None:
    assert "javascript:" not in text
    assert "\x1b" not in text
    assert "{49}" not in text
    if text.startswith("<?xml"):
        tree = etree.fromstring(text.encode())
        names = {etree.QName(e).localname for e in tree.iter() if isinstance(e.tag, str)}
        assert names.isdisjoint({"script", "img", "svg", "b"})
        assert tree.xpath("//@*[starts-with(name(), 'on')]") == []
    if form == "jsonl":
        rows = [json.loads(line) for line in text.splitlines()]
        assert "{{7*7}} ${7*7} <%= 7*7 %> {% debug %}" in [row["title"] for row in rows]
        assert all(_schemes(row) <= {"http"} for row in rows)


def _schemes(row: dict[str, Any]) -> set[str]:
    urls = [row["url"], row["canonical_url"], *(entry["url"] for entry in row["related"])]
    return {url.partition(":")[0] for url in urls if url}


@pytest.mark.case("F126")
def test_no_cell_is_a_formula(attacked: Attacked) -> None:
    text = attacked.exported("csv").read_text("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    assert [cell for cell in cells if cell.startswith(FORMULA)] == []
    sheets = openpyxl.load_workbook(attacked.exported("xlsx"))
    filled = [cell for sheet in sheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert [cell for cell in filled if cell.data_type == "f" or cell.hyperlink] == []
    assert any("HYPERLINK" in str(cell.value) for cell in filled)


@pytest.mark.case("F126", "F128")
def test_no_text_acts_on_a_terminal(attacked: Attacked) -> None:
    number = str(attacked.archive.rows("SELECT id FROM articles WHERE url LIKE '%/x/terminal%'")[0]["id"])
    said = [attacked.run("show", number, *options) for options in ([], ["--json"])]
    said += [attacked.run("search", "conseil"), attacked.run("alerts", "--all"), attacked.run("status")]
    assert [text for text in said if ACTIVE.search(text)] == []
    assert "effacé" in "".join(said)


@pytest.mark.case("F127")
def test_a_raw_page_is_its_bytes_or_inert_on_a_terminal(attacked: Attacked) -> None:
    row = attacked.archive.rows("SELECT id FROM articles WHERE url LIKE '%/x/terminal%'")[0]
    command = [HEMERO, "show", str(row["id"]), "--raw", "--archive", attacked.archive.folder]
    piped = subprocess.run(command, env=environment(), capture_output=True, check=True, timeout=100)
    assert piped.stdout == PAYLOADS["terminal"].encode()
    shown = _on_a_terminal(command)
    assert "effacé" in shown
    assert not ACTIVE.search(shown.replace("\r\n", "\n"))


def _on_a_terminal(command: list[Any]) -> str:
    """What a command writes when its output is a terminal."""
    ours, its = pty.openpty()
    parts: list[bytes] = []

    def read() -> None:
        while True:
            try:
                part = os.read(ours, 65_536)
            except OSError:  # the last writer has gone
                return
            parts.append(part)

    reader = threading.Thread(target=read)
    reader.start()
    done = subprocess.run(command, env=environment(TERM="dumb"), stdout=its, timeout=100, check=False)
    os.close(its)
    reader.join(10)
    os.close(ours)
    assert done.returncode == 0
    return b"".join(parts).decode("utf-8")
