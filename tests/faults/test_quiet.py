"""Group F, what must not get out or in: secrets, faked log lines, ports, files left behind (F146-F148)."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from storage import open_archive
from tests import oracles
from tests.crawl.hostile_site import Archive, Site
from tests.faults.press import SITE, Press, press_at
from tests.hostile import HostileServer
from tests.hostile.loglines import FAKE
from tests.oracles import Held
from tests.postgres import Cluster
from tests.running import environment, run_hemero
from tests.watching import Watch, family

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

SECRETS = {
    name: f"S3CR3T-{name.upper()}" for name in ("database", "proxy", "smtp", "ping", "webhook", "user")
}
LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [A-Z]+ [\w.]+: ")


@pytest.fixture
def secret_url(postgres: Cluster) -> Iterator[str]:
    """A database's URL with a password (the server trusts whoever asks on loopback)."""
    url = postgres.new_database()
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    user = (parts.username or "postgres") + ":" + SECRETS["database"]
    yield urlunsplit(parts._replace(netloc=f"{user}@{place}"))
    postgres.drop_database(url)


def watched(
    press: Press, name: str, told: dict[str, str], commands: set[str], *arguments: str, patience: str = "20"
) -> int:
    """Run a command that knows the secrets; keep what it printed and every command line meanwhile."""
    proxy = f"http://u:{SECRETS['proxy']}@127.0.0.1:9"
    env = {"http_proxy": proxy, "HEMERO_SMTP_PASSWORD": SECRETS["smtp"], "HEMERO_PATIENCE": patience}
    running = press.start(*arguments, **env)
    with Watch(running.process.pid) as watch:
        ended = running.wait()
    told |= {f"{name} out": ended.out, f"{name} err": ended.err}
    commands |= watch.commands
    return ended.code


@pytest.mark.postgres
@pytest.mark.case("F146")
def test_secrets_stay_where_they_are(tmp_path: Path, secret_url: str) -> None:
    told: dict[str, str] = {}
    commands: set[str] = set()
    with press_at(tmp_path / "archive", secret_url, articles=3) as press:
        server = press.server
        press.archive.more += (  # servers that answer 404, and a mail server that is not there
            f'[notify]\nping_url = "{server.url("/ping/" + SECRETS["ping"])}"\n'
            f'webhook_url = "{server.base_url.replace("//", "//u:" + SECRETS["user"] + "@")}'
            f'/hook/{SECRETS["webhook"]}"\n'
            'mail_to = ["a@presse.example"]\nsmtp = "127.0.0.1:9"\nsmtp_user = "hemero"\n'
        )
        press.archive.declare()
        settings = (press.folder / "hemero.toml").rename(tmp_path / "hemero.toml")
        config = ("--config", str(settings))
        log = tmp_path / "archive" / "crawl.log"
        assert watched(press, "crawl", told, commands, "crawl", SITE, "-vv", "--log", str(log), *config) == 0
        server.down = True
        press.kept.sql("UPDATE candidates SET next_try_at = '2020-01-01'")
        press.kept.sql("UPDATE channels SET next_fetch_at = NULL, digest = NULL")
        assert (
            watched(press, "lost", told, commands, "crawl", SITE, "--debug", "--log", str(log), *config) == 5
        )
        for arguments in (
            ("runs", "--json"),
            ("status", "--json", "--html", str(press.folder / "status.html"), *config),
            ("doctor", *config),
            ("sql", "SELECT title FROM articles"),
        ):
            assert watched(press, arguments[0], told, commands, *arguments) in (0, 2, 6), told  # sql: no role
        held = Held(press.folder, secret_url)
        assert oracles.quiet(held, SECRETS.values(), told, commands) == []
        assert "ping" in told["crawl err"]  # it failed, and this was said
        assert all("authorization" not in hit.headers for hit in server.hits if "/news/" in hit.target)
        press.kept.url = secret_url.replace("127.0.0.1", "127.0.0.2").rpartition("/")[0] + "/nowhere"
        told.clear()
        for arguments in (("crawl", SITE, "--debug", *config), ("sql", "SELECT 1")):
            code = watched(press, arguments[0], told, commands, *arguments, patience="2")
            assert code == 4, told
        assert oracles.quiet(held, SECRETS.values(), told, commands) == []
        assert "***" in "".join(told.values()) or "nowhere" in "".join(told.values())


@pytest.mark.case("F147")
def test_texts_of_pages_begin_no_line_of_the_log(tmp_path: Path) -> None:
    with HostileServer(articles=2) as server:
        archive = Archive(tmp_path / "archive", settings={"timeout": 5.0}, more="[rights]\nask = false\n")
        routes = (
            "/x/log",
            "/x/terminal",
            "/x/nul",
            "/l/location",
            "/l/reason",
            "/l/header",
            "/t/status-garbage",
        )
        archive.declare(
            Site("lignes", server, "/links?" + "&".join(f"to={path}" for path in routes), "^/[xlt]/"),
            Site("liens", server, "/l/links", "^/x/"),
            Site("flux", server, options={"feeds": [server.url("/l/feed")]}),
        )
        log = tmp_path / "crawl.log"
        archive.crawl("-vv", "--log", str(log))
        lines = log.read_text("utf-8").splitlines()
        assert [line for line in lines if not LINE.match(line)] == []
        assert [line for line in lines if not line.isprintable()] == []
        said = archive.crawl("--debug", sites=["lignes", "liens"]).stderr.splitlines()
        cited = [line for line in said if not LINE.match(line) and not line.startswith("    ")]
        assert [line for line in cited if not line.startswith("hemero: ")] == []
        assert [line for line in said if line.startswith(FAKE)] == []
        assert [line for line in said if not line.replace("\t", " ").isprintable()] == []


@pytest.mark.case("F148")
def test_no_port_listens_and_no_file_is_left(tmp_path: Path) -> None:
    home, temporary = tmp_path / "home", tmp_path / "temporary"
    home.mkdir()
    temporary.mkdir()
    with HostileServer(articles=12, latency=0.2) as server:
        archive = Archive(tmp_path / "archive", more="[rights]\nask = false\n")
        archive.declare(Site("nouvelles", server))
        env = environment(HOME=str(home), TMPDIR=str(temporary))
        env = {name: value for name, value in env.items() if not name.startswith("XDG_")}
        process = subprocess.Popen(archive.command(), cwd=tmp_path, env=env, stderr=subprocess.PIPE)
        ports: set[str] = set()
        looks = 0
        while process.poll() is None:
            ports |= listening(process.pid)
            looks += 1
            time.sleep(0.05)
        assert process.returncode == 0, process.communicate()
        process.communicate()
        assert looks > 10
        assert ports == set()
        assert [path for folder in (home, temporary) for path in folder.rglob("*")] == []
        assert {path.name for path in tmp_path.iterdir()} == {"home", "temporary", "archive"}


def listening(pid: int) -> set[str]:
    """Sockets of a process and its descendants on which somebody could connect: TCP that listens, any UDP."""
    inodes = set()
    for member in family(pid):
        for path in Path(f"/proc/{member}/fd").glob("*"):
            try:
                target = str(path.readlink())
            except OSError:
                continue
            if target.startswith("socket:["):
                inodes.add(target[8:-1])
    found = set()
    for name in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/net/{name}").read_text("ascii").splitlines()[1:]:
            fields = line.split()
            if fields[9] in inodes and (fields[3] == "0A" or (name[:3] == "udp" and fields[3] == "07")):
                found.add(f"{name} {fields[1]}")
    return found


def test_a_listening_port_would_be_seen() -> None:
    program = (
        "import socket, sys; s = socket.create_server(('127.0.0.1', 0));"
        " print('x', flush=True); sys.stdin.read()"
    )
    child = subprocess.Popen(
        ["python3", "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "x\n"
    assert len(listening(child.pid)) == 1
    child.communicate()


@pytest.mark.postgres
@pytest.mark.case("F146")
def test_the_password_of_the_reader_reaches_no_log_of_the_server(tmp_path: Path, postgres: Cluster) -> None:
    url = postgres.new_database()
    name = url.partition("?")[0].rpartition("/")[2]
    with psycopg.connect(url, autocommit=True) as connection:
        for setting in ("log_statement = 'ddl'", "log_min_messages = 'log'"):
            connection.execute(f"ALTER DATABASE {name} SET {setting}")  # type: ignore[call-overload]
    folder = tmp_path / "archive"
    open_archive(folder, create=True, database_url=url).close()
    env = environment(HEMERO_DATABASE_URL=url)
    done = run_hemero("sql", "--make-reader", "--archive", folder, cwd=tmp_path, env=env)
    assert done.returncode == 0, done.stderr
    password = urlsplit(done.stdout.strip()).password
    said = (postgres.folder / "log").read_text("utf-8")
    assert "ROLE hemero_reader" in said
    assert password is not None
    assert password not in said
    with psycopg.connect(url) as connection:
        kept = connection.execute("SELECT rolpassword FROM pg_authid WHERE rolname = 'hemero_reader'")
        assert kept.fetchone()[0].startswith("SCRAM-SHA-256$")  # type: ignore[index]
    postgres.drop_database(url)
