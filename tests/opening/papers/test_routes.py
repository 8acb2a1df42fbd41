"""Records by their pages: formed, signed, on paper, with scans and videos, and nothing of it before the close."""

from __future__ import annotations

import io
from datetime import timedelta

import pypdf
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from bidding.opening.papers.rules import CHECKS
from bidding.story.cast import PASSWORD
from tests.opening.sitting.test_service import ADMINISTRATOR, HOST, SUPERVISOR
from tests.people import sign_in

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


def filled(clock, **changes):
    """The witness form as the supervisor sends it."""
    now = clock.now()
    shown = "%Y-%m-%dT%H:%M:%S"
    return {
        "write-arrived_at": (now + timedelta(hours=7)).strftime(shown),
        "write-left_at": (now + timedelta(hours=8)).strftime(shown),
        "write-name": "孙建国",
        **{f"write-point_{code}": "yes" for code in CHECKS},
        **changes,
    }


def test_a_supervisor_forms_the_record_and_everybody_reads_it_as_page_paper_and_data(
    app, client, opened, clock
):
    place = f"/hall/{opened.uid}/papers/witness"
    assert "还没有监督记录" in client.get(place).text
    assert client.get(f"{place}.pdf").status_code == 404
    sun = sign_in(app, SUPERVISOR)
    with opened.centre.act(SUPERVISOR) as tx:
        name = tx.actor.name
    form = filled(clock, **{"write-name": name})
    unsaid = sun.post(place, data={**form, "write-point_words": "no"})
    assert unsaid.status_code == 422
    assert "请在“发现的问题”里写明" in unsaid.text
    assert sun.post(place, data={**form, "write-point_words": ""}).status_code == 422
    assert (
        sun.post(place, data={**form, "write-point_words": "no", "write-problems": "没有念"}).status_code
        == 303
    )
    page = client.get(place).text
    assert "没有念" in page
    assert name in page
    data = client.get(f"{place}.json")
    assert data.json["checks"]["words"] == "no"
    paper = client.get(f"{place}.pdf").data
    assert len(PdfFileReader(io.BytesIO(paper)).embedded_signatures) == 1
    text = "".join(each.extract_text() for each in pypdf.PdfReader(io.BytesIO(paper)).pages)
    assert "监督记录" in text
    assert "没有念" in text
    client.set_cookie("language", "en")
    assert "Witness record" in client.get(place).text


def test_a_failed_tender_has_its_record_and_one_that_did_not_has_none(app, client, centre, tender):
    place = f"/hall/{tender.uid}/papers/failed"
    assert client.get(place).status_code == 404
    for number in (1, 2):
        tender.submit(number, tender.seal(number, [], price_fen=1_200_000_000 + number))
    tender.close()
    hall = client.get(f"/hall/{tender.uid}").text
    assert place in hall
    assert "少于 3 份" in client.get(place).text
    host = sign_in(app, HOST, stepped_up=False)
    with centre.act(HOST) as tx:
        form = {"write-name": tx.actor.name}
    assert host.post(place, data=form).status_code == 422  # it binds: the password, too
    assert host.post(place, data={**form, "write-step_up_password": PASSWORD}).status_code == 303
    sun = sign_in(app, SUPERVISOR)
    page = sun.get(place).text
    assert "重新招标" in page
    sha256 = page.split('name="sign-sha256"')[1].split('value="')[1].split('"')[0]
    with centre.act(SUPERVISOR) as tx:
        signed = {"sign-name": tx.actor.name, "sign-sha256": sha256}
    assert sun.post(f"{place}/sign", data=signed).status_code == 303
    paper = client.get(f"{place}.pdf").data
    text = "".join(each.extract_text() for each in pypdf.PdfReader(io.BytesIO(paper)).pages)
    assert "流标记录" in text
    assert sha256[:32] in text.replace("\n", "")


def test_where_nothing_failed_there_is_no_such_record(client, opened):
    assert client.get(f"/hall/{opened.uid}/papers/failed").status_code == 404
    assert "papers/failed" not in client.get(f"/hall/{opened.uid}").text


def test_before_the_close_these_pages_are_not_there_for_anybody(app, client, tender):
    for kind in ("witness", "failed"):
        for end in ("", ".pdf", ".json"):
            assert client.get(f"/hall/{tender.uid}/papers/{kind}{end}").status_code == 404
    assert sign_in(app, SUPERVISOR).get(f"/hall/{tender.uid}/papers/witness").status_code == 404
    scan = {"scan-scan": (io.BytesIO(PNG), "a.png")}
    assert sign_in(app, HOST).post(f"/hall/{tender.uid}/scans/opening", data=scan).status_code == 404


def test_scans_are_looked_at_kept_listed_and_given_as_attachments_to_those_who_may(app, client, opened):
    place = f"/hall/{opened.uid}/scans/opening"
    host = sign_in(app, HOST)
    refused = host.post(place, data={"scan-scan": (io.BytesIO(b"<html>"), "记录.pdf")})
    assert refused.status_code == 422
    assert "不是 PDF、JPG 或 PNG 文件" in refused.text
    assert host.post(place, data={}).status_code == 422
    limit, app.config["MAX_DOCUMENT"] = app.config["MAX_DOCUMENT"], len(PNG) - 1
    assert host.post(place, data={"scan-scan": (io.BytesIO(PNG), "a.png")}).status_code == 413
    app.config["MAX_DOCUMENT"] = limit
    assert host.post(place, data={"scan-scan": (io.BytesIO(PNG), "开标记录.png")}).status_code == 303
    page = client.get(f"/hall/{opened.uid}/record").text
    assert "开标记录.png" in page
    assert "/scans/1" not in page
    for login in (HOST, SUPERVISOR, ADMINISTRATOR):
        with sign_in(app, login).get(f"/hall/{opened.uid}/scans/1") as got:
            assert got.data == PNG
            assert got.headers["Content-Disposition"].startswith("attachment")
            assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert sign_in(app, "t1").get(f"/hall/{opened.uid}/scans/1").status_code == 403
    assert client.get(f"/hall/{opened.uid}/scans/1").status_code in (302, 401)
    assert host.get(f"/hall/{opened.uid}/scans/2").status_code == 404
    record = client.get(f"/opening/{opened.uid}/record.pdf").data
    text = "".join(each.extract_text() for each in pypdf.PdfReader(io.BytesIO(record)).pages)
    assert "签字扫描件" in text


@pytest.mark.parametrize(
    ("login", "status"), [(ADMINISTRATOR, 303), (SUPERVISOR, 303), (HOST, 403), ("t1", 403)]
)
def test_videos_are_noted_by_the_centre_and_the_supervisor(app, client, opened, login, status):
    form = {
        "video-camera": "第一开标室 2 号机",
        "video-begins_at": "2026-12-14T09:00",
        "video-ends_at": "2026-12-14T10:00",
    }
    assert sign_in(app, login).post(f"/hall/{opened.uid}/videos/opening", data=form).status_code == status
    shown = "第一开标室 2 号机" in client.get(f"/hall/{opened.uid}/record").text
    assert shown is (status == 303)


def test_a_scan_that_was_taken_back_is_struck_out_everywhere_and_given_to_nobody(app, client, opened):
    host, sun = sign_in(app, HOST), sign_in(app, SUPERVISOR)
    hall = f"/hall/{opened.uid}"
    host.post(f"{hall}/scans/opening", data={"scan-scan": (io.BytesIO(PNG), "张三身份证.png")})
    place = f"{hall}/scans/1/withdraw"
    assert place in host.get(f"{hall}/record").text
    assert place in sun.get(f"{hall}/record").text
    wang = sign_in(app, ADMINISTRATOR)
    assert place not in wang.get(f"{hall}/record").text
    assert "不能恢复" in host.get(place).text
    assert host.post(place, data={}).status_code == 422
    refused = wang.post(place, data={"reason": "x"})
    assert refused.status_code == 403
    assert "只有本人和监督人员可以撤回" in refused.text
    assert sign_in(app, "t1").post(place, data={"reason": "x"}).status_code == 403
    assert host.post(place, data={"reason": "传错了文件"}).status_code == 303
    assert host.post(place, data={"reason": "传错了文件"}).status_code == 409
    page = client.get(f"{hall}/record").text
    assert "传错了文件" in page
    assert "张三身份证" not in page
    assert "张三身份证" in sun.get(f"{hall}/record").text
    for login in (HOST, SUPERVISOR, ADMINISTRATOR):
        gone = sign_in(app, login).get(f"{hall}/scans/1")
        assert gone.status_code == 410
        assert PNG not in gone.data
    assert sign_in(app, "t1").get(f"{hall}/scans/1").status_code == 403
    said = client.get(f"{hall}/extras.json").json
    assert said["scans"][0]["withdrawn"]["statement"]["reason"] == "传错了文件"
    record = client.get(f"/opening/{opened.uid}/record.pdf").data
    text = "".join(each.extract_text() for each in pypdf.PdfReader(io.BytesIO(record)).pages)
    assert "已撤回" in text
    assert "身份证" not in text


def test_a_video_that_was_taken_back_stays_struck_out(app, client, opened):
    form = {
        "video-camera": "第一开标室 2 号机",
        "video-begins_at": "2026-12-14T09:00",
        "video-ends_at": "2026-12-14T10:00",
    }
    wang, hall = sign_in(app, ADMINISTRATOR), f"/hall/{opened.uid}"
    wang.post(f"{hall}/videos/opening", data=form)
    place = f"{hall}/videos/opening/1/withdraw"
    assert place in wang.get(f"{hall}/record").text
    assert sign_in(app, HOST).get(place).status_code == 403
    assert wang.post(place, data={"reason": "机位写错"}).status_code == 303
    page = client.get(f"{hall}/record").text
    assert "<s class" in page
    assert "机位写错" in page
