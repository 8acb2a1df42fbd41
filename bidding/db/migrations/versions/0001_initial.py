"""The first schema.

Revision ID: 0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bidding.db import types

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("origin", sa.String(length=200), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("last_stamp_at", types.UTCDateTime(), nullable=True),
        sa.Column("next_cover_at", types.UTCDateTime(), nullable=True),
        sa.Column("known_size", sa.Integer(), nullable=False),
        sa.CheckConstraint("size >= 0", name=op.f("ck_log_size_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log")),
        sa.UniqueConstraint("code", name=op.f("uq_log_code")),
        sa.UniqueConstraint("origin", name=op.f("uq_log_origin")),
    )
    with op.batch_alter_table("log", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_log_next_cover_at"), ["next_cover_at"], unique=False)

    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=24), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "centre",
                "agency",
                "supervisory",
                "tenderer",
                "other",
                name="organisationkind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("contact", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.String(length=30), nullable=False),
        sa.Column("registered_at", types.UTCDateTime(), nullable=False),
        sa.Column("licence", sa.String(length=64), nullable=True),
        sa.Column("licence_name", sa.String(length=200), nullable=True),
        sa.Column("authorisation", sa.String(length=64), nullable=True),
        sa.Column("authorisation_name", sa.String(length=200), nullable=True),
        sa.Column("filed_at", types.UTCDateTime(), nullable=True),
        sa.Column("returned_reason", sa.String(length=2000), nullable=True),
        sa.Column("approved_at", types.UTCDateTime(), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(approved_at IS NULL) = (approved_by_id IS NULL)",
            name=op.f("ck_organisation_approved_by_somebody"),
        ),
        sa.CheckConstraint("length(uscc) = 18", name=op.f("ck_organisation_uscc_length")),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["account.id"], name="fk_organisation_approved_by_id_account", use_alter=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("uid", name=op.f("uq_organisation_uid")),
        sa.UniqueConstraint("uscc", name=op.f("uq_organisation_uscc")),
    )
    op.create_table(
        "project_serial",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_project_serial")),
    )
    op.create_table(
        "savings_drawer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column(
            "category",
            sa.Enum(
                "works",
                "procurement",
                "local",
                "land",
                "mineral",
                "property",
                "other",
                name="category",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "way",
            sa.Enum(
                "open-tender",
                "invited-tender",
                "negotiation",
                "consultation",
                "quotation",
                "single-source",
                "framework",
                "comparison",
                "auction",
                "other",
                name="way",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "direction",
            sa.Enum("saving", "gain", name="direction", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "basis",
            sa.Enum("ceiling", "budget", "estimate", "start", name="basis", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "source",
            sa.Enum("platform", "imported", name="source", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "standing",
            sa.Enum(
                "counted",
                "failed",
                "no-amount",
                "shortlisted",
                "pending",
                "rehearsal",
                name="standing",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("adverse", sa.Boolean(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("basis_fen", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("award_fen", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("items >= 0", name=op.f("ck_savings_drawer_items_not_negative")),
        sa.CheckConstraint("month % 100 BETWEEN 1 AND 12", name=op.f("ck_savings_drawer_month_is_a_month")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_savings_drawer")),
        sa.UniqueConstraint(
            "month",
            "category",
            "way",
            "direction",
            "basis",
            "source",
            "standing",
            "adverse",
            name="uq_savings_drawer_what",
        ),
    )
    with op.batch_alter_table("savings_drawer", schema=None) as batch_op:
        batch_op.create_index(
            "savings_drawers_by_kind",
            [
                "standing",
                "category",
                "way",
                "direction",
                "basis",
                "source",
                "adverse",
                "month",
                "items",
                "basis_fen",
                "award_fen",
            ],
            unique=False,
        )

    op.create_table(
        "savings_owner",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_savings_owner")),
        sa.UniqueConstraint("name", name=op.f("uq_savings_owner_name")),
    )
    op.create_table(
        "sign_in_failure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=60), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("at", types.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failure")),
    )
    with op.batch_alter_table("sign_in_failure", schema=None) as batch_op:
        batch_op.create_index("sign_in_failures_by_address", ["address", "at"], unique=False)
        batch_op.create_index("sign_in_failures_by_login", ["login", "at"], unique=False)

    op.create_table(
        "specialty",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_specialty")),
        sa.UniqueConstraint("code", name=op.f("uq_specialty_code")),
    )
    op.create_table(
        "witness",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("vkey", sa.String(length=300), nullable=False),
        sa.Column("enrolled_at", types.UTCDateTime(), nullable=False),
        sa.Column("retired_at", types.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_witness")),
        sa.UniqueConstraint("name", name=op.f("uq_witness_name")),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=24), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.String(length=30), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("created_at", types.UTCDateTime(), nullable=False),
        sa.Column("disabled_at", types.UTCDateTime(), nullable=True),
        sa.Column("language", sa.String(length=12), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_account_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("login", name=op.f("uq_account_login")),
        sa.UniqueConstraint("uid", name=op.f("uq_account_uid")),
    )
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "checkpoint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("log_id", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("signed_at", types.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["log_id"], ["log.id"], name=op.f("fk_checkpoint_log_id_log")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkpoint")),
        sa.UniqueConstraint("log_id", "size", name=op.f("uq_checkpoint_log_id")),
    )
    op.create_table(
        "leaf",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("log_id", sa.Integer(), nullable=False),
        sa.Column("idx", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=32), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("entry", sa.String(length=78), nullable=False),
        sa.Column("leaf_hash", sa.String(length=64), nullable=False),
        sa.Column("written_at", types.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["log_id"], ["log.id"], name=op.f("fk_leaf_log_id_log")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leaf")),
        sa.UniqueConstraint("log_id", "idx", name=op.f("uq_leaf_log_id")),
    )
    op.create_table(
        "calendar_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("works", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("entered_at", types.UTCDateTime(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["account.id"], name=op.f("fk_calendar_day_entered_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_day")),
        sa.UniqueConstraint("day", name=op.f("uq_calendar_day_day")),
    )
    op.create_table(
        "cosignature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("checkpoint_id", sa.Integer(), nullable=False),
        sa.Column("witness_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("dated_at", types.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["checkpoint_id"], ["checkpoint.id"], name=op.f("fk_cosignature_checkpoint_id_checkpoint")
        ),
        sa.ForeignKeyConstraint(
            ["witness_id"], ["witness.id"], name=op.f("fk_cosignature_witness_id_witness")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cosignature")),
        sa.UniqueConstraint("checkpoint_id", "witness_id", name=op.f("uq_cosignature_checkpoint_id")),
    )
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("invited_by_id", sa.Integer(), nullable=False),
        sa.Column("invited_at", types.UTCDateTime(), nullable=False),
        sa.Column("expires_at", types.UTCDateTime(), nullable=False),
        sa.Column("used_at", types.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_invitation_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["invited_by_id"], ["account.id"], name=op.f("fk_invitation_invited_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_invitation_token_sha256")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index(
            "one_open_invitation",
            ["account_id"],
            unique=True,
            sqlite_where=sa.text("used_at IS NULL"),
            postgresql_where=sa.text("used_at IS NULL"),
        )

    op.create_table(
        "ledger_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=24), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("uploaded_at", types.UTCDateTime(), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=False),
        sa.Column("rows_taken", sa.Integer(), nullable=False),
        sa.Column("rows_left", sa.Integer(), nullable=False),
        sa.Column("taken_at", types.UTCDateTime(), nullable=True),
        sa.Column("taken_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", types.UTCDateTime(), nullable=True),
        sa.Column("withdrawn_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(taken_at IS NULL) = (taken_by_id IS NULL)", name=op.f("ck_ledger_batch_taken_by_somebody")
        ),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)",
            name=op.f("ck_ledger_batch_withdrawn_by_somebody"),
        ),
        sa.CheckConstraint(
            "withdrawn_at IS NULL OR taken_at IS NOT NULL", name=op.f("ck_ledger_batch_withdrawn_after_taken")
        ),
        sa.ForeignKeyConstraint(
            ["taken_by_id"], ["account.id"], name=op.f("fk_ledger_batch_taken_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"], ["account.id"], name=op.f("fk_ledger_batch_uploaded_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["account.id"], name=op.f("fk_ledger_batch_withdrawn_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_batch")),
        sa.UniqueConstraint("uid", name=op.f("uq_ledger_batch_uid")),
    )
    with op.batch_alter_table("ledger_batch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_batch_sha256"), ["sha256"], unique=False)

    op.create_table(
        "pool_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=24), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("brought_at", types.UTCDateTime(), nullable=False),
        sa.Column("brought_by_id", sa.Integer(), nullable=False),
        sa.Column("applied_at", types.UTCDateTime(), nullable=True),
        sa.Column("applied_by_id", sa.Integer(), nullable=True),
        sa.Column("taken", sa.Integer(), nullable=True),
        sa.Column("refused", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(applied_at IS NULL) = (applied_by_id IS NULL)", name=op.f("ck_pool_import_applied_by_somebody")
        ),
        sa.ForeignKeyConstraint(
            ["applied_by_id"], ["account.id"], name=op.f("fk_pool_import_applied_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["brought_by_id"], ["account.id"], name=op.f("fk_pool_import_brought_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pool_import")),
        sa.UniqueConstraint("uid", name=op.f("uq_pool_import_uid")),
    )
    op.create_table(
        "project",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=24), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column(
            "family",
            sa.Enum("works", "procurement", "property", "local", name="family", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("trade", sa.String(length=3), nullable=False),
        sa.Column(
            "method",
            sa.Enum("open-tender", "comparison", name="method", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("owner_name", sa.String(length=200), nullable=False),
        sa.Column("contact", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.String(length=30), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("funding", sa.String(length=200), nullable=False),
        sa.Column("term", sa.String(length=200), nullable=False),
        sa.Column("consortium", sa.Boolean(), nullable=False),
        sa.Column("qualification", sa.Text(), nullable=False),
        sa.Column("award_method", sa.Text(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "draft", "submitted", "published", "terminated", name="stage", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("closes_at", types.UTCDateTime(), nullable=True),
        sa.Column("opens_at", types.UTCDateTime(), nullable=True),
        sa.Column("min_bids", sa.Integer(), nullable=False),
        sa.Column("created_at", types.UTCDateTime(), nullable=False),
        sa.Column("prepared_by_id", sa.Integer(), nullable=False),
        sa.Column("published_at", types.UTCDateTime(), nullable=True),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.Column("rules_on", sa.Date(), nullable=True),
        sa.Column("panel", sa.Text(), nullable=True),
        sa.Column("panel_hash", sa.String(length=64), nullable=True),
        sa.Column("log_id", sa.Integer(), nullable=True),
        sa.Column("notice", sa.Text(), nullable=True),
        sa.Column("returned_reason", sa.String(length=1000), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(published_at IS NULL) = (published_by_id IS NULL)",
            name=op.f("ck_project_published_by_somebody"),
        ),
        sa.CheckConstraint(
            "opens_at IS NULL OR closes_at IS NULL OR opens_at >= closes_at",
            name=op.f("ck_project_opens_after_close"),
        ),
        sa.CheckConstraint(
            "published_by_id IS NULL OR published_by_id <> prepared_by_id",
            name=op.f("ck_project_two_persons"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["organisation.id"], name=op.f("fk_project_agency_id_organisation")
        ),
        sa.ForeignKeyConstraint(["log_id"], ["log.id"], name=op.f("fk_project_log_id_log")),
        sa.ForeignKeyConstraint(
            ["prepared_by_id"], ["account.id"], name=op.f("fk_project_prepared_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["account.id"], name=op.f("fk_project_published_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project")),
        sa.UniqueConstraint("code", name=op.f("uq_project_code")),
        sa.UniqueConstraint("uid", name=op.f("uq_project_uid")),
    )
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index("notices_in_order", ["published_at"], unique=False)

    op.create_table(
        "role_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "tenderer",
                "agency",
                "supervisor",
                "administrator",
                "expert",
                name="role",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("granted_at", types.UTCDateTime(), nullable=False),
        sa.Column("granted_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_role_grant_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["granted_by_id"], ["account.id"], name=op.f("fk_role_grant_granted_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
        sa.UniqueConstraint("account_id", "role", name=op.f("uq_role_grant_account_id")),
    )
    op.create_table(
        "rule_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("value", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("law", sa.String(length=100), nullable=False),
        sa.Column("article", sa.String(length=60), nullable=False),
        sa.Column("mark", sa.String(length=10), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("entered_at", types.UTCDateTime(), nullable=True),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["account.id"], name=op.f("fk_rule_row_entered_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_row")),
        sa.UniqueConstraint("code", "valid_from", name=op.f("uq_rule_row_code")),
    )
    with op.batch_alter_table("rule_row", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rule_row_code"), ["code"], unique=False)

    op.create_table(
        "sign_in_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("created_at", types.UTCDateTime(), nullable=False),
        sa.Column("last_seen_at", types.UTCDateTime(), nullable=False),
        sa.Column("step_up_at", types.UTCDateTime(), nullable=True),
        sa.Column("revoked_at", types.UTCDateTime(), nullable=True),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("client", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_sign_in_session_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_session")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_sign_in_session_token_sha256")),
    )
    with op.batch_alter_table("sign_in_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_session_account_id"), ["account_id"], unique=False)

    op.create_table(
        "trustee",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("holder", sa.String(length=60), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("pub", sa.String(length=64), nullable=False),
        sa.Column("sign", sa.String(length=64), nullable=False),
        sa.Column("enrol_sig", sa.String(length=128), nullable=False),
        sa.Column("proposed_at", types.UTCDateTime(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", types.UTCDateTime(), nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("retired_at", types.UTCDateTime(), nullable=True),
        sa.Column("retired_reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (confirmed_by_id IS NULL)",
            name=op.f("ck_trustee_confirmed_by_somebody"),
        ),
        sa.CheckConstraint(
            "confirmed_by_id IS NULL OR confirmed_by_id <> proposed_by_id",
            name=op.f("ck_trustee_two_persons"),
        ),
        sa.CheckConstraint("length(enrol_sig) = 128", name=op.f("ck_trustee_signature_is_hex")),
        sa.CheckConstraint("length(pub) = 64 AND length(sign) = 64", name=op.f("ck_trustee_keys_are_hex")),
        sa.CheckConstraint(
            "retired_at IS NULL OR confirmed_at IS NOT NULL", name=op.f("ck_trustee_retired_after_confirmed")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_trustee_account_id_account")),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["account.id"], name=op.f("fk_trustee_confirmed_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_trustee_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["account.id"], name=op.f("fk_trustee_proposed_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trustee")),
        sa.UniqueConstraint("pub", name=op.f("uq_trustee_pub")),
        sa.UniqueConstraint("sign", name=op.f("uq_trustee_sign")),
        sa.UniqueConstraint("uid", name=op.f("uq_trustee_uid")),
    )
    with op.batch_alter_table("trustee", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_trustee_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_trustee_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(
            "one_trustee_of_a_name",
            ["name"],
            unique=True,
            sqlite_where=sa.text("retired_at IS NULL"),
            postgresql_where=sa.text("retired_at IS NULL"),
        )

    op.create_table(
        "attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=32), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", types.UTCDateTime(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_attempt_account_id_account")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_attempt_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_attempt_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
        sa.UniqueConstraint("reference", name=op.f("uq_attempt_reference")),
    )
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attempt_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attempt_project_id"), ["project_id"], unique=False)

    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("added_at", types.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_document_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("project_id", "sha256", name=op.f("uq_document_project_id")),
    )
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_document_project_id"), ["project_id"], unique=False)

    op.create_table(
        "draw",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=24), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("after_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("conditions", sa.Text(), nullable=False),
        sa.Column("recused_units", sa.Text(), nullable=False),
        sa.Column("evaluation_at", types.UTCDateTime(), nullable=False),
        sa.Column("evaluation_hours", sa.Integer(), nullable=False),
        sa.Column("evaluation_place", sa.String(length=200), nullable=False),
        sa.Column("requested_at", types.UTCDateTime(), nullable=False),
        sa.Column("requested_by_id", sa.Integer(), nullable=False),
        sa.Column("frozen_at", types.UTCDateTime(), nullable=True),
        sa.Column("frozen_by_id", sa.Integer(), nullable=True),
        sa.Column("pool_id", sa.String(length=64), nullable=True),
        sa.Column("spec", sa.Text(), nullable=True),
        sa.Column("spec_hash", sa.String(length=64), nullable=True),
        sa.Column("ordered_at", types.UTCDateTime(), nullable=True),
        sa.Column("ordered_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", types.UTCDateTime(), nullable=True),
        sa.Column("closed_leaf_id", sa.Integer(), nullable=True),
        sa.Column("drawn_at", types.UTCDateTime(), nullable=True),
        sa.Column("released_at", types.UTCDateTime(), nullable=True),
        sa.Column("released_by_id", sa.Integer(), nullable=True),
        sa.Column("published_at", types.UTCDateTime(), nullable=True),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.Column("cancelled_at", types.UTCDateTime(), nullable=True),
        sa.Column("cancelled_by_id", sa.Integer(), nullable=True),
        sa.Column("cancelled_reason", sa.String(length=500), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(after_id IS NULL) = (reason IS NULL)", name=op.f("ck_draw_further_has_reason")),
        sa.CheckConstraint(
            "(cancelled_at IS NULL) = (cancelled_reason IS NULL)", name=op.f("ck_draw_cancelled_has_reason")
        ),
        sa.CheckConstraint(
            "(frozen_at IS NULL) = (frozen_by_id IS NULL)", name=op.f("ck_draw_frozen_by_somebody")
        ),
        sa.CheckConstraint("(frozen_at IS NULL) = (spec_hash IS NULL)", name=op.f("ck_draw_frozen_has_spec")),
        sa.CheckConstraint(
            "cancelled_at IS NULL OR closed_at IS NULL", name=op.f("ck_draw_closed_draw_stands")
        ),
        sa.CheckConstraint(
            "frozen_by_id IS NULL OR frozen_by_id <> requested_by_id", name=op.f("ck_draw_two_persons")
        ),
        sa.ForeignKeyConstraint(["after_id"], ["draw.id"], name=op.f("fk_draw_after_id_draw")),
        sa.ForeignKeyConstraint(
            ["cancelled_by_id"], ["account.id"], name=op.f("fk_draw_cancelled_by_id_account")
        ),
        sa.ForeignKeyConstraint(["closed_leaf_id"], ["leaf.id"], name=op.f("fk_draw_closed_leaf_id_leaf")),
        sa.ForeignKeyConstraint(["frozen_by_id"], ["account.id"], name=op.f("fk_draw_frozen_by_id_account")),
        sa.ForeignKeyConstraint(
            ["ordered_by_id"], ["account.id"], name=op.f("fk_draw_ordered_by_id_account")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_draw_project_id_project")),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["account.id"], name=op.f("fk_draw_published_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["released_by_id"], ["account.id"], name=op.f("fk_draw_released_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["account.id"], name=op.f("fk_draw_requested_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw")),
        sa.UniqueConstraint("after_id", name=op.f("uq_draw_after_id")),
        sa.UniqueConstraint("code", name=op.f("uq_draw_code")),
        sa.UniqueConstraint("uid", name=op.f("uq_draw_uid")),
    )
    with op.batch_alter_table("draw", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_draw_project_id"), ["project_id"], unique=False)
        batch_op.create_index(
            "one_draw_under_way",
            ["project_id"],
            unique=True,
            sqlite_where=sa.text("drawn_at IS NULL AND cancelled_at IS NULL"),
            postgresql_where=sa.text("drawn_at IS NULL AND cancelled_at IS NULL"),
        )

    op.create_table(
        "drill",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=24), nullable=False),
        sa.Column("trustee_id", sa.Integer(), nullable=False),
        sa.Column("dealing", sa.Text(), nullable=False),
        sa.Column("ctx", sa.String(length=64), nullable=False),
        sa.Column("recipient", sa.String(length=80), nullable=False),
        sa.Column("asked_at", types.UTCDateTime(), nullable=False),
        sa.Column("passed_at", types.UTCDateTime(), nullable=True),
        sa.Column("valid_until", types.UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "(passed_at IS NULL) = (valid_until IS NULL)", name=op.f("ck_drill_passed_has_term")
        ),
        sa.CheckConstraint(
            "passed_at IS NULL OR passed_at >= asked_at", name=op.f("ck_drill_passed_after_asked")
        ),
        sa.ForeignKeyConstraint(["trustee_id"], ["trustee.id"], name=op.f("fk_drill_trustee_id_trustee")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drill")),
        sa.UniqueConstraint("uid", name=op.f("uq_drill_uid")),
    )
    with op.batch_alter_table("drill", schema=None) as batch_op:
        batch_op.create_index("drills_by_trustee", ["trustee_id", "asked_at"], unique=False)

    op.create_table(
        "expert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("unit", sa.String(length=200), nullable=False),
        sa.Column("unit_uscc", sa.String(length=18), nullable=True),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("years", sa.Integer(), nullable=True),
        sa.Column("region", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.String(length=30), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("added_at", types.UTCDateTime(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("years IS NULL OR years >= 0", name=op.f("ck_expert_years_not_negative")),
        sa.ForeignKeyConstraint(
            ["import_id"], ["pool_import.id"], name=op.f("fk_expert_import_id_pool_import")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert")),
        sa.UniqueConstraint("name", "phone", name="uq_expert_person"),
        sa.UniqueConstraint("uid", name=op.f("uq_expert_uid")),
    )
    with op.batch_alter_table("expert", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_expert_import_id"), ["import_id"], unique=False)

    op.create_table(
        "gate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "closing",
                "closed",
                "opening",
                "opened",
                name="gatestate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("closes_at", types.UTCDateTime(), nullable=False),
        sa.Column("last_stamp_at", types.UTCDateTime(), nullable=True),
        sa.Column("closing_at", types.UTCDateTime(), nullable=True),
        sa.Column("closed_at", types.UTCDateTime(), nullable=True),
        sa.Column("close_index", sa.Integer(), nullable=True),
        sa.Column("next_due_at", types.UTCDateTime(), nullable=True),
        sa.Column("lease_until", types.UTCDateTime(), nullable=True),
        sa.Column("lease_token", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(state IN ('open', 'closing')) = (closed_at IS NULL)", name=op.f("ck_gate_closed_has_time")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_gate_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate")),
        sa.UniqueConstraint("project_id", name=op.f("uq_gate_project_id")),
    )
    with op.batch_alter_table("gate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gate_next_due_at"), ["next_due_at"], unique=False)

    op.create_table(
        "intake",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("stamp_at", types.UTCDateTime(), nullable=False),
        sa.Column("decided_at", types.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_intake_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake")),
    )
    with op.batch_alter_table("intake", schema=None) as batch_op:
        batch_op.create_index(
            "undecided_intakes",
            ["project_id"],
            unique=False,
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )

    op.create_table(
        "lot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "price_form",
            sa.Enum("amount", "rate", "unit", name="priceform", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("budget_fen", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ceiling_fen", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("security_fen", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("budget_fen > 0", name=op.f("ck_lot_budget_positive")),
        sa.CheckConstraint(
            "ceiling_fen IS NULL OR ceiling_fen <= budget_fen", name=op.f("ck_lot_ceiling_within_budget")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_lot_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot")),
        sa.UniqueConstraint("project_id", "code", name=op.f("uq_lot_project_id")),
    )
    with op.batch_alter_table("lot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lot_project_id"), ["project_id"], unique=False)

    op.create_table(
        "share_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("seat", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("received_at", types.UTCDateTime(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("leaf_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_share_batch_account_id_account")
        ),
        sa.ForeignKeyConstraint(["leaf_id"], ["leaf.id"], name=op.f("fk_share_batch_leaf_id_leaf")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_share_batch_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_batch")),
        sa.UniqueConstraint("project_id", "stage", "public", "seat", name="uq_share_batch_seat"),
    )
    with op.batch_alter_table("share_batch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_share_batch_project_id"), ["project_id"], unique=False)

    op.create_table(
        "award",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=24), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("corrects", sa.String(length=64), nullable=True),
        sa.Column("correction", sa.String(length=1000), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum("awarded", "none", name="outcome", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("winner_name", sa.String(length=200), nullable=True),
        sa.Column("winner_uscc", sa.String(length=18), nullable=True),
        sa.Column("winner_bid", sa.String(length=32), nullable=True),
        sa.Column("amount_fen", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("price_text", sa.String(length=100), nullable=False),
        sa.Column("price_note", sa.String(length=500), nullable=False),
        sa.Column(
            "basis",
            sa.Enum("ceiling", "budget", "estimate", "start", name="basis", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("basis_fen", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("awarded_on", sa.Date(), nullable=False),
        sa.Column("notice_number", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("record_sha256", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", types.UTCDateTime(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", types.UTCDateTime(), nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("leaf_index", sa.Integer(), nullable=True),
        sa.Column("superseded_at", types.UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(outcome = 'awarded') = (winner_name IS NOT NULL AND winner_uscc IS NOT NULL AND winner_bid IS NOT NULL)",
            name=op.f("ck_award_winner_if_awarded"),
        ),
        sa.CheckConstraint(
            "(revision = 1) = (corrects IS NULL) AND (revision = 1) = (correction = '')",
            name=op.f("ck_award_correction_says_what"),
        ),
        sa.CheckConstraint(
            "outcome <> 'awarded' OR amount_fen IS NOT NULL OR price_text <> ''",
            name=op.f("ck_award_price_given"),
        ),
        sa.CheckConstraint(
            "outcome = 'awarded' OR amount_fen IS NULL", name=op.f("ck_award_no_price_without_winner")
        ),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", name=op.f("ck_award_confirmed_by_somebody")
        ),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (leaf_index IS NULL)", name=op.f("ck_award_confirmed_is_in_the_log")
        ),
        sa.CheckConstraint("amount_fen IS NULL OR amount_fen > 0", name=op.f("ck_award_amount_positive")),
        sa.CheckConstraint(
            "confirmed_by_id IS NULL OR confirmed_by_id <> recorded_by_id", name=op.f("ck_award_two_persons")
        ),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_award_revision_counts")),
        sa.CheckConstraint(
            "superseded_at IS NULL OR confirmed_at IS NOT NULL", name=op.f("ck_award_superseded_was_final")
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["account.id"], name=op.f("fk_award_confirmed_by_id_account")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_award_lot_id_lot")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["account.id"], name=op.f("fk_award_recorded_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award")),
        sa.UniqueConstraint("lot_id", "revision", name=op.f("uq_award_lot_id")),
        sa.UniqueConstraint("uid", name=op.f("uq_award_uid")),
    )
    with op.batch_alter_table("award", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_award_confirmed_at"), ["confirmed_at"], unique=False)
        batch_op.create_index(
            "one_award_in_force",
            ["lot_id"],
            unique=True,
            sqlite_where=sa.text("confirmed_at IS NOT NULL AND superseded_at IS NULL"),
            postgresql_where=sa.text("confirmed_at IS NOT NULL AND superseded_at IS NULL"),
        )
        batch_op.create_index(
            "one_award_to_confirm",
            ["lot_id"],
            unique=True,
            sqlite_where=sa.text("confirmed_at IS NULL"),
            postgresql_where=sa.text("confirmed_at IS NULL"),
        )

    op.create_table(
        "bid",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("reference", sa.String(length=32), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("idempotency_key", sa.String(length=64), nullable=False),
        sa.Column("manifest", sa.Text(), nullable=False),
        sa.Column("sig", sa.String(length=128), nullable=False),
        sa.Column("received_at", types.UTCDateTime(), nullable=False),
        sa.Column("leaf_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("effective", "superseded", "withdrawn", name="bidstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("ended_at", types.UTCDateTime(), nullable=True),
        sa.Column("ended_leaf_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(state = 'effective') = (ended_at IS NULL)", name=op.f("ck_bid_ended_has_time")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_bid_account_id_account")),
        sa.ForeignKeyConstraint(["ended_leaf_id"], ["leaf.id"], name=op.f("fk_bid_ended_leaf_id_leaf")),
        sa.ForeignKeyConstraint(["leaf_id"], ["leaf.id"], name=op.f("fk_bid_leaf_id_leaf")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_bid_lot_id_lot")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_bid_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_bid_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bid")),
        sa.UniqueConstraint("organisation_id", "idempotency_key", name="uq_bid_idempotency"),
        sa.UniqueConstraint("reference", name=op.f("uq_bid_reference")),
        sa.UniqueConstraint("uid", name=op.f("uq_bid_uid")),
    )
    with op.batch_alter_table("bid", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bid_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_bid_project_id"), ["project_id"], unique=False)
        batch_op.create_index(
            "one_effective_bid",
            ["lot_id", "organisation_id"],
            unique=True,
            sqlite_where=sa.text("state = 'effective'"),
            postgresql_where=sa.text("state = 'effective'"),
        )

    op.create_table(
        "disclosure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("h", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", types.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_disclosure_account_id_account")
        ),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name=op.f("fk_disclosure_draw_id_draw")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure")),
    )
    with op.batch_alter_table("disclosure", schema=None) as batch_op:
        batch_op.create_index("disclosures_of_a_draw", ["draw_id", "h"], unique=False)

    op.create_table(
        "draw_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("stratum", sa.String(length=64), nullable=False),
        sa.Column("h", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.String(length=16), nullable=False),
        sa.Column("channel", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("record", sa.Text(), nullable=True),
        sa.Column("called_at", types.UTCDateTime(), nullable=False),
        sa.Column("called_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["called_by_id"], ["account.id"], name=op.f("fk_draw_call_called_by_id_account")
        ),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name=op.f("fk_draw_call_draw_id_draw")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw_call")),
    )
    with op.batch_alter_table("draw_call", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_draw_call_draw_id"), ["draw_id"], unique=False)

    op.create_table(
        "draw_deal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("party", sa.String(length=64), nullable=False),
        sa.Column("brought_at", types.UTCDateTime(), nullable=False),
        sa.Column("brought_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brought_by_id"], ["account.id"], name=op.f("fk_draw_deal_brought_by_id_account")
        ),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name=op.f("fk_draw_deal_draw_id_draw")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw_deal")),
        sa.UniqueConstraint("draw_id", "party", name=op.f("uq_draw_deal_draw_id")),
    )
    op.create_table(
        "draw_leaf",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("h", sa.String(length=64), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("expert", sa.Text(), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name=op.f("fk_draw_leaf_draw_id_draw")),
        sa.ForeignKeyConstraint(["expert_id"], ["expert.id"], name=op.f("fk_draw_leaf_expert_id_expert")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw_leaf")),
        sa.UniqueConstraint("draw_id", "h", name=op.f("uq_draw_leaf_draw_id")),
    )
    op.create_table(
        "draw_share",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("party", sa.String(length=64), nullable=False),
        sa.Column("i", sa.Integer(), nullable=False),
        sa.Column("share", sa.Text(), nullable=False),
        sa.Column("brought_at", types.UTCDateTime(), nullable=False),
        sa.Column("brought_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brought_by_id"], ["account.id"], name=op.f("fk_draw_share_brought_by_id_account")
        ),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name=op.f("fk_draw_share_draw_id_draw")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw_share")),
        sa.UniqueConstraint("draw_id", "party", "i", name=op.f("uq_draw_share_draw_id")),
    )
    op.create_table(
        "expert_specialty",
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("specialty_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["expert_id"], ["expert.id"], name=op.f("fk_expert_specialty_expert_id_expert")
        ),
        sa.ForeignKeyConstraint(
            ["specialty_id"], ["specialty.id"], name=op.f("fk_expert_specialty_specialty_id_specialty")
        ),
        sa.PrimaryKeyConstraint("expert_id", "specialty_id", name=op.f("pk_expert_specialty")),
    )
    with op.batch_alter_table("expert_specialty", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_expert_specialty_specialty_id"), ["specialty_id"], unique=False)

    op.create_table(
        "savings_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("drawer_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("row_number", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(length=100), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("winner_name", sa.String(length=200), nullable=False),
        sa.Column("basis_fen", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("award_fen", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("awarded_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "(batch_id IS NULL) = (row_number IS NULL)", name=op.f("ck_savings_entry_row_of_batch")
        ),
        sa.CheckConstraint(
            "(lot_id IS NULL) = (batch_id IS NOT NULL)", name=op.f("ck_savings_entry_lot_or_batch")
        ),
        sa.CheckConstraint(
            "basis_fen >= 0 AND award_fen >= 0", name=op.f("ck_savings_entry_amounts_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["ledger_batch.id"], name=op.f("fk_savings_entry_batch_id_ledger_batch")
        ),
        sa.ForeignKeyConstraint(
            ["drawer_id"], ["savings_drawer.id"], name=op.f("fk_savings_entry_drawer_id_savings_drawer")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_savings_entry_lot_id_lot")),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["savings_owner.id"], name=op.f("fk_savings_entry_owner_id_savings_owner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_savings_entry")),
        sa.UniqueConstraint("lot_id", name=op.f("uq_savings_entry_lot_id")),
    )
    with op.batch_alter_table("savings_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_savings_entry_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(
            "savings_entries_by_drawer", ["drawer_id", "basis_fen", "award_fen"], unique=False
        )
        batch_op.create_index(
            "savings_entries_by_owner", ["owner_id", "drawer_id", "basis_fen", "award_fen"], unique=False
        )

    op.create_table(
        "opened_envelope",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("bid_id", sa.Integer(), nullable=False),
        sa.Column("envelope", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("verdict", sa.String(length=20), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("opened_at", types.UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "(sheet IS NULL) = (sha256 IS NULL)", name=op.f("ck_opened_envelope_sheet_has_hash")
        ),
        sa.CheckConstraint(
            "(sheet IS NULL) = (verdict IS NOT NULL)", name=op.f("ck_opened_envelope_sheet_or_verdict")
        ),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_opened_envelope_bid_id_bid")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_opened_envelope_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opened_envelope")),
        sa.UniqueConstraint("bid_id", "envelope", name=op.f("uq_opened_envelope_bid_id")),
    )
    with op.batch_alter_table("opened_envelope", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_opened_envelope_project_id"), ["project_id"], unique=False)

    op.create_table(
        "sealed_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bid_id", sa.Integer(), nullable=False),
        sa.Column("envelope", sa.String(length=64), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_sealed_file_bid_id_bid")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_file")),
        sa.UniqueConstraint("bid_id", "envelope", "n", name=op.f("uq_sealed_file_bid_id")),
    )
    with op.batch_alter_table("sealed_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sealed_file_sha256"), ["sha256"], unique=False)

    # Organisations name accounts, and accounts organisations: SQLite took the key with its table, others take it now.
    if op.get_bind().dialect.supports_alter:
        op.create_foreign_key(
            "fk_organisation_approved_by_id_account", "organisation", "account", ["approved_by_id"], ["id"]
        )


def downgrade() -> None:
    if op.get_bind().dialect.supports_alter:
        op.drop_constraint("fk_organisation_approved_by_id_account", "organisation", type_="foreignkey")
    with op.batch_alter_table("sealed_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sealed_file_sha256"))

    op.drop_table("sealed_file")
    with op.batch_alter_table("opened_envelope", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_opened_envelope_project_id"))

    op.drop_table("opened_envelope")
    with op.batch_alter_table("savings_entry", schema=None) as batch_op:
        batch_op.drop_index("savings_entries_by_owner")
        batch_op.drop_index("savings_entries_by_drawer")
        batch_op.drop_index(batch_op.f("ix_savings_entry_batch_id"))

    op.drop_table("savings_entry")
    with op.batch_alter_table("expert_specialty", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_expert_specialty_specialty_id"))

    op.drop_table("expert_specialty")
    op.drop_table("draw_share")
    op.drop_table("draw_leaf")
    op.drop_table("draw_deal")
    with op.batch_alter_table("draw_call", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_draw_call_draw_id"))

    op.drop_table("draw_call")
    with op.batch_alter_table("disclosure", schema=None) as batch_op:
        batch_op.drop_index("disclosures_of_a_draw")

    op.drop_table("disclosure")
    with op.batch_alter_table("bid", schema=None) as batch_op:
        batch_op.drop_index(
            "one_effective_bid",
            sqlite_where=sa.text("state = 'effective'"),
            postgresql_where=sa.text("state = 'effective'"),
        )
        batch_op.drop_index(batch_op.f("ix_bid_project_id"))
        batch_op.drop_index(batch_op.f("ix_bid_organisation_id"))

    op.drop_table("bid")
    with op.batch_alter_table("award", schema=None) as batch_op:
        batch_op.drop_index(
            "one_award_to_confirm",
            sqlite_where=sa.text("confirmed_at IS NULL"),
            postgresql_where=sa.text("confirmed_at IS NULL"),
        )
        batch_op.drop_index(
            "one_award_in_force",
            sqlite_where=sa.text("confirmed_at IS NOT NULL AND superseded_at IS NULL"),
            postgresql_where=sa.text("confirmed_at IS NOT NULL AND superseded_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_award_confirmed_at"))

    op.drop_table("award")
    with op.batch_alter_table("share_batch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_share_batch_project_id"))

    op.drop_table("share_batch")
    with op.batch_alter_table("lot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lot_project_id"))

    op.drop_table("lot")
    with op.batch_alter_table("intake", schema=None) as batch_op:
        batch_op.drop_index(
            "undecided_intakes",
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )

    op.drop_table("intake")
    with op.batch_alter_table("gate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_gate_next_due_at"))

    op.drop_table("gate")
    with op.batch_alter_table("expert", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_expert_import_id"))

    op.drop_table("expert")
    with op.batch_alter_table("drill", schema=None) as batch_op:
        batch_op.drop_index("drills_by_trustee")

    op.drop_table("drill")
    with op.batch_alter_table("draw", schema=None) as batch_op:
        batch_op.drop_index(
            "one_draw_under_way",
            sqlite_where=sa.text("drawn_at IS NULL AND cancelled_at IS NULL"),
            postgresql_where=sa.text("drawn_at IS NULL AND cancelled_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_draw_project_id"))

    op.drop_table("draw")
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_document_project_id"))

    op.drop_table("document")
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attempt_project_id"))
        batch_op.drop_index(batch_op.f("ix_attempt_organisation_id"))

    op.drop_table("attempt")
    with op.batch_alter_table("trustee", schema=None) as batch_op:
        batch_op.drop_index(
            "one_trustee_of_a_name",
            sqlite_where=sa.text("retired_at IS NULL"),
            postgresql_where=sa.text("retired_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_trustee_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_trustee_account_id"))

    op.drop_table("trustee")
    with op.batch_alter_table("sign_in_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_session_account_id"))

    op.drop_table("sign_in_session")
    with op.batch_alter_table("rule_row", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rule_row_code"))

    op.drop_table("rule_row")
    op.drop_table("role_grant")
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.drop_index("notices_in_order")
        batch_op.drop_index(batch_op.f("ix_project_agency_id"))

    op.drop_table("project")
    op.drop_table("pool_import")
    with op.batch_alter_table("ledger_batch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_batch_sha256"))

    op.drop_table("ledger_batch")
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_index(
            "one_open_invitation",
            sqlite_where=sa.text("used_at IS NULL"),
            postgresql_where=sa.text("used_at IS NULL"),
        )

    op.drop_table("invitation")
    op.drop_table("cosignature")
    op.drop_table("calendar_day")
    op.drop_table("leaf")
    op.drop_table("checkpoint")
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_organisation_id"))

    op.drop_table("account")
    op.drop_table("witness")
    op.drop_table("specialty")
    with op.batch_alter_table("sign_in_failure", schema=None) as batch_op:
        batch_op.drop_index("sign_in_failures_by_login")
        batch_op.drop_index("sign_in_failures_by_address")

    op.drop_table("sign_in_failure")
    op.drop_table("savings_owner")
    with op.batch_alter_table("savings_drawer", schema=None) as batch_op:
        batch_op.drop_index("savings_drawers_by_kind")

    op.drop_table("savings_drawer")
    op.drop_table("project_serial")
    op.drop_table("organisation")
    with op.batch_alter_table("log", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_log_next_cover_at"))

    op.drop_table("log")
