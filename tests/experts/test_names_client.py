"""Nobody reads a name before the release but the two who let names out together: whoever asks, whatever they hold."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from sqlalchemy import LargeBinary, select, update
from sqlalchemy.exc import IntegrityError

from bidding.core.canonical import Malformed, dumps, loads
from bidding.core.errors import Forbidden, NotFound, WrongState
from bidding.db import Model, db
from bidding.experts import names_client, queries, rules, service
from bidding.experts.calls import Answer
from bidding.experts.client import NoSeat
from bidding.experts.models import Disclosure, Draw, DrawCall, DrawHalf, DrawLeaf, DrawMessage, Expert
from bidding.experts.names import (
    Holder,
    NamesMissing,
    NoCentreSeat,
    NotCountersigned,
    NothingToCountersign,
    half,
    open_key,
    open_leaf,
)
from bidding.experts.queries import Purpose
from bidding.experts.rules import Conditions, Place
from bidding.sealing.dealing import trustee_scalar
from bidding.tenders.models import Project
from bidding.wiring import ways_out
from tests.experts.test_service import events
from tests.people import sign_in
from tests.post import SmsGateway

#: Where people of the pool stand by name, whether they were drawn or not.
POOL = {"expert", "expert_specialty", "pool_import", "specialty"}


def dumped(session):
    """Every value of every table but the pool's, as a copy of the database has it."""
    for table in Model.metadata.sorted_tables:
        if table.name not in POOL:
            for row in session.execute(select(table)):
                for column, value in zip(table.columns, row, strict=True):
                    if value is not None:
                        yield table.name, column, value


def names_in(session, people):
    """What of people's facts stands in a copy of the database, outside the pool."""
    facts = {fact for one in people for fact in (one.name, one.phone, one.uid)}
    found = set()
    for table, column, value in dumped(session):
        text = value.decode("utf-8", "ignore") if isinstance(value, bytes) else str(value)
        found |= {(table, column.name, fact) for fact in facts if fact in text}
    return found


def test_a_copy_of_the_database_has_no_name_beside_a_number_until_the_release(play):
    session = db.session()
    people = session.query(Expert).all()
    for step in (
        lambda: play.request().freeze(),
        play.order,
        lambda: play.deal("reform", "sun").deal("renewal", "zhou").deal("centre").close(),
        lambda: play.reveal("reform", "sun").reveal("renewal", "zhou").reveal("centre"),
        play.halves,
        lambda: play.call("A0801"),
        play.call_everybody,
        play.countersign,
    ):
        step()
        assert names_in(db.session(), people) == set()
    assert {leaf.expert_id for leaf in db.session().query(DrawLeaf)} == {None}
    play.centre.clock.set(play.draw.evaluation_at)
    play.release()
    serving = {h for line in play.record.results for h in play.record.calling.serving(line.id)}
    opened = {leaf.h for leaf in db.session().query(DrawLeaf) if leaf.expert is not None}
    assert opened == serving  # of the others it still has none


def test_neither_the_order_of_rows_nor_their_length_says_who_stands_where(play):
    play.request().freeze()
    session = db.session()
    rows = session.query(DrawLeaf).order_by(DrawLeaf.id).all()
    assert [row.h for row in rows] == sorted(row.h for row in rows)
    assert len({len(row.sealed) for row in rows}) == 1
    assert isinstance(DrawLeaf.__table__.c.sealed.type, LargeBinary)


@pytest.mark.parametrize("name", ["reform", "finance", "renewal", "centre", "notary"])
def test_a_copy_of_the_database_and_one_key_open_nothing_once_the_order_is_signed(play, name):
    """A stolen backup in the hands of any one trustee: the half they make, and every half that was given."""
    play.to_drawn()
    if name != "centre":  # the centre's own key opens what the supervisor gave, that is what it was given for
        play.halves()
    draw, panel = play.draw, queries.panel_of(play.draw.project)[1]
    scalar = trustee_scalar(play.centre.trustees[name].seed)
    own = set()
    for holder in Holder:
        for seat in panel.seats:
            try:
                found = open_key(
                    loads(draw.names), panel, bytes.fromhex(draw.spec_hash), holder, seat, scalar
                )
            except Malformed:
                continue
            own |= {found} - {None}
    assert len(own) == (1 if name in ("reform", "centre") else 0)
    given = {h: bytes.fromhex(text) for h, text in queries.halves(db.session(), draw).items()}
    for leaf in db.session().query(DrawLeaf):
        mine = [half(key, leaf.h) for key in own]
        for one in (*mine, given.get(leaf.h, bytes(32))):
            for other in (*mine, given.get(leaf.h, bytes(32)), bytes(32)):
                with pytest.raises(Malformed):
                    open_leaf(draw.pool_id, leaf.h, leaf.sealed, one, other)


def test_the_supervisor_opens_the_list_to_sign_it_and_with_no_other_key_anybody(play):
    play.request().freeze()
    sealed = play.file(queries.order_file)
    assert not [
        one for one in db.session().query(Expert) if one.name in str(sealed) or one.uid in str(sealed)
    ]
    assert len(play.opened_list()["people"]) == 60
    for name in ("finance", "renewal", "centre", "notary"):
        with pytest.raises(NoSeat):
            play.opened_list(name)


# Halves


@pytest.mark.parametrize("who", ["wang", "chen", "zhou", "t1"])
def test_halves_are_the_supervisors_and_names_the_centres(play, who):
    play.to_drawn()
    with pytest.raises(Forbidden), play.centre.act(who) as tx:
        service.give_halves(tx, play.uid, {})
    for other in ("zhou", "sun", "t1"):
        for purpose in Purpose:
            with pytest.raises(Forbidden), play.centre.act(other) as tx:
                service.take_names(tx, play.uid, purpose)


def test_a_half_is_taken_of_picks_and_whose_turn_it_is_and_of_nobody_else(play):
    play.to_drawn()
    picks = {h for line in play.record.results for h in line.picks}
    ((_, asked),) = queries.halves_wanted(db.session(), play.draw.project)
    assert set(asked) == picks
    reserve = play.record.results[0].backups[0]
    never = next(h for h in play.everybody() if h not in play.record.calling.drawn())
    for h in (reserve, never, "0" * 64):
        given = {"draw": play.draw.code, "halves": [{"h": h, "half": "0" * 64}]}
        with pytest.raises(rules.RefusedProof), play.centre.act("sun") as tx:
            service.give_halves(tx, play.uid, {"v": 1, "type": "draw-halves", "draws": [given]})
    assert db.session().query(DrawHalf).count() == 0
    play.halves()
    while (turn := play.record.calling.next("A0801")) is not None and not turn.backup:
        play.call("A0801", Answer.DECLINE)
    if turn is not None and not turn.skip:
        ((_, asked),) = queries.halves_wanted(db.session(), play.draw.project)
        assert asked == [turn.h]


@pytest.mark.parametrize(
    "damage",
    [
        {"v": 2},
        {"type": "x"},
        {"draws": None},
        {"draws": [{"draw": "another", "halves": []}]},
        {"draws": [{"draw": "x y", "halves": []}]},
        {"draws": [{"draw": "P", "halves": [{"h": "0", "half": "0"}]}]},
        [],
    ],
)
def test_a_file_that_holds_no_halves_is_refused(play, damage):
    play.to_drawn()
    value = damage if isinstance(damage, list) else {"v": 1, "type": "draw-halves", "draws": []} | damage
    with pytest.raises(rules.RefusedProof), play.centre.act("sun") as tx:
        service.give_halves(tx, play.uid, value)


def test_a_wrong_half_is_found_by_the_centres_client_and_given_again(play):
    play.to_drawn()
    h = play.record.results[0].picks[0]
    given = {"draw": play.draw.code, "halves": [{"h": h, "half": "0" * 64}]}
    with play.centre.act("sun") as tx:
        service.give_halves(tx, play.uid, {"v": 1, "type": "draw-halves", "draws": [given]})
    with play.centre.act("wang") as tx:
        service.show(tx, play.uid, "A0801")
    with pytest.raises(Malformed, match="do not open"):
        play.open(Purpose.CALL)
    file = names_client.NamesFile(
        queries.panel_of(play.draw.project)[1],
        "local",
        [
            names_client.SealedDraw(
                play.draw.code,
                bytes.fromhex(play.draw.spec_hash),
                loads(play.draw.names),
                [names_client.SealedLeaf(h, None, None)],
            )
        ],
    )
    again = names_client.make_halves(file, play.centre.trustees["reform"])
    with play.centre.act("sun") as tx:
        service.give_halves(tx, play.uid, again)
    (person,) = play.open(Purpose.CALL)
    assert person.phone == play.behind(h).phone


# Calls


def test_nobody_is_shown_before_the_supervisor_agrees_and_every_look_is_written_down(play):
    play.to_drawn()
    with pytest.raises(NamesMissing), play.centre.act("wang") as tx:
        service.show(tx, play.uid, "A0801")
    h = play.show("A0801")
    with pytest.raises(NotFound):
        play.open(Purpose.CALL, "chen")  # who was not shown takes nothing
    (person,) = play.open(Purpose.CALL)
    assert person.h == h
    assert [(one.h, one.account_id) for one in db.session().query(Disclosure)] == [
        (h, play.centre.actor("wang").account_id)
    ]
    (given,) = {one.given_by_id for one in db.session().query(DrawHalf)}
    assert given == play.centre.actor("sun").account_id


def test_another_administrator_without_the_key_has_only_what_is_sealed(play):
    play.to_drawn()
    play.show("A0801", "chen")
    with play.centre.act("chen") as tx:
        file = service.take_names(tx, play.uid, Purpose.CALL)
    assert names_in(db.session(), db.session().query(Expert).all()) == set()
    assert not [one for one in db.session().query(Expert) if one.name in str(file) or one.phone in str(file)]
    for name in ("finance", "renewal", "reform", "notary"):
        with pytest.raises(NoSeat):
            names_client.open_names(names_client.read_names_file(file), play.centre.trustees[name])


def test_calls_are_looked_over_by_somebody_who_did_not_make_them(play):
    play.to_drawn()
    with pytest.raises(NothingToCountersign):
        play.countersign()
    play.call("A0801")
    with pytest.raises(NothingToCountersign):
        play.countersign("wang")
    for who in ("zhou", "t1"):
        with pytest.raises(Forbidden):
            play.countersign(who)
    play.countersign("sun")
    (_, note) = events(play, "note")[-1]
    assert (note["kind"], note["data"]["calls"]) == ("draw-calls-countersigned", 1)
    session = db.session()
    with pytest.raises(IntegrityError):
        session.execute(update(DrawCall).values(countersigned_by_id=DrawCall.called_by_id))
    session.rollback()


@pytest.fixture
def sms(play, app):
    """A gateway, and the settings of a centre that sends by it."""
    gateway = SmsGateway().up()
    app.config.update(SMS_URL=f"{gateway.url}/?to={{to}}&text={{text}}", PUBLIC_URL="https://centre.example")
    app.extensions["post"] = ways_out(app)
    yield gateway
    gateway.down()


def test_a_message_tells_time_and_place_once_and_the_number_is_kept_nowhere(play, app, sms):
    play.to_drawn()
    h = play.show("A0801")
    (person,) = play.open(Purpose.CALL)
    given, address = {"h": h, "phone": person.phone}, f"/draws/{play.uid}/message"
    sms.answer = (503, "", {})
    assert sign_in(app, "wang").post(address, data=given).status_code == 502
    sms.answer = (200, "", {})
    assert sign_in(app, "chen").post(address, data=given).status_code == 409  # who was not shown
    answer = sign_in(app, "wang").post(address, data=given)
    assert answer.status_code == 200, answer.json
    assert sign_in(app, "wang").post(address, data=given).status_code == 409  # once
    assert sign_in(app, "wang").post(address, data=given | {"phone": "x"}).status_code == 422
    told = unquote(sms.asked[-1]["path"])
    assert person.phone in told
    assert play.draw.evaluation_place in told
    (link,) = re.findall(r" https://centre\.example(/r/[2-9a-z]{27}) ", told)
    assert app.test_client().get(link).status_code == 200
    project = play.draw.project
    for secret in (
        project.title,
        project.code,
        project.owner_name,
        project.agency.name,
        "给排水",
        loads(person.expert)["name"],
    ):
        assert secret not in told
    assert names_in(db.session(), db.session().query(Expert).all()) == set()
    for who in ("zhou", "sun", "t1"):
        assert sign_in(app, who).post(address, data=given).status_code == 403


def test_without_a_gateway_there_is_no_message(play, app):
    play.to_drawn()
    given = {"h": play.show("A0801"), "phone": "13800000000"}
    assert sign_in(app, "wang").post(f"/draws/{play.uid}/message", data=given).status_code >= 400
    assert db.session().query(DrawMessage).count() == 0


# Letting names out


def test_a_release_needs_the_second_persons_look_and_everybody_who_serves_opened(play):
    play.to_drawn().call_everybody()
    play.centre.clock.set(play.draw.evaluation_at)
    with pytest.raises(NotCountersigned), play.centre.act("wang") as tx:
        service.release(tx, play.uid)
    with pytest.raises(NotCountersigned):
        play.open(Purpose.RELEASE)
    play.countersign()
    opened = play.names(Purpose.RELEASE)
    short = opened | {"people": opened["people"][1:]}
    swapped = opened | {
        "people": [opened["people"][0] | {"h": opened["people"][1]["h"]}, *opened["people"][1:]]
    }
    for given, refusal in (
        (None, NamesMissing),
        (short, NamesMissing),
        (swapped, rules.RefusedProof),
        ({}, rules.RefusedProof),
    ):
        with pytest.raises(refusal), play.centre.act("wang") as tx:
            service.release(tx, play.uid, given)
    assert play.draw.released_at is None
    with play.centre.act("wang") as tx:
        service.release(tx, play.uid, opened)
    assert len(queries.people_behind(db.session(), play.draw, [one["h"] for one in opened["people"]])) == 4


def test_without_the_supervisors_halves_nothing_is_released(play):
    play.to_drawn().call_everybody()
    play.centre.clock.set(play.draw.evaluation_at)
    opened = play.countersign().names(Purpose.RELEASE)
    session = db.session()
    session.query(DrawHalf).delete()
    session.commit()
    with pytest.raises(NamesMissing), play.centre.act("wang") as tx:
        service.release(tx, play.uid, opened)


def test_nobody_else_is_let_out_with_those_who_serve(play):
    play.to_drawn().call_everybody()
    play.centre.clock.set(play.draw.evaluation_at)
    opened = play.countersign().names(Purpose.RELEASE)
    never = next(
        one for one in play.everybody().values() if one.h not in {each["h"] for each in opened["people"]}
    )
    more = {"h": never.h, "salt": never.salt, "expert": never.expert}
    with play.centre.act("wang") as tx:
        service.release(tx, play.uid, opened | {"people": [*opened["people"], more]})
    assert queries.people_behind(db.session(), play.draw, [never.h]) == {}


def test_names_are_taken_only_when_their_act_is_due(play):
    play.to_drawn().call_everybody().countersign()
    with pytest.raises(rules.NotYetReleased):
        play.open(Purpose.RELEASE)
    for purpose in (Purpose.PUBLISH, Purpose.FURTHER):
        with pytest.raises(WrongState):
            play.open(purpose)
    with pytest.raises(NotFound):
        play.open(Purpose.CALL)  # nobody's turn
    play.centre.clock.set(play.draw.evaluation_at)
    play.release()
    with pytest.raises(rules.NotDecided):
        play.open(Purpose.PUBLISH)


def test_a_further_draw_needs_those_drawn_before_and_keeps_nothing_of_them(play):
    play.to_drawn()
    for stratum in ("A0801", "A0901"):
        while play.record.calling.next(stratum) is not None:
            play.call(stratum)
    while play.record.calling.next("A0802") is not None:
        play.call("A0802", Answer.NO_ANSWER)
    first = play.draw
    drawn = set(play.record.calling.drawn())
    play.request(reason="备选用完", conditions=Conditions(5, 1, (Place("A0802", 1, 1),)))
    with pytest.raises(NamesMissing), play.centre.act("wang") as tx:
        service.freeze(tx, play.uid)
    with pytest.raises(NamesMissing):
        play.open(Purpose.FURTHER)  # of reserves who were never called the supervisor has given no half yet
    ((_, asked),) = queries.halves_wanted(db.session(), first.project)
    assert set(asked) <= drawn
    opened = play.halves().names(Purpose.FURTHER)
    assert {one["h"] for one in opened["people"]} == drawn
    with play.centre.act("wang") as tx:
        service.freeze(tx, play.uid, opened)
    assert {leaf.expert_id for leaf in db.session().query(DrawLeaf)} == {None}
    assert queries.halves_wanted(db.session(), first.project) == []
    assert names_in(db.session(), db.session().query(Expert).all()) == set()


def test_a_project_without_a_seat_of_the_centre_is_told_so_before_anybody_works(play):
    session = db.session()
    project = session.query(Project).filter_by(uid=play.tender.uid).one()
    panel = loads(project.panel)
    for seat in panel["trustees"]:
        seat["role"] = "audit" if seat["role"] == "administrator" else seat["role"]
    project.panel = dumps(panel).decode()
    session.commit()
    with pytest.raises(NoCentreSeat):
        play.request()
    assert session.query(Draw).count() == 0
