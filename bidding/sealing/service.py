"""Enrolling, drilling and retiring trustees, and picking a panel from those who stand.

Every act stands in the centre's log. The server never sees a seed (protocol §2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from bidding.core.canonical import Malformed, dumps, loads
from bidding.core.entropy import new_uid
from bidding.core.errors import N_, DomainError, Invalid, NotFound, SamePerson, WrongState
from bidding.db.uow import Tx
from bidding.identity import policy as identity_policy
from bidding.identity import queries as identity
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.keys import LogKeys
from bidding.sealing import enrolment, policy, queries, rules
from bidding.sealing.models import Drill, PanelDefault, PanelPlace, Trustee
from bidding.sealing.panel import ONE_ENVELOPE, SUITE, EnvelopeSpec, parse_panel
from bidding.sealing.policy import Permission
from bidding.sealing.queries import default_panel, eligible, standing_trustees
from bidding.sealing.rules import State

__all__ = [
    "AnswerRefused",
    "DrillOver",
    "EnrolmentRefused",
    "KeyKnown",
    "NameTaken",
    "OthersAgency",
    "PanelRefused",
    "answer_drill",
    "ask_drill",
    "compose_panel",
    "confirm_trustee",
    "decline_trustee",
    "default_panel",
    "eligible",
    "propose_trustee",
    "retire_trustee",
    "standing_trustees",
]

#: Kinds of ``note`` in the centre's log.
DRILL_NOTE, RETIRE_NOTE, PANEL_NOTE = "trustee-drill", "trustee-retired", "panel-default"


class EnrolmentRefused(Invalid):
    """A file that does not enrol anybody."""

    code = "sealing.enrolment_refused"
    text = N_(
        "这不是有效的受托人登记文件（%(reason)s）。请让受托人用受托人工具生成，交来 trustee-名称.json。"
    )


class NameTaken(Invalid):
    """Another standing or proposed trustee has the name."""

    code = "sealing.name_taken"
    text = N_("名称“%(name)s”已有受托人在用。请让受托人换一个名称重新生成，或先停用原来的。")


class KeyKnown(Invalid):
    """A key that was enrolled before; one that was retired never comes back."""

    code = "sealing.key_known"
    text = N_("这把公钥已经登记过，不能再次登记。请让受托人重新生成密钥。")


class DrillOver(DomainError):
    """A drill that was answered, or is too old to say anything about today."""

    code = "sealing.drill_over"
    text = N_("这次演练已经做过，或已超过 %(days)s 天。请重新发起演练，下载新的演练文件。")


class AnswerRefused(Invalid):
    """A drill's answer that proves nothing."""

    code = "sealing.answer_refused"
    text = N_(
        "演练结果没有通过（%(reason)s）。请核对是不是这位受托人的密钥、这一次的演练文件，再用受托人工具解答一次。"
    )


class OthersAgency(DomainError):
    """An agency's trustee sits in the panels of its own projects only."""

    code = "sealing.others_agency"
    text = N_("受托人“%(name)s”属于另一家招标人（代理机构），不能列入本项目的开箱组。请选本单位的受托人。")
    status = 422


class PanelRefused(DomainError):
    """A panel that the protocol refuses for a reason the rules do not name."""

    code = "sealing.panel_refused"
    text = N_("开箱组不符合规定：%(reason)s。请调整所选的受托人。")
    status = 422


def propose_trustee(
    tx: Tx, *, file: bytes | str, role: str, holder: str, organisation_uid: str, login: str | None = None
) -> Trustee:
    """Enter a trustee by the enrolment file its client wrote; a second person confirms it.

    ``login`` is the holder's account, None for an outside person. Raises ``EnrolmentRefused``, ``NameTaken``,
    ``KeyKnown``, ``Invalid``, ``NotFound``.
    """
    identity_policy.require(tx.actor, Permission.TRUSTEE_ENROL)
    try:
        parts = enrolment.check_enrolment(loads(file))
    except Malformed as error:
        raise EnrolmentRefused(reason=str(error), field="file") from error
    if role not in rules.SEATS:
        raise Invalid(reason=N_("没有这种席位。"), field="role")
    if not holder.strip():
        raise Invalid(reason=N_("请填写保管密钥的人。"), field="holder")
    organisation = identity.organisation(tx.session, organisation_uid)
    _check_new(tx.session, parts)
    trustee = Trustee(
        uid=new_uid(tx.entropy),
        name=parts["name"],
        role=role,
        holder=holder.strip()[:60],
        organisation_id=organisation.id,
        account_id=_account_id(tx.session, login, organisation.id),
        pub=parts["pub"],
        sign=parts["sign"],
        enrol_sig=parts["sig"],
        proposed_at=tx.now,
        proposed_by_id=_person(tx),
    )
    tx.session.add(trustee)
    tx.session.flush()
    return trustee


def _check_new(session: Session, parts: dict[str, Any]) -> None:
    if session.scalar(select(Trustee.id).where(Trustee.name == parts["name"], Trustee.retired_at.is_(None))):
        raise NameTaken(name=parts["name"], field="file")
    known = select(Trustee.id).where(or_(Trustee.pub == parts["pub"], Trustee.sign == parts["sign"]))
    if session.scalar(known):
        raise KeyKnown(field="file")


def _account_id(session: Session, login: str | None, organisation_id: int) -> int | None:
    if login is None or not login.strip():
        return None
    account = identity.account_by_login(session, login)
    if account is None or account.disabled_at is not None or account.organisation_id != organisation_id:
        raise Invalid(reason=N_("这个单位没有这个登录名。没有账号的，请留空。"), field="login")
    return account.id


def _person(tx: Tx) -> int:
    if tx.actor.account_id is None:
        raise NotFound
    return tx.actor.account_id


def confirm_trustee(tx: Tx, uid: str, keys: LogKeys) -> Trustee:
    """Take a proposed trustee into the standing set; another person than who proposed it. Raises ``SamePerson``,
    ``WrongState``, ``NotFound``.
    """
    trustee = _proposed(tx, uid)
    if _person(tx) == trustee.proposed_by_id:
        raise SamePerson
    trustee.confirmed_at, trustee.confirmed_by_id = tx.now, tx.actor.account_id
    ledger.record(
        tx,
        ledger.centre_log(tx, keys),
        EventType.ENROL,
        name=trustee.name,
        pub=trustee.pub,
        sign=trustee.sign,
        sig=trustee.enrol_sig,
    )
    tx.session.flush()
    return trustee


def _proposed(tx: Tx, uid: str) -> Trustee:
    identity_policy.require(tx.actor, Permission.TRUSTEE_CONFIRM)
    trustee = queries.trustee(tx.session, uid, lock=True)
    if trustee.confirmed_at is not None:
        raise WrongState
    return trustee


def decline_trustee(tx: Tx, uid: str) -> None:
    """Strike a proposal: the key was not its holder's, or the entry was wrong. Nothing of it remains."""
    tx.session.delete(_proposed(tx, uid))
    tx.session.flush()


def retire_trustee(tx: Tx, uid: str, *, reason: str, keys: LogKeys) -> Trustee:
    """Take a trustee out of the standing set. Panels that name it keep it: its share may still be needed."""
    identity_policy.require(tx.actor, Permission.TRUSTEE_RETIRE)
    trustee = queries.trustee(tx.session, uid, lock=True)
    if trustee.confirmed_at is None or trustee.retired_at is not None:
        raise WrongState
    if not reason.strip():
        raise Invalid(reason=N_("请写明停用的原因。"), field="reason")
    trustee.retired_at, trustee.retired_reason = tx.now, reason.strip()[:500]
    _note(tx, keys, RETIRE_NOTE, {"name": trustee.name, "pub": trustee.pub})
    return trustee


def _note(tx: Tx, keys: LogKeys, kind: str, data: dict[str, Any]) -> None:
    ledger.record(tx, ledger.centre_log(tx, keys), EventType.NOTE, kind=kind, data=data)
    tx.session.flush()


def ask_drill(tx: Tx, uid: str) -> Drill:
    """A drill for the trustee: the one that still waits, or a fresh one. Raises ``NotFound``, ``WrongState``."""
    identity_policy.require(tx.actor, Permission.TRUSTEE_DRILL)
    trustee = queries.trustee(tx.session, uid, lock=True)
    if not policy.may_drill(tx.actor, trustee.account_id):
        raise NotFound
    standing = queries.standing_of(trustee, tx.now)
    if standing.state in (State.PROPOSED, State.RETIRED):
        raise WrongState
    if standing.asked is not None:
        return standing.asked
    drill_uid, pub = new_uid(tx.entropy), bytes.fromhex(trustee.pub)
    written, recipient = enrolment.challenge(drill_uid, trustee.name, pub, tx.entropy)
    drill = Drill(
        uid=drill_uid,
        trustee=trustee,
        dealing=dumps(written["dealing"]).decode(),
        ctx=enrolment.drill_ctx(pub, drill_uid).hex(),
        recipient=recipient,
        asked_at=tx.now,
    )
    tx.session.add(drill)
    tx.session.flush()
    return drill


def challenge_file(drill: Drill) -> dict[str, Any]:
    """What the trustee's client takes: the trustee kit, or ``bidding trustee drill FILE``."""
    trustee = drill.trustee
    return enrolment.written_challenge(drill.uid, trustee.name, trustee.pub, loads(drill.dealing))


def answer_drill(tx: Tx, file: bytes | str, *, keys: LogKeys, lasts: timedelta = rules.DRILL_LASTS) -> Drill:
    """Take a drill's answer; from now on it counts for ``lasts``. Handing it in twice changes nothing.

    Raises ``AnswerRefused``, ``DrillOver``, ``NotFound``.
    """
    identity_policy.require(tx.actor, Permission.TRUSTEE_DRILL)
    try:
        answer = loads(file)
        uid = enrolment.drill_of(answer)
    except Malformed as error:
        raise AnswerRefused(reason=str(error), field="file") from error
    drill = queries.drill_for(tx.session, tx.actor, uid, lock=True)
    trustee = drill.trustee
    if trustee.retired_at is not None:
        raise WrongState
    try:
        enrolment.check_answer(
            answer,
            name=trustee.name,
            pub=bytes.fromhex(trustee.pub),
            sign=bytes.fromhex(trustee.sign),
            dealing=loads(drill.dealing),
            recipient=drill.recipient,
        )
    except Malformed as error:
        raise AnswerRefused(reason=str(error), field="file") from error
    if drill.passed_at is not None:
        return drill
    if not rules.awaits_answer(drill.asked_at, tx.now):
        raise DrillOver(days=rules.ANSWER_WITHIN.days, field="file")
    drill.passed_at, drill.valid_until = tx.now, tx.now + lasts
    _note(tx, keys, DRILL_NOTE, {"name": trustee.name, "pub": trustee.pub, "drill": drill.uid})
    return drill


def set_default_panel(tx: Tx, ranks: Mapping[str, int], k: int, *, keys: LogKeys) -> None:
    """Set the centre's default panel: by uid, 1 for whoever sits for its role, then alternates. It binds no tender.

    Raises ``NotFound`` for somebody who does not stand, and what ``rules.check_ranks`` refuses.
    """
    person = _person(tx)
    standing = {each.trustee.uid: each for each in queries.rankable(tx.session, tx.now)}
    if not ranks.keys() <= standing.keys():
        raise NotFound
    rules.check_ranks(ranks, k, [each.candidate for each in standing.values()])
    tx.session.execute(delete(PanelPlace))
    tx.session.add_all(
        PanelPlace(trustee_id=standing[uid].trustee.id, rank=rank) for uid, rank in ranks.items()
    )
    default = tx.session.get(PanelDefault, 1)
    if default is None:
        tx.session.add(PanelDefault(id=1, k=k, changed_at=tx.now, changed_by_id=person))
    else:
        default.k, default.changed_at, default.changed_by_id = k, tx.now, person
    places = [
        {"name": standing[uid].trustee.name, "pub": standing[uid].trustee.pub, "rank": rank}
        for uid, rank in sorted(ranks.items(), key=lambda pair: (standing[pair[0]].trustee.role, pair[1]))
    ]
    _note(tx, keys, PANEL_NOTE, {"k": k, "places": places})


def compose_panel(
    session: Session,
    *,
    project: str,
    agency_id: int,
    seats: Sequence[str],
    k: int,
    min_bids: int,
    policy: str,
    now: datetime,
    envelopes: Sequence[EnvelopeSpec] = ONE_ENVELOPE,
) -> dict[str, Any]:
    """The ``panel`` event of a project (protocol §2) whose seats are the trustees with these uids.

    ``agency_id`` is the organisation that runs the project, ``envelopes`` what every bid consists of. The seats stand in the order of ``rules.SEATS``,
    whatever the order of ``seats``. Raises ``NotFound``, what ``rules.check_composition`` refuses,
    ``OthersAgency`` and ``PanelRefused``.
    """
    found = {each.uid: each for each in queries.trustees(session, seats)}
    for each in found.values():
        if each.role == "agency" and each.organisation_id != agency_id:
            raise OthersAgency(name=each.name, field="seats")
    candidates = rules.in_order(queries.standing_of(each, now).candidate for each in found.values())
    rules.check_composition(candidates, k)
    panel = {
        "v": 1,
        "type": "panel",
        "project": project,
        "suite": SUITE,
        "k": k,
        "min_bids": min_bids,
        "policy": policy,
        "trustees": [_seat(i, found[each.uid]) for i, each in enumerate(candidates, 1)],
        "envelopes": [{"id": each.id, "public": each.public, "stage": each.stage} for each in envelopes],
    }
    try:
        parse_panel(panel)
    except Malformed as error:
        raise PanelRefused(reason=str(error)) from error
    return panel


def _seat(i: int, trustee: Trustee) -> dict[str, Any]:
    return {
        "i": i,
        "role": trustee.role,
        "name": trustee.name,
        "org": trustee.organisation.name,
        "pub": trustee.pub,
        "sign": trustee.sign,
    }
