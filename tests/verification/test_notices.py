"""The texts of notices in an ``opening.zip``: one byte changed is named, by the command line and by the page."""

from __future__ import annotations

import re

import pytest

from bidding.core.canonical import loads, sha
from bidding.opening.bundle import notice_name
from tests.conftest import ROOT
from tests.verification.test_page import alike


def only(forge):
    (name,) = forge.notices
    return name


def one_byte(forge):
    """Somebody changes a figure of the notice where it lies in the package."""
    name = only(forge)
    data = bytearray(forge.notices[name])
    place = data.index(b'"closes_at":') + len(b'"closes_at":')
    data[place] ^= 1
    forge.notices[name] = bytes(data)


def another_name(forge):
    """A changed text under the name that its own digest gives."""
    data = forge.notices.pop(only(forge)).replace(b"tender-notice", b"tender-notise")
    forge.notices[notice_name(sha(data).hex())] = data


def one_more(forge):
    """A notice that the log knows nothing of."""
    forge.notices[notice_name("ab" * 32)] = b"{}"


def file_told_of(forge):
    """A file of the notice is no notice: its digest stands in the text, and it is not carried."""
    index = next(i for i, e in enumerate(forge.events) if e.get("kind") == "tender-document")
    forge.notices[notice_name(forge.events[index]["sha256"])] = b"%PDF-1.4"


CHANGES = {
    one_byte: ["notice.other"],
    another_name: ["notice.missing", "files.extra"],
    one_more: ["files.extra"],
    file_told_of: ["files.extra"],
}


def test_the_package_carries_what_was_published_under_the_digest_of_the_log(judge, honest):
    (event,) = [event for event in honest.events if event.get("kind") == "tender-notice"]
    assert only(honest) == notice_name(event["sha256"])
    assert loads(honest.notices[only(honest)])["panel"] == honest.panel.hash.hex()
    report = judge(honest.zip())
    assert report.accepted
    (found,) = [each for each in report.findings if each.code == "notices"]
    assert found.params == {"count": 1}


@pytest.mark.parametrize("change", CHANGES, ids=[change.__name__ for change in CHANGES])
def test_a_changed_notice_is_named(judge, honest, change):
    change(honest)
    report = judge(honest.zip())
    assert [each.code for each in report.refusals] == CHANGES[change]
    index = next(i for i, e in enumerate(honest.events) if e.get("kind") == "tender-notice")
    for each in report.refusals:
        if each.code.startswith("notice."):
            assert each.params == {"index": index, "kind": "公告"}
    assert "notices" not in [each.code for each in report.findings]


def test_a_byte_that_the_archives_own_checksum_tells_of_is_named_too(judge, honest):
    data = bytearray(honest.zip())
    place = data.index(b'"type":"tender-notice"')
    data[place + 1] ^= 1
    report = judge(bytes(data))
    assert [each.code for each in report.refusals] == ["notice.other"]


def test_a_package_from_before_texts_were_carried_holds_and_says_that_they_were_not_compared(judge, honest):
    honest.notices.clear()
    report = judge(honest.zip())
    assert report.accepted
    (found,) = [each for each in report.findings if each.code.startswith("notice")]
    assert (found.mark, found.code, found.params) == ("note", "notice.absent", {"count": 1})


def test_a_log_of_two_notices_wants_both(judge, honest):
    """One left out and one kept is no old package: it is one from which a notice was taken."""
    close = honest.find("close")
    honest.insert(
        close + 1,
        {
            "v": 1,
            "type": "notice",
            "at": honest.events[close]["at"],
            "kind": "correction",
            "sha256": "cd" * 32,
        },
    )
    honest.sign_all()
    report = judge(honest.zip())
    (found,) = [each for each in report.refusals if each.code.startswith("notice.")]
    assert (found.code, found.params) == ("notice.missing", {"index": close + 1, "kind": "更正公告"})


@pytest.mark.browser
@pytest.mark.parametrize(
    "change", [*CHANGES, dict.clear], ids=[*[c.__name__ for c in CHANGES], "none_carried"]
)
def test_the_page_names_what_the_command_line_names(program, judge, honest, change):
    change(honest.notices if change is dict.clear else honest)
    alike(program, judge, honest.zip())


@pytest.mark.browser
def test_the_page_too_names_a_byte_that_the_archives_checksum_tells_of(program, judge, honest):
    data = bytearray(honest.zip())
    data[data.index(b'"type":"tender-notice"') + 1] ^= 1
    alike(program, judge, bytes(data))


def test_every_domain_that_logs_notices_hands_their_texts_on():
    """A notice of a kind that nobody hands on would make every package of its project refused."""
    writes = {
        path.relative_to(ROOT / "bidding").parts[0]
        for path in (ROOT / "bidding").rglob("*.py")
        if re.search(r"EventType\.NOTICE\b,", path.read_text("utf-8"))
    }
    # a round's call is its own project's notice
    assert writes == {"tenders", "lifecycle", "negotiation"}, (
        "add its texts to wiring.published_texts, then name it here"
    )
