from __future__ import annotations

import io
import re

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from bidding.core.canonical import loads
from bidding.core.errors import Forbidden, NotFound
from bidding.db import db
from bidding.ledger.models import Leaf
from bidding.opening import queries
from bidding.opening.paper import rules
from bidding.opening.paper.queries import bag as bag_view
from bidding.opening.rules import NotOpened
from bidding.sealing.offer import FieldMissing
from bidding.story.cast import tenderer
from bidding.submissions.paper.models import Bag
from tests.bags import bring, publish, read
from tests.opening.parts import bundle, project_of
from tests.people import sign_in


@pytest.fixture
def further(tmp_path, attachment):
    def mixed(centre, _):
        made = publish(centre, tmp_path / "tender")
        made.submit(1, made.seal(1, [attachment], price_fen=1_200_000_000))
        for number in (2, 3):
            bring(made, number)
        made.submit(3, made.seal(3, [attachment], price_fen=1_190_000_000))
        made.close()
        return made

    return {"mixed": ("centre", mixed)}


@pytest.fixture
def mixed(laid):
    """Two sealed bids and two bags, one of which is a double; closed."""
    bags = db.session.scalars(select(Bag).order_by(Bag.id)).all()
    db.session.expunge_all()
    db.session.rollback()
    return laid[1], bags


def sheets(tender):
    found = queries.opened(db.session(), project_of(tender).id)
    return [(sheet.place, sheet.on_paper, sheet.fields.get("price_fen"), sheet.verdict) for sheet in found]


def text_of(tender):
    """The opening record on paper, without spaces."""
    data = tender.centre.app.test_client().get(f"/opening/{tender.uid}/record.pdf").data
    return re.sub(r"\s+", "", "".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages))


def test_two_persons_type_a_bag_and_it_stands_among_the_sheets_in_its_place(mixed, tmp_path, app):
    tender, (bag, _) = mixed
    with pytest.raises(NotOpened):
        read(tender, bag.uid, "zhou")
    tender.open(["reform", "finance", "notary"])
    assert sheets(tender) == [(1, False, 1_200_000_000, None), (3, False, 1_190_000_000, None)]
    hall = app.test_client().get(f"/hall/{tender.uid}").text
    assert "还有 1 袋" in hall
    assert not read(tender, bag.uid, "zhou")
    with pytest.raises(rules.SecondPerson):
        read(tender, bag.uid, "zhou")
    assert read(tender, bag.uid, "wang", price_fen="11900000")
    with pytest.raises(rules.AlreadyRead):
        read(tender, bag.uid, "wu")
    assert sheets(tender)[1] == (2, True, 1_190_000_000, None)
    hall = app.test_client().get(f"/hall/{tender.uid}").text
    assert "纸质送达" in hall
    assert app.test_client().get(f"/hall/{tender.uid}/screen").status_code == 200
    assert app.test_client().get(f"/opening/{tender.uid}/record.pdf").data.startswith(b"%PDF-")
    report = bundle(tender, tmp_path)
    assert report.accepted, report.refusals
    codes = [finding.code for finding in report.findings]
    assert {"paper.double", "paper.unseen"} <= set(codes)
    assert [sheet.on_paper for sheet in report.sheets] == [False, True, False]


def test_what_differs_is_named_by_field_and_typed_again_by_both(mixed):
    tender, (bag, _) = mixed
    tender.open(["reform", "finance", "notary"])
    read(tender, bag.uid, "zhou")
    assert not read(tender, bag.uid, "wang", price_fen="11,900,000.01", days="181")
    project = project_of(tender)
    assert bag_view(db.session(), project, bag.uid).differing == ["days", "price_fen"]
    db.session.rollback()
    assert not read(tender, bag.uid, "wang")
    assert bag_view(db.session(), project_of(tender), bag.uid).differing == ["days", "price_fen"]
    db.session.rollback()
    assert read(tender, bag.uid, "zhou")
    assert len(sheets(tender)) == 3


def test_a_bag_without_a_sheet_is_void_if_both_say_so(mixed, tmp_path):
    tender, (bag, _) = mixed
    tender.open(["reform", "finance", "notary"])
    read(tender, bag.uid, "zhou", void="empty")
    assert not read(tender, bag.uid, "wang", void="unreadable")
    read(tender, bag.uid, "zhou", void="empty")
    assert read(tender, bag.uid, "wang", void="empty")
    assert sheets(tender)[1] == (2, True, None, "paper")
    record = text_of(tender)
    assert "纸质的启封后无效：袋内没有一览表" in record
    assert "未开启" not in record
    assert "paper.empty" in [finding.code for finding in bundle(tender, tmp_path).findings]


def test_the_double_stays_shut_and_is_proved_to_be_one(mixed):
    tender, (bag, double) = mixed
    tender.open(["reform", "finance", "notary"])
    rows = db.session.scalars(select(Leaf.event).where(Leaf.type == "paper-sheet"))
    (told,) = [loads(row) for row in rows]
    assert (told["bag"], told["void"]) == (double.uid, "double")
    db.session.rollback()
    with pytest.raises(NotFound):
        read(tender, double.uid, "zhou")
    record = text_of(tender)
    assert f"{bag.reference}{tenderer(2)[0].name}" in record
    assert "还没有启封录入" in record
    assert "以网上的为准" in record
    assert "以网上的为准" in tender.centre.app.test_client().get(f"/hall/{tender.uid}").text


def test_what_cannot_be_typed_is_refused_at_its_field_and_strangers_type_nothing(mixed, app):
    tender, (bag, _) = mixed
    tender.open(["reform", "finance", "notary"])
    with pytest.raises(FieldMissing):
        read(tender, bag.uid, "zhou", price_fen="")
    for login in ("sun", "t1"):
        with pytest.raises(Forbidden):
            read(tender, bag.uid, login)
    page = sign_in(app, "zhou").get(f"/opening/{tender.uid}/bags/{bag.uid}")
    assert page.status_code == 200
    answer = sign_in(app, "zhou").post(
        f"/opening/{tender.uid}/bags/{bag.uid}", data={"price_fen": "七百", "days": "1"}
    )
    assert answer.status_code == 422
    answer = sign_in(app, "zhou").post(f"/opening/{tender.uid}/bags/{bag.uid}", data={"void": "empty"})
    assert answer.status_code == 303
    assert "等另一人录入" in sign_in(app, "zhou").get(f"/opening/{tender.uid}/bags").text
    blind = sign_in(app, "wang").get(f"/opening/{tender.uid}/bags/{bag.uid}").text
    assert 'value="empty" selected' not in blind
    assert sign_in(app, "t2").get(f"/opening/{tender.uid}/bags").status_code == 403


def test_what_the_original_leaves_empty_is_typed_empty_but_not_its_price(mixed, tmp_path):
    tender, (bag, _) = mixed
    tender.open(["reform", "finance", "notary"])
    with pytest.raises(FieldMissing):
        read(tender, bag.uid, "zhou", price_fen="")
    read(tender, bag.uid, "zhou", quality="", days=" ")
    assert read(tender, bag.uid, "wang", quality="", days="")
    assert tender.centre.app.test_client().get(f"/hall/{tender.uid}").status_code == 200
    assert bundle(tender, tmp_path).accepted


def test_a_tender_with_nothing_but_bags_is_opened_by_the_trustees_all_the_same(centre, tmp_path):
    made = publish(centre, tmp_path / "tender")
    bags = [bring(made, number) for number in (1, 2, 3)]
    made.close()
    made.open(["reform", "finance", "notary"])
    for number, bag in enumerate(bags):
        for login in ("zhou", "wang"):
            read(made, bag.uid, login, price_fen=str(11_000_000 + number))
    assert [row[0] for row in sheets(made)] == [1, 2, 3]
    report = bundle(made, tmp_path)
    assert report.accepted, report.refusals
    assert db.session.scalar(select(Bag.bid_id)) is not None
