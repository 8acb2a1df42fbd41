"""Procurement intentions, single-source publicity with its objections, and which intention a tender follows.

Revision ID: 0027
Revises: 0026
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bidding.db import types

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "announcement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=24), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("intention", "single-source", name="kind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft", "submitted", "published", "withdrawn", name="state", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("budget_fen", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("supplier_name", sa.String(length=200), nullable=False),
        sa.Column("supplier_address", sa.String(length=200), nullable=False),
        sa.Column("opinions", sa.Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("finance_name", sa.String(length=200), nullable=False),
        sa.Column("finance_address", sa.String(length=200), nullable=False),
        sa.Column("finance_contact", sa.String(length=120), nullable=False),
        sa.Column("owner_name", sa.String(length=200), nullable=False),
        sa.Column("owner_address", sa.String(length=200), nullable=False),
        sa.Column("owner_contact", sa.String(length=120), nullable=False),
        sa.Column("agency_address", sa.String(length=200), nullable=False),
        sa.Column("contact", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.String(length=30), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("media", sa.String(length=200), nullable=False),
        sa.Column("created_at", types.UTCDateTime(), nullable=False),
        sa.Column("submitted_at", types.UTCDateTime(), nullable=True),
        sa.Column("submitted_by_id", sa.Integer(), nullable=True),
        sa.Column("returned_reason", sa.Text(), nullable=False),
        sa.Column("published_at", types.UTCDateTime(), nullable=True),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("notice", sa.Text(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("withdrawn_at", types.UTCDateTime(), nullable=True),
        sa.Column("withdrawn_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at IS NOT NULL) AND (withdrawn_at IS NULL) = (withdrawn_by_id IS NULL) AND (withdrawn_at IS NULL) = (withdrawn_reason = '')",
            name=op.f("ck_announcement_withdrawn_whole"),
        ),
        sa.CheckConstraint(
            "(state IN ('published', 'withdrawn')) = (published_at IS NOT NULL)",
            name=op.f("ck_announcement_public_is_published"),
        ),
        sa.CheckConstraint(
            "published_at IS NULL OR (kind = 'single-source') = (ends_on IS NOT NULL)",
            name=op.f("ck_announcement_publicity_ends"),
        ),
        sa.CheckConstraint(
            "(published_at IS NULL) = (notice IS NULL) AND (published_at IS NULL) = (sha256 IS NULL)",
            name=op.f("ck_announcement_published_whole"),
        ),
        sa.CheckConstraint(
            "(published_at IS NULL) = (published_by_id IS NULL)",
            name=op.f("ck_announcement_published_by_somebody"),
        ),
        sa.CheckConstraint(
            "(submitted_at IS NULL) = (submitted_by_id IS NULL)",
            name=op.f("ck_announcement_submitted_by_somebody"),
        ),
        sa.CheckConstraint(
            "budget_fen IS NULL OR budget_fen > 0", name=op.f("ck_announcement_budget_positive")
        ),
        sa.CheckConstraint(
            "published_at IS NULL OR submitted_at IS NOT NULL",
            name=op.f("ck_announcement_published_was_submitted"),
        ),
        sa.CheckConstraint(
            "published_by_id IS NULL OR published_by_id <> submitted_by_id",
            name=op.f("ck_announcement_two_persons"),
        ),
        sa.CheckConstraint(
            "withdrawn_by_id IS NULL OR withdrawn_by_id <> published_by_id",
            name=op.f("ck_announcement_withdrawn_by_another"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["organisation.id"], name=op.f("fk_announcement_agency_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["account.id"], name=op.f("fk_announcement_published_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"], ["account.id"], name=op.f("fk_announcement_submitted_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["account.id"], name=op.f("fk_announcement_withdrawn_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement")),
        sa.UniqueConstraint("uid", name=op.f("uq_announcement_uid")),
    )
    op.create_index(op.f("ix_announcement_agency_id"), "announcement", ["agency_id"], unique=False)
    op.create_index("ix_announcement_public", "announcement", ["kind", "published_at"], unique=False)
    op.create_table(
        "announcement_objection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("announcement_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", types.UTCDateTime(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("answered_at", types.UTCDateTime(), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("upheld", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answer_sha256", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answered_by_id IS NULL) AND (answered_at IS NULL) = (upheld IS NULL) AND (answered_at IS NULL) = (answer = '') AND (answered_at IS NULL) = (answer_sha256 IS NULL)",
            name=op.f("ck_announcement_objection_answered_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["announcement_id"],
            ["announcement.id"],
            name=op.f("fk_announcement_objection_announcement_id_announcement"),
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["account.id"], name=op.f("fk_announcement_objection_answered_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["account.id"], name=op.f("fk_announcement_objection_made_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_announcement_objection_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement_objection")),
        sa.UniqueConstraint("announcement_id", "n", name=op.f("uq_announcement_objection_announcement_id")),
    )
    op.create_index(
        op.f("ix_announcement_objection_announcement_id"),
        "announcement_objection",
        ["announcement_id"],
        unique=False,
    )
    op.create_index(
        "one_objection_unanswered",
        "announcement_objection",
        ["announcement_id", "organisation_id"],
        unique=True,
        sqlite_where=sa.text("answered_at IS NULL"),
        postgresql_where=sa.text("answered_at IS NULL"),
    )
    op.create_table(
        "project_intention",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("announcement_uid", sa.String(length=24), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("published_at", types.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_project_intention_project_id_project")
        ),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_project_intention")),
    )
    op.create_index(
        op.f("ix_project_intention_announcement_uid"), "project_intention", ["announcement_uid"], unique=False
    )


def downgrade() -> None:
    op.drop_table("project_intention")
    op.drop_table("announcement_objection")
    op.drop_table("announcement")
