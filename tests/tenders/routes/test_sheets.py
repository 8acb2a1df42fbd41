"""The import by the page: template, dry run, drafts."""

from __future__ import annotations

import pytest

from bidding.db import db
from bidding.tenders.models import Project, ProjectSheet
from tests.tenders.filling import empty, filled, lot_row, project_row


def upload(client, data, name="计划.xlsx"):
    """Encoded here: the test client leaves a temporary file open for a body of some size."""
    head = f'--b\r\nContent-Disposition: form-data; name="sheet"; filename="{name}"\r\n\r\n'
    body = head.encode() + data + b"\r\n--b--\r\n"
    return client.post("/projects/import", data=body, content_type="multipart/form-data; boundary=b")


def projects():
    db.session.rollback()
    return db.session.query(Project).order_by(Project.id).all()


def test_the_template_is_handed_out(client_as, rulebook):
    answer = client_as("zhou").get("/projects/import/template.xlsx")
    assert answer.data[:2] == b"PK"
    assert "attachment" in answer.headers["Content-Disposition"]


def test_a_good_file_is_shown_first_and_becomes_drafts_when_it_is_confirmed(client_as, rulebook):
    zhou = client_as("zhou")
    answer = upload(zhou, filled([project_row()], [lot_row()]))
    assert answer.status_code == 303
    page = zhou.get(answer.headers["Location"]).text
    assert "检查无误" in page
    assert "100,000.00" in page
    assert projects() == []
    assert zhou.post(f"{answer.headers['Location']}/take").status_code == 303
    (made,) = projects()
    assert "从表格导入：计划.xlsx，第 2 行" in zhou.get(f"/projects/{made.uid}").text
    assert "已导入" in zhou.get(answer.headers["Location"]).text
    assert zhou.post(f"{answer.headers['Location']}/take").status_code == 409
    assert len(projects()) == 1


def test_every_fault_is_shown_with_its_place_and_nothing_is_written_even_if_taken(client_as, rulebook):
    zhou = client_as("zhou")
    where = upload(zhou, filled([project_row(title="")], [lot_row(budget_fen="十万")])).headers["Location"]
    page = zhou.get(where).text
    assert "有 2 处要改" in page
    for told in ("项目 C2", "标段 C2", "“十万”", "请填写这一项", "不是金额"):
        assert told in page
    assert "/take" not in page
    answer = zhou.post(f"{where}/take")
    assert answer.status_code == 422
    assert "还有 2 处要改" in answer.text
    assert projects() == []


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "文件是空的"),
        (b"x" * (5 * 2**20 + 1), "超过 5 MB"),
        (b"PK torn", "打不开"),
        (empty(), "一行也没有填"),
    ],
    ids=["nothing", "too much", "torn", "the empty template"],
)
def test_what_is_no_filled_template_is_refused_and_not_kept(data, told, client_as, rulebook):
    answer = upload(client_as("zhou"), data)
    assert answer.status_code == 422
    assert told in answer.text
    assert db.session.query(ProjectSheet).count() == 0


def test_a_rival_and_strangers_see_nothing_of_it(client_as, rulebook, rival):
    where = upload(client_as("zhou"), filled([project_row()])).headers["Location"]
    assert client_as("feng").get(where).status_code == 404
    assert client_as("feng").post(f"{where}/take").status_code == 404
    for login in ("li", "sun", "wang"):
        assert client_as(login).get(where).status_code == 403
        assert upload(client_as(login), filled([project_row()])).status_code == 403
    assert projects() == []
