"""Copying by the page."""

from __future__ import annotations

from bidding.tenders.rules import COPY_MARK
from tests.tenders.drafting import DIGEST, WORKS
from tests.tenders.service.test_draft import project_of


def test_an_agency_copies_its_published_tender_and_says_which_files_hold(client_as, published):
    uid = published()
    zhou = client_as("zhou")
    assert f"/projects/{uid}/copy" in zhou.get(f"/projects/{uid}").text
    page = zhou.get(f"/projects/{uid}/copy").text
    assert f'value="{WORKS.title}{COPY_MARK}"' in page
    assert "checked" not in page.partition("<main")[2]
    answer = zhou.post(f"/projects/{uid}/copy", data={"title": "二期", "files": [DIGEST]})
    assert answer.status_code == 303
    desk = zhou.get(answer.headers["Location"]).text
    assert "复制自" in desk
    assert DIGEST in desk
    copy = project_of(answer.headers["Location"].rsplit("/", 1)[1])
    assert copy.title == "二期"


def test_a_name_is_asked_for_and_what_was_ticked_is_kept(client_as, published):
    uid = published()
    answer = client_as("zhou").post(f"/projects/{uid}/copy", data={"title": "", "files": [DIGEST]})
    assert answer.status_code == 422
    assert "checked" in answer.text.partition("<main")[2]


def test_strangers_and_rivals_find_nothing_to_copy(client_as, published, rival):
    uid = published()
    for login, status in (("feng", 404), ("li", 403), ("sun", 403), ("wang", 403)):
        assert client_as(login).get(f"/projects/{uid}/copy").status_code == status
        assert client_as(login).post(f"/projects/{uid}/copy", data={"title": "抄"}).status_code == status
