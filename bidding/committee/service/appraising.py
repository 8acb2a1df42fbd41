"""履职记录: the owner's side writes how an expert did, once (财库〔2016〕198号 21)."""

from __future__ import annotations

from collections.abc import Mapping

from bidding.committee import queries, rules
from bidding.committee.models import Appraisal
from bidding.committee.policy import Permission, require
from bidding.committee.rules import Source
from bidding.committee.service.writing import note
from bidding.core.canonical import dumps, sha
from bidding.core.errors import WrongState
from bidding.db.uow import Tx
from bidding.experts.service.writing import log_of


def appraise(tx: Tx, uid: str, answers: Mapping[str, bool], remark: str) -> Appraisal:
    """Write how a member did who sat on the committee. Raises ``AppraisedAlready``, ``WrongState``."""
    one = queries.member(tx.session, tx.actor, uid, Permission.COMMITTEE_APPRAISE)
    by = require(tx.actor, Permission.COMMITTEE_APPRAISE, agency_id=one.project.agency_id)
    log = log_of(tx, one.project)
    if one.source is Source.OWNER or one.arrived_at is None:
        raise WrongState
    if queries.appraisal_of(tx.session, one) is not None:
        raise rules.AppraisedAlready(name=one.name)
    row = Appraisal(
        member_id=one.id,
        answers=dumps(rules.in_order(answers)).decode(),
        remark=remark.strip(),
        written_at=tx.now,
        written_by_id=by,
    )
    tx.session.add(row)
    tx.session.flush()
    said = [one.uid, row.answers, row.remark, tx.entropy.bytes(16).hex()]
    note(tx, log, "committee-appraised", sha256=sha(dumps(said)).hex())
    return row
