"""The composition root: what the app is made of, and who listens to whom."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from datetime import timedelta
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from flask import Flask, has_request_context, request
from sqlalchemy.orm import Session

from bidding.announcements.events import ObjectionAnswered, ObjectionMade
from bidding.award import queries as award_queries
from bidding.award.events import AwardConfirmed, AwardRecorded
from bidding.award.models import Award
from bidding.casework.desk import Desk
from bidding.casework.events import CaseMoved
from bidding.clarifications import queries as clarification_queries
from bidding.clarifications import service as clarifications
from bidding.clarifications.events import ClarificationPublished, PrequalificationCorrected
from bidding.committee import service as committee
from bidding.core.clock import Clock, SteadyClock, SystemClock, steady
from bidding.core.codes import InvalidUscc, check_uscc
from bidding.core.entropy import Entropy, SystemEntropy
from bidding.core.errors import NotFound
from bidding.db import db
from bidding.db.engine import WriteLock, configure, engine_options
from bidding.db.outbox import Channel
from bidding.db.uow import Bus, Tx, World
from bidding.documents.signing import PaperKey
from bidding.experts import jobs as expert_jobs
from bidding.experts import queries as experts
from bidding.experts.vault import PoolVault
from bidding.i18n import catalog
from bidding.identity import browser
from bidding.identity.events import AccountOpened, RegistrationDecided, SignedInFromNewDevice
from bidding.ledger import jobs as ledger_jobs
from bidding.ledger.calling import Caller
from bidding.ledger.keys import LogKeys
from bidding.lifecycle import queries as lifecycle_queries
from bidding.lifecycle.events import CourseAnnounced
from bidding.messages import jobs as message_jobs
from bidding.messages.carriers import Carrier, Post
from bidding.messages.smtp import Smtp
from bidding.negotiation import queries as negotiation_queries
from bidding.negotiation.events import RoundCalled
from bidding.opendata import jobs as opendata_jobs
from bidding.opening import jobs as opening_jobs
from bidding.opening.events import LotFailedAfterOpening, SheetAdded, StageOpened, TrusteesMissing
from bidding.opening.keycheck import held_by
from bidding.opening.sitting import service as sittings
from bidding.outages import jobs as outage_jobs
from bidding.outages import queries as outage_queries
from bidding.outages import service as outages
from bidding.outages.events import (
    ExtensionDropped,
    HoldLifted,
    OpeningHeld,
    PricesMoved,
    ScheduleExtended,
)
from bidding.outages.outage import BEAT
from bidding.oversight import jobs as oversight_jobs
from bidding.oversight import service as oversight
from bidding.portal import jobs as portal_jobs
from bidding.portal.service import results as public_results
from bidding.portal.service import searches
from bidding.portal.vault import AddressVault
from bidding.prequalification import service as prequalification
from bidding.prequalification.events import PrequalificationDecided
from bidding.province import jobs as province_jobs
from bidding.province import service as province
from bidding.province.facts import Centre as ProvinceCentre
from bidding.province.mapping import BadProfile, plan
from bidding.province.station import Station
from bidding.reporting import jobs as reporting_jobs
from bidding.reporting import service as reporting
from bidding.reporting.events import LedgersMoved
from bidding.reporting.rules import Practice, practice_of
from bidding.rooms.events import BookingStranded
from bidding.scheduling.clockwork import Job, Rhythm, at_most_every
from bidding.storage import BlobStore
from bidding.storage.local import LocalStore
from bidding.storage.parts import LocalParts
from bidding.submissions import jobs as submission_jobs
from bidding.submissions import queries as submission_queries
from bidding.submissions import service as submissions
from bidding.submissions.events import BidAccepted, BidRefused, BidWithdrawn, GateClosed
from bidding.submissions.reception import Desk as Reception
from bidding.submissions.rehearsal import Rehearsals
from bidding.submissions.uploads import Limits
from bidding.telling import jobs as telling_jobs
from bidding.telling import objections, prequalifying
from bidding.telling import service as telling
from bidding.tenders import acceptance, bookings
from bidding.tenders import queries as tender_queries
from bidding.tenders.events import ProjectPublished
from bidding.tenders.models import Project
from bidding.web import (
    address,
    banner,
    bodies,
    errors,
    filters,
    forms,
    headers,
    remembered,
    settings,
    vendored,
)

ROOT = Path(__file__).parent.parent
#: So many addresses are kept: more than there are files and ways.
_ADDRESSES = 1024
#: How often what crashes left among the ciphertexts is looked for; it lies there for a day anyway.
SWEEP = timedelta(hours=1)
#: How often openings are looked at for outages and for trustees who have not come, and the clock for its error.
LOOK, MEASURE = timedelta(seconds=10), timedelta(minutes=1)
#: How often reminders are looked for, letters sent, and the ways out tried.
RECOUNT = timedelta(minutes=10)
REMIND, POST, TRY = timedelta(minutes=1), timedelta(seconds=5), timedelta(minutes=5)
#: How often messages to the province are made and sent.
DELIVER = timedelta(seconds=10)
#: How often releases of open data are written.
PUBLISH = timedelta(minutes=1)
#: How often it is looked whether a witness is wanted.
CALL = timedelta(seconds=2)
#: How often published facts that changed are looked at for red flags.
FLAG = timedelta(seconds=20)

#: Every domain with pages or permissions, lowest first.
DOMAINS = (
    "ledger",
    "identity",
    "messages",
    "conduct",
    "sealing",
    "casework",
    "rooms",
    "tenders",
    "prequalification",
    "announcements",
    "submissions",
    "outages",
    "clarifications",
    "opening",
    "experts",
    "committee",
    "negotiation",
    "lifecycle",
    "award",
    "verification",
    "telling",
    "reporting",
    "oversight",
    "province",
    "opendata",
    "portal",
    "screens",
    "api",
)


#: Whose links stand on a project's pages, the most important first: what moves it on before what moves its date.
LINKS = (
    "submissions",
    "negotiation",
    "award",
    "opening",
    "experts",
    "committee",
    "clarifications",
    "prequalification",
    "lifecycle",
    "outages",
    "announcements",
)


class _App(Flask):
    """Flask, without what it does anew for every request or link and that always comes to the same."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function as it is: nothing here is a coroutine, and Flask asks that of a dozen functions at every request."""
        return func

    def url_for(self, endpoint: str, **values: Any) -> str:
        """The address. A page has some twenty that hold nothing of its own: files of ``static``, and fixed ways."""
        is_fixed = not values or (endpoint == "static" and values.keys() == {"filename"})
        if not is_fixed or endpoint[0] == "." or not has_request_context():
            return super().url_for(endpoint, **values)
        known: dict[object, str] = self.extensions.setdefault("addresses", {})
        key = endpoint, values.get("filename"), request.root_path
        if key not in known:
            if len(known) >= _ADDRESSES:
                known.clear()
            known[key] = super().url_for(endpoint, **values)
        return known[key]


def build(
    config: dict[str, Any],
    *,
    clock: Clock | None,
    entropy: Entropy | None,
    storage: BlobStore | None,
) -> Flask:
    """The Flask application, ready to serve."""
    instance = Path(
        config.pop("INSTANCE", None) or os.environ.get("BIDDING_INSTANCE") or ROOT / "instance"
    ).resolve()
    app = _App(
        "bidding",
        root_path=str(ROOT),
        instance_path=str(instance),
        template_folder="templates",
        static_folder="static",
    )
    settings.load(app, config)
    _world(app, clock or SystemClock(), entropy or SystemEntropy())
    app.extensions["blobs"] = storage or LocalStore(Path(app.config["BLOBS"]))
    sealed = LocalStore(Path(app.config["SEALED"]))
    app.extensions["sealed_blobs"], app.extensions["parts"] = sealed, LocalParts(sealed)
    app.extensions["log_keys"] = LogKeys(
        Path(app.config["KEYS"]), app.config["LOG_HOST"], quorum=app.config["WITNESS_QUORUM"]
    )
    app.extensions["paper_key"] = PaperKey(Path(app.config["KEYS"]), app.config["CENTRE_NAME"])
    app.extensions["log_is_public"] = log_is_public
    errors.init_app(app)
    remembered.init_app(
        app, catalog.preferred
    )  # nearer to the application than what corrects who asks, and by what name
    headers.init_app(app)
    bodies.init_app(app)
    forms.init_app(app)
    catalog.init_app(app)
    filters.init_app(app)
    vendored.init_app(app)
    banner.init_app(app)
    address.init_app(app)
    browser.init_app(app)
    app.extensions["desk"] = _desk(app)
    app.extensions["rehearsals"] = Rehearsals()
    app.extensions["draw_names"] = experts.names_bytes
    app.extensions["pool_vault"] = PoolVault(
        bytes.fromhex(settings.secret(Path(app.config["KEYS"]) / "experts.key"))
    )
    app.extensions["published_texts"] = published_texts
    app.extensions["working_days"] = tender_queries.calendar
    app.extensions["projects_named"] = bookings.named
    app.extensions["project_coded"] = bookings.own_by_code
    app.extensions["schedule_in_force"] = outage_queries.schedule_in_force
    app.extensions["takes_documents"] = prequalification.takes_documents
    app.extensions["after_close"] = award_queries.after_close
    app.extensions["seats_held"] = held_by
    app.extensions["quiet_since"] = submission_queries.quiet_since
    app.extensions["opened_place"] = negotiation_queries.place_told
    app.extensions["case_desk"] = Desk(
        keys=app.extensions["log_keys"],
        terms=acceptance.terms,
        subjects={acceptance.PROJECT: acceptance.subject},
        offered=acceptance.offered(),
    )
    app.extensions["post"] = ways_out(app)
    mail_key = bytes.fromhex(settings.secret(Path(app.config["KEYS"]) / "mail.key"))
    app.extensions["search_post"] = searches.Post(AddressVault(mail_key), app.config["PUBLIC_URL"])
    app.extensions["province"] = station(app)
    _domains(app)
    bus: Bus = app.extensions["world"].bus
    app.extensions["savings_practice"] = _practice(app)
    _subscribe(bus, app.extensions["savings_practice"])
    _tell(bus, leaves=app.config["BID_LETTERS"])
    _report(app, bus)
    return app


def _practice(app: Flask) -> Practice:
    """How this centre counts savings. Raises ``BadSetting``."""
    try:
        return practice_of(app.config["REGION_NAMES"], procurement=app.config["SAVINGS_BASIS"])
    except ValueError as error:
        raise settings.BadSetting(str(error)) from error


def _world(app: Flask, clock: Clock, entropy: Entropy) -> None:
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", engine_options(url))
    db.init_app(app)
    with app.app_context():
        configure(db.engine)
    app.extensions["world"] = World(clock, entropy, Bus(), WriteLock(url))


def _domains(app: Flask) -> None:
    """Register every domain's pages, permissions and lists of what waits for whom."""
    app.extensions["grants"] = {}
    app.extensions["grant_words"] = {}
    app.extensions["todo"] = []
    for hangs in (
        "project_banners",
        "project_sections",
        "prequalification_banners",
        "prequalification_sections",
    ):
        app.extensions[hangs] = []
    for name in DOMAINS:
        _module(name, "models")  # the schema knows the tables of what has no pages, too
        if (policy := _module(name, "policy")) is not None:
            app.extensions["grants"] |= policy.GRANTS
            app.extensions["grant_words"] |= policy.WORDS
        if (routes := _module(name, "routes")) is not None:
            app.register_blueprint(routes.bp)
            for view in getattr(routes, "CSRF_EXEMPT", ()):
                forms.csrf.exempt(view)
        if (todo := _module(name, "todo")) is not None:
            app.extensions["todo"].append(todo.waiting)
        _hang(app, name)
    hung = [importlib.import_module(f"bidding.{name}.links") for name in LINKS]
    app.extensions["project_links"] = [each.links for each in hung]
    app.extensions["hall_links"] = [each.hall_links for each in hung if hasattr(each, "hall_links")]


def _hang(app: Flask, domain: str) -> None:
    """What a domain hangs over and into the notices of others: a project's, and its prequalification's."""
    for kind in ("banners", "sections"):
        found = _module(domain, kind)
        for function, of in ((kind, "project"), ("of_prequalification", "prequalification")):
            if hasattr(found, function):
                app.extensions[f"{of}_{kind}"].append(getattr(found, function))


@cache
def _module(domain: str, name: str) -> ModuleType | None:
    full = f"bidding.{domain}.{name}"
    return importlib.import_module(full) if find_spec(full) else None


def _subscribe(bus: Bus, practice: Practice) -> None:
    """Who hears of what. Listeners run in the transaction of the news."""
    bus.subscribe(ProjectPublished, submissions.open_gate)
    bus.subscribe(GateClosed, partial(reporting.on_gate_closed, practice=practice))
    bus.subscribe(ScheduleExtended, clarifications.dates_moved)
    bus.subscribe(ExtensionDropped, clarifications.dates_dropped)
    bus.subscribe(PricesMoved, sittings.sign_in_anew)
    bus.subscribe(LotFailedAfterOpening, partial(reporting.on_lot_failed, practice=practice))
    bus.subscribe(CourseAnnounced, partial(reporting.on_course_announced, practice=practice))
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


def _tell(bus: Bus, *, leaves: bool) -> None:
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


def ways_out(app: Flask) -> Post:
    """The ways out that the settings name."""
    config, carriers = app.config, dict[Channel, Carrier]()
    if config["SMTP_HOST"]:
        carriers[Channel.EMAIL] = Smtp(
            host=config["SMTP_HOST"],
            port=config["SMTP_PORT"],
            security=config["SMTP_SECURITY"],
            sender=config["MAIL_FROM"],
            name=config["CENTRE_NAME"],
            user=config["SMTP_USER"],
            password=config["SMTP_PASSWORD"],
            authority=config["SMTP_CA"],
            timeout=config["CHANNEL_SECONDS"],
        )
    if config["SMS_URL"]:
        from bidding.messages.sms import Gateway  # with an HTTP client, 7 MB

        carriers[Channel.SMS] = Gateway(
            url=config["SMS_URL"],
            headers=config["SMS_HEADERS"],
            body=config["SMS_BODY"],
            accepted=config["SMS_ACCEPTED"],
            timeout=config["CHANNEL_SECONDS"],
        )
    return Post(
        carriers, config["CENTRE_NAME"], config["PUBLIC_URL"], timedelta(hours=config["OUTBOX_HOURS"])
    )


def _report(app: Flask, bus: Bus) -> None:
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


def station(app: Flask) -> Station:
    """What the settings say of the province. Raises ``BadSetting``."""
    config = app.config
    try:
        table = plan(
            Path(config["PROVINCE_PROFILE"]).read_text("utf-8") if config["PROVINCE_PROFILE"] else ""
        )
        platform = config["PROVINCE_PLATFORM"] and check_uscc(config["PROVINCE_PLATFORM"])
        receiver = None
        if platform and config["PROVINCE_URL"]:
            from bidding.province.receiver import Receiver  # with an HTTP client, 7 MB

            receiver = Receiver(
                url=config["PROVINCE_URL"],
                headers=config["PROVINCE_HEADERS"],
                format=config["PROVINCE_FORMAT"],
                accepted=config["PROVINCE_ACCEPTED"],
                authority=config["PROVINCE_CA"],
                timeout=config["CHANNEL_SECONDS"],
            )
    except (BadProfile, OSError, UnicodeDecodeError) as error:
        raise settings.BadSetting(f"PROVINCE_PROFILE: {error}") from error
    except InvalidUscc as error:
        raise settings.BadSetting(f"PROVINCE_PLATFORM: {error}") from error
    centre = ProvinceCentre(
        name=config["CENTRE_NAME"],
        region=config["REGION"],
        platform=platform,
        url=config["PUBLIC_URL"],
        limits=(filters.bytesize(config["MAX_FILE"]), filters.bytesize(config["MAX_BID"])),
        more=table.centre,
    )
    return Station(table, centre, receiver)


def published_texts(session: Session, project: Project) -> list[str]:
    """The text (JCS) of every notice of a project whose digest a ``notice`` of its log has; any order."""
    texts = [
        project.notice,
        *(moved.notice for moved in outage_queries.corrections(session, project.id)),
        *(answers.notice for answers in clarification_queries.published(session, project.id)),
        *(course.notice for course in lifecycle_queries.published(session, project.id)),
    ]
    return [text for text in texts if text is not None]


def log_is_public(session: Session, code: str) -> bool:
    """Whether everybody may read a project's log: after its close (protocol §4).

    Of a method that keeps offers quiet once the result is out: a log says how many responded, why somebody was left
    out, and by their hashes what was offered. ``NotFound`` for no project, and for a round until then.
    """
    project = tender_queries.published_by_code(session, code)
    root = negotiation_queries.parent_of(session, project) if project.parent_id is not None else project
    if root.preset.quiet and not negotiation_queries.is_disclosed(session, root):
        if root is not project:
            raise NotFound
        return False
    return submission_queries.is_closed(session, project.id)


def _desk(app: Flask) -> Reception:
    """What taking bids needs of this app."""
    return Reception(
        world=app.extensions["world"],
        sealed=app.extensions["sealed_blobs"],
        parts=app.extensions["parts"],
        keys=app.extensions["log_keys"],
        limits=Limits(
            file=app.config["MAX_FILE"],
            bid=app.config["MAX_BID"],
            tenderer=app.config["MAX_UPLOADS"],
            reserve=app.config["DISK_RESERVE"],
            lasts=timedelta(hours=app.config["UPLOAD_HOURS"]),
        ),
    )


def jobs(app: Flask) -> list[tuple[str, Job]]:
    """What the clockwork asks at every tick, each in an application context of its own."""
    world: World = app.extensions["world"]
    keys: LogKeys = app.extensions["log_keys"]
    work = {
        # Before the close: it may not pass over what was stamped in time and not decided when a process died.
        "armed": partial(submission_jobs.finish_armed, app.extensions["desk"]),
        "close": partial(submission_jobs.close_due, app.extensions["desk"], outages.watch),
        "hold": at_most_every(LOOK, world.clock, partial(outage_jobs.hold_due, world)),
        "covers": partial(ledger_jobs.write_covers, world),
        "instants": partial(opening_jobs.mark_instants, world),
        "checkpoints": partial(ledger_jobs.sign_pending, world, keys),
        "open": partial(opening_jobs.open_due, world, app.extensions["sealed_blobs"], keys),
        "trustees": at_most_every(
            LOOK,
            world.clock,
            partial(opening_jobs.expire_windows, world, app.extensions["sealed_blobs"], keys),
        ),
        "remind": at_most_every(
            REMIND, world.clock, partial(telling_jobs.remind, world, leaves=app.config["BID_LETTERS"])
        ),
        "searches": at_most_every(
            REMIND, world.clock, partial(portal_jobs.tell_searches, world, app.extensions["search_post"])
        ),
        "asked": at_most_every(SWEEP, world.clock, partial(portal_jobs.sweep_searches, world)),
        "province": at_most_every(
            SWEEP, world.clock, lambda: province_jobs.catch_up(world, app.extensions["province"])
        ),
        "opendata": at_most_every(
            PUBLISH, world.clock, opendata_jobs.Writer(world, app.config["OCID_PREFIX"])
        ),
        "letters": at_most_every(SWEEP, world.clock, partial(message_jobs.sweep, world)),
        # It asks the database about every ciphertext there is: each second, it would make closes late.
        "sweep": at_most_every(SWEEP, world.clock, partial(submission_jobs.sweep, app.extensions["desk"])),
    }
    return [(name, partial(_in_context, app, job)) for name, job in work.items()]


#: So often the process looks for a list of experts that is under way.
_POOL = timedelta(seconds=5)


def _go_on_with_lists(app: Flask, world: World) -> None:
    extensions = app.extensions
    expert_jobs.go_on(world, extensions["blobs"], extensions["log_keys"], extensions["pool_vault"])


def rhythms(app: Flask, steady: SteadyClock = steady) -> list[Rhythm]:
    """What the serving process does beside the clockwork's round, each at its own pace and waiting for none.

    A heartbeat that waited for a long opening would call that an outage.
    """
    world: World = app.extensions["world"]
    desk: Reception = app.extensions["desk"]
    post: Post = app.extensions["post"]
    keys: LogKeys = app.extensions["log_keys"]
    beat = partial(outage_jobs.heartbeat, world, desk.sealed, desk.limits.reserve, steady)
    return [
        Rhythm("heartbeat", BEAT, partial(_in_context, app, beat)),
        # A mail server that does not answer may take its time, and nothing else's.
        Rhythm("outbox", POST, partial(_in_context, app, partial(message_jobs.send_due, world, post))),
        # Neither a bid nor a close waits for a witness, and a slow one only for itself.
        Rhythm("witnesses", CALL, partial(_in_context, app, partial(call_witnesses, app))),
        # Like a mail server, the province's may take its time.
        Rhythm("province", DELIVER, partial(_in_context, app, partial(_deliver, app))),
        # Nor for a long list of experts, which takes its time between other people's writes.
        Rhythm("pool", _POOL, partial(_in_context, app, partial(_go_on_with_lists, app, world))),
        Rhythm("channels", TRY, partial(_in_context, app, partial(message_jobs.check_channels, world, post))),
        Rhythm(
            "oversight",
            FLAG,
            partial(_in_context, app, partial(oversight_jobs.examine_due, world, app.config["REGION"])),
        ),
        # A million entries take a second, for which no close should wait.
        Rhythm("recount", RECOUNT, partial(_in_context, app, partial(reporting_jobs.recount, world, keys))),
        Rhythm("clock", MEASURE, partial(_in_context, app, partial(_measure, world))),
    ]


def call_witnesses(app: Flask, *, at_start: bool = False) -> None:
    """Call the witnesses that have an address; at start about every log, and no longer than a start may take."""
    world, keys = app.extensions["world"], app.extensions["log_keys"]
    authority = app.config["WITNESS_CA"]
    caller = Caller(step=3, round=5, authority=authority) if at_start else Caller(authority=authority)
    ledger_jobs.call_witnesses(world, keys, caller, every=at_start)


def _deliver(app: Flask) -> None:
    """Look through what was noted for the province, and send what may go."""
    world, at = app.extensions["world"], app.extensions["province"]
    province_jobs.check(world, at)
    province_jobs.send_due(world, at)


def _measure(world: World) -> None:
    outage_jobs.measure_clock(world, submission_jobs.clock_evidence())


def _in_context(app: Flask, job: Any) -> None:
    with app.app_context():
        job()
