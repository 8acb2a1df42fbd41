"""From bids to keys: lots that are short, dealings, the trustees' batches, and keys that tenderers posted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bidding.core.canonical import Malformed
from bidding.opening.afterwards import key_digest
from bidding.opening.batches import check_batch, check_posted
from bidding.opening.record import Close
from bidding.sealing.manifest import check_dealings
from bidding.verification.verify.case import Case, Ended


def check_shares(case: Case) -> None:
    """Short lots, dealings, batches, posted keys. Ends where a dealing does not hold."""
    _lots(case)
    _dealings(case)
    _shares(case)
    _posted(case)


def _lots(case: Case) -> None:
    missing = sorted(case.record.short_lots() - case.record.failed.keys())
    for lot in missing:
        case.report.refuse("lot.unfailed", lot=lot)
    for lot in sorted(case.record.failed):
        case.report.note("lot.failed", lot=lot)
    if not missing:
        case.report.holds("lots")


def _dealings(case: Case) -> None:
    sound = True
    sealed = [bid for bid in case.record.bids.values() if not bid.on_paper]
    for bid in sealed:
        try:
            check_dealings(bid.manifest, case.record.panel, case.record.panel_hash)
        except Malformed as error:
            sound = False
            case.report.refuse("bid.dealing", error, bid=bid.uid)
    if not sound:
        raise Ended  # shares of a dealing that does not hold mean nothing
    case.report.holds("dealings", count=len(sealed))


def _shares(case: Case) -> None:
    before = len(case.report.refusals)
    present: set[tuple[int, int, bool]] = set()
    for signed in case.bundle.batches:
        parts = signed.batch
        place = (parts["i"], parts["stage"], parts["public"])
        problem = _batch_problem(case, place, signed.sha256, parts, present)
        if problem is not None:
            case.report.refuse(*problem, seat=parts["i"])
            continue
        present.add(place)
        try:
            shares = check_batch(case.record, parts, signed.sig)
        except Malformed as error:
            case.report.refuse("batch.share", error, seat=parts["i"])
            continue
        case.batches.setdefault(parts["stage"], {})[parts["i"]] = shares
    given = {(b.batch["i"], b.batch["stage"], b.batch["public"]) for b in case.bundle.batches}
    for seat, stage, public in case.record.shares:
        if public and (seat, stage, public) not in given:
            case.report.refuse("batch.missing", f"stage {stage}", seat=seat)
    if len(case.report.refusals) == before:
        case.report.holds("batches", count=len(case.bundle.batches))


def _batch_problem(
    case: Case,
    place: tuple[int, int, bool],
    sha256: str,
    parts: Mapping[str, Any],
    present: set[tuple[int, int, bool]],
) -> tuple[str, str] | None:
    close = case.record.close
    assert isinstance(close, Close)  # noqa: S101 — checked before
    if not place[2]:
        return "batch.restricted", "public is false"
    if place in present:
        return "batch.twice", f"stage {place[1]}"
    logged = case.record.shares.get(place)
    if logged is None or logged.sha256 != sha256:
        said = "nothing" if logged is None else logged.sha256
        return "batch.unlogged", f"the log says {said}, this is {sha256}"
    if parts["checkpoint"] != close.head.text:
        return "batch.checkpoint", "its checkpoint is not the close's"
    return None


def _posted(case: Case) -> None:
    """Every posted key is its bid's, and logged; every logged one of a public envelope is here."""
    before, logged = len(case.report.refusals), case.record.after.keys
    for key in case.bundle.keys:
        bid = case.record.bids.get(key.bid)
        try:
            if bid is None or bid.on_paper:
                raise Malformed("no such sealed bid in the log")  # noqa: TRY301 — told like any other fault of it
            check_posted(bid, key.envelope, key.identity)
        except Malformed as error:
            case.report.refuse("key.other", error, bid=key.bid)
            continue
        digest = key_digest(key.bid, key.envelope, key.identity)
        if logged.get((key.bid, key.envelope)) != digest:
            case.report.refuse("key.unlogged", f"envelope {key.envelope}", bid=key.bid)
    given = {(key.bid, key.envelope) for key in case.bundle.keys}
    public = {envelope.id for envelope in case.record.panel.envelopes if envelope.public}
    for bid_uid, envelope in logged:
        if envelope in public and (bid_uid, envelope) not in given:
            case.report.refuse("key.missing", f"envelope {envelope}", bid=bid_uid)
    if given and len(case.report.refusals) == before:
        case.report.holds("keys", count=len(given))
