"""Every route × every role × one's own, another's, nobody's: what the table in ``access.py`` says, and nothing else.

The stage: two rival tenderers with a bid each in one tender, two agencies with a draft each, everybody signed in.
Nothing here is sent that could be taken: what is one's own is only looked at.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from flask import url_for
from sqlalchemy import select
from werkzeug.routing import IntegerConverter

from bidding import create_app
from bidding.announcements import service as announcements
from bidding.announcements.rules import Kind as Announced
from bidding.announcements.rules import Said
from bidding.api import service as api
from bidding.api.rules import Scope
from bidding.casework import service as casework
from bidding.clarifications import service as clarifications
from bidding.committee import service as committee
from bidding.committee.rules import BASES, Source
from bidding.committee.service import Paper, Person
from bidding.core.actor import Role
from bidding.core.clock import FakeClock
from bidding.core.entropy import ReplayEntropy
from bidding.db import db
from bidding.experts import listing
from bidding.identity import service as identity
from bidding.identity.models import Account, Organisation, OrganisationKind, SignInSession
from bidding.identity.passkeys import Added
from bidding.ledger.models import Witness
from bidding.messages.models import Message
from bidding.oversight.models import Finding, OversightUnit
from bidding.oversight.rules import Examined, Fired, Flag
from bidding.oversight.service.examining import Outcome, keep
from bidding.portal.models import SavedSearch
from bidding.portal.saved import List, wanted
from bidding.portal.service import searches
from bidding.rooms import queries as room_queries
from bidding.rooms import service as rooms
from bidding.rooms.rules import Purpose, Span
from bidding.story.centre import Centre
from bidding.story.play import FACTS, LOT, Tender, Told, weigh
from bidding.tenders import queries as tender_queries
from bidding.tenders import service as tenders
from tests import once
from tests.conftest import MONDAY, ROOT, Visitor
from tests.faults.access import ACCESS, WORDS
from tests.people import sign_in, uscc
from tests.prequalification.playing import announce, apply, prepare
from tests.submissions.sending import Sender
from tests.tenders.filling import filled, lot_row, project_row

#: Who asks: a login for each role, and nobody. The rival of each is on the stage, too.
ACTORS = {"T": "t1", "A": "zhou", "S": "sun", "M": "wang", "E": "lin", "": None}
#: What nobody has; numbers in addresses end where a row's do.
NOTHING = {
    "session": 2147483647,
    "passkey": 2147483647,
    "witness": 2147483647,
    "digest": "0" * 64,
    "number": 99,
    "first": 99,
    "day": "2020-01-01",
    "report": "nothing",
}
#: What an act upon nothing may be told: that it is not there, or what is asked of every act before one looks.
UNDONE = (400, 403, 404, 409, 412, 415, 422)
JSON = {"Accept": "application/json"}


@dataclass
class Stage:
    """The app, a client for everybody, and what there is: kind → owner's login → name in the address."""

    app: object
    clients: dict[str, object]
    things: dict[str, dict[str, object]] = field(default_factory=dict)
    #: One for all who may: kind → name in the address.
    shared: dict[str, object] = field(default_factory=dict)


@pytest.fixture(scope="module")
def stage(tmp_path_factory, own_database):
    home = tmp_path_factory.mktemp("access")
    clock = FakeClock(MONDAY)
    config = {
        "INSTANCE": str(home / "instance"),
        **({"SQLALCHEMY_DATABASE_URI": own_database} if own_database else {}),
        "SECRET_KEY": "access",
        "TESTING": True,
        "PROPAGATE_EXCEPTIONS": False,
        "WTF_CSRF_ENABLED": False,
        "PASSWORD_MEMORY_KIB": 8,
        "PASSWORD_ROUNDS": 1,
        "API_PUBLIC_A_MINUTE": 0,  # the clock stands still
    }
    app = create_app(config, clock=clock, entropy=ReplayEntropy(b"access"))
    with app.app_context():
        once.hurry(db.engine)
        db.create_all()
        made = _furnish(app, clock, home)
        db.session.remove()
    yield made
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def _furnish(app, clock, home):
    centre = Centre(app, clock, home / "people")
    centre.found()
    centre.register((1, 2), b"%PDF-1.4 a licence")
    _newcomer(centre, "xu", OrganisationKind.AGENCY, "明川县另一代理公司", "91539921MB1A00007", Role.AGENCY)
    _newcomer(centre, "lin", OrganisationKind.OTHER, "明川县建筑设计院", "91539921MB1A00006", Role.EXPERT)
    tender = Tender(centre, home / "tender", Told())
    tender.publish([ROOT / "pyproject.toml"])
    centre.wait(timedelta(days=1))
    centre.cosign()
    paper = home / "paper.txt"
    paper.write_text("施工组织设计", "utf-8")
    app.test_client_class = Visitor  # inside this one context two people's requests would be taken for one's
    bids, uploads = {}, {}
    for number in (1, 2):
        sealed, login = tender.seal(number, [paper], price_fen=1_200_000_000), f"t{number}"
        sender = Sender(app, tender, sealed, login)
        sender.create(("files", 1))
        uploads[login] = sender.urls["files", 1].rsplit("/", 1)[1]
        bids[login] = tender.submit(number, sealed)
    app.test_client_class = None
    centre.tick()
    return _stage(app, centre, tender, {"bid": bids, "upload": uploads})


def _newcomer(centre, login, kind, name, code, role):
    with centre.act("wang") as tx:
        organisation = identity.add_organisation(tx, kind=kind, name=name, uscc=uscc(code)).uid
        identity.invite(
            tx, organisation, login=login, name=name[:6], phone="", roles={role}, lasts=timedelta(hours=1)
        )


def _draft(centre, login):
    with centre.act(login) as tx:
        uid = tenders.create_project(tx, FACTS, region="539921").uid
        tenders.add_lot(tx, uid, LOT)
        return uid


def _prequalified(centre, login):
    """A draft that is to be prequalified, with its dates and documents."""
    uid, first = _draft(centre, login), centre.clock.now() + timedelta(days=15)
    with centre.act(login) as tx:
        weigh(tx, tender_queries.project_for(tx.session, tx.actor, uid))
    prepare(
        centre,
        uid,
        login,
        until=first.date(),
        closes_at=first.replace(hour=6, minute=30) + timedelta(days=14),
    )
    return uid


def _applications(centre):
    """Of both rivals, in a prequalification that is out; its uid, and theirs."""
    uid = _prequalified(centre, "zhou")
    announce(centre, uid)
    return uid, {login: apply(centre, uid, login) for login in ("t1", "t2")}


def _case(centre, login, draft):
    """A case that was not filed: nobody else sees it yet."""
    desk = centre.app.extensions["case_desk"]
    with centre.act(login) as tx:
        return casework.open_case(tx, desk, desk.subject(tx.session, "project", draft)).uid


def _correction(centre, tender):
    with centre.act("zhou") as tx:
        return clarifications.start(tx, tender.uid).uid


def _announcement(centre, login):
    """A draft, which nobody else sees."""
    with centre.act(login) as tx:
        return announcements.create(tx, Announced.INTENTION, Said(title=f"{login}的意向")).uid


def _sheet(centre, login):
    """A filled template of theirs, each its own."""
    data = filled([project_row(title=f"{login}的项目")], [lot_row()])
    with centre.act(login) as tx:
        return tenders.keep_sheet(tx, "项目.xlsx", centre.blobs.put(data)).uid


def _passkey(centre, login):
    key = Added(f"key-{login}", b"public", 0, is_multi_device=False, is_backed_up=False, aaguid="0")
    with centre.act(login) as tx:
        return identity.add_passkey(tx, key, rp_id="localhost", name="办公室电脑").id


def _booking(centre, login):
    hour = {"zhou": 1, "xu": 5}[login]
    with centre.act(login) as tx:
        start = tx.now.replace(hour=hour, minute=0, second=0, microsecond=0) + timedelta(days=7)
        return rooms.book(
            tx,
            room_queries.rooms(tx.session)[0].uid,
            Span(start, start + timedelta(hours=2)),
            purpose=Purpose.OTHER,
            matter="业务培训",
            project=None,
            calendar=tender_queries.calendar(tx.session),
        ).uid


def _api_key(centre, login):
    keys = centre.app.extensions["log_keys"]
    with centre.act(login) as tx:
        return api.make_key(tx, "业务系统", Scope.DRAFT, 30, keys=keys)[0].uid


def _paper(centre, tender):
    """Experts not drawn here, which nobody has confirmed yet."""
    given = Paper(
        source=Source.DIRECT,
        basis=BASES[Source.DIRECT][0],
        count=1,
        evaluation_at=centre.clock.now() + timedelta(days=30),
        file_name="批准.pdf",
        data=b"%PDF-1.4 consent",
    )
    with centre.act("zhou") as tx:
        return committee.bring_paper(tx, tender.uid, given, centre.blobs).uid


def _drawn_list(app, centre, tender):
    """A list that the province drew, which nobody has taken yet. Its evaluation began in the year before."""
    given = Paper(
        source=Source.EXTERNAL,
        basis=BASES[Source.EXTERNAL][0],
        count=1,
        evaluation_at=centre.clock.now()
        - timedelta(days=365),  # the room of this tender does not wait for it
        file_name="抽取证明.pdf",
        data=b"%PDF-1.4 certificate",
        certificate="川2026-001",
    )
    with centre.act("zhou") as tx:
        uid = committee.bring_paper(tx, tender.uid, given, centre.blobs).uid
    with centre.act("sun") as tx:
        committee.confirm_paper(tx, uid)
    data = "姓名,单位,手机\n钱一,省设计院,13800000001\n".encode()
    lines = listing.lines_of("名单.csv", data, 10)
    with centre.act("zhou") as tx:
        vault = app.extensions["pool_vault"]
        return committee.bring_list(tx, uid, "名单.csv", data, lines, centre.blobs, vault).uid


def _member(centre, tender):
    """The owner's representative, whom nobody has confirmed yet."""
    with centre.act("zhou") as tx:
        return committee.enter_member(tx, tender.uid, Person("方圆", "明川县城管局", "1234")).uid


def _finding(centre):
    """Something of a published notice that deserves a look."""
    found = Fired(Flag.DEADLINE_MOVED, "t", "一改再改", MONDAY.date(), {"count": 2, "limit": 2}, ())
    with centre.act("sun") as tx:
        unit = tx.session.scalars(select(OversightUnit).order_by(OversightUnit.id)).first()
        keep(tx, Outcome(unit, Examined(found=[found])), {})
        unit.due = False
    return db.session.scalar(select(Finding.uid))


def _messages():
    """Somebody's latest message, of everybody who has one."""
    rows = db.session.execute(select(Account.login, Message.uid).join(Message.account).order_by(Message.id))
    return dict(rows.all())


def _search(centre, login):
    """A search that somebody wants to hear of."""
    with centre.act(login) as tx:
        searches.keep(tx, wanted(List.NOTICES, {"q": login}), language="")
        whose = SavedSearch.account_id == tx.actor.account_id
        return tx.session.scalars(select(SavedSearch.uid).where(whose)).one()


def _stage(app, centre, tender, sent):
    clients = {login: sign_in(app, login, stepped_up=False) for login in ACTORS.values() if login}
    for login in ("t2", "xu"):
        sign_in(app, login)
    rows = db.session.execute(select(Account.login, SignInSession.id).join(SignInSession.account)).all()
    drafts = {login: _draft(centre, login) for login in ("zhou", "xu")}
    announced, applications = _applications(centre)
    things = {
        **sent,
        "prequalified": {login: _prequalified(centre, login) for login in ("zhou", "xu")},
        "application": applications,
        "draft": drafts,
        "case": {login: _case(centre, login, draft) for login, draft in drafts.items()},
        "tender": {"zhou": tender.uid},
        "sheet": {login: _sheet(centre, login) for login in ("zhou", "xu")},
        "booking": {login: _booking(centre, login) for login in ("zhou", "xu")},
        "clarification": {"zhou": _correction(centre, tender)},
        "announcing": {login: _announcement(centre, login) for login in ("zhou", "xu")},
        "passkey": {login: _passkey(centre, login) for login in ("t1", "t2")},
        "session": {login: row for login, row in rows if login in ("t1", "t2")},
        "message": _messages(),
        "search": {login: _search(centre, login) for login in ("t1", "zhou", "xu")},
        "paper": {"zhou": _paper(centre, tender)},
        "api-key": {login: _api_key(centre, login) for login in ("zhou", "xu")},
        "member": {"zhou": _member(centre, tender)},
        "drawn-list": {"zhou": _drawn_list(app, centre, tender)},
    }
    shared = {
        "notice": tender.uid,
        "ocid": f"ocds-000000-{tender_queries.notice(db.session(), tender.uid).code}",
        "month": f"{centre.clock.now():%Y-%m}",
        "year": f"{centre.clock.now():%Y}",
        "announced": announced,
        "account": db.session.scalar(select(Account.uid).where(Account.login == "t2")),
        "organisation": db.session.scalar(select(Organisation.uid).where(Organisation.licence.is_not(None))),
        "trustee": centre.trustee_uids[0],
        "witness": db.session.scalar(select(Witness.id)),
        "room": room_queries.rooms(db.session())[0].uid,
        "rule": "works.open-tender.preparation",
        "checklist": "works.open-tender",
        "item": "no-such-line",
        "lot": "1",
        "language": "en",
        "file": "mark.svg",
        "before-tender": "intention",
        "announcement": "nothing-is-out",
        "arrival": "no-room-is-open",
        "reply": "nobody-was-sent-this",
        "map": "pages",
        "first": 1,
        "link": "nobody-was-sent-this",
        "finding": _finding(centre),
        "measure": "late-correction.days",
    }
    return Stage(app, {**clients, None: app.test_client()}, things, shared)


def rules_of(stage):
    """(endpoint, methods) of every route."""
    for rule in stage.app.url_map.iter_rules():
        yield rule, sorted(rule.methods - {"HEAD", "OPTIONS"})


def address(stage, rule, named):
    """The address of a route with what its arguments name."""
    values = {
        name: WORDS[name] if not kind else named[kind]
        for name, kind in ACCESS[rule.endpoint].arguments.items()
    }
    with stage.app.test_request_context():
        return url_for(rule.endpoint, **values)


def nobodys(row, stage, *, owned_only=False):
    """Names of nothing for every argument; with ``owned_only`` shared things stay what they are."""
    kinds = [kind for kind in row.arguments.values() if kind]
    return {
        kind: stage.shared[kind] if owned_only and kind in stage.shared else NOTHING.get(kind, "nobodysname")
        for kind in kinds
    }


def ask(stage, login, method, at):
    """The status of one request, as a client that would rather have JSON."""
    with stage.clients[login].open(at, method=method, headers=JSON) as response:
        return response.status_code


def may(row, role):
    return row.who == "*" or (row.who == "@" and role) or (role and role in row.who)


def test_every_route_is_in_the_table_with_its_arguments(stage):
    """A new route? Say in ``access.py`` who may reach it, and what its arguments name."""
    told = {endpoint: set(row.arguments) for endpoint, row in ACCESS.items()}
    assert told == {rule.endpoint: set(rule.arguments) for rule, _ in rules_of(stage)}


@pytest.mark.parametrize("role", ACTORS)
def test_whoever_may_not_is_refused_whatever_the_address_names(stage, role):
    """Even where it names what is there."""
    wrong, login = [], ACTORS[role]
    for rule, methods in rules_of(stage):
        row = ACCESS[rule.endpoint]
        if may(row, role):
            continue
        for method in methods:
            named = {**nobodys(row, stage), **stage.shared, **_anybodys(stage)}
            status = ask(stage, login, method, address(stage, rule, named))
            if status != (403 if role and row.who != "K" else 401):
                wrong.append(f"{method} {rule.rule}: {status}")
    assert wrong == []


def _anybodys(stage):
    return {kind: next(iter(owners.values())) for kind, owners in stage.things.items()}


@pytest.mark.parametrize("role", ACTORS)
def test_what_is_anothers_looks_like_what_does_not_exist(stage, role):
    wrong, login = [], ACTORS[role]
    for rule, methods in rules_of(stage):
        row = ACCESS[rule.endpoint]
        owned = {kind for kind in row.arguments.values() if kind in stage.things}
        if not may(row, role) or not owned or (role and role in row.sees_all):
            continue
        for method in methods:
            nothing = ask(stage, login, method, address(stage, rule, nobodys(row, stage, owned_only=True)))
            for kind in owned:
                others = {who: thing for who, thing in stage.things[kind].items() if who != login}
                for owner, thing in others.items():
                    named = {**nobodys(row, stage, owned_only=True), kind: thing}
                    status = ask(stage, login, method, address(stage, rule, named))
                    if status != nothing or status < 400:
                        wrong.append(f"{method} {rule.rule} of {owner}: {status}, of nobody: {nothing}")
    assert wrong == []


@pytest.mark.parametrize("role", ACTORS)
def test_what_does_not_exist_is_not_found(stage, role):
    wrong, login = [], ACTORS[role]
    for rule, methods in rules_of(stage):
        row = ACCESS[rule.endpoint]
        if not may(row, role) or not any(row.arguments.values()):
            continue
        for method in methods:
            status = ask(stage, login, method, address(stage, rule, nobodys(row, stage)))
            if status != 404 and (method == "GET" or status not in UNDONE):
                wrong.append(f"{method} {rule.rule}: {status}")
    assert wrong == []


@pytest.mark.parametrize("role", ACTORS)
def test_what_is_ones_own_or_everybodys_opens(stage, role):
    wrong, login = [], ACTORS[role]
    for rule, methods in rules_of(stage):
        row = ACCESS[rule.endpoint]
        mine = {kind: owners[login] for kind, owners in stage.things.items() if login in owners}
        here = {**stage.shared, **mine}
        if "GET" not in methods or not may(row, role) or not row.own or (role and row.who == "*"):
            continue  # what a stranger can open needs no asking again
        if all(kind in here for kind in row.arguments.values() if kind):
            status = ask(stage, login, "GET", address(stage, rule, here))
            if status >= 400:
                wrong.append(f"{rule.rule}: {status}")
    assert wrong == []


def test_no_address_takes_a_number_that_no_row_can_have(stage):
    """A database refuses such a number with an error of its own, which would be a page of 500."""
    unbounded = [
        rule.rule
        for rule, _ in rules_of(stage)
        for converter in rule._converters.values()
        if isinstance(converter, IntegerConverter) and (converter.max is None or converter.max >= 2**31)
    ]
    assert unbounded == []
