"""Every check, in order."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from bidding.core.archive import Unreadable
from bidding.core.canonical import Malformed
from bidding.opening.bundle import open_zip
from bidding.verification.draws import check_draws
from bidding.verification.findings import Report
from bidding.verification.receipts import check_in_bundle
from bidding.verification.verify.awards import check_awards
from bidding.verification.verify.case import NOTHING_ASKED, Asked, Case, Ended
from bidding.verification.verify.hall import check_hall
from bidding.verification.verify.log import check_log
from bidding.verification.verify.notices import check_notices
from bidding.verification.verify.shares import check_shares
from bidding.verification.verify.sheets import check_sheets
from bidding.verification.verify.witnesses import check_witnesses


def verify(path: Path, asked: Asked = NOTHING_ASKED) -> Report:
    """Check an ``opening.zip``. Raises ``Unreadable`` where there is no bundle to judge, ``OSError``."""
    try:
        with open_zip(path) as archive:
            case = Case(archive, asked)
            with suppress(Ended):
                _check(case)
            return case.report
    except Unreadable:
        raise
    except Malformed as error:
        report = Report()
        report.refuse("files.extra", error)
        return report


def _check(case: Case) -> None:
    check_log(case)
    check_notices(case)
    check_witnesses(case)
    check_shares(case)
    check_sheets(case)
    check_hall(case)
    check_draws(case.record, case.checkpoints, case.archive.read_names(), case.report)
    check_awards(case)
    for file in case.asked.receipts:
        check_in_bundle(file, case.record, case.bundle.leaves, case.report)
