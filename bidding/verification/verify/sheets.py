"""Every sheet decrypted anew, and every verdict on one that did not open (protocol §6.4)."""

from __future__ import annotations

import hashlib

from bidding.core.canonical import Malformed, exactly, integer
from bidding.opening.afterwards import BY_KEY, Late
from bidding.opening.batches import Shares, Unlocked, open_envelope, open_sheet
from bidding.opening.bundle import sealed_name, sealed_wanted
from bidding.opening.record import LoggedBid, OpenedStage
from bidding.verification.findings import ReadSheet
from bidding.verification.verify.case import Case

_CHUNK = 1 << 20


def check_sheets(case: Case) -> None:
    """Every stage that is open, and what was found between two."""
    _sheets(case)
    _reviews(case)


def _sheets(case: Case) -> None:
    before = len(case.report.refusals)
    for stage in case.record.panel.stages:
        opened = case.record.opened.get(stage)
        if opened is not None:
            for bid, envelope in case.record.to_be_shared(stage, public=True):
                _sheet(case, stage, opened, bid, envelope)
            _typed(case, stage)
        elif case.record.envelopes(stage, public=True) and case.record.standing(stage):
            _not_opened(case, stage)
    for name in sorted(case.archive.sealed - sealed_wanted(case.record).keys()):
        case.report.refuse("sealed.extra", name)
    _same_tenderer(case)
    if len(case.report.refusals) == before:
        case.report.holds("sheets", count=len(case.report.sheets))


def _reviews(case: Case) -> None:
    """What was found between two stages; the replay has checked that it stands before any share of the later one."""
    for stage, review in case.record.reviews.items():
        case.report.holds("review", stage=stage, index=review.index)
        for uid, reason in review.sealed.items():
            case.report.note("stage.sealed", stage=stage, bid=uid, reason=reason)


def _not_opened(case: Case, stage: int) -> None:
    if case.record.opened:
        case.report.note("stage.waiting", stage=stage)
    else:
        case.report.refuse("stage.unopened", f"stage {stage}")


def _sheet(case: Case, stage: int, opened: OpenedStage, bid: LoggedBid, envelope: str) -> None:
    """One envelope: its ciphertext, its key from the shares, what it says, and what the log says of it."""
    verdict = opened.verdicts.get((bid.uid, envelope))
    if verdict is not None and verdict["verdict"] == "platform":
        case.report.refuse("verdict.platform", verdict["evidence"], bid=bid.uid)
        return
    if not _whole(case, bid, envelope):
        return
    batches = _batches_before(case, stage, opened.index)
    if verdict is not None:
        _verdict(case, stage, opened, bid, envelope, open_envelope(case.record, bid, envelope, batches))
        return
    unlocked = open_envelope(case.record, bid, envelope, batches)
    if unlocked.identity is None:
        case.report.refuse("sheet.unopenable", unlocked.evidence, bid=bid.uid)
        return
    try:
        sheet = _open(case, bid, envelope, unlocked.identity)
    except Malformed as error:
        case.report.refuse("sheet.unopenable", error, bid=bid.uid)
        return
    said = opened.sheets[(bid.uid, envelope)]
    if sheet.sha256 != said:
        case.report.refuse("sheet.other", f"{sheet.sha256} here, {said} in the log", bid=bid.uid)
        return
    case.report.sheets.append(sheet)


def _batches_before(case: Case, stage: int, index: int) -> dict[int, Shares]:
    """The checked batches that were logged before the opening: later ones opened nothing."""
    return {
        seat: shares
        for seat, shares in case.batches.get(stage, {}).items()
        if case.record.shares[(seat, stage, True)].index < index
    }


def _key(case: Case, bid: LoggedBid, envelope: str) -> str | None:
    for key in case.bundle.keys:
        if (key.bid, key.envelope) == (bid.uid, envelope):
            return key.identity
    return None


def _whole(case: Case, bid: LoggedBid, envelope: str) -> bool:
    """Whether the ciphertext is there and is the manifest's."""
    name = sealed_name(bid.uid, envelope)
    if name not in case.archive.sealed:
        case.report.refuse("sealed.missing", name, bid=bid.uid)
        return False
    listed = bid.envelope(envelope)["files"][0]
    digest, size = hashlib.sha256(), 0
    try:
        with case.archive.stream(name) as source:
            while data := source.read(_CHUNK):
                size += len(data)
                digest.update(data)
                if size > listed["size"]:
                    break
    except Malformed as error:
        case.report.refuse("sealed.damaged", error, bid=bid.uid)
        return False
    if size != listed["size"] or digest.hexdigest() != listed["sha256"]:
        case.report.refuse("sealed.altered", f"{name} is not what the manifest lists", bid=bid.uid)
        return False
    return True


def _open(case: Case, bid: LoggedBid, envelope: str, identity: str) -> ReadSheet:
    with case.archive.stream(sealed_name(bid.uid, envelope)) as source:
        value, digest = open_sheet(case.record, bid, envelope, source, identity)
    tenderer = value["tenderer"]
    return ReadSheet(bid.lot, bid.uid, envelope, tenderer["name"], tenderer["uscc"], value["fields"], digest)


def _verdict(
    case: Case, stage: int, opened: OpenedStage, bid: LoggedBid, envelope: str, unlocked: Unlocked
) -> None:
    """Whether what the log says of an envelope that was not opened is borne out (protocol §6.4)."""
    verdict = opened.verdicts[(bid.uid, envelope)]
    said = verdict["verdict"]
    if said == "trustees" and unlocked.verdict == "trustees":
        if not _had_their_time(case, verdict["evidence"], unlocked.evidence, stage, opened.at):
            case.report.refuse("verdict.early", verdict["evidence"], bid=bid.uid)
            return
        case.report.note("verdict.trustees", bid=bid.uid)
        _opened_later(case, stage, bid, envelope)
    elif said == "tenderer" and _at_fault(case, verdict["evidence"], bid, envelope, unlocked):
        case.report.note("verdict.tenderer", bid=bid.uid)
    else:
        found = unlocked.verdict or "it opens"
        case.report.refuse("verdict.unborne", f"the log says {said}; found: {found}", bid=bid.uid)


def _at_fault(case: Case, evidence: object, bid: LoggedBid, envelope: str, unlocked: Unlocked) -> bool:
    if unlocked.identity is None:
        return unlocked.verdict == "tenderer" and unlocked.evidence == evidence
    try:
        _open(case, bid, envelope, unlocked.identity)
    except Malformed:
        return isinstance(evidence, dict) and evidence.get("reason") == "sheet"
    return False


def _had_their_time(case: Case, evidence: object, found: object, stage: int, at: int) -> bool:
    """Whether trustees had the time that the verdict says, from no earlier than they could begin."""
    try:
        said = exactly(evidence, "reason shares since seconds", "evidence")
        since = integer(said["since"], "evidence.since", case.record.can_begin_at(stage))
        seconds = integer(said["seconds"], "evidence.seconds", 1)
    except Malformed:
        return False
    return at >= since + seconds and found == {"reason": said["reason"], "shares": said["shares"]}


def _opened_later(case: Case, stage: int, bid: LoggedBid, envelope: str) -> None:
    """A sheet that opened after the trustees had failed it: by its tenderer's key, or by shares that came late."""
    key, late = _key(case, bid, envelope), case.record.after.late.get((bid.uid, envelope))
    if late is None:
        if key is not None:
            case.report.refuse("late.missing", bid=bid.uid)
        return
    batches, posted = ({}, key) if late.by == BY_KEY else (_batches_before(case, stage, late.index), None)
    try:
        unlocked = open_envelope(case.record, bid, envelope, batches, posted)
    except Malformed as error:
        case.report.refuse("sheet.unopenable", error, bid=bid.uid)
        return
    if late.verdict == "platform":
        case.report.refuse("verdict.platform", late.evidence, bid=bid.uid)
    elif late.verdict is not None:
        if _at_fault(case, late.evidence, bid, envelope, unlocked):
            case.report.note("verdict.tenderer", bid=bid.uid)
        else:
            case.report.refuse("verdict.unborne", f"the log says {late.verdict}", bid=bid.uid)
    elif unlocked.identity is None:
        case.report.refuse("sheet.unopenable", unlocked.evidence, bid=bid.uid)
    else:
        _read_later(case, bid, envelope, unlocked.identity, late)


def _read_later(case: Case, bid: LoggedBid, envelope: str, identity: str, late: Late) -> None:
    try:
        sheet = _open(case, bid, envelope, identity)
    except Malformed as error:
        case.report.refuse("sheet.unopenable", error, bid=bid.uid)
        return
    if sheet.sha256 != late.sha256:
        case.report.refuse("sheet.other", f"{sheet.sha256} here, {late.sha256} in the log", bid=bid.uid)
        return
    case.report.note("sheet.posted" if late.by == BY_KEY else "sheet.late", bid=bid.uid)
    case.report.sheets.append(sheet)


def _typed(case: Case, stage: int) -> None:
    """The figures that were typed from bags, each in its place of receipt among the sheets."""
    if stage != case.record.panel.stages[0]:
        return
    for bag in case.record.bags():
        typed = case.record.paper_sheets.get(bag.uid)
        if typed is not None and typed.fields is not None and typed.sha256 is not None:
            who, envelope = typed.tenderer, case.record.envelopes(stage, public=True)[0].id
            case.report.sheets.append(
                ReadSheet(
                    bag.lot, bag.uid, envelope, who["name"], who["uscc"], typed.fields, typed.sha256, True
                )
            )
    order = {uid: place for place, uid in enumerate(case.record.rows(stage))}
    case.report.sheets.sort(key=lambda sheet: order.get(sheet.bid, len(order)))


def _same_tenderer(case: Case) -> None:
    """The log knows keys only; who bid twice in a lot shows in the sheets."""
    seen = set()
    for sheet in case.report.sheets:
        place = (sheet.lot, sheet.envelope, sheet.uscc)
        if place in seen:
            case.report.note("sheet.twice", lot=sheet.lot, uscc=sheet.uscc)
        seen.add(place)
