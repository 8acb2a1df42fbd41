"""Corrections of a prequalification: which notice one speaks of, and which of its files were replaced.

Revision ID: 0029
Revises: 0028
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bidding.db import types

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_OPEN = sa.text("published_at IS NULL AND dropped_at IS NULL")
_ONE = "one_clarification_at_a_time"


def upgrade() -> None:
    op.add_column("prequalification_file", sa.Column("replaced_at", types.UTCDateTime(), nullable=True))
    op.drop_index(_ONE, "clarification")
    with op.batch_alter_table("clarification") as batch:
        batch.add_column(
            sa.Column(
                "about",
                sa.Enum("tender", "prequalification", name="about", native_enum=False, length=32),
                server_default="tender",
                nullable=False,
            )
        )
        batch.create_check_constraint(
            op.f("ck_clarification_seats_sign_for_tenders"), "about = 'tender' OR extension_id IS NULL"
        )
    _index("project_id", "about")


def downgrade() -> None:
    # The older program would show them as corrections of the tender.
    op.execute("DELETE FROM clarification WHERE about <> 'tender'")
    op.drop_index(_ONE, "clarification")
    with op.batch_alter_table("clarification") as batch:
        batch.drop_constraint(op.f("ck_clarification_seats_sign_for_tenders"), type_="check")
        batch.drop_column("about")
    _index("project_id")
    op.drop_column("prequalification_file", "replaced_at")


def _index(*columns: str) -> None:
    op.create_index(
        _ONE, "clarification", list(columns), unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
    )
