"""What a laptop found, and how the server holds it against its own: docs/spec/opening.md, "The offline hall". Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bidding.core.canonical import (
    Malformed,
    array,
    dumps,
    exactly,
    identifier,
    integer,
    sha,
    text_of,
    unhex,
)
from bidding.opening.batches import Shares, SignedBatch, check_batch, parse_batch
from bidding.opening.offline.held import Held, parse_held
from bidding.opening.record import LoggedBid, Record
from bidding.opening.unsealing import Ciphertexts, Outcome, unseal

_KEYS = "v type project panel stage checkpoint began_at ended_at host supervisor batches sheets verdicts"


@dataclass(frozen=True, slots=True)
class Result:
    """A result file whose shape holds; ``sha256`` of its JCS, in hex."""

    project: str
    panel: str
    stage: int
    checkpoint: str
    held: Held
    batches: tuple[SignedBatch, ...]
    sheets: Mapping[tuple[str, str], str]  # (bid, envelope) -> SHA-256
    verdicts: Mapping[tuple[str, str], str]
    sha256: str


#: What came out, in order of receipt.
Outcomes = Sequence[tuple[LoggedBid, str, Outcome]]
#: The same with their places among all that is read out; bags keep theirs, though no laptop opens them.
Placed = Sequence[tuple[int, tuple[LoggedBid, str, Outcome]]]


def take_batches(record: Record, stage: int, given: Sequence[SignedBatch]) -> dict[int, Shares]:
    """The shares of the public envelopes by seat, every batch checked whole. Raises ``Malformed``.

    Batches of the attachments are checked too: they travel with the result. A seat may stand there once for each kind.
    """
    found: dict[int, Shares] = {}
    seen: set[tuple[int, bool]] = set()
    for signed in given:
        seat, public = signed.batch["i"], signed.batch["public"]
        shares = check_batch(record, signed.batch, signed.sig)
        if signed.batch["stage"] != stage:
            raise Malformed(f"share batch of seat {seat}: for stage {signed.batch['stage']}, not {stage}")
        if (seat, public) in seen:
            raise Malformed(f"share batch of seat {seat}: stands twice")
        seen.add((seat, public))
        if public:
            found[seat] = shares
    return found


def open_all(record: Record, stage: int, batches: Mapping[int, Shares], sealed: Ciphertexts) -> Outcomes:
    """Open every public envelope of a stage, as the server does once k batches are in. Raises ``Malformed``."""
    if len(batches) < record.panel.k:
        raise Malformed(f"{len(batches)} of {record.panel.k} trustees have given their shares")
    return [
        (bid, envelope, unseal(record, bid, envelope, batches, sealed))
        for bid, envelope in record.to_be_shared(stage, public=True)
    ]


def placed(record: Record, stage: int, outcomes: Outcomes) -> Placed:
    """Every outcome with its place of receipt, from 1."""
    places = {uid: place for place, uid in enumerate(record.rows(stage), 1)}
    return [(places[bid.uid], (bid, envelope, outcome)) for bid, envelope, outcome in outcomes]


def write_result(
    record: Record, stage: int, held: Held, batches: Sequence[SignedBatch], outcomes: Outcomes
) -> bytes:
    """The bytes of the result file: all that the server needs to find the same by itself, and what was found."""
    assert record.close is not None  # noqa: S101 — it was opened
    return dumps(
        {
            "v": 1,
            "type": "opening-result",
            "project": record.panel.project,
            "panel": record.panel_hash.hex(),
            "stage": stage,
            "checkpoint": record.close.head.text,
            "began_at": held.began_at,
            "ended_at": held.ended_at,
            "host": held.host,
            "supervisor": held.supervisor,
            "batches": [signed.value for signed in batches],
            "sheets": [
                {"bid": bid.uid, "envelope": envelope, "sha256": outcome.sha256}
                for bid, envelope, outcome in outcomes
                if outcome.verdict is None
            ],
            "verdicts": [
                {"bid": bid.uid, "envelope": envelope, "verdict": outcome.verdict}
                for bid, envelope, outcome in outcomes
                if outcome.verdict is not None
            ],
        }
    )


def parse_result(value: object) -> Result:
    """A result file of the right shape; nothing is proved yet. Raises ``Malformed``."""
    parts = exactly(value, _KEYS, "result")
    integer(parts["v"], "result: v", 1, 1)
    if parts["type"] != "opening-result":
        raise Malformed("result: type is not opening-result")
    return Result(
        project=identifier(parts["project"], "result: project"),
        panel=unhex(parts["panel"], 32, "result: panel").hex(),
        stage=integer(parts["stage"], "result: stage", 1),
        checkpoint=text_of(parts["checkpoint"], "result: checkpoint"),
        held=parse_held({key: parts[key] for key in ("began_at", "ended_at", "host", "supervisor")}),
        batches=tuple(parse_batch(item) for item in array(parts["batches"], "result: batches")),
        sheets=_by_place(parts["sheets"], "sha256"),
        verdicts=_by_place(parts["verdicts"], "verdict"),
        sha256=sha(dumps(parts)).hex(),
    )


def _by_place(value: object, said: str) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for item in array(value, "result"):
        parts = exactly(item, f"bid envelope {said}", "result")
        key = (
            unhex(parts["bid"], 16, "result: bid").hex(),
            identifier(parts["envelope"], "result: envelope"),
        )
        if key in found:
            raise Malformed(f"result: bid {key[0]}, {key[1]} stands twice")
        found[key] = text_of(parts[said], f"result: {said}")
    return found


def difference(record: Record, result: Result) -> str | None:
    """The first place where a result is not what the record says by now; None where they agree whole.

    What opened late counts like what opened in time. What lies unopened for want of trustees in a lot that was decided
    stays so, whatever a laptop has seen of it.
    """
    opened = record.opened[result.stage]
    ours = {**opened.sheets, **{key: str(item["verdict"]) for key, item in opened.verdicts.items()}}
    for key, late in record.after.late.items():
        if late.stage == result.stage:
            ours[key] = late.sha256 or str(late.verdict)
    theirs = {**result.sheets, **result.verdicts}
    for key in sorted(ours.keys() | theirs.keys()):
        if ours.get(key) == "trustees" and record.bids[key[0]].lot in record.after.decided:
            continue
        if ours.get(key) != theirs.get(key):
            return (
                f"bid {key[0]}, {key[1]}: {theirs.get(key, 'nothing')} there, {ours.get(key, 'nothing')} here"
            )
    return None
