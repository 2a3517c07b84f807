"""Ten questions to an archive after a trial: what is wrong with it, one line a fault; none is the answer.

O1 complete, O2 unique, O3 faithful, O4 raw, O5 nobody_in, O6 honest, O7 bounded (in tests/watching.py),
O8 idempotent, O9 sound, O10 quiet. They read tables by plain SQL, files by plain zlib, processes from /proc
and what the server saw: no code of ours stands between. tests/faults/test_oracles.py plants defects for each.
"""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from tests.hostile import SECRET, HostileServer
from tests.hostile.news import article

PASSWD = "root:x:0"
PARTS = ("new", "changed", "unchanged", "gone", "not_article", "failed", "refused", "deferred")
CONTENT = (
    *("articles", "revisions", "related_links", "article_urls", "attributions", "attribution_sources"),
    *("article_tags", "article_authors", "field_evidence"),
)


@dataclass(frozen=True)
class Held:
    """What an archive folder holds; `url` names its database where that is not the folder's own."""

    folder: Path
    url: str | None = None

    @property
    def captures(self) -> Path:
        return self.folder / "captures"

    def rows(self, query: str, **values: Any) -> list[dict[str, Any]]:
        where = self.url or f"sqlite:///{self.folder / 'archive.db'}"
        engine = create_engine(where.replace("postgresql://", "postgresql+psycopg://"))
        try:
            with engine.connect() as connection:
                return [dict(row) for row in connection.execute(text(query), values).mappings()]
        finally:
            engine.dispose()


@dataclass(frozen=True)
class Wanted:
    """What an archive must say of one article. `day` is an ISO date, `body` has one line a paragraph."""

    url: str
    title: str
    day: str
    source: str
    related: frozenset[str]
    body: str


def news(server: HostileServer, numbers: Iterable[int] | None = None) -> list[Wanted]:
    """The truth of /news/: all of its articles, or those with these numbers."""
    found = []
    for number in range(server.articles) if numbers is None else numbers:
        shown = article(number, server.articles)
        related = {server.url(article(other, server.articles).path) for other in shown.related}
        body = "\n".join(paragraph.strip() for paragraph in shown.paragraphs)
        day = shown.day.isoformat()
        found.append(Wanted(server.url(shown.path), shown.title, day, shown.source, frozenset(related), body))
    return found


def of_site(held: Held, site: str, columns: str = "a.*") -> list[dict[str, Any]]:
    query = f"SELECT {columns} FROM articles a JOIN sites s ON s.id = a.site_id WHERE s.name = :site"
    return held.rows(f"{query} ORDER BY a.id", site=site)


def complete(held: Held, site: str, wanted: Iterable[str]) -> list[str]:
    """O1: the URLs of a site's articles are these and no others."""
    urls, kept = set(wanted), {row["url"] for row in of_site(held, site, "a.url")}
    return [f"missing: {url}" for url in sorted(urls - kept)] + [
        f"not of the site: {url}" for url in sorted(kept - urls)
    ]


def unique(held: Held) -> list[str]:
    """O2: one article an identity, an address and a text; no two states in a row of one text."""
    found = []
    for what, query in {
        "identity": "SELECT identity AS k FROM articles",
        "address": "SELECT url AS k FROM articles",
        "alias": "SELECT url AS k FROM article_urls",
        "text": "SELECT site_id || title || body AS k FROM articles WHERE body <> ''",
        "record": "SELECT record_id AS k FROM captures",
    }.items():
        counted = Counter(row["k"] for row in held.rows(query))
        found += [f"{what} {count} times: {key[:80]}" for key, count in counted.items() if count > 1]
    last: dict[int, str] = {}
    for row in held.rows("SELECT article_id, number, content FROM revisions ORDER BY article_id, number"):
        if last.get(row["article_id"]) == row["content"]:
            found.append(f"revision {row['number']} of article {row['article_id']} says what the last said")
        last[row["article_id"]] = row["content"]
    return found


def faithful(held: Held, site: str, wanted: Iterable[Wanted]) -> list[str]:
    """O3: title, date, source, related links and body of each of these articles are the truth."""
    rows = {row["url"]: row for row in of_site(held, site)}
    related: dict[int, set[str]] = {}
    for link in held.rows("SELECT article_id, url FROM related_links WHERE block = 'end'"):
        related.setdefault(link["article_id"], set()).add(link["url"])
    sources: dict[int, set[str]] = {}
    credited = "SELECT t.article_id, x.name FROM attributions t JOIN attribution_sources x"
    for source in held.rows(f"{credited} ON x.attribution_id = t.id"):
        sources.setdefault(source["article_id"], set()).add(source["name"])
    found = []
    for truth in wanted:
        row = rows.get(truth.url)
        if row is None:
            continue  # O1 names it
        says = {
            "title": (row["title"], truth.title),
            "day": (str(row["published_date"]), truth.day),
            "source": (sources.get(row["id"]), {truth.source}),
            "related": (related.get(row["id"], set()), set(truth.related)),
            "body": (_digest(row["body"] or ""), _digest(truth.body)),
        }
        found += [f"{truth.url}: {name} {a!r}, not {b!r}" for name, (a, b) in says.items() if a != b]
    return found


def _digest(value: str | bytes) -> str:
    return hashlib.sha256(value.encode() if isinstance(value, str) else value).hexdigest()


def raw(held: Held, *, at_rest: bool = True) -> list[str]:
    """O4: every row's record is one whole gzip member that says what the row says; every byte is explained.

    `at_rest`: nothing writes, so that no file may be open.
    """
    found: list[str] = []
    starts: dict[str, set[int]] = {}
    query = (
        'SELECT c.*, c."offset" AS start, f.name FROM captures c JOIN capture_files f ON f.id = c.file_id'
        " WHERE c.lost_at IS NULL AND f.state <> 'pruned'"
    )
    for row in held.rows(query):
        path = held.captures / row["name"]
        starts.setdefault(row["name"], set()).add(row["start"])
        if row["request_length"]:
            starts[row["name"]].add(row["start"] + row["length"])
        try:
            member = path.read_bytes()[row["start"] : row["start"] + row["length"]]
            found += [f"{row['name']} {row['start']} {row['url']}: {why}" for why in _record(member, row)]
        except OSError as error:
            found.append(f"{row['name']}: {error.strerror}")
    for path in sorted(held.captures.rglob("*.warc.gz*")):
        name = str(path.relative_to(held.captures))
        if path.name.endswith(".open"):
            found += [f"{name}: left open"] if at_rest else []
            continue
        try:
            found += [
                f"{name} {start}: no row explains a {kind}"
                for start, kind in _members(path.read_bytes())
                if kind != "warcinfo" and start not in starts.get(name, set())
            ]
        except zlib.error as error:
            found.append(f"{name}: not whole gzip ({error})")
    return found


def _members(data: bytes) -> Iterator[tuple[int, str]]:
    """Start and WARC-Type of each gzip member. Raises zlib.error for bytes that are none."""
    start = 0
    while start < len(data):
        unpacker = zlib.decompressobj(31)
        content = unpacker.decompress(data[start:])
        if not unpacker.eof:
            raise zlib.error(f"cut off at {len(data)} in the member at {start}")
        yield start, _fields(content.partition(b"\r\n\r\n")[0]).get("warc-type", "")
        start = len(data) - len(unpacker.unused_data)


def _fields(head: bytes) -> dict[str, str]:
    lines = head.decode("utf-8", "replace").split("\r\n")[1:]
    return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


def _record(member: bytes, row: Mapping[str, Any]) -> list[str]:
    unpacker = zlib.decompressobj(31)
    try:
        content = unpacker.decompress(member)
    except zlib.error as error:
        return [str(error)]
    if not unpacker.eof or unpacker.unused_data:
        return ["not exactly one gzip member"]
    head, _, block = content.partition(b"\r\n\r\n")
    fields = _fields(head)
    size = int(fields.get("content-length", -1))
    payload = block[:size].partition(b"\r\n\r\n")[2]
    says = {
        "id": (fields.get("warc-record-id"), f"<urn:uuid:{row['record_id']}>"),
        "URL": (fields.get("warc-target-uri"), row["url"]),
        "digest": (fields.get("warc-payload-digest"), f"sha256:{row['payload_digest']}"),
        "end": (block[size:], b"\r\n\r\n"),
    }
    if row["kind"] == "response":
        says["payload"] = (_digest(payload), row["payload_digest"])
        says["length"] = (str(len(payload)), str(row["payload_length"]))
    return [f"{name} {a!r}, not {b!r}" for name, (a, b) in says.items() if a != b]


def traces(held: Held, words: Iterable[str], outputs: Mapping[str, str] | None = None) -> list[str]:
    """Where any of these words stands: in files (unpacked), in PostgreSQL's rows, in what was printed."""
    found, looked_for = [], [word.encode() for word in words]
    for path in sorted(path for path in held.folder.rglob("*") if path.is_file()):
        data = path.read_bytes()
        texts = [data, *_unpacked(data)] if ".gz" in path.name else [data]
        found += [f"{path.name} holds {w.decode()}" for w in looked_for if any(w in part for part in texts)]
    if held.url:
        tables = held.rows("SELECT tablename AS t FROM pg_tables WHERE schemaname = 'public'")
        for table in (row["t"] for row in tables):
            for row in held.rows(f'SELECT CAST(x AS text) AS x FROM "{table}" x'):
                found += [f"{table} holds {w.decode()}" for w in looked_for if w.decode() in row["x"]]
    for name, output in (outputs or {}).items():
        found += [f"{name} holds {word.decode()}" for word in looked_for if word.decode() in output]
    return found


def _unpacked(data: bytes) -> Iterator[bytes]:
    """The content of a gzip file as far as it can be read, and what was sent gzipped within it."""
    while data:
        unpacker = zlib.decompressobj(31)
        try:
            content = unpacker.decompress(data)
        except zlib.error:
            return
        yield content
        body = content.rpartition(b"\r\n\r\n\x1f\x8b")[2]
        if len(body) < len(content):
            yield from _unpacked(b"\x1f\x8b" + body)
        data = unpacker.unused_data


def nobody_in(
    held: Held, servers: Iterable[HostileServer] = (), outputs: Mapping[str, str] | None = None
) -> list[str]:
    """O5: no internal service was asked, and nothing of it or of this machine is kept or printed."""
    asked = [f"an internal service was asked: {line}" for server in servers for line in server.canary]
    return asked + traces(held, [SECRET, PASSWD], outputs)


def honest(held: Held, report: Mapping[str, Any], wanted: Iterable[str] = ()) -> list[str]:
    """O6: the parts of a run make its whole, its row says the same, and every missing page is owed.

    `report` is a site's part of `hemero crawl --report`. A page is owed while a row gives it a next try; a
    run that failed at more than a tenth of its pages must not end with 0.
    """
    found = []
    total = sum(report[part] for part in PARTS)
    if report["seen"] != total:
        found.append(f"seen {report['seen']}, accounted for {total}")
    for name, causes in (("failed", "failed_by_cause"), ("refused", "refused_by_reason")):
        if report[name] != sum(report[causes].values()):
            found.append(f"{name} {report[name]}, by cause {report[causes]}")
    row = held.rows("SELECT * FROM runs WHERE id = :run", run=report["run"])[0]
    for name in ("state", "exit_code", "seen", "new", "failed"):
        if row[name] != report[name]:
            found.append(f"{name}: the report says {report[name]}, the row {row[name]}")
    if row["finished_at"] is None:
        found.append("the run has no end")
    tried = report["fetched"] + report["failed"]
    if report["exit_code"] == 0 and report["failed"] > max(1, tried // 10):
        found.append(f"{report['failed']} of {tried} pages failed, and the code is 0")
    return found + owed(held, report["site"], wanted)


def owed(held: Held, site: str, wanted: Iterable[str]) -> list[str]:
    """Pages that are neither archived nor waiting for their turn with a cause."""
    missing = set(wanted) - {row["url"] for row in of_site(held, site, "a.url")}
    query = "SELECT c.* FROM candidates c JOIN sites s ON s.id = c.site_id WHERE s.name = :site"
    rows = {row["url"]: row for row in held.rows(query, site=site)}
    found = []
    for url in sorted(missing):
        row = rows.get(url)
        if row is None:
            found.append(f"forgotten: {url}")
        elif row["next_try_at"] is None and row["state"] != "captured":
            found.append(f"{row['state']} without a next try: {url}")
        elif row["state"] == "failed" and not row["reason"]:
            found.append(f"failed without a cause: {url}")
    return found


def content(held: Held) -> dict[str, list[str]]:
    """Every row of what the archive says, but for the time of the last look, for `idempotent`."""
    return {
        name: sorted(
            str({key: value for key, value in row.items() if key != "last_seen_at"})
            for row in held.rows(f"SELECT * FROM {name}")
        )
        for name in CONTENT
    }


def idempotent(before: Mapping[str, list[str]], after: Mapping[str, list[str]]) -> list[str]:
    """O8: a second run on an unchanged site writes no row."""
    found = []
    for name, rows in before.items():
        changed = Counter(after[name])
        changed.subtract(Counter(rows))
        found += [f"{name}: {'new' if n > 0 else 'gone'}: {row[:120]}" for row, n in changed.items() if n]
    return found


def sound(held: Held) -> list[str]:
    """O9: the database's own checks: pages, references, the full-text index."""
    if held.url:
        return _sound_rows(held)
    found = []
    try:
        with (
            closing(sqlite3.connect(f"file:{held.folder / 'archive.db'}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(":memory:")) as copy,
        ):
            source.backup(copy)
            found += [row[0] for row in copy.execute("PRAGMA integrity_check") if row[0] != "ok"]
            found += [f"{r[0]} {r[1]} refers to no {r[2]}" for r in copy.execute("PRAGMA foreign_key_check")]
            copy.execute("INSERT INTO article_index (article_index, rank) VALUES ('integrity-check', 0)")
            indexed = {row[0] for row in copy.execute("SELECT rowid FROM article_index_docsize")}
            found += _in_step(indexed, {row[0] for row in copy.execute("SELECT order_key FROM articles")})
    except sqlite3.Error as error:
        found.append(f"{type(error).__name__}: {error}")
    return found


def _sound_rows(held: Held) -> list[str]:
    """PostgreSQL: every row can be read, every reference leads somewhere, the index is in step."""
    found = []
    for row in held.rows("SELECT tablename AS t FROM pg_tables WHERE schemaname = 'public'"):
        held.rows(f'SELECT md5(CAST(x AS text)) FROM "{row["t"]}" x')
    references = held.rows(
        "SELECT k.conrelid::regclass::text AS t, k.confrelid::regclass::text AS other, a.attname AS c,"
        " b.attname AS o FROM pg_constraint k"
        " JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]"
        " JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = k.confkey[1]"
        " WHERE k.contype = 'f' AND cardinality(k.conkey) = 1"
    )
    for r in references:
        query = (
            f"SELECT count(*) AS n FROM {r['t']} x LEFT JOIN {r['other']} y ON y.{r['o']} = x.{r['c']}"
            f" WHERE x.{r['c']} IS NOT NULL AND y.{r['o']} IS NULL"
        )
        if lost := held.rows(query)[0]["n"]:
            found.append(f"{r['t']}: {lost} rows refer to no {r['other']}")
    indexed = {row["k"] for row in held.rows("SELECT order_key AS k FROM article_index")}
    return found + _in_step(indexed, {row["k"] for row in held.rows("SELECT order_key AS k FROM articles")})


def _in_step(indexed: set[int], articles: set[int]) -> list[str]:
    return [f"article of key {key} is not in the index" for key in sorted(articles - indexed)] + [
        f"the index has a key {key} of no article" for key in sorted(indexed - articles)
    ]


def quiet(
    held: Held, secrets: Iterable[str], outputs: Mapping[str, str], commands: Iterable[str] = ()
) -> list[str]:
    """O10: none of these secrets in a file, a row, an output, or the command line of a process."""
    told = outputs | {f"process {number}": line for number, line in enumerate(commands)}
    return traces(held, secrets, told)
