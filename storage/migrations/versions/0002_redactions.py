"""Redactions and their tombstones; what repair found unreadable in a capture file."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.add_column(
        "capture_files",
        sa.Column(
            "damaged",
            DOCUMENT,
            nullable=True,
            comment="Stretches [first byte, end] that hemero repair found unreadable and left in place.",
        ),
    )
    op.create_table(
        "redactions",
        sa.Column("id", LONG, nullable=False, comment="Row number."),
        sa.Column("ledger_id", sa.String(36), nullable=False, comment="Id of the entry in ledger.jsonl."),
        sa.Column("site", sa.Text(), nullable=True, comment="Name of the site."),
        sa.Column(
            "url",
            sa.Text(),
            nullable=True,
            comment="Address asked to be removed; empty where it had to be forgotten too.",
        ),
        sa.Column("reason", sa.Text(), nullable=False, comment="Why, as the operator gave it."),
        sa.Column("who", sa.Text(), nullable=False, comment="Login that removed it."),
        sa.Column("made_at", INSTANT, nullable=False, comment="When it was asked for."),
        sa.Column(
            "done_at",
            INSTANT,
            nullable=True,
            comment="When the last trace was gone; empty = hemero repair finishes it.",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redactions")),
        sa.UniqueConstraint("ledger_id", name=op.f("uq_redactions_ledger_id")),
        comment="Articles removed for good, and why; the ledger file holds the same.",
        sqlite_autoincrement=True,
    )
    op.create_table(
        "redaction_keys",
        sa.Column(
            "key",
            sa.String(64),
            nullable=False,
            comment="Identity or url_key (64 hex digits), or 'e' and the entry_key of a related link"
            " without address.",
        ),
        sa.Column("redaction_id", LONG, nullable=False, comment="Redaction."),
        sa.ForeignKeyConstraint(
            ["redaction_id"],
            ["redactions.id"],
            name=op.f("fk_redaction_keys_redaction_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_redaction_keys")),
        comment="Tombstones: what bears one of these keys is neither fetched nor stored.",
    )
    op.create_index(op.f("ix_redaction_keys_redaction_id"), "redaction_keys", ["redaction_id"], unique=False)
