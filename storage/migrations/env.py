"""Alembic's entrance: runs the migrations on the connection that `storage.migrations.upgrade` hands over."""

from alembic import context

from storage.base import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, transactional_ddl=True)
# The transaction belongs to the caller: it holds the write lock and commits once everything is done.
context.run_migrations()
