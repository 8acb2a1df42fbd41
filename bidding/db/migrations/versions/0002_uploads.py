"""Uploads in parts, and bids armed before their files are here.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bidding.db import types

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("bid_uid", sa.String(length=32), nullable=False),
        sa.Column("envelope", sa.String(length=64), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("length", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("received", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("expires_at", types.UTCDateTime(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("durable_at", types.UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "(sha256 IS NULL) = (durable_at IS NULL)", name=op.f("ck_upload_durable_has_digest")
        ),
        sa.CheckConstraint(
            "received >= 0 AND received <= length", name=op.f("ck_upload_received_within_length")
        ),
        sa.CheckConstraint("sha256 IS NULL OR received = length", name=op.f("ck_upload_digest_of_the_whole")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_upload_account_id_account")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_upload_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_upload_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
        sa.UniqueConstraint("organisation_id", "bid_uid", "envelope", "n", name="one_upload_per_file"),
        sa.UniqueConstraint("uid", name=op.f("uq_upload_uid")),
    )
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_upload_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_upload_sha256"), ["sha256"], unique=False)

    op.create_table(
        "armed_bid",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("bid_uid", sa.String(length=32), nullable=False),
        sa.Column("idempotency_key", sa.String(length=64), nullable=False),
        sa.Column("manifest", sa.Text(), nullable=False),
        sa.Column("sig", sa.String(length=128), nullable=False),
        sa.Column("supersedes_sig", sa.String(length=128), nullable=True),
        sa.Column("armed_at", types.UTCDateTime(), nullable=False),
        sa.Column("intake_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_armed_bid_account_id_account")),
        sa.ForeignKeyConstraint(["intake_id"], ["intake.id"], name=op.f("fk_armed_bid_intake_id_intake")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_armed_bid_lot_id_lot")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_armed_bid_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_armed_bid_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_armed_bid")),
        sa.UniqueConstraint("organisation_id", "idempotency_key", name="uq_armed_bid_idempotency"),
        sa.UniqueConstraint("intake_id", name=op.f("uq_armed_bid_intake_id")),
        sa.UniqueConstraint("organisation_id", "lot_id", name="one_armed_bid"),
    )
    with op.batch_alter_table("armed_bid", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_armed_bid_bid_uid"), ["bid_uid"], unique=False)
        batch_op.create_index(batch_op.f("ix_armed_bid_project_id"), ["project_id"], unique=False)

    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.add_column(sa.Column("bid_uid", sa.String(length=32), nullable=True))
        batch_op.create_index(batch_op.f("ix_attempt_bid_uid"), ["bid_uid"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attempt_bid_uid"))
        batch_op.drop_column("bid_uid")

    with op.batch_alter_table("armed_bid", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_armed_bid_project_id"))
        batch_op.drop_index(batch_op.f("ix_armed_bid_bid_uid"))

    op.drop_table("armed_bid")
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_upload_sha256"))
        batch_op.drop_index(batch_op.f("ix_upload_expires_at"))

    op.drop_table("upload")
