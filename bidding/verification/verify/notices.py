"""The notices: the text of each that the log tells of, against the digest that stands there."""

from __future__ import annotations

from bidding.core.canonical import Malformed, sha
from bidding.opening.bundle import MAX_NOTICE, notice_name, notices_told
from bidding.verification.findings import NOTICES
from bidding.verification.verify.case import Case


def check_notices(case: Case) -> None:
    """Each text is the one that was logged. A package from before texts were carried says so, and is not refused."""
    told = notices_told(event for _, event in case.bundle.opens)
    if not case.archive.notices:
        if told:
            case.report.note("notice.absent", count=len(told))
        return
    before = len(case.report.refusals)
    for digest, (index, kind) in told.items():
        problem = _problem(case, digest)
        if problem is not None:
            case.report.refuse(*problem, index=index, kind=NOTICES.get(kind, kind))
    for name in sorted(case.archive.notices - {notice_name(digest) for digest in told}):
        case.report.refuse("files.extra", name)
    if len(case.report.refusals) == before:
        case.report.holds("notices", count=len(told))


def _problem(case: Case, digest: str) -> tuple[str, str] | None:
    """Code and reason of what is wrong with one text."""
    name = notice_name(digest)
    if name not in case.archive.notices:
        return "notice.missing", name
    try:
        found = sha(case.archive.read(name, MAX_NOTICE)).hex()
    except Malformed as error:
        return "notice.other", str(error)
    return None if found == digest else ("notice.other", f"{found} here, {digest} in the log")
