"""Lists that another pool drew, brought as files; when evaluations ended; how experts found owner and agency;
lists of the pool taken in part by part, and taken back.

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


_POOL_IMPORT = {
    "started_by_somebody": "(started_at IS NULL) = (started_by_id IS NULL)",
    "started_in_parts": "(started_at IS NULL) = (parts IS NULL)",
    "undone_by_somebody": "(undone_at IS NULL) = (undone_by_id IS NULL)",
    "undone_applied": "undone_at IS NULL OR applied_at IS NOT NULL",
    "gone_undone": "gone_at IS NULL OR undone_at IS NOT NULL",
}


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
    with op.batch_alter_table("pool_import") as batch:
        batch.add_column(sa.Column("started_at", types.UTCDateTime(), nullable=True))
        batch.add_column(_by("started_by_id"))
        batch.add_column(sa.Column("parts", sa.Text(), nullable=True))
        batch.add_column(sa.Column("done", sa.Integer(), server_default="0", nullable=False))
        batch.add_column(sa.Column("undone_at", types.UTCDateTime(), nullable=True))
        batch.add_column(_by("undone_by_id"))
        batch.add_column(sa.Column("gone_at", types.UTCDateTime(), nullable=True))
        for name in ("started_by_id", "undone_by_id"):
            batch.create_foreign_key(op.f(f"fk_pool_import_{name}_account"), "account", [name], ["id"])
        for name, rule in _POOL_IMPORT.items():
            batch.create_check_constraint(op.f(f"ck_pool_import_{name}"), rule)
    op.create_table(
        "pool_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["pool_import.id"], name=op.f("fk_pool_change_import_id_pool_import")
        ),
        sa.ForeignKeyConstraint(["expert_id"], ["expert.id"], name=op.f("fk_pool_change_expert_id_expert")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pool_change")),
        sa.UniqueConstraint("import_id", "expert_id", name=op.f("uq_pool_change_import_id")),
    )
    op.create_index(op.f("ix_pool_change_expert_id"), "pool_change", ["expert_id"], unique=False)
    with op.batch_alter_table("member") as batch:
        batch.add_column(sa.Column("list_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_member_list_id_drawn_list"), "drawn_list", ["list_id"], ["id"])
        batch.create_check_constraint(
            op.f("ck_member_list_is_external"), "list_id IS NULL OR source = 'external'"
        )
        batch.create_index(op.f("ix_member_list_id"), ["list_id"], unique=False)


def downgrade() -> None:
    op.drop_table("pool_change")
    with op.batch_alter_table("pool_import") as batch:
        for name in _POOL_IMPORT:
            batch.drop_constraint(op.f(f"ck_pool_import_{name}"), type_="check")
        for name in ("started_by_id", "undone_by_id"):
            batch.drop_constraint(op.f(f"fk_pool_import_{name}_account"), type_="foreignkey")
        for name in ("started_at", "started_by_id", "parts", "done", "undone_at", "undone_by_id", "gone_at"):
            batch.drop_column(name)
    op.drop_table("feedback")
    op.drop_table("evaluation_end")
    with op.batch_alter_table("member") as batch:
        batch.drop_index(op.f("ix_member_list_id"))
        batch.drop_constraint(op.f("ck_member_list_is_external"), type_="check")
        batch.drop_constraint(op.f("fk_member_list_id_drawn_list"), type_="foreignkey")
        batch.drop_column("list_id")
    op.drop_table("drawn_list")
