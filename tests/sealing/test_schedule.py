"""A change of dates on the trustee's own machine: shown in plain words, checked, and signed by one of two seats."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from bidding.core.canonical import dumps, loads
from bidding.core.signing import public_key
from bidding.sealing import trustee as trustees
from bidding.sealing.cli import trustee
from bidding.sealing.dealing import trustee_sign_seed
from bidding.sealing.keys import TrusteeKey
from bidding.sealing.panel import check_schedule, parse_panel, seat_sigs
from tests.sealing.keyring import STANDING, seed_of
from tests.sealing.papers import entropy, panel_event

PASSPHRASE = "一句只有自己知道的话，够长"
CLOSES, LATER = 1_797_000_000, 1_797_000_000 + 7_200
PANEL = parse_panel(panel_event())


def first():
    return {
        "v": 1,
        "type": "schedule",
        "at": CLOSES - 900_000,
        "project": PANEL.project,
        "panel": PANEL.hash.hex(),
        "n": 0,
        "closes_at": CLOSES,
        "opens": [{"stage": 1, "at": CLOSES}],
        "reason": None,
        "sigs": [],
    }


def draft(**changes):
    schedule = {
        **first(),
        "at": CLOSES + 600,
        "n": 1,
        "closes_at": LATER,
        "opens": [{"stage": 1, "at": LATER}],
        "reason": "平台故障",
    } | changes
    del schedule["sigs"]
    return {
        "v": 1,
        "type": "schedule-draft",
        "title": "排水管网改造",
        "panel": panel_event(),
        "previous": first(),
        "schedule": schedule,
    }


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder with the file of an extension, the key files of every trustee, and their passphrase."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BIDDING_LANG", "zh")
    (tmp_path / "schedule.json").write_bytes(dumps(draft()))
    (tmp_path / "pass").write_text(PASSPHRASE + "\n", "utf-8")
    for name in STANDING:
        key = TrusteeKey(name, seed_of(name))
        trustees.write_trustee(key, tmp_path, PASSPHRASE, entropy(name), work_factor=4)
    return tmp_path


def run(*more, name, stdin="y\n"):
    key = f"trustee-{name}.age"
    arguments = ["schedule", "schedule.json", "--key", key, "--passphrase-file", "pass", *more]
    return CliRunner().invoke(trustee, arguments, input=stdin)


def of_role(role):
    return PANEL.seat_of(role).name


def test_both_seats_sign_and_the_log_takes_it(desk):
    signatures = []
    for role in ("supervisor", "agency"):
        result = run(name=of_role(role))
        assert result.exit_code == 0, result.output
        assert "由 2026-12-11 22:40:00 延至 2026-12-12 00:40:00" in result.output
        assert "原因：平台故障" in result.output
        assert PANEL.hash.hex() in result.output.replace(" ", "")
        found = loads((desk / f"schedule-{role}-signature.json").read_bytes())
        assert (found["panel"], found["n"]) == (PANEL.hash.hex(), 1)
        signatures.append((found["i"], found["sig"]))
    event = {**draft()["schedule"], "sigs": seat_sigs(signatures)}
    assert check_schedule(event, PANEL, first())["n"] == 1


def test_nothing_is_signed_without_a_yes_or_under_another_panel(desk):
    before = sorted(desk.iterdir())
    assert "没有确认" in run(name=of_role("agency"), stdin="n\n").output
    refused = run("--panel", "0" * 64, "--yes", name=of_role("agency"), stdin="")
    assert refused.exit_code == 1
    assert "the notice says" in refused.output
    assert sorted(desk.iterdir()) == before
    assert run("--panel", PANEL.hash.hex(), "--yes", name=of_role("agency"), stdin="").exit_code == 0


def test_a_trustee_without_one_of_the_two_seats_signs_nothing(desk):
    other = next(seat.name for seat in PANEL.seats if seat.role not in ("supervisor", "agency"))
    result = run(name=other)
    assert result.exit_code == 1
    assert "不是本项目的监督席位" in result.output


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"closes_at": CLOSES - 60}, "not to after its old value"),
        ({"opens": [{"stage": 1, "at": LATER - 1}]}, "opens before closes_at"),
        ({"closes_at": CLOSES, "opens": [{"stage": 1, "at": CLOSES - 1}]}, "opens before closes_at"),
        ({"n": 2}, "n is not 1"),
        ({"project": "T-2026-2"}, "project is not"),
        ({"at": LATER}, "not to after its old value and now"),
        ({"sigs": []}, "schedule"),
    ],
    ids=[
        "earlier",
        "opens too early",
        "opens earlier",
        "skips one",
        "other project",
        "past",
        "signed already",
    ],
)
def test_what_breaks_a_rule_is_not_signed(desk, change, why):
    value = draft()
    value["schedule"] |= change
    (desk / "schedule.json").write_bytes(dumps(value))
    result = run(name=of_role("agency"))
    assert result.exit_code == 1
    assert why in result.output
    assert "密钥没有使用" in result.output


def test_a_later_schedule_that_nobody_signed_is_no_ground_to_stand_on(desk):
    value = draft()
    value["previous"] |= {"n": 1}
    value["schedule"]["n"] = 2
    (desk / "schedule.json").write_bytes(dumps(value))
    assert "not signed by the seat supervisor" in run(name=of_role("agency")).output


def test_a_file_of_another_kind_is_refused(desk):
    (desk / "schedule.json").write_bytes(dumps({**draft(), "type": "drill"}))
    assert "type is not schedule-draft" in run(name=of_role("agency")).output


def test_the_key_that_signs_is_the_seats(desk):
    seat = PANEL.seat_of("agency")
    assert seat.sign == public_key(trustee_sign_seed(seed_of(seat.name)))
