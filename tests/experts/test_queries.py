from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bidding.core.actor import NOBODY
from bidding.core.canonical import dumps, loads
from bidding.core.errors import NotFound
from bidding.db import db
from bidding.experts import queries, service
from bidding.experts.calls import Answer
from bidding.experts.models import Expert
from bidding.experts.rules import Conditions, Place
from bidding.tenders.kinds import Family, Method
from tests.conftest import MONDAY
from tests.people import sign_in


@pytest.fixture
def session(app):
    return db.session()


def test_everybody_of_a_specialty_is_a_candidate_once(play, session):
    asked = queries.criteria_of(session, Family.WORKS, date(2026, 11, 23), date(2026, 11, 30))
    found = list(queries.candidates(session, ["A0801", "A0802"], asked))
    assert len({one.id for one in found}) == len(found)
    assert all(one.specialties and set(one.specialties) <= {"A0801", "A0802"} for one in found)
    both = [one for one in found if len(one.specialties) == 2]
    assert both
    assert list(queries.candidates(session, ["none"], asked)) == []
    assert queries.pool_size(session)["A0801"] == sum("A0801" in one.specialties for one in found)


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("", 60),
        ("专家007", 1),
        ("第01", 2),
        ("专家007 第07", 1),
        ("13800000003", 1),
        ("1380000000", 0),
        ("%", 0),
    ],
)
def test_somebody_is_found_by_every_word(play, session, words, count):
    assert len(session.scalars(queries.experts(words)).unique().all()) == count


def test_what_is_not_there_is_not_found(session):
    for ask in (queries.pool_import, queries.pool_member):
        with pytest.raises(NotFound):
            ask(session, "nobody")
    with pytest.raises(NotFound):
        queries.draw_for(session, NOBODY, "nothing")
    with pytest.raises(NotFound):
        queries.requestable(session, NOBODY, "nothing")


def test_the_rulebook_says_how_large_a_panel_is_and_when_it_may_be_drawn(play, session):
    play.request()
    project = play.draw.project
    works = queries.composition(session, project, date(2026, 12, 1))
    assert (works.least, works.thirds) == (5, 2)
    assert "招标投标法" in works.least_source
    assert queries.earliest_day(session, project, date(2026, 12, 15)).day is None
    project.family, project.method = Family.PROCUREMENT, Method.OPEN_TENDER
    with session.no_autoflush:
        procurement = queries.composition(session, project, date(2026, 12, 1))
        assert procurement.least == 7  # 1320 万元 is over the limit of 财政部令87号 47
        for lot in project.lots:
            lot.budget_fen = 1_000_000_000
        assert queries.composition(session, project, date(2026, 12, 1)).least == 7  # and on it
        for lot in project.lots:
            lot.budget_fen = 999_999_999
        assert queries.composition(session, project, date(2026, 12, 1)).least == 5
        earliest = queries.earliest_day(session, project, date(2026, 12, 15))
        assert (earliest.day, earliest.days) == (date(2026, 12, 11), 2)
        assert "198" in earliest.source
    session.rollback()


def test_files_come_only_when_their_time_has_come(play, session):
    play.request()
    for make in (queries.order_file, queries.deal_file, queries.closed_file):
        with pytest.raises(NotFound):
            play.file(make)
    play.freeze()
    assert len(play.file(queries.order_file)["people"]) == 60
    with pytest.raises(NotFound):
        play.file(queries.deal_file)
    play.order()
    with pytest.raises(NotFound):  # the list with its names is the signer's, before the signature
        play.file(queries.order_file)
    assert "people" not in play.file(queries.deal_file)
    play.deal("reform").deal("renewal").deal("centre").close(witnessed=False)
    with pytest.raises(NotFound):
        play.file(queries.share_file, "reform")
    play.centre.cosign()
    assert play.file(queries.share_file, "reform")["deal"]["party"] == "reform"
    with pytest.raises(NotFound):
        play.file(queries.share_file, "notary")


def test_the_page_counts_and_numbers_and_never_names(play, session):
    play.to_drawn()
    play.call("A0802", Answer.DECLINE)
    view = queries.view(session, play.draw)
    assert view.listed == sum(line.listed for line in view.lines)
    assert [line.name for line in view.lines] == ["给排水", "市政道路", "工程造价"]
    assert [place.answer for place in view.lines[1].ranked] == [Answer.DECLINE, None]
    assert view.lines[1].ranked[1].now
    assert {party.name: party.role for party in view.parties} == {
        "centre": "administrator",
        "reform": "supervisor",
        "renewal": "agency",
    }
    assert len(view.turns) == 3
    assert (view.serving, view.complete, view.used_up) == (0, False, False)
    shown = str([view.lines, view.parties, view.excluded])
    for expert in session.query(Expert):
        assert expert.name not in shown
        assert expert.unit not in shown
    with pytest.raises(LookupError):
        view.line("none")


def test_a_number_is_the_place_in_the_frozen_list(play):
    play.to_drawn()
    view = queries.view(db.session(), play.draw)
    for line, stratum in zip(view.lines, play.record.spec["strata"], strict=True):
        for place in line.ranked:
            assert stratum["leaves"][int(place.number) - 1]["h"] == place.h


def test_the_record_on_paper_says_everything_the_log_does(play, session):
    # reserves enough that chance cannot have all of them drawn elsewhere too
    places = (Place("A0801", 2, 2), Place("A0802", 1, 4), Place("A0901", 1, 1))
    play.to_drawn(conditions=Conditions(members=5, max_per_unit=1, places=places))
    play.call("A0802", Answer.DECLINE)
    play.call_everybody()
    play.centre.clock.set(play.draw.evaluation_at)
    play.release()
    sheet = queries.record_sheet(session, play.draw, names=True, centre="c", address="a", printed_at=MONDAY)
    assert [line["need"] for line in sheet["lines"]] == [2, 1, 1]
    assert sheet["seed"] == play.record.seed.hex()
    assert [call["answer"] for call in sheet["calls"]].count("参加") == 4
    assert {(call["by"], call["checked_by"]) for call in sheet["calls"]} == {("王管理", "陈管理")}
    assert len(sheet["result"]) == 4
    assert all(row["name"] for row in sheet["result"])
    never = [row for row in sheet["ranking"] if row["backup"] and not row["name"]]
    assert never  # reserves who were not called stay secret on paper, too
    assert {row["reason"] for row in sheet["recused"]} == {"与代理机构同单位", "与监督部门同单位"}
    bare = queries.record_sheet(session, play.draw, names=False, centre="c", address="a", printed_at=MONDAY)
    assert not any(row["name"] for row in bare["result"] + bare["ranking"])
    assert not any(row["phone"] or row["title"] for row in bare["result"] + bare["ranking"])
    assert any("保密" in each for each in bare["remarks"])
    assert all("****" in row["phone"] for row in sheet["result"])


def test_the_record_has_every_field_of_the_list(play, session):
    """抽取记录表: what the field asks of it, beside what the log says (docs/guide/administrator.zh.md)."""
    play.to_drawn()
    h = play.call("A0801", Answer.DECLINE)
    play.call_everybody()
    play.centre.clock.set(play.draw.evaluation_at)
    play.release()
    sheet = queries.record_sheet(session, play.draw, names=True, centre="c", address="a", printed_at=MONDAY)
    assert (sheet["members"], sheet["experts"], sheet["round"]) == (5, 4, 1)
    assert sheet["lots"] == [f"{lot.code} {lot.name}" for lot in play.draw.project.lots]
    assert "工程" in sheet["kind"]
    assert sheet["determination"] == "随机抽取"
    assert {line["region"] for line in sheet["lines"]} == {"不限"}
    assert {row["code"] for row in sheet["recused"]} == {"3", "4"}
    declined = sheet["calls"][0]
    assert (declined["answer"], declined["reason"], declined["channel"]) == ("婉拒", "时间冲突", "电话")
    assert declined["number"] == next(
        place.number
        for line in queries.view(session, play.draw).lines
        for place in line.ranked
        if place.h == h
    )
    assert any(call["backup"] for call in sheet["calls"])
    assert all(row["title"] == "高级工程师" for row in sheet["result"])
    assert sheet["printed_at"] == MONDAY


def test_two_prints_of_one_content_have_one_check_code(play, session):
    play.to_drawn()
    first = queries.record_sheet(session, play.draw, names=False, centre="c", address="a", printed_at=MONDAY)
    later = MONDAY + timedelta(days=1)
    again = queries.record_sheet(session, play.draw, names=False, centre="c", address="a", printed_at=later)
    assert first["check_code"] == again["check_code"]
    play.call("A0801")
    other = queries.record_sheet(session, play.draw, names=False, centre="c", address="a", printed_at=later)
    assert other["check_code"] != first["check_code"]


def test_there_is_no_record_of_what_is_not_drawn(play, session):
    play.to_closed()
    with pytest.raises(NotFound):
        queries.record_sheet(session, play.draw, names=False, centre="c", address="a", printed_at=MONDAY)


def test_open_places_over_all_draws(play, session):
    play.to_drawn()
    project = play.draw.project
    assert queries.places(session, project).outstanding
    assert queries.places(session, project).open == {}
    play.call("A0801")
    play.call("A0801")
    play.call("A0901")
    play.call("A0802", Answer.DECLINE)
    play.call("A0802", Answer.DECLINE)
    found = queries.places(session, play.draw.project)
    assert (dict(found.open), found.outstanding) == ({"A0802": 1}, False)


def test_people_read_what_a_list_is_called_and_never_what_stands_for_it_in_the_log(play, session, app):
    """A region is drawn from a list of its own, whose name in the log is no word; a specialty may be retired meanwhile."""
    region = Place("A0801", 1, 1, "明川县")
    play.to_drawn(conditions=Conditions(5, 4, (region, Place("A0802", 3, 1))))
    with play.centre.act("wang") as tx:
        service.retire_specialty(tx, "A0801", retired=True)
    sheet = queries.record_sheet(session, play.draw, names=False, centre="c", address="a", printed_at=MONDAY)
    assert sheet["lines"][0]["specialty"] == "给排水（明川县）（A0801）"
    assert region.id not in str({name: sheet[name] for name in ("lines", "ranking", "calls", "result")})
    play.call(region.id, Answer.DECLINE)
    while play.call(region.id, Answer.DECLINE):
        pass
    while play.call("A0802"):
        pass
    page = sign_in(app, "zhou").get(f"/projects/{play.tender.uid}/draw?further=1").text
    assert "现在空出：给排水（明川县） 1 人" in page
    assert region.id not in page


def test_names_join_the_bundle_once_they_are_published_and_only_of_those_called(play, session):
    play.to_drawn().call_everybody()
    project = play.draw.project
    assert queries.names_bytes(session, project) is None
    play.centre.clock.set(play.draw.evaluation_at)
    play.release()
    assert queries.names_bytes(session, project) is None
    draw = play.draw
    draw.published_at = datetime(2027, 1, 1, tzinfo=UTC)
    names = queries.names_json(session, project)
    assert len(names["experts"]) == 4
    assert loads(dumps(names)) == names
    session.rollback()


def test_a_draw_waits_for_its_own_people(play, session):
    play.to_ordered()
    draw = play.draw
    actor = play.centre.actor
    assert queries.parties_waited_for(session, draw) == {"reform", "renewal", "centre"}
    assert queries.own_seats(session, actor("sun"), draw) == {"reform"}
    assert queries.own_seats(session, actor("zhou"), draw) == {"renewal"}
    assert queries.own_seats(session, actor("t1"), draw) == set()
    assert [one.uid for one in queries.waiting(session, actor("zhou"))] == [play.uid]
    assert list(queries.waiting(session, actor("t1"))) == []
    play.deal("reform").deal("renewal").deal("centre")
    assert queries.parties_waited_for(session, play.draw) == set()
    play.close(witnessed=False)
    assert queries.parties_waited_for(session, play.draw) == set()  # nothing may be revealed yet
    play.centre.cosign()
    assert queries.parties_waited_for(session, play.draw) == {"reform", "renewal", "centre"}
