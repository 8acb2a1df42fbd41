"""What each piece of news becomes, and for whom. Listeners run in the transaction of the news.

About bids only the tenderer's own people are told, about a tender officials and those concerned; ``messages.policy``
keeps staff from seeing either of the latter.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from bidding.announcements.events import AnnouncementPublished, AnnouncementWithdrawn
from bidding.announcements.models import Announcement
from bidding.award.events import AwardConfirmed
from bidding.award.models import Award
from bidding.casework import queries as cases
from bidding.casework.events import CaseMoved
from bidding.casework.models import Move
from bidding.casework.rules import OUTCOME_WORDS
from bidding.clarifications.events import ClarificationPublished
from bidding.core.actor import Role
from bidding.core.canonical import loads
from bidding.db.uow import Tx
from bidding.identity import queries as identity
from bidding.identity.events import AccountOpened, RegistrationDecided, SignedInFromNewDevice
from bidding.identity.models import Organisation
from bidding.lifecycle import queries as course
from bidding.lifecycle.events import CourseAnnounced
from bidding.lifecycle.rules import Kind as Course
from bidding.messages import queries as messages
from bidding.messages.kinds import Kind
from bidding.messages.service import tell
from bidding.negotiation import queries as rounds
from bidding.negotiation.events import RoundCalled
from bidding.opening.events import StageOpened, TrusteesMissing
from bidding.opening.keycheck import KeyCheck, key_checks
from bidding.opening.rules import FIRST
from bidding.outages.events import HoldLifted, OpeningHeld, PricesMoved, ScheduleExtended
from bidding.rooms.events import BookingStranded
from bidding.rooms.models import Booking
from bidding.sealing.models import Trustee
from bidding.submissions.events import BidAccepted, BidRefused, BidWithdrawn, GateClosed
from bidding.submissions.models import Attempt, Bid
from bidding.telling import queries
from bidding.telling.models import Reminder
from bidding.telling.queries import Due, What
from bidding.tenders import queries as tenders
from bidding.tenders.events import ProjectPublished
from bidding.tenders.methods import OFFERED
from bidding.tenders.models import Lot, Project
from bidding.tenders.words import words

#: A refusal of the same project within this time is not told again: who tries in a loop finds them all on the page.
_AGAIN = timedelta(minutes=10)
_OWN_BIDS = "/bids"

# Accounts and organisations -------------------------------------------------------------------------------------


def account_opened(tx: Tx, event: AccountOpened) -> None:
    """Welcome a member of staff."""
    tell(tx, [event.account_id], Kind.INVITED, path="/account/contact")


def signed_in_from_new_device(tx: Tx, event: SignedInFromNewDevice) -> None:
    """Tell the person, also where a thief of the session does not read."""
    tell(
        tx,
        [event.account_id],
        Kind.NEW_DEVICE,
        path="/account",
        signed_in_at=event.at,
        client=event.client or "–",
        address=event.address or "–",
    )


def registration_decided(tx: Tx, event: RegistrationDecided) -> None:
    """Tell the tenderer's people how the window decided."""
    organisation = tx.session.get_one(Organisation, event.organisation_id)
    kind = Kind.REGISTRATION_APPROVED if event.approved else Kind.REGISTRATION_RETURNED
    people = identity.holders(tx.session, Role.TENDERER, organisation.id)
    tell(tx, people, kind, path="/company", organisation=organisation.name)


# Cases at the window --------------------------------------------------------------------------------------------

#: What the applicant is told of.
_TO_APPLICANT = {
    Move.RETURNED: Kind.CASE_RETURNED,
    Move.ACCEPTED: Kind.CASE_ACCEPTED,
    Move.EXAMINED: Kind.CASE_EXAMINED,
    Move.REVIEWED: Kind.CASE_REVIEWED,
    Move.EXTENDED: Kind.CASE_EXTENDED,
    Move.SPED_UP: Kind.CASE_SPED_UP,
    Move.CLOSED: Kind.CASE_CLOSED,
}
#: And the window.
_TO_WINDOW = {
    Move.FILED: Kind.CASE_FILED,
    Move.SUPPLEMENTED: Kind.CASE_FILED,
    Move.OPINED: Kind.CASE_OPINED,
}


def case_moved(tx: Tx, event: CaseMoved) -> None:
    """The applicant hears of every move of the window, the window of what comes in, departments of what is copied."""
    case, move = cases.case_of(tx.session, event.case_id), Move(event.move)
    about: dict[str, Any] = {"title": case.title, "number": case.number or ""}
    path = f"/cases/{case.uid}"
    if move in _TO_APPLICANT:
        said = loads(case.moves[-1].statement)
        about |= {name: str(said[name]) for name in ("days", "reason") if name in said}
        about |= {"outcome": OUTCOME_WORDS[case.outcome]} if case.outcome else {}
        people = identity.holders(tx.session, Role.AGENCY, case.applicant_id)
        tell(tx, _but_actor(tx, people), _TO_APPLICANT[move], path=path, **about)
    elif move in _TO_WINDOW:
        people = identity.holders(tx.session, Role.ADMINISTRATOR)
        tell(tx, _but_actor(tx, people), _TO_WINDOW[move], path=path, **about)
    elif move is Move.COPIED:
        for opinion in case.opinions:
            people = identity.holders(tx.session, Role.SUPERVISOR, opinion.organisation_id)
            tell(tx, people, Kind.CASE_COPIED, path=path, due=opinion.due_on.isoformat(), **about)


# One's own bids -------------------------------------------------------------------------------------------------


def bid_accepted(tx: Tx, event: BidAccepted, *, leaves: bool) -> None:
    """A receipt to the tenderer; ``leaves`` says whether it may go over the centre's mail server."""
    bid = tx.session.get_one(Bid, event.bid_id)
    kind = Kind.BID_REPLACED if event.replaced else Kind.BID_ACCEPTED
    _to_bidder(tx, bid, kind, leaves=leaves, received_at=bid.received_at)


def bid_withdrawn(tx: Tx, event: BidWithdrawn, *, leaves: bool) -> None:
    """Tell all of the tenderer's people: one of them did it, and the others should know."""
    bid = tx.session.get_one(Bid, event.bid_id)
    _to_bidder(tx, bid, Kind.BID_WITHDRAWN, leaves=leaves, ended_at=bid.ended_at)


def _to_bidder(tx: Tx, bid: Bid, kind: Kind, *, leaves: bool, **params: Any) -> None:
    project = tx.session.get_one(Project, bid.project_id)
    lot = tx.session.get_one(Lot, bid.lot_id)
    tell(
        tx,
        identity.holders(tx.session, Role.TENDERER, bid.organisation_id),
        kind,
        path=f"{_OWN_BIDS}/{bid.uid}",
        leaves=leaves,
        reference=bid.reference,
        lot=f"{lot.code} {lot.name}",
        **_named(project),
        **params,
    )


def bid_refused(tx: Tx, event: BidRefused, *, leaves: bool) -> None:
    """Tell whoever sent it, not more often than it helps."""
    attempt = tx.session.get_one(Attempt, event.attempt_id)
    project = tx.session.get_one(Project, attempt.project_id)
    path = f"{_OWN_BIDS}?project={project.uid}"
    if messages.told_since(tx.session, attempt.account_id, Kind.BID_REFUSED, path, tx.now - _AGAIN):
        return
    tell(
        tx,
        [attempt.account_id],
        Kind.BID_REFUSED,
        path=path,
        leaves=leaves,
        reference=attempt.reference,
        refused_at=attempt.at,
        **_named(project),
    )


# A tender -------------------------------------------------------------------------------------------------------


def published(tx: Tx, event: ProjectPublished) -> None:
    """Officials only: who else is interested follows it from now on."""
    project = tx.session.get_one(Project, event.project_id)
    _to_officials(tx, project, Kind.PUBLISHED, _notice(project), closes_at=event.closes_at)


def round_called(tx: Tx, event: RoundCalled) -> None:
    """The invited, each by itself: nobody learns of another."""
    project = tx.session.get_one(Project, event.round_id)
    kind = Kind.LAST_OFFER_CALLED if project.round and project.round.is_last else Kind.OFFER_CALLED
    for each in rounds.invitations(tx.session, project.id):
        if each.invited:
            people = identity.holders(tx.session, Role.TENDERER, each.organisation_id)
            tell(
                tx,
                people,
                kind,
                path=f"/rounds/{project.uid}",
                closes_at=project.closes_at,
                **_named(project),
            )


def gate_closed(tx: Tx, event: GateClosed) -> None:
    project = tx.session.get_one(Project, event.project_id)
    tell_them = _to_officials if project.preset.quiet else _to_all
    tell_them(tx, project, Kind.GATE_CLOSED, f"/hall/{project.uid}")


def opened(tx: Tx, event: StageOpened) -> None:
    project = tx.session.get_one(Project, event.project_id)
    if project.preset.quiet:
        _to_officials(tx, project, Kind.OPENED_QUIETLY, f"/hall/{project.uid}")
        return
    kind = Kind.OPENED if event.stage == FIRST else Kind.PRICES_OPENED
    _to_all(tx, project, kind, f"/hall/{project.uid}")


def trustees_missing(tx: Tx, event: TrusteesMissing) -> None:
    """Who runs the tender knows why nothing opened; each tenderer, that its own key file opens its bid."""
    project = tx.session.get_one(Project, event.project_id)
    _to_officials(tx, project, Kind.TRUSTEES_MISSING, f"/hall/{project.uid}")
    for organisation_id in queries.failed_by_trustees(tx.session, project.id):
        people = identity.holders(tx.session, Role.TENDERER, organisation_id)
        tell(tx, people, Kind.KEY_WANTED, path=f"/hall/{project.uid}/key", **_named(project))


def candidates_published(tx: Tx, event: AnnouncementPublished) -> None:
    """Whoever tendered can object while it stands, and has to know."""
    row = tx.session.get_one(Announcement, event.announcement_id)
    if row.lot is not None and row.ends_on is not None:
        _of_candidates(tx, row, row.lot, Kind.CANDIDATES_TOLD, last=row.ends_on.isoformat())


def candidates_withdrawn(tx: Tx, event: AnnouncementWithdrawn) -> None:
    row = tx.session.get_one(Announcement, event.announcement_id)
    if row.lot is not None:
        _of_candidates(tx, row, row.lot, Kind.CANDIDATES_WITHDRAWN)


def _of_candidates(tx: Tx, row: Announcement, lot: Lot, kind: Kind, **params: Any) -> None:
    _to_all(tx, lot.project, kind, f"/announcements/{row.uid}", lot=f"{lot.code} {lot.name}", **params)


def awarded(tx: Tx, event: AwardConfirmed) -> None:
    lot = tx.session.get_one(Lot, tx.session.get_one(Award, event.award_id).lot_id)
    project = tx.session.get_one(Project, lot.project_id)
    _to_all(tx, project, Kind.AWARDED, f"{_notice(project)}/award", lot=f"{lot.code} {lot.name}")


def opening_held(tx: Tx, event: OpeningHeld) -> None:
    project = tx.session.get_one(Project, event.project_id)
    _to_all(tx, project, Kind.OPENING_HELD, _notice(project))


def hold_lifted(tx: Tx, event: HoldLifted) -> None:
    project = tx.session.get_one(Project, event.project_id)
    _to_all(tx, project, Kind.HOLD_LIFTED, _notice(project), reason=event.reason)


def schedule_extended(tx: Tx, event: ScheduleExtended) -> None:
    """The correction notice reaches everybody who holds the project; of a wider correction ``clarified`` tells."""
    if event.part_of is not None:
        return
    project = tx.session.get_one(Project, event.project_id)
    _to_all(
        tx,
        project,
        Kind.DEADLINE_MOVED,
        _notice(project),
        was_closes_at=event.was_closes_at,
        closes_at=event.closes_at,
        reason=event.reason,
    )


def prices_moved(tx: Tx, event: PricesMoved) -> None:
    """The correction notice of a later opening of the prices, to everybody who holds the project."""
    project = tx.session.get_one(Project, event.project_id)
    _to_all(
        tx,
        project,
        Kind.PRICES_MOVED,
        f"{_notice(project)}/corrections/{event.n}",
        was_prices_open_at=event.was_prices_open_at,
        prices_open_at=event.prices_open_at,
        reason=event.reason,
    )


def room_stranded(tx: Tx, event: BookingStranded) -> None:
    """The agency, which must find its opening another room or time, and the administrators, who have the rooms."""
    project = tx.session.get_one(Project, event.project_id)
    booking = tx.session.get_one(Booking, event.booking_id)
    people = {
        *identity.holders(tx.session, Role.AGENCY, project.agency_id),
        *identity.holders(tx.session, Role.ADMINISTRATOR),
    }
    tell(
        tx,
        people,
        Kind.ROOM_STRANDED,
        path=f"/rooms/bookings/{booking.uid}",
        title=project.title,
        room=booking.room.name,
        was_at=booking.starts_at,
        wanted_at=event.wanted_at,
    )


_OF_COURSE = {
    Course.SUSPENSION: Kind.SUSPENDED,
    Course.RESUMPTION: Kind.RESUMED,
    Course.TERMINATION: Kind.TERMINATED,
    Course.FAILURE: Kind.FAILED,
}


def course_announced(tx: Tx, event: CourseAnnounced) -> None:
    """A suspension, resumption, termination or failure reaches everybody who holds the tender."""
    project = tx.session.get_one(Project, event.project_id)
    row = course.notice(tx.session, project.uid, event.n)
    path = f"{_notice(project)}/course/{event.n}"
    _to_all(tx, project, _OF_COURSE[row.kind], path, reason=row.reason)


def clarified(tx: Tx, event: ClarificationPublished) -> None:
    """Answers and corrections, to everybody who holds the project: one letter, whether the deadline moved or not."""
    project = tx.session.get_one(Project, event.project_id)
    params: dict[str, Any] = {"what": event.title, "number": str(event.number)}
    kind = Kind.CLARIFIED
    if event.closes_at is not None:
        kind = Kind.CORRECTED_LATER
        params |= {"was_closes_at": event.was_closes_at, "closes_at": event.closes_at}
    _to_all(tx, project, kind, f"{_notice(project)}/clarifications/{event.number}", **params)


def _to_all(tx: Tx, project: Project, kind: Kind, path: str, **params: Any) -> None:
    _to_officials(tx, project, kind, path, **params)
    concerned = queries.concerned(tx.session, project.id)
    tell(tx, _but_actor(tx, concerned), kind, path=path, **_named(project), **params)


def _to_officials(tx: Tx, project: Project, kind: Kind, path: str, **params: Any) -> None:
    officials = queries.officials(tx.session, project)
    tell(tx, _but_actor(tx, officials), kind, path=path, **_named(project), **params)


def _but_actor(tx: Tx, people: Collection[int]) -> set[int]:
    """Nobody is told what they have just done themselves."""
    return set(people) - {tx.actor.account_id}


def _notice(project: Project) -> str:
    return f"/notices/{project.uid}"


def _named(project: Project) -> dict[str, Any]:
    """What every message about a tender says, in the words of its legal family.

    A method that is offered no more has no words; what is still told of such a project, its result, needs none.
    """
    named = {"title": project.title}
    if (project.family, project.method) in OFFERED:
        terms = words(project.family, project.method)
        named |= {"bid": terms.bid, "deadline": terms.deadline}
    return named


# Reminders ------------------------------------------------------------------------------------------------------


def remind(tx: Tx, due: Due, *, leaves: bool) -> bool:
    """Send one reminder; False where another worker has. ``leaves`` is for those about one's own bids."""
    if queries.reminded(tx.session, [due.key]):
        return False
    tx.session.add(Reminder(what=due.key, told_at=tx.now))
    tx.session.flush()  # the unique name decides between two workers
    if due.what is What.DRILL:
        _drill_lapses(tx, due)
    elif due.what is What.EVE:
        _opening_comes(tx, due)
    elif due.what is What.DEADLINE:
        _deadline_comes(tx, due)
    else:
        _bids_are_unfinished(tx, due, leaves=leaves)
    return True


def _deadline_comes(tx: Tx, due: Due) -> None:
    project = tx.session.get_one(Project, due.id)
    followers = tenders.followers(tx.session, project.id)
    tell(tx, followers, Kind.DEADLINE_NEAR, path=_notice(project), closes_at=due.until, **_named(project))


def _opening_comes(tx: Tx, due: Due) -> None:
    """Whoever keeps a key that was not tried for it; and those who run it, if too few keys work."""
    for check in key_checks(tx.session, tx.now, until=due.until):
        if check.project.id == due.id:
            _keys_to_try(tx, check)


def _keys_to_try(tx: Tx, check: KeyCheck) -> None:
    administrators = set(identity.holders(tx.session, Role.ADMINISTRATOR))
    about: dict[str, Any] = {"title": check.project.title, "opens_at": check.opens_at}
    for trustee in (standing.trustee for standing in check.untried()):
        keepers = administrators if trustee.account_id is None else {trustee.account_id}
        path = f"/trustees/{trustee.uid}/drill"
        tell(tx, keepers, Kind.KEY_CHECK, path=path, name=trustee.name, **about)
    if check.short:
        people = {*administrators, *queries.officials(tx.session, check.project)}
        about |= {"needed": str(check.needed), "able": str(check.able)}
        tell(tx, people, Kind.KEYS_SHORT, path="/opening/keys", **about)


def _bids_are_unfinished(tx: Tx, due: Due, *, leaves: bool) -> None:
    project = tx.session.get_one(Project, due.id)
    for organisation_id in queries.unfinished(tx.session, project.id):
        tell(
            tx,
            identity.holders(tx.session, Role.TENDERER, organisation_id),
            Kind.BID_UNFINISHED,
            path=f"{_notice(project)}/submit",
            leaves=leaves,
            closes_at=due.until,
            **_named(project),
        )


def _drill_lapses(tx: Tx, due: Due) -> None:
    """Whoever keeps the key, and the administrators, who see to it that there is a panel."""
    trustee = tx.session.get_one(Trustee, due.id)
    people = {*identity.holders(tx.session, Role.ADMINISTRATOR)}
    if trustee.account_id is not None:
        people.add(trustee.account_id)
    tell(
        tx,
        people,
        Kind.DRILL_DUE,
        path=f"/trustees/{trustee.uid}",
        name=trustee.name,
        valid_until_at=due.until,
    )
