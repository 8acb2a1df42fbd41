"""A tender in two envelopes, from the notice to what the verifier says: technical first, the price later."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from bidding.award import queries as awards
from bidding.core.canonical import Malformed, loads
from bidding.core.clock import SHANGHAI
from bidding.core.errors import Forbidden, NotFound
from bidding.db import db
from bidding.opening import queries, rules, service
from bidding.opening.attachments import Vault
from bidding.opening.client import open_package
from bidding.opening.keycheck import key_checks
from bidding.opening.offline import service as offline
from bidding.opening.papers.rules import PRICE_CHECKS
from bidding.opening.sitting import rules as sittings
from bidding.opening.todo import waiting
from bidding.outages.rules import PricesFixed
from bidding.story.play import BETWEEN, FACTS, Tender, Told
from bidding.tenders import queries as tenders
from bidding.tenders.kinds import Envelopes
from bidding.verification.findings import Mark
from bidding.verification.verify import verify
from tests.opening.papers.test_routes import PNG
from tests.opening.sitting.test_service import HOST, SUPERVISOR, Hall, name_of, sign
from tests.outages.playing import draft_prices, postpone_prices, weekday
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
    with pytest.raises(PricesFixed):
        draft_prices(closed.centre, closed.uid, closed.closes_at + 9 * BETWEEN)


def test_where_nobody_passed_no_price_is_opened_there_is_no_sitting_and_nothing_is_owed(
    closed, app, tmp_path
):
    closed.open(KEYS)
    closed.review(dict.fromkeys((1, 2, 3), "没有实质响应"))
    closed.centre.wait(closed.closes_at + BETWEEN)
    closed.centre.cosign()
    with pytest.raises(rules.NobodyPassed):
        fetch(closed)
    with pytest.raises(rules.NobodyPassed):
        Hall(closed, stage=2).publish_list(HOST)
    assert "没有一家通过技术评审" in app.test_client().get(f"/hall/{closed.uid}/screen").text
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
    records = [public.get(f"/hall/{closed.uid}/record{asked}").text for asked in ("", "?stage=2")]
    assert ["12,000,000.03" in page for page in records] == [False, True]
    assert ["业绩不足" in page for page in records] == [False, True]
    assert public.get(f"/opening/{closed.uid}/record.pdf?stage=2").data.startswith(b"%PDF")
    for asked in ("0", "3", "two", ""):
        assert public.get(f"/hall/{closed.uid}/record?stage={asked}").status_code == 404
    assert sign_in(app, "zhou").get(address).status_code == 404  # the prices' shares are in


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
    assert "这个项目不能离线开启" in page
    assert "下载离线开标包" not in page


# The sitting of the second opening ---------------------------------------------------------------------------------


@pytest.fixture
def second(closed):
    """The second opening at its time: the second of three did not pass, and the first opening had no sitting."""
    closed.open(KEYS)
    closed.review({2: "业绩不足"})
    closed.centre.wait(closed.closes_at + BETWEEN)
    closed.centre.cosign()
    return Hall(closed, stage=2)


def shanghai(instant):
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M:%S")


def finished(hall, places, *present):
    """A sitting from the list to the end, with the sheets open; the digest of its record."""
    hall.publish_list(HOST)
    for number in present:
        hall.sign_in(number)
    hall.read_all(places)
    hall.close_lines(HOST)
    sha256 = hall.close_record(HOST).record_sha256
    for login in (HOST, SUPERVISOR, *(f"t{number}" for number in present)):
        sign(hall, login, sha256)
    hall.end(HOST)
    return sha256


def test_each_opening_has_its_own_sitting_with_its_own_record(closed, tmp_path):
    closed.open(KEYS)
    first, second = Hall(closed), Hall(closed, stage=2)
    finished(first, (1, 2, 3), 1)
    closed.review({2: "业绩不足"})
    closed.centre.clock.set(closed.closes_at + BETWEEN - sittings.SIGN_IN_OPENS)
    second.sign_in(1)
    closed.centre.wait(closed.closes_at + BETWEEN)
    closed.centre.cosign()
    second.publish_list(HOST)
    second.sign_in(2)  # who failed may be there, object and sign
    closed.open(KEYS, stage=2)
    second.read_all((1, 2))
    second.confirm_line("t1", second.bid(1))
    with pytest.raises(sittings.OutOfTurn):
        second.confirm_line("t2", second.bid(2))
    raised = second.raise_objection("t2", "评审理由不成立")
    second.answer(HOST, raised.id, "请在规定期限内书面提出异议。")
    second.close_lines(HOST)
    unfinished = second.report(tmp_path / "unfinished.zip")
    assert unfinished.refusals == []
    assert "sitting.unfinished" in marks(unfinished, Mark.NOTE)
    row = second.close_record(HOST)
    for login in (HOST, SUPERVISOR, "t1", "t2"):
        sign(second, login, row.record_sha256)
    second.end(HOST)
    record = loads(row.record)
    assert record["stage"] == 2
    assert [line["answer"] for line in record["lines"]] == ["agrees", "absent"]
    assert [(each["bid"], each["reason"]) for each in record["sealed"]] == [(second.bid(2), "业绩不足")]
    assert [each["words"] for each in record["objections"]] == ["评审理由不成立"]
    report = second.report(tmp_path / "opening.zip")
    assert report.refusals == []
    told = {each.params["stage"]: each.params for each in report.findings if each.code == "sitting"}
    assert told[1]["read"] == 3
    assert told[2] == {
        "stage": 2,
        "read": 2,
        "objections": 1,
        "signed": 4,
        "record": row.record_sha256,
    }
    assert first.view().read == 3  # what was done in one is not in the other
    assert first.view().objections == []


def test_the_result_is_published_at_its_hour_after_the_review_and_the_first_sitting(closed):
    second = Hall(closed, stage=2)
    closed.open(KEYS)
    Hall(closed).publish_list(HOST)
    with pytest.raises(sittings.TooEarlyForPrices):
        second.sign_in(1)
    with pytest.raises(sittings.TooEarlyForResult):
        second.publish_list(HOST)
    closed.centre.clock.set(closed.closes_at + BETWEEN)
    with pytest.raises(rules.NotReviewed):
        second.publish_list(HOST)
    closed.review({})
    with pytest.raises(sittings.Unfinished):
        second.publish_list(HOST)
    with pytest.raises(NotFound):
        Hall(closed, stage=3).publish_list(HOST)


def test_who_signed_in_for_an_hour_that_is_moved_signs_in_again(closed, app, tmp_path):
    closed.open(KEYS)
    second = Hall(closed, stage=2)
    closed.centre.clock.set(closed.closes_at + BETWEEN - timedelta(minutes=30))
    second.sign_in(1)
    later = weekday(closed.closes_at + BETWEEN)
    postpone_prices(SimpleNamespace(centre=closed.centre, folder=tmp_path), closed.uid, later)
    assert "报价开标会" not in app.test_client().get(f"/hall/{closed.uid}").text  # the doors are shut again
    with pytest.raises(sittings.TooEarlyForPrices):
        second.sign_in(1)
    closed.review({})
    closed.centre.clock.set(later)
    second.publish_list(HOST)
    assert [guest.attendance for guest in second.view().guests] == [None] * 3


def test_once_the_result_is_out_it_is_not_said_anew_and_what_stops_the_sitting_stops_the_package(second):
    second.publish_list(HOST)
    with pytest.raises(rules.NoReviewNow):
        second.tender.review({})
    with pytest.raises(sittings.OutOfTurn):
        Hall(second.tender).publish_list(HOST)  # the first sitting begins no more
    with pytest.raises(PricesFixed):
        draft_prices(second.centre, second.uid, second.centre.clock.now() + timedelta(days=9))
    second.suspend(HOST, "停电")
    second.confirm_suspension(SUPERVISOR)
    with pytest.raises(sittings.Suspended):
        fetch(second.tender)
    second.resume(SUPERVISOR, "来电了")
    second.confirm_resumption(HOST)
    assert [each.reason for each in second.view().suspensions] == ["停电"]
    assert Hall(second.tender).view().suspensions == []


def test_the_second_sitting_by_its_pages(second, app):
    tender, place = second.tender, f"/hall/{second.uid}"
    host, sun, t1, public = (
        sign_in(app, HOST),
        sign_in(app, SUPERVISOR),
        sign_in(app, "t1"),
        app.test_client(),
    )

    def post(client, act, **fields):
        return client.post(f"{place}/{act}?stage=2", data=fields).status_code

    assert "公布评审结果" in host.get(place).text
    assert post(t1, "sign-in", **{"sign_in-person": "李代表", "sign_in-acknowledged": "y"}) == 303
    assert post(sun, "list") == 403
    assert post(host, "list") == 303
    assert "李代表" in public.get(place).text
    tender.open(KEYS, stage=2)
    before = public.get(f"{place}/board")
    assert post(host, "read", **{"read-place": "1"}) == 303
    again = public.get(f"{place}/board", headers={"If-None-Match": before.headers["ETag"]})
    assert "正在唱标" in again.text
    assert "12,000,000.01" in public.get(f"{place}/screen").text
    assert "请确认您单位的一览表" in t1.get(place).text
    assert post(t1, "line", **{"line-bid": second.bid(1)}) == 303
    assert post(host, "read", **{"read-place": "2"}) == 303
    assert post(host, "close-lines") == 303
    assert post(host, "close-record") == 303
    sha256 = second.view().sitting.record_sha256
    assert public.get(f"{place}/record.json?stage=2").data.decode() == second.view().sitting.record
    assert public.get(f"{place}/record.json").status_code == 404
    for who, login in ((host, HOST), (sun, SUPERVISOR), (t1, "t1")):
        fields = {"sign-name": name_of(second, login), "sign-sha256": sha256}
        assert post(who, "sign", **fields) == 303
    assert post(host, "end") == 303
    record = public.get(f"{place}/record?stage=2").text
    for words in ("报价开标记录", "李代表", "业绩不足", "12,000,000.01", sha256):
        assert words in record
    assert public.get(f"/opening/{second.uid}/record.pdf?stage=2").data.startswith(b"%PDF-")
    assert "开标会结束" in public.get(f"{place}/screen").text
    witnessed(second, host, sun, public)


def witnessed(second, host, sun, public):
    """The supervisor writes a record of the second opening too, and scans are kept apart from the first one's."""
    place = f"/hall/{second.uid}/papers/price-witness"
    assert "没有通过技术评审的，报价信封没有开启" in sun.get(place).text
    now = second.centre.clock.now()
    fields = {
        "write-arrived_at": shanghai(now - timedelta(hours=1)),
        "write-left_at": shanghai(now),
        "write-name": name_of(second, SUPERVISOR),
        **{f"write-point_{code}": "yes" for code in PRICE_CHECKS},
    }
    assert host.post(place, data=fields).status_code == 403
    assert sun.post(place, data=fields).status_code == 303
    made = loads(public.get(f"{place}.json").data)
    assert (made["stage"], len(made["shares"])) == (2, 3)
    assert public.get(f"{place}.pdf").data.startswith(b"%PDF-")
    assert public.get(f"/hall/{second.uid}/papers/witness.json").status_code == 404
    for record in ("prices", "price-witness"):
        scan = {"scan-scan": (io.BytesIO(PNG), f"{record}.png")}
        assert sun.post(f"/hall/{second.uid}/scans/{record}", data=scan).status_code == 303
    assert "prices.png" in sun.get(f"/hall/{second.uid}/record?stage=2").text
    assert "prices.png" not in sun.get(f"/hall/{second.uid}/record").text
