"""Tables of what must stay away: redactions and the keys by which anything redacted is known again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped

from storage.base import Base, Instant, Words, col, key


class Redaction(Base):
    __tablename__ = "redactions"
    __table_args__ = (
        {
            "comment": "Articles removed for good, and why; the ledger file holds the same.",
            "sqlite_autoincrement": True,
        },
    )
    id: Mapped[int] = key()
    ledger_id: Mapped[str] = col("Id of the entry in ledger.jsonl.", String(36), unique=True)
    site: Mapped[str | None] = col("Name of the site.", Words)
    url: Mapped[str | None] = col(
        "Address asked to be removed; empty where it had to be forgotten too.", Words
    )
    reason: Mapped[str] = col("Why, as the operator gave it.", Words)
    who: Mapped[str] = col("Login that removed it.", Words)
    made_at: Mapped[datetime] = col("When it was asked for.", Instant)
    done_at: Mapped[datetime | None] = col(
        "When the last trace was gone; empty = hemero repair finishes it.", Instant
    )


class RedactionKey(Base):
    __tablename__ = "redaction_keys"
    __table_args__ = ({"comment": "Tombstones: what bears one of these keys is neither fetched nor stored."},)
    key: Mapped[str] = col(
        "Identity or url_key (64 hex digits), or 'e' and the entry_key of a related link without address.",
        String(64),
        primary_key=True,
    )
    redaction_id: Mapped[int] = col(
        "Redaction.", None, ForeignKey("redactions.id", ondelete="CASCADE"), index=True
    )
