"""Who judges: papers for experts not drawn here, members of committees, the room's page, records of performance.

Revision ID: 0034
Revises: 0033
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bidding.db import types

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "appointment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=24), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column(
            "source",
            sa.Enum("drawn", "external", "direct", "owner", name="source", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("basis", sa.String(length=300), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("certificate", sa.String(length=100), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("evaluation_at", types.UTCDateTime(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("brought_at", types.UTCDateTime(), nullable=False),
        sa.Column("brought_by_id", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", types.UTCDateTime(), nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", types.UTCDateTime(), nullable=True),
        sa.Column("withdrawn_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("source IN ('external', 'direct')", name=op.f("ck_appointment_not_drawn_here")),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (confirmed_by_id IS NULL)",
            name=op.f("ck_appointment_confirmed_by_somebody"),
        ),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)",
            name=op.f("ck_appointment_withdrawn_by_somebody"),
        ),
        sa.CheckConstraint(
            "confirmed_by_id IS NULL OR confirmed_by_id <> brought_by_id",
            name=op.f("ck_appointment_two_persons"),
        ),
        sa.CheckConstraint("count > 0", name=op.f("ck_appointment_count_positive")),
        sa.CheckConstraint(
            "withdrawn_at IS NULL OR confirmed_at IS NULL", name=op.f("ck_appointment_confirmed_stands")
        ),
        sa.ForeignKeyConstraint(
            ["brought_by_id"], ["account.id"], name=op.f("fk_appointment_brought_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["account.id"], name=op.f("fk_appointment_confirmed_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_appointment_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["account.id"], name=op.f("fk_appointment_withdrawn_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
        sa.UniqueConstraint("uid", name=op.f("uq_appointment_uid")),
    )
    op.create_index(op.f("ix_appointment_project_id"), "appointment", ["project_id"], unique=False)
    op.create_table(
        "room_page",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("opened_at", types.UTCDateTime(), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("misses", sa.Integer(), nullable=False),
        sa.Column("closed_at", types.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["opened_by_id"], ["account.id"], name=op.f("fk_room_page_opened_by_id_account")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_room_page_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_page")),
        sa.UniqueConstraint("digest", name=op.f("uq_room_page_digest")),
    )
    op.create_index(
        "one_room_page",
        "room_page",
        ["project_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=24), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column(
            "source",
            sa.Enum("drawn", "external", "direct", "owner", name="source", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("appointment_id", sa.Integer(), nullable=True),
        sa.Column("h", sa.String(length=64), nullable=True),
        sa.Column("expert_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("unit", sa.String(length=200), nullable=False),
        sa.Column("unit_uscc", sa.String(length=18), nullable=True),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("specialty", sa.String(length=200), nullable=False),
        sa.Column("phone_end", sa.String(length=4), nullable=False),
        sa.Column("entered_at", types.UTCDateTime(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", types.UTCDateTime(), nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("arrived_at", types.UTCDateTime(), nullable=True),
        sa.Column("conduct", sa.String(length=100), nullable=False),
        sa.Column(
            "recusal",
            sa.Enum(
                "employed",
                "family",
                "interest",
                "punished",
                "other",
                name="recusal",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("recusal_words", sa.String(length=500), nullable=False),
        sa.Column("gone_at", types.UTCDateTime(), nullable=True),
        sa.Column("gone_reason", sa.String(length=500), nullable=False),
        sa.Column("chaired_at", types.UTCDateTime(), nullable=True),
        sa.CheckConstraint("(gone_at IS NULL) = (gone_reason = '')", name=op.f("ck_member_gone_has_reason")),
        sa.CheckConstraint(
            "(source = 'drawn') = (h IS NOT NULL)", name=op.f("ck_member_drawn_has_commitment")
        ),
        sa.CheckConstraint(
            "(source IN ('external', 'direct')) = (appointment_id IS NOT NULL)",
            name=op.f("ck_member_has_paper"),
        ),
        sa.CheckConstraint(
            "arrived_at IS NULL OR source = 'drawn' OR confirmed_at IS NOT NULL",
            name=op.f("ck_member_arrived_confirmed"),
        ),
        sa.CheckConstraint(
            "source <> 'drawn' OR confirmed_at IS NULL", name=op.f("ck_member_drawn_needs_no_second")
        ),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", name=op.f("ck_member_confirmed_by_somebody")
        ),
        sa.CheckConstraint(
            "chaired_at IS NULL OR arrived_at IS NOT NULL", name=op.f("ck_member_chair_arrived")
        ),
        sa.CheckConstraint(
            "confirmed_by_id IS NULL OR confirmed_by_id <> entered_by_id", name=op.f("ck_member_two_persons")
        ),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name=op.f("fk_member_appointment_id_appointment")
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["account.id"], name=op.f("fk_member_confirmed_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["account.id"], name=op.f("fk_member_entered_by_id_account")
        ),
        sa.ForeignKeyConstraint(["expert_id"], ["expert.id"], name=op.f("fk_member_expert_id_expert")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_member_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
        sa.UniqueConstraint("project_id", "h", name=op.f("uq_member_project_id")),
        sa.UniqueConstraint("uid", name=op.f("uq_member_uid")),
    )
    op.create_index(op.f("ix_member_expert_id"), "member", ["expert_id"], unique=False)
    op.create_index(op.f("ix_member_project_id"), "member", ["project_id"], unique=False)
    op.create_index(
        "one_chair",
        "member",
        ["project_id"],
        unique=True,
        sqlite_where=sa.text("chaired_at IS NOT NULL AND gone_at IS NULL"),
        postgresql_where=sa.text("chaired_at IS NOT NULL AND gone_at IS NULL"),
    )
    op.create_table(
        "appraisal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("remark", sa.String(length=1000), nullable=False),
        sa.Column("written_at", types.UTCDateTime(), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_appraisal_member_id_member")),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["account.id"], name=op.f("fk_appraisal_written_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appraisal")),
        sa.UniqueConstraint("member_id", name=op.f("uq_appraisal_member_id")),
    )


def downgrade() -> None:
    for table in ("appraisal", "member", "room_page", "appointment"):
        op.drop_table(table)
