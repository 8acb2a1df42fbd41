"""What a log may say of scans and videos: what was attached can be taken back, once, and nothing else can."""

from __future__ import annotations

import pytest

from bidding.core.canonical import Malformed
from bidding.opening.papers.withdrawal import Extras

SCAN = {"record": "opening", "sha256": "ab" * 32}
VIDEO = {"camera": "1", "from": 1, "to": 2}


def back(of, **changes):
    return {"of": of, "as": "host", "why": "cd" * 32, **changes}


def log(*notes):
    extras = Extras()
    for index, (kind, data) in enumerate(notes):
        extras.take(index, kind, data)
    return extras


def test_what_was_attached_is_taken_back_and_may_be_attached_again():
    extras = log(
        ("record-scan", SCAN),
        ("record-video", VIDEO),
        ("record-scan-withdrawn", back(SCAN)),
        ("record-scan", SCAN),
        ("record-video-withdrawn", back(VIDEO)),
        ("record-scan-withdrawn", back(SCAN)),
    )
    assert [(each.index, each.of) for each in extras.withdrawn] == [(2, SCAN), (4, VIDEO), (5, SCAN)]


def test_notes_of_other_kinds_pass_by_whatever_they_hold():
    assert (
        log(("record-signature", {}), ("record-scan", {"x": 1}), ("record-x-withdrawn", {})).withdrawn == []
    )


@pytest.mark.parametrize(
    "notes",
    [
        [("record-scan-withdrawn", back(SCAN))],
        [("record-scan", SCAN), ("record-scan-withdrawn", back({**SCAN, "record": "failed"}))],
        [("record-scan", SCAN), ("record-video-withdrawn", back(SCAN))],
        [("record-scan", SCAN), *[("record-scan-withdrawn", back(SCAN))] * 2],
        [("record-scan", SCAN), ("record-scan-withdrawn", back(SCAN, why="cd"))],
        [("record-scan", SCAN), ("record-scan-withdrawn", {**back(SCAN), "as": "tenderer"})],
        [("record-scan", SCAN), ("record-scan-withdrawn", {**back(SCAN), "name": "x"})],
        [("record-scan", {"x": 1}), ("record-scan-withdrawn", back({"x": 1}))],
    ],
    ids=["never", "other", "other-kind", "twice", "digest", "by-a-tenderer", "more", "shapeless"],
)
def test_what_does_not_stand_is_not_taken_back(notes):
    with pytest.raises(Malformed):
        log(*notes)
