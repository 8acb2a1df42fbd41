"""The panel of trustees of one project, and the schedule that follows it in the log (protocol §2). Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bidding.core.canonical import (
    Malformed,
    array,
    boolean,
    dumps,
    exactly,
    identifier,
    integer,
    lp,
    sha,
    text_of,
    unhex,
)
from bidding.core.signing import is_acceptable_key, sign_object, verify_object
from bidding.ledger.trust import parse_policy
from bidding.sealing.ristretto import check_point

SUITE = "bidseal-v1"
MAX_SEATS = 15
SCHEDULE_TAG = "bidseal/v1 schedule"
_SCHEDULE_KEYS = "v type at project panel n closes_at opens reason"
#: The seats that sign a change of dates.
SCHEDULERS = ("supervisor", "agency")
#: The seats of those who run a tender: together they must be too few to open it (protocol §2).
INSIDERS = frozenset({"agency", "administrator", "centre"})


@dataclass(frozen=True, slots=True)
class Seat:
    """One trustee's place in a panel: ``i`` counts from 1."""

    i: int
    role: str
    name: str
    org: str
    pub: bytes
    sign: bytes


@dataclass(frozen=True, slots=True)
class EnvelopeSpec:
    """One envelope that every bid must have; a public one holds a single sheet, read out at its stage."""

    id: str
    public: bool
    stage: int


#: A bid in one piece: the sheet that is read out, and its attachments.
ONE_ENVELOPE = (EnvelopeSpec("offer", True, 1), EnvelopeSpec("files", False, 1))
#: Two envelopes (双信封): what is technical first, with a sheet of its own; the price and its files at the second stage.
TWO_ENVELOPES = (
    EnvelopeSpec("technical", True, 1),
    EnvelopeSpec("files", False, 1),
    EnvelopeSpec("offer", True, 2),
    EnvelopeSpec("prices", False, 2),
)


@dataclass(frozen=True, slots=True)
class Panel:
    """Who can open the bids of a project, how many of them it takes, and what they open."""

    hash: bytes
    project: str
    k: int
    min_bids: int
    policy: str
    seats: tuple[Seat, ...]
    envelopes: tuple[EnvelopeSpec, ...]

    @property
    def n(self) -> int:
        """How many trustees there are."""
        return len(self.seats)

    @property
    def pubs(self) -> tuple[bytes, ...]:
        """The trustees' public keys, in the order of their seats."""
        return tuple(seat.pub for seat in self.seats)

    def stage_of(self, envelope: str) -> int:
        """The stage at which an envelope is opened. Raises ``KeyError`` for one that there is not."""
        return {each.id: each.stage for each in self.envelopes}[envelope]

    @property
    def stages(self) -> tuple[int, ...]:
        """The stages of opening, ascending."""
        return tuple(sorted({envelope.stage for envelope in self.envelopes}))

    def seat(self, i: int) -> Seat:
        """The seat numbered ``i``. Raises ``Malformed``."""
        if not 1 <= i <= self.n:
            raise Malformed(f"the panel has no seat {i}")
        return self.seats[i - 1]

    def seat_of(self, role: str) -> Seat:
        """The one seat of ``supervisor`` or ``agency``. Raises ``Malformed``."""
        seats = [seat for seat in self.seats if seat.role == role]
        if len(seats) != 1:
            raise Malformed(f"the panel has {len(seats)} seats with the role {role}, not one")
        return seats[0]

    def envelope(self, name: str) -> EnvelopeSpec:
        """The envelope of that name. Raises ``Malformed``."""
        for envelope in self.envelopes:
            if envelope.id == name:
                return envelope
        raise Malformed(f"the panel has no envelope {name}")


def panel_hash(event: Mapping[str, Any]) -> bytes:
    """The trust anchor of a project: ``sha("bidseal/v1 panel" ‖ JCS(panel))``."""
    return sha("bidseal/v1 panel", dumps(dict(event)))


def envelope_ctx(panel: bytes, bid: str, envelope: str) -> bytes:
    """What the dealing of one envelope of one bid is bound to; ``panel`` is the panel hash (§3.1)."""
    return sha(lp("bidseal/v1 ctx", panel, bytes.fromhex(bid), envelope))


def parse_panel(event: object) -> Panel:
    """The panel a ``panel`` event describes. Raises ``Malformed`` naming the first rule of §2 it breaks."""
    parts = exactly(event, "v type project suite k min_bids policy trustees envelopes", "panel")
    for key, wanted in (("v", 1), ("type", "panel"), ("suite", SUITE)):
        if parts[key] != wanted or isinstance(parts[key], bool):
            raise Malformed(f"panel: {key} is not {wanted!r}")
    trustees = array(parts["trustees"], "panel: trustees")
    if not 3 <= len(trustees) <= MAX_SEATS:
        raise Malformed(f"panel: {len(trustees)} trustees; a panel has 3 to {MAX_SEATS}")
    k = integer(parts["k"], "panel: k", 2, len(trustees) - 1)
    seats = tuple(_seat(value, i) for i, value in enumerate(trustees, 1))
    _check_seats(seats, k)
    return Panel(
        hash=panel_hash(parts),
        project=identifier(parts["project"], "panel: project"),
        k=k,
        min_bids=integer(parts["min_bids"], "panel: min_bids", 1),
        policy=_policy(parts["policy"]),
        seats=seats,
        envelopes=_envelopes(parts["envelopes"]),
    )


def _seat(value: object, i: int) -> Seat:
    what = f"panel: trustee {i}"
    parts = exactly(value, "i role name org pub sign", what)
    if integer(parts["i"], f"{what}: i") != i:
        raise Malformed(f"{what}: i is {parts['i']}")
    if not text_of(parts["org"], f"{what}: org"):
        raise Malformed(f"{what}: org is empty")
    seat = Seat(
        i=i,
        role=identifier(parts["role"], f"{what}: role"),
        name=identifier(parts["name"], f"{what}: name"),
        org=parts["org"],
        pub=check_point(unhex(parts["pub"], 32, f"{what}: pub"), f"{what}: pub"),
        sign=unhex(parts["sign"], 32, f"{what}: sign"),
    )
    if not is_acceptable_key(seat.sign):
        raise Malformed(f"{what}: sign is not an acceptable Ed25519 key")
    return seat


def _check_seats(seats: tuple[Seat, ...], k: int) -> None:
    for what in ("name", "pub", "sign"):
        if len({getattr(seat, what) for seat in seats}) != len(seats):
            raise Malformed(f"panel: two trustees have the same {what}")
    org, held = Counter(seat.org for seat in seats).most_common(1)[0]
    if held >= k:
        raise Malformed(f"panel: {org} holds {held} seats and could open alone with k = {k}")
    roles = Counter(seat.role for seat in seats)
    for role in SCHEDULERS:
        if roles[role] != 1:
            raise Malformed(f"panel: {roles[role]} seats with the role {role}, not one")
    inside = sum(roles[role] for role in INSIDERS)
    if inside >= k:
        raise Malformed(
            f"panel: agency, administrator and centre hold {inside} seats, not fewer than k = {k}"
        )


def _policy(value: object) -> str:
    text = text_of(value, "panel: policy")
    parse_policy(text)
    return text


def _envelopes(value: object) -> tuple[EnvelopeSpec, ...]:
    envelopes = []
    for place, item in enumerate(array(value, "panel: envelopes")):
        what = f"panel: envelopes[{place}]"
        parts = exactly(item, "id public stage", what)
        envelopes.append(
            EnvelopeSpec(
                id=identifier(parts["id"], f"{what}: id"),
                public=boolean(parts["public"], f"{what}: public"),
                stage=integer(parts["stage"], f"{what}: stage", 1),
            )
        )
    if not envelopes:
        raise Malformed("panel: no envelopes")
    if len({envelope.id for envelope in envelopes}) != len(envelopes):
        raise Malformed("panel: two envelopes have the same id")
    return tuple(envelopes)


def sign_schedule(event: Mapping[str, Any], seed: bytes) -> str:
    """A seat's signature over a schedule event; its ``sigs`` do not count."""
    return sign_object(seed, SCHEDULE_TAG, _unsigned(event))


def check_schedule(
    event: object, panel: Panel, previous: Mapping[str, Any] | None, begun: Collection[int] = ()
) -> dict[str, Any]:
    """Check a ``schedule`` event against its panel and the schedule before it (protocol §2, §4).

    ``begun`` are the stages of which a share stands in the log: they no longer move. Raises ``Malformed``.
    """
    parts = exactly(event, f"{_SCHEDULE_KEYS} sigs", "schedule")
    _check_body(parts, panel, previous, begun)
    _check_schedule_sigs(parts, panel)
    return parts


def check_draft(event: object, panel: Panel, previous: Mapping[str, Any]) -> dict[str, Any]:
    """Check a schedule that nobody has signed yet, without its ``sigs``. Raises ``Malformed``."""
    parts = exactly(event, _SCHEDULE_KEYS, "schedule")
    _check_body(parts, panel, previous, ())
    return parts


def check_schedule_form(event: object, panel: Panel) -> dict[str, Any]:
    """Check a schedule by itself, whatever stood before it: its form, and its signatures from n = 1 on."""
    parts = exactly(event, f"{_SCHEDULE_KEYS} sigs", "schedule")
    _check_head(parts, panel, integer(parts["n"], "schedule: n", 0))
    _opens(parts["opens"], panel, integer(parts["closes_at"], "schedule: closes_at"))
    _check_schedule_sigs(parts, panel)
    return parts


def _check_head(parts: Mapping[str, Any], panel: Panel, n: int) -> None:
    for key, wanted in (
        ("v", 1),
        ("type", "schedule"),
        ("project", panel.project),
        ("panel", panel.hash.hex()),
        ("n", n),
    ):
        if parts[key] != wanted or isinstance(parts[key], bool):
            raise Malformed(f"schedule: {key} is not {wanted!r}")


def _check_body(
    parts: Mapping[str, Any], panel: Panel, previous: Mapping[str, Any] | None, begun: Collection[int]
) -> None:
    _check_head(parts, panel, 0 if previous is None else previous["n"] + 1)
    at = integer(parts["at"], "schedule: at")
    closes_at = integer(parts["closes_at"], "schedule: closes_at")
    if parts["reason"] is not None:
        text_of(parts["reason"], "schedule: reason")
    opens = _opens(parts["opens"], panel, closes_at)
    if previous is not None:
        _check_moves(at, closes_at, opens, previous, begun)


def _opens(value: object, panel: Panel, closes_at: int) -> dict[int, int]:
    opens: dict[int, int] = {}
    last = closes_at
    items = array(value, "schedule: opens")
    for place, item in enumerate(items):
        what = f"schedule: opens[{place}]"
        parts = exactly(item, "stage at", what)
        at = integer(parts["at"], f"{what}: at")
        if at < last:
            raise Malformed(f"{what}: opens before " + ("the stage before it" if opens else "closes_at"))
        opens[integer(parts["stage"], f"{what}: stage", 1)] = last = at
    if tuple(opens) != panel.stages or len(opens) != len(items):
        raise Malformed("schedule: opens does not name every stage once, ascending")
    return opens


def _check_moves(
    at: int, closes_at: int, opens: dict[int, int], previous: Mapping[str, Any], begun: Collection[int]
) -> None:
    if closes_at != previous["closes_at"] and closes_at <= max(previous["closes_at"], at):
        raise Malformed("schedule: closes_at moves, but not to after its old value and now")
    for item in previous["opens"]:
        moved = opens[item["stage"]] - item["at"]
        if moved < 0:
            raise Malformed(f"schedule: stage {item['stage']} would open earlier than announced")
        if moved and item["stage"] in begun:
            raise Malformed(f"schedule: the opening of stage {item['stage']} has begun and cannot move")


def _check_schedule_sigs(parts: Mapping[str, Any], panel: Panel) -> None:
    if parts["n"] == 0:
        if parts["sigs"] != []:
            raise Malformed("schedule: the first one is not signed by seats")
        return
    signed = check_seat_sigs(parts["sigs"], panel, SCHEDULE_TAG, _unsigned(parts), "schedule")
    for role in SCHEDULERS:
        if panel.seat_of(role).i not in signed:
            raise Malformed(f"schedule: not signed by the seat {role}")


def check_seat_sigs(
    value: object, panel: Panel, tag: str, body: Mapping[str, Any], what: str
) -> frozenset[int]:
    """The distinct seats that signed ``body``; every signature listed must hold. Raises ``Malformed``."""
    signed: set[int] = set()
    for place, item in enumerate(array(value, f"{what}: sigs")):
        parts = exactly(item, "i sig", f"{what}: sigs[{place}]")
        seat = panel.seat(integer(parts["i"], f"{what}: sigs[{place}]: i"))
        if seat.i in signed:
            raise Malformed(f"{what}: two signatures of seat {seat.i}")
        if not verify_object(seat.sign, tag, dict(body), parts["sig"]):
            raise Malformed(f"{what}: the signature of seat {seat.i} ({seat.role}) does not hold")
        signed.add(seat.i)
    return frozenset(signed)


def seat_sigs(signatures: Iterable[tuple[int, str]]) -> list[dict[str, Any]]:
    """Signatures by seat, as events carry them: ascending."""
    return [{"i": i, "sig": sig} for i, sig in sorted(signatures)]


def _unsigned(event: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in event.items() if key != "sigs"}
