"""A prequalification in a played centre: what the agency writes, and who applies."""

from __future__ import annotations

from dataclasses import replace

from bidding.ledger.current import log_keys
from bidding.prequalification import service
from bidding.prequalification.service import Dates, Said
from bidding.tenders import queries as tenders
from bidding.tenders import service as tender_service
from bidding.tenders.kinds import Examination

FILE = b"%PDF-1.7 prequalification document"


def prepare(centre, uid, login, *, until, closes_at):
    """Let a draft be prequalified first, with these dates."""
    with centre.act(login) as tx:
        who_may = tenders.project_for(tx.session, tx.actor, uid).who_may
        tender_service.set_qualification(tx, uid, replace(who_may, examination=Examination.BEFORE))
    with centre.act(login) as tx:
        service.set_dates(tx, uid, Dates(until, closes_at))
        service.add_document(tx, uid, "资格预审文件.pdf", centre.blobs.put(FILE), len(FILE))


def announce(centre, uid):
    """Zhou hands it over, Wu publishes it."""
    with centre.act("zhou") as tx:
        service.hand_over(tx, uid)
    with centre.act("wu") as tx:
        service.publish(tx, uid, keys=log_keys())


def apply(centre, uid, login):
    """One application of one file; its uid."""
    content = f"%PDF-1.7 of {login}".encode()
    with centre.act(login) as tx:
        service.add_file(tx, uid, "申请文件.pdf", centre.blobs.put(content), len(content), tx.now)
        return service.hand_in(tx, uid, Said("某某", "0000-1111111"), tx.now).uid
