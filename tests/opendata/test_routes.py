"""What everybody's programs can fetch, of a tender that was played."""

from __future__ import annotations

import csv
import gzip
import io
import json

import pytest
from sqlalchemy import delete

from bidding.db import db
from bidding.opendata.models import Release
from tests.opendata.conformance import problems


def table(client, name, year):
    with client.get(f"/opendata/tables/{name}/{year}.csv") as answer:
        return list(csv.DictReader(io.StringIO(answer.text)))


def test_a_published_tender_is_a_process_at_once_and_conforms(tender, package):
    """Before the job has come by."""
    found = package(tender)
    assert [each["tag"] for each in found["releases"]] == [["planning", "tender"]]
    assert problems(found) == {}
    assert problems(package(tender, "record")) == {}


def test_what_is_written_is_what_was_told_before(tender, begin, package, write):
    with begin() as tx:
        tx.session.execute(delete(Release))
    before = package(tender)
    assert (write(), write()) == (1, 0)
    assert package(tender) == before


def test_before_the_opening_nothing_of_bids_is_told(three_in, package):
    text = json.dumps(package(three_in))
    assert '"bids"' not in text
    assert "numberOfTenderers" not in text


def test_of_an_opening_the_bids_are_told_and_it_conforms(opened, package, write):
    write()
    found = package(opened)
    last = found["releases"][-1]
    assert last["tag"] == ["tenderUpdate"]
    assert last["tender"]["numberOfTenderers"] == 3
    assert [each["value"] for each in last["bids"]["statistics"]] == [3]
    assert problems(found) == {}
    assert problems(package(opened, "record")) == {}


def test_the_end_is_an_award_and_earlier_releases_stay(opened, package):
    before = package(opened)["releases"]
    opened.award()
    after = package(opened)["releases"]
    assert after[: len(before)] == before
    assert after[-1]["tag"] == ["award"]
    record = package(opened, "record")
    assert record["records"][0]["compiledRelease"]["tender"]["status"] == "complete"
    assert problems(record) == {}


def test_every_address_in_a_package_leads_somewhere(client, opened, package):
    opened.award()
    found = package(opened)
    urls = {
        document["url"]
        for release in found["releases"]
        for section in ("planning", "tender")
        for document in release.get(section, {}).get("documents", [])
    }
    urls |= {d["url"] for r in found["releases"] for a in r.get("awards", []) for d in a["documents"]}
    assert urls
    for url in urls:
        with client.get(url.removeprefix("http://localhost")) as answer:
            assert answer.status_code == 200, url


def test_a_month_is_paged_and_its_file_has_the_same_releases(client, opened, package, write):
    write()
    months = sorted({f"{row.released_at:%Y-%m}" for row in db.session.query(Release)})
    told = []
    for month in months:
        answer = client.get(f"/opendata/releases/{month}.json")
        found = json.loads(answer.data)
        assert problems(found) == {}
        assert 'rel="first"' in ", ".join(answer.headers.getlist("Link"))
        with client.get(f"/opendata/bulk/{month}.jsonl.gz") as packed:
            lines = gzip.decompress(packed.data).decode().splitlines()
        assert [json.loads(line) for line in lines] == found["releases"]
        told += found["releases"]
    assert told == package(opened)["releases"]


@pytest.mark.parametrize("path", ["/opendata/bulk/{year}.jsonl.gz", "/opendata/processes/{ocid}/record.json"])
def test_who_has_it_already_is_not_sent_it_again(client, tender, clock, path, write, ocid):
    write()
    at = path.format(year=f"{clock.now():%Y}", ocid=ocid(tender))
    with client.get(at) as first:
        assert first.status_code == 200
    with client.get(at, headers={"If-None-Match": first.headers["ETag"]}) as again:
        assert (again.status_code, again.data) == (304, b"")


def test_the_tables_have_a_line_for_each_lot(client, opened, clock, ocid):
    opened.award()
    year = f"{clock.now():%Y}"
    notices, results = table(client, "notices", year), table(client, "results", year)
    assert [row["project"] for row in notices] == [ocid(opened).removeprefix("ocds-000000-")]
    assert [(row["outcome"], row["in_force"]) for row in results] == [("awarded", "true")]


@pytest.mark.parametrize("name", ["2026-13", "26-01", "2026-1", "x", "1999"])
def test_what_is_no_month_is_not_found(client, name):
    assert client.get(f"/opendata/bulk/{name}.jsonl.gz").status_code == 404
    assert client.get(f"/opendata/releases/{name}.json").status_code == 404
    assert client.get(f"/opendata/tables/notices/{name}.csv").status_code == 404


def test_the_page_finds_a_project_by_its_number(client, tender, ocid):
    page = client.get("/opendata", query_string={"code": ocid(tender).removeprefix("ocds-000000-")}).text
    assert ocid(tender) in page
    assert "没有这个编号的采购" in client.get("/opendata?code=nothing").text
