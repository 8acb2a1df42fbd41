"""What a notice has to say besides: where owner and agency are, who approved, policies, media.

Revision ID: 0021
Revises: 0020
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_TEXTS = {
    "owner_address": sa.String(length=200),
    "owner_contact": sa.String(length=120),
    "agency_address": sa.String(length=200),
    "approval": sa.String(length=200),
    "policies": sa.Text(),
    "media": sa.String(length=200),
}


def upgrade() -> None:
    for name, kind in _TEXTS.items():
        op.add_column("project", sa.Column(name, kind, server_default="", nullable=False))


def downgrade() -> None:
    for name in reversed(_TEXTS):
        op.drop_column("project", name)
