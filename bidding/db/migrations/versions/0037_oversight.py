"""Red flags: what was examined, what was found, what supervisors said of it, and the measures they set.

Revision ID: 0037
Revises: 0036
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bidding.db import types

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "oversight_unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("ref", sa.Integer(), nullable=False),
        sa.Column("due", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("examined_at", types.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oversight_unit")),
        sa.UniqueConstraint("kind", "ref", name=op.f("uq_oversight_unit_kind")),
    )
    op.create_index("oversight_units_due", "oversight_unit", ["due", "id"])
    op.create_table(
        "oversight_rate",
        sa.Column("flag", sa.String(32), nullable=False),
        sa.Column("asked", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("flag", name=op.f("pk_oversight_rate")),
    )
    op.create_table(
        "oversight_finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(24), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("flag", sa.String(32), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("numbers", sa.Text(), nullable=False),
        sa.Column("cases", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("found_at", types.UTCDateTime(), nullable=False),
        sa.Column("gone_at", types.UTCDateTime(), nullable=True),
        sa.Column("decision", sa.String(32), nullable=True),
        sa.Column("noted_digest", sa.String(64), nullable=True),
        sa.CheckConstraint(
            "(noted_digest IS NULL) = (decision IS NULL)", name=op.f("ck_oversight_finding_noted_whole")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["oversight_unit.id"], name=op.f("fk_oversight_finding_unit_id_oversight_unit")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["organisation.id"], name=op.f("fk_oversight_finding_agency_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oversight_finding")),
        sa.UniqueConstraint("uid", name=op.f("uq_oversight_finding_uid")),
        sa.UniqueConstraint("key", name=op.f("uq_oversight_finding_key")),
    )
    for name, columns in (
        ("oversight_findings_in_order", ["gone_at", "on", "id"]),
        ("oversight_findings_by_flag", ["flag", "gone_at", "on", "id"]),
        ("oversight_findings_of_unit", ["unit_id"]),
        ("oversight_findings_of_owner", ["owner", "on"]),
        ("oversight_findings_of_agency", ["agency_id", "on"]),
    ):
        op.create_index(name, "oversight_finding", columns)
    op.create_table(
        "oversight_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(24), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.Column("reference", sa.String(100), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("at", types.UTCDateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_oversight_note_has_reason")),
        sa.CheckConstraint(
            "decision <> 'case' OR reference <> ''", name=op.f("ck_oversight_note_case_has_reference")
        ),
        sa.ForeignKeyConstraint(
            ["finding_id"],
            ["oversight_finding.id"],
            name=op.f("fk_oversight_note_finding_id_oversight_finding"),
        ),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_oversight_note_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oversight_note")),
        sa.UniqueConstraint("uid", name=op.f("uq_oversight_note_uid")),
        sa.UniqueConstraint("sha256", name=op.f("uq_oversight_note_sha256")),
    )
    op.create_index(op.f("ix_oversight_note_finding_id"), "oversight_note", ["finding_id"])
    op.create_table(
        "oversight_measure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("value", _BIG, nullable=False),
        sa.Column("was", _BIG, nullable=False),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("at", types.UTCDateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_oversight_measure_has_reason")),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_oversight_measure_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oversight_measure")),
        sa.UniqueConstraint("sha256", name=op.f("uq_oversight_measure_sha256")),
    )
    op.create_index(op.f("ix_oversight_measure_code"), "oversight_measure", ["code"])
    # What was published before is due: the clockwork examines it, and whoever opens the page.
    op.execute(
        "INSERT INTO oversight_unit (kind, ref, asked)"
        " SELECT 'project', id, '{}' FROM project WHERE published_at IS NOT NULL ORDER BY id"
    )
    op.execute(
        "INSERT INTO oversight_unit (kind, ref, asked) SELECT 'owner', id, '{}' FROM savings_owner ORDER BY id"
    )


def downgrade() -> None:
    for table in (
        "oversight_measure",
        "oversight_note",
        "oversight_finding",
        "oversight_rate",
        "oversight_unit",
    ):
        op.drop_table(table)
