"""The hall's pages: what everybody sees, what each may press, and what a watcher is sent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete

from bidding.conduct import service as conduct
from bidding.conduct.models import Acceptance
from bidding.conduct.queries import local_day
from bidding.conduct.rules import Rule
from bidding.opening.sitting import rules
from bidding.opening.sitting.models import Attendance
from bidding.story.cast import PASSWORD
from bidding.web.live import Boards
from tests.opening.sitting.test_service import HOST, SUPERVISOR, Hall, recorded
from tests.people import sign_in


@pytest.fixture
def hall(opened):
    return Hall(opened)


def post(client, hall, act, **fields):
    return client.post(f"/hall/{hall.uid}/{act}", data=fields)


def test_the_old_address_leads_to_the_hall(client, tender):
    answer = client.get(f"/opening/{tender.uid}")
    assert (answer.status_code, answer.location) == (308, f"/hall/{tender.uid}")
    assert client.get("/opening/nothing").status_code == 404


def test_a_watcher_is_sent_the_board_once_for_each_state(client, hall):
    first = client.get(f"/hall/{hall.uid}/board")
    assert first.status_code == 200
    assert "12,000,001.00" in first.text
    same = {"If-None-Match": first.headers["ETag"]}
    again = client.get(f"/hall/{hall.uid}/board", headers=same)
    assert (again.status_code, again.data) == (304, b"")
    hall.read_next(HOST, 1)
    moved = client.get(f"/hall/{hall.uid}/board", headers=same)
    assert moved.status_code == 200
    assert "正在唱标" in moved.text
    english = client.get(f"/hall/{hall.uid}/board", headers={**same, "Accept-Language": "en"})
    assert "Being read" in english.text


def test_the_board_holds_nothing_of_whoever_asks(app, client, hall):
    hall.publish_list(HOST)
    public = client.get(f"/hall/{hall.uid}/board").data
    for login in (HOST, "t1", SUPERVISOR):
        assert sign_in(app, login).get(f"/hall/{hall.uid}/board").data == public


def test_the_pages_tag_is_the_boards(client, hall):
    page = client.get(f"/hall/{hall.uid}").text
    tag = client.get(f"/hall/{hall.uid}/board").headers["ETag"]
    assert f"data-tag={tag}" in page
    screen = client.get(f"/hall/{hall.uid}/screen").text
    assert f"data-tag={client.get(f'/hall/{hall.uid}/screen/board').headers['ETag']}" in screen


def test_before_the_deadline_a_sign_in_changes_nothing_that_others_see(app, client, tender, clock):
    clock.set(tender.closes_at - timedelta(minutes=10))
    place = f"/hall/{tender.uid}"
    looked = [client.get(f"{place}{end}") for end in ("", "/board", "/screen", "/screen/board")]
    mine = sign_in(app, "t1")
    refused = mine.post(f"{place}/sign-in", data={"sign_in-person": "李代表"})
    assert refused.status_code == 422
    assert rules.NotAcknowledged.text in refused.text
    taken = mine.post(f"{place}/sign-in", data={"sign_in-person": "李代表", "sign_in-acknowledged": "y"})
    assert taken.status_code == 303
    assert "您单位已签到" in mine.get(place).text
    for before, end in zip(looked, ("", "/board", "/screen", "/screen/board"), strict=True):
        after = client.get(f"{place}{end}")
        assert (after.data, after.headers.get("ETag")) == (before.data, before.headers.get("ETag"))
    assert "李代表" not in sign_in(app, HOST).get(place).text


def test_a_whole_sitting_by_its_pages(app, client, hall):
    host, sun, t1 = sign_in(app, HOST), sign_in(app, SUPERVISOR), sign_in(app, "t1")
    place = f"/hall/{hall.uid}"
    assert post(host, hall, "list").status_code == 303
    assert (
        post(t1, hall, "sign-in", **{"sign_in-person": "李代表", "sign_in-acknowledged": "y"}).status_code
        == 303
    )
    assert (
        post(host, hall, "admit", **{"admit-bid": hall.bid(2), "admit-person": "赵代表"}).status_code == 303
    )
    for number in (1, 2, 3):
        assert post(host, hall, "read", **{"read-place": str(number)}).status_code == 303
    assert "请确认您单位的一览表" in t1.get(place).text
    assert post(t1, hall, "line", **{"line-bid": hall.bid(1)}).status_code == 303
    assert post(host, hall, "speak", **{"speak-bid": hall.bid(2), "speak-words": "没听清"}).status_code == 303
    (raised,) = hall.view().objections
    assert post(host, hall, "close-lines").status_code == 303
    waiting = post(host, hall, "close-record")
    assert waiting.status_code == 409
    assert "还有 1 件异议没有答复" in waiting.text
    name = f"answer-{raised.id}-answer"
    assert post(host, hall, f"objections/{raised.id}/answer", **{name: "再念一遍。"}).status_code == 303
    assert post(host, hall, "close-record").status_code == 303
    sha256 = hall.view().sitting.record_sha256
    assert client.get(f"{place}/record.json").data.decode() == hall.view().sitting.record
    for who, login in ((host, HOST), (sun, SUPERVISOR), (t1, "t1")):
        fields = {"sign-name": hall.centre.actor(login).name, "sign-sha256": sha256}
        assert post(who, hall, "sign", **fields).status_code == 303
    assert post(host, hall, "end").status_code == 303
    record = client.get(f"{place}/record").text
    for words in ("李代表", "赵代表", "没听清", "再念一遍。", "未到会，视为认可", "主持人", sha256):
        assert words in record
    assert client.get(f"/opening/{hall.uid}/record.pdf").data.startswith(b"%PDF-")
    assert "开标会结束" in client.get(f"{place}/screen").text


def test_steps_that_bind_ask_for_the_password_again(app, hall):
    late = sign_in(app, HOST, stepped_up=False)
    assert post(late, hall, "list").status_code == 422
    assert post(late, hall, "list", **{"list-step_up_password": PASSWORD}).status_code == 303


def test_a_signature_with_another_name_is_refused_at_its_field(app, hall):
    sha256 = recorded(hall)
    answer = post(sign_in(app, SUPERVISOR), hall, "sign", **{"sign-name": "某人", "sign-sha256": sha256})
    assert answer.status_code == 422
    assert 'id="sign-name-error"' in answer.text


@pytest.mark.parametrize("login", ["t1", "t2", SUPERVISOR, "wang"])
def test_nobody_else_hosts(app, hall, login):
    for act in ("list", "read", "close-lines", "close-record", "end", "speak"):
        assert post(sign_in(app, login), hall, act).status_code == 403


def test_strangers_press_nothing(client, hall):
    for act in ("sign-in", "line", "object", "list", "read", "sign", "suspend"):
        assert post(client, hall, act).status_code == 401


def test_a_suspension_stands_on_every_page(app, client, hall):
    host, sun = sign_in(app, HOST), sign_in(app, SUPERVISOR)
    assert post(host, hall, "suspend", **{"suspend-reason": "停电"}).status_code == 303
    assert "停电" not in client.get(f"/hall/{hall.uid}").text
    assert post(sun, hall, "suspend/confirm").status_code == 303
    for end in ("", "/screen"):
        assert "停电" in client.get(f"/hall/{hall.uid}{end}").text
    blocked = post(host, hall, "list")
    assert blocked.status_code == 409
    assert post(sun, hall, "resume", **{"resume-reason": "来电了"}).status_code == 303
    assert post(host, hall, "resume/confirm").status_code == 303
    assert "停电" not in client.get(f"/hall/{hall.uid}").text


def test_without_a_sitting_there_is_no_record_to_sign(client, hall):
    assert client.get(f"/hall/{hall.uid}/record").status_code == 200
    assert client.get(f"/hall/{hall.uid}/record.json").status_code == 404


def test_the_state_is_asked_once_for_all_watchers_and_anew_for_a_page():
    asked = []

    def read():
        asked.append(len(asked))
        return len(asked)

    boards = Boards(lasts=60)
    assert [boards.state("a", read) for _ in range(3)] == [1, 1, 1]
    assert boards.state("a", read, anew=True) == 2
    assert boards.state("b", read) == 3
    assert Boards(lasts=0).state("a", read) == 4


def test_a_picture_is_made_once_for_each_state():
    made = []
    boards = Boards(lasts=0)
    for etag in ("one", "one", "two"):
        boards.picture(etag, lambda: made.append(1) or "<p>")
    assert len(made) == 2


def test_a_supervisor_is_asked_once_for_the_rules_with_the_signature_and_the_host_is_not(app, hall):
    sha256 = recorded(hall, 1)
    with hall.centre.act() as tx:
        tx.session.execute(delete(Acceptance))
    sun, host = sign_in(app, SUPERVISOR), sign_in(app, HOST)
    named = {"sign-name": hall.centre.actor(SUPERVISOR).name, "sign-sha256": sha256}
    assert "招投标项目监督管理人员须知" in sun.get(f"/hall/{hall.uid}").text
    assert post(sun, hall, "sign", **named).status_code == 422
    assert post(sun, hall, "sign", **named, **{"sign-accepts": "supervisor-1"}).status_code == 303
    named["sign-name"] = hall.centre.actor(HOST).name
    assert post(host, hall, "sign", **named).status_code == 303


def test_what_is_read_out_is_the_version_in_force(client, app, tender):
    centre = tender.centre
    tomorrow = local_day(centre.clock.now()) + timedelta(days=1)
    with centre.act("wang") as tx:
        conduct.draft(tx, Rule.OPENING, zh="保持肃静。", en="Silence.", valid_from=tomorrow, reason="改短")
    with centre.act("chen") as tx:
        conduct.publish(tx, Rule.OPENING, keys=centre.keys)
    screen = f"/hall/{tender.uid}/screen"
    assert "保持肃静。" not in client.get(screen).text
    tag = client.get(f"{screen}/board").headers["ETag"]
    centre.clock.advance(timedelta(days=1))
    assert "保持肃静。" in client.get(screen).text
    assert client.get(f"{screen}/board", headers={"If-None-Match": tag}).status_code == 200
    assert "Silence." in client.get(screen, headers={"Accept-Language": "en"}).text
    centre.clock.set(tender.closes_at - timedelta(minutes=30))
    fields = {"sign_in-person": "李代表", "sign_in-acknowledged": "y"}
    assert sign_in(app, "t1").post(f"/hall/{tender.uid}/sign-in", data=fields).status_code == 303
    with centre.act() as tx:
        assert tx.session.query(Attendance).one().discipline == f"{tomorrow.year}-2"
