"""A crawled archive under test: commands in their own process, tables by plain SQL, damage on purpose."""

from __future__ import annotations

import gzip
import itertools
import json
import re
import signal
import subprocess
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from storage import open_archive
from storage.verify import verify
from tests.running import environment, run_preloaded

KILLED = -signal.SIGKILL
READS = "GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}"
_NUMBERS = itertools.count(1)

DUMPS = {
    "articles": "SELECT a.identity, s.name AS site, a.url, a.declared_url, a.title, a.lead, a.body,"
    " a.language, a.section, a.published_date, a.published_precision, a.published_local,"
    " a.published_timezone,"
    " a.published_utc, a.published_raw, a.published_rule, a.modified_date, a.modified_precision,"
    " a.modified_local, a.modified_utc, a.modified_raw, a.paywalled, a.truncated, a.encoding, a.words,"
    " a.content_digest, a.text_digest, a.extractor, a.revision_count, c.record_id, a.fetched_at,"
    " a.first_seen_at, a.gone_at FROM articles a JOIN sites s ON s.id = a.site_id"
    " LEFT JOIN captures c ON c.id = a.capture_id",
    "revisions": "SELECT a.identity, r.number, c.record_id, r.fetched_at, r.extractor, r.content_digest,"
    " r.text_digest, r.content, CAST(r.changed AS text) AS changed, r.stealth, r.extractor_changed,"
    " r.modified_utc, r.modified_raw FROM revisions r JOIN articles a ON a.id = r.article_id"
    " LEFT JOIN captures c ON c.id = r.capture_id",
    "related_links": "SELECT a.identity, l.entry_key, l.position, l.block, l.heading, l.title, l.title_raw,"
    " l.title_truncated, l.teaser, l.teaser_raw, l.teaser_truncated, l.url, l.target_key,"
    " t.identity AS target, l.first_seen_at FROM related_links l JOIN articles a"
    " ON a.id = l.article_id LEFT JOIN articles t ON t.id = l.target_id",
    "tags": "SELECT a.identity, t.folded, x.position, x.url FROM article_tags x"
    " JOIN articles a ON a.id = x.article_id JOIN tags t ON t.id = x.tag_id",
    "authors": "SELECT a.identity, t.folded, x.position FROM article_authors x"
    " JOIN articles a ON a.id = x.article_id JOIN authors t ON t.id = x.author_id",
    "attributions": "SELECT a.identity, t.position, t.kind, t.raw, t.rule, t.dateline, t.location, t.url,"
    " x.position AS place, x.role, x.name, s.key FROM attributions t"
    " JOIN articles a ON a.id = t.article_id LEFT JOIN attribution_sources x ON x.attribution_id = t.id"
    " LEFT JOIN sources s ON s.id = x.source_id",
    "addresses": "SELECT a.identity, u.url, u.kind FROM article_urls u"
    " JOIN articles a ON a.id = u.article_id",
    "captures": "SELECT f.name, c.\"offset\", c.length, c.request_length, c.record_id, c.url, c.role, c.kind,"
    " c.status, c.fetched_at, c.payload_digest, c.payload_length, c.headers_digest, o.record_id AS original"
    " FROM captures c JOIN capture_files f ON f.id = c.file_id LEFT JOIN captures o ON o.id = c.refers_to_id",
}  # fmt: skip
READ = ("articles", "revisions", "related_links", "tags", "authors", "attributions", "addresses")


@dataclass
class Kept:
    """An archive folder, and its database's URL where that is not the folder's own."""

    folder: Path
    url: str | None = None

    @property
    def database(self) -> Path:
        return self.folder / "archive.db"

    def environment(self, **extra: str) -> dict[str, str]:
        return environment(**({"HEMERO_DATABASE_URL": self.url} if self.url else {}) | extra)

    def run(
        self, *arguments: str, fault: str | None = None, **extra: str
    ) -> subprocess.CompletedProcess[str]:
        """A command on this archive; `fault` kills it there ("name:N")."""
        if fault is not None:
            extra |= {"HEMERO_FAULTS": "1", "FAULT_AT": fault}
        return run_preloaded(
            *arguments, "--archive", self.folder, cwd=self.folder.parent, env=self.environment(**extra)
        )

    def ok(self, *arguments: str) -> str:
        """Run a command that must end with 0; its standard output."""
        result = self.run(*arguments)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    def verify(self, *options: str) -> tuple[int, list[dict[str, Any]]]:
        """Exit code and the damage found."""
        result = self.run("verify", "--json", *options)
        found = [json.loads(line) for line in result.stdout.splitlines()]
        return result.returncode, [finding for finding in found if finding["level"] == "damage"]

    def findings(self, *, quick: bool = False) -> list[dict[str, Any]]:
        """The same damage, found within this process: a tenth of the time."""
        with open_archive(self.folder, read_only=True, database_url=self.url or "sqlite") as archive:
            return [found.as_dict() for found in verify(archive, quick=quick) if found.is_damage]

    def assert_sound(self) -> None:
        assert self.findings() == []

    def sql(self, query: str, **values: Any) -> list[dict[str, Any]]:
        """Rows of a query; a statement that changes something is committed."""
        url = self.url.replace("postgresql://", "postgresql+psycopg://") if self.url else None
        engine = create_engine(url or f"sqlite:///{self.database}")
        try:
            with engine.begin() as connection:
                result = connection.execute(text(query), values)
                return [dict(row) for row in result.mappings()] if result.returns_rows else []
        finally:
            engine.dispose()

    def dump(self, *names: str) -> dict[str, list[str]]:
        """What the tables say, under keys that no database gives."""
        return {
            name: sorted(json.dumps([_plain(v) for v in row.values()]) for row in self.sql(DUMPS[name]))
            for name in names or DUMPS
        }

    def files(self, role: str = "article") -> list[Path]:
        return sorted((self.folder / "captures").rglob(f"*-{role}-*.warc.gz"))

    def capture(self, where: str = "c.role = 'article' AND c.status = 200") -> dict[str, Any]:
        """The first capture that a condition names, with the path of its file."""
        query = (
            'SELECT c.id, c."offset" AS start, c.length, c.request_length, c.url, f.name FROM captures c'
            f" JOIN capture_files f ON f.id = c.file_id WHERE {where} ORDER BY c.id"
        )
        row = self.sql(query)[0]
        return row | {"path": self.folder / "captures" / row["name"]}

    def everything(self) -> str:
        """All text in the archive folder: files as they are, WARC records with their codings undone."""
        parts = []
        for path in sorted(self.folder.rglob("*")):
            if not path.is_file():
                continue
            data = path.read_bytes()
            if ".warc.gz" in path.name:
                data = gzip.decompress(data)
                parts += [_payloads(data)]
            parts.append(data)
        return b"\n".join(parts).decode("utf-8", "replace")


def as_role(kept: Kept, *grants: str) -> Kept:
    """An archive on PostgreSQL as a new role sees it."""
    role = f"role{next(_NUMBERS)}"
    for statement in ("CREATE ROLE {role} LOGIN", *grants):
        kept.sql(statement.format(role=role))
    assert kept.url is not None
    return Kept(kept.folder, kept.url.replace("postgres@", f"{role}@"))


def _plain(value: Any) -> Any:
    """A value as both databases would give it."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, datetime):
        moment = value.astimezone(UTC) if value.tzinfo else value
        return moment.strftime("%Y-%m-%d %H:%M:%S.%f")
    return str(value) if isinstance(value, date) else value


def _payloads(data: bytes) -> bytes:
    """Bodies that were sent gzipped, unpacked."""
    found = []
    for match in re.finditer(rb"\r\n\r\n(\x1f\x8b\x08.*?)\r\n\r\n(?=WARC/1|\Z)", data, re.S):
        found.append(gzip.decompress(match[1]))
    return b"\n".join(found)


def words_of(content: str) -> str:
    """Text without markup, entities and spacing, to look for what a page says."""
    import html

    return re.sub(r"\s+", " ", re.sub(r"<[^<>]*>", "", html.unescape(content)))


def flip(path: Path, at: int) -> None:
    """Change one byte of a file."""
    data = bytearray(path.read_bytes())
    data[at] ^= 0xFF
    path.write_bytes(bytes(data))
