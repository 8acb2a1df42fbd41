"""Cases at the window: acceptance, materials, returns, countersigning, the fast track.

Revision ID: 0022
Revises: 0021
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bidding.db import types

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_serial",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("series", sa.String(length=8), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", "series", name=op.f("pk_case_serial")),
    )
    op.create_table(
        "acceptance_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=24), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("subject_kind", sa.String(length=32), nullable=False),
        sa.Column("subject_uid", sa.String(length=24), nullable=False),
        sa.Column("subject_code", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("checklist", sa.String(length=64), nullable=False),
        sa.Column("instant", sa.Boolean(), nullable=False),
        sa.Column("applicant_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "preparing",
                "filed",
                "returned",
                "accepted",
                "examined",
                "reviewed",
                "closed",
                "withdrawn",
                name="state",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("opened_at", types.UTCDateTime(), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("filed_at", types.UTCDateTime(), nullable=True),
        sa.Column("filed_by_id", sa.Integer(), nullable=True),
        sa.Column("subject_digest", sa.String(length=64), nullable=True),
        sa.Column("first_contact_id", sa.Integer(), nullable=True),
        sa.Column("accepted_by_id", sa.Integer(), nullable=True),
        sa.Column("examined_by_id", sa.Integer(), nullable=True),
        sa.Column("reviewed_by_id", sa.Integer(), nullable=True),
        sa.Column(
            "decision",
            sa.Enum("granted", "refused", name="outcome", native_enum=False, length=32),
            nullable=True,
        ),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum("granted", "refused", name="outcome", native_enum=False, length=32),
            nullable=True,
        ),
        sa.Column("closed_at", types.UTCDateTime(), nullable=True),
        sa.Column("fast_reason", sa.String(length=500), nullable=False),
        sa.Column("fast_asked_by_id", sa.Integer(), nullable=True),
        sa.Column("fast_by_id", sa.Integer(), nullable=True),
        sa.Column("fast_at", types.UTCDateTime(), nullable=True),
        sa.Column("manager_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_acceptance_case_closed_at_end")
        ),
        sa.CheckConstraint(
            "state <> 'examined' OR examined_by_id IS NOT NULL",
            name=op.f("ck_acceptance_case_examined_by_somebody"),
        ),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (outcome IS NULL)", name=op.f("ck_acceptance_case_closed_with_outcome")
        ),
        sa.CheckConstraint(
            "(fast_at IS NULL) = (fast_by_id IS NULL)", name=op.f("ck_acceptance_case_fast_by_somebody")
        ),
        sa.CheckConstraint(
            "(filed_at IS NULL) = (number IS NULL)", name=op.f("ck_acceptance_case_numbered_when_filed")
        ),
        sa.CheckConstraint(
            "accepted_by_id IS NULL OR accepted_by_id <> filed_by_id",
            name=op.f("ck_acceptance_case_accepted_by_another"),
        ),
        sa.CheckConstraint(
            "closed_at IS NULL OR instant OR (examined_by_id IS NOT NULL AND reviewed_by_id IS NOT NULL)",
            name=op.f("ck_acceptance_case_closed_by_two"),
        ),
        sa.CheckConstraint(
            "examined_by_id IS NULL OR examined_by_id <> filed_by_id",
            name=op.f("ck_acceptance_case_examined_by_another"),
        ),
        sa.CheckConstraint(
            "fast_by_id IS NULL OR fast_by_id <> fast_asked_by_id",
            name=op.f("ck_acceptance_case_fast_by_two"),
        ),
        sa.CheckConstraint(
            "reviewed_by_id IS NULL OR (reviewed_by_id <> examined_by_id AND reviewed_by_id <> filed_by_id)",
            name=op.f("ck_acceptance_case_reviewed_by_another"),
        ),
        sa.ForeignKeyConstraint(
            ["accepted_by_id"], ["account.id"], name=op.f("fk_acceptance_case_accepted_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["applicant_id"], ["organisation.id"], name=op.f("fk_acceptance_case_applicant_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["examined_by_id"], ["account.id"], name=op.f("fk_acceptance_case_examined_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["fast_asked_by_id"], ["account.id"], name=op.f("fk_acceptance_case_fast_asked_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["fast_by_id"], ["account.id"], name=op.f("fk_acceptance_case_fast_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["filed_by_id"], ["account.id"], name=op.f("fk_acceptance_case_filed_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["first_contact_id"], ["account.id"], name=op.f("fk_acceptance_case_first_contact_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["manager_id"], ["account.id"], name=op.f("fk_acceptance_case_manager_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["opened_by_id"], ["account.id"], name=op.f("fk_acceptance_case_opened_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by_id"], ["account.id"], name=op.f("fk_acceptance_case_reviewed_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acceptance_case")),
        sa.UniqueConstraint("number", name=op.f("uq_acceptance_case_number")),
        sa.UniqueConstraint("uid", name=op.f("uq_acceptance_case_uid")),
    )
    with op.batch_alter_table("acceptance_case", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_acceptance_case_applicant_id"), ["applicant_id"], unique=False)
        batch_op.create_index(
            "one_live_case",
            ["subject_kind", "subject_uid"],
            unique=True,
            sqlite_where=sa.text("state NOT IN ('closed', 'withdrawn')"),
            postgresql_where=sa.text("state NOT IN ('closed', 'withdrawn')"),
        )

    op.create_table(
        "case_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("entered_at", types.UTCDateTime(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["acceptance_case.id"], name=op.f("fk_case_entry_case_id_acceptance_case")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["account.id"], name=op.f("fk_case_entry_entered_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_entry")),
    )
    with op.batch_alter_table("case_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_entry_case_id"), ["case_id"], unique=False)

    op.create_table(
        "case_material",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.String(length=32), nullable=False),
        sa.Column(
            "how",
            sa.Enum("file", "paper", "none", "declared", name="how", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("added_at", types.UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "(how = 'file') = (sha256 IS NOT NULL)", name=op.f("ck_case_material_file_has_bytes")
        ),
        sa.CheckConstraint("how <> 'none' OR note <> ''", name=op.f("ck_case_material_none_has_reason")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["acceptance_case.id"], name=op.f("fk_case_material_case_id_acceptance_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_material")),
        sa.UniqueConstraint("case_id", "line", "sha256", name="one_material"),
    )
    with op.batch_alter_table("case_material", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_material_case_id"), ["case_id"], unique=False)

    op.create_table(
        "case_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("move", sa.String(length=32), nullable=False),
        sa.Column("at", types.UTCDateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_case_move_by_id_account")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["acceptance_case.id"], name=op.f("fk_case_move_case_id_acceptance_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_move")),
    )
    with op.batch_alter_table("case_move", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_move_case_id"), ["case_id"], unique=False)

    op.create_table(
        "case_opinion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", types.UTCDateTime(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column(
            "opinion",
            sa.Enum("agree", "object", "none", name="opinion", native_enum=False, length=32),
            nullable=True,
        ),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("given_at", types.UTCDateTime(), nullable=True),
        sa.Column("given_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "opinion IS NULL OR opinion <> 'object' OR reason <> ''",
            name=op.f("ck_case_opinion_objection_has_reason"),
        ),
        sa.CheckConstraint(
            "(opinion IS NULL) = (given_at IS NULL)", name=op.f("ck_case_opinion_given_at_an_instant")
        ),
        sa.CheckConstraint(
            "(opinion IS NULL) = (given_by_id IS NULL)", name=op.f("ck_case_opinion_given_by_somebody")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["account.id"], name=op.f("fk_case_opinion_asked_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["acceptance_case.id"], name=op.f("fk_case_opinion_case_id_acceptance_case")
        ),
        sa.ForeignKeyConstraint(
            ["given_by_id"], ["account.id"], name=op.f("fk_case_opinion_given_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_case_opinion_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_opinion")),
        sa.UniqueConstraint("case_id", "organisation_id", name="one_opinion"),
    )
    with op.batch_alter_table("case_opinion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_opinion_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_case_opinion_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "case_return",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("defects", sa.Text(), nullable=False),
        sa.Column("late_reason", sa.String(length=500), nullable=True),
        sa.Column("returned_at", types.UTCDateTime(), nullable=False),
        sa.Column("returned_by_id", sa.Integer(), nullable=False),
        sa.Column("answered_at", types.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["acceptance_case.id"], name=op.f("fk_case_return_case_id_acceptance_case")
        ),
        sa.ForeignKeyConstraint(
            ["returned_by_id"], ["account.id"], name=op.f("fk_case_return_returned_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_return")),
        sa.UniqueConstraint("number", name=op.f("uq_case_return_number")),
    )
    with op.batch_alter_table("case_return", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_return_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            "one_open_return",
            ["case_id"],
            unique=True,
            sqlite_where=sa.text("answered_at IS NULL"),
            postgresql_where=sa.text("answered_at IS NULL"),
        )

    op.create_table(
        "case_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column(
            "step",
            sa.Enum(
                "acceptance", "examination", "review", "closing", name="step", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("statutory_days", sa.Integer(), nullable=False),
        sa.Column("promised_days", sa.Integer(), nullable=False),
        sa.Column("begun_at", types.UTCDateTime(), nullable=False),
        sa.Column("done_at", types.UTCDateTime(), nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(done_at IS NULL) = (done_by_id IS NULL)", name=op.f("ck_case_step_done_by_somebody")
        ),
        sa.CheckConstraint(
            "promised_days > 0 AND promised_days <= statutory_days",
            name=op.f("ck_case_step_promise_within_law"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["acceptance_case.id"], name=op.f("fk_case_step_case_id_acceptance_case")
        ),
        sa.ForeignKeyConstraint(["done_by_id"], ["account.id"], name=op.f("fk_case_step_done_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_step")),
    )
    with op.batch_alter_table("case_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_step_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            "one_open_step",
            ["case_id"],
            unique=True,
            sqlite_where=sa.text("done_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("case_step", schema=None) as batch_op:
        batch_op.drop_index(
            "one_open_step",
            sqlite_where=sa.text("done_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_case_step_case_id"))

    op.drop_table("case_step")
    with op.batch_alter_table("case_return", schema=None) as batch_op:
        batch_op.drop_index(
            "one_open_return",
            sqlite_where=sa.text("answered_at IS NULL"),
            postgresql_where=sa.text("answered_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_case_return_case_id"))

    op.drop_table("case_return")
    with op.batch_alter_table("case_opinion", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_opinion_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_case_opinion_case_id"))

    op.drop_table("case_opinion")
    with op.batch_alter_table("case_move", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_move_case_id"))

    op.drop_table("case_move")
    with op.batch_alter_table("case_material", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_material_case_id"))

    op.drop_table("case_material")
    with op.batch_alter_table("case_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_entry_case_id"))

    op.drop_table("case_entry")
    with op.batch_alter_table("acceptance_case", schema=None) as batch_op:
        batch_op.drop_index(
            "one_live_case",
            sqlite_where=sa.text("state NOT IN ('closed', 'withdrawn')"),
            postgresql_where=sa.text("state NOT IN ('closed', 'withdrawn')"),
        )
        batch_op.drop_index(batch_op.f("ix_acceptance_case_applicant_id"))

    op.drop_table("acceptance_case")
    op.drop_table("case_serial")
