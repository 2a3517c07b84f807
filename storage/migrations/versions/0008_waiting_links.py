"""The index of linked articles without the links that lead to none: they are most, and nothing looks for them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_FOUND = sa.text("target_id IS NOT NULL")


def upgrade() -> None:
    op.drop_index("ix_related_links_target_id", table_name="related_links")
    op.create_index(
        "ix_related_links_target_id",
        "related_links",
        ["target_id"],
        sqlite_where=_FOUND,
        postgresql_where=_FOUND,
    )
