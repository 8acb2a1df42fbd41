"""The steps of weighing and of who may bid, by forms alone: buttons save, refusals lose nothing, strangers find nothing."""

from __future__ import annotations

import pytest

from bidding.tenders import service
from bidding.tenders.kinds import Evaluation, Reserved, SecurityForm
from bidding.tenders.rules import starting_tables
from tests.tenders.drafting import GOODS, LOT
from tests.tenders.service.test_publish import project_of


def rows(*items):
    """A table as a browser sends it: item, points, and the factor."""
    sent = {}
    for at, (item, points, factor) in enumerate(items):
        sent |= {f"rows-{at}-item": item, f"rows-{at}-tenths": points, f"rows-{at}-factor": factor}
        sent |= {f"rows-{at}-how": "", f"rows-{at}-objective": "y"}
    return sent


TABLE = rows(("报价", "40", "price"), ("方案", "59.5", "technical"), ("", "", "price"))


def items(uid):
    return [(row.item, row.tenths) for row in project_of(uid).scoring.rows]


def test_a_table_is_written_moved_and_taken_apart_by_its_buttons(client_as, begun):
    uid = begun()
    zhou = client_as("zhou")
    path = f"/projects/{uid}/scoring"
    assert zhou.post(path, data=TABLE | {"evaluation": "comprehensive", "do": "save"}).status_code == 303
    assert items(uid) == [("报价", 400), ("方案", 595)]
    page = zhou.get(path).text
    assert "合计 99.5 分" in page
    assert "还差 0.5 分" in zhou.get(f"/projects/{uid}").text
    assert zhou.post(path, data=TABLE | {"do": "down-0"}).status_code == 303
    assert items(uid) == [("方案", 595), ("报价", 400)]
    assert zhou.post(path, data=TABLE | {"do": "down-1"}).status_code == 303  # the last stays the last
    assert items(uid) == [("报价", 400), ("方案", 595)]
    assert zhou.post(path, data=TABLE | {"do": "remove-0"}).status_code == 303
    assert items(uid) == [("方案", 595)]
    assert project_of(uid).scoring.evaluation is Evaluation.COMPREHENSIVE


def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(client_as, begun):
    uid = begun()
    zhou = client_as("zhou")
    path = f"/projects/{uid}/scoring"
    wrong = rows(("很长的名字", "四十", "price"), ("", "60", "technical"))
    answer = zhou.post(path, data=wrong | {"evaluation": "comprehensive", "do": "save"})
    assert answer.status_code == 422
    for words in ("很长的名字", "四十", "最多一位小数", "请填写评审因素的名称"):
        assert words in answer.text
    assert items(uid) == []
    # a row that goes need not be right
    assert zhou.post(path, data=wrong | {"do": "remove-1"}).status_code == 422
    assert (
        zhou.post(
            path, data=rows(("", "60", "price"), ("价", "100", "price")) | {"do": "remove-0"}
        ).status_code
        == 303
    )
    assert items(uid) == [("价", 1000)]


def test_two_who_write_at_once_are_told(client_as, begun):
    uid = begun()
    zhou = client_as("zhou")
    seen = str(project_of(uid).version)
    for path in ("scoring", "qualification"):
        assert zhou.post(f"/projects/{uid}/{path}", data={"version": seen}).status_code in (303, 409)
    answer = zhou.post(f"/projects/{uid}/scoring", data=TABLE | {"version": seen})
    assert (answer.status_code, "方案" in answer.text) == (409, True)


def test_a_table_begins_with_a_built_in_one_or_an_earlier_project(
    client_as, begun, written, rival, begin, cast
):
    uid, earlier = begun(), written()
    zhou = client_as("zhou")
    path = f"/projects/{uid}/scoring/from"
    assert zhou.post(path, data={"source": "table:construction"}).status_code == 303
    ((_, _, built_in),) = starting_tables(project_of(uid).preset, "construction")
    assert items(uid) == [(row.item, row.tenths) for row in built_in]
    with begin(cast.actor("zhou")) as tx:
        service.set_scoring(
            tx, earlier, project_of(earlier).scoring.__class__(Evaluation.COMPREHENSIVE, rows=built_in[:2])
        )
    assert zhou.post(path, data={"source": f"project:{earlier}"}).status_code == 303
    assert len(items(uid)) == 2
    theirs = begun(by="feng")
    assert zhou.post(path, data={"source": f"project:{theirs}"}).status_code == 422
    assert (
        client_as("feng")
        .post(f"/projects/{theirs}/scoring/from", data={"source": f"project:{uid}"})
        .status_code
        == 422
    )


@pytest.mark.parametrize("path", ["scoring", "scoring/from", "qualification", "lots/terms"])
def test_a_rival_finds_nothing_and_who_handed_over_changes_nothing(client_as, submitted, rival, path):
    uid = submitted()
    assert client_as("feng").post(f"/projects/{uid}/{path}").status_code == 404
    assert client_as("zhou").post(f"/projects/{uid}/{path}").status_code == 409


def test_conditions_and_what_is_kept_for_small_firms(client_as, begun, begin, cast):
    uid = begun(GOODS)
    with begin(cast.actor("zhou")) as tx:
        service.add_lot(tx, uid, LOT)
        service.add_lot(tx, uid, LOT)
    zhou = client_as("zhou")
    path = f"/projects/{uid}/qualification"
    sent = {
        "rows-0-what": "具有医疗器械经营许可证",
        "rows-0-proof": "许可证复印件",
        "rows-0-lot": "2",
        "reserved": "part",
    }
    answer = zhou.post(path, data=sent)
    assert (answer.status_code, "许可证复印件" in answer.text) == (422, True)
    assert zhou.post(path, data=sent | {"reserved_permille": "40"}).status_code == 303
    found = project_of(uid).who_may
    assert (found.reserved, found.reserved_permille) == (Reserved.PART, 400)
    assert [(each.what, each.lot) for each in found.requirements] == [("具有医疗器械经营许可证", "2")]
    page = zhou.get(f"/projects/{uid}/preview").text
    assert "具有医疗器械经营许可证" in page
    assert "40%" in page
    with begin(cast.actor("zhou")) as tx:
        service.remove_lot(tx, uid, "2")
    assert project_of(uid).who_may.requirements == ()


def test_the_terms_of_the_lots_are_written_beside_them(client_as, written):
    uid = written(lots=(LOT, LOT))
    zhou = client_as("zhou")
    path = f"/projects/{uid}/lots/terms"
    assert zhou.post(path, data={"win_max": "很多", "security_forms": ["transfer"]}).status_code == 422
    assert (
        zhou.post(path, data={"win_max": "1", "security_forms": ["transfer", "guarantee"]}).status_code == 303
    )
    found = project_of(uid).lot_terms
    assert (found.win_max, found.security_forms) == (1, (SecurityForm.TRANSFER, SecurityForm.GUARANTEE))
    assert "兼投不兼中" in zhou.get(f"/projects/{uid}/preview").text
