"""Entries of the savings report, the drawers they lie in, and the ledgers they were imported from."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bidding.award.rules import Basis
from bidding.db import Big, Model
from bidding.identity.models import Account
from bidding.reporting.rules import ReportKind
from bidding.reporting.savings import Category, Direction, Source, Standing, Way
from bidding.tenders.models import Lot


class SavingsOwner(Model):
    """A unit that buys or sells, by the name it is published under."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)


class SavingsAgency(Model):
    """An agency (招标代理机构), by the name it is published under."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)


class SavingsDrawer(Model):
    """A drawer (``savings.Drawer``) with its sums, moved in the transaction that moves an entry.

    The page reads some thousand drawers, never a million entries; ``items``, ``basis_fen`` and ``award_fen``
    always equal the count and the sums of the entries that point here.
    """

    __table_args__ = (
        UniqueConstraint(
            "month",
            "category",
            "way",
            "direction",
            "basis",
            "source",
            "standing",
            "adverse",
            "region",
            name="uq_savings_drawer_what",
        ),
        # Covering, in the order in which kinds are summed: the page's figures are read from it alone.
        Index(
            "savings_drawers_by_kind",
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
        ),
        CheckConstraint("items >= 0", "items_not_negative"),
        CheckConstraint("month % 100 BETWEEN 1 AND 12", "month_is_a_month"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[int]  # year × 100 + month
    category: Mapped[Category]
    way: Mapped[Way]
    direction: Mapped[Direction]
    basis: Mapped[Basis]
    source: Mapped[Source]
    standing: Mapped[Standing]
    adverse: Mapped[bool]
    region: Mapped[str] = mapped_column(String(60), default="", server_default="")
    items: Mapped[int] = mapped_column(default=0)
    basis_fen: Mapped[int] = mapped_column(Big, default=0)
    award_fen: Mapped[int] = mapped_column(Big, default=0)


class LedgerBatch(Model):
    """A file of an old ledger: looked at first, then taken, and withdrawn as a whole if it was wrong."""

    __table_args__ = (
        CheckConstraint("(taken_at IS NULL) = (taken_by_id IS NULL)", "taken_by_somebody"),
        CheckConstraint("withdrawn_at IS NULL OR taken_at IS NOT NULL", "withdrawn_after_taken"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)", "withdrawn_by_somebody"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(24), unique=True)
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64), index=True)  # of the blob that holds the file
    uploaded_at: Mapped[datetime]
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    rows_taken: Mapped[int] = mapped_column(default=0)
    rows_left: Mapped[int] = mapped_column(default=0)  # rows with errors that stayed outside
    taken_at: Mapped[datetime | None]
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    #: What each column was said to be (``mapping.to_text``), where the header alone does not tell.
    mapping: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column()
    uploaded_by: Mapped[Account] = relationship(foreign_keys=[uploaded_by_id])

    __mapper_args__ = {"version_id_col": version}


class SavingsEntry(Model):
    """One item: a lot of this platform, or a row of an imported ledger, which then names batch and row."""

    __table_args__ = (
        CheckConstraint("(lot_id IS NULL) = (batch_id IS NOT NULL)", "lot_or_batch"),
        CheckConstraint("(batch_id IS NULL) = (row_number IS NULL)", "row_of_batch"),
        CheckConstraint("basis_fen >= 0 AND award_fen >= 0", "amounts_not_negative"),
        # Covering: the sums per drawer, of all or of one owner, are read from the index alone.
        Index("savings_entries_by_drawer", "drawer_id", "basis_fen", "award_fen"),
        Index("savings_entries_by_owner", "owner_id", "drawer_id", "basis_fen", "award_fen"),
        Index("savings_entries_by_agency", "agency_id", "drawer_id", "basis_fen", "award_fen"),
        Index(
            "savings_entries_with_bidders",
            "drawer_id",
            "bidders",
            sqlite_where=text("bidders IS NOT NULL"),
            postgresql_where=text("bidders IS NOT NULL"),
        ),
        CheckConstraint("bidders >= 0", "bidders_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    drawer_id: Mapped[int] = mapped_column(ForeignKey("savings_drawer.id"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("savings_owner.id"))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("savings_agency.id"))
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lot.id"), unique=True)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_batch.id"), index=True)
    row_number: Mapped[int | None]
    code: Mapped[str] = mapped_column(String(100), default="")
    title: Mapped[str] = mapped_column(String(300))
    winner_name: Mapped[str] = mapped_column(String(200), default="")
    basis_fen: Mapped[int] = mapped_column(Big)
    award_fen: Mapped[int] = mapped_column(Big)
    awarded_on: Mapped[date]
    #: How many handed in, once everybody may know: after the opening, or as a ledger says.
    bidders: Mapped[int | None]
    drawer: Mapped[SavingsDrawer] = relationship()
    owner: Mapped[SavingsOwner] = relationship()
    agency: Mapped[SavingsAgency | None] = relationship()
    lot: Mapped[Lot | None] = relationship()
    batch: Mapped[LedgerBatch | None] = relationship()


class LedgerMapping(Model):
    """What somebody said the columns under one header are; asked for by the header's digest when it comes again."""

    id: Mapped[int] = mapped_column(primary_key=True)
    header_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    mapping: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime]
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))


class SavingsRecount(Model):
    """One night's check of all drawers against their entries: how many there were, and which did not agree."""

    __table_args__ = (CheckConstraint("drawers >= 0 AND items >= 0 AND different >= 0", "counts"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    night: Mapped[date] = mapped_column(unique=True)  # the day in Shanghai
    counted_at: Mapped[datetime]
    drawers: Mapped[int]
    items: Mapped[int]
    different: Mapped[int]
    #: The first of them, JCS: what each drawer says and what its entries come to.
    differences: Mapped[str] = mapped_column(Text)


class IssuedReport(Model):
    """A monthly or annual report as it was issued: numbered once, its figures and its paper kept for good."""

    __table_args__ = (
        UniqueConstraint("kind", "year", "number", name="uq_issued_report_number"),
        UniqueConstraint("kind", "year", "month", name="uq_issued_report_period"),
        CheckConstraint("number >= 1", "number_counts"),
        CheckConstraint(
            "(kind = 'year' AND month = 12) OR (kind = 'month' AND month BETWEEN 1 AND 12)", "month_of_kind"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(24), unique=True)
    kind: Mapped[ReportKind]
    year: Mapped[int]
    month: Mapped[int]  # of the year; an annual report ends with the twelfth
    number: Mapped[int]
    content: Mapped[str] = mapped_column(Text)  # what the paper was made of, JCS
    content_sha256: Mapped[str] = mapped_column(String(64))
    pdf_sha256: Mapped[str] = mapped_column(String(64))  # of the blob
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    issued_by: Mapped[Account] = relationship()
