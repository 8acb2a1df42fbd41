"""A small comparison on one page: eight fields, the paper made or uploaded, the second person, the notice."""

from __future__ import annotations

import io
import re

import pytest

from bidding.db import db
from bidding.tenders.kinds import Stage
from bidding.tenders.models import Document, Project
from tests.tenders.drafting import FILE, SMALL
from tests.tenders.service.test_draft import project_of

FIELDS = {
    "title": "档案馆屋面维修",
    "owner_name": "明川县档案馆",
    "summary": "屋面防水 800 平方米，30 日内完工。",
    "budget_fen": "100000",
    "ceiling_fen": "98,000.00",
    "qualification": "营业执照在有效期内。",
    "closes_at": "2026-11-30T14:30",
}


def post(client, fields=FIELDS, *, of="template=repair", file=(b"", "")):
    data = dict(fields) | {"file": (io.BytesIO(file[0]), file[1])}
    return client.post(f"/projects/quick?{of}", data=data, content_type="multipart/form-data")


def uid_of(answer):
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"].split("/")[2]


def inputs(page):
    """The names of what is asked, in order; not what is hidden."""
    found = re.findall(r"<(?:input|textarea|select)\b[^>]*>", page.partition("<main")[2])
    return [re.search(r'name="([^"]+)"', tag)[1] for tag in found if 'type="hidden"' not in tag]


def test_it_asks_for_eight_fields_with_the_earliest_slot_and_where_that_comes_from(client_as, rulebook):
    zhou = client_as("zhou")
    assert "template=repair" in zhou.get("/projects/quick").text
    page = zhou.get("/projects/quick?template=repair").text
    assert inputs(page) == [*FIELDS, "file"]
    assert len(inputs(page)) == 8
    assert 'value="2026-11-30T14:30"' in page  # Monday 23rd: five days end on a Saturday
    assert "5 日 · 本中心设定" in page
    assert "安全生产许可证在有效期内" in page


def test_eight_fields_make_a_whole_draft_with_its_paper_ready_to_be_handed_over(client_as, rulebook, blobs):
    zhou = client_as("zhou")
    uid = uid_of(post(zhou))
    page = zhou.get(f"/projects/{uid}/preview").text
    assert "提交复核" in page
    project = project_of(uid)
    (document,) = project.documents
    assert (document.name, document.template) == ("比选文件.pdf", "repair")
    with blobs.open(document.sha256) as file:
        assert file.read(5) == b"%PDF-"
    assert project.contact
    assert project.phone
    assert project.award_method.startswith("经评审的最低价法")
    assert zhou.post(f"/projects/{uid}/submit").status_code == 303
    assert project_of(uid).stage is Stage.SUBMITTED
    assert "提交复核" not in zhou.get(f"/projects/{uid}/preview").text


def test_a_file_of_ones_own_takes_the_papers_place(client_as, rulebook):
    uid = uid_of(post(client_as("zhou"), file=(FILE, "自编比选文件.pdf")))
    (document,) = project_of(uid).documents
    assert (document.name, document.template, document.size) == ("自编比选文件.pdf", None, len(FILE))


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("title", "", "请填写这一项"),
        ("title", "长" * 201, "最多 200 个字符"),
        ("budget_fen", "十万", "不是金额"),
        ("budget_fen", "0", "预算要大于零"),
        ("ceiling_fen", "100000.01", "超过了预算"),
        ("closes_at", "2026-11-22T14:30", "已经过去"),
        ("closes_at", "昨天", "请填写日期和时间"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_nothing_is_written_and_the_rest_is_kept(
    field, value, told, client_as, rulebook
):
    answer = post(client_as("zhou"), FIELDS | {field: value}, file=(FILE, "自编.pdf"))
    assert answer.status_code == 422
    assert told in answer.text
    assert "文件请重新选一次" in answer.text
    assert "屋面防水 800 平方米" in answer.text
    assert db.session.query(Project).count() == 0


def test_an_empty_file_is_refused_and_not_silently_replaced_by_the_paper(client_as, rulebook):
    answer = post(client_as("zhou"), file=(b"", "空.pdf"))
    assert answer.status_code == 422
    assert db.session.query(Document).count() == 0


def test_an_earlier_comparison_of_ones_own_is_begun_from_with_its_contact_and_way_of_award(
    client_as, written, cast
):
    earlier = project_of(written(SMALL))
    zhou = client_as("zhou")
    assert f"from={earlier.uid}" in zhou.get("/projects/quick").text
    page = zhou.get(f"/projects/quick?from={earlier.uid}").text
    assert f'value="{SMALL.title}"' in page
    made = project_of(uid_of(post(zhou, of=f"from={earlier.uid}")))
    assert made.origin.source_id == earlier.id
    assert (made.award_method, made.phone) == (SMALL.award_method, SMALL.phone)


def test_nobody_begins_from_what_is_no_comparison_or_not_their_own(client_as, written, rival):
    works, small = written(), written(SMALL)
    assert client_as("zhou").get(f"/projects/quick?from={works}").status_code == 404
    feng = client_as("feng")
    assert small not in feng.get("/projects/quick").text
    assert feng.get(f"/projects/quick?from={small}").status_code == 404
    assert post(feng, of=f"from={small}").status_code == 404
    assert post(feng, of="template=gone").status_code == 404
    for login in ("li", "sun", "wang"):
        assert client_as(login).get("/projects/quick").status_code == 403
        assert post(client_as(login)).status_code == 403


def test_a_paper_made_of_what_was_said_before_holds_the_draft_back_until_it_is_made_anew(client_as, rulebook):
    zhou = client_as("zhou")
    uid = uid_of(post(zhou))
    before = project_of(uid).documents[0].sha256
    zhou.post(f"/projects/{uid}/edit", data=FIELDS | {"title": "改了名的维修", "envelopes": "one"})
    assert zhou.post(f"/projects/{uid}/submit").status_code == 422
    assert "内容后来改了" in zhou.get(f"/projects/{uid}").text
    assert zhou.post(f"/projects/{uid}/files/make").status_code == 303
    (document,) = project_of(uid).documents
    assert document.sha256 != before
    assert "内容后来改了" not in zhou.get(f"/projects/{uid}").text


def test_a_works_tender_has_no_paper_made_and_a_rival_makes_none(client_as, written, rival):
    works, small = written(), written(SMALL)
    assert client_as("zhou").post(f"/projects/{works}/files/make").status_code == 422
    assert "标准比选文件" not in client_as("zhou").get(f"/projects/{works}/files").text
    assert client_as("feng").post(f"/projects/{small}/files/make").status_code == 404
    assert client_as("zhou").post(f"/projects/{small}/files/make").status_code == 303
    assert [each.template for each in project_of(small).documents] == [None, "repair"]
