"""Who stands as a trustee today, and which of them may make up a panel (protocol §2). Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from bidding.core.errors import N_, DomainError
from bidding.sealing.panel import INSIDERS, MAX_SEATS, SCHEDULERS

#: How long a drill counts, unless the centre sets it otherwise (protocol §2).
DRILL_LASTS = timedelta(days=30)
#: How long before its end a drill is called due.
DUE_SOON = timedelta(days=7)
#: An answer that comes later shows only that the key worked some day.
ANSWER_WITHIN = timedelta(days=3)

#: The roles a seat can have, in the order in which seats stand in a panel, and their words.
SEATS = {
    "supervisor": N_("监督部门"),
    "finance": N_("财政部门"),
    "agency": N_("招标人或代理机构"),
    "administrator": N_("中心管理员"),
    "notary": N_("公证机构"),
    "audit": N_("审计部门"),
    "bank": N_("银行"),
    "centre": N_("交易中心"),
}
_ORDER = tuple(SEATS)
#: The defaults of protocol §2, larger first; k is a majority.
_DEFAULTS = (
    ("supervisor", "finance", "agency", "administrator", "notary"),
    ("supervisor", "finance", "agency", "administrator"),
)


class State(Enum):
    """How a trustee stands."""

    PROPOSED = "proposed"
    NEW = "new"
    READY = "ready"
    DUE = "due"
    EXPIRED = "expired"
    RETIRED = "retired"


STATE_WORDS = {
    State.PROPOSED: N_("待第二人复核"),
    State.NEW: N_("尚未演练"),
    State.READY: N_("能开箱"),
    State.DUE: N_("演练将到期"),
    State.EXPIRED: N_("演练已过期"),
    State.RETIRED: N_("已停用"),
}

STATE_LAMPS = {
    State.PROPOSED: "idle",
    State.NEW: "soon",
    State.READY: "ok",
    State.DUE: "soon",
    State.EXPIRED: "over",
    State.RETIRED: "stop",
}


def state(
    *,
    confirmed_at: datetime | None,
    retired_at: datetime | None,
    valid_until: datetime | None,
    now: datetime,
) -> State:
    """How a trustee stands now; ``valid_until`` is the end of the newest drill that was passed."""
    if retired_at is not None:
        return State.RETIRED
    if confirmed_at is None:
        return State.PROPOSED
    if valid_until is None:
        return State.NEW
    if now >= valid_until:
        return State.EXPIRED
    return State.DUE if now >= valid_until - DUE_SOON else State.READY


def can_open(standing: State) -> bool:
    """Whether the drill is still valid: only then may a tender rely on the trustee."""
    return standing in (State.READY, State.DUE)


def awaits_answer(asked_at: datetime, now: datetime) -> bool:
    """Whether an answer to a drill of that instant still counts."""
    return now < asked_at + ANSWER_WITHIN


class TrusteeNotStanding(DomainError):
    """A trustee that is retired or not yet confirmed."""

    code = "sealing.not_standing"
    text = N_("受托人“%(name)s”不在常任名单里（%(state)s），不能列入开箱组。请另选一位。")
    status = 422


class DrillMissing(DomainError):
    """A trustee of whom nobody knows whether the key still opens (protocol §2)."""

    code = "sealing.drill_missing"
    text = N_("受托人“%(names)s”没有有效的密钥演练，公告不能发布。请先做演练，或另选受托人。")
    status = 422


class PanelSize(DomainError):
    """Too few or too many seats, or a k that does not fit them."""

    code = "sealing.panel_size"
    text = N_(
        "开箱组现在是 %(n)s 人中 %(k)s 人可开箱。"
        "开箱组要有 3 到 %(most)s 人，开箱人数至少 2、少于总人数。请增减受托人或改开箱人数。"
    )
    status = 422


class PanelSeat(DomainError):
    """Not exactly one seat of a role that signs changes of dates."""

    code = "sealing.panel_seat"
    text = N_("开箱组里“%(role)s”要恰好一席，现在是 %(count)s 席。请调整所选的受托人。")
    status = 422


class PanelInsiders(DomainError):
    """Those who run the tender could open it by themselves."""

    code = "sealing.panel_insiders"
    text = N_(
        "招标人（代理机构）、中心管理员和交易中心共占 %(count)s 席，不能达到开箱人数 %(k)s："
        "否则办招标的人自己就能开箱。请换人，或提高开箱人数。"
    )
    status = 422


class PanelOneUnit(DomainError):
    """One organisation holds k seats."""

    code = "sealing.panel_one_unit"
    text = N_(
        "“%(org)s”一家占 %(count)s 席，不能达到开箱人数 %(k)s：否则一家单位自己就能开箱。请换其他单位的受托人。"
    )
    status = 422


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the composition hangs on: a trustee's uid, role, unit and standing."""

    uid: str
    name: str
    role: str
    org: str
    state: State


def in_order(seats: Iterable[Candidate]) -> list[Candidate]:
    """The order in which seats stand in a panel: by role, then by name."""
    return sorted(seats, key=lambda seat: (_ORDER.index(seat.role), seat.name))


def check_composition(seats: Sequence[Candidate], k: int) -> None:
    """Refuse a panel that protocol §2 forbids, in words; the first rule that it breaks."""
    for seat in seats:
        if seat.state in (State.PROPOSED, State.RETIRED):
            raise TrusteeNotStanding(name=seat.name, state=STATE_WORDS[seat.state])
    undrilled = [seat.name for seat in seats if not can_open(seat.state)]
    if undrilled:
        raise DrillMissing(names="、".join(undrilled), field="seats")
    if not 3 <= len(seats) <= MAX_SEATS or not 2 <= k < len(seats):
        raise PanelSize(n=len(seats), k=k, most=MAX_SEATS, field="k")
    roles = Counter(seat.role for seat in seats)
    for role in SCHEDULERS:
        if roles[role] != 1:
            raise PanelSeat(role=SEATS[role], count=roles[role], field="seats")
    inside = sum(roles[role] for role in INSIDERS)
    if inside >= k:
        raise PanelInsiders(count=inside, k=k, field="seats")
    org, held = Counter(seat.org for seat in seats).most_common(1)[0]
    if held >= k:
        raise PanelOneUnit(org=org, count=held, k=k, field="seats")


def suggest(candidates: Sequence[Candidate]) -> tuple[list[str], int]:
    """The default panel from those who can open: uids in order, and k. Empty where none can be made.

    3 of 5 or 3 of 4 by the roles of protocol §2; where they are not all there, the seats that signing a change of
    dates needs, with outsiders until k is a majority that insiders do not reach.
    """
    able = in_order(seat for seat in candidates if can_open(seat.state))
    first: dict[str, Candidate] = {}
    for seat in able:
        first.setdefault(seat.role, seat)
    outside = [role for role in first if role not in INSIDERS and role not in SCHEDULERS]
    for roles in (*_DEFAULTS, ("supervisor", "agency", *outside[:3])):
        if all(role in first for role in roles):
            chosen = in_order(first[role] for role in roles)
            k = len(chosen) // 2 + 1
            try:
                check_composition(chosen, k)
            except DomainError:
                continue
            return [seat.uid for seat in chosen], k
    return [], 0


@dataclass(frozen=True, slots=True)
class Swap:
    """A seat whose first choice cannot open today: who was wanted, and the alternate that takes the seat, if one can."""

    role: str
    wanted: Candidate
    chosen: Candidate | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a tender is offered: uids in the order of the seats, how many open, and where it differs from the default."""

    seats: list[str]
    k: int
    swaps: tuple[Swap, ...] = ()
    #: Roles of the default panel that nobody can take.
    empty: tuple[str, ...] = ()


def propose(ranks: Mapping[str, int], k: int, candidates: Sequence[Candidate]) -> Proposal:
    """The centre's default panel as it can sit today. ``ranks`` by uid: 1 sits for its role, then the alternates.

    The seat ``agency`` is the project's own agency's and has no default: whoever of it can open takes it. A seat
    that nobody can take stays empty, and is said; whether the rest still makes a panel, ``check_composition`` says.
    """
    chosen: list[Candidate] = []
    swaps: list[Swap] = []
    empty: list[str] = []
    for role in SEATS:
        line = sorted(
            (c for c in candidates if c.role == role and c.uid in ranks), key=lambda c: ranks[c.uid]
        )
        if role == "agency":
            line = in_order(c for c in candidates if c.role == role)
        elif not line:
            continue
        able = next((each for each in line if can_open(each.state)), None)
        if able is None:
            empty.append(role)
        else:
            chosen.append(able)
        if line and able is not line[0] and role != "agency":
            swaps.append(Swap(role, line[0], able))
    return Proposal([seat.uid for seat in in_order(chosen)], k, tuple(swaps), tuple(empty))


class RankTwice(DomainError):
    """Two trustees of one role with the same rank."""

    code = "sealing.rank_twice"
    text = N_("“%(role)s”席有两位排在第 %(rank)s。同一席里每个次序只能有一位：1 是首选，2 起是候补。")
    status = 422


class NoFirstChoice(DomainError):
    """Alternates for a seat that nobody holds."""

    code = "sealing.no_first_choice"
    text = N_("“%(role)s”席只有候补，没有首选。请把其中一位排在第 1，或者全部留空。")
    status = 422


def check_ranks(ranks: Mapping[str, int], k: int, candidates: Sequence[Candidate]) -> None:
    """Refuse a default that could never be a panel with an agency's seat, whatever the drills say. The first rule it breaks."""
    known = {each.uid: each for each in candidates}
    seen: set[tuple[str, int]] = set()
    for uid, rank in ranks.items():
        role = known[uid].role
        if (role, rank) in seen:
            raise RankTwice(role=SEATS[role], rank=rank, field="ranks")
        seen.add((role, rank))
    for role in dict.fromkeys(known[uid].role for uid in ranks):
        if (role, 1) not in seen:
            raise NoFirstChoice(role=SEATS[role], field="ranks")
    first = [replace(known[uid], state=State.READY) for uid, rank in ranks.items() if rank == 1]
    agency = Candidate("", "", "agency", "", State.READY)  # each project brings its own
    check_composition(in_order([*first, agency]), k)
