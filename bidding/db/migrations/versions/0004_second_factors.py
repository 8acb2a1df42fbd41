"""Passkeys, authenticators, printed codes; sign-ins from new devices; tokens that are good once.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bidding.db import types

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    # Added in place: rebuilding a table that others refer to would have to let go of their references.
    op.add_column("account", sa.Column("first_signed_in_at", types.UTCDateTime(), nullable=True))
    op.add_column(
        "sign_in_session",
        sa.Column("is_new_device", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column("sign_in_session", sa.Column("acknowledged_at", types.UTCDateTime(), nullable=True))
    op.create_table(
        "passkey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.String(length=1364), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("rp_id", sa.String(length=253), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("sign_count", BIG, nullable=False),
        sa.Column("is_multi_device", sa.Boolean(), nullable=False),
        sa.Column("is_backed_up", sa.Boolean(), nullable=False),
        sa.Column("aaguid", sa.String(length=36), nullable=False),
        sa.Column("added_at", types.UTCDateTime(), nullable=False),
        sa.Column("used_at", types.UTCDateTime(), nullable=True),
        sa.CheckConstraint("sign_count >= 0", name=op.f("ck_passkey_sign_count_not_negative")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_passkey_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_index(op.f("ix_passkey_account_id"), "passkey", ["account_id"], unique=False)
    op.create_table(
        "authenticator",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", types.UTCDateTime(), nullable=False),
        sa.Column("confirmed_at", types.UTCDateTime(), nullable=True),
        sa.Column("last_step", BIG, nullable=True),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (last_step IS NULL)", name=op.f("ck_authenticator_confirmed_by_a_step")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_authenticator_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authenticator")),
    )
    for name, condition in (
        ("one_confirmed_authenticator", "confirmed_at IS NOT NULL"),
        ("one_unconfirmed_authenticator", "confirmed_at IS NULL"),
    ):
        op.create_index(
            name,
            "authenticator",
            ["account_id"],
            unique=True,
            sqlite_where=sa.text(condition),
            postgresql_where=sa.text(condition),
        )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("made_at", types.UTCDateTime(), nullable=False),
        sa.Column("used_at", types.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_recovery_code_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("mark", name=op.f("uq_recovery_code_mark")),
    )
    op.create_index(op.f("ix_recovery_code_account_id"), "recovery_code", ["account_id"], unique=False)
    op.create_table(
        "factors_cleared",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("cleared_by_id", sa.Integer(), nullable=False),
        sa.Column("cleared_at", types.UTCDateTime(), nullable=False),
        sa.CheckConstraint("cleared_by_id <> account_id", name=op.f("ck_factors_cleared_cleared_by_another")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_factors_cleared_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["cleared_by_id"], ["account.id"], name=op.f("fk_factors_cleared_cleared_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_factors_cleared")),
    )
    op.create_index(op.f("ix_factors_cleared_account_id"), "factors_cleared", ["account_id"], unique=False)
    op.create_table(
        "spent_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("expires_at", types.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spent_token")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_spent_token_token_sha256")),
    )
    op.create_index(op.f("ix_spent_token_expires_at"), "spent_token", ["expires_at"], unique=False)


def downgrade() -> None:
    for table in ("spent_token", "factors_cleared", "recovery_code", "authenticator", "passkey"):
        op.drop_table(table)
    op.drop_column("sign_in_session", "acknowledged_at")
    op.drop_column("sign_in_session", "is_new_device")
    op.drop_column("account", "first_signed_in_at")
