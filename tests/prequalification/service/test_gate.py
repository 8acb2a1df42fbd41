"""Only who passed may bid (条例 36): asked at every door of the service by a stranger, a rival who failed, and one who passed."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pypdf
import pytest

from bidding.core.canonical import sha
from bidding.db import db
from bidding.identity.models import Account
from bidding.messages.kinds import Kind
from bidding.messages.models import Message
from bidding.prequalification.rules import NotQualified
from bidding.prequalification.service import gate
from bidding.submissions import reception, uploads
from bidding.submissions import service as submissions
from bidding.submissions.models import Attempt, Upload
from bidding.submissions.tus import Place
from bidding.tenders import queries as tenders
from tests.tenders import drafting

PLACE = Place("a" * 32, "files", 1)


@pytest.fixture
def tendered(holding, seats, newcomers):
    return holding.tendered(seats, applicants=("li", "zhao", "he", "ma"), failing=("zhao",))[0]


@pytest.fixture
def desk(app):
    return app.extensions["desk"]


@pytest.mark.parametrize("login", ["zhao", "guo"], ids=["a rival who failed", "a stranger"])
def test_nothing_of_a_bid_is_taken_from_whoever_has_not_passed(holding, desk, tendered, login):
    actor = holding.cast.actor(login)
    doors = (
        lambda: reception.begin_upload(desk, actor, tendered, PLACE, 100),
        lambda: reception.receive(desk, actor, tendered, "key", [b"package"]),
        lambda: reception.submit(desk, actor, tendered, {"manifest": {}}, "key"),
    )
    for door in doors:
        with pytest.raises(NotQualified, match="没有通过资格预审"):
            door()
    with holding.begin() as tx:
        assert tx.session.query(Upload).count() == 0
        assert tx.session.query(Attempt).count() == 0, "the log would tell that somebody tried"


def test_who_passed_begins_a_bid(holding, desk, tendered):
    assert reception.begin_upload(desk, holding.cast.actor("li"), tendered, PLACE, 100).offset == 0


def test_the_transaction_asks_again(holding, tendered):
    """Whatever the page has asked before: the row is written where it was asked."""
    with holding.begin(holding.cast.actor("guo")) as tx:
        project = tenders.notice(tx.session, tendered)
        with pytest.raises(NotQualified):
            submissions.require_bidder(tx.session, tx.actor, project)
        with pytest.raises(NotQualified):
            uploads.create(tx, tendered, PLACE, 1, None, None, 0)


def test_a_tender_that_is_examined_afterwards_asks_nobody(holding, seats):
    uid = drafting.published(holding.begin, holding.cast, holding.blobs, holding.keys, seats)
    with holding.begin(holding.cast.actor("zhao")) as tx:
        submissions.require_bidder(tx.session, tx.actor, tenders.notice(tx.session, uid))


MOMENT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("login", "takes"),
    [
        ("li", True),
        ("zhao", False),
        ("guo", False),
        ("feng", False),
        ("zhou", True),
        ("sun", True),
        ("wang", True),
    ],
)
def test_documents_go_to_those_who_passed_and_to_who_works_on_the_tender_or_watches_it(
    holding, tendered, rival, login, takes
):
    with holding.begin(holding.cast.actor(login)) as tx:
        project = tenders.notice(tx.session, tendered)
        before = project.closes_at - MOMENT
        assert gate.takes_documents(tx.session, tx.actor, project, before) is takes
        assert gate.takes_documents(tx.session, tx.actor, project, project.closes_at) is True


def test_everybody_reads_the_invitation_and_only_the_invited_its_files(holding, client, client_as, tendered):
    page = client.get(f"/notices/{tendered}")
    file = f"/notices/{tendered}/files/{sha(drafting.FILE).hex()}"
    assert "投标邀请书" in page.text
    assert sha(drafting.FILE).hex() in page.text
    assert file not in page.text
    refused = client.get(file)
    assert refused.status_code == 403
    assert "通过资格预审" in refused.text
    assert client_as("zhao").get(file).status_code == 403
    li = client_as("li")
    assert file in li.get(f"/notices/{tendered}").text
    with li.get(file) as answer:
        assert answer.data == drafting.FILE
    with client.get(f"/notices/{tendered}/notice.pdf") as paper:
        said = "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(paper.data)).pages)
    plain = "".join(said.split())
    assert "投标邀请书" in plain
    assert "致通过资格预审的申请人" in plain
    assert "招标公告" not in plain


def test_an_invitation_is_sent_to_each_who_passed_and_to_nobody_else(tendered):
    rows = db.session.query(Account.login).join(Message, Message.account_id == Account.id)
    told = rows.filter(Message.kind == Kind.INVITED_TO_TENDER)
    assert sorted(login for (login,) in told) == ["he", "li", "ma"]
