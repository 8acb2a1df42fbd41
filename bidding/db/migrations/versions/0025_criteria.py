"""How bids are weighed and who may bid, as data: terms, scoring table, conditions.

Revision ID: 0025
Revises: 0024
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def _kind(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=32)


def upgrade() -> None:
    op.create_table(
        "terms",
        sa.Column("project_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("evaluation", _kind("evaluation", "comprehensive", "lowest", "highest"), nullable=True),
        sa.Column("fixed_price", sa.Boolean(), nullable=False),
        sa.Column("sme_permille", sa.Integer(), nullable=True),
        sa.Column("consortium_max", sa.Integer(), nullable=True),
        sa.Column("consortium_lead", sa.String(length=200), nullable=False),
        sa.Column("reserved", _kind("reserved", "no", "part", "whole"), nullable=True),
        sa.Column("reserved_permille", sa.Integer(), nullable=True),
        sa.Column("reserved_reason", sa.String(length=500), nullable=False),
        sa.Column("win_max", sa.Integer(), nullable=True),
        sa.Column("security_forms", sa.String(length=100), nullable=False),
        sa.CheckConstraint(
            "sme_permille IS NULL OR sme_permille BETWEEN 0 AND 1000", name=op.f("ck_terms_sme_share")
        ),
        sa.CheckConstraint(
            "consortium_max IS NULL OR consortium_max >= 2", name=op.f("ck_terms_consortium_of_several")
        ),
        sa.CheckConstraint("win_max IS NULL OR win_max >= 1", name=op.f("ck_terms_win_something")),
        sa.CheckConstraint(
            "(reserved_permille IS NOT NULL) = (reserved IS NOT NULL AND reserved = 'part')",
            name=op.f("ck_terms_part_has_its_share"),
        ),
        sa.CheckConstraint(
            "reserved_permille IS NULL OR reserved_permille BETWEEN 1 AND 999",
            name=op.f("ck_terms_reserved_share"),
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_terms_project_id_project")),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_terms")),
    )
    op.create_table(
        "criterion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("factor", _kind("factor", "price", "business", "technical", "credit"), nullable=False),
        sa.Column("item", sa.String(length=200), nullable=False),
        sa.Column("tenths", sa.Integer(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("objective", sa.Boolean(), nullable=False),
        sa.CheckConstraint("tenths BETWEEN 1 AND 1000", name=op.f("ck_criterion_points_of_a_table")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_criterion_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_criterion")),
        sa.UniqueConstraint("project_id", "place", name=op.f("uq_criterion_project_id")),
    )
    op.create_index(op.f("ix_criterion_project_id"), "criterion", ["project_id"])
    op.create_table(
        "requirement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=500), nullable=False),
        sa.Column("proof", sa.String(length=500), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_requirement_lot_id_lot")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_requirement_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requirement")),
        sa.UniqueConstraint("project_id", "place", name=op.f("uq_requirement_project_id")),
    )
    op.create_index(op.f("ix_requirement_project_id"), "requirement", ["project_id"])


def downgrade() -> None:
    op.drop_table("requirement")
    op.drop_table("criterion")
    op.drop_table("terms")
