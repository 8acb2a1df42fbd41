"""A tender in two envelopes, from the notice to what the verifier says: technical first, the price later."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta

import pytest

from bidding.award import queries as awards
from bidding.core.canonical import Malformed
from bidding.core.errors import Forbidden
from bidding.db import db
from bidding.opening import queries, rules, service
from bidding.opening.attachments import Vault
from bidding.opening.client import open_package
from bidding.opening.keycheck import key_checks
from bidding.opening.offline import service as offline
from bidding.opening.todo import waiting
from bidding.story.play import BETWEEN, FACTS, Tender, Told
from bidding.tenders import queries as tenders
from bidding.tenders.kinds import Envelopes
from bidding.verification.findings import Mark
from bidding.verification.verify import verify
from tests.people import sign_in

KEYS = ["reform", "finance", "notary"]


@pytest.fixture
def further(attachment, tmp_path):
    def closed(centre, _):
        tender = Tender(centre, tmp_path / "two", Told(), facts=replace(FACTS, envelopes=Envelopes.TWO))
        tender.publish()
        for number in (1, 2, 3):
            tender.submit(number, tender.seal(number, [attachment] * 6, price_fen=1_200_000_000 + number))
        tender.close()
        return tender

    return {"closed": ("centre", closed)}


@pytest.fixture
def closed(laid):
    """Three bids in two envelopes behind a closed gate, cosigned."""
    return laid[1]


def project_of(tender):
    db.session.rollback()
    return tenders.notice(db.session(), tender.uid)


def fetch(tender):
    with tender.centre.act("sun") as tx:
        return service.fetch_package(tx, tender.uid)


def zipped(tender, tmp_path):
    target = io.BytesIO()
    service.write_opening(db.session(), project_of(tender), tender.centre.sealed, target)
    path = tmp_path / "opening.zip"
    path.write_bytes(target.getvalue())
    return path


def marks(report, mark):
    return [finding.code for finding in report.findings if finding.mark is mark]


def test_the_first_opening_shows_no_price_and_the_second_does(closed, tmp_path):
    closed.open(KEYS)
    found = queries.opened(db.session(), project_of(closed).id)
    assert [sheet.fields["days"] for sheet in found] == [151, 152, 153]
    assert not any("price_fen" in sheet.fields for sheet in found)
    assert queries.sheets(db.session(), project_of(closed)) == []
    between = verify(zipped(closed, tmp_path))
    assert between.accepted
    assert "stage.waiting" in marks(between, Mark.NOTE)

    closed.review({2: "项目负责人业绩不满足招标文件第三章要求"})
    assert "review" not in marks(
        verify(zipped(closed, tmp_path)), Mark.HOLDS
    )  # announced at the second opening
    closed.centre.wait(closed.closes_at + BETWEEN)
    closed.centre.cosign()
    closed.open(KEYS, stage=2)
    prices = queries.sheets(db.session(), project_of(closed))
    assert [sheet.fields for sheet in prices] == [{"price_fen": 1_200_000_001}, {"price_fen": 1_200_000_003}]
    whole = verify(zipped(closed, tmp_path))
    assert whole.accepted
    assert {"review", "sheets"} <= set(marks(whole, Mark.HOLDS))
    assert "stage.sealed" in marks(whole, Mark.NOTE)
    assert [sheet.envelope for sheet in whole.sheets] == ["technical"] * 3 + ["offer"] * 2


def test_no_price_is_opened_before_its_hour_its_review_and_its_witness(closed):
    closed.open(KEYS)
    with pytest.raises(rules.TooEarly):
        fetch(closed)
    closed.centre.clock.set(closed.closes_at + BETWEEN)
    with pytest.raises(rules.NotReviewed):
        fetch(closed)
    closed.review({})
    assert fetch(closed)


def test_a_log_that_stood_still_grows_at_the_hour_of_the_prices_so_that_a_witness_can_date_it(closed):
    closed.open(KEYS)
    closed.review({})
    closed.centre.clock.set(closed.closes_at + BETWEEN)
    with pytest.raises(rules.NotWitnessed):
        fetch(closed)
    closed.centre.tick()
    closed.centre.tick()  # one cover is enough
    closed.centre.cosign()
    assert fetch(closed)


def test_shares_of_what_is_technical_open_no_price(closed):
    closed.open(KEYS)
    closed.review({})
    closed.centre.wait(closed.closes_at + BETWEEN)
    closed.centre.cosign()
    early = fetch(closed)
    with pytest.raises(Malformed, match="stage 2 opens at"):
        open_package(
            early,
            seed=closed.centre.trustees["reform"].seed,
            stage=2,
            now=closed.closes_at + BETWEEN - timedelta(minutes=1),
            entropy=closed.centre.entropy,
        )
    with closed.centre.act("sun") as tx:
        assert not service.open_stage(tx, closed.uid, closed.centre.sealed)


def test_who_stays_sealed_can_be_said_anew_until_the_first_shares_of_the_prices(closed):
    with pytest.raises(rules.NoReviewNow):
        closed.review({})
    closed.open(KEYS)
    with pytest.raises(rules.ReviewIncomplete):
        closed.review({2: "  "})
    closed.review({2: "签字不全"})
    closed.review({3: "签字不全"})
    assert queries.stays_sealed(db.session(), project_of(closed)) == {closed.received[3]: "签字不全"}
    closed.centre.wait(closed.closes_at + BETWEEN)
    closed.centre.cosign()
    closed.open(KEYS[:1], stage=2)
    with pytest.raises(rules.NoReviewNow):
        closed.review({})


def test_where_nobody_passed_no_price_is_opened_and_nothing_is_owed(closed, tmp_path):
    closed.open(KEYS)
    closed.review(dict.fromkeys((1, 2, 3), "没有实质响应"))
    closed.centre.wait(closed.closes_at + BETWEEN)
    closed.centre.cosign()
    with pytest.raises(rules.NobodyPassed):
        fetch(closed)
    report = verify(zipped(closed, tmp_path))
    assert report.accepted
    assert "stage.waiting" not in marks(report, Mark.NOTE)


def reviewed(closed, **failed):
    """What the agency types: everybody passed but those named by number, with the reason."""
    data = {}
    for number, uid in closed.received.items():
        reason = failed.get(f"t{number}")
        data |= {f"passed_{uid}": "no" if reason else "yes", f"reason_{uid}": reason or ""}
    return data


def test_the_hall_says_what_is_sealed_who_passed_and_at_last_the_prices(closed, app):
    centre = closed.centre
    closed.open(KEYS)
    zhou, public = sign_in(app, "zhou"), app.test_client()
    hall = public.get(f"/hall/{closed.uid}").text
    assert "技术开标表" in hall
    assert "报价信封封着" in hall
    assert f"/hall/{closed.uid}/review" in zhou.get(f"/hall/{closed.uid}").text
    address = f"/hall/{closed.uid}/review"
    assert "请写明没有通过的原因" in zhou.post(address, data=reviewed(closed, t2=" ")).text
    assert zhou.post(address, data=reviewed(closed, t2="业绩不足")).status_code == 303
    assert "业绩不足" in zhou.get(address).text
    assert "业绩不足" not in public.get(f"/hall/{closed.uid}").text
    centre.wait(closed.closes_at + BETWEEN)
    centre.cosign()
    assert "业绩不足" in public.get(f"/hall/{closed.uid}").text
    assert "受托人开报价信封" in sign_in(app, "sun").get(f"/hall/{closed.uid}").text
    assert "通过技术评审，要开报价的" in public.get(f"/hall/{closed.uid}/screen").text
    closed.open(KEYS, stage=2)
    hall = public.get(f"/hall/{closed.uid}").text
    assert "12,000,000.01" in hall
    assert "12,000,000.02" not in hall
    assert "12,000,000.03" in public.get(f"/hall/{closed.uid}/screen").text
    assert "12,000,000.03" in public.get(f"/hall/{closed.uid}/record").text
    assert public.get(f"/opening/{closed.uid}/record.pdf").data.startswith(b"%PDF")
    assert sign_in(app, "zhou").get(address).status_code == 404  # the prices' shares are in
    assert "业绩不足" in public.get(f"/hall/{closed.uid}/record").text


@pytest.mark.parametrize("login", ["sun", "wang", "t1"])
def test_nobody_but_the_agency_of_the_tender_says_who_passed(closed, app, login):
    closed.open(KEYS)
    assert sign_in(app, login).get(f"/hall/{closed.uid}/review").status_code in (403, 404)
    with closed.centre.act(login) as tx, pytest.raises(Forbidden):
        service.record_review(tx, closed.uid, {})


def test_attachments_of_the_price_are_read_after_its_opening_only(closed):
    def listed():
        actor = closed.centre.actor("zhou")
        found = Vault(db.session(), project_of(closed), actor, closed.centre.sealed).listed()
        return [(item.envelope, len(item.files)) for item in found]

    closed.open(KEYS)
    assert listed() == [("files", 4)] * 3
    closed.review({2: "业绩不足"})
    closed.centre.wait(closed.closes_at + BETWEEN)
    closed.centre.cosign()
    closed.open(KEYS, stage=2)
    assert listed() == [("files", 4), ("prices", 2), ("files", 4), ("files", 4), ("prices", 2)]


def test_between_two_openings_people_are_told_what_waits_for_them(closed):
    def waits(login):
        session, centre = db.session(), closed.centre
        with closed.centre.app.test_request_context():
            return [item.title for item in waiting(session, centre.actor(login), centre.clock.now())]

    review, prices = "登记技术评审结果", "开报价信封"
    closed.open(KEYS)
    assert any(title.startswith(review) for title in waits("zhou"))
    assert not any(title.startswith(review) for title in waits("sun"))
    closed.review({})
    closed.centre.wait(closed.closes_at + BETWEEN)
    closed.centre.cosign()
    assert not any(title.startswith(review) for title in waits("zhou"))
    assert any(title.startswith(prices) for title in waits("sun"))
    checks = key_checks(db.session(), closed.centre.clock.now())
    assert [check.opens_at for check in checks] == [closed.closes_at + BETWEEN]
    closed.open(KEYS, stage=2)
    assert not any(title.startswith(prices) for title in waits("sun"))
    assert key_checks(db.session(), closed.centre.clock.now()) == []


def test_a_result_waits_for_the_prices_or_for_everybody_to_have_failed(closed):
    def found():
        return awards.opened(db.session(), project_of(closed))

    closed.open(KEYS)
    assert found() is None
    closed.review(dict.fromkeys((1, 2, 3), "没有实质响应"))
    assert found().offers == {}
    closed.review({})
    assert found() is None
    closed.centre.wait(closed.closes_at + BETWEEN)
    closed.centre.cosign()
    closed.open(KEYS, stage=2)
    offer = found().offers["1"][0]
    assert (offer.fields["price_fen"], offer.fields["days"]) == (1_200_000_001, 151)
    assert closed.award() == offer.name


def test_an_opening_offline_is_refused_and_the_page_says_why(closed, app):
    centre = closed.centre
    with pytest.raises(rules.OneStageOffline), centre.act("zhou") as tx:
        offline.fetch(tx, closed.uid, centre.sealed, io.BytesIO())
    with pytest.raises(rules.OneStageOffline), centre.act("zhou") as tx:
        offline.bring_in(tx, closed.uid, {}, centre.sealed)
    zhou = sign_in(app, "zhou")
    assert "离线开标" not in zhou.get(f"/hall/{closed.uid}").text
    page = zhou.get(f"/opening/{closed.uid}/offline").text
    assert "这个项目不能离线开标" in page
    assert "下载离线开标包" not in page
