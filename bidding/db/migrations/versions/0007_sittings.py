"""The sitting in the hall: who signed in, what was read out, confirmed, objected to and signed.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bidding.db import types

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attendance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(length=60), nullable=False),
        sa.Column("way", sa.Enum("remote", "room", name="way", native_enum=False, length=32), nullable=False),
        sa.Column("discipline", sa.String(length=20), nullable=False),
        sa.Column("signed_in_at", types.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_attendance_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_attendance_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_attendance_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
        sa.UniqueConstraint("project_id", "organisation_id", name="uq_attendance_organisation"),
    )
    op.create_table(
        "record_signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column(
            "capacity",
            sa.Enum(
                "host",
                "supervisor",
                "administrator",
                "tenderer",
                name="capacity",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("record_sha256", sa.String(length=64), nullable=False),
        sa.Column("signed_at", types.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_record_signature_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_record_signature_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_record_signature_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_signature")),
        sa.UniqueConstraint("project_id", "account_id", name="uq_record_signature_person"),
    )
    op.create_table(
        "sitting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("acts", sa.Integer(), nullable=False),
        sa.Column("listed_at", types.UTCDateTime(), nullable=True),
        sa.Column("listed_by_id", sa.Integer(), nullable=True),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("read_at", types.UTCDateTime(), nullable=True),
        sa.Column("lines_closed_at", types.UTCDateTime(), nullable=True),
        sa.Column("record", sa.Text(), nullable=True),
        sa.Column("record_sha256", sa.String(length=64), nullable=True),
        sa.Column("recorded_at", types.UTCDateTime(), nullable=True),
        sa.Column("ended_at", types.UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "(record IS NULL) = (record_sha256 IS NULL)", name=op.f("ck_sitting_record_has_digest")
        ),
        sa.CheckConstraint(
            "ended_at IS NULL OR record IS NOT NULL", name=op.f("ck_sitting_ended_has_record")
        ),
        sa.ForeignKeyConstraint(
            ["listed_by_id"], ["account.id"], name=op.f("fk_sitting_listed_by_id_account")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_sitting_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sitting")),
        sa.UniqueConstraint("project_id", name=op.f("uq_sitting_project_id")),
    )
    op.create_table(
        "spot_objection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("raised_at", types.UTCDateTime(), nullable=False),
        sa.Column("raised_by_id", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(length=1000), nullable=True),
        sa.Column("answered_at", types.UTCDateTime(), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_spot_objection_answer_has_time")
        ),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_by_id IS NULL)", name=op.f("ck_spot_objection_answer_by_somebody")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["account.id"], name=op.f("fk_spot_objection_answered_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_spot_objection_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_spot_objection_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["raised_by_id"], ["account.id"], name=op.f("fk_spot_objection_raised_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spot_objection")),
        sa.UniqueConstraint("sha256", name=op.f("uq_spot_objection_sha256")),
    )
    with op.batch_alter_table("spot_objection", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_spot_objection_project_id"), ["project_id"], unique=False)

    op.create_table(
        "suspension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", types.UTCDateTime(), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("on_at", types.UTCDateTime(), nullable=True),
        sa.Column("off_reason", sa.String(length=1000), nullable=True),
        sa.Column("off_asked_by_id", sa.Integer(), nullable=True),
        sa.Column("off_confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("off_at", types.UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "(off_asked_by_id IS NULL) = (off_reason IS NULL)", name=op.f("ck_suspension_off_has_reason")
        ),
        sa.CheckConstraint(
            "(on_at IS NULL) = (confirmed_by_id IS NULL)", name=op.f("ck_suspension_on_is_confirmed")
        ),
        sa.CheckConstraint(
            "confirmed_by_id IS NULL OR confirmed_by_id <> asked_by_id",
            name=op.f("ck_suspension_two_persons"),
        ),
        sa.CheckConstraint(
            "off_at IS NULL OR off_confirmed_by_id IS NOT NULL", name=op.f("ck_suspension_off_is_confirmed")
        ),
        sa.CheckConstraint(
            "off_confirmed_by_id IS NULL OR off_confirmed_by_id <> off_asked_by_id",
            name=op.f("ck_suspension_two_persons_resume"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["account.id"], name=op.f("fk_suspension_asked_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["account.id"], name=op.f("fk_suspension_confirmed_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["off_asked_by_id"], ["account.id"], name=op.f("fk_suspension_off_asked_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["off_confirmed_by_id"], ["account.id"], name=op.f("fk_suspension_off_confirmed_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_suspension_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspension")),
    )
    with op.batch_alter_table("suspension", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_suspension_project_id"), ["project_id"], unique=False)
        batch_op.create_index(
            "one_suspension_at_a_time",
            ["project_id"],
            unique=True,
            sqlite_where=sa.text("off_at IS NULL"),
            postgresql_where=sa.text("off_at IS NULL"),
        )

    op.create_table(
        "line_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("bid_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("said_at", types.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_line_answer_account_id_account")
        ),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_line_answer_bid_id_bid")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_line_answer_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_answer")),
        sa.UniqueConstraint("bid_id", name=op.f("uq_line_answer_bid_id")),
    )
    with op.batch_alter_table("line_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_line_answer_project_id"), ["project_id"], unique=False)


def downgrade() -> None:
    for table in ("line_answer", "suspension", "spot_objection", "sitting", "record_signature", "attendance"):
        op.drop_table(table)
