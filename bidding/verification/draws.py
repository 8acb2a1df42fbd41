"""The draws of a bundle: replayed, witnessed before anything was revealed, and the names that go with them (§7). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from bidding.core.canonical import Malformed, array, exactly, integer, loads, text_of, unhex
from bidding.experts.draw import leaf_hash
from bidding.experts.replay import DrawRecord
from bidding.experts.replay import Replay as DrawReplay
from bidding.ledger.trust import Checked, Policy
from bidding.opening.bundle import draw_spans
from bidding.sealing.panel import Panel
from bidding.verification.findings import KINDS, Report


class DrawLog(Protocol):
    """What of a log its draws hang on."""

    @property
    def panel(self) -> Panel:
        """Who has a seat."""

    @property
    def panel_hash(self) -> bytes:
        """The trust anchor."""

    @property
    def policy(self) -> Policy:
        """Whose cosignatures count."""

    @property
    def draws(self) -> Sequence[tuple[int, Mapping[str, Any]]]:
        """Index and event of every leaf of a draw."""


def check_draws(
    record: DrawLog, checkpoints: Sequence[Checked] | None, names: bytes | None, report: Report
) -> list[DrawRecord]:
    """Replay every draw of a log and check what goes with it; what was found goes into the report. The draws that hold.

    ``checkpoints`` is None where there is no log to have any.
    """
    draws = replay_all(record, report)
    if draws is not None:
        settle(record, draws, checkpoints, names, report)
    return draws or []


def replay_all(record: DrawLog, report: Report) -> list[DrawRecord] | None:
    """Every draw of a log replayed; None where an event breaks a rule, which the report says."""
    replay = DrawReplay(record.panel, record.panel_hash)
    for index, event in record.draws:
        try:
            replay.take(index, event)
        except Malformed as error:
            report.refuse("draw.event", error, index=index, kind=KINDS[event["type"]])
            return None
    return replay.draws


def settle(
    record: DrawLog,
    draws: Sequence[DrawRecord],
    checkpoints: Sequence[Checked] | None,
    names: bytes | None,
    report: Report,
) -> None:
    """What goes with draws that were replayed: their witnesses, how they stand, the names that are out."""
    before = len(report.refusals)
    if checkpoints is not None:
        _witnessed(record, checkpoints, report)
    for draw in draws:
        _state(draw, report)
        report.draws.append(told(draw))
    if draws and len(report.refusals) == before:
        report.holds("draws", count=len(draws))
    if names is not None:
        _names(names, draws, report)


def _witnessed(record: DrawLog, checkpoints: Sequence[Checked], report: Report) -> None:
    """A quorum saw the parties closed before the first of them revealed anything."""
    for draw, (closed, revealed) in draw_spans(record.draws).items():
        seen = any(
            closed < checked.head.size <= revealed and record.policy.witnessed(checked)
            for checked in checkpoints
        )
        if not seen:
            report.refuse("draw.witness", f"leaves {closed} to {revealed}", draw=draw)


def _state(draw: DrawRecord, report: Report) -> None:
    if draw.too_small is not None:
        report.note("draw.small", draw=draw.id)
    elif draw.calling is None or draw.calling.outstanding():
        report.note("draw.unfinished", draw=draw.id)


def told(draw: DrawRecord) -> dict[str, Any]:
    """A draw's outcome as ``--json`` prints it."""
    return {
        "id": draw.id,
        "parties": list(draw.parties),
        "by_trustees": [r.party for r in draw.reveals.values() if r.by_trustees],
        "seed": None if draw.seed is None else draw.seed.hex(),
        "strata": [
            {
                "id": result.id,
                "picks": list(result.picks),
                "backups": list(result.backups),
                "skipped": [list(pair) for pair in result.skipped],
                "serving": draw.calling.serving(result.id) if draw.calling else [],
            }
            for result in draw.results or ()
        ],
    }


def _names(data: bytes, draws: Sequence[DrawRecord], report: Report) -> None:
    """``names.json``: those called in a draw, nobody else and nobody left out, each as committed to (protocol §7.8).

    A project's draws may let their names out one after the other: a draw of which no name is there is only told of.
    """
    called = {draw.id: {h for _, h in draw.calling.called()} for draw in draws if draw.calling}
    everybody = set().union(*called.values())
    try:
        parts = exactly(loads(data), "v pool_id experts", "names")
        integer(parts["v"], "names: v", 1, 1)
        people = array(parts["experts"], "names: experts")
        pool_id = text_of(parts["pool_id"], "names: pool_id")
        rows = [_person(row, place) for place, row in enumerate(people)]
    except (Malformed, ValueError) as error:
        report.refuse("names.form", error)
        return
    if len({h for h, _, _ in rows}) != len(rows):
        report.refuse("names.form", "somebody stands twice")
        return
    for h, salt, expert in rows:
        if leaf_hash(pool_id, salt, expert) != h:
            report.refuse("names.other", h)
            return
        if h not in everybody:
            report.refuse("names.uncalled", h)
            return
    given = {h for h, _, _ in rows}
    for draw_id, wanted in called.items():
        if not given & wanted:
            report.note("names.waiting", draw=draw_id)
        elif wanted - given:
            report.refuse("names.missing", f"no name for {min(wanted - given)}", draw=draw_id)
            return
    report.names = {h: expert for h, _, expert in rows}
    report.holds("names", count=len(rows))


def _person(row: object, place: int) -> tuple[str, bytes, Mapping[str, Any]]:
    what = f"names: experts[{place}]"
    parts = exactly(row, "h salt expert", what)
    unhex(parts["h"], 32, f"{what}: h")
    if not isinstance(parts["expert"], dict):
        raise Malformed(f"{what}: expert: not an object")
    return parts["h"], unhex(parts["salt"], 32, f"{what}: salt"), parts["expert"]
