"""The pages of the window from a blank draft to a closed case, pressed as people press them."""

import io
import re

import pytest
from sqlalchemy import select

from bidding.casework import paper, queries
from bidding.casework.models import Case
from bidding.casework.rules import State
from bidding.db import db
from bidding.tenders.rules import LotFacts
from tests.tenders import drafting

SCAN = b"%PDF-1.7 a scan"


@pytest.fixture
def zhou(client_as):
    return client_as("zhou")


@pytest.fixture
def wang(client_as):
    return client_as("wang")


def text(answer):
    return answer.get_data(as_text=True)


def apply(client, project):
    """Press the button on the project's page; the case's uid."""
    answer = client.post(f"/projects/{project}/acceptance")
    assert answer.status_code == 303
    return re.search(r"/cases/(\w+)/materials", answer.location)[1]


def upload(client, uid, line, data=SCAN, name="批复.pdf"):
    fields = {f"{line}-how": "file", f"{line}-file": (io.BytesIO(data), name)}
    return client.post(f"/cases/{uid}/materials/{line}", data=fields)


def say(client, uid, line, how, note=""):
    return client.post(f"/cases/{uid}/materials/{line}", data={f"{line}-how": how, f"{line}-note": note})


def test_a_project_goes_from_its_page_through_the_window_to_its_record(
    app, begin, cast, blobs, rulebook, zhou, wang, client_as
):
    app.config["ACCEPTANCE"] = True
    project = drafting.written(begin, cast, blobs)
    assert "还没有申请" in text(zhou.get(f"/projects/{project}"))
    uid = apply(zhou, project)
    assert upload(zhou, uid, "approval").status_code == 303
    for line in ("plan", "funds", "mandate", "promise"):
        assert say(zhou, uid, line, "paper").status_code == 303
    assert zhou.post(f"/cases/{uid}/materials/documents/draft").status_code == 303
    assert zhou.post(f"/cases/{uid}/file").status_code == 303
    page = text(wang.get(f"/cases/{uid}"))
    assert "受〔2026〕1号" in page
    assert "2026-11-25" in page  # two working days promised
    assert "2026-11-30" in page  # five by the law
    file = re.search(rf"/cases/{uid}/files/[0-9a-f]+", page)[0]
    with wang.get(file) as answer:
        assert answer.get_data() == SCAN
    assert wang.post(f"/cases/{uid}/accept").status_code == 303
    assert wang.post(f"/cases/{uid}/examine", data={"examine-words": "齐全"}).status_code == 303
    assert "审查和审核不能是同一人" in text(wang.get(f"/cases/{uid}"))
    chen = client_as("chen")
    decided = {"review-decision": "granted", "review-words": "同意"}
    assert chen.post(f"/cases/{uid}/review", data=decided).status_code == 303
    assert wang.post(f"/cases/{uid}/close").status_code == 303
    assert "已办结，同意" in text(zhou.get(f"/projects/{project}"))
    assert zhou.get(f"/cases/{uid}/record.pdf").get_data().startswith(b"%PDF-")
    assert "已办结：同意进场交易" in text(zhou.get(f"/cases/{uid}"))


def test_what_is_missing_is_shown_at_once_and_what_was_typed_stays(window, zhou):
    uid = window.opened()
    answer = zhou.post(f"/cases/{uid}/file")
    assert answer.status_code == 422
    assert "还有 6 项没有交" in text(answer)
    answer = say(zhou, uid, "plan", "none")
    assert answer.status_code == 422
    assert "请写明本项目为什么没有这一项" in text(answer)
    answer = upload(zhou, uid, "funds", b"MZ not a scan", "a.exe")
    assert answer.status_code == 422
    assert "不是 PDF、JPG 或 PNG" in text(answer)


def test_a_return_names_each_line_and_is_printed_with_its_number(window, zhou, wang):
    uid = window.filed()
    answer = wang.post(f"/cases/{uid}/return", data={"line_funds": "", "other": " "})
    assert answer.status_code == 422
    answer = wang.post(f"/cases/{uid}/return", data={"line_funds": "换成今年的批复", "other": "电话打不通"})
    assert answer.status_code == 303
    page = text(zhou.get(f"/cases/{uid}/materials"))
    assert "换成今年的批复" in page
    assert "电话打不通" in page
    assert "补〔2026〕1号" in page
    assert zhou.get(f"/cases/{uid}/notices/1.pdf").get_data().startswith(b"%PDF-")
    assert zhou.get(f"/cases/{uid}/notices/2.pdf").status_code == 404
    say(zhou, uid, "funds", "paper", "今年的")
    zhou.post(f"/cases/{uid}/file")
    late = {"line_approval": "文号不对"}
    answer = wang.post(f"/cases/{uid}/return", data=late)
    assert answer.status_code == 422
    assert "上一次退回时就在窗口" in text(answer)
    assert wang.post(f"/cases/{uid}/return", data={**late, "late_reason": "没有看清"}).status_code == 303
    assert "没有看清" in text(wang.get("/cases"))


def test_departments_answer_on_the_cases_page_and_strangers_do_not_find_it(window, client_as):
    uid = window.copied("org-reform", "org-finance")
    sun, gu = client_as("sun"), client_as("gu")
    assert "贵部门的会签意见" in text(sun.get(f"/cases/{uid}"))
    answer = sun.post(f"/cases/{uid}/opinion", data={"opinion-opinion": "object"})
    assert answer.status_code == 422
    assert sun.post(f"/cases/{uid}/opinion", data={"opinion-opinion": "agree"}).status_code == 303
    assert "贵部门的会签意见" not in text(sun.get(f"/cases/{uid}"))
    assert gu.get(f"/cases/{uid}").status_code == 404
    assert client_as("li").get(f"/cases/{uid}").status_code == 403


def test_the_fast_track_and_the_log_are_kept_on_the_page(window, wang, client_as):
    uid, chen = window.accepted(), client_as("chen")
    assert wang.post(f"/cases/{uid}/speed", data={"speed-reason": "民生项目"}).status_code == 303
    answer = wang.post(f"/cases/{uid}/speed/approve")
    assert answer.status_code == 403
    assert chen.post(f"/cases/{uid}/speed/approve").status_code == 303
    assert chen.post(f"/cases/{uid}/manager", data={"manager-manager": "acc-chen"}).status_code == 303
    entry = {"entry-happened_on": "2026-11-23", "entry-words": "陪同取批复"}
    assert chen.post(f"/cases/{uid}/log", data=entry).status_code == 303
    page = text(wang.get(f"/cases/{uid}"))
    assert "陪同取批复" in page
    assert "民生项目（陈管理 批准" in page
    answer = wang.post(f"/cases/{uid}/extend", data={"extend-days": "99", "extend-reason": "忙"})
    assert answer.status_code == 422
    assert "还能延 12 个工作日" in text(answer)


def test_a_case_taken_back_is_over(window, zhou):
    uid = window.filed()
    assert zhou.post(f"/cases/{uid}/withdraw", data={"withdraw-reason": ""}).status_code == 303
    assert window.case(uid).state is State.WITHDRAWN
    assert zhou.get(f"/cases/{uid}/materials").status_code == 409


@pytest.mark.parametrize("key", ["works.open-tender", "procurement.open-tender", "local.comparison"])
def test_everybody_can_read_and_print_what_to_hand_in(client, rulebook, key):
    page = text(client.get(f"/checklists/{key}"))
    assert "要交的材料" in page
    assert client.get(f"/checklists/{key}.pdf").get_data().startswith(b"%PDF-")
    assert f"/checklists/{key}" in text(client.get("/checklists"))


def test_what_is_declared_stands_at_the_button_on_the_case_and_on_its_paper(
    app, begin, cast, blobs, rulebook, zhou, wang
):
    app.config["ACCEPTANCE"] = True
    project = drafting.written(begin, cast, blobs, drafting.SMALL, lots=(LotFacts("屋面", 8 * drafting.WAN),))
    said = "并承诺本单位已有、随时出示：立项或采购的内部决定、资金来源说明。"
    for page in (f"/projects/{project}", f"/projects/{project}/preview"):
        assert said in text(zhou.get(page))
        assert said not in text(wang.get(page))
    assert zhou.post(f"/projects/{project}/submit").status_code == 303
    page = text(zhou.get(f"/projects/{project}"))
    assert "已申请，等窗口受理" in page
    uid = re.search(r"/cases/(\w+)", page)[1]
    page = text(wang.get(f"/cases/{uid}"))
    assert page.count("告知承诺（本单位已有，随时出示）") == 2
    assert "承诺不实的，由本单位承担责任" in page
    with app.test_request_context():
        case = queries.of_subject(db.session, "project", project)
        record = paper.record_paper(
            case, app.extensions["case_desk"].terms(db.session, case.filed_at), "中心", case.filed_at, {}
        )
    chapters = {each["title"]: each["clauses"] for each in record["chapters"]}
    assert "资金来源说明：告知承诺（本单位已有，随时出示）" in chapters["材料"]
    assert len(chapters["告知承诺"]) == 1
    assert wang.post(f"/cases/{uid}/accept").status_code == 303
    assert "已办结，同意" in text(zhou.get(f"/projects/{project}"))


def test_where_projects_pass_no_window_the_button_declares_nothing(begin, cast, blobs, rulebook, zhou):
    project = drafting.written(begin, cast, blobs, drafting.SMALL, lots=(LotFacts("屋面", 8 * drafting.WAN),))
    for page in (f"/projects/{project}", f"/projects/{project}/preview"):
        assert "并承诺" not in text(zhou.get(page))
    assert zhou.post(f"/projects/{project}/submit").status_code == 303
    assert db.session.scalars(select(Case)).all() == []


def test_a_declaration_is_offered_only_where_it_may_be_made(window, zhou):
    small, works = window.opened(drafting.SMALL), window.opened()
    page = text(zhou.get(f"/cases/{small}/materials"))
    assert page.count('value="declared"') == 2  # the documents are the draft's own
    assert 'value="declared"' not in text(zhou.get(f"/cases/{works}/materials"))
    assert say(zhou, small, "funds", "declared").status_code == 303
    assert say(zhou, works, "funds", "declared").status_code == 422


def test_a_kind_that_is_not_offered_has_no_list(client, rulebook):
    assert client.get("/checklists/property.auction").status_code == 404
    assert client.get("/checklists/works").status_code == 404


def test_the_second_person_cannot_publish_what_the_window_has_not_granted(
    app, window, seats, client_as, zhou
):
    app.config["ACCEPTANCE"] = True
    project = drafting.submitted(window.begin, window.cast, window.blobs)
    wu = client_as("wu")
    assert "中心还没有办结这个项目的受理" in text(wu.get(f"/projects/{project}/publish"))
    answer = wu.post(f"/projects/{project}/publish", data={"seats": seats, "k": "3"})
    assert answer.status_code == 409
    assert wu.get(f"/notices/{project}").status_code == 404
