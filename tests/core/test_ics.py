"""Calendar files, read by a parser that nobody here wrote."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from bidding.core.ics import Event, calendar

AT = datetime(2026, 12, 15, 6, 30, tzinfo=UTC)


def event(**changed):
    return Event(
        **{
            "uid": "abc-closes@centre.example",
            "sequence": 0,
            "stamped_at": datetime(2026, 11, 23, 1, tzinfo=UTC),
            "at": AT,
            "summary": "投标截止: 城南片区老旧小区排水管网改造工程施工",
            "description": "以平台服务器时钟为准。",
            "url": "https://bids.example/notices/abc",
            "alarms": (timedelta(days=1), timedelta(hours=1)),
        }
        | changed
    )


def read(data):
    (found,) = Calendar.from_ical(data).walk("VEVENT")
    return found


def test_an_event_comes_back_as_it_was_meant():
    found = read(calendar([event(sequence=3)], name="管网"))
    assert str(found["UID"]) == "abc-closes@centre.example"
    assert found["SEQUENCE"] == 3
    assert found["DTSTART"].dt == AT
    assert found["DTSTAMP"].dt == datetime(2026, 11, 23, 1, tzinfo=UTC)
    assert str(found["SUMMARY"]) == "投标截止: 城南片区老旧小区排水管网改造工程施工"
    assert found["URL"] == "https://bids.example/notices/abc"
    assert [alarm["TRIGGER"].dt for alarm in found.walk("VALARM")] == [
        -timedelta(days=1),
        -timedelta(hours=1),
    ]


def test_lines_end_in_crlf_and_none_is_longer_than_75_octets():
    data = calendar([event(summary="排水管网改造" * 40)], name="名" * 100)
    assert data.count(b"\n") == data.count(b"\r\n")
    lines = data.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode("utf-8")  # never broken within a sign
    assert str(read(data)["SUMMARY"]) == "排水管网改造" * 40


def test_a_cancelled_tender_rings_no_more():
    found = read(calendar([event(is_cancelled=True)], name="管网"))
    assert found["STATUS"] == "CANCELLED"
    assert found.walk("VALARM") == []


def test_what_an_agency_writes_cannot_begin_a_line_of_its_own():
    found = read(calendar([event(summary="题\r\nATTENDEE:mailto:a@b.example\x00;,\\n")], name="x"))
    assert "ATTENDEE" not in found
    assert str(found["SUMMARY"]) == "题\nATTENDEE:mailto:a@b.example;,\\n"


@given(st.text(st.characters(blacklist_categories=("Cs", "Cc", "Cf", "Zl", "Zp", "Zs", "Co", "Cn"))))
def test_any_text_comes_back(words):
    assert str(read(calendar([event(summary=words)], name=words))["SUMMARY"]) == words
