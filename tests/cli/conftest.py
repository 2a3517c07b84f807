"""What the tests of the command line share."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.running import PAGE, Run, crawled_folder, run_preloaded


@pytest.fixture
def hemero(tmp_path: Path) -> Run:
    """Runs the command in an empty folder."""

    def run(*arguments: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
        return run_preloaded(*arguments, **({"cwd": tmp_path} | options))

    return run


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """A folder with three saved pages of one undeclared site."""
    folder = tmp_path / "pages"
    folder.mkdir()
    for number in (1, 2, 3):
        (folder / f"p{number}.html").write_text(PAGE.format(number=number), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def crawled() -> Path:
    return crawled_folder()


@pytest.fixture
def archive(crawled: Path, tmp_path: Path) -> Path:
    """A copy of the crawled archive that a test may change."""
    shutil.copytree(crawled / "archive", tmp_path / "archive")
    return tmp_path / "archive"


@pytest.fixture
def local_site(pages: Path) -> Iterator[str]:
    """The saved pages served on loopback: an undeclared site."""

    class Handler(SimpleHTTPRequestHandler):
        def __init__(self, *args: object) -> None:
            super().__init__(*args, directory=str(pages))  # type: ignore[arg-type]

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()
