"""Keys of agencies' programs, and the drafts that came by one.

Revision ID: 0039
Revises: 0038
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bidding.db import types

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(24), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column(
            "scope", sa.Enum("read", "draft", name="scope", native_enum=False, length=32), nullable=False
        ),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("hint", sa.String(8), nullable=False),
        sa.Column("made_at", types.UTCDateTime(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", types.UTCDateTime(), nullable=False),
        sa.Column("revoked_at", types.UTCDateTime(), nullable=True),
        sa.Column("revoked_by_id", sa.Integer(), nullable=True),
        sa.Column("used_at", types.UTCDateTime(), nullable=True),
        sa.Column("used_from", sa.String(45), nullable=True),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revoked_by_id IS NULL)", name=op.f("ck_api_key_revoked_by_somebody")
        ),
        sa.CheckConstraint("expires_at > made_at", name=op.f("ck_api_key_lasts")),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_api_key_digest_length")),
        sa.CheckConstraint(
            "(used_at IS NULL) = (used_from IS NULL)", name=op.f("ck_api_key_used_from_somewhere")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["organisation.id"], name=op.f("fk_api_key_agency_id_organisation")
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f("fk_api_key_made_by_id_account")),
        sa.ForeignKeyConstraint(
            ["revoked_by_id"], ["account.id"], name=op.f("fk_api_key_revoked_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("uid", name=op.f("uq_api_key_uid")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_key_digest")),
    )
    op.create_index(op.f("ix_api_key_agency_id"), "api_key", ["agency_id"])
    op.create_index(
        "one_key_of_a_name",
        "api_key",
        ["agency_id", "name"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "api_draft",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("idempotency_key", sa.String(100), nullable=False),
        sa.Column("body_sha256", sa.String(64), nullable=False),
        sa.Column("made_at", types.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_api_draft_project_id_project")),
        sa.ForeignKeyConstraint(["key_id"], ["api_key.id"], name=op.f("fk_api_draft_key_id_api_key")),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["organisation.id"], name=op.f("fk_api_draft_agency_id_organisation")
        ),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_api_draft")),
        sa.UniqueConstraint("agency_id", "idempotency_key", name=op.f("uq_api_draft_agency_id")),
    )
    op.create_index(op.f("ix_api_draft_key_id"), "api_draft", ["key_id"])


def downgrade() -> None:
    op.drop_table("api_draft")
    op.drop_table("api_key")
