"""The composition root: what the app is made of. Who hears of what is in ``news``, what time alone decides in ``work``."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from flask import Flask, has_request_context, request
from sqlalchemy.orm import Session

from bidding.award import queries as award_queries
from bidding.casework.desk import Desk
from bidding.clarifications import queries as clarification_queries
from bidding.core.clock import Clock, SystemClock
from bidding.core.codes import InvalidUscc, check_uscc
from bidding.core.entropy import Entropy, SystemEntropy
from bidding.core.errors import NotFound
from bidding.db import db
from bidding.db.engine import WriteLock, configure, engine_options
from bidding.db.outbox import Channel
from bidding.db.uow import Bus, World
from bidding.documents.signing import PaperKey
from bidding.experts import queries as experts
from bidding.experts.vault import PoolVault
from bidding.i18n import catalog
from bidding.identity import browser
from bidding.ledger.keys import LogKeys
from bidding.lifecycle import queries as lifecycle_queries
from bidding.messages.carriers import Carrier, Post
from bidding.messages.smtp import Smtp
from bidding.negotiation import queries as negotiation_queries
from bidding.opening.keycheck import held_by
from bidding.outages import queries as outage_queries
from bidding.portal.service import searches
from bidding.portal.vault import AddressVault
from bidding.prequalification import service as prequalification
from bidding.province.facts import Centre as ProvinceCentre
from bidding.province.mapping import BadProfile, plan
from bidding.province.station import Station
from bidding.reporting.rules import Practice, practice_of
from bidding.storage import BlobStore
from bidding.storage.local import LocalStore
from bidding.storage.parts import LocalParts
from bidding.submissions import queries as submission_queries
from bidding.submissions.reception import Desk as Reception
from bidding.submissions.rehearsal import Rehearsals
from bidding.submissions.uploads import Limits
from bidding.tenders import acceptance, bookings
from bidding.tenders import queries as tender_queries
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
from bidding.wiring import news

ROOT = Path(__file__).parent.parent.parent
#: So many addresses are kept: more than there are files and ways.
_ADDRESSES = 1024
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
    "candidates",
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
    "candidates",
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
    news.subscribe(bus, app.extensions["savings_practice"])
    news.tell(bus, leaves=app.config["BID_LETTERS"])
    news.report(app, bus)
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
