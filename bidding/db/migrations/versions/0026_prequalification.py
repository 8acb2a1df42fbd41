"""资格预审: when it is examined who is qualified, prequalifications, applications.

Revision ID: 0026
Revises: 0025
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bidding.db import types

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def _kind(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=32)


def upgrade() -> None:
    op.add_column(
        "terms",
        sa.Column(
            "examination",
            _kind("examination", "after", "before"),
            server_default="after",
            nullable=False,
        ),
    )
    op.add_column("project", sa.Column("qualified_as", sa.String(length=64), nullable=True))
    _prequalification()
    _application()


def _prequalification() -> None:
    op.create_table(
        "prequalification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("created_at", types.UTCDateTime(), nullable=False),
        sa.Column("available_until_on", sa.Date(), nullable=True),
        sa.Column("closes_at", types.UTCDateTime(), nullable=True),
        sa.Column("examined_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("submitted_at", types.UTCDateTime(), nullable=True),
        sa.Column("submitted_by_id", sa.Integer(), nullable=True),
        sa.Column("submitted_as", sa.String(length=64), nullable=True),
        sa.Column("returned_reason", sa.String(length=1000), nullable=True),
        sa.Column("published_at", types.UTCDateTime(), nullable=True),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.Column("rules_on", sa.Date(), nullable=True),
        sa.Column("notice", sa.Text(), nullable=True),
        sa.Column("opened_at", types.UTCDateTime(), nullable=True),
        sa.Column("opened_by_id", sa.Integer(), nullable=True),
        sa.Column("register", sa.Text(), nullable=True),
        sa.Column("examiner", _kind("examiner", "owner", "committee"), nullable=True),
        sa.Column("committee", sa.Text(), nullable=False),
        sa.Column("reviewed_at", types.UTCDateTime(), nullable=True),
        sa.Column("reviewed_by_id", sa.Integer(), nullable=True),
        sa.Column("review_returned", sa.String(length=1000), nullable=True),
        sa.Column("decided_at", types.UTCDateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("enough", sa.Boolean(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("end_asked_at", types.UTCDateTime(), nullable=True),
        sa.Column("end_asked_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", types.UTCDateTime(), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("end_notice", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(submitted_at IS NULL) = (submitted_by_id IS NULL)",
            name=op.f("ck_prequalification_submitted_by_somebody"),
        ),
        sa.CheckConstraint(
            "published_by_id IS NULL OR published_by_id <> submitted_by_id",
            name=op.f("ck_prequalification_two_persons"),
        ),
        sa.CheckConstraint(
            "(published_at IS NULL) = (published_by_id IS NULL) AND (published_at IS NULL) = (notice IS NULL)"
            " AND (published_at IS NULL) = (rules_on IS NULL)"
            " AND (published_at IS NULL OR (submitted_at IS NOT NULL AND closes_at IS NOT NULL))",
            name=op.f("ck_prequalification_published_whole"),
        ),
        sa.CheckConstraint(
            "(opened_at IS NULL) = (opened_by_id IS NULL) AND (opened_at IS NULL) = (register IS NULL)"
            " AND (opened_at IS NULL OR (published_at IS NOT NULL AND opened_at > closes_at))",
            name=op.f("ck_prequalification_opened_after_close"),
        ),
        sa.CheckConstraint(
            "(reviewed_at IS NULL) = (reviewed_by_id IS NULL)"
            " AND (reviewed_at IS NULL OR (opened_at IS NOT NULL AND examiner IS NOT NULL))",
            name=op.f("ck_prequalification_reviewed_after_opening"),
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> reviewed_by_id",
            name=op.f("ck_prequalification_decided_by_another"),
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by_id IS NULL) AND (decided_at IS NULL) = (enough IS NULL)"
            " AND (decided_at IS NULL) = (result IS NULL) AND (decided_at IS NULL OR reviewed_at IS NOT NULL)",
            name=op.f("ck_prequalification_decided_whole"),
        ),
        sa.CheckConstraint(
            "(end_asked_at IS NULL) = (end_asked_by_id IS NULL) AND (end_asked_at IS NULL) = (end_reason IS NULL)",
            name=op.f("ck_prequalification_end_asked_whole"),
        ),
        sa.CheckConstraint(
            "ended_by_id IS NULL OR ended_by_id <> end_asked_by_id",
            name=op.f("ck_prequalification_ended_by_another"),
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by_id IS NULL) AND (ended_at IS NULL) = (end_notice IS NULL)"
            " AND (ended_at IS NULL OR (end_asked_at IS NOT NULL AND published_at IS NOT NULL"
            " AND decided_at IS NULL))",
            name=op.f("ck_prequalification_ended_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_prequalification_project_id_project")
        ),
        *(
            sa.ForeignKeyConstraint(
                [f"{who}_by_id"], ["account.id"], name=op.f(f"fk_prequalification_{who}_by_id_account")
            )
            for who in ("submitted", "published", "opened", "reviewed", "decided", "end_asked", "ended")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prequalification")),
        sa.UniqueConstraint("project_id", name=op.f("uq_prequalification_project_id")),
    )
    op.create_table(
        "prequalification_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("prequalification_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("added_at", types.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["prequalification_id"],
            ["prequalification.id"],
            name=op.f("fk_prequalification_file_prequalification_id_prequalification"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prequalification_file")),
        sa.UniqueConstraint(
            "prequalification_id", "sha256", name=op.f("uq_prequalification_file_prequalification_id")
        ),
    )
    op.create_index(
        op.f("ix_prequalification_file_prequalification_id"), "prequalification_file", ["prequalification_id"]
    )


def _application() -> None:
    op.create_table(
        "application",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=24), nullable=False),
        sa.Column("prequalification_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            _kind("applicationstate", "draft", "effective", "superseded", "withdrawn"),
            nullable=False,
        ),
        sa.Column("contact", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.String(length=30), nullable=False),
        sa.Column("members", sa.Text(), nullable=False),
        sa.Column("begun_at", types.UTCDateTime(), nullable=False),
        sa.Column("reference", sa.String(length=24), nullable=True),
        sa.Column("received_at", types.UTCDateTime(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("salt", sa.String(length=64), nullable=True),
        sa.Column("ended_at", types.UTCDateTime(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'draft') = (received_at IS NULL)", name=op.f("ck_application_received_unless_draft")
        ),
        sa.CheckConstraint(
            "(received_at IS NULL) = (digest IS NULL) AND (received_at IS NULL) = (salt IS NULL)"
            " AND (received_at IS NULL) = (reference IS NULL)",
            name=op.f("ck_application_received_whole"),
        ),
        sa.CheckConstraint(
            "(state IN ('superseded', 'withdrawn')) = (ended_at IS NOT NULL)",
            name=op.f("ck_application_ended_has_time"),
        ),
        sa.CheckConstraint(
            "passed IS NULL OR state = 'effective'", name=op.f("ck_application_verdict_on_what_stands")
        ),
        sa.ForeignKeyConstraint(
            ["prequalification_id"],
            ["prequalification.id"],
            name=op.f("fk_application_prequalification_id_prequalification"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_application_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_application_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
        sa.UniqueConstraint("uid", name=op.f("uq_application_uid")),
        sa.UniqueConstraint("reference", name=op.f("uq_application_reference")),
    )
    op.create_index(op.f("ix_application_prequalification_id"), "application", ["prequalification_id"])
    op.create_index("ix_application_own", "application", ["organisation_id", "prequalification_id"])
    for state in ("draft", "effective"):
        op.create_index(
            f"uq_application_{state}",
            "application",
            ["prequalification_id", "organisation_id"],
            unique=True,
            sqlite_where=sa.text(f"state = '{state}'"),
            postgresql_where=sa.text(f"state = '{state}'"),
        )
    op.create_table(
        "application_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("added_at", types.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
            name=op.f("fk_application_file_application_id_application"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_file")),
        sa.UniqueConstraint("application_id", "sha256", name=op.f("uq_application_file_application_id")),
    )
    op.create_index(op.f("ix_application_file_application_id"), "application_file", ["application_id"])


def downgrade() -> None:
    # The older program knows no such stages; a draft it can go on with, as with a tender without prequalification.
    op.execute("UPDATE project SET stage = 'draft' WHERE stage IN ('prequalifying', 'unqualified')")
    for name in ("application_file", "application", "prequalification_file", "prequalification"):
        op.drop_table(name)
    op.drop_column("project", "qualified_as")
    op.drop_column("terms", "examination")
