"""The public list of results, and the searches that somebody wants to hear of."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bidding.db import Model
from bidding.portal.rules import ResultKind
from bidding.portal.saved import List, Wanted, read
from bidding.tenders.wordindex import WordIndex


class Result(Model):
    """What became of a lot, or of a tender that was terminated; its number is its place, later ones are newer.

    A row is written from what is final and public, and follows its correction; it decides nothing itself. ``words``
    and ``marks`` are what its entry in the index was made of.
    """

    __table_args__ = (
        UniqueConstraint("project_id", "place", name="one_result_a_lot"),
        CheckConstraint("(kind = 'terminated') = (place = '')", "terminated_whole"),
        CheckConstraint("(kind = 'terminated') = (notice_n IS NOT NULL)", "terminated_by_notice"),
        CheckConstraint("(kind IN ('awarded', 'nobody')) = (award_id IS NOT NULL)", "decided_by_award"),
        CheckConstraint("changed_at >= announced_at", "changed_later"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(24), unique=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    #: The lot's code; empty where the whole tender was terminated.
    place: Mapped[str] = mapped_column(String(64))
    kind: Mapped[ResultKind]
    award_id: Mapped[int | None] = mapped_column(ForeignKey("award.id"))
    #: The number of the notice of termination.
    notice_n: Mapped[int | None]
    region: Mapped[str] = mapped_column(String(6), index=True)
    #: When it was public first, and when it last became another.
    announced_at: Mapped[datetime] = mapped_column(index=True)
    changed_at: Mapped[datetime]
    words: Mapped[str] = mapped_column(Text)
    marks: Mapped[str] = mapped_column(String(100))


RESULT_WORDS = WordIndex("result_words", "result")
RESULT_WORDS.beside(Result.__table__)  # type: ignore[arg-type]


class SavedSearch(Model):
    """A search that somebody wants to hear of: of an account, or of an e-mail address that has said yes to a letter.

    What was made public up to ``told_until`` has been told. Whoever stops it takes the row away.
    """

    __table_args__ = (
        CheckConstraint("(account_id IS NULL) <> (address IS NULL)", "somebodys"),
        CheckConstraint("(address IS NULL) = (address_digest IS NULL)", "address_is_known_again"),
        CheckConstraint("(told_until IS NULL) = (token_sha256 IS NOT NULL)", "told_once_confirmed"),
        CheckConstraint("account_id IS NULL OR told_until IS NOT NULL", "own_needs_no_letter"),
        Index(
            "one_search_an_account",
            "account_id",
            "of",
            "asked",
            unique=True,
            sqlite_where=text("account_id IS NOT NULL"),
            postgresql_where=text("account_id IS NOT NULL"),
        ),
        Index(
            "one_search_an_address",
            "address_digest",
            "of",
            "asked",
            unique=True,
            sqlite_where=text("told_until IS NOT NULL AND address_digest IS NOT NULL"),
            postgresql_where=text("told_until IS NOT NULL AND address_digest IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(24), unique=True)
    of: Mapped[List]
    #: JCS of ``saved.Wanted.asked``.
    asked: Mapped[str] = mapped_column(Text)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    #: Sealed (``vault``), and by what the same one is known again.
    address: Mapped[bytes | None]
    address_digest: Mapped[str | None] = mapped_column(String(64), index=True)
    language: Mapped[str] = mapped_column(String(8))
    asked_at: Mapped[datetime]
    #: A keyed digest of the machine's address from which it was asked for; empty a day later.
    asked_from: Mapped[str] = mapped_column(String(64), index=True)
    #: Of the link in the first letter, until it is pressed.
    token_sha256: Mapped[str | None] = mapped_column(String(64), unique=True)
    told_until: Mapped[datetime | None] = mapped_column(index=True)

    @property
    def wanted(self) -> Wanted:
        """What it asks for."""
        return read(self.of, self.asked)
