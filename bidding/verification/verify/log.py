"""The log itself: what the zip holds, every leaf opened, every event where it may stand, and the panel it answers to."""

from __future__ import annotations

from itertools import pairwise

from bidding.core.canonical import Malformed
from bidding.opening.bundle import check_leaves, parse_bundle
from bidding.opening.record import Replay
from bidding.verification.findings import KINDS
from bidding.verification.verify.case import Case, shown


def check_log(case: Case) -> None:
    """The zip, the bundle, every leaf and event, the anchor, deadlines that moved. Ends where the log cannot be read or breaks a rule."""
    _read(case)
    _replay(case)
    _anchor(case)
    _schedules(case)


def _read(case: Case) -> None:
    data = case.archive.read_bundle()
    case.report.holds("files")
    try:
        case.bundle = parse_bundle(data)
    except Malformed as error:
        case.end("bundle.shape", error)
    case.report.holds("bundle")


def _replay(case: Case) -> None:
    """Every leaf opened, and every event where it may stand. Dealings are told of by themselves."""
    hashes: list[bytes] = []
    try:
        hashes = check_leaves(case.bundle)
    except Malformed as error:
        case.end("leaves.open", error)
    case.report.holds("leaves", count=len(hashes))
    running = Replay(dealings=False)
    for index, ((_, event), leaf) in enumerate(zip(case.bundle.opens, hashes, strict=True)):
        try:
            running.apply(index, event, leaf)
        except Malformed as error:
            case.end("event.rule", error, index=index, kind=KINDS.get(event["type"], event["type"]))
    try:
        case.record = running.record
    except Malformed as error:
        case.end("bundle.shape", error)
    case.report.holds("events")
    case.report.project = case.record.panel.project
    case.report.panel = case.record.panel_hash.hex()
    case.report.size = case.record.size


def _anchor(case: Case) -> None:
    panel = case.record.panel_hash.hex()
    if case.asked.panel is None:
        case.report.note("panel.unknown", panel=panel)
    elif case.asked.panel == panel:
        case.report.holds("panel")
    else:
        case.report.refuse("panel.other", f"{panel} here, {case.asked.panel} in the notice")


def _schedules(case: Case) -> None:
    """Deadlines and openings that moved, and closes that are void because of it; the replay has checked both."""
    for was, now in pairwise(case.record.schedules):
        before, after = was["closes_at"], now["closes_at"]
        moved = [
            {"stage": new["stage"], "was": shown(old["at"]), "now": shown(new["at"])}
            for old, new in zip(was["opens"], now["opens"], strict=True)
            if old["at"] != new["at"]
        ]
        if before == after and moved:
            for opening in moved:
                case.report.note("schedule.opening-moved", n=now["n"], **opening)
        else:
            case.report.note("schedule.moved", n=now["n"], was=shown(before), now=shown(after))
    for close in case.record.voided:
        case.report.note("close.voided", index=close.index, closes=shown(close.closes_at))
    if case.record.on_hold:
        case.report.note("hold.on")
