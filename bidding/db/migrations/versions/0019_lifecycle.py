"""Notices of suspension, resumption, termination and failure, and which tender took another's place.

Revision ID: 0019
Revises: 0018
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bidding.db import types

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    kind = sa.Enum(
        "suspension",
        "resumption",
        "termination",
        "failure",
        name="kind",
        native_enum=False,
        length=32,
    )
    op.create_table(
        "course_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=24), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("kind", kind, nullable=False),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("basis", sa.String(length=20), nullable=False),
        sa.Column("refunds", sa.Text(), nullable=False),
        sa.Column("next_step", sa.Text(), nullable=False),
        sa.Column("contact", sa.String(length=1000), nullable=False),
        sa.Column("phone", sa.String(length=1000), nullable=False),
        sa.Column("drafted_at", types.UTCDateTime(), nullable=False),
        sa.Column("drafted_by_id", sa.Integer(), nullable=False),
        sa.Column("published_at", types.UTCDateTime(), nullable=True),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.Column("dropped_at", types.UTCDateTime(), nullable=True),
        sa.Column("dropped_by_id", sa.Integer(), nullable=True),
        sa.Column("notice", sa.Text(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "published_by_id IS NULL OR published_by_id <> drafted_by_id",
            name=op.f("ck_course_notice_two_persons"),
        ),
        sa.CheckConstraint(
            "(published_at IS NULL) = (published_by_id IS NULL) AND (published_at IS NULL) = (n IS NULL)"
            " AND (published_at IS NULL) = (notice IS NULL) AND (published_at IS NULL) = (sha256 IS NULL)",
            name=op.f("ck_course_notice_published_whole"),
        ),
        sa.CheckConstraint(
            "(dropped_at IS NULL) = (dropped_by_id IS NULL)",
            name=op.f("ck_course_notice_dropped_by_somebody"),
        ),
        sa.CheckConstraint(
            "published_at IS NULL OR dropped_at IS NULL", name=op.f("ck_course_notice_published_or_dropped")
        ),
        sa.CheckConstraint(
            "(kind = 'termination') = (refunds <> '')",
            name=op.f("ck_course_notice_termination_tells_of_refunds"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_course_notice_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["drafted_by_id"], ["account.id"], name=op.f("fk_course_notice_drafted_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["account.id"], name=op.f("fk_course_notice_published_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["dropped_by_id"], ["account.id"], name=op.f("fk_course_notice_dropped_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_notice")),
        sa.UniqueConstraint("project_id", "n", name=op.f("uq_course_notice_project_id")),
        sa.UniqueConstraint("uid", name=op.f("uq_course_notice_uid")),
    )
    op.create_index(op.f("ix_course_notice_project_id"), "course_notice", ["project_id"])
    op.create_index(
        "one_notice_waits",
        "course_notice",
        ["project_id"],
        unique=True,
        sqlite_where=sa.text("published_at IS NULL AND dropped_at IS NULL"),
        postgresql_where=sa.text("published_at IS NULL AND dropped_at IS NULL"),
    )
    op.create_table(
        "retender",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("successor_id", sa.Integer(), nullable=False),
        sa.Column("made_at", types.UTCDateTime(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("project_id <> successor_id", name=op.f("ck_retender_two_tenders")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_retender_project_id_project")),
        sa.ForeignKeyConstraint(
            ["successor_id"], ["project.id"], name=op.f("fk_retender_successor_id_project")
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f("fk_retender_made_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retender")),
        sa.UniqueConstraint("project_id", name=op.f("uq_retender_project_id")),
        sa.UniqueConstraint("successor_id", name=op.f("uq_retender_successor_id")),
    )


def downgrade() -> None:
    # The older program knows no such stage and no such gate; what was suspended goes on being on hold.
    op.execute("UPDATE project SET stage = 'published' WHERE stage = 'suspended'")
    op.execute("UPDATE hold SET cause = 'outage' WHERE cause = 'suspension'")
    op.execute("UPDATE gate SET state = 'closed' WHERE state = 'shut'")
    op.drop_table("retender")
    op.drop_table("course_notice")
