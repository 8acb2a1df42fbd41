"""Who hears of what, and who is told: the only place that knows both sides."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import Flask

from bidding.announcements.events import (
    AnnouncementPublished,
    AnnouncementWithdrawn,
    ObjectionAnswered,
    ObjectionMade,
)
from bidding.award.events import AwardConfirmed, AwardRecorded
from bidding.award.models import Award
from bidding.candidates import service as candidates
from bidding.casework.events import CaseMoved
from bidding.clarifications import service as clarifications
from bidding.clarifications.events import ClarificationPublished, PrequalificationCorrected
from bidding.committee import service as committee
from bidding.db.uow import Bus, Tx
from bidding.identity.events import AccountOpened, RegistrationDecided, SignedInFromNewDevice
from bidding.lifecycle.events import CourseAnnounced
from bidding.negotiation.events import RoundCalled
from bidding.opening.events import LotFailedAfterOpening, SheetAdded, StageOpened, TrusteesMissing
from bidding.opening.sitting import service as sittings
from bidding.outages.events import (
    ExtensionDropped,
    HoldLifted,
    OpeningHeld,
    PricesMoved,
    ScheduleExtended,
)
from bidding.oversight import service as oversight
from bidding.portal.service import results as public_results
from bidding.prequalification.events import PrequalificationDecided
from bidding.province import service as province
from bidding.reporting import service as reporting
from bidding.reporting.events import LedgersMoved
from bidding.reporting.rules import Practice
from bidding.rooms.events import BookingStranded
from bidding.submissions import service as submissions
from bidding.submissions.events import BidAccepted, BidRefused, BidWithdrawn, GateClosed
from bidding.telling import objections, prequalifying
from bidding.telling import service as telling
from bidding.tenders.events import ProjectPublished


def subscribe(bus: Bus, practice: Practice) -> None:
    """Who hears of what. Listeners run in the transaction of the news."""
    bus.subscribe(ProjectPublished, submissions.open_gate)
    bus.subscribe(GateClosed, partial(reporting.on_gate_closed, practice=practice))
    bus.subscribe(ScheduleExtended, clarifications.dates_moved)
    bus.subscribe(ExtensionDropped, clarifications.dates_dropped)
    bus.subscribe(PricesMoved, sittings.sign_in_anew)
    bus.subscribe(LotFailedAfterOpening, partial(reporting.on_lot_failed, practice=practice))
    bus.subscribe(CourseAnnounced, partial(reporting.on_course_announced, practice=practice))
    bus.subscribe(AnnouncementPublished, candidates.check_published)
    bus.subscribe(AnnouncementWithdrawn, candidates.check_withdrawn)
    bus.subscribe(AwardRecorded, _evaluation_over)
    bus.subscribe(AwardRecorded, partial(reporting.on_award_recorded, practice=practice))
    bus.subscribe(AwardConfirmed, partial(reporting.on_award_confirmed, practice=practice))
    bus.subscribe(GateClosed, public_results.on_gate_closed)
    bus.subscribe(LotFailedAfterOpening, public_results.on_lot_failed)
    bus.subscribe(CourseAnnounced, public_results.on_course_announced)
    bus.subscribe(AwardConfirmed, public_results.on_award_confirmed)
    for event, listener in (
        (ProjectPublished, oversight.on_published),
        (ClarificationPublished, oversight.on_clarified),
        (ScheduleExtended, oversight.on_extended),
        (StageOpened, oversight.on_opened),
        (TrusteesMissing, oversight.on_opened),
        (SheetAdded, oversight.on_opened),
        (LotFailedAfterOpening, oversight.on_opened),
        (CourseAnnounced, oversight.on_course),
        (AwardConfirmed, oversight.on_award_confirmed),
        (LedgersMoved, oversight.ledgers_moved),
    ):
        bus.subscribe(event, listener)


def _evaluation_over(tx: Tx, event: AwardRecorded) -> None:
    """The committee is below results and hears of one here."""
    committee.on_result(tx, tx.session.get_one(Award, event.award_id).lot.project_id)


def tell(bus: Bus, *, leaves: bool) -> None:
    """Who is told of what. ``leaves`` says whether messages about one's own bids leave the machine."""
    for event, listener in (
        (AccountOpened, telling.account_opened),
        (SignedInFromNewDevice, telling.signed_in_from_new_device),
        (RegistrationDecided, telling.registration_decided),
        (CaseMoved, telling.case_moved),
        (ProjectPublished, telling.published),
        (BidAccepted, partial(telling.bid_accepted, leaves=leaves)),
        (BidWithdrawn, partial(telling.bid_withdrawn, leaves=leaves)),
        (BidRefused, partial(telling.bid_refused, leaves=leaves)),
        (OpeningHeld, telling.opening_held),
        (HoldLifted, telling.hold_lifted),
        (ScheduleExtended, telling.schedule_extended),
        (PricesMoved, telling.prices_moved),
        (BookingStranded, telling.room_stranded),
        (AnnouncementPublished, telling.candidates_published),
        (AnnouncementWithdrawn, telling.candidates_withdrawn),
        (ObjectionMade, objections.objection_made),
        (ObjectionAnswered, objections.objection_answered),
        (ClarificationPublished, telling.clarified),
        (RoundCalled, telling.round_called),
        (ProjectPublished, partial(prequalifying.invited, leaves=leaves)),
        (PrequalificationCorrected, prequalifying.corrected),
        (PrequalificationDecided, partial(prequalifying.decided, leaves=leaves)),
        (GateClosed, telling.gate_closed),
        (CourseAnnounced, telling.course_announced),
        (StageOpened, telling.opened),
        (TrusteesMissing, telling.trustees_missing),
        (AwardConfirmed, telling.awarded),
    ):
        bus.subscribe(event, listener)


def report(app: Flask, bus: Bus) -> None:
    """What the province is told of, last: what everybody else made of the news stands by then."""

    def listen(event: type, listener: Callable[..., None]) -> None:
        bus.subscribe(event, lambda tx, news: listener(tx, news, app.extensions["province"]))

    for event in (
        ProjectPublished,
        ClarificationPublished,
        ScheduleExtended,
        PricesMoved,
        CourseAnnounced,
        StageOpened,
        SheetAdded,
    ):
        listen(event, province.on_project)
    listen(AwardConfirmed, province.on_award)
    listen(RegistrationDecided, province.on_registration)
