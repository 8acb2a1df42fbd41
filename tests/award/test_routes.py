"""The result pages: the agency's two persons, everybody else outside, and the public from the second act on."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bidding.award.models import Award
from bidding.core.canonical import sha
from bidding.db import db
from bidding.identity.models import Organisation
from bidding.tenders.models import PriceForm, Project
from tests.award.opened import WAN, bid_uid
from tests.people import PASSWORD

STAFF_PAGES = ("/projects/p1/award", "/projects/p1/award/1", "/projects/p1/award/1/confirm")


def awards():
    db.session.rollback()
    return list(db.session.scalars(select(Award).order_by(Award.id)))


def put_down(client, given, winner="li", **more):
    data = {"winner": bid_uid(given, "1", winner) if winner else "none", "awarded_on": "2026-11-23", **more}
    return client.post(f"/projects/{given.uid}/award/1", data=data)


def test_the_two_persons_of_the_agency_by_the_pages(make, client_as, client):
    given = make()
    zhou, wu = client_as("zhou"), client_as("wu")
    page = zhou.get("/projects/p1/award/1").text
    assert "岚岳建设集团有限公司 · 12,000,000.00 元" in page
    assert "已开标" in zhou.get("/projects").text
    assert put_down(zhou, given, notice_number="N-1").status_code == 303
    assert client.get("/notices/p1/award").status_code == 404
    assert zhou.get("/projects/p1/award/1/confirm").status_code == 403
    page = wu.get("/projects/p1/award/1/confirm").text
    (award,) = awards()
    assert award.record_sha256 in page
    assert "壹仟贰佰万元整" in page
    answer = wu.post("/projects/p1/award/1/confirm", data={"seen": award.record_sha256})
    assert answer.status_code == 303
    assert "已有结果" in zhou.get("/projects").text
    page = client.get("/notices/p1/award").text
    assert "岚岳建设集团有限公司" in page
    assert "860,000.00" in page  # against the ceiling
    record = client.get(f"/notices/p1/award/{award.record_sha256}.json")
    assert sha(record.data).hex() == award.record_sha256
    assert zhou.get("/projects/p1/award").status_code == 200


def test_confirming_asks_for_the_password_unless_it_was_just_given(make, client_as, record):
    given = make()
    seen = record(given)
    wu = client_as("wu", stepped_up=False)
    answer = wu.post("/projects/p1/award/1/confirm", data={"seen": seen})
    assert answer.status_code == 422
    assert awards()[0].confirmed_at is None
    answer = wu.post("/projects/p1/award/1/confirm", data={"seen": seen, "step_up_password": PASSWORD})
    assert answer.status_code == 303


def test_a_newer_record_is_shown_before_it_is_asked_about(make, client_as, record):
    given = make()
    old = record(given)
    new = record(given, "zhao")
    answer = client_as("wu").post("/projects/p1/award/1/confirm", data={"seen": old})
    assert answer.status_code == 409
    assert "被改过" in answer.text
    assert f'value="{new}"' in answer.text
    assert awards()[0].confirmed_at is None


def test_a_refusal_stands_at_its_field_and_keeps_what_was_typed(make, client_as):
    given = make()
    answer = put_down(client_as("zhou"), given, amount="12,900,000.00", price_note="评审修正")
    assert answer.status_code == 422
    assert "高于最高投标限价 12,860,000.00 元" in answer.text
    assert "12,900,000.00" in answer.text
    assert "评审修正" in answer.text
    answer = put_down(client_as("zhou"), given, amount="一千万")
    assert (answer.status_code, "不是金额" in answer.text) == (422, True)
    answer = put_down(client_as("zhou"), given, "")
    assert (answer.status_code, "请写明没有中标人的原因" in answer.text) == (422, True)
    assert awards() == []


def test_a_correction_by_the_pages_shows_both(make, client_as, client, award):
    given = make()
    award(given)
    zhou, wu = client_as("zhou"), client_as("wu")
    assert put_down(zhou, given, "zhao").status_code == 422
    assert put_down(zhou, given, "zhao", correction="中标人放弃").status_code == 303
    assert "岚岳" in client.get("/notices/p1/award").text
    assert "中标人放弃" not in client.get("/notices/p1/award").text
    seen = awards()[1].record_sha256
    assert "岚岳" in wu.get("/projects/p1/award/1/confirm").text
    assert wu.post("/projects/p1/award/1/confirm", data={"seen": seen}).status_code == 303
    page = client.get("/notices/p1/award").text
    assert page.index("兆禾") < page.index("被更正的结果") < page.index("岚岳")


def test_a_correction_can_be_given_up_by_the_page(make, client_as, award, record):
    given = make()
    award(given)
    record(given, "zhao", correction="误登")
    assert client_as("wu").post("/projects/p1/award/1/drop").status_code == 303
    assert len(awards()) == 1


@pytest.mark.parametrize("who", ["li", "sun", "wang", "lin", "qian"])
def test_other_roles_are_kept_out(make, client_as, record, who):
    seen = record(make())
    client = client_as(who)
    for page in STAFF_PAGES:
        assert client.get(page).status_code == 403
    assert client.post("/projects/p1/award/1/confirm", data={"seen": seen}).status_code == 403
    assert client.post("/projects/p1/award/1/drop").status_code == 403
    assert awards()[0].confirmed_at is None


def test_a_stranger_is_asked_to_sign_in(make, client, record):
    seen = record(make())
    for page in STAFF_PAGES:
        assert client.get(page).status_code == 302
    assert client.post("/projects/p1/award/1/confirm", data={"seen": seen}).status_code == 401
    assert client.get(f"/notices/p1/award/{seen}.json").status_code == 404


def test_another_agencys_project_looks_like_none(make, client_as, begin, record):
    seen = record(make())
    with begin() as tx:
        other = tx.session.scalar(select(Organisation.id).where(Organisation.uid == "org-academy"))
        tx.session.scalar(select(Project)).agency_id = other
    wu = client_as("wu")
    for page in STAFF_PAGES:
        assert wu.get(page).status_code == 404
    assert wu.post("/projects/p1/award/1/confirm", data={"seen": seen}).status_code == 404
    assert wu.post("/projects/p1/award/1/drop").status_code == 404
    assert awards()[0].confirmed_at is None


def test_a_failed_lot_is_public_with_its_reason_and_cannot_be_awarded(make, client_as, client):
    make(failed=("1",), opened=False)
    assert "有效投标不足 3 家" in client.get("/notices/p1/award").text
    assert client_as("zhou").get("/projects/p1/award/1").status_code == 409
    assert "流标" in client_as("zhou").get("/projects/p1/award").text


def test_before_the_opening_there_is_nothing_to_record(make, client_as):
    make(opened=False)
    zhou = client_as("zhou")
    assert "还没有开标" in zhou.get("/projects/p1/award").text
    assert zhou.get("/projects/p1/award/1").status_code == 409
    assert zhou.get("/projects/p1/award/9").status_code == 404


def test_a_rate_has_its_own_field(make, client_as, client, confirm):
    given = make(form=PriceForm.RATE, ceiling=None, prices=(982_500,))
    page = client_as("zhou").get("/projects/p1/award/1").text
    assert 'name="price_text"' in page
    assert 'name="amount"' not in page
    assert put_down(client_as("zhou"), given).status_code == 303
    confirm(given, awards()[0].record_sha256)
    assert "98.25%" in client.get("/notices/p1/award").text


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("/projects/p1/award", "Record the result"),
        ("/projects/p1/award/1", "Why it is corrected"),
        ("/notices/p1/award", "Award notice"),
    ],
)
def test_the_pages_speak_english(make, client_as, award, page, words):
    award(make(prices=(1200 * WAN,)))
    zhou = client_as("zhou")
    zhou.set_cookie("language", "en")
    assert words in zhou.get(page).text
