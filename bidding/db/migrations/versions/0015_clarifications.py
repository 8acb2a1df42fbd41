"""Questions, answers and corrections; files that a correction replaced.

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bidding.db import types

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_OPEN = sa.text("published_at IS NULL AND dropped_at IS NULL")


def upgrade() -> None:
    op.add_column("document", sa.Column("replaced_at", types.UTCDateTime(), nullable=True))
    op.add_column("extension", sa.Column("part_of", sa.String(length=24), nullable=True))
    op.create_table(
        "question_quota",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("today", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "asked > 0 AND today > 0 AND today <= asked", name=op.f("ck_question_quota_counts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_quota")),
        sa.UniqueConstraint("mark", name=op.f("uq_question_quota_mark")),
    )
    op.create_table(
        "clarification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=24), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("closes_at", types.UTCDateTime(), nullable=True),
        sa.Column("affects", sa.Boolean(), nullable=True),
        sa.Column("harmless_because", sa.String(length=500), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("drafted_at", types.UTCDateTime(), nullable=False),
        sa.Column("drafted_by_id", sa.Integer(), nullable=False),
        sa.Column("submitted_at", types.UTCDateTime(), nullable=True),
        sa.Column("submitted_by_id", sa.Integer(), nullable=True),
        sa.Column("returned_reason", sa.String(length=1000), nullable=True),
        sa.Column("approved_at", types.UTCDateTime(), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("extension_id", sa.Integer(), nullable=True),
        sa.Column("published_at", types.UTCDateTime(), nullable=True),
        sa.Column("dropped_at", types.UTCDateTime(), nullable=True),
        sa.Column("notice", sa.Text(), nullable=True),
        sa.Column("notice_sha256", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(submitted_at IS NULL) = (submitted_by_id IS NULL)",
            name=op.f("ck_clarification_submitted_by_somebody"),
        ),
        sa.CheckConstraint(
            "(approved_at IS NULL) = (approved_by_id IS NULL)",
            name=op.f("ck_clarification_approved_by_somebody"),
        ),
        sa.CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> submitted_by_id",
            name=op.f("ck_clarification_two_persons"),
        ),
        sa.CheckConstraint(
            "approved_at IS NULL OR submitted_at IS NOT NULL",
            name=op.f("ck_clarification_approved_was_submitted"),
        ),
        sa.CheckConstraint(
            "submitted_at IS NULL OR (affects IS NOT NULL AND (affects OR harmless_because <> ''))",
            name=op.f("ck_clarification_harmless_has_reason"),
        ),
        sa.CheckConstraint(
            "published_at IS NULL OR (approved_at IS NOT NULL AND dropped_at IS NULL AND number IS NOT NULL"
            " AND notice IS NOT NULL AND notice_sha256 IS NOT NULL)",
            name=op.f("ck_clarification_published_is_whole"),
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_clarification_{column}_{table}")
            )
            for column, table in (
                ("project_id", "project"),
                ("drafted_by_id", "account"),
                ("submitted_by_id", "account"),
                ("approved_by_id", "account"),
                ("extension_id", "extension"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clarification")),
        sa.UniqueConstraint("notice_sha256", name=op.f("uq_clarification_notice_sha256")),
        sa.UniqueConstraint("project_id", "number", name=op.f("uq_clarification_project_id")),
        sa.UniqueConstraint("uid", name=op.f("uq_clarification_uid")),
    )
    op.create_index(op.f("ix_clarification_project_id"), "clarification", ["project_id"])
    op.create_index(
        "one_clarification_at_a_time",
        "clarification",
        ["project_id"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_table(
        "question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=24), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("shown_at", types.UTCDateTime(), nullable=False),
        sa.Column("receipt_sha256", sa.String(length=64), nullable=False),
        sa.Column("clarification_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["clarification_id"],
            ["clarification.id"],
            name=op.f("fk_question_clarification_id_clarification"),
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_question_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.UniqueConstraint("receipt_sha256", name=op.f("uq_question_receipt_sha256")),
        sa.UniqueConstraint("uid", name=op.f("uq_question_uid")),
    )
    op.create_index(op.f("ix_question_project_id"), "question", ["project_id"])
    op.create_index(op.f("ix_question_clarification_id"), "question", ["clarification_id"])


def downgrade() -> None:
    op.drop_table("question")
    op.drop_table("clarification")
    op.drop_table("question_quota")
    op.drop_column("extension", "part_of")
    op.drop_column("document", "replaced_at")
