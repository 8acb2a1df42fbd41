"""The pages: the list, one message, the sets, a package carried over; who may and who may not."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from bidding.ledger.models import Leaf
from bidding.province import jobs, service
from bidding.province.models import ProvinceMessage
from bidding.province.rules import State
from bidding.tenders.models import Family, Method
from tests.people import sign_in

OWNER = "12539921MB1A00002P"


@pytest.fixture
def wang(app, cast):
    return sign_in(app, "wang")


@pytest.fixture
def listing(make, project_of, begin, station, world):
    """A sale to be told of, looked through: its seller's code is missing. The message's uid."""
    given = make(
        code="Z9953992120260001001",
        family=Family.PROPERTY,
        method=Method.ASSET_TRANSFER,
        ceiling=None,
        opened=False,
    )
    project_id = project_of(given)
    with begin() as tx:
        service.note_project(tx, project_id, station)
    jobs.check(world, station)
    return told(begin)[0].uid


def told(begin):
    with begin() as tx:
        return tx.session.scalars(select(ProvinceMessage).order_by(ProvinceMessage.id)).all()


FIELD = "project..SELLER_CODE"


def test_what_is_missing_is_said_and_filled_in_on_the_page(wang, listing, begin):
    page = wang.get(f"/province/messages/{listing}").text
    assert "转让方代码" in page
    assert "必填，现在没有" in page
    answer = wang.post(f"/province/messages/{listing}/answers", data={FIELD: OWNER})
    assert answer.status_code == 303
    assert [row.state for row in told(begin)] == [State.PENDING]
    assert OWNER in wang.get(f"/province/messages/{listing}").text


def test_an_answer_that_does_not_fit_is_refused_beside_its_field_and_kept(wang, listing, begin):
    answer = wang.post(f"/province/messages/{listing}/answers", data={FIELD: "9" * 19})
    assert answer.status_code == 422
    assert f'href="#{FIELD}"' in answer.text
    assert 'value="9999999999999999999"' in answer.text
    assert [row.state for row in told(begin)] == [State.INCOMPLETE]


def test_nothing_but_the_fields_of_the_message_is_taken(wang, listing, begin):
    wang.post(
        f"/province/messages/{listing}/answers", data={"project.9.SELLER_CODE": OWNER, "project..NOPE": "x"}
    )
    assert [row.state for row in told(begin)] == [State.INCOMPLETE]


def test_the_list_shows_states_sets_and_one_project(wang, listing):
    page = wang.get("/province?state=incomplete&set=700&project=Z9953992120260001001").text
    assert f"/province/messages/{listing}" in page
    assert f"/province/messages/{listing}" not in wang.get("/province?state=sent").text
    assert f"/province/messages/{listing}" not in wang.get("/province?project=Z9").text
    assert wang.get("/province?state=nonsense&set=%00").status_code in (200, 400)


def test_a_package_is_carried_over_and_acknowledged_by_hand(wang, listing, begin):
    assert wang.post("/province/packages").status_code == 409  # nothing is complete
    wang.post(f"/province/messages/{listing}/answers", data={FIELD: OWNER})
    at = wang.post("/province/packages").location
    with ZipFile(BytesIO(wang.get(f"{at}.zip").data)) as archive:
        assert archive.namelist() == [f"0001-700-{listing}.json", "SHA256SUMS"]
    assert wang.get(f"{at}.zip").data == wang.get(f"{at}.zip").data
    assert told(begin)[0].state is State.SENT
    assert wang.post(f"{at}/delivered", data={"receipt": "省-1"}).status_code == 303
    row = told(begin)[0]
    assert (row.state, row.receipt) == (State.ACKNOWLEDGED, "省-1")
    assert "省-1" in wang.get(at).text
    assert wang.post(f"{at}/delivered", data={}).status_code == 409
    assert "转让方代码" in wang.get(f"/province/messages/{listing}").text  # what was sent, by its names


def test_leaving_one_out_wants_a_reason_and_stands_in_the_centres_log(wang, listing, begin):
    assert wang.post(f"/province/messages/{listing}/leave-out", data={"reason": " "}).status_code == 422
    wang.post(f"/province/messages/{listing}/leave-out", data={"reason": "由国资系统报送"})
    assert told(begin)[0].state is State.DROPPED
    with begin() as tx:
        last = tx.session.scalars(select(Leaf.event).order_by(Leaf.id.desc()).limit(1)).one()
    assert "province-left-out" in last
    assert "由国资系统报送" in wang.get(f"/province/messages/{listing}").text
    assert wang.post(f"/province/messages/{listing}/leave-out", data={"reason": "x"}).status_code == 409


def test_what_was_left_out_can_be_told_after_all_as_a_further_message(wang, listing, begin):
    wang.post(f"/province/messages/{listing}/leave-out", data={"reason": "弄错了"})
    further = wang.post(f"/province/messages/{listing}/anew").location
    assert further != f"/province/messages/{listing}"
    assert [row.edition for row in told(begin)] == [1, 2]
    assert wang.post(f"/province/messages/{listing}/anew").status_code == 409  # it was followed


@pytest.mark.parametrize("who", ["sun", "zhou", "li", None])
def test_supervisors_read_and_nobody_else_does_or_acts(app, client, cast, listing, who, begin):
    visitor = sign_in(app, who) if who else client
    expected = {"sun": 200, None: 401}.get(who, 403)
    for at in ("/province", "/province/sets", f"/province/messages/{listing}"):
        assert visitor.get(at, headers={"Accept": "application/json"}).status_code == expected
    for at in (
        "/province/packages",
        f"/province/messages/{listing}/answers",
        f"/province/messages/{listing}/leave-out",
        f"/province/messages/{listing}/anew",
        f"/province/messages/{listing}/retry",
    ):
        answer = visitor.post(at, data={FIELD: OWNER, "reason": "x"}, headers={"Accept": "application/json"})
        assert answer.status_code == (401 if who is None else 403)
    assert [row.state for row in told(begin)] == [State.INCOMPLETE]


def test_supervisors_see_no_whole_number_of_anybodys_papers(app, wang, make, award, begin, station, world):
    given = make(code="A0253992120260001001")
    award(given)
    jobs.check(world, station)
    uid = next(row.uid for row in told(begin) if row.data_set == "513")
    number = "11010519491231002X"
    wang.post(f"/province/messages/{uid}/answers", data={"lot.1.PROJECT_LEAD_ID": number})
    assert number in wang.get(f"/province/messages/{uid}").text
    seen = sign_in(app, "sun").get(f"/province/messages/{uid}").text
    assert number not in seen
    assert "**************002X" in seen


def test_the_page_of_the_sets_says_what_is_not_told_and_why(wang, station):
    page = wang.get("/province/sets").text
    assert "评标专家" in page
    assert "封存" in page
    assert "TENDER_PROJECT_CODE" in page


def test_while_it_is_off_the_page_says_how_to_begin(wang):
    assert "PROVINCE_PLATFORM" in wang.get("/province").text


def test_an_opening_of_many_bids_is_shown_page_by_page(wang, make, project_of, begin, station, world):
    given = make(code="A0253992120260001001", lots=tuple(str(n) for n in range(1, 9)))
    project_id = project_of(given)
    with begin() as tx:
        service.note_project(tx, project_id, station)
    uid = next(row.uid for row in told(begin) if row.data_set == "507")
    assert "第 20 条" in wang.get(f"/province/messages/{uid}").text
    assert "第 24 条" in wang.get(f"/province/messages/{uid}?page=2").text
    assert wang.get(f"/province/messages/{uid}?page=99").status_code == 200


def test_a_message_that_the_program_cannot_make_has_a_page_that_says_so(
    wang, listing, begin, world, station, clock
):
    with begin() as tx:  # a row that speaks of what is not there
        row = tx.session.query(ProvinceMessage).one()
        row.data_set, row.checked_at, row.state = "701", None, State.PENDING
    jobs.check(world, station)
    page = wang.get(f"/province/messages/{listing}")
    assert page.status_code == 200
    assert "是程序的问题" in page.text
