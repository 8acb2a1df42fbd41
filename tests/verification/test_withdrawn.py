"""Scans and videos that were taken back, as whoever checks an opening is told of them."""

from __future__ import annotations

from tests.opening.synthetic import Synthetic, opened_first

SCAN = {"record": "opening", "sha256": "ab" * 32}
VIDEO = {"camera": "第一开标室 2 号机", "from": 1, "to": 2}


def noted(*notes) -> Synthetic:
    made = opened_first("stages")
    for kind, data in notes:
        made.add("note", made.closes + 300, kind=kind, data=data)
    made.mark(made.closes + 310)
    return made


def back(of):
    return {"of": of, "as": "supervisor", "why": "cd" * 32}


BOTH = [("record-scan", SCAN), ("record-video", VIDEO)]


def test_what_was_taken_back_is_told_and_refuses_nothing(judge):
    made = noted(
        *BOTH,
        ("record-scan-withdrawn", back(SCAN)),
        ("record-scan", SCAN),
        ("record-video-withdrawn", back(VIDEO)),
    )
    report = judge(made.zip())
    assert report.accepted, report.refusals
    told = [each.params for each in report.findings if each.code == "extra.withdrawn"]
    first = len(made.events) - 3
    assert told == [
        {"index": first, "what": SCAN["sha256"]},
        {"index": first + 2, "what": VIDEO["camera"]},
    ]


def test_scans_that_stand_need_no_word(judge):
    report = judge(noted(*BOTH).zip())
    assert report.accepted
    assert not [each for each in report.findings if each.code == "extra.withdrawn"]


def test_what_was_never_attached_or_is_gone_already_is_not_taken_back(judge):
    for notes in (
        [("record-scan-withdrawn", back(SCAN))],
        [*BOTH, ("record-video-withdrawn", back({**VIDEO, "to": 3}))],
        [*BOTH, *[("record-scan-withdrawn", back(SCAN))] * 2],
        [*BOTH, ("record-scan-withdrawn", {**back(SCAN), "why": ""})],
        [*BOTH, ("record-scan-withdrawn", {**back(SCAN), "as": "tenderer"})],
    ):
        report = judge(noted(*notes).zip())
        assert [each.code for each in report.refusals] == ["event.rule"]
