"""What search engines and whoever passes a page on are told: every public page, by its one address."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from sqlalchemy import update

from bidding.core.sitemap import MOST, index, parts, urlset
from bidding.lifecycle.rules import Kind
from bidding.tenders.models import Listing

MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def pages(client, path="/sitemap.xml"):
    answer = client.get(path)
    assert answer.mimetype == "application/xml"
    root = ElementTree.fromstring(answer.data)
    assert root.tag == MAP + "urlset"
    return [entry.findtext(MAP + "loc") for entry in root]


def test_every_page_in_the_sitemap_is_there_and_none_twice(make, award, desk, client, clock):
    award(make())
    desk.published()
    clock.advance(timedelta(days=1))  # this tender was written down without a panel, and has no hall
    found = pages(client)
    assert len(found) == len(set(found))
    assert "http://localhost/notices/p1/award" in found
    assert any("/announcements/" in each for each in found)
    for each in found:
        assert client.get(urlsplit(each).path).status_code == 200, each


def test_a_published_notice_is_in_it_and_what_is_not_published_is_not(tender, client):
    assert f"http://localhost/notices/{tender.uid}" in pages(client)
    assert pages(client, "/sitemaps/notices-1.xml") == [f"http://localhost/notices/{tender.uid}"]
    for path in (
        "/sitemaps/notices-2.xml",
        "/sitemaps/results-1.xml",
        "/sitemaps/bids-1.xml",
        "/sitemaps/pages-2.xml",
    ):
        assert client.get(path).status_code == 404, path


def test_addresses_begin_with_the_name_that_the_centre_is_known_by(app, client):
    app.config["PUBLIC_URL"] = "https://bids.example"
    assert {urlsplit(each).netloc for each in pages(client)} == {"bids.example"}
    assert "Sitemap: https://bids.example/sitemap.xml" in client.get("/robots.txt").text


@pytest.mark.parametrize(
    ("last", "found"),
    [
        ({"notices": 0}, []),
        ({"notices": 1}, [("notices", 1)]),
        ({"notices": MOST}, [("notices", 1)]),
        ({"notices": MOST + 1, "results": 2}, [("notices", 1), ("notices", 2), ("results", 1)]),
    ],
)
def test_a_list_is_cut_where_a_file_is_full(last, found):
    assert parts(last) == found


def test_where_there_are_more_pages_than_a_file_may_hold_there_is_an_index(tender, begin, client):
    with begin() as tx:
        tx.session.execute(update(Listing).values(id=MOST + 1))
    root = ElementTree.fromstring(client.get("/sitemap.xml").data)
    assert root.tag == MAP + "sitemapindex"
    files = [urlsplit(entry.findtext(MAP + "loc")).path for entry in root]
    assert files == [f"/sitemaps/{name}.xml" for name in ("pages-1", "notices-1", "notices-2")]
    assert [len(pages(client, file)) for file in files[1:]] == [0, 1]
    assert len(pages(client, files[0])) > 10


def test_an_index_names_its_files_and_a_list_its_pages():
    root = ElementTree.fromstring(index(["http://localhost/sitemaps/notices-1.xml"]))
    assert root.tag == MAP + "sitemapindex"
    assert root[0].tag == MAP + "sitemap"
    assert ElementTree.fromstring(urlset([("http://localhost/?a=1&b=<", None)]))[0][0].text.endswith("&b=<")


def test_a_machine_is_kept_out_of_what_is_not_for_it_and_of_nothing_public(client, app):
    told = client.get("/robots.txt").text
    closed = re.findall(r"^Disallow: (\S+)$", told, re.MULTILINE)
    assert "/projects" in closed
    assert "/searches" in closed
    for each in pages(client):
        assert not [path for path in closed if urlsplit(each).path.startswith(path)], each


def card(client, path):
    page = client.get(path).text
    told = dict(re.findall(r'<meta property="og:(\w+)" content="([^"]*)">', page))
    assert re.search(r'<link rel="canonical" href="([^"]+)">', page)[1] == told["url"]
    assert re.search(r'<meta name="description" content="([^"]+)">', page)[1]
    assert 'class="sl-onpaper"' in page
    assert "<svg" in page.split('class="sl-onpaper"')[1]
    return told


def test_a_page_that_is_passed_on_has_a_card_and_a_picture_of_its_address(tender, app, client):
    app.config["PUBLIC_URL"] = "https://bids.example"
    told = card(client, f"/notices/{tender.uid}")
    assert told["url"] == f"https://bids.example/notices/{tender.uid}"
    assert told["title"]
    assert told["description"]
    assert card(client, f"/notices/{tender.uid}/timeline")["url"].endswith("/timeline")


def test_results_and_announcements_have_one_too(make, award, desk, client):
    award(make())
    uid = desk.published()
    assert card(client, "/notices/p1/award")["url"] == "http://localhost/notices/p1/award"
    assert card(client, f"/announcements/{uid}")["title"].startswith("采购意向公告")


def test_a_notice_of_its_course_has_one_too(course, client):
    course.announce(Kind.TERMINATION)
    assert card(client, f"/notices/{course.tender.uid}/course/1")["url"].endswith("/course/1")
