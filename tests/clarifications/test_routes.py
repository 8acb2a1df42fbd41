"""The pages of questions, answers and corrections: who sees them, what they say, and what a wrong input gets."""

from __future__ import annotations

import hashlib
import io
import re
from datetime import timedelta

import pytest

from bidding.clarifications.rules import FACTS
from bidding.core.clock import SHANGHAI
from bidding.db import db
from bidding.identity.models import Account, Organisation
from tests.clarifications.correcting import DAY, HOUR, QUESTION
from tests.outages.playing import sign
from tests.people import sign_in


@pytest.fixture
def visitor(app):
    return lambda login=None: sign_in(app, login) if login else app.test_client()


def address(uid, *more):
    return "/".join((f"/notices/{uid}/clarifications", *more))


def written(desk, **said):
    """What the form of a draft sends where nothing was touched, with something else."""
    project = desk.project
    lot = project.lots[0]
    return {
        **{name: getattr(project, name) for name in FACTS},
        "ceiling_1": f"{lot.ceiling_fen // 100}",
        **said,
    }


def begin(client, uid, *questions):
    answer = client.post(address(uid), data={"questions": list(questions)})
    assert answer.status_code == 303, answer.text
    return answer.location


def local(instant):
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")


def test_a_question_is_asked_and_found_by_its_receipt_and_nobody_sees_whose_it_is(desk, visitor, app):
    uid, page = desk.uid, f"/notices/{desk.uid}/questions"
    asker = visitor("t1")
    assert page in asker.get(f"/notices/{uid}").text
    assert page in visitor().get(f"/notices/{uid}").text  # by way of the sign-in
    assert page not in visitor("zhou").get(f"/notices/{uid}").text  # an agency is shown no door that is shut
    short = asker.post(page, data={"body": "为何？"})
    assert (short.status_code, "问题请写" in short.text, "为何？" in short.text) == (422, True, True)
    taken = asker.post(page, data={"body": QUESTION})
    assert (taken.status_code, taken.location) == (303, page)
    told = asker.get(page).text
    receipt = re.search(r"回执号 ([0-9a-z]{16})", told)[1]
    assert receipt not in asker.get(page).text  # once
    assert "没有找到这个回执号" in asker.post(f"{page}/receipt", data={"receipt": "x"}).text
    found = asker.post(f"{page}/receipt", data={"receipt": receipt})
    assert QUESTION in found.text
    assert "等候答复" in found.text
    with app.app_context():
        name = db.session.query(Account).filter_by(login="t1").one().organisation.name
    for login in ("zhou", "sun", "wang"):
        staff = visitor(login)
        assert QUESTION not in staff.get(address(uid)).text
    desk.centre.clock.advance(HOUR)
    for login in ("zhou", "sun", "wang"):
        staff = visitor(login)
        text = staff.get(address(uid)).text
        assert QUESTION in text
        assert name not in text
        assert receipt not in text
        assert not re.search(r"\d\d:\d\d", text[text.index(QUESTION) : text.index(QUESTION) + 300])
    assert QUESTION not in visitor().get(f"/notices/{uid}").text  # only with its answer
    assert "答复提问" in visitor("zhou").get("/").text


def test_answers_go_from_the_desk_to_the_notice(desk, visitor):
    uid = desk.uid
    desk.ask()
    desk.centre.clock.advance(HOUR)
    agency, second, public = visitor("zhou"), visitor("wu"), visitor()
    (question,) = [each.uid for each in desk.waiting()]
    draft = begin(agency, uid, question)
    assert QUESTION in agency.get(draft).text
    data = written(
        desk, asked=QUESTION, answer="提供，见图纸附件三。", affects="no", harmless_because="文件里已有"
    )
    assert agency.post(draft, data=data).location == f"{draft}/preview"
    preview = agency.get(f"{draft}/preview").text
    assert "公告和文件都不改" in preview
    assert agency.post(f"{draft}/submit").status_code == 303
    assert agency.post(f"{draft}/publish").status_code == 403  # the same person
    assert "复核答疑、更正" in second.get("/").text
    assert second.post(f"{draft}/return", data={"back_reason": ""}).status_code == 422
    assert second.post(f"{draft}/publish").status_code == 303
    notice = public.get(f"/notices/{uid}").text
    assert "提供，见图纸附件三。" in notice
    assert "本公告有更正" not in notice
    assert second.get(f"{draft}/preview").location == address(uid, "1")
    text = public.get(address(uid, "1.json"))
    assert hashlib.sha256(text.data).hexdigest() in public.get(address(uid, "1")).text
    assert public.get(address(uid, "2")).status_code == 404
    assert "已经发布" in visitor("sun").get("/messages").text


def test_a_correction_shows_before_and_after_and_the_notice_says_it_from_then_on(desk, visitor):
    uid = desk.uid
    agency, second, public = visitor("zhou"), visitor("wang"), visitor()
    draft = begin(agency, uid)
    above = agency.post(draft, data=written(desk, ceiling_1="99999999999", reason="设计变更"))
    assert (above.status_code, "超过了预算" in above.text, "设计变更" in above.text) == (422, True, True)
    old = desk.project.documents[0].sha256
    upload = {"replaces": old, "file": (io.BytesIO(b"%PDF-1.7 two"), "第二版.pdf")}
    assert agency.post(f"{draft}/files", data=upload, content_type="multipart/form-data").status_code == 303
    data = written(desk, term="180 日历天", ceiling_1="12500000", affects="yes", reason="设计变更")
    assert agency.post(draft, data=data).status_code == 303
    preview = agency.get(f"{draft}/preview").text
    assert "最高限价降低" in preview
    assert "招标投标法第23条、招标投标法实施条例第21条" in preview
    assert re.search(r"<del>[^<]*<span[^>]*>删去：</span>", preview)
    agency.post(f"{draft}/submit")
    new = hashlib.sha256(b"%PDF-1.7 two").hexdigest()
    with second.get(f"{draft}/files/{new}") as answer:
        assert answer.data == b"%PDF-1.7 two"
    assert second.post(f"{draft}/publish").status_code == 303
    notice = public.get(f"/notices/{uid}").text
    for words in (
        "本公告有更正：第 1 号",
        "180 日历天",
        "12,500,000.00",
        "由更正替换，不再适用",
        "第二版.pdf",
    ):
        assert words in notice
    for digest in (old, new):
        with public.get(f"/notices/{uid}/files/{digest}") as answer:
            assert answer.status_code == 200
    assert desk.tender.facts.term in public.get(f"/notices/{uid}/notice.json").json["term"]


def test_a_later_deadline_goes_by_the_two_seats_and_the_calendar_follows(desk, visitor):
    uid, later = desk.uid, desk.project.closes_at + 7 * DAY
    agency, second, supervisor, public = visitor("zhou"), visitor("wu"), visitor("sun"), visitor()
    draft = begin(agency, uid)
    agency.post(
        draft, data=written(desk, term="180 日历天", affects="yes", reason="变更", closes_at=local(later))
    )
    text = agency.get(f"{draft}/preview").text
    assert "对招标文件提出异议，须早于截止" in text
    agency.post(f"{draft}/submit")
    assert second.post(f"{draft}/publish").status_code == 303
    assert "已复核，等两席签延期" in supervisor.get(f"{draft}/preview").text
    assert f"{draft}/preview" in supervisor.get(f"/notices/{uid}/deadline").text
    assert "180 日历天" not in public.get(f"/notices/{uid}").text
    for role in ("agency", "supervisor"):
        sign(desk.centre, uid, desk.folder, role)
    notice = public.get(f"/notices/{uid}").text
    assert "180 日历天" in notice
    assert notice.count("更正公告：截止时间延期") == 0  # one banner, the correction's own
    calendar = public.get(f"/notices/{uid}.ics").data.replace(b"\r\n ", b"")
    assert b"SEQUENCE:1" in calendar
    assert f"DTSTART:{later:%Y%m%dT%H%M%SZ}".encode() in calendar
    assert "截止时间延期" in second.get("/messages").text


def test_a_draft_is_thrown_away_and_what_is_not_there_is_not_found(desk, visitor):
    uid, agency = desk.uid, visitor("zhou")
    draft = begin(agency, uid)
    assert agency.post(f"{draft}/files/{'a' * 64}/remove").status_code == 404
    assert agency.get(f"{draft}/files/{'a' * 64}").status_code == 404
    assert agency.post(f"{draft}/drop").status_code == 303
    assert agency.get(f"{draft}/preview").status_code == 404
    assert agency.get(draft).status_code == 409


@pytest.mark.parametrize("login", [None, "t1", "t2"])
def test_strangers_and_rivals_see_no_draft(desk, visitor, login):
    draft = begin(visitor("zhou"), desk.uid)
    client, refused = visitor(login), (302 if login is None else 403)
    for path in (draft, f"{draft}/preview", address(desk.uid)):
        assert client.get(path).status_code == refused
    for path in ("submit", "publish", "return", "drop", "files"):
        assert client.post(f"{draft}/{path}").status_code == (401 if login is None else 403)


def test_after_the_deadline_there_is_nothing_to_ask_and_nothing_to_draft(desk, visitor):
    uid = desk.uid
    desk.centre.clock.set(desk.project.closes_at + timedelta(minutes=1))
    asker, agency = visitor("t1"), visitor("zhou")
    assert "提问已经截止" in asker.get(f"/notices/{uid}/questions").text
    assert asker.post(f"/notices/{uid}/questions", data={"body": QUESTION}).status_code == 409
    assert "起草答复、更正" not in agency.get(address(uid)).text
    assert agency.post(address(uid)).status_code == 409


# In a browser, in every state

PIPES = "管材环刚度不低于 SN8 是否包含支管？请明确主干管与支管各自的要求。"
ANSWER = "提供，见图纸附件三；主干管环刚度改为不低于 SN10。"
NEW_SUMMARY, NEW_TERM, REASON = "主干管环刚度不低于 SN10。", "180 日历天", "设计变更"
NEW_FILE, CENTRE = "招标文件第二版.pdf", "政务服务中心招投标交易中心"


@pytest.mark.browser
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages_can_be_read_and_reached(desk, visitor, seen, language):
    uid = desk.uid
    desk.ask()
    desk.ask(PIPES, who="t2")
    desk.centre.clock.advance(HOUR)
    agency, problems = visitor("zhou"), []

    def look(login, *addresses):
        client = visitor(login)
        if language == "en":
            client.set_cookie("language", "en")
        visit = seen(client)
        for at in addresses:
            visit.reads(at, login, language, data_of(desk))
        problems.extend(visit.problems)

    look("zhou", address(uid))
    look("t1", f"/notices/{uid}/questions")
    draft = begin(agency, uid, *(each.uid for each in desk.waiting()))
    first = desk.project
    data = written(
        desk,
        answer=ANSWER,
        summary=first.summary + NEW_SUMMARY,
        term=NEW_TERM,
        ceiling_1="12500000",
        affects="yes",
        reason=REASON,
        closes_at=local(first.closes_at),
    )
    agency.post(draft, data=data)
    new = {"replaces": first.documents[0].sha256, "file": (io.BytesIO(b"%PDF-1.7 two"), NEW_FILE)}
    agency.post(f"{draft}/files", data=new, content_type="multipart/form-data")
    look("zhou", draft)
    desk.centre.clock.set(first.closes_at - 12 * DAY)
    agency = visitor("zhou")
    look("zhou", f"{draft}/preview")  # refused: too near the deadline
    agency.post(draft, data={**data, "closes_at": local(first.closes_at + 7 * DAY)})
    agency.post(f"{draft}/submit")
    look("wu", f"{draft}/preview")
    visitor("wu").post(f"{draft}/publish")
    look("sun", f"{draft}/preview", f"/notices/{uid}/deadline")
    for role in ("agency", "supervisor"):
        sign(desk.centre, uid, desk.folder, role)
    look("t1", address(uid, "1"), f"/notices/{uid}")
    assert problems == []


def data_of(desk):
    """What people wrote, and so is in no catalogue: the longest first."""
    project = desk.project
    names = [name for (name,) in db.session.query(Organisation.name)]
    names += [name for (name,) in db.session.query(Account.name)]
    texts = [getattr(project, name) for name in (*FACTS, "title", "owner_name")]
    texts += [lot.name for lot in project.lots] + [each.name for each in project.documents]
    texts += [text for row in project.scoring.rows for text in (row.item, row.how)]
    texts += [text for row in project.who_may.requirements for text in (row.what, row.proof)]
    texts.append(project.who_may.consortium_lead)
    texts += [
        desk.tender.facts.term,
        QUESTION,
        PIPES,
        ANSWER,
        REASON,
        NEW_SUMMARY,
        NEW_TERM,
        NEW_FILE,
        CENTRE,
        "中文",
    ]
    clauses = [clause for text in texts for clause in re.split("(?<=[，。；])", text)]
    return sorted({*names, *texts, *clauses} - {""}, key=len, reverse=True)
