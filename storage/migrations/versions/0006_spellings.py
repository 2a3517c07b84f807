"""Spellings that mean the same in a search, as analysts edit them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "spellings",
        sa.Column("id", LONG, nullable=False, comment="Row number."),
        sa.Column("spelling", sa.Text(), nullable=False, comment="Word or name, as the analyst wrote it."),
        sa.Column(
            "terms",
            sa.Text(),
            nullable=False,
            comment="Its terms in the full-text index, separated by spaces.",
        ),
        sa.Column(
            "meaning",
            sa.Text(),
            nullable=True,
            comment="Name of the group of spellings that mean the same; empty: it stands for itself alone.",
        ),
        sa.Column("who", sa.Text(), nullable=False, comment="Whose doing it is."),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False, comment="When."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spellings")),
        sa.UniqueConstraint("terms", name=op.f("uq_spellings_terms")),
        comment="Spellings that mean the same in a search, where analysts changed the packaged table.",
    )
