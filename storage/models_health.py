"""Tables of what the operator was told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped

from storage.base import Base, Code, Instant, Words, col, key


class Notice(Base):
    __tablename__ = "notices"
    __table_args__ = (
        Index("ix_notices_site_id_medium", "site_id", "medium"),
        {
            "comment": "What was told to a person, and how: one row per site, medium and change of state.",
            "sqlite_autoincrement": True,
        },
    )
    id: Mapped[int] = key()
    site_id: Mapped[int] = col("Site.", None, ForeignKey("sites.id"))
    run_id: Mapped[int | None] = col("Run that found the state.", None, ForeignKey("runs.id"))
    medium: Mapped[str] = col("mail or webhook.", Code)
    state: Mapped[str] = col("State of the site that was told; ok for a recovery.", Code)
    outcome: Mapped[str] = col(
        "claimed (being sent, or the process died: not sent again), sent, or failed (tried by the next run).",
        Code,
    )
    message: Mapped[str | None] = col("What was told, or why it could not be.", Words)
    made_at: Mapped[datetime] = col("When.", Instant)
