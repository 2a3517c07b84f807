"""What an export is made of: the articles chosen, one pass, and what is to be told about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.archive import Archive
from storage.models import Article, Capture, CaptureFile, Site
from storage.release import release
from storage.selection import Selection, stream_ids
from storage.stored import Stored, load_articles
from storage.upsert import chunks

_GROUP = 200  # articles in memory at a time
Rights = Mapping[str, str]
Forbids = Callable[[Rights], str | None]


def program() -> str:
    """Name and version, as files say who wrote them."""
    return f"hemero {release()}"


@dataclass
class Contents:
    """The articles of one export. Writers iterate once and may add `notes`.

    `forbids` judges what a page said of its use: a reason leaves the article out, counted in `left_out`.
    """

    archive: Archive
    session: Session
    selection: Selection = field(default_factory=Selection)
    raw: bool = False  # cells as they are, also where a spreadsheet would run them
    forbids: Forbids | None = None
    folder: Path | None = None  # where the file is being written: helpers of the same size belong there too
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    left_out: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    def ids(self) -> Iterator[int]:
        """Ids of the articles, newest first."""
        for part in chunks(stream_ids(self.session, self.selection), _GROUP):
            yield from part if self.forbids is None else self._allowed(part, self.forbids)

    def _allowed(self, ids: Any, forbids: Forbids) -> Iterator[int]:
        query = select(Article.id, Capture.rights).join(Capture, Capture.id == Article.capture_id)
        said = {row.id: row.rights for row in self.session.execute(query.where(Article.id.in_(ids)))}
        for number in ids:
            reason = forbids(said.get(number) or {})
            if reason is None:
                yield number
            else:
                self.left_out[reason] += 1

    def articles(self) -> Iterator[Stored]:
        """The articles, read in groups: memory stays flat however many they are."""
        for part in chunks(self.ids(), _GROUP):
            yield from load_articles(self.session, part)

    def with_captures(self) -> Iterator[tuple[Stored, Any]]:
        """Each article with the capture it was read from (record_id, payload_digest, fetched_at, file)."""
        columns = (Capture.id, Capture.record_id, Capture.payload_digest, Capture.fetched_at)
        query = select(*columns, CaptureFile.name.label("file")).join(CaptureFile)
        for part in chunks(self.articles(), _GROUP):
            numbers = [stored.capture_id for stored in part]
            rows = self.session.execute(query.where(Capture.id.in_(numbers)))
            found = {row.id: row for row in rows}
            for stored in part:
                yield stored, found.get(stored.capture_id)

    def site_titles(self) -> dict[str, str]:
        """Name of a site -> what it calls itself."""
        return {row.name: row.title for row in self.session.execute(select(Site.name, Site.title))}
