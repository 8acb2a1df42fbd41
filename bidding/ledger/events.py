"""The events that leaves commit to: the exact shape of each type (protocol §4), and how a leaf is made.

Pure. What is checked here is form: key sets and primitive types. Whether a dealing verifies, a manifest fits
its panel or an event may stand where it stands is asked elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from bidding.core.canonical import (
    Malformed,
    array,
    boolean,
    dumps,
    exactly,
    identifier,
    integer,
    sha,
    text_of,
    unhex,
)
from bidding.ledger.merkle import leaf_hash as merkle_leaf_hash

SALT_SIZE = 32
ENTRY_SIZE = 78


@dataclass(frozen=True, slots=True)
class ClockWentBack:
    """The machine's clock stood before the last stamp of a log; an alarm, nothing is undone (protocol §5)."""

    log_id: int
    by: timedelta


class EventType(StrEnum):
    """Every type of event."""

    PANEL = "panel"
    SCHEDULE = "schedule"
    NOTICE = "notice"
    BID = "bid"
    WITHDRAW = "withdraw"
    OVERRIDE = "override"
    PAPER = "paper"
    PAPER_BACK = "paper-back"
    PAPER_DOUBLE = "paper-double"
    PAPER_SHEET = "paper-sheet"
    COVER = "cover"
    ATTEMPT = "attempt"
    HOLD = "hold"
    CLOSE = "close"
    FAILED = "failed"
    SHARES = "shares"
    OPENED = "opened"
    OBJECTION = "objection"
    AWARD = "award"
    NOTE = "note"
    DRAW_SPEC = "draw-spec"
    DRAW_DEAL = "draw-deal"
    DRAW_CLOSED = "draw-closed"
    DRAW_REVEAL = "draw-reveal"
    DRAW_CALL = "draw-call"
    ENROL = "enrol"
    GENESIS = "genesis"
    FINAL = "final"


#: Types without the server's stamp.
UNDATED = frozenset({EventType.PANEL, EventType.COVER})
#: Types of the centre's log only. Beside them it takes notes.
OF_CENTRE = frozenset({EventType.ENROL, EventType.GENESIS, EventType.FINAL})

Check = Callable[[object, str], object]


def _hex(size: int) -> Check:
    return lambda value, what: unhex(value, size, what)


def _const(wanted: str) -> Check:
    def check(value: object, what: str) -> None:
        if value != wanted:
            raise Malformed(f"{what}: not {wanted!r}")

    return check


def _one_of(*values: str) -> Check:
    def check(value: object, what: str) -> None:
        if text_of(value, what) not in values:
            raise Malformed(f"{what}: not one of {', '.join(values)}")

    return check


def _or_null(check: Check) -> Check:
    return lambda value, what: None if value is None else check(value, what)


def _list(check: Check) -> Check:
    def each(value: object, what: str) -> None:
        for index, item in enumerate(array(value, what)):
            check(item, f"{what}[{index}]")

    return each


def _object(**fields: Check) -> Check:
    def check(value: object, what: str) -> None:
        found = exactly(value, " ".join(fields), what)
        for name, inner in fields.items():
            inner(found[name], f"{what}.{name}")

    return check


def _typed(name: str, **fields: Check) -> Check:
    return _object(v=_version, type=_const(name), **fields)


def _version(value: object, what: str) -> None:
    integer(value, what, 1, 1)


def _any_object(value: object, what: str) -> None:
    if not isinstance(value, dict):
        raise Malformed(f"{what}: not an object")


def _anything(_value: object, _what: str) -> None:
    """Evidence takes the form its verdict needs."""


_HASH = _hex(32)
_UID = _hex(16)
_SIG = _hex(64)
_SIGS = _list(_object(i=integer, sig=_SIG))
_DEALING = _object(C=_list(_HASH), E=_list(_HASH), c=_HASH, z=_list(_HASH))
_MANIFEST = _typed(
    "bid",
    project=identifier,
    lot=identifier,
    panel=_HASH,
    bid=_UID,
    sign_pub=_HASH,
    supersedes=_or_null(_UID),
    client=_HASH,
    envelopes=_list(
        _object(
            id=identifier,
            recipient=text_of,
            dealing=_DEALING,
            files=_list(_object(n=integer, size=integer, sha256=_HASH)),
        )
    ),
)
_SPEC = _object(
    v=_version,
    id=identifier,
    max_per_unit=integer,
    strata=_list(
        _object(
            id=identifier,
            need=integer,
            backups=integer,
            leaves=_list(_object(h=_HASH, excl=_or_null(text_of), unit=_or_null(text_of))),
        )
    ),
)

#: The further fields of every event, beside ``v``, ``type`` and (unless undated) ``at``.
SHAPES: dict[EventType, dict[str, Check]] = {
    EventType.PANEL: {
        "project": identifier,
        "suite": text_of,
        "k": integer,
        "min_bids": integer,
        "policy": text_of,
        "trustees": _list(
            _object(i=integer, role=text_of, name=identifier, org=text_of, pub=_HASH, sign=_HASH)
        ),
        "envelopes": _list(_object(id=identifier, public=boolean, stage=integer)),
    },
    EventType.SCHEDULE: {
        "project": identifier,
        "panel": _HASH,
        "n": integer,
        "closes_at": integer,
        "opens": _list(_object(stage=integer, at=integer)),
        "reason": _or_null(text_of),
        "sigs": _SIGS,
    },
    EventType.NOTICE: {"kind": text_of, "sha256": _HASH},
    EventType.BID: {"manifest": _MANIFEST, "sig": _SIG, "supersedes_sig": _or_null(_SIG)},
    EventType.WITHDRAW: {
        "withdrawal": _typed("withdrawal", project=identifier, panel=_HASH, bid=_UID),
        "sig": _SIG,
    },
    EventType.OVERRIDE: {
        "order": _typed("override", project=identifier, panel=_HASH, bid=_UID, reason=text_of),
        "sigs": _SIGS,
    },
    EventType.PAPER: {
        "panel": _HASH,
        "lot": identifier,
        "bag": _UID,
        "holder": _HASH,
        "copies": integer,
    },
    EventType.PAPER_BACK: {"bag": _UID},
    EventType.PAPER_DOUBLE: {"bag": _UID, "bid": _UID},
    EventType.PAPER_SHEET: {
        "bag": _UID,
        "tenderer": _object(name=text_of, uscc=text_of),
        "salt": _HASH,
        "fields": _or_null(_any_object),
        "void": _or_null(_one_of("empty", "unsigned", "unreadable", "tampered", "double")),
    },
    EventType.COVER: {},
    EventType.ATTEMPT: {"code": text_of},
    EventType.HOLD: {"on": boolean, "reason": text_of},
    EventType.CLOSE: {
        "closes_at": integer,
        "count": integer,
        "size": integer,
        "root": _HASH,
        "clock": _any_object,
    },
    EventType.FAILED: {"lot": identifier, "reason": text_of},
    EventType.SHARES: {"i": integer, "stage": integer, "public": boolean, "sha256": _HASH},
    EventType.OPENED: {
        "stage": integer,
        "sheets": _list(_object(bid=_UID, envelope=identifier, sha256=_HASH)),
        "verdicts": _list(
            _object(
                bid=_UID,
                envelope=identifier,
                verdict=_one_of("platform", "tenderer", "trustees"),
                evidence=_anything,
            )
        ),
    },
    EventType.OBJECTION: {"sha256": _HASH},
    EventType.AWARD: {"lot": identifier, "sha256": _HASH},
    EventType.NOTE: {"kind": text_of, "data": _any_object},
    EventType.DRAW_SPEC: {
        "order": _typed(
            "draw-order",
            panel=_HASH,
            spec=_SPEC,
            parties=_list(identifier),
            after=_or_null(identifier),
            reason=_or_null(text_of),
        ),
        "sig": _SIG,
    },
    EventType.DRAW_DEAL: {
        "deal": _typed(
            "draw-deal",
            panel=_HASH,
            draw=identifier,
            spec=_HASH,
            party=identifier,
            sign_pub=_HASH,
            dealing=_DEALING,
        ),
        "sig": _SIG,
    },
    EventType.DRAW_CLOSED: {"draw": identifier, "spec": _HASH, "parties": _list(identifier)},
    EventType.DRAW_REVEAL: {
        "draw": identifier,
        "party": identifier,
        "a0": _or_null(_HASH),
        "shares": _or_null(_list(_object(i=integer, S=_HASH, c=_HASH, z=_HASH))),
    },
    EventType.DRAW_CALL: {
        "draw": identifier,
        "stratum": identifier,
        "h": _HASH,
        "answer": _one_of("accept", "decline", "no-answer", "absent", "recused", "skip"),
        "reason": _or_null(text_of),
        "record": _or_null(_HASH),
    },
    EventType.ENROL: {"name": identifier, "pub": _HASH, "sign": _HASH, "sig": _SIG},
    EventType.GENESIS: {"project": identifier, "origin": text_of, "panel": _HASH},
    EventType.FINAL: {"project": identifier, "checkpoint": text_of},
}


def check_event(event: object) -> EventType:
    """The type of an event shaped exactly as protocol §4 says; raises ``Malformed``, which names the place."""
    if not isinstance(event, dict):
        raise Malformed("event: not an object")
    try:
        kind = EventType(text_of(event.get("type"), "event.type"))
    except ValueError as error:
        raise Malformed("event.type: not known") from error
    fields: dict[str, Check] = {"v": _version, "type": _const(kind.value), **SHAPES[kind]}
    if kind not in UNDATED:
        fields["at"] = integer
    _object(**fields)(event, kind.value)
    if kind is EventType.DRAW_REVEAL and (event["a0"] is None) == (event["shares"] is None):
        raise Malformed("draw-reveal: exactly one of a0 and shares is null")
    dumps(event)  # free parts too hold nothing that JCS as restricted here cannot write
    return kind


def commit(salt: bytes, event: dict[str, Any]) -> bytes:
    """The salted commitment to an event: 32 bytes that say nothing until the salt is given."""
    if len(salt) != SALT_SIZE:
        raise Malformed("salt: not 32 bytes")
    return sha("bidlog/v1 commit", salt, dumps(event))


def entry(commitment: bytes) -> str:
    """The 78 bytes of a leaf, alike for every type of event."""
    return f'{{"c":"{commitment.hex()}","v":1}}'


def leaf_hash(text: str) -> bytes:
    """The Merkle leaf hash of an entry."""
    return merkle_leaf_hash(text.encode("ascii"))
