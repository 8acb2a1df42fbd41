"""Writing down whom the evaluation committee recommends for a lot; what stands on their sheets is taken from there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from bidding.announcements import queries as announced
from bidding.announcements import service as announcements
from bidding.announcements.events import AnnouncementPublished, AnnouncementWithdrawn
from bidding.announcements.models import Announcement
from bidding.announcements.rules import Candidate, Kind, Said, State
from bidding.award import queries as awards
from bidding.award import service as awarding
from bidding.award.models import Award
from bidding.award.queries import LotResult, Offer
from bidding.award.rules import Outcome
from bidding.core.errors import N_, DomainError, NotFound
from bidding.db.uow import Tx
from bidding.tenders.models import Lot
from bidding.tenders.service import ChangedMeanwhile

#: So much of the names stands in lists and is searched; the notice itself has them whole.
_NAMES = 200


class NotNeeded(DomainError):
    """Candidates of a method whose law knows no publicity of them."""

    code = "candidates.not_needed"
    text = N_("这种采购方式不公示中标候选人，有了结果直接登记。")


class Twice(DomainError):
    """One tenderer at two ranks."""

    code = "candidates.twice"
    text = N_("%(name)s 被选了两次。每名候选人只能排一个名次。")
    status = 422


class RankSkipped(DomainError):
    """A rank after one that is empty."""

    code = "candidates.rank_skipped"
    text = N_("第 %(rank)s 名空着。请按顺序填写，不足的名次留在最后。")
    status = 422


class Decided(DomainError):
    """Candidates of a lot that has its result."""

    code = "candidates.decided"
    text = N_("这个标段已经有了结果，不再公示中标候选人。请退回或者删除这份草稿。")


class Won(DomainError):
    """A list by which somebody won is to be taken back."""

    code = "candidates.won"
    text = N_("这个标段已经按这份公示定标，公示不能再撤回。结果有错误的，登记更正。")


@dataclass(frozen=True, slots=True)
class Recommended:
    """One rank as the form has it: the bid's uid, empty where nobody has the rank, and what the report says of it."""

    bid: str = ""
    score: str = ""
    fit: str = ""


def write(
    tx: Tx,
    project_uid: str,
    lot_code: str,
    said: Said,
    ranks: Sequence[Recommended],
    *,
    version: int | None = None,
) -> Announcement:
    """Draft a lot's candidates, or change the draft; ``ranks`` in order, ``version`` the one the form was filled in over.

    Raises ``NotNeeded``, ``RankSkipped``, ``Twice``, what ``award.service.decidable``, ``offer_of`` and ``check_limit``
    raise, and what ``announcements.service`` raises of drafts; ``NotFound`` for another agency's project.
    """
    project, lot, opened = awarding.decidable(tx, project_uid, lot_code)
    if awards.standstill(tx.session, project, tx.now) is None:
        raise NotNeeded
    known = awards.lot_result(awards.awards_of(tx.session, lot), lot, opened, failed=False)
    if _is_won(known):
        raise NotFound
    candidates = _ranked(known, ranks)
    names = "、".join(each.name for each in candidates)
    whole = replace(
        said, title=f"{project.title} {lot.name}"[:200], candidates=candidates, supplier_name=names[:_NAMES]
    )
    row = announced.candidates_of(tx.session, lot.id)
    if row is None:
        return announcements.create(tx, Kind.CANDIDATES, whole, lot)
    if row.state is State.DRAFT and version is None:
        raise ChangedMeanwhile  # somebody else began one, over the same empty form
    return announcements.edit(tx, row.uid, whole, version=version)


def _is_won(known: LotResult) -> bool:
    return known.final is not None and known.final.outcome is Outcome.AWARDED


def check_published(tx: Tx, event: AnnouncementPublished) -> None:
    """A list comes out only of a lot that is not decided: it may have been, since it was written. Raises ``Decided``."""
    row = tx.session.get_one(Announcement, event.announcement_id)
    if row.lot is not None and (_final(tx, row.lot) or row.lot.code in _failed(tx, row.lot)):
        raise Decided


def check_withdrawn(tx: Tx, event: AnnouncementWithdrawn) -> None:
    """A list by which somebody won stands for good. Raises ``Won``."""
    row = tx.session.get_one(Announcement, event.announcement_id)
    final = _final(tx, row.lot) if row.lot is not None else None
    if final is not None and final.outcome is Outcome.AWARDED:
        raise Won


def _final(tx: Tx, lot: Lot) -> Award | None:
    """The result of a lot that is in force. Whoever makes a winner final holds the list's row, as the caller does."""
    return tx.session.scalar(
        select(Award).where(
            Award.lot_id == lot.id, Award.confirmed_at.is_not(None), Award.superseded_at.is_(None)
        )
    )


def _failed(tx: Tx, lot: Lot) -> frozenset[str]:
    return awards.failed_lots(tx.session, lot.project)


def _ranked(known: LotResult, ranks: Sequence[Recommended]) -> tuple[Candidate, ...]:
    found: list[Candidate] = []
    for rank, each in enumerate(ranks, 1):
        if not each.bid:
            continue
        if len(found) + 1 < rank:
            raise RankSkipped(field=f"bid_{len(found) + 1}", rank=len(found) + 1)
        offer = awarding.offer_of(known, each.bid)
        if any(other.bid == offer.bid for other in found):
            raise Twice(field=f"bid_{rank}", name=offer.name)
        awarding.check_limit(known.lot.project.preset, known.lot, offer.price)
        found.append(_candidate(offer, each))
    return tuple(found)


def _candidate(offer: Offer, said: Recommended) -> Candidate:
    sheet = offer.fields
    days = sheet.get("days")
    return Candidate(
        bid=offer.bid,
        name=offer.name,
        uscc=offer.uscc,
        price_fen=offer.price.fen,
        price_text=offer.price.words,
        days=days if isinstance(days, int) else None,
        quality=str(sheet.get("quality") or ""),
        lead=str(sheet.get("lead") or ""),
        score=said.score.strip(),
        fit=said.fit.replace("\r\n", "\n").strip(),
    )
