"""The pages: from the choice to the result, by clicks that a browser without JavaScript would send."""

from __future__ import annotations

import json
from io import BytesIO

import pytest

from bidding.core.canonical import sha
from bidding.db import db
from bidding.lifecycle import queries as courses
from bidding.prequalification import queries, rules
from bidding.prequalification.rules import ApplicationState
from bidding.tenders.kinds import Examination, Stage
from bidding.tenders.models import Project
from tests.prequalification.holding import CLOSES, FILE
from tests.tenders import drafting
from tests.tenders.drafting import GOODS, SMALL


def file_of(content=b"%PDF-1.7 of li", name="申请文件.pdf"):
    return {"file": (BytesIO(content), name)}


def bytes_at(client, address):
    """A download, closed again."""
    with client.get(address) as answer:
        return answer.data


def multipart(client, address, data):
    return client.post(address, data=data, content_type="multipart/form-data")


def test_the_choice_is_offered_where_the_law_knows_it_and_kept(holding, client_as):
    zhou = client_as("zhou")
    for facts, offered in ((drafting.WORKS, True), (GOODS, True), (SMALL, False)):
        uid = drafting.begun(holding.begin, holding.cast, facts)
        page = zhou.get(f"/projects/{uid}/qualification")
        assert ('name="examination"' in page.text) is offered
        data = {"do": "save", "rows-0-what": "营业执照", "examination": "before"}
        zhou.post(f"/projects/{uid}/qualification", data=data)
        chosen = holding.stands(uid)[0].who_may.examination
        assert (chosen is Examination.BEFORE) is offered


def test_from_the_dates_to_the_published_notice(holding, client_as):
    uid = holding.begun()
    zhou, wu = client_as("zhou"), client_as("wu")
    desk = f"/projects/{uid}/prequalification"
    assert desk in zhou.get(f"/projects/{uid}").text
    short = zhou.post(
        f"{desk}/dates", data={"available_until_on": "2026-11-29", "closes_at": "2026-12-07T14:30"}
    )
    assert short.status_code == 422
    assert "2026-11-30" in short.text
    assert 'value="2026-12-07T14:30"' in short.text, "nothing that was typed is lost"
    dates = {"available_until_on": "2026-11-30", "closes_at": "2026-12-07T14:30", "note": "分册装订。"}
    assert zhou.post(f"{desk}/dates", data=dates).status_code == 303
    missing = zhou.post(f"{desk}/submit")
    assert missing.status_code == 422
    assert multipart(zhou, f"{desk}/files", file_of(b"", "空.pdf")).status_code == 422
    assert multipart(zhou, f"{desk}/files", file_of(FILE, "资格预审文件.pdf")).status_code == 303
    digest = sha(FILE).hex()
    assert bytes_at(zhou, f"{desk}/files/{digest}") == FILE
    assert bytes_at(zhou, f"{desk}/notice.pdf").startswith(b"%PDF")
    assert zhou.post(f"{desk}/submit").status_code == 303
    assert "等另一位同事复核" in zhou.get(desk).text
    assert zhou.post(f"{desk}/publish").status_code == 403
    assert wu.post(f"{desk}/return", data={"reason": " "}).status_code == 422
    assert wu.post(f"{desk}/publish").status_code == 303
    assert holding.stands(uid)[0].stage is Stage.PREQUALIFYING


@pytest.mark.parametrize("facts", [drafting.WORKS, GOODS], ids=["works", "goods"])
def test_everybody_reads_the_notice_its_data_its_paper_and_its_files(holding, client, facts):
    uid = holding.published(facts)
    page = client.get(f"/prequalifications/{uid}")
    for words in (
        facts.title,
        facts.owner_name,
        facts.owner_address,
        facts.phone,
        "2026-11-30",
        "资格预审文件",
    ):
        assert words in page.text, words
    found = holding.stands(uid)[1]
    text = client.get(f"/prequalifications/{uid}/notice.json").text
    assert text == found.notice
    assert sha(text).hex() in page.text
    assert bytes_at(client, f"/prequalifications/{uid}/notice.pdf").startswith(b"%PDF")
    digest = json.loads(text)["documents"][0]["sha256"]
    assert bytes_at(client, f"/prequalifications/{uid}/files/{digest}") == FILE
    assert facts.title in client.get("/prequalifications").text
    assert "/prequalifications" in client.get("/notices").text
    assert client.get(f"/notices/{uid}").status_code == 404, "the tender itself is not out"


def test_a_tenderer_hands_in_replaces_and_takes_back(holding, client_as):
    uid = holding.published()
    li, apply = client_as("li"), f"/prequalifications/{uid}/apply"
    said = {"contact": "李投标", "phone": "0000-1111111"}
    assert li.post(apply, data=said).status_code == 422
    assert multipart(li, f"{apply}/files", file_of()).status_code == 303
    assert multipart(li, f"{apply}/files", file_of()).status_code == 422, "the same again"
    digest = sha(b"%PDF-1.7 of li").hex()
    assert bytes_at(li, f"{apply}/files/{digest}") == b"%PDF-1.7 of li"
    assert li.post(apply, data=said | {"contact": ""}).status_code == 422
    handed = li.post(apply, data=said)
    receipt = handed.location
    page = li.get(receipt)
    assert "已递交" in page.text
    assert "2026-11-23" in page.text
    assert bytes_at(li, f"{receipt}/receipt.pdf").startswith(b"%PDF")
    assert li.get(f"{receipt}/result.pdf").status_code == 404
    assert multipart(li, f"{apply}/files", file_of(b"%PDF more", "补充.pdf")).status_code == 303
    assert li.post(f"{apply}/files/{digest}/remove").status_code == 303
    second = li.post(apply, data=said).location
    assert "已被替换" in li.get(receipt).text
    assert li.get(f"{second}/files/{digest}").status_code == 404
    assert li.post(f"{second}/withdraw").status_code == 303
    assert "已撤回" in li.get(second).text
    assert second in li.get("/applications").text


def test_a_strangers_and_a_rivals_application_look_like_none(holding, client, client_as):
    uid = holding.published()
    made = holding.applied(uid, "li")["li"]
    digest = made.files[0].sha256
    for login in ("zhao", "qian"):
        asked = client_as(login)
        for address in ("", f"/files/{digest}", "/receipt.pdf", "/result.pdf"):
            assert asked.get(f"/applications/{made.uid}{address}").status_code == 404
        assert asked.post(f"/applications/{made.uid}/withdraw").status_code == 404
        assert asked.get(f"/prequalifications/{uid}/apply/files/{digest}").status_code == 404
    for login in ("zhou", "wang", "sun", "lin"):
        assert client_as(login).get(f"/applications/{made.uid}").status_code == 403
    assert client.get(f"/applications/{made.uid}").status_code in (302, 303, 401)


def test_at_the_deadline_nothing_is_taken_any_more(holding, client_as, clock):
    uid = holding.published()
    holding.add(uid, "li")
    clock.set(CLOSES)
    li, apply = client_as("li"), f"/prequalifications/{uid}/apply"
    said = {"contact": "李投标", "phone": "0000-1111111"}
    late = li.post(apply, data=said)
    assert late.status_code == 409
    assert "2026-12-07 14:30:00" in late.text
    assert multipart(li, f"{apply}/files", file_of(b"%PDF late")).status_code == 409
    assert queries.in_at_deadline(db.session, holding.stands(uid)[1]) == []


def test_the_agency_opens_examines_and_another_decides(holding, client_as, clock):
    uid = holding.published()
    found = holding.applied(uid, "li", "zhao", "he")
    zhou, desk = client_as("zhou"), f"/projects/{uid}/prequalification"
    assert "岚岳建设" not in zhou.get(desk).text
    assert zhou.get(f"{desk}/applications").status_code == 404
    assert zhou.post(f"{desk}/open").status_code == 409
    clock.set(CLOSES + rules.SETTLES)
    zhou, wu, wang = client_as("zhou"), client_as("wu"), client_as("wang")
    assert wang.post(f"{desk}/open").status_code == 403
    assert zhou.post(f"{desk}/open").status_code == 303
    page = zhou.get(f"{desk}/applications")
    for name in ("岚岳建设集团有限公司", "兆禾市政工程有限公司", "河海路桥有限公司"):
        assert name in page.text
    assert "岚岳建设" not in wang.get(desk).text
    digest = found["zhao"].files[0].sha256
    at = f"{desk}/applications/{found['zhao'].uid}/files/{digest}"
    assert bytes_at(zhou, at) == b"%PDF-1.7 of zhao"
    assert wang.get(at).status_code == 403
    rows = queries.opened(db.session, holding.stands(uid)[1])
    verdicts = {"do": "submit", "examiner": "owner"}
    for place, each in enumerate(rows):
        verdicts |= {f"rows-{place}-uid": each.uid, f"rows-{place}-passed": "yes"}
    failing = verdicts | {"rows-1-passed": "no", "rows-1-reason": ""}
    refused = zhou.post(f"{desk}/applications", data=failing)
    assert refused.status_code == 422
    assert "请写明理由" in refused.text
    kept = zhou.post(f"{desk}/applications", data=failing | {"do": "save"})
    assert kept.status_code == 303
    assert zhou.post(f"{desk}/applications", data=verdicts).status_code == 303
    assert zhou.post(f"{desk}/decide").status_code == 403
    assert wu.post(f"{desk}/decide").status_code == 303
    assert holding.stands(uid)[0].stage is Stage.DRAFT
    assert "去写投标邀请书" in zhou.get(desk).text


def test_each_applicant_reads_its_own_result_and_nobody_elses(holding, client, client_as):
    uid, found = holding.decided(failing=("zhao",), applicants=("li", "zhao", "he"))
    li, zhao = client_as("li"), client_as("zhao")
    passed, failed = (
        li.get(f"/applications/{found['li'].uid}"),
        zhao.get(f"/applications/{found['zhao'].uid}"),
    )
    assert "通过资格预审" in passed.text
    assert "资质证书过期" not in passed.text
    assert "没有通过资格预审" in failed.text
    assert "资质证书过期" in failed.text
    for one, login in ((li, "li"), (zhao, "zhao")):
        assert bytes_at(one, f"/applications/{found[login].uid}/result.pdf").startswith(b"%PDF")
    assert "资格预审结果" in li.get("/").text
    public = client.get(f"/prequalifications/{uid}").text
    assert "重新招标" in public
    for name in ("岚岳建设", "兆禾市政", "河海路桥"):
        assert name not in public


def test_what_too_few_passed_is_begun_again_by_its_agency_only(holding, client_as, rival):
    uid, _ = holding.decided(failing=("he",))
    zhou = client_as("zhou")
    assert "重新招标" in zhou.get(f"/projects/{uid}").text
    course = f"/projects/{uid}/course"
    assert client_as("feng").get(course).status_code == 404
    assert client_as("li").get(course).status_code == 403
    assert client_as("feng").post(f"{course}/repeat").status_code == 404
    again = zhou.post(f"{course}/repeat")
    assert again.status_code == 303
    assert zhou.post(f"{course}/repeat").status_code == 409
    made = db.session.query(Project).filter_by(uid=again.location.rsplit("/", 1)[1]).one()
    assert (made.stage, made.qualified_as) == (Stage.DRAFT, None)
    assert made.who_may.examination is Examination.BEFORE
    assert made.title.endswith("（第2次）")
    assert courses.state(db.session, holding.stands(uid)[0]).value == "retendered"


def test_only_who_passed_finds_the_way_to_a_bid(holding, client, client_as, seats, newcomers):
    """A stranger, a rival who failed, and one who passed, at every door that leads to a bid."""
    uid, found = holding.tendered(seats, applicants=("li", "zhao", "he", "ma"), failing=("zhao",))
    assert holding.stands(uid)[1].enough
    notice = f"/notices/{uid}"
    shown = client.get(notice).text
    assert "资格预审：通过资格预审的才能投标。" in shown
    assert f'href="{notice}/ready"' not in shown
    doors = (f"{notice}/ready", f"{notice}/lots/1/bid", f"{notice}/submit")
    for login, status in (("li", 200), ("zhao", 409), ("guo", 409)):
        asked = client_as(login)
        assert [asked.get(door).status_code for door in doors] == [status] * 3, login
        assert (f'href="{notice}/ready"' in asked.get(notice).text) is (status == 200)
    assert found["zhao"].state is ApplicationState.EFFECTIVE


def test_an_end_is_proposed_confirmed_and_told(holding, client, client_as):
    uid = holding.published()
    made = holding.applied(uid, "li")["li"]
    zhou, wu, desk = client_as("zhou"), client_as("wu"), f"/projects/{uid}/prequalification"
    assert zhou.post(f"{desk}/end", data={"reason": ""}).status_code == 422
    assert zhou.post(f"{desk}/end", data={"reason": "规划调整，项目取消。"}).status_code == 303
    assert "规划调整" not in client.get(f"/prequalifications/{uid}").text, "a proposal is nobody else's"
    assert "复核终止资格预审" in wu.get("/").text
    assert zhou.post(f"{desk}/end/confirm").status_code == 403
    assert wu.post(f"{desk}/end/drop").status_code == 303
    assert wu.post(f"{desk}/end/confirm").status_code == 409
    assert zhou.post(f"{desk}/end", data={"reason": "规划调整，项目取消。"}).status_code == 303
    assert wu.post(f"{desk}/end/confirm").status_code == 303
    assert "规划调整" in client.get(f"/prequalifications/{uid}").text
    told = client.get(f"/prequalifications/{uid}/end.json").text
    assert sha(told).hex() == holding.notes()[-1]["data"]["sha256"]
    assert "已终止" in client_as("li").get(f"/applications/{made.uid}").text
    assert "重新招标" in zhou.get(f"/projects/{uid}").text
