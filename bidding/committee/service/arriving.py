"""The evaluation room: its page, who signs in there, who steps aside, and who chairs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bidding.committee import queries, rules
from bidding.committee.models import Feedback, Member, RoomPage
from bidding.committee.policy import Permission, require
from bidding.committee.rules import Recusal, Source
from bidding.committee.service.writing import note, sealed
from bidding.conduct import queries as conduct
from bidding.conduct.rules import Rule
from bidding.core.canonical import dumps, loads, sha
from bidding.core.clock import SHANGHAI
from bidding.core.entropy import new_uid
from bidding.core.errors import WrongState
from bidding.db.uow import Tx
from bidding.experts import queries as experts
from bidding.experts.rules import conditions_of, unit_key
from bidding.experts.service.writing import log_of
from bidding.submissions.queries import is_closed
from bidding.tenders.models import Project

#: The rules of the evaluation zone that whoever signs in accepts.
ZONE_RULES = (Rule.PANEL, Rule.ZONE)


def open_room(tx: Tx, project_uid: str) -> tuple[RoomPage, str]:
    """Open the sign-in page of the evaluation room, and seat whoever was drawn and released; the page's address token.

    A page that was open is closed with it: its address may have been seen. Raises ``NotYet``, ``StillOpen``.
    """
    project = queries.project_for(tx.session, tx.actor, project_uid, Permission.COMMITTEE_ROOM)
    by = require(tx.actor, Permission.COMMITTEE_ROOM, agency_id=project.agency_id)
    log = log_of(tx, project)
    at = queries.evaluation_at(tx.session, project.id)
    if at is None:
        raise WrongState
    if tx.now < at:
        raise rules.NotYet(at=f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}")
    if not is_closed(tx.session, project.id):
        raise rules.StillOpen
    _close(tx, project)
    seated = _seat_drawn(tx, project, by)
    token = tx.entropy.bytes(24).hex()
    page = RoomPage(
        project_id=project.id, digest=queries.digest(token), opened_at=tx.now, opened_by_id=by, misses=0
    )
    tx.session.add(page)
    tx.session.flush()
    note(tx, log, "committee-room", seated=seated)
    return page, token


def close_room(tx: Tx, project_uid: str) -> None:
    """Nobody signs in any more at the page that is open."""
    project = queries.project_for(tx.session, tx.actor, project_uid, Permission.COMMITTEE_ROOM)
    log_of(tx, project)
    _close(tx, project)


def _close(tx: Tx, project: Project) -> None:
    standing = queries.open_room(tx.session, project.id)
    if standing is not None:
        standing.closed_at = tx.now
        tx.session.flush()


def _seat_drawn(tx: Tx, project: Project, by: int) -> int:
    """Whoever stands for a place of a released draw and is not in the list yet; how many."""
    known = {one.h for one in queries.members(tx.session, project.id)}
    found = [one for one in experts.serving(tx.session, project) if one.h not in known]
    for one in found:
        names = experts.stratum_names(tx.session, conditions_of(loads(one.draw.conditions)))
        tx.session.add(
            Member(
                uid=new_uid(tx.entropy),
                project_id=project.id,
                source=Source.DRAWN,
                h=one.h,
                expert_id=one.expert.id,
                name=one.expert.name,
                unit=one.expert.unit,
                unit_uscc=one.expert.unit_uscc,
                title=one.expert.title,
                specialty=names.get(one.stratum, one.stratum),
                phone_end=one.expert.phone[-4:],
                entered_at=tx.now,
                entered_by_id=by,
            )
        )
    tx.session.flush()
    return len(found)


# At the room's page: whoever stands before it, without an account ------------------------------------------------------


def recognise(tx: Tx, token: str, name: str, phone_end: str, *, rates: bool = False) -> Member | None:
    """Who is awaited under this name and these last four digits; None where nobody is, which is counted.

    With ``rates`` who sat here as an expert.

    A page at which too often nobody was recognised takes no more. Raises ``NotFound``, ``RoomLocked``.
    """
    page = queries.room(tx.session, token)
    tx.session.refresh(page, with_for_update=True)
    if page.misses >= rules.MOST_MISSES:
        raise rules.RoomLocked
    for one in queries.members(tx.session, page.project_id):
        wanted = one.may_rate if rates else one.awaited
        if wanted and unit_key(one.name) == unit_key(name) and one.phone_end == phone_end:
            return one
    page.misses += 1
    tx.session.flush()
    return None


@dataclass(frozen=True, slots=True)
class Declaration:
    """What somebody declares who has read the tenderers' names: None, or why they step aside."""

    recusal: Recusal | None
    words: str = ""


def sign_in(tx: Tx, token: str, uid: str, declared: Declaration) -> Member:
    """Sign in, or step aside. Rules are accepted in the versions in force.

    Raises ``NotFound``; ``StillOpen`` where an extension has voided the close since; ``NotServing`` for one who was put
    down as not coming on the draw's page; ``OfATenderer`` where the centre knows of a tie that was not declared.
    """
    page = queries.room(tx.session, token)
    log = log_of(tx, page.project)
    if not is_closed(tx.session, page.project_id):
        raise rules.StillOpen
    one = queries.awaited(tx.session, page, uid)
    if declared.recusal is not None:
        one.recusal, one.recusal_words = declared.recusal, declared.words.strip()
        one.gone_at, one.gone_reason = tx.now, rules.RECUSAL_WORDS[declared.recusal]
        tx.session.flush()
        note(
            tx,
            log,
            "committee-recused",
            source=one.source.value,
            reason=declared.recusal.value,
            h=one.h,
            sha256=sealed(tx, one),
        )
        return one
    if one.source is Source.DRAWN and one.h not in queries.serving(tx.session, one.project):
        raise rules.NotServing
    if queries.conflict(tx.session, one):
        raise rules.OfATenderer
    texts = conduct.in_force(tx.session, ZONE_RULES, tx.now)
    one.arrived_at = tx.now
    one.conduct = " ".join(f"{text.rule.value}-{text.n}" for text in texts)
    tx.session.flush()
    note(tx, log, "committee-arrived", source=one.source.value, h=one.h, sha256=sealed(tx, one))
    return one


def rate(tx: Tx, token: str, uid: str, answers: Mapping[str, bool], remark: str) -> Feedback:
    """An expert who sat here says how owner and agency did, once. Raises ``NotFound``, ``RatedAlready``."""
    page = queries.room(tx.session, token)
    log = log_of(tx, page.project)
    one = queries.at_room(tx.session, page, uid)
    if queries.feedback_of(tx.session, one) is not None:
        raise rules.RatedAlready
    row = Feedback(
        member_id=one.id,
        answers=dumps(rules.in_order(answers, rules.FEEDBACK)).decode(),
        remark=remark.strip(),
        written_at=tx.now,
    )
    tx.session.add(row)
    tx.session.flush()
    said = [one.uid, row.answers, row.remark, tx.entropy.bytes(16).hex()]
    note(tx, log, "committee-rated", sha256=sha(dumps(said)).hex())
    return row


# By the administrator ---------------------------------------------------------------------------------------------------


def leave(tx: Tx, uid: str, reason: str, recusal: Recusal | None = None) -> Member:
    """Somebody does not come, leaves, or must step aside while the bids are judged; what they did is done again.

    Raises ``WrongState`` for one who has gone (87号令 49).
    """
    one = queries.member(tx.session, tx.actor, uid, Permission.COMMITTEE_ROOM)
    log = log_of(tx, one.project)
    tx.session.refresh(one)
    if one.gone_at is not None or not (one.source is Source.DRAWN or one.confirmed_at is not None):
        raise WrongState
    one.gone_at, one.gone_reason, one.recusal = tx.now, reason.strip(), recusal
    tx.session.flush()
    note(
        tx,
        log,
        "committee-left",
        source=one.source.value,
        arrived=one.arrived_at is not None,
        recusal=recusal.value if recusal else None,
        h=one.h,
        sha256=sealed(tx, one),
    )
    return one


def choose_chair(tx: Tx, project_uid: str, uid: str) -> Member:
    """Write down whom the members elected to chair, once all are there and the law has nothing against them.

    Raises ``BadComposition`` and its kind, ``MayNotChair``, ``NotArrived``, ``Incomplete``.
    """
    project = queries.project_for(tx.session, tx.actor, project_uid, Permission.COMMITTEE_ROOM)
    log = log_of(tx, project)
    view = queries.view(tx.session, project, tx.now)
    chosen = next((one for one in view.members if one.uid == uid), None)
    if chosen is None:
        raise WrongState
    may = queries.owner_may_chair(tx.session, project, tx.now)
    rules.check_chair(chosen.here, [one.here for one in view.members], owner_may=may)
    if view.fault is not None:
        raise view.fault
    if view.chair is not None:
        view.chair.chaired_at = None
        tx.session.flush()
    chosen.chaired_at = tx.now
    tx.session.flush()
    note(tx, log, "committee-chair", members=view.total, experts=view.experts, sha256=sealed(tx, chosen))
    return chosen
