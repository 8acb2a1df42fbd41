"""Records through their services: who may form and sign them, when, and what the log and the verifier make of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bidding.core.canonical import dumps, loads, sha
from bidding.core.errors import Forbidden, NotFound
from bidding.db import db
from bidding.opening.papers import document, presentation, queries, rules, service
from bidding.opening.papers.rules import CHECKS, Kind, Of, Seen
from bidding.opening.rules import NotClosed
from bidding.opening.sitting import rules as sittings
from bidding.tenders import queries as tenders
from tests.opening.sitting.test_service import ADMINISTRATOR, HOST, SUPERVISOR, Hall

ALL_SEEN = dict.fromkeys(CHECKS, Seen.YES)


class Papers:
    """The people of one hall, acting through the services of its records."""

    def __init__(self, tender):
        self.hall = Hall(tender)
        self.centre, self.uid = tender.centre, tender.uid

    def __getattr__(self, name):
        act = getattr(service, name)

        def _act(login, *args, **kwargs):
            with self.centre.act(login) as tx:
                return act(tx, self.uid, *args, **kwargs)

        return _act

    def witness(self, login=SUPERVISOR, **changes):
        now = self.centre.clock.now()
        given = {"stay": (now - timedelta(hours=1), now), "checks": ALL_SEEN, "problems": "", "opinion": ""}
        return self.write_witness(login, **{"name": self.name(login), **given, **changes})

    def name(self, login):
        with self.centre.act(login) as tx:
            return tx.actor.name

    def extras(self):
        project = tenders.notice(db.session, self.uid)
        scans = queries.scans(db.session, project.id, Of.OPENING)
        return document.extras(project.code, scans, queries.videos(db.session, project.id))

    def paper(self, kind):
        project = tenders.notice(db.session, self.uid)
        return queries.paper(db.session, project.id, kind)


@pytest.fixture
def papers(opened):
    return Papers(opened)


@pytest.fixture
def short(centre, tender):
    """A tender that two bid for."""
    for number in (1, 2):
        tender.submit(number, tender.seal(number, [], price_fen=1_200_000_000 + number))
    tender.close()
    return Papers(tender)


def test_the_supervisors_record_is_hashed_into_the_log_signed_and_verified(papers, tmp_path):
    row = papers.witness(checks={**ALL_SEEN, "recording": Seen.NO}, problems="2 号机没有画面")
    found = papers.paper(Kind.WITNESS)
    assert row.sha256 == sha(row.body).hex()
    assert dumps(loads(row.body)).decode() == row.body
    assert [each.name for each in found.signatures] == [papers.name(SUPERVISOR)]
    assert papers.hall.notes()[-2:] == [
        ("witness-record", {"sha256": row.sha256}),
        ("record-signature", {"record": row.sha256, "as": "supervisor"}),
    ]
    told = presentation.told(db.session, tenders.notice(db.session, papers.uid), found)
    assert told["problems"] == "2 号机没有画面"
    assert len(told["points"]) == len(CHECKS)
    assert len(told["shares"]) == 3
    assert papers.hall.report(tmp_path / "opening.zip").accepted


def test_one_record_of_a_kind_and_one_signature_of_a_person(papers):
    papers.witness()
    with pytest.raises(rules.WrittenAlready):
        papers.witness()
    sha256 = papers.paper(Kind.WITNESS).row.sha256
    with pytest.raises(sittings.SignedAlready):
        papers.sign(SUPERVISOR, Kind.WITNESS, name=papers.name(SUPERVISOR), sha256=sha256)
    with pytest.raises(sittings.OtherRecord):
        papers.sign(HOST, Kind.WITNESS, name=papers.name(HOST), sha256="00" * 32)
    with pytest.raises(sittings.OtherName):
        papers.sign(HOST, Kind.WITNESS, name="别人", sha256=sha256)
    papers.sign(HOST, Kind.WITNESS, name=papers.name(HOST), sha256=sha256)
    papers.sign(ADMINISTRATOR, Kind.WITNESS, name=papers.name(ADMINISTRATOR), sha256=sha256)
    assert len(papers.paper(Kind.WITNESS).signatures) == 3


def test_only_a_supervisor_forms_it_and_a_wrong_name_forms_nothing(papers):
    for login in (HOST, ADMINISTRATOR, "t1"):
        with pytest.raises(Forbidden):
            papers.witness(login)
    with pytest.raises(sittings.OtherName):
        papers.witness(name="别人")
    assert papers.paper(Kind.WITNESS) is None
    with pytest.raises(NotFound):
        papers.sign(HOST, Kind.WITNESS, name=papers.name(HOST), sha256="00" * 32)


def test_a_tenderer_signs_only_where_it_was_present(papers):
    papers.hall.publish_list(HOST)
    papers.hall.sign_in(1)
    sha256 = papers.witness().sha256
    papers.sign("t1", Kind.WITNESS, name=papers.name("t1"), sha256=sha256)
    with pytest.raises(sittings.NotPresent):
        papers.sign("t2", Kind.WITNESS, name=papers.name("t2"), sha256=sha256)


def test_before_the_close_and_before_the_box_is_open_there_is_nothing_to_witness(centre, tender):
    papers = Papers(tender)
    with pytest.raises(NotClosed):
        papers.witness()
    for number in (1, 2, 3):
        tender.submit(number, tender.seal(number, [], price_fen=1_200_000_000 + number))
    tender.close()
    with pytest.raises(rules.NothingToSay):
        papers.witness()
    with pytest.raises(rules.NoFailure):
        papers.write_failed(HOST, name=papers.name(HOST))


def test_a_tender_with_two_bids_has_its_record_with_count_article_and_what_follows(short):
    row = short.write_failed(HOST, name=short.name(HOST))
    told = presentation.told(db.session, tenders.notice(db.session, short.uid), short.paper(Kind.FAILED))
    [lot] = told["lots"]
    assert (lot["when"], lot["count"], lot["least"]) == ("close", 2, 3)
    assert "招标投标法第28条" in told["article"]
    assert "重新招标" in lot["after"]
    assert lot["by"] == "工程建设项目施工招标投标办法第38条"
    short.sign(SUPERVISOR, Kind.FAILED, name=short.name(SUPERVISOR), sha256=row.sha256)
    assert short.witness().kind is Kind.WITNESS  # a failed opening was witnessed, too
    with pytest.raises(Forbidden):
        short.write_failed(SUPERVISOR, name=short.name(SUPERVISOR))


def test_a_scan_sent_twice_is_one_and_its_hash_stands_in_the_log(papers):
    digest = "ab" * 32
    first = papers.attach(HOST, Of.OPENING, name="记录.pdf", size=9, sha256=digest)
    assert papers.attach(SUPERVISOR, Of.OPENING, name="again.pdf", size=9, sha256=digest).id == first.id
    assert papers.hall.notes() == [("record-scan", {"record": "opening", "sha256": digest})]
    with pytest.raises(Forbidden):
        papers.attach("t1", Of.OPENING, name="x.pdf", size=9, sha256="cd" * 32)


def test_a_video_is_noted_with_its_hours_by_the_centre_or_the_supervisor(papers):
    begins = papers.centre.clock.now() - timedelta(hours=1)
    ends = begins + timedelta(minutes=50)
    papers.note_video(ADMINISTRATOR, camera=" 第一开标室  2 号机 ", hours=(begins, ends))
    [(kind, data)] = papers.hall.notes()
    assert (kind, data["camera"], data["to"] - data["from"]) == ("record-video", "第一开标室 2 号机", 3000)
    with pytest.raises(rules.EndsTooEarly):
        papers.note_video(SUPERVISOR, camera="1", hours=(ends, ends))
    with pytest.raises(rules.CameraMissing):
        papers.note_video(SUPERVISOR, camera=" ", hours=(begins, ends))
    with pytest.raises(Forbidden):
        papers.note_video(HOST, camera="1", hours=(begins, ends))


# Taking back ------------------------------------------------------------------------------------------------------


def test_a_scan_is_taken_back_by_whoever_attached_it_and_what_stays_says_so(papers, tmp_path):
    digest = "ab" * 32
    scan = papers.attach(HOST, Of.OPENING, name="身份证.pdf", size=9, sha256=digest)
    papers.withdraw_scan(HOST, scan.id, reason=" 传错了文件 ")
    with pytest.raises(rules.WithdrawnAlready):
        papers.withdraw_scan(HOST, scan.id, reason="again")
    said, kept = papers.extras()["scans"][0]["withdrawn"], papers.hall.notes()
    assert (said["statement"]["reason"], said["statement"]["as"]) == ("传错了文件", "host")
    of = {"record": "opening", "sha256": digest}
    assert kept == [
        ("record-scan", of),
        ("record-scan-withdrawn", {"of": of, "as": "host", "why": sha(dumps(said["statement"])).hex()}),
    ]
    assert "身份证" not in dumps(papers.extras()).decode()
    again = papers.attach(HOST, Of.OPENING, name="记录.pdf", size=9, sha256=digest)
    assert again.id != scan.id
    report = papers.hall.report(tmp_path / "opening.zip")
    assert report.accepted
    assert [each.params["what"] for each in report.findings if each.code == "extra.withdrawn"] == [digest]


def test_only_who_attached_it_and_supervisors_take_back_and_they_say_why(papers):
    scan = papers.attach(ADMINISTRATOR, Of.OPENING, name="a.pdf", size=9, sha256="ab" * 32)
    with pytest.raises(rules.OthersAttachment):
        papers.withdraw_scan(HOST, scan.id, reason="x")
    with pytest.raises(Forbidden):
        papers.withdraw_scan("t1", scan.id, reason="x")
    with pytest.raises(sittings.WordsMissing):
        papers.withdraw_scan(SUPERVISOR, scan.id, reason=" ")
    with pytest.raises(NotFound):
        papers.withdraw_scan(SUPERVISOR, scan.id + 1, reason="x")
    papers.withdraw_scan(SUPERVISOR, scan.id, reason="有个人信息")
    assert papers.extras()["scans"][0]["withdrawn"]["statement"]["as"] == "supervisor"


def test_a_video_is_taken_back_by_whoever_noted_it_or_a_supervisor(papers, tmp_path):
    begins = papers.centre.clock.now() - timedelta(hours=1)
    hours = (begins, begins + timedelta(minutes=50))
    first, second = [papers.note_video(by, camera="1", hours=hours) for by in (ADMINISTRATOR, SUPERVISOR)]
    with pytest.raises(rules.OthersAttachment):
        papers.withdraw_video(ADMINISTRATOR, second.id, reason="x")
    with pytest.raises(Forbidden):
        papers.withdraw_video(HOST, first.id, reason="x")
    for row in (first, second):  # two notes of the same hours are two
        papers.withdraw_video(SUPERVISOR, row.id, reason="机位写错")
    report = papers.hall.report(tmp_path / "opening.zip")
    assert report.accepted
    assert [each.code for each in report.findings].count("extra.withdrawn") == 2
