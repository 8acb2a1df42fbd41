"""Findings for a supervisor's own desk, as a workbook and as CSV, with every formula written out."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from typing import IO, BinaryIO

from flask_babel import gettext
from sqlalchemy.orm import Session

from bidding.core.clock import SHANGHAI
from bidding.core.errors import N_
from bidding.documents.xlsx import MAX_ROWS, Book
from bidding.oversight import presentation, queries
from bidding.oversight.queries import Wanted
from bidding.oversight.rules import SOURCES, WORDS

HEADER = (
    N_("日期"),
    N_("提示"),
    N_("是什么"),
    N_("公式和数字"),
    N_("招标单位"),
    N_("代理机构"),
    N_("状态"),
    N_("登记的理由"),
    N_("看过的人"),
    N_("登记时间"),
    N_("出处"),
)
_WIDTHS = (12, 18, 44, 70, 28, 28, 14, 40, 12, 18, 40)


def rows(session: Session, wanted: Wanted) -> Iterator[tuple[str, ...]]:
    """A row for each finding, in the reader's language; as many as a sheet holds."""
    with closing(queries.all_findings(session, wanted, MAX_ROWS)) as found:
        for finding, note in found:
            yield (
                finding.on.isoformat(),
                gettext(WORDS[finding.flag].name),
                finding.title,
                presentation.formula(finding.flag, finding.figures),
                finding.owner,
                finding.agency.name if finding.agency else "",
                presentation.state_words(finding.state)[1],
                note.reason if note else "",
                note.by.name if note else "",
                note.at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if note else "",
                "；".join(SOURCES[finding.flag]),
            )


def to_xlsx(target: BinaryIO, session: Session, wanted: Wanted, *, at: datetime) -> None:
    """A sheet of text cells: none of them is a formula, whatever it begins with."""
    with Book(target, created=at, say=gettext) as book:
        sheet = book.sheet(N_("线索提示"), HEADER, _WIDTHS)
        for row in rows(session, wanted):
            sheet.row(*row)


def to_csv(target: IO[str], session: Session, wanted: Wanted) -> None:
    """The same with a mark for Excel; what would begin a formula gets an apostrophe (CWE-1236)."""
    target.write("\ufeff")
    out = csv.writer(target)
    out.writerow([gettext(word) for word in HEADER])
    for row in rows(session, wanted):
        out.writerow([f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell for cell in row])
