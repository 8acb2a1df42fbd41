"""The agency's desk by the page: no script, only forms; what is refused, where it stands, and what is kept."""

from __future__ import annotations

import io
import re

import pytest

from bidding.db import db
from bidding.tenders.kinds import Envelopes, Stage
from bidding.tenders.models import Project
from tests.tenders.drafting import DIGEST, FILE, WORKS
from tests.tenders.service.test_publish import project_of

KIND = "works.open-tender.construction"
FACTS = {
    "title": WORKS.title,
    "owner_name": WORKS.owner_name,
    "trade": "A02",
    "summary": WORKS.summary,
    "qualification": WORKS.qualification,
    "award_method": WORKS.award_method,
    "place": WORKS.place,
    "term": WORKS.term,
    "funding": WORKS.funding,
    "owner_address": WORKS.owner_address,
    "owner_contact": WORKS.owner_contact,
    "agency_address": WORKS.agency_address,
    "media": WORKS.media,
    "contact": WORKS.contact,
    "phone": WORKS.phone,
}
LOT = {
    "name": "主干管",
    "budget_fen": "13,200,000.00",
    "ceiling_fen": "12860000",
    "security_fen": "",
    "price_form": "amount",
}


def upload(client, uid, data=FILE, name="招标文件.pdf"):
    return client.post(
        f"/projects/{uid}/files", data={"file": (io.BytesIO(data), name)}, content_type="multipart/form-data"
    )


def the_project():
    db.session.rollback()
    return db.session.query(Project).one()


def test_an_agency_drafts_and_hands_over_by_forms_alone(client_as, rulebook):
    zhou = client_as("zhou")
    assert "还没有项目" in zhou.get("/projects").text
    page = zhou.get("/projects/new").text
    assert f'value="{KIND}"' in page
    answer = zhou.post(f"/projects/new?kind={KIND}", data=FACTS)
    assert answer.status_code == 303
    desk = answer.headers["Location"]
    uid = the_project().uid
    assert "1 处要办" in zhou.get(desk).text
    assert zhou.post(f"{desk}/scoring", data={"evaluation": "lowest"}).status_code == 303
    assert zhou.post(f"{desk}/lots", data=LOT).status_code == 303
    assert upload(zhou, uid).status_code == 303
    page = zhou.get(f"{desk}/dates").text
    assert "最早合法截止日期是 2026-12-14" in page
    assert 'value="2026-12-14T14:30"' in page
    assert zhou.post(f"{desk}/dates", data={"closes_at": "2026-12-15T14:30"}).status_code == 303
    page = zhou.get(desk).text
    assert "可以提交" in page
    assert DIGEST in page
    assert WORKS.title in zhou.get(f"{desk}/preview").text
    assert zhou.post(f"{desk}/submit").status_code == 303
    assert the_project().stage is Stage.SUBMITTED
    page = zhou.get(desk).text
    assert "等另一位同事复核" in page
    assert "提交复核" not in page


def test_the_kind_has_to_be_one_of_those_offered(client_as, rulebook):
    zhou = client_as("zhou")
    for kind in ("property.auction.land", "works.comparison.goods", "x"):
        answer = zhou.get(f"/projects/new?kind={kind}")
        assert (answer.status_code, "有一处要改" in answer.text) == (422, True)
        answer = zhou.post(f"/projects/new?kind={kind}", data=FACTS)
        assert answer.status_code == 422
    assert db.session.query(Project).count() == 0


def test_what_is_missing_is_said_and_what_was_typed_stays(client_as, rulebook):
    zhou = client_as("zhou")
    answer = zhou.post(f"/projects/new?kind={KIND}", data=FACTS | {"title": "", "summary": "很长的范围说明"})
    assert answer.status_code == 422
    assert "请填写这一项。" in answer.text
    assert "很长的范围说明" in answer.text
    assert db.session.query(Project).count() == 0


def test_a_mistaken_deadline_shows_article_and_earliest_day_beside_the_field(client_as, written):
    uid = written()
    answer = client_as("zhou").post(f"/projects/{uid}/dates", data={"closes_at": "2026-12-01T09:00"})
    assert answer.status_code == 422
    field = answer.text.split('id="closes_at-error"')[1].split("</div>")[0]
    assert "招标投标法第24条" in field
    assert "至少 20 日" in field
    assert "2026-12-14" in field
    assert 'value="2026-12-01T09:00"' in answer.text
    assert str(project_of(uid).closes_at)[:10] == "2026-12-15"


def test_a_budget_below_the_ceiling_stands_at_the_ceiling(client_as, begun):
    uid = begun()
    answer = client_as("zhou").post(f"/projects/{uid}/lots", data=LOT | {"ceiling_fen": "13200000.01"})
    assert answer.status_code == 422
    field = answer.text.split('id="ceiling_fen-error"')[1].split("</div>")[0]
    assert "超过了预算 13,200,000.00 元" in field
    assert "13200000.01" in answer.text
    answer = client_as("zhou").post(f"/projects/{uid}/lots", data=LOT | {"budget_fen": "一千万"})
    assert (answer.status_code, "一千万" in answer.text) == (422, True)
    assert project_of(uid).lots == []


def test_a_lot_is_changed_and_removed(client_as, written):
    uid = written()
    zhou = client_as("zhou")
    assert 'value="13,200,000.00"' in zhou.get(f"/projects/{uid}/lots/1").text
    answer = zhou.post(f"/projects/{uid}/lots/1", data=LOT | {"name": "支管", "price_form": "rate"})
    assert answer.status_code == 303
    (lot,) = project_of(uid).lots
    assert (lot.name, lot.price_form.value, lot.security_fen) == ("支管", "rate", 0)
    assert "投标费率" in zhou.get(f"/projects/{uid}/lots").text
    assert zhou.post(f"/projects/{uid}/lots/1/remove").status_code == 303
    assert project_of(uid).lots == []
    assert zhou.get(f"/projects/{uid}/lots/1").status_code == 404


def test_a_file_twice_none_or_empty_is_refused_at_the_field(client_as, begun):
    uid = begun()
    zhou = client_as("zhou")
    assert upload(zhou, uid).status_code == 303
    answer = upload(zhou, uid, name="另一份.pdf")
    assert (answer.status_code, "内容完全相同" in answer.text) == (409, True)
    answer = upload(zhou, uid, b"", "")
    assert (answer.status_code, "请重新选择文件" in answer.text) == (422, True)
    assert 'id="file-error"' in answer.text
    assert [document.name for document in project_of(uid).documents] == ["招标文件.pdf"]
    with zhou.get(f"/projects/{uid}/files/{DIGEST}") as answer:
        assert answer.data == FILE
    assert zhou.post(f"/projects/{uid}/files/{DIGEST}/remove").status_code == 303
    assert project_of(uid).documents == []


def test_a_large_file_comes_through_whole(client_as, begun, blobs):
    uid = begun()
    data = bytes(range(256)) * 1_500
    assert upload(client_as("zhou"), uid, data, "图纸.zip").status_code == 303
    (document,) = project_of(uid).documents
    with blobs.open(document.sha256) as kept:
        assert kept.read() == data


def test_an_upload_without_the_forms_token_is_refused(app, client_as, begun):
    uid = begun()
    zhou = client_as("zhou")
    app.config["WTF_CSRF_ENABLED"] = True
    answer = upload(zhou, uid)
    assert answer.status_code == 422
    app.config["WTF_CSRF_ENABLED"] = False
    assert project_of(uid).documents == []


def test_two_who_write_at_once_lose_nothing(client_as, begun):
    uid = begun()
    seen = project_of(uid).version
    first = client_as("zhou").post(f"/projects/{uid}/edit", data=FACTS | {"title": "甲", "version": seen})
    assert first.status_code == 303
    wu = client_as("wu")
    second = wu.post(f"/projects/{uid}/edit", data=FACTS | {"title": "乙", "version": seen})
    assert second.status_code == 409
    assert "同事改动了这个项目" in second.text
    assert 'value="乙"' in second.text
    assert project_of(uid).title == "甲"
    now = project_of(uid).version
    assert f'value="{now}"' in second.text
    assert wu.post(f"/projects/{uid}/edit", data=FACTS | {"title": "乙", "version": now}).status_code == 303
    assert project_of(uid).title == "乙"


def test_handing_over_too_early_lists_everything(client_as, begun):
    uid = begun()
    answer = client_as("zhou").post(f"/projects/{uid}/submit")
    assert answer.status_code == 422
    for words in (
        "还有 4 处不符合要求",
        "还没有选评审办法",
        "还没有标段",
        "还没有招标（采购、比选）文件",
        "还没有定截止时间",
    ):
        assert words in answer.text
    assert project_of(uid).stage is Stage.DRAFT


def test_a_deadline_in_2027_is_flagged(client_as, written):
    uid = written()
    zhou = client_as("zhou")
    assert zhou.post(f"/projects/{uid}/dates", data={"closes_at": "2027-01-12T09:30"}).status_code == 303
    for path in ("", "/dates"):
        assert "临时日历" in zhou.get(f"/projects/{uid}{path}").text


def test_what_was_handed_over_is_only_read(client_as, submitted):
    uid = submitted()
    zhou = client_as("zhou")
    for path in ("edit", "lots", "lots/1", "files", "dates"):
        assert zhou.get(f"/projects/{uid}/{path}").status_code == 409
    assert upload(zhou, uid, b"late").status_code == 409
    assert len(project_of(uid).documents) == 1


PAGES = ("", "/edit", "/lots", "/lots/1", "/files", "/dates", "/preview", f"/files/{DIGEST}")
ACTS = (
    ("/edit", FACTS),
    ("/lots", LOT),
    ("/lots/1", LOT),
    ("/lots/1/remove", {}),
    ("/dates", {"closes_at": "2026-12-20T09:00"}),
    (f"/files/{DIGEST}/remove", {}),
    ("/submit", {}),
)


@pytest.mark.parametrize(
    ("who", "page", "act"),
    [
        (None, 302, 401),  # a stranger is asked who they are
        ("feng", 404, 404),  # a rival agency: as if it were not there
        ("sun", 403, 403),  # supervisors read notices, not drafts
        ("li", 403, 403),
        ("lin", 403, 403),
    ],
)
def test_nobody_else_sees_or_writes_a_draft(client, client_as, written, rival, who, page, act):
    uid = written()
    before = project_of(uid).version
    visitor = client if who is None else client_as(who)
    for path in PAGES:
        assert visitor.get(f"/projects/{uid}{path}").status_code == page, path
    for path, data in ACTS:
        assert visitor.post(f"/projects/{uid}{path}", data=data).status_code == act, path
    assert upload(visitor, uid, b"x").status_code == act
    assert project_of(uid).version == before


def test_an_administrator_reads_every_draft_and_writes_none(client_as, written):
    uid = written()
    wang = client_as("wang")
    assert WORKS.title in wang.get("/projects").text
    page = wang.get(f"/projects/{uid}").text
    assert "经办人正在起草" in page
    assert "/edit" not in page
    for path, data in ACTS:
        assert wang.post(f"/projects/{uid}{path}", data=data).status_code == 403


def test_each_agency_lists_its_own(client_as, written, rival):
    written()
    assert WORKS.title in client_as("wu").get("/projects").text
    assert WORKS.title not in client_as("feng").get("/projects").text


def test_a_desk_loads_no_script_of_its_own_and_every_form_carries_its_token(app, client_as, written):
    uid = written()
    app.config["WTF_CSRF_ENABLED"] = True
    page = client_as("zhou").get(f"/projects/{uid}").text
    app.config["WTF_CSRF_ENABLED"] = False
    main = page.split("<main")[1].split("</main>")[0]
    assert "<script" not in main
    assert main.count("<form") == main.count('name="csrf_token"') == 1


def test_a_class_that_nobody_chose_is_not_the_first_of_the_list(client_as, rulebook):
    page = client_as("zhou").get(f"/projects/new?kind={KIND}").text
    assert '<option selected value="A99">' in page


def test_the_board_counts_by_phase_and_leads_to_each(client_as, written):
    written()
    zhou = client_as("zhou")
    page = zhou.get("/projects").text
    assert re.search(r'phase=draft"[^>]*>起草中</a><b>1</b>', page)
    assert re.search(r'phase=open"[^>]*>公告中</a><b>0</b>', page)
    assert WORKS.title in zhou.get("/projects?phase=draft").text
    none = zhou.get("/projects?phase=open").text
    assert WORKS.title not in none
    assert "这个阶段没有项目" in none
    assert WORKS.title in zhou.get("/projects?phase=nonsense").text


def test_going_on_without_a_choice_says_so(client_as):
    zhou = client_as("zhou")
    assert "sl-errors" not in zhou.get("/projects/new").text
    assert "请选一项。" in zhou.get("/projects/new?asked=1").text


def test_two_envelopes_are_chosen_where_they_are_allowed_and_their_second_opening_is_asked_for(
    client_as, rulebook
):
    zhou = client_as("zhou")
    assert 'name="envelopes"' not in zhou.get("/projects/new?kind=procurement.open-tender.goods").text
    assert 'name="envelopes"' in zhou.get(f"/projects/new?kind={KIND}").text
    desk = zhou.post(f"/projects/new?kind={KIND}", data=FACTS | {"envelopes": "two"}).headers["Location"]
    assert the_project().envelopes is Envelopes.TWO
    assert re.search(r"<input[^>]*checked[^>]*value=\"two\"", zhou.get(f"{desk}/edit").text)
    answer = zhou.post(f"{desk}/dates", data={"closes_at": "2026-12-15T14:30"})
    assert answer.status_code == 422
    dates = {"closes_at": "2026-12-15T14:30", "prices_open_at": "2026-12-15T14:30"}
    assert "要晚于技术开标时间" in zhou.post(f"{desk}/dates", data=dates).text
    dates["prices_open_at"] = "2026-12-18T09:30"
    assert zhou.post(f"{desk}/dates", data=dates).status_code == 303
    page = zhou.get(f"{desk}/preview").text
    assert "先开技术，后开报价" in page
    assert "2026-12-18 09:30" in page


def test_a_new_project_knows_what_the_agency_wrote_about_itself_last(client_as, rulebook, begun):
    begun(WORKS)
    page = client_as("zhou").get(f"/projects/new?kind={KIND}").text
    for words in (WORKS.agency_address, WORKS.media, WORKS.contact, WORKS.phone):
        assert f'value="{words}"' in page, words
    assert WORKS.title not in page
    other = client_as("zhou").get("/projects/new?kind=procurement.open-tender.goods").text
    assert WORKS.agency_address not in other


def test_a_rival_agency_finds_nothing_of_it(client_as, rulebook, rival, begun):
    begun(WORKS)
    assert WORKS.agency_address not in client_as("feng").get(f"/projects/new?kind={KIND}").text
