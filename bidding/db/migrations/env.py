"""How Alembic reaches the database: with the app's own engine and models."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from bidding.db import Base

connection: Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    user_module_prefix="types.",
)
with context.begin_transaction():
    context.run_migrations()
