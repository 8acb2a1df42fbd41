"""Every feed by a reader nobody here wrote, and by what RFC 4287 asks; the openings by a calendar parser."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from xml.etree import ElementTree

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from bidding.announcements import service as announcing
from bidding.announcements.rules import Kind as Announced
from bidding.core.atom import NEVER, Entry, Feed, tag, written
from bidding.db import db
from bidding.lifecycle.rules import Kind
from bidding.tenders import queries as tenders

ATOM = "{http://www.w3.org/2005/Atom}"
AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
_TAG = re.compile(r"tag:[A-Za-z0-9.-]+,[0-9]{4}-[0-9]{2}-[0-9]{2}:[A-Za-z0-9._~:/?&=%-]+")


def only(element, name):
    """The one child of that name: RFC 4287 allows no second of any that is asked for here."""
    found = element.findall(ATOM + name)
    assert len(found) == 1, (name, len(found))
    return found[0]


def instant(text):
    """RFC 3339 with an offset, as §3.3 wants it."""
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", text), text
    return datetime.fromisoformat(text)


def check_links(element):
    found = element.findall(ATOM + "link")
    for link in found:
        where = urlsplit(link.get("href"))
        assert where.scheme in ("http", "https"), link.attrib
        assert where.netloc, link.attrib
    alternates = [
        (link.get("type"), link.get("hreflang")) for link in found if link.get("rel") == "alternate"
    ]
    assert len(alternates) == len(set(alternates)) == 1  # §4.1.1, §4.1.2


def check(body):
    """A feed against §4.1.1 and §4.1.2; its entries."""
    root = ElementTree.fromstring(body)
    assert root.tag == ATOM + "feed"
    assert _TAG.fullmatch(only(root, "id").text)
    assert only(root, "title").text
    updated = instant(only(root, "updated").text)
    assert only(only(root, "author"), "name").text
    assert [link for link in root.findall(ATOM + "link") if link.get("rel") == "self"]
    check_links(root)
    entries = root.findall(ATOM + "entry")
    ids = [only(entry, "id").text for entry in entries]
    assert len(ids) == len(set(ids))
    for entry in entries:
        assert _TAG.fullmatch(only(entry, "id").text)
        assert only(entry, "title").text
        assert instant(only(entry, "published").text) <= instant(only(entry, "updated").text) <= updated
        only(entry, "summary")
        check_links(entry)
    read = feedparser.parse(body)
    assert not read.bozo, read.bozo_exception
    assert read.version == "atom10"
    assert [entry.id for entry in read.entries] == ids
    return read


def ask(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.mimetype == "application/atom+xml"
    return check(answer.data)


@given(st.text(), st.text(min_size=1), st.lists(st.text(min_size=1), max_size=3))
def test_whatever_is_said_a_feed_stays_readable(title, summary, categories):
    entry = Entry(
        tag("localhost", AT, "notices", title), f"x{title}", "http://localhost/n", AT, AT, summary, categories
    )
    feed = Feed(
        tag("localhost", AT, "s"),
        "公告",
        "http://localhost/f",
        "http://localhost/",
        "中心",
        "zh-Hans",
        [entry],
    )
    check(written(feed))


def test_an_empty_feed_is_one_too(client):
    for name in ("notices", "results", "announcements"):
        read = ask(client, f"/{name}/feed.atom")
        assert read.entries == []
        assert read.feed.updated == NEVER.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        assert read.feed.links[1].href == f"http://localhost/{name}"


def test_a_notice_keeps_its_name_and_says_when_it_changed(course, client, clock):
    tender = course.tender
    (before,) = ask(client, "/notices/feed.atom").entries
    assert before.link == f"http://localhost/notices/{tender.uid}"
    assert before.published == before.updated
    clock.advance(timedelta(hours=2))
    course.announce(Kind.SUSPENSION)
    (after,) = ask(client, "/notices/feed.atom").entries
    assert after.id == before.id
    assert datetime.fromisoformat(after.updated) == clock.now()
    assert after.published == before.published


@pytest.mark.parametrize("query", ["q=排水", "q=管网&family=works", "phase=open", "lang=en&q=排水"])
def test_the_feed_of_a_search_has_what_the_list_has(tender, client, query):
    read = ask(client, f"/notices/feed.atom?{query}")
    assert len(read.entries) == 1
    assert f'href="/notices/{tender.uid}"' in client.get(f"/notices?{query}").text


def test_a_search_that_finds_nothing_has_an_empty_feed(tender, client):
    assert ask(client, "/notices/feed.atom?q=医院").entries == []
    assert ask(client, "/notices/feed.atom?phase=closed").entries == []


def test_the_name_of_a_search_is_the_same_in_any_order_and_language(client):
    one = ask(client, "/notices/feed.atom?q=x&family=works")
    other = ask(client, "/notices/feed.atom?family=works&q=x&lang=en&tracking=1")
    assert one.feed.id == other.feed.id
    assert one.feed.id != ask(client, "/notices/feed.atom?q=x").feed.id


def test_links_begin_with_the_name_that_the_centre_is_known_by(app, tender, client):
    app.config["PUBLIC_URL"] = "https://bids.example"
    read = ask(client, "/notices/feed.atom?q=排水")
    assert {link.href.split("/")[2] for link in [*read.feed.links, *read.entries[0].links]} == {
        "bids.example"
    }


def test_who_has_the_feed_is_told_that_nothing_is_new_until_something_is(course, client):
    first = client.get("/notices/feed.atom")
    asked = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/notices/feed.atom", headers=asked).status_code == 304
    dated = {"If-Modified-Since": first.headers["Last-Modified"]}
    assert client.get("/notices/feed.atom", headers=dated).status_code == 304
    course.tender.centre.wait(timedelta(hours=1))
    course.announce(Kind.SUSPENSION)
    assert client.get("/notices/feed.atom", headers=asked).status_code == 200
    assert client.get("/notices/feed.atom", headers=dated).status_code == 200


def test_a_corrected_result_is_the_same_entry(make, award, client, clock):
    given = make()
    award(given)
    (before,) = ask(client, "/results/feed.atom?q=排水").entries
    assert "12,000,000.00" in before.summary
    clock.advance(timedelta(hours=1))
    award(given, "zhao", correction="评审报告算错了")
    (after,) = ask(client, "/results/feed.atom?q=排水").entries
    assert after.id == before.id
    assert after.updated > before.updated
    assert "兆禾" in after.summary
    assert ask(client, "/results/feed.atom?q=岚岳").entries == []


def test_what_is_announced_before_a_tender_has_a_feed_with_its_withdrawal(desk, client, clock):
    uid = desk.published()
    desk.published(Announced.SINGLE_SOURCE)
    assert len(ask(client, "/announcements/feed.atom").entries) == 2
    (before,) = ask(client, "/announcements/feed.atom?kind=intention").entries
    clock.advance(timedelta(hours=1))
    desk.press("zhou", announcing.withdraw, uid, "预算没有批下来", keys=desk.keys)
    (after,) = ask(client, "/announcements/feed.atom?kind=intention").entries
    assert after.id == before.id
    assert after.updated > before.updated
    assert "已撤回" in after.title


def events(client, query=""):
    answer = client.get(f"/openings.ics{query}")
    assert answer.mimetype == "text/calendar"
    return Calendar.from_ical(answer.data).walk("VEVENT")


def test_the_coming_openings_are_a_calendar(course, client, clock):
    project = tenders.notice(db.session, course.tender.uid)
    opens_at, code = project.opens_at, project.code
    assert events(client, "?days=1") == []
    clock.set(opens_at - timedelta(days=1))
    assert events(client, "?days=1") == []
    (found,) = events(client)
    assert found["DTSTART"].dt == opens_at
    assert code in found["DESCRIPTION"]
    (own,) = [
        each
        for each in Calendar.from_ical(client.get(f"/notices/{course.tender.uid}.ics").data).walk("VEVENT")
        if each["UID"] == found["UID"]
    ]
    assert own == found  # whoever has both has one entry
    clock.set(opens_at - timedelta(hours=1))
    assert len(events(client, "?days=1")) == 1


def test_a_terminated_tenders_opening_is_called_off_in_the_calendar(course, client, clock):
    project = tenders.notice(db.session, course.tender.uid)
    clock.set(project.closes_at - timedelta(days=1))
    course.announce(Kind.TERMINATION)
    (found,) = events(client)
    assert found["STATUS"] == "CANCELLED"


def test_a_calendar_of_impossible_days_is_a_week(client):
    for query in ("?days=0", "?days=-3", "?days=9999", "?days=x"):
        assert events(client, query) == []


def test_neither_feed_nor_calendar_reads_a_log_or_a_bid(tender, attachment, client, statements):
    tender.submit(1, tender.seal(1, [attachment], price_fen=1))
    statements.clear()
    for path in (
        "/notices/feed.atom",
        "/results/feed.atom",
        "/announcements/feed.atom",
        "/results",
        "/openings.ics",
    ):
        client.get(path)
    assert statements
    forbidden = ("FROM bid", "JOIN bid", "FROM attempt", "FROM upload")
    assert not [text for text in statements if any(word in text for word in forbidden)]
