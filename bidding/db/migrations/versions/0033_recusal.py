"""What recusal is computed from: units that belong together, and what experts worked for before.

Revision ID: 0033
Revises: 0031
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata

import sqlalchemy as sa
from alembic import op

from bidding.db import types

revision = "0033"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "employment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=200), nullable=False),
        sa.Column("unit_uscc", sa.String(length=18), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=False),
        sa.Column("added_at", types.UTCDateTime(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", types.UTCDateTime(), nullable=True),
        sa.Column("withdrawn_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)",
            name=op.f("ck_employment_withdrawn_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["account.id"], name=op.f("fk_employment_added_by_id_account")
        ),
        sa.ForeignKeyConstraint(["expert_id"], ["expert.id"], name=op.f("fk_employment_expert_id_expert")),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["account.id"], name=op.f("fk_employment_withdrawn_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employment")),
    )
    standing = sa.text("withdrawn_at IS NULL")
    op.create_index(
        "one_employment",
        "employment",
        ["expert_id", "unit", "left_on"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )
    op.create_index("employments_by_end", "employment", ["left_on"], unique=False)
    op.create_table(
        "related_unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=200), nullable=False),
        sa.Column("unit_uscc", sa.String(length=18), nullable=True),
        sa.Column("other", sa.String(length=200), nullable=False),
        sa.Column("other_uscc", sa.String(length=18), nullable=True),
        sa.Column(
            "relation",
            sa.Enum(
                "holding",
                "managing",
                "same-person",
                "branch",
                "other",
                name="relation",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("added_at", types.UTCDateTime(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.Column("ended_at", types.UTCDateTime(), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("unit <> other", name=op.f("ck_related_unit_two_units")),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by_id IS NULL)", name=op.f("ck_related_unit_ended_by_somebody")
        ),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["account.id"], name=op.f("fk_related_unit_added_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["account.id"], name=op.f("fk_related_unit_ended_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_related_unit")),
    )


def downgrade() -> None:
    op.drop_table("related_unit")
    op.drop_table("employment")
    draw = sa.table("draw", sa.column("id", sa.Integer()), sa.column("conditions", sa.Text()))
    bind = op.get_bind()
    for number, conditions in bind.execute(sa.select(draw.c.id, draw.c.conditions)).all():
        bind.execute(draw.update().where(draw.c.id == number).values(conditions=without_regions(conditions)))


def without_regions(conditions: str) -> str:
    """Conditions of a draw as the program before reads them: a place of one region goes by its id in the log.

    The region's name is lost with it; what was drawn stays what the log says.
    """
    value = json.loads(conditions)
    for place in value["places"]:
        region = place.pop("region", "")
        if region:
            key = "".join(unicodedata.normalize("NFKC", region).casefold().split())
            code = key if re.fullmatch(r"[0-9]{6}", key) else hashlib.sha256(key.encode()).hexdigest()[:8]
            place["specialty"] = f"{place['specialty']}.{code}"
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
