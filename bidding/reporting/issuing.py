"""Issuing the monthly and the annual report: numbered once, kept for good, told in the centre's log."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from bidding.core.canonical import dumps
from bidding.core.clock import SHANGHAI
from bidding.core.errors import N_, DomainError, Forbidden, NotFound
from bidding.db.uow import Tx
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.keys import LogKeys
from bidding.reporting import counting, cuts, gazette, queries, workbook
from bidding.reporting.gazette import Earlier, Figures, Issue
from bidding.reporting.models import IssuedReport
from bidding.reporting.policy import Permission
from bidding.reporting.rules import Cut, Period, Practice, ReportKind, Wanted

#: How many months and years that are over are offered.
MONTHS, YEARS = 12, 5


class TooEarly(DomainError):
    """The period is not over."""

    code = "reporting.too_early"
    text = N_("%(span)s还没有结束，数字还会变。请在它结束以后再签发；现在可以先预览。")
    status = 422


class AlreadyIssued(DomainError):
    """A report is issued once."""

    code = "reporting.already_issued"
    text = N_(
        "%(span)s的报告已经签发，编号是%(mark)s，不能再签发一份。数字有更正的，会反映在下一期的累计里。"
    )


class Overtaken(DomainError):
    """Somebody else's report took the number meanwhile."""

    code = "reporting.overtaken"
    text = N_("刚才另有一份报告签发，编号变了。请重新预览再签发。")


def parse(text: str, session: Session) -> Issue:
    """What ``2026-11`` or ``2026`` asks to issue, with the number that comes next. Raises ``NotFound``."""
    match = re.fullmatch(r"(20[0-9]{2})(?:-(0[1-9]|1[0-2]))?", text)
    if match is None:
        raise NotFound
    kind = ReportKind.MONTH if match[2] else ReportKind.YEAR
    year = int(match[1])
    return Issue(kind, year, int(match[2] or 12), next_number(session, kind, year))


def next_number(session: Session, kind: ReportKind, year: int) -> int:
    """The number after the last one of its kind in the year."""
    of = (IssuedReport.kind == kind, IssuedReport.year == year)
    return (session.scalar(select(func.max(IssuedReport.number)).where(*of)) or 0) + 1


def is_over(issue: Issue, now: datetime) -> bool:
    """Whether the period has ended, in Shanghai."""
    return now >= counting.instants(issue.period)[1]


def offered(session: Session, now: datetime) -> list[str]:
    """What can be issued: months and years that are over and have no report yet, the latest first."""
    here = now.astimezone(SHANGHAI)
    ended = [here.year * 12 + here.month - 2 - back for back in range(MONTHS)]
    months = [(ReportKind.MONTH, count // 12, count % 12 + 1) for count in ended]
    years = [(ReportKind.YEAR, here.year - back, 12) for back in range(1, YEARS + 1)]
    rows = session.execute(select(IssuedReport.kind, IssuedReport.year, IssuedReport.month))
    done = {(kind, year, month) for kind, year, month in rows}
    return [
        f"{year}-{month:02d}" if kind is ReportKind.MONTH else f"{year}"
        for kind, year, month in [*months, *years]
        if (kind, year, month) not in done
    ]


def figures(session: Session, period: Period) -> Figures:
    """Everything a report says of one period."""
    wanted = Wanted(period)
    return Figures(
        queries.report(session, wanted),
        cuts.cut(session, wanted, Cut.REGION),
        counting.services(session, period),
        cuts.handed_in(session, wanted),
    )


def draft(session: Session, issue: Issue, practice: Practice, *, centre: str) -> dict[str, Any]:
    """The paper's data as they are now, but for when it is issued and where it is found."""

    def total(period: Period | None) -> Any:
        return None if period is None else queries.report(session, Wanted(period)).total

    earlier = Earlier(total(issue.before), total(issue.ago), total(issue.so_far_ago))
    now, so_far = figures(session, issue.period), figures(session, issue.so_far)
    notes = workbook.notes(practice)
    return gazette.compose(issue, now, so_far, earlier, centre=centre, notes=notes)


def canonical(content: dict[str, Any]) -> bytes:
    """What a report's digest is of."""
    return dumps(json.loads(json.dumps(content, ensure_ascii=False)))  # which makes lists of the rows


def keep(
    tx: Tx, uid: str, issue: Issue, content: bytes, digest: str, pdf_sha256: str, *, keys: LogKeys
) -> IssuedReport:
    """Keep an issued report under its number, and tell the centre's log.

    ``content`` is what the paper was made of (JCS) and ``digest`` its SHA-256; the paper lies in its blob before.
    Raises ``TooEarly``, ``AlreadyIssued``, ``Overtaken``, ``Forbidden``.
    """
    if tx.actor.account_id is None or not tx.actor.may(Permission.SAVINGS_ISSUE):
        raise Forbidden
    if not is_over(issue, tx.now):
        raise TooEarly(span=issue.span)
    before = tx.session.scalar(
        select(IssuedReport).where(
            IssuedReport.kind == issue.kind,
            IssuedReport.year == issue.year,
            IssuedReport.month == issue.month,
        )
    )
    if before is not None:
        raise AlreadyIssued(span=issue.span, mark=issue_of(before).mark)
    if next_number(tx.session, issue.kind, issue.year) != issue.number:
        raise Overtaken
    report = IssuedReport(
        uid=uid,
        kind=issue.kind,
        year=issue.year,
        month=issue.month,
        number=issue.number,
        content=content.decode(),
        content_sha256=digest,
        pdf_sha256=pdf_sha256,
        issued_at=tx.now,
        issued_by_id=tx.actor.account_id,
    )
    tx.session.add(report)
    tx.session.flush()
    data = {
        "report": uid,
        "kind": issue.kind.value,
        "number": issue.mark,
        "period": issue.period.text,
        "sha256": digest,
        "pdf_sha256": pdf_sha256,
    }
    ledger.record(tx, ledger.centre_log(tx, keys), EventType.NOTE, kind="savings-report-issued", data=data)
    return report


def issue_of(report: IssuedReport) -> Issue:
    """Which report it is."""
    return Issue(report.kind, report.year, report.month, report.number)


def issued(session: Session) -> Sequence[IssuedReport]:
    """Every report that was issued, the latest first."""
    return session.scalars(
        select(IssuedReport)
        .options(joinedload(IssuedReport.issued_by))
        .order_by(IssuedReport.issued_at.desc(), IssuedReport.id.desc())
    ).all()


def one(session: Session, uid: str) -> IssuedReport:
    """An issued report. Raises ``NotFound``."""
    found = session.scalar(select(IssuedReport).where(IssuedReport.uid == uid))
    if found is None:
        raise NotFound
    return found
