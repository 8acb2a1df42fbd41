"""Scans and videos that were taken back: by whom, as what, when and why. The rows stay.

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bidding.db import types

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_TABLES = {"record_scan": "scan_taken_back_whole", "video_reference": "video_taken_back_whole"}


def upgrade() -> None:
    capacity = sa.Enum(
        "host", "supervisor", "administrator", "tenderer", name="capacity", native_enum=False, length=32
    )
    for table, rule in _TABLES.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("withdrawn_at", types.UTCDateTime(), nullable=True))
            batch_op.add_column(sa.Column("withdrawn_as", capacity, nullable=True))
            batch_op.add_column(sa.Column("withdrawn_reason", sa.Text(), nullable=True))
            batch_op.add_column(sa.Column("withdrawn_by_id", sa.Integer(), nullable=True))
            batch_op.create_foreign_key(
                batch_op.f(f"fk_{table}_withdrawn_by_id_account"), "account", ["withdrawn_by_id"], ["id"]
            )
            batch_op.create_check_constraint(
                batch_op.f(f"ck_{table}_{rule}"),
                "(withdrawn_at IS NULL) = (withdrawn_as IS NULL)"
                " AND (withdrawn_at IS NULL) = (withdrawn_reason IS NULL)"
                " AND (withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)",
            )
            if table == "record_scan":  # the same file may come again once it was taken back
                batch_op.drop_constraint("uq_record_scan_digest", type_="unique")
    op.create_index(
        "uq_record_scan_standing",
        "record_scan",
        ["project_id", "record", "sha256"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("uq_record_scan_standing", table_name="record_scan")
    for table, rule in _TABLES.items():
        # The older program would offer them again. That they were there, and were taken back, stands in the log.
        op.execute(sa.text(f"DELETE FROM {table} WHERE withdrawn_at IS NOT NULL"))  # noqa: S608 — a name of ours
        with op.batch_alter_table(table, schema=None) as batch_op:
            if table == "record_scan":
                batch_op.create_unique_constraint("uq_record_scan_digest", ["project_id", "record", "sha256"])
            batch_op.drop_constraint(batch_op.f(f"ck_{table}_{rule}"), type_="check")
            batch_op.drop_constraint(batch_op.f(f"fk_{table}_withdrawn_by_id_account"), type_="foreignkey")
            for column in ("withdrawn_by_id", "withdrawn_reason", "withdrawn_as", "withdrawn_at"):
                batch_op.drop_column(column)
