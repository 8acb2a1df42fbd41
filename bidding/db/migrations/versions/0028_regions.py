"""Thresholds that a region sets for itself: its name, and of a change the text that sets it.

Revision ID: 0028
Revises: 0027
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_NAMED = "(region = '') = (code = replace(code, '@', ''))"


def upgrade() -> None:
    with op.batch_alter_table("rule_row") as batch:
        batch.add_column(_text("region", 60))
        batch.create_check_constraint(op.f("ck_rule_row_region_is_named"), _NAMED)
    with op.batch_alter_table("rule_change") as batch:
        for name, size in (("region", 60), ("law", 100), ("article", 60)):
            batch.add_column(_text(name, size))
        batch.create_check_constraint(op.f("ck_rule_change_region_is_named"), _NAMED)
        batch.create_check_constraint(op.f("ck_rule_change_region_has_source"), "region = '' OR law <> ''")


def downgrade() -> None:
    op.execute("DELETE FROM rule_row WHERE region <> ''")
    op.execute("DELETE FROM rule_change WHERE region <> ''")
    with op.batch_alter_table("rule_change") as batch:
        batch.drop_constraint(op.f("ck_rule_change_region_has_source"), type_="check")
        batch.drop_constraint(op.f("ck_rule_change_region_is_named"), type_="check")
        for name in ("article", "law", "region"):
            batch.drop_column(name)
    with op.batch_alter_table("rule_row") as batch:
        batch.drop_constraint(op.f("ck_rule_row_region_is_named"), type_="check")
        batch.drop_column("region")


def _text(name: str, size: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=size), server_default="", nullable=False)
