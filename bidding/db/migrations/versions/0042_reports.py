"""The savings report by region and agency, how many handed in, and the reports that were issued.

Revision ID: 0042
Revises: 0041
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bidding.db import types

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

_WHAT = ["month", "category", "way", "direction", "basis", "source", "standing", "adverse"]
_KNOWN = sa.text("bidders IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "savings_agency",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_savings_agency")),
        sa.UniqueConstraint("name", name=op.f("uq_savings_agency_name")),
    )
    with op.batch_alter_table("savings_drawer") as batch:
        batch.add_column(sa.Column("region", sa.String(60), nullable=False, server_default=""))
        batch.drop_constraint(op.f("uq_savings_drawer_what"), type_="unique")
        batch.create_unique_constraint(op.f("uq_savings_drawer_what"), [*_WHAT, "region"])
    with op.batch_alter_table("savings_entry") as batch:
        batch.add_column(sa.Column("agency_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("bidders", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_savings_entry_agency_id_savings_agency"), "savings_agency", ["agency_id"], ["id"]
        )
        batch.create_check_constraint(op.f("ck_savings_entry_bidders_not_negative"), "bidders >= 0")
        batch.create_index(
            "savings_entries_by_agency", ["agency_id", "drawer_id", "basis_fen", "award_fen"], unique=False
        )
        batch.create_index(
            "savings_entries_with_bidders",
            ["drawer_id", "bidders"],
            unique=False,
            sqlite_where=_KNOWN,
            postgresql_where=_KNOWN,
        )
    _agencies()
    with op.batch_alter_table("ledger_batch") as batch:
        batch.add_column(sa.Column("mapping", sa.Text(), nullable=True))
    op.create_table(
        "ledger_mapping",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("header_sha256", sa.String(64), nullable=False),
        sa.Column("mapping", sa.Text(), nullable=False),
        sa.Column("saved_at", types.UTCDateTime(), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["saved_by_id"], ["account.id"], name=op.f("fk_ledger_mapping_saved_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_mapping")),
        sa.UniqueConstraint("header_sha256", name=op.f("uq_ledger_mapping_header_sha256")),
    )
    op.create_table(
        "savings_recount",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("counted_at", types.UTCDateTime(), nullable=False),
        sa.Column("drawers", sa.Integer(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("different", sa.Integer(), nullable=False),
        sa.Column("differences", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "drawers >= 0 AND items >= 0 AND different >= 0", name=op.f("ck_savings_recount_counts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_savings_recount")),
        sa.UniqueConstraint("night", name=op.f("uq_savings_recount_night")),
    )
    op.create_table(
        "issued_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(24), nullable=False),
        sa.Column(
            "kind", sa.Enum("month", "year", name="reportkind", native_enum=False, length=32), nullable=False
        ),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("content_sha256", sa.String(64), nullable=False),
        sa.Column("pdf_sha256", sa.String(64), nullable=False),
        sa.Column("issued_at", types.UTCDateTime(), nullable=False),
        sa.Column("issued_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_issued_report_number_counts")),
        sa.CheckConstraint(
            "(kind = 'year' AND month = 12) OR (kind = 'month' AND month BETWEEN 1 AND 12)",
            name=op.f("ck_issued_report_month_of_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["issued_by_id"], ["account.id"], name=op.f("fk_issued_report_issued_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issued_report")),
        sa.UniqueConstraint("uid", name=op.f("uq_issued_report_uid")),
        sa.UniqueConstraint("kind", "year", "number", name=op.f("uq_issued_report_number")),
        sa.UniqueConstraint("kind", "year", "month", name=op.f("uq_issued_report_period")),
    )


def _agencies() -> None:
    """Name the agencies of what the platform itself decided; how many handed in is told from now on."""
    op.execute(
        "INSERT INTO savings_agency (name) SELECT DISTINCT organisation.name FROM savings_entry "
        "JOIN lot ON lot.id = savings_entry.lot_id JOIN project ON project.id = lot.project_id "
        "JOIN organisation ON organisation.id = project.agency_id"
    )
    op.execute(
        "UPDATE savings_entry SET agency_id = (SELECT savings_agency.id FROM lot "
        "JOIN project ON project.id = lot.project_id JOIN organisation ON organisation.id = project.agency_id "
        "JOIN savings_agency ON savings_agency.name = organisation.name WHERE lot.id = savings_entry.lot_id) "
        "WHERE lot_id IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_table("issued_report")
    op.drop_table("savings_recount")
    op.drop_table("ledger_mapping")
    with op.batch_alter_table("ledger_batch") as batch:
        batch.drop_column("mapping")
    with op.batch_alter_table("savings_entry") as batch:
        batch.drop_index("savings_entries_with_bidders")
        batch.drop_index("savings_entries_by_agency")
        batch.drop_constraint(op.f("ck_savings_entry_bidders_not_negative"), type_="check")
        batch.drop_constraint(op.f("fk_savings_entry_agency_id_savings_agency"), type_="foreignkey")
        batch.drop_column("bidders")
        batch.drop_column("agency_id")
    with op.batch_alter_table("savings_drawer") as batch:
        batch.drop_constraint(op.f("uq_savings_drawer_what"), type_="unique")
        batch.create_unique_constraint(op.f("uq_savings_drawer_what"), _WHAT)
        batch.drop_column("region")
    op.drop_table("savings_agency")
