"""The pages of a prequalification's corrections, by clicks that a browser without JavaScript would send."""

from __future__ import annotations

from io import BytesIO

import pytest

from bidding.core.canonical import sha
from bidding.messages.kinds import Kind
from tests.clarifications.announcing import LATER, SLIGHT, AnnouncedDesk
from tests.prequalification.conftest import holding, keys, rulebook  # noqa: F401 — fixtures
from tests.prequalification.holding import FILE


@pytest.fixture
def desk(holding):  # noqa: F811
    return AnnouncedDesk(holding)


def test_from_the_desk_to_the_published_correction_by_clicks(desk, client, client_as):
    zhou, wu, li = client_as("zhou"), client_as("wu"), client_as("li")
    own = desk.holding.applied(desk.uid, "li")["li"]
    page = f"/prequalifications/{desk.uid}/clarifications"
    assert page in zhou.get(f"/projects/{desk.uid}/prequalification").text
    assert li.get(page).status_code == 403
    draft = zhou.post(page).headers["Location"]
    form = zhou.get(draft)
    assert 'name="available_until_on"' in form.text
    assert "ceiling_" not in form.text
    typed = {
        "available_until_on": "2026-11-30",
        "examined_on": "2026-12-07",
        "note": "胶装。",
        **_stands(desk),
    }
    early = zhou.post(
        draft, data={**typed, "closes_at": "2026-12-04T14:30", "affects": "yes", "reason": "改装订"}
    )
    refused = zhou.get(early.headers["Location"])
    assert "只能延后" in refused.text
    assert "提交复核" not in refused.text
    zhou.post(draft, data={**typed, "closes_at": "2026-12-14T14:30", "affects": "yes", "reason": "改装订"})
    new = {"replaces": sha(FILE).hex(), "file": (BytesIO(b"%PDF-1.7 new"), "更正.pdf")}
    assert zhou.post(f"{draft}/files", data=new, content_type="multipart/form-data").status_code == 303
    preview = zhou.get(f"{draft}/preview")
    assert "招标投标法实施条例第21条" in preview.text
    assert zhou.post(f"{draft}/submit").status_code == 303
    assert draft in wu.get("/").text
    assert wu.post(f"{draft}/publish").status_code == 303
    notice = client.get(f"{page}/1")
    assert "<del>资格预审文件.pdf</del>" in notice.text
    assert "2026-12-14 14:30" in notice.text
    with client.get(f"{page}/1.pdf") as paper:
        assert paper.data.startswith(b"%PDF")
    assert sha(client.get(f"{page}/1.json").data).hex() in notice.text
    public = client.get(f"/prequalifications/{desk.uid}").text
    assert f"{page}/1" in public
    assert "<del>资格预审文件.pdf</del>" in public
    assert "2026-12-12" in public, "objections run to the later deadline"
    assert f"{page}/1" in li.get(f"/applications/{own.uid}").text


def test_who_follows_is_told_and_a_calendar_moves_its_entry(desk, client, client_as):
    page = f"/prequalifications/{desk.uid}"
    zhao = client_as("zhao")
    assert "/follow" in zhao.get(page).text
    assert zhao.post(f"{page}/follow").status_code == 303
    before = client.get(f"{page}.ics").text
    assert "DTSTART:20261207T063000Z" in before
    assert "SEQUENCE:0" in before
    desk.corrected(closes_at=LATER, **SLIGHT)
    after = client.get(f"{page}.ics").text
    assert "DTSTART:20261214T063000Z" in after
    assert f"SEQUENCE:{7 * 24 * 60}" in after
    assert "zhao" in desk.told(Kind.PREQUALIFICATION_LATER)
    assert zhao.post(f"{page}/unfollow").status_code == 303
    desk.corrected({"phone": "1"}, **SLIGHT)
    assert "zhao" not in desk.told(Kind.PREQUALIFICATION_CLARIFIED)
    assert client_as("zhou").post(f"{page}/follow").status_code == 403


def _stands(desk):
    names = ("summary", "term", "place", "approval", "funding", "qualification", "policies", "owner_address")
    names += ("owner_contact", "agency_address", "contact", "phone", "media")
    return {name: getattr(desk.holding.stands(desk.uid)[0], name) for name in names}
