"""The second person by the page."""

from __future__ import annotations

import pytest

from bidding.sealing.service import retire_trustee
from bidding.tenders.kinds import Stage
from tests.people import PASSWORD
from tests.tenders.drafting import WORKS
from tests.tenders.service.test_publish import project_of


def publish(client, uid, seats, **more):
    return client.post(f"/projects/{uid}/publish", data={"seats": seats, "k": "3", **more})


def test_the_second_person_publishes_by_the_page(client_as, client, submitted, seats):
    uid = submitted()
    wu = client_as("wu")
    page = wu.get(f"/projects/{uid}/publish").text
    assert page.count("checked") == 5
    assert 'value="3"' in page
    assert "没有发现不符合的地方" in page
    answer = publish(wu, uid, seats)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/notices/{uid}")
    assert "已发布" in wu.get(f"/notices/{uid}").text
    assert WORKS.title in client.get("/notices").text
    assert wu.get(f"/projects/{uid}/publish").status_code == 409


def test_publishing_asks_for_the_password_unless_it_was_just_given(client_as, submitted, seats):
    uid = submitted()
    wu = client_as("wu", stepped_up=False)
    assert "step_up_password" in wu.get(f"/projects/{uid}/publish").text
    assert publish(wu, uid, seats).status_code == 422
    assert publish(wu, uid, seats, step_up_password="wrong").status_code == 422
    assert project_of(uid).stage is Stage.SUBMITTED
    assert publish(wu, uid, seats, step_up_password=PASSWORD).status_code == 303


def test_whoever_handed_it_over_cannot_even_open_the_page(client_as, submitted, seats):
    uid = submitted()
    zhou = client_as("zhou")
    answer = zhou.get(f"/projects/{uid}/publish")
    assert (answer.status_code, "经办和复核不能是同一人" in answer.text) == (403, True)
    assert publish(zhou, uid, seats).status_code == 403
    assert zhou.post(f"/projects/{uid}/return", data={"reason": "x"}).status_code == 403
    assert project_of(uid).stage is Stage.SUBMITTED


@pytest.mark.parametrize(
    ("who", "status"), [(None, 401), ("feng", 404), ("sun", 403), ("li", 403), ("lin", 403)]
)
def test_nobody_else_publishes_or_sends_back(client, client_as, submitted, seats, rival, who, status):
    uid = submitted()
    visitor = client if who is None else client_as(who)
    assert publish(visitor, uid, seats).status_code == status
    assert visitor.post(f"/projects/{uid}/return", data={"reason": "x"}).status_code == status
    assert project_of(uid).stage is Stage.SUBMITTED


def test_a_panel_that_breaks_the_rules_is_refused_at_its_field_and_stays_chosen(client_as, submitted, seats):
    uid = submitted()
    wu = client_as("wu")
    answer = publish(wu, uid, [seats[0], seats[2], seats[3]], k="2")
    assert answer.status_code == 422
    assert "sl-field-error" in answer.text
    assert answer.text.count("checked") == 3
    answer = publish(wu, uid, [*seats, "nobody"])
    assert answer.status_code == 422
    answer = publish(wu, uid, seats, k="三")
    assert (answer.status_code, "请填写整数" in answer.text) == (422, True)
    assert project_of(uid).stage is Stage.SUBMITTED


def test_without_trustees_the_page_says_what_to_do(client_as, submitted):
    uid = submitted()
    page = client_as("wu").get(f"/projects/{uid}/publish").text
    assert "还没有能开箱的受托人" in page
    assert "/trustees" in page


def test_a_trustee_who_was_retired_meanwhile_is_no_longer_offered(
    client_as, submitted, seats, begin, cast, keys
):
    uid = submitted()
    with begin(cast.actor("wang")) as tx:
        retire_trustee(tx, seats[0], reason="密钥遗失", keys=keys)
    answer = publish(client_as("wu"), uid, seats)
    assert (answer.status_code, "请从列出的选项里选" in answer.text) == (422, True)


def test_sending_back_wants_a_reason_and_shows_it(client_as, submitted, seats):
    uid = submitted()
    wu, zhou = client_as("wu"), client_as("zhou")
    answer = wu.post(f"/projects/{uid}/return", data={"reason": " "})
    assert (answer.status_code, "请写明退回的原因" in answer.text) == (422, True)
    assert answer.text.count("checked") == 5
    assert wu.post(f"/projects/{uid}/return", data={"reason": "限价与清单不一致。"}).status_code == 303
    page = zhou.get(f"/projects/{uid}").text
    assert "限价与清单不一致。" in page
    assert "复核人退回了这份草稿" in page


def test_what_waits_is_on_the_start_page_of_whoever_can_do_it(client_as, submitted, rival):
    uid = submitted()
    for who in ("wu", "wang"):
        assert f"/projects/{uid}/publish" in client_as(who).get("/").text
    for who in ("zhou", "feng", "sun", "li"):
        assert f"/projects/{uid}" not in client_as(who).get("/").text
