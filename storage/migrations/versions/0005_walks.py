"""How far each channel was read, forwards and back; what hosts say of the use of their content."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def _channels() -> list[sa.Column[object]]:
    return [
        sa.Column(
            "depth",
            sa.Integer(),
            nullable=False,
            server_default=sa.text("0"),
            comment="Indexes or listings that lead to it; 0 where it is declared or named by robots.txt.",
        ),
        sa.Column(
            "caught_up_at",
            INSTANT,
            nullable=True,
            comment="When its pages were last read down to what was known: what was first seen later may hide a gap.",
        ),
        sa.Column("position", LONG, nullable=True, comment="Number ranges: highest number known to exist."),
        sa.Column(
            "backfill_page",
            sa.Text(),
            nullable=True,
            comment="Where the walk back through its pages or numbers goes on.",
        ),
        sa.Column(
            "backfilled_at",
            INSTANT,
            nullable=True,
            comment="When the walk back through it came to its end.",
        ),
    ]


def _hosts() -> list[sa.Column[object]]:
    return [
        sa.Column(
            "statements",
            DOCUMENT,
            nullable=True,
            comment="Files that say what its content may be used for: path -> text, empty where there is none.",
        ),
        sa.Column("statements_at", INSTANT, nullable=True, comment="When they were last asked for."),
    ]


def upgrade() -> None:
    for column in _channels():
        op.add_column("channels", column)
    for column in _hosts():
        op.add_column("hosts", column)
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column(
            "channels",
            "kind",
            existing_type=sa.Text(),
            comment="feed, sitemap, listing, api, robots or id (a range of numbers).",
        )
