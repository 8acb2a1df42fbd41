"""The public list of notices, and the index in which its words are found.

Revision ID: 0020
Revises: 0019
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from bidding.tenders.models import INDEX_DDL

# What is published already is cut as the product cuts today: an index cut otherwise would not be found in.
from bidding.tenders.service.listing import index

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_PUBLISHED = sa.text(
    "SELECT id, title, code, owner_name, summary, family, method, stage FROM project"
    " WHERE stage IN ('published', 'terminated') ORDER BY published_at, id"
)


def upgrade() -> None:
    op.create_table(
        "listing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_listing_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing")),
        sa.UniqueConstraint("project_id", name=op.f("uq_listing_project_id")),
        sqlite_autoincrement=True,
    )
    connection = op.get_bind()
    for statement in INDEX_DDL[connection.dialect.name]:
        op.execute(sa.text(statement))
    for row in connection.execute(_PUBLISHED).all():
        _enlist(connection, row)
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.drop_index("notices_in_order")
        batch_op.create_index("ix_project_closes_at", ["closes_at"], unique=False)


def _enlist(connection: sa.Connection, row: sa.Row[Any]) -> None:
    words = "\n".join((row.title, row.code, row.owner_name, row.summary))
    kind = " ".join(f"{name}{getattr(row, name)}".replace("-", "") for name in ("family", "method", "stage"))
    number = connection.execute(
        sa.text(
            "INSERT INTO listing (project_id, words, kind) VALUES (:project, :words, :kind) RETURNING id"
        ),
        {"project": row.id, "words": words, "kind": kind},
    ).scalar_one()
    index(connection, "add", number, words, kind)


def downgrade() -> None:
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.drop_index("ix_project_closes_at")
        batch_op.create_index("notices_in_order", ["published_at"], unique=False)
    op.execute(sa.text("DROP TABLE listing_words"))
    op.drop_table("listing")
