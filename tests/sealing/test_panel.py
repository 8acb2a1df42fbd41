from __future__ import annotations

import copy

import pytest

from bidding.core.canonical import Malformed, dumps, sha
from bidding.sealing.dealing import trustee_sign_seed
from bidding.sealing.panel import (
    check_schedule,
    check_seat_sigs,
    envelope_ctx,
    panel_hash,
    parse_panel,
    seat_sigs,
    sign_schedule,
)
from tests.sealing.keyring import STANDING, seed_of
from tests.sealing.papers import panel_event

PANEL = parse_panel(panel_event())
NUMBERS = {name: i for i, name in enumerate(STANDING, 1)}


def test_a_panel_knows_its_seats_and_envelopes():
    assert (PANEL.n, PANEL.k, PANEL.stages) == (5, 3, (1,))
    assert PANEL.hash == panel_hash(panel_event()) == sha("bidseal/v1 panel", dumps(panel_event()))
    assert PANEL.seat_of("agency").i == 3
    assert PANEL.seat(1).role == "supervisor"
    assert PANEL.envelope("offer").public
    for wrong in (lambda: PANEL.seat(0), lambda: PANEL.seat(6), lambda: PANEL.envelope("x")):
        with pytest.raises(Malformed):
            wrong()
    with pytest.raises(Malformed):
        PANEL.seat_of("janitor")


def test_the_place_of_a_dealing_hangs_on_panel_bid_and_envelope():
    places = {
        envelope_ctx(panel, bid, envelope)
        for panel in (PANEL.hash, b"o" * 32)
        for bid in ("00" * 16, "01" * 16)
        for envelope in ("offer", "files")
    }
    assert len(places) == 8


def _trustee(seat, **changes):
    event = panel_event()
    event["trustees"][seat - 1] |= changes
    return event


@pytest.mark.parametrize(
    "event",
    [
        panel_event(v=2),
        panel_event(v=True),
        panel_event(type="schedule"),
        panel_event(suite="bidseal-sm2"),
        panel_event(k=1),
        panel_event(k=5),
        panel_event(k=True),
        panel_event(min_bids=0),
        panel_event(project="第一"),
        panel_event(policy=""),
        panel_event(policy="quorum none\n"),
        panel_event(envelopes=[]),
        panel_event(envelopes=[{"id": "offer", "public": True, "stage": 0}]),
        panel_event(envelopes=[{"id": "offer", "public": 1, "stage": 1}]),
        panel_event(envelopes=[{"id": "offer", "public": True, "stage": 1}] * 2),
        panel_event(trustees=panel_event()["trustees"][:2]),
        panel_event(trustees=list(reversed(panel_event()["trustees"]))),
        panel_event(more=1),
        _trustee(2, pub=panel_event()["trustees"][0]["pub"]),
        _trustee(2, sign=panel_event()["trustees"][0]["sign"]),
        _trustee(2, name="supervisor"),
        _trustee(2, pub="00" * 32),
        _trustee(2, pub="ff" * 32),
        _trustee(2, sign="01" + "00" * 31),
        _trustee(2, role="supervisor"),
        _trustee(2, role="agency"),
        _trustee(2, org=""),
        _trustee(3, role="notary"),
        _trustee(2, i=3),
        panel_event(k=2),
    ],
)
def test_panels_the_protocol_forbids_are_refused(event):
    with pytest.raises(Malformed):
        parse_panel(event)


def test_one_organisation_cannot_open_alone():
    event = panel_event()
    for i in (0, 1):
        event["trustees"][i]["org"] = "one"
    parse_panel(event)
    event["trustees"][4]["org"] = "one"
    with pytest.raises(Malformed, match="one holds 3 seats"):
        parse_panel(event)


def schedule(n=0, *, closes_at=2_000, opens=2_000, at=1_000, by=("supervisor", "agency"), **changes):
    event = {
        "v": 1,
        "type": "schedule",
        "at": at,
        "project": PANEL.project,
        "panel": PANEL.hash.hex(),
        "n": n,
        "closes_at": closes_at,
        "opens": [{"stage": 1, "at": opens}],
        "reason": None if n == 0 else "更正",
        "sigs": [],
    } | changes
    if n:
        event["sigs"] = seat_sigs(
            (NUMBERS[name], sign_schedule(event, trustee_sign_seed(seed_of(name)))) for name in by
        )
    return event


def test_the_first_schedule_is_not_signed_and_later_ones_by_supervisor_and_agency():
    first = schedule()
    check_schedule(first, PANEL, None)
    check_schedule(schedule(1, closes_at=3_000, opens=3_000), PANEL, first)
    check_schedule(schedule(1, closes_at=2_000, opens=2_500), PANEL, first)
    for by in (("supervisor",), ("agency", "notary"), ()):
        with pytest.raises(Malformed, match="not signed"):
            check_schedule(schedule(1, closes_at=3_000, opens=3_000, by=by), PANEL, first)


@pytest.mark.parametrize(
    ("event", "previous"),
    [
        (schedule(opens=1_999), None),
        (schedule(opens=[]), None),
        (schedule(opens=2_000) | {"opens": []}, None),
        (schedule() | {"opens": [{"stage": 2, "at": 2_000}]}, None),
        (schedule() | {"opens": [{"stage": 1, "at": 2_000}] * 2}, None),
        (schedule() | {"sigs": [{"i": 1, "sig": "0"}]}, None),
        (schedule() | {"project": "T-2"}, None),
        (schedule() | {"panel": "0" * 64}, None),
        (schedule() | {"n": 1}, None),
        (schedule(1, closes_at=1_999, opens=2_000), schedule()),
        (schedule(1, closes_at=2_100, opens=2_100, at=2_100), schedule()),
        (schedule(1, closes_at=2_000, opens=2_400), schedule(opens=2_500)),
        (schedule(2, closes_at=3_000, opens=3_000), schedule()),
    ],
    ids=[
        "opens-early", "opens-no-list", "opens-empty", "other-stage", "stage-twice", "first-signed", "project",
        "panel", "number", "closes-earlier", "closes-in-the-past", "opens-earlier", "skips-a-number",
    ],
)  # fmt: skip
def test_schedules_that_move_back_or_leave_out_are_refused(event, previous):
    with pytest.raises(Malformed):
        check_schedule(event, PANEL, previous)


def test_a_stage_that_has_begun_does_not_move():
    first = schedule(opens=2_500)
    check_schedule(schedule(1, closes_at=2_000, opens=2_500), PANEL, first, begun={1})
    with pytest.raises(Malformed, match="has begun"):
        check_schedule(schedule(1, closes_at=2_000, opens=2_600), PANEL, first, begun={1})


def test_every_signature_that_is_listed_must_hold():
    event = schedule(1, closes_at=3_000, opens=3_000)
    body = {key: value for key, value in event.items() if key != "sigs"}
    assert check_seat_sigs(event["sigs"], PANEL, "bidseal/v1 schedule", body, "x") == {1, 3}
    for damage in (
        lambda sigs: [*sigs, sigs[0]],
        lambda sigs: [sigs[0] | {"i": 2}, sigs[1]],
        lambda sigs: [sigs[0] | {"more": 1}],
        lambda sigs: [sigs[0] | {"i": 0}],
        lambda sigs: "none",
    ):
        with pytest.raises(Malformed):
            check_seat_sigs(damage(copy.deepcopy(event["sigs"])), PANEL, "bidseal/v1 schedule", body, "x")
