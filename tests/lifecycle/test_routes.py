"""The pages: the table for everybody, notices, the agency's desk; and what others' pages make of a tender's course."""

import hashlib

import pytest

from bidding.lifecycle.rules import MOVES, STATE_WORDS, Kind
from bidding.messages.kinds import WORDS
from tests.people import sign_in

DRAFT = {
    "basis": "objection",
    "reason": "收到书面异议，答复以前暂停。",
    "next_step": "答复后恢复。",
    "contact": "周经办",
    "phone": "0000-1234567",
}


@pytest.fixture
def as_(app, tender):
    return lambda who: sign_in(app, who)


def text(client, path, **more):
    answer = client.get(path, **more)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def test_anybody_sees_every_state_and_every_move(client):
    page = text(client, "/lifecycle")
    assert all(words in page for words in STATE_WORDS.values())
    assert all(step.words in page for step in MOVES.values())
    assert "marker-end" in page


def test_two_of_the_agency_suspend_a_tender_on_its_pages(as_, course, client):
    uid = course.tender.uid
    zhou, wu = as_("zhou"), as_("wu")
    assert "起草暂停公告" in text(zhou, f"/projects/{uid}/course")
    refused = zhou.post(f"/projects/{uid}/course/new/suspension", data=DRAFT | {"reason": ""})
    assert refused.status_code == 422
    assert "答复后恢复。" in refused.get_data(as_text=True)
    assert zhou.post(f"/projects/{uid}/course/new/suspension", data=DRAFT).status_code == 303
    assert "起草和发布不能是同一人" in text(zhou, f"/projects/{uid}/course")
    action = text(wu, f"/projects/{uid}/course").split('/publish"')[0].rsplit('action="', 1)[1] + "/publish"
    assert zhou.post(action).status_code == 403
    assert wu.post(action).status_code == wu.post(action).status_code == 303
    page = text(client, f"/notices/{uid}/course/1")
    assert all(words in page for words in DRAFT.values() if words != "objection")
    assert "招标投标法实施条例第22条" in page
    body = client.get(f"/notices/{uid}/course/1/notice.json").data
    assert hashlib.sha256(body).hexdigest() in page
    assert client.get(f"/notices/{uid}/course/2").status_code == 404


@pytest.mark.parametrize("who", ["t1", "t2", "sun"])
def test_a_desk_is_the_agencys_own(as_, course, who):
    uid = course.tender.uid
    notice = course.draft(Kind.SUSPENSION)
    visitor = as_(who)
    for path in ("course", "course/new/suspension"):
        assert visitor.get(f"/projects/{uid}/{path}").status_code in (403, 404)
    for path in (f"course/{notice}/publish", f"course/{notice}/drop", "course/repeat"):
        assert visitor.post(f"/projects/{uid}/{path}").status_code in (403, 404)


def test_a_suspended_tender_says_so_wherever_it_is_shown(as_, course, client):
    uid = course.tender.uid
    course.announce(Kind.SUSPENSION)
    assert "暂停公告" in text(client, f"/notices/{uid}")
    assert "已暂停" in text(client, "/notices?phase=suspended")
    assert course.project().title in text(client, "/notices?phase=suspended")
    assert course.project().title not in text(client, "/notices?phase=open")
    assert "暂停公告" in text(client, f"/hall/{uid}")
    assert "STATUS:TENTATIVE" in text(client, f"/notices/{uid}.ics")
    assert "按公告暂停" in text(as_("zhou"), f"/notices/{uid}/deadline")
    assert "解除暂停" not in text(as_("zhou"), f"/notices/{uid}/deadline")
    assert "准备投标" in text(as_("t1"), f"/notices/{uid}")  # bids come and go until the deadline


def test_a_terminated_tender_says_so_wherever_it_is_shown(as_, course, client):
    uid = course.tender.uid
    before = text(client, f"/notices/{uid}.ics")
    course.announce(Kind.TERMINATION)
    assert "终止公告" in text(client, f"/notices/{uid}")
    assert "/ready" not in text(as_("t1"), f"/notices/{uid}")
    assert "已终止，不开标" in text(client, f"/hall/{uid}")
    assert "已终止，不开标" in text(client, f"/hall/{uid}/screen")
    after = text(client, f"/notices/{uid}.ics")
    assert ("SEQUENCE:0" in before, "SEQUENCE:1" in after, "STATUS:CANCELLED" in after) == (True, True, True)
    page = as_("t1").get(f"/notices/{uid}/ready")
    assert page.status_code == 409
    assert "不再接收" in page.get_data(as_text=True)
    assert "怎样退款" in text(client, f"/notices/{uid}/course/1")


def test_a_terminated_tender_and_its_successor_name_each_other(as_, course, client):
    uid = course.tender.uid
    course.announce(Kind.TERMINATION)
    zhou = as_("zhou")
    made = zhou.post(f"/projects/{uid}/course/repeat")
    assert made.status_code == 303
    draft = made.headers["Location"]
    assert "（第2次）" in text(zhou, draft)
    assert "（第2次）" in text(zhou, f"/projects/{uid}/course")
    # Nobody else hears of a draft.
    assert "（第2次）" not in text(client, f"/notices/{uid}")


def test_messages_about_a_tenders_course_have_their_words():
    assert {"suspended", "resumed", "terminated", "failed"} <= {kind.value for kind in WORDS}
