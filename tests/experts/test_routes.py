from __future__ import annotations

import io
import re

import pytest
from sqlalchemy import delete

from bidding.conduct.models import Acceptance
from bidding.conduct.rules import Rule
from bidding.core.canonical import dumps, loads
from bidding.db import db
from bidding.experts import client as parties
from bidding.experts import names_client, queries
from bidding.experts.calls import Answer
from bidding.experts.models import Draw, Expert
from bidding.experts.names import opened_file
from bidding.experts.rules import Conditions, Place, Step
from bidding.identity.models import Organisation
from bidding.sealing.panel import parse_panel
from tests.conftest import MONDAY
from tests.experts.playing import HEADS, listing, person
from tests.people import sign_in


@pytest.fixture
def as_(app):
    """A signed-in client of somebody of the centre."""
    return lambda login: sign_in(app, login)


def text_of(answer):
    return answer.get_data(as_text=True)


def upload(client, address, value, name="file.json", **more):
    data = value if isinstance(value, bytes) else dumps(value)
    return client.post(
        address, data={"file": (io.BytesIO(data), name)} | more, content_type="multipart/form-data"
    )


def asked(**changes):
    given = {
        "members": "5",
        "places-0-specialty": "A0801",
        "places-0-need": "2",
        "places-0-backups": "2",
        "places-1-specialty": "A0802",
        "places-1-need": "1",
        "places-1-backups": "1",
        "places-2-specialty": "A0901",
        "places-2-need": "1",
        "places-2-backups": "1",
        "max_per_unit": "1",
        "evaluation_at": "2026-12-20T09:00",
        "hours": "4",
        "place": "交易中心三楼",
        "recused": "",
        "notes": "y",
    }
    return given | changes


# The pool


def test_the_pool_is_the_administrators(play, as_, client):
    page = text_of(as_("wang").get("/experts"))
    assert "专家000" in page
    assert "13800000000" not in page  # telephones are masked
    assert "138****0000" in page
    assert client.get("/experts").status_code in (302, 401)
    for who in ("zhou", "sun", "t1"):
        assert as_(who).get("/experts").status_code == 403
        assert as_(who).get("/experts/imports").status_code == 403
        assert as_(who).get("/experts/template.xlsx").status_code == 403
        assert as_(who).post("/experts/specialties", data={"code": "X", "name": "x"}).status_code == 403


def test_somebody_is_found_by_any_word(play, as_):
    page = text_of(as_("wang").get("/experts?q=专家007"))
    assert "专家007" in page
    assert "专家008" not in page
    assert "没有找到" in text_of(as_("wang").get("/experts?q=nobody"))


def test_a_specialty_is_entered_and_a_bad_code_keeps_what_was_typed(play, as_):
    wang = as_("wang")
    assert wang.post("/experts/specialties", data={"code": "B01", "name": "园林"}).status_code == 303
    answer = wang.post("/experts/specialties", data={"code": "园林", "name": "园林绿化"})
    assert answer.status_code == 422
    assert "园林绿化" in text_of(answer)


def test_a_list_is_checked_row_by_row_before_anybody_enters(play, as_):
    wang = as_("wang")
    rows = [person(900), person(901, 姓名="缺专业的人", 专业=""), person(902, 电话="x")]
    answer = upload(wang, "/experts/imports", listing(rows), "名单.csv")
    assert answer.status_code == 303
    page = text_of(wang.get(answer.headers["Location"]))
    assert "缺专业的人" in page
    assert "第 3 行" in page
    assert "没有专业" in page
    assert "不是电话号码" in page
    refused = wang.post(answer.headers["Location"], data={})
    assert refused.status_code == 409
    assert "一行也没有导入" in text_of(refused)
    assert db.session().query(Expert).count() == 60
    assert wang.post(answer.headers["Location"], data={"skip_refused": "y"}).status_code == 303
    assert db.session().query(Expert).count() == 61
    assert "已导入" in text_of(wang.get(answer.headers["Location"]))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "请选择名单文件"),
        ("姓名,单位\n甲,乙\n".encode(), "缺少这些列"),
        (b"\xff\xfe\x00\x00", "读不出来"),
        (listing([], HEADS), "只有列名"),
    ],
)
def test_a_file_that_is_no_list_says_why(play, as_, data, words):
    answer = (
        upload(as_("wang"), "/experts/imports", data, "x.csv")
        if data
        else as_("wang").post("/experts/imports", data={})
    )
    assert answer.status_code == 422
    assert words in text_of(answer)


def test_the_template_can_be_filled_in_and_brought(play, as_):
    answer = as_("wang").get("/experts/template.xlsx")
    assert answer.data[:2] == b"PK"


# A whole draw by its pages


def test_a_draw_from_the_request_to_the_record_by_the_pages(play, as_, app):
    centre, entropy = play.centre, play.centre.entropy
    zhou, wang, sun = as_("zhou"), as_("wang"), as_("sun")
    page = f"/projects/{play.tender.uid}/draw"
    assert f'href="{page}"' in text_of(zhou.get(f"/projects/{play.tender.uid}"))
    assert "注意事项" in text_of(zhou.get(page))
    answer = zhou.post(page, data=asked())
    assert answer.status_code == 303, text_of(answer)
    home = answer.headers["Location"]
    play.uid = home.rsplit("/", 1)[1]
    assert zhou.get(page).headers["Location"] == home
    assert "条件无误，冻结名单" in text_of(wang.get(home))
    assert wang.post(f"{home}/freeze").status_code == 303

    listed = loads(sun.get(f"{home}/list.json").data)
    assert "专家0" not in str(listed)  # sealed: only the supervisor's key opens it
    signed = parties.sign_order(
        parties.read_order_file(names_client.open_list(listed, centre.trustees["reform"])),
        centre.trustees["reform"],
    )
    assert upload(sun, f"{home}/order", signed).status_code == 303
    secrets = {}
    for who, key in ((sun, "reform"), (zhou, "renewal"), (wang, "centre")):
        file = parties.read_deal_file(loads(who.get(f"{home}/order.json").data))
        assert 'id="do-deal"' in text_of(who.get(home))
        deal, secrets[key] = parties.make_deal(file, key=centre.trustees[key], entropy=entropy)
        assert upload(who, f"{home}/deal", deal).status_code == 303
        assert 'id="do-deal"' not in text_of(who.get(home))  # whose number is in has nothing to bring
    assert "各方的随机数都已投入" in text_of(sun.get(home))
    assert wang.get(f"{home}/closed.json").status_code == 404
    assert wang.post(f"{home}/close").status_code == 303
    centre.tick()
    centre.cosign()
    for who, key in ((sun, "reform"), (zhou, "renewal")):
        file = parties.read_closed_file(loads(who.get(f"{home}/closed.json").data))
        assert upload(who, f"{home}/reveal", parties.reveal(file, secrets[key])).status_code == 303
    for key in ("reform", "finance", "notary"):
        file = parties.read_share_file(loads(sun.get(f"{home}/parties/centre.json").data))
        made = parties.make_party_share(file, centre.trustees[key], entropy)
        assert upload(sun, f"{home}/share", made).status_code == 303
    assert play.draw.step is Step.DRAWN

    _call_everybody(play, wang, sun, home)
    centre.clock.set(play.draw.evaluation_at)
    sun, zhou, wang, chen = as_("sun"), as_("zhou"), as_("wang"), as_("chen")
    assert "专家0" not in text_of(sun.get(home))
    unsigned = wang.post(f"{home}/release")
    assert unsigned.status_code == 409
    assert "没有复核" in text_of(unsigned)
    assert wang.post(f"{home}/countersign").status_code == 409  # their own calls
    assert "通知记录属实，复核" in text_of(chen.get(home))
    assert chen.post(f"{home}/countersign").status_code == 303
    without = wang.post(f"{home}/release")
    assert without.status_code == 422
    assert "姓名没有打开" in text_of(without)
    opened = _opened(wang.post(f"{home}/names/release"), centre)
    assert upload(wang, f"{home}/release", opened).status_code == 303
    for who in (wang, sun, zhou):
        shown = text_of(who.get(home))
        assert "参加评审的专家" in shown
        assert "专家0" in shown
    early = wang.post(f"{home}/publish")
    assert early.status_code == 409
    assert "招标投标法第三十七条" in text_of(early)
    paper = sun.get(f"{home}/record.pdf")
    assert paper.status_code == 200
    assert paper.data.startswith(b"%PDF")


def _opened(answer, centre):
    """What the centre's client makes of the sealed names that the page gave."""
    file = names_client.read_names_file(loads(answer.data))
    return opened_file(names_client.open_names(file, centre.trustees["centre"]))


def _call_everybody(play, wang, sun, home):
    first, centre = True, play.centre
    for line in play.record.results:
        while True:
            turn = play.record.calling.next(line.id)
            if turn is None:
                break
            if turn.h not in queries.halves(db.session(), play.draw):
                assert "等监督在本页交出半把钥匙" in text_of(wang.get(home))
                assert wang.post(f"{home}/show", data={"stratum": line.id}).status_code == 422
                file = names_client.read_names_file(loads(sun.get(f"{home}/halves.json").data))
                halves = names_client.make_halves(file, centre.trustees["reform"])
                assert upload(sun, f"{home}/halves", halves).status_code == 303
            assert wang.post(f"{home}/show", data={"stratum": line.id}).status_code == 303
            expert = play.behind(turn.h)
            file = names_client.read_names_file(loads(wang.post(f"{home}/names/call").data))
            (person,) = names_client.open_names(file, centre.trustees["centre"])
            assert person.phone == expert.phone
            assert expert.phone not in text_of(wang.get(home))  # it never comes from here
            given = {"stratum": line.id, "h": turn.h, "channel": "人工电话", "words": "拨打一次"}
            given["outcome"] = "decline:0" if first else "accept"
            answer = wang.post(f"{home}/answer", data=given)
            assert answer.status_code == 303, text_of(answer)
            first = False


def test_a_request_that_cannot_be_taken_says_why_and_keeps_what_was_typed(play, as_):
    zhou = as_("zhou")
    for changes, words in (
        ({"members": "4"}, "单数"),
        ({"members": "x"}, "整数"),
        ({"places-0-need": ""}, "没有写抽取人数"),
        ({"places-0-specialty": "A0802"}, "写了两次"),
        ({"places-0-specialty": "", "places-1-specialty": "", "places-2-specialty": ""}, "至少选一个"),
        ({"evaluation_at": "2026-01-01T09:00"}, "已经过去"),
        ({"notes": ""}, "注意事项"),
    ):
        answer = zhou.post(f"/projects/{play.tender.uid}/draw", data=asked(**changes))
        assert answer.status_code == 422, changes
        assert words in text_of(answer), changes
        assert 'value="交易中心三楼"' in text_of(answer)
    assert db.session().query(Draw).count() == 0


def test_every_answer_on_the_page_is_of_its_own_form(play, as_):
    """Two may be called at once: a label must not press the other's answer, nor a refusal stand at the other's call."""
    play.to_drawn()
    play.show("A0801")
    play.show("A0802")
    home = f"/draws/{play.uid}"
    wang = as_("wang")
    page = text_of(wang.get(home))
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert len(set(re.findall(r'for="(answer\d+-outcome-0)"', page))) == 2
    turn = play.record.calling.next("A0802")
    refused = text_of(
        wang.post(f"{home}/answer", data={"stratum": "A0802", "h": turn.h, "words": "打了两次"})
    )
    assert refused.count("请选择答复。") == 2  # in the summary and at its own field
    own = refused.index(f'name="h" value="{turn.h}"')
    assert refused.index("打了两次") > own


# Who may not


def test_a_draw_looks_like_none_to_those_it_is_not_open_to(play, as_, client):
    play.request()
    home = f"/draws/{play.uid}"
    for who in ("t1", "t2"):  # not ordered yet: nothing of a tenderer's business
        assert as_(who).get(home).status_code == 404
        assert as_(who).get(f"{home}/order.json").status_code == 404
        assert play.uid not in text_of(as_(who).get("/draws"))
    assert client.get(home).status_code in (302, 401)
    play.freeze().order()
    page = text_of(as_("t1").get(home))
    assert "投入随机数" in page
    assert as_("t1").get(f"{home}/list.json").status_code == 403
    assert as_("zhou").get(f"{home}/list.json").status_code == 403
    assert as_("wang").get(f"{home}/list.json").status_code == 403
    assert play.draw.code in text_of(as_("t1").get("/draws"))


def test_a_tenderer_that_joins_is_named_to_no_rival_before_the_close(play, as_):
    """招标投标法 22: nobody is told who is getting ready to bid; joining a draw would tell it."""
    play.to_ordered().deal("reform", "sun").deal("renewal", "zhou").deal("centre")
    play.deal(who="t1", party="huacheng")
    home = f"/draws/{play.uid}"
    for step in (lambda: None, play.close):
        step()
        assert "huacheng" in text_of(as_("t1").get(home))
        assert "huacheng" in text_of(as_("wang").get(home))  # who closes has to know who dealt
        assert "huacheng" not in text_of(as_("t2").get(home))
        assert "3 方中" in text_of(as_("t2").get(home))
    assert as_("t1").get(f"{home}/closed.json").status_code == 200  # it has a number to open
    assert "closed.json" not in text_of(as_("t2").get(home))
    assert as_("t2").get(f"{home}/closed.json").status_code == 404
    for who in ("t1", "t2"):
        assert as_(who).get(f"{home}/parties/huacheng.json").status_code == 404
    assert as_("sun").get(f"{home}/parties/huacheng.json").status_code == 200


def test_acts_of_administrators_are_nobody_elses(play, as_):
    play.request()
    for who in ("t1", "zhou", "sun"):
        client = as_(who)
        for act in (
            "freeze",
            "close",
            "cancel",
            "show",
            "answer",
            "leave",
            "release",
            "publish",
            "names/call",
        ):
            assert client.post(f"/draws/{play.uid}/{act}").status_code == 403, (who, act)
    for who in ("t1", "zhou", "wang"):  # halves are the supervisor's
        assert as_(who).get(f"/draws/{play.uid}/halves.json").status_code == 403
        assert as_(who).post(f"/draws/{play.uid}/halves").status_code == 403
    for who in ("t1", "zhou"):
        assert as_(who).post(f"/draws/{play.uid}/countersign").status_code == 403


def test_another_agency_sees_neither_the_draw_nor_the_request(play, as_):
    play.to_ordered()
    session = db.session()
    other = session.query(Organisation).filter_by(uid=play.centre.units["notary"]).one()
    play.draw.project.agency_id = other.id
    session.commit()
    zhou = as_("zhou")
    assert zhou.get(f"/draws/{play.uid}").status_code == 404
    assert zhou.get(f"/draws/{play.uid}/order.json").status_code == 404
    assert zhou.get(f"/projects/{play.tender.uid}/draw").status_code == 404
    assert upload(zhou, f"/draws/{play.uid}/deal", {}).status_code == 404


def test_no_page_has_a_name_before_the_release_not_even_the_callers(play, as_):
    play.to_drawn()
    home = f"/draws/{play.uid}"
    h = play.show("A0801")
    for who in ("wang", "chen", "zhou", "sun", "fang", "t1"):
        page = text_of(as_(who).get(home))
        assert not re.findall(r"专家\d{3}", page)
        assert play.behind(h).phone not in page
    # what opens the name is the caller's alone, who was written down
    assert as_("wang").post(f"{home}/names/call").status_code == 200
    assert as_("chen").post(f"{home}/names/call").status_code == 404
    for who in ("zhou", "sun", "t1"):
        assert as_(who).post(f"{home}/names/call").status_code == 403
    for purpose in ("release", "publish", "further"):
        assert as_("wang").post(f"{home}/names/{purpose}").status_code in (404, 409)


def test_the_record_names_nobody_before_the_release_and_is_no_tenderers(play, as_):
    play.to_drawn().call_everybody()
    session = db.session()
    data = queries.record_sheet(session, play.draw, names=False, centre="c", address="a", printed_at=MONDAY)
    assert "专家0" not in str(data)
    assert as_("t1").get(f"/draws/{play.uid}/record.pdf").status_code == 404


def test_a_file_that_does_not_hold_is_refused_with_the_verifiers_reason(play, as_):
    play.to_ordered()
    home, wang = f"/draws/{play.uid}", as_("wang")
    answer = upload(wang, f"{home}/deal", b"not json")
    assert answer.status_code == 422
    assert "不是 bidding draw" in text_of(answer)
    deal = play.dealt("centre")
    answer = upload(wang, f"{home}/deal", deal | {"sig": "0" * 128})
    assert answer.status_code == 422
    assert "没有通过核验" in text_of(answer)
    assert wang.post(f"{home}/close").status_code == 409


def test_giving_up_needs_a_reason(play, as_):
    play.to_ordered()
    wang = as_("wang")
    assert wang.post(f"/draws/{play.uid}/cancel", data={"reason": ""}).status_code == 422
    assert wang.post(f"/draws/{play.uid}/cancel", data={"reason": "日期有误"}).status_code == 303
    assert "日期有误" in text_of(wang.get(f"/draws/{play.uid}"))


def test_a_password_is_asked_again_where_an_act_binds(play, app):
    play.request()
    old = sign_in(app, "wang", stepped_up=False)
    assert old.post(f"/draws/{play.uid}/freeze").status_code == 422
    assert play.draw.step is Step.REQUESTED


def test_one_who_accepted_leaves_and_the_next_is_called(play, as_):
    play.to_drawn().call_everybody()
    home, wang = f"/draws/{play.uid}", as_("wang")
    h = play.record.results[1].picks[0]
    given = {"who": f"A0802:{h}", "channel": "当面", "outcome": "absent:0", "words": ""}
    answer = wang.post(f"{home}/leave", data=given)
    assert answer.status_code == 303, text_of(answer)
    assert play.record.calling.next("A0802").h == play.record.results[1].backups[0]
    assert wang.post(f"{home}/leave", data=given).status_code == 422  # no longer among those who serve


def test_the_panel_of_the_files_is_the_projects(play, as_):
    play.to_ordered()
    file = loads(as_("t1").get(f"/draws/{play.uid}/order.json").data)
    assert parse_panel(file["panel"]).hash.hex() == play.draw.project.panel_hash


def test_a_reserve_who_is_drawn_elsewhere_is_passed_over_by_the_page(play, as_):
    session = db.session()
    both = {row.code: row for row in queries.specialties(session)}
    for place, expert in enumerate(session.query(Expert).order_by(Expert.id)):
        expert.active = place < 6
        expert.specialties = [both["A0801"], both["A0802"]]
    session.commit()
    play.to_drawn(conditions=Conditions(5, 1, (Place("A0801", 2, 4), Place("A0802", 2, 0))))
    home, wang = f"/draws/{play.uid}", as_("wang")
    while not (turn := play.record.calling.next("A0801")).skip:
        play.call("A0801", Answer.DECLINE)
    page = text_of(wang.get(home))
    assert "按规则跳过" in page
    assert wang.post(f"{home}/show", data={"stratum": "A0801"}).status_code == 409  # their name is not shown
    form = next(part for part in page.split("<form") if 'value="skip"' in part)
    given = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    answer = wang.post(f"{home}/answer", data=given | {"outcome": "skip"})
    assert answer.status_code == 303, text_of(answer)
    assert play.record.calling.answer_of("A0801", turn.h) is Answer.SKIP
    assert "跳过" in text_of(wang.get(home))


def test_whoever_freezes_is_asked_once_for_the_rules_of_drawing_with_the_same_button(play, as_, begin):
    play.request()
    with begin() as tx:
        tx.session.execute(delete(Acceptance))
    wang = as_("wang")
    freeze = f"/draws/{play.uid}/freeze"
    assert "专家抽取注意事项" in text_of(wang.get(f"/draws/{play.uid}"))
    assert wang.post(freeze).status_code == 422
    assert play.draw.step is Step.REQUESTED
    assert wang.post(freeze, data={"accepts": "draw-1"}).status_code == 303
    assert play.draw.step is not Step.REQUESTED
    assert db.session.query(Acceptance).one().rule is Rule.DRAW
