"""What the operator was told of a site's state, so that each change is told once."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("id", LONG, nullable=False, comment="Row number."),
        sa.Column("site_id", LONG, nullable=False, comment="Site."),
        sa.Column("run_id", LONG, nullable=True, comment="Run that found the state."),
        sa.Column("medium", sa.Text(), nullable=False, comment="mail or webhook."),
        sa.Column(
            "state",
            sa.Text(),
            nullable=False,
            comment="State of the site that was told; ok for a recovery.",
        ),
        sa.Column(
            "outcome",
            sa.Text(),
            nullable=False,
            comment="claimed (being sent, or the process died: not sent again), sent, or failed (tried by the next run).",
        ),
        sa.Column("message", sa.Text(), nullable=True, comment="What was told, or why it could not be."),
        sa.Column("made_at", INSTANT, nullable=False, comment="When."),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_notices_run_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_notices_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        comment="What was told to a person, and how: one row per site, medium and change of state.",
        sqlite_autoincrement=True,
    )
    op.create_index("ix_notices_site_id_medium", "notices", ["site_id", "medium"], unique=False)
