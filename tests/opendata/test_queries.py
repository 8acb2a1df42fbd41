"""What is a process and what is none, and that what was told is told for good."""

from __future__ import annotations

import gzip
import json

import pytest
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from bidding.db import db
from bidding.opendata import queries, rules
from bidding.opendata.models import Release
from bidding.tenders.kinds import Family, Method, Stage
from bidding.tenders.models import Project


@pytest.mark.parametrize(
    "changed",
    [
        {"stage": Stage.SUBMITTED},
        {"stage": Stage.PREQUALIFYING},
        {"family": Family.PROPERTY, "method": Method.ASSET_TRANSFER},
        {"family": Family.PROPERTY, "method": Method.LEASE},
        {"is_round": True},
    ],
    ids=["not-out", "prequalifying", "sold", "let", "round"],
)
def test_what_is_not_out_sold_let_or_a_round_is_no_process(tender, begin, client, ocid, write, changed):
    named = ocid(tender)
    with begin() as tx:
        tx.session.query(Release).delete()
        tx.session.execute(update(Project).where(Project.uid == tender.uid).values(**changed))
    for kind in ("releases", "record"):
        assert client.get(f"/opendata/processes/{named}/{kind}.json").status_code == 404
    assert write() == 0


@pytest.mark.parametrize("stage", [Stage.PUBLISHED, Stage.SUSPENDED, Stage.TERMINATED])
def test_a_purchase_that_was_out_once_stays_a_process(tender, begin, package, stage):
    with begin() as tx:
        tx.session.execute(update(Project).where(Project.uid == tender.uid).values(stage=stage))
    assert len(package(tender)["releases"]) == 1


def test_another_prefix_changes_no_process_that_was_told(app, tender, client, ocid, write, package):
    write()
    before = package(tender)
    app.config["OCID_PREFIX"] = "ocds-abc123"
    assert package(tender) == before
    renamed = ocid(tender).replace("ocds-000000", "ocds-abc123")
    assert client.get(f"/opendata/processes/{renamed}/releases.json").status_code == 404


def test_before_the_first_release_is_written_the_prefix_is_the_centres(app, tender, begin, client, ocid):
    with begin() as tx:
        tx.session.query(Release).delete()
    app.config["OCID_PREFIX"] = "ocds-abc123"
    renamed = ocid(tender).replace("ocds-000000", "ocds-abc123")
    assert (
        json.loads(client.get(f"/opendata/processes/{renamed}/releases.json").data)["releases"][0]["ocid"]
        == renamed
    )
    assert client.get(f"/opendata/processes/{ocid(tender)}/releases.json").status_code == 404


def test_what_was_written_is_told_whatever_the_mapping_would_say_today(tender, begin, write, package):
    write()
    (told,) = package(tender)["releases"]
    with begin() as tx:
        row = tx.session.query(Release).one()
        row.body = row.body.replace('"initiationType":"tender",', "")
    del told["initiationType"]
    assert package(tender)["releases"] == [told]


def test_a_fact_has_one_release(tender, begin, write):
    write()
    with begin() as tx:
        row = tx.session.query(Release).one()
        known = {"project_id": row.project_id, "ocid": row.ocid, "released_at": row.released_at}
        tx.session.add(Release(**known, key=row.key, body="{}"))
        with pytest.raises(IntegrityError):
            tx.session.flush()
        tx.session.rollback()


def test_addresses_are_those_of_the_centre_as_the_settings_say(app, client, tender, package):
    app.config["PUBLIC_URL"] = "https://bids.example.gov.cn"
    found = package(tender)
    assert found["uri"].startswith("https://bids.example.gov.cn/opendata/processes/")
    documents = found["releases"][0]["tender"]["documents"]
    assert {each["url"].split("/notices/")[0] for each in documents} == {"https://bids.example.gov.cn"}


def test_waiting_is_only_what_was_published_between_the_instants(tender, begin):
    with begin() as tx:
        tx.session.query(Release).delete()
    session = db.session
    at = session.query(Project.published_at).filter_by(uid=tender.uid).scalar()
    tick = at.resolution
    assert len(queries.unwritten(session, since=at, until=at + tick)) == 1
    assert queries.unwritten(session, since=at + tick) == []
    assert queries.unwritten(session, until=at) == []


def test_months_are_counted_and_those_without_a_release_left_out(opened, begin, write):
    opened.award()
    write()
    session = db.session
    counted = dict(queries.months(session))
    assert sum(counted.values()) == session.query(Release).count() == 3
    for name, count in counted.items():
        assert queries.count_in(session, rules.span(name)) == count


def test_a_release_that_fails_to_be_made_is_left_out_of_the_month_and_the_others_are_told(
    tender, begin, client, write
):
    write()
    with begin() as tx:
        source = tx.session.query(Project).filter_by(uid=tender.uid).one()
        values = {
            column.name: getattr(source, column.name)
            for column in Project.__table__.columns
            if column.name not in ("id", "log_id")
        }
        tx.session.execute(insert(Project).values(**values | {"uid": "broken", "code": "B", "notice": "{}"}))
    month = rules.months(source.published_at, source.published_at)[0]
    found = json.loads(client.get(f"/opendata/releases/{month}.json").data)
    assert len(found["releases"]) == 1


def test_what_waits_is_told_with_the_month_before_it_is_written(tender, begin, client):
    with begin() as tx:
        at = tx.session.query(Project.published_at).filter_by(uid=tender.uid).scalar()
        tx.session.query(Release).delete()
    month = rules.months(at, at)[0]
    assert len(json.loads(client.get(f"/opendata/releases/{month}.json").data)["releases"]) == 1
    with client.get(f"/opendata/bulk/{month}.jsonl.gz") as packed:
        assert gzip.decompress(packed.data).count(b"\n") == 1
