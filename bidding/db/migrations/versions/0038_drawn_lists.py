"""Lists that another pool drew, brought as files; when evaluations ended; how experts found owner and agency.

Revision ID: 0038
Revises: 0037
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bidding.db import types

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def _by(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=True)


def upgrade() -> None:
    op.create_table(
        "drawn_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(24), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("salt", sa.String(64), nullable=False),
        sa.Column("blob", sa.String(64), nullable=False),
        sa.Column("columns", sa.Text(), nullable=False),
        sa.Column("brought_at", types.UTCDateTime(), nullable=False),
        sa.Column("brought_by_id", sa.Integer(), nullable=False),
        sa.Column("taken_at", types.UTCDateTime(), nullable=True),
        _by("taken_by_id"),
        sa.Column("taken", sa.Integer(), nullable=True),
        sa.Column("away", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", types.UTCDateTime(), nullable=True),
        _by("confirmed_by_id"),
        sa.Column("withdrawn_at", types.UTCDateTime(), nullable=True),
        _by("withdrawn_by_id"),
        sa.CheckConstraint(
            "(taken_at IS NULL) = (taken_by_id IS NULL)", name=op.f("ck_drawn_list_taken_by_somebody")
        ),
        sa.CheckConstraint("(taken_at IS NULL) = (taken IS NULL)", name=op.f("ck_drawn_list_taken_counted")),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (confirmed_by_id IS NULL)",
            name=op.f("ck_drawn_list_confirmed_by_somebody"),
        ),
        sa.CheckConstraint(
            "confirmed_at IS NULL OR taken_at IS NOT NULL", name=op.f("ck_drawn_list_confirmed_taken")
        ),
        sa.CheckConstraint(
            "confirmed_by_id IS NULL OR confirmed_by_id <> taken_by_id",
            name=op.f("ck_drawn_list_two_persons"),
        ),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)",
            name=op.f("ck_drawn_list_withdrawn_by_somebody"),
        ),
        sa.CheckConstraint(
            "withdrawn_at IS NULL OR confirmed_at IS NULL", name=op.f("ck_drawn_list_confirmed_stands")
        ),
        sa.ForeignKeyConstraint(
            ["paper_id"], ["appointment.id"], name=op.f("fk_drawn_list_paper_id_appointment")
        ),
        *(
            sa.ForeignKeyConstraint([name], ["account.id"], name=op.f(f"fk_drawn_list_{name}_account"))
            for name in ("brought_by_id", "taken_by_id", "confirmed_by_id", "withdrawn_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drawn_list")),
        sa.UniqueConstraint("uid", name=op.f("uq_drawn_list_uid")),
    )
    op.create_index(op.f("ix_drawn_list_paper_id"), "drawn_list", ["paper_id"], unique=False)
    op.create_table(
        "evaluation_end",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("ended_at", types.UTCDateTime(), nullable=False),
        sa.Column("stated_at", types.UTCDateTime(), nullable=False),
        _by("stated_by_id"),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_evaluation_end_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["stated_by_id"], ["account.id"], name=op.f("fk_evaluation_end_stated_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_end")),
    )
    op.create_index(op.f("ix_evaluation_end_project_id"), "evaluation_end", ["project_id"], unique=False)
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("remark", sa.String(1000), nullable=False),
        sa.Column("written_at", types.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_feedback_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sa.UniqueConstraint("member_id", name=op.f("uq_feedback_member_id")),
    )
    with op.batch_alter_table("member") as batch:
        batch.add_column(sa.Column("list_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_member_list_id_drawn_list"), "drawn_list", ["list_id"], ["id"])
        batch.create_check_constraint(
            op.f("ck_member_list_is_external"), "list_id IS NULL OR source = 'external'"
        )
        batch.create_index(op.f("ix_member_list_id"), ["list_id"], unique=False)


def downgrade() -> None:
    op.drop_table("feedback")
    op.drop_table("evaluation_end")
    with op.batch_alter_table("member") as batch:
        batch.drop_index(op.f("ix_member_list_id"))
        batch.drop_constraint(op.f("ck_member_list_is_external"), type_="check")
        batch.drop_constraint(op.f("fk_member_list_id_drawn_list"), type_="foreignkey")
        batch.drop_column("list_id")
    op.drop_table("drawn_list")
