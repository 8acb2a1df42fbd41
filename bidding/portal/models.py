"""The public list of results."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bidding.db import Model
from bidding.portal.rules import ResultKind
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
    place: Mapped[str] = mapped_column(String(32))
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
