"""What was done around the sheets: bids on paper, openings offline, short lots, the sitting, scans taken back."""

from __future__ import annotations

from bidding.opening.afterwards import FAILED
from bidding.opening.record import End, LoggedBid
from bidding.verification.verify.case import Case, shown


def check_hall(case: Case) -> None:
    """Paper, offline, short lots, the sitting, what was taken back."""
    _paper(case)
    _offline(case)
    _short(case)
    _sitting(case)
    _withdrawn(case)


def _paper(case: Case) -> None:
    """Bids on paper: what the log says of them is whole. What lay in the bags, nobody can check from here."""
    record = case.record
    bags = [bid for bid in record.bids.values() if bid.on_paper]
    if not bags:
        return
    for bag in bags:
        if bag.end is End.BACK:
            case.report.note("paper.back", bag=bag.uid)
        elif bag.end is End.DOUBLE:
            _double(case, bag)
    waiting = [bag for bag in record.bags() if bag.uid not in record.paper_sheets]
    for bag in waiting if record.opened else []:
        case.report.note("paper.waiting", bag=bag.uid)
    for bag in record.bags():
        sheet = record.paper_sheets.get(bag.uid)
        if sheet is not None and sheet.void is not None:
            case.report.note(f"paper.{sheet.void}", bag=bag.uid)
    read = sum(bag.uid in record.paper_sheets for bag in record.bags())
    if read:
        case.report.note("paper.unseen", count=read)


def _double(case: Case, bag: LoggedBid) -> None:
    """A bag that was left shut: once its lot is open, the sealed bid in its place must be the same tenderer's."""
    record = case.record
    bid, told = record.doubles[bag.uid], record.paper_sheets.get(bag.uid)
    sheet = next((sheet for sheet in case.report.sheets if sheet.bid == bid), None)
    if told is not None and sheet is not None and told.tenderer["uscc"] != sheet.uscc:
        case.report.refuse("paper.other", f"bid {bid} is {sheet.uscc}'s", bag=bag.uid)
    elif told is None and sheet is not None:
        case.report.refuse("paper.other", "nobody said whose it is", bag=bag.uid)
    else:
        case.report.note("paper.double", bag=bag.uid)


def _offline(case: Case) -> None:
    """Stages that a laptop opened in the hall: the sheets were checked like all others, the hours are its clock's."""
    for stage, said in sorted(case.record.offline.items()):
        case.report.note(
            "opening.offline",
            stage=stage,
            began=shown(said.held.began_at),
            ended=shown(said.held.ended_at),
            host=said.held.host,
            supervisor=said.held.supervisor,
        )


def _short(case: Case) -> None:
    """Lots with too few readable sheets: what was decided, or that it is still to be."""
    facts = case.record.since_opened()
    readable = case.record.after.readable(facts)
    if not facts.opened:
        return
    for lot in sorted(set(facts.lots.values()) - set(facts.waiting)):
        if lot in case.record.after.decided:
            case.report.note(
                "lot.decided-failed" if case.record.after.decided[lot] == FAILED else "lot.goes-on",
                lot=lot,
                readable=readable[lot],
            )
        elif readable[lot] < case.record.panel.min_bids:
            case.report.note("lot.short", lot=lot, readable=readable[lot])


def _sitting(case: Case) -> None:
    """Whether each sitting came to its end; the replay has checked each step of it."""
    for stage, sitting in case.record.sittings.items():
        if sitting.ended:
            case.report.holds(
                "sitting",
                stage=stage,
                read=sitting.read,
                objections=len(sitting.objections),
                signed=len(sitting.signed),
                record=sitting.record,
            )
        elif sitting.listed:
            case.report.note(
                "sitting.unfinished", stage=stage, read=sitting.read, unanswered=len(sitting.unanswered)
            )


def _withdrawn(case: Case) -> None:
    """Scans and videos that were taken back; the replay has checked that they had been attached."""
    for each in case.record.extras.withdrawn:
        what = each.of.get("sha256") or each.of["camera"]
        case.report.note("extra.withdrawn", index=each.index, what=what)
