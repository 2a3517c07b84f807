"""An address of a database that means nothing is a setting that is wrong: 2, which one, and no password."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.running import Run, environment

pytestmark = [pytest.mark.slow, pytest.mark.case("F152")]

ADDRESSES = [
    "postgresql://",
    "postgresql://ana:S3CR3T@host",
    "postgres//ana:S3CR3T@host/press",
    "mysql://ana:S3CR3T@host/press",
    "postgresql://ana:S3CR3T@host:abc/press",
    "postgresql://ana:S3CR3T@host:99999/press",
    "postgresql://ana:S3CR3T@[::1/press",
    "postgresql:///press?port=abc&password=S3CR3T",
    "postgresql://ana:S3CR3T@host/press?nosuch=1",
    "postgresql://ana:S3CR3T@host/press?sslmode=nosuch",
    "postgresql://ana:S3CR3T@host/press?target_session_attrs=S3CR3T",
    "postgresql://ana:S3CR3T@host/press?connect_timeout=soon",
    "S3CR3T",
    "sqlite://",
    "sqlite://archive.db",
]


def refused(hemero: Run, *arguments: str, **env: str) -> str:
    result = hemero(*arguments, env=environment(HEMERO_PATIENCE="0", **env))
    assert result.returncode == 2, result.stdout + result.stderr
    (line,) = result.stderr.splitlines()
    assert "S3CR3T" not in line
    return str(line)


@pytest.mark.parametrize("address", ADDRESSES)
def test_in_the_environment(hemero: Run, address: str) -> None:
    assert refused(hemero, "runs", HEMERO_DATABASE_URL=address).startswith("hemero: HEMERO_DATABASE_URL")


def test_before_anything_is_made(hemero: Run, tmp_path: Path) -> None:
    assert "HEMERO_DATABASE_URL" in refused(hemero, "crawl", "demo", HEMERO_DATABASE_URL="mysql://h/x")
    assert list(tmp_path.iterdir()) == []


def test_as_the_target_of_a_move(hemero: Run, archive: Path) -> None:
    assert refused(hemero, "migrate", "--to", "mysql://ana:S3CR3T@host/x").startswith("hemero: --to")


@pytest.mark.postgres
def test_of_the_analysts(hemero: Run, postgres: object, tmp_path: Path) -> None:
    from storage import open_archive

    url = postgres.new_database()  # type: ignore[attr-defined]
    open_archive(tmp_path / "archive", create=True, database_url=url).close()
    env = {"HEMERO_DATABASE_URL": url, "HEMERO_SQL_URL": "ana:S3CR3T@host"}
    assert refused(hemero, "sql", "SELECT 1", **env).startswith("hemero: HEMERO_SQL_URL")
