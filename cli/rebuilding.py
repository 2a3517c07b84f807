"""`hemero rebuild`: storage makes rows of records, readers read the pages, the databases change places."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.reading import open_pool
from cli.site_renaming import move_rows
from cli.stored_pages import Again, StoredRules, ToRead, read_again
from crawler.schedule import next_visit
from pipelines.outlets import source_table
from storage import journal, rebuild, repository
from storage.access import alone
from storage.addresses import parse_url
from storage.archive import DATABASE, Archive, open_archive
from storage.errors import ArchiveError, ArchiveNotFound
from storage.faults import fault
from storage.fresh import sqlite_url
from storage.rebuild_files import Registered, register
from storage.rebuild_postgres import begin_schema, swap_schemas
from storage.redaction import finish_redactions
from storage.salvage import save_frontier, save_history

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

    from cli.declared import Declared
    from storage.rebuild import Visit

BATCH = 50
Progress = Callable[[str, int, int], None]


@dataclass
class Rebuilt:
    """What the new database holds, and where the old one is."""

    files: int = 0
    captures: int = 0
    articles: int = 0
    revisions: int = 0
    pending: int = 0  # candidates saved from the old database
    unread: list[str] = field(default_factory=list)  # captures no reading came of
    damaged: list[str] = field(default_factory=list)  # capture files with unreadable stretches
    idle: int = 0  # ledger entries that found no article
    kept: str | None = None  # where the old database is


class Rebuilder:
    """One rebuild of one archive folder."""

    def __init__(
        self, folder: Path, database_url: str | None, declared: Declared, *, generic: bool, progress: Progress
    ) -> None:
        self._folder, self._declared, self._generic = folder, declared, generic
        self._rules = StoredRules(declared)
        self._progress = progress
        self._url = _server(folder, database_url)
        self._fetches: Counter[int] = Counter()
        self.result = Rebuilt()

    def run(self) -> Rebuilt:
        """Rebuild and swap.

        Raises:
            ArchiveBusy: another process writes to the archive.
            ArchiveError: the new database cannot be written, or the ledger is damaged.
        """
        with alone(self._folder):
            if self._url is None and (self._folder / (DATABASE + rebuild.REBUILT)).exists():
                self.result.kept = _text(rebuild.finish_swap(self._folder))
            else:
                self._rebuild()
            with open_archive(self._folder, database_url=self._address) as archive:
                finish_redactions(archive)
                with archive.read() as session:
                    self._count(session)
        return self.result

    @property
    def _address(self) -> str:
        return "sqlite" if self._url is None else self._url.render_as_string(hide_password=False)

    def _rebuild(self) -> None:
        rebuild.close_open_files(self._folder)
        new = rebuild.begin_file(self._folder) if self._url is None else begin_schema(self._folder, self._url)
        old = self._old()
        try:
            rebuild.plant_tombstones(new)
            if old is not None:
                save_history(old, new)
            self._fill(new)
            if old is not None:
                self.result.pending = save_frontier(old, new)
        finally:
            if old is not None:
                old.close()
        if self._url is None:
            self.result.kept = _text(rebuild.put_in_place(new, self._folder))
        else:
            new.close()
            self.result.kept = f"schema {swap_schemas(self._url)}"

    def _old(self) -> Archive | None:
        """The database in use, if it can be opened at all."""
        path = self._folder / DATABASE
        if self._url is None and not path.exists():
            return None
        try:
            return open_archive(self._folder, read_only=True, database_url=self._address, patience=5)
        except ArchiveError:
            if self._url is None:
                return Archive(self._folder, sqlite_url(path), read_only=True, patience=5)
            return None

    def _fill(self, new: Archive) -> None:
        with new.write() as session:
            repository.load_sources(session, source_table())
        found: Registered = register(new, self._rules, lambda done, all_: self._progress("files", done, all_))
        self.result.files, self.result.captures = found.files, found.captures
        self.result.damaged = found.damaged
        if not self._generic:
            with new.read() as session:
                self._rules.require(rebuild.site_examples(session))
        with open_pool(self._declared.config) as pool:
            self._store(new, read_again(new, pool, self._rules, self._items(new)))
        self._move_sites(new)
        self.result.idle = len(journal.replay(new))
        fault("rebuild_filled")

    def _move_sites(self, new: Archive) -> None:
        """Records say where a page was; a site that has moved since is asked where it is now."""
        for site in self._declared.sites.values():
            if site.former_hosts:
                move_rows(new, site, site.name, None, datetime.now(UTC))

    def _items(self, new: Archive) -> Iterator[ToRead | Visit]:
        ids = rebuild.visit_ids(new)
        for number, visit in enumerate(rebuild.visits(new, self._rules, ids), 1):
            if visit.gone:
                yield visit
            else:
                yield ToRead(visit, visit.capture_id, visit.site, visit.url, visit.kind)
            self._progress("pages", number, len(ids))

    def _store(self, new: Archive, results: Iterator[Again | Any]) -> None:
        """Readings in groups, in the order of time; a page found gone ends a group."""
        group: list[Again] = []
        for item in results:
            if isinstance(item, Again):
                group.append(item)
            if len(group) >= BATCH or not isinstance(item, Again):
                self._store_group(new, group)
                group = []
            if not isinstance(item, Again) and item.candidate_id is not None:
                with new.write() as session:
                    repository.mark_gone(session, item.candidate_id, item.fetched_at)
        self._store_group(new, group)

    def _store_group(self, new: Archive, group: Sequence[Again]) -> None:
        now = datetime.now(UTC)
        readings = []
        with new.write() as session:
            for item in group:
                visit: Visit = item.owner
                if item.reading is None or visit.site_id is None:
                    self.result.unread.append(f"{visit.url}: {item.error}")
                    if visit.candidate_id is not None:
                        reason = f"read_{item.cause}"
                        repository.mark_candidate(session, visit.candidate_id, "failed", reason, now=now)
                    continue
                tied = dataclasses.replace(
                    item.reading,
                    capture_id=visit.capture_id,
                    candidate_id=visit.candidate_id,
                    next_visit_at=self._next_visit(visit),
                )
                readings.append((visit.site_id, tied, None))
            repository.store_readings(session, readings, now)
        fault("rebuild_stored")

    def _next_visit(self, visit: Visit) -> datetime | None:
        if visit.candidate_id is None:
            return None
        before = self._fetches[visit.candidate_id]
        self._fetches[visit.candidate_id] += 1
        return next_visit(before, self._declared.config.crawl.revisit_hours, visit.fetched_at)

    def _count(self, session: Any) -> None:
        self.result.articles, self.result.revisions = rebuild.count(session)
        if self.result.captures == 0:
            self.result.files, self.result.captures = rebuild.count_captures(session)


def _server(folder: Path, database_url: str | None) -> URL | None:
    """The address of a PostgreSQL database; None for the folder's own file.

    Raises:
        ArchiveError: a SQLite file elsewhere.
    """
    if not database_url or database_url == "sqlite":
        return None
    url = parse_url(database_url)
    if url.get_backend_name() != "sqlite":
        return url
    if Path(url.database or "").absolute() == (folder / DATABASE).absolute():
        return None
    raise ArchiveNotFound(f"{url.database} is not in {folder}: name its own folder with --archive")


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)
