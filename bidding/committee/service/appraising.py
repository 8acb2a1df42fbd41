"""When an evaluation ended, and 履职记录: the owner's side writes how an expert did, once (财库〔2016〕198号 21)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bidding.committee import queries, rules
from bidding.committee.models import Appraisal, EvaluationEnd
from bidding.committee.policy import Permission, require
from bidding.committee.rules import Source
from bidding.committee.service.writing import note
from bidding.core.canonical import dumps, sha
from bidding.core.clock import unix
from bidding.core.errors import WrongState
from bidding.db.uow import Tx
from bidding.experts.service.writing import log_of


def end_evaluation(tx: Tx, project_uid: str, ended_at: datetime) -> EvaluationEnd:
    """State when the evaluation ended; a further statement corrects it. Raises ``BadEnd``, ``NobodyCame``, ``WrongState``."""
    project = queries.project_for(tx.session, tx.actor, project_uid, Permission.COMMITTEE_END)
    by = require(tx.actor, Permission.COMMITTEE_END, agency_id=project.agency_id)
    log = log_of(tx, project)
    begun = queries.evaluation_at(tx.session, project.id)
    if begun is None:
        raise WrongState
    came = any(one.arrived_at is not None for one in queries.members(tx.session, project.id))
    rules.check_end(ended_at, begun, tx.now, came=came)
    row = EvaluationEnd(project_id=project.id, ended_at=ended_at, stated_at=tx.now, stated_by_id=by)
    tx.session.add(row)
    tx.session.flush()
    note(tx, log, "committee-ended", ended_at=unix(ended_at))
    return row


def on_result(tx: Tx, project_id: int) -> None:
    """A result was put down: the evaluation was over by now, where nobody has said when."""
    began = queries.evaluation_at(tx.session, project_id)
    if began is not None and began <= tx.now and queries.ended(tx.session, project_id) is None:
        tx.session.add(EvaluationEnd(project_id=project_id, ended_at=tx.now, stated_at=tx.now))
        tx.session.flush()


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
