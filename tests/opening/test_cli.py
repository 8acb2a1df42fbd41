from __future__ import annotations

import shutil

import pytest
from click.testing import CliRunner

from bidding.commands import main
from bidding.core.canonical import loads
from bidding.core.clock import FakeClock
from bidding.core.entropy import ReplayEntropy
from bidding.opening import cli
from bidding.opening.batches import check_batch, parse_batch
from bidding.opening.client import read_package
from bidding.sealing.keys import TrusteeKey, write_key
from tests.opening.synthetic import at, closed, opened_first, policy, seed, witness_key

PASSPHRASE = "一句只有自己知道的话，够长"


@pytest.fixture(scope="module")
def tender():
    """A closed tender: three bids to open in lot 1, a lonely one in lot 2."""
    return closed("trustee at the command line")


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    """Key files of two trustees and of a stranger."""
    home = tmp_path_factory.mktemp("keys")
    for name, kept in (
        ("supervisor", seed("supervisor")),
        ("finance", seed("finance")),
        ("x", bytes(range(32))),
    ):
        path, entropy = home / f"trustee-{name}.age", ReplayEntropy(name.encode())
        write_key(path, TrusteeKey(name, kept), PASSPHRASE, entropy, work_factor=4)
    return home


@pytest.fixture
def desk(tender, keys, tmp_path, monkeypatch):
    """A trustee's folder. The machine's clock goes right, and the terminal speaks Chinese."""
    home = tmp_path / "desk"
    shutil.copytree(keys, home)
    (home / "package.json").write_bytes(tender.package())
    (home / "pass").write_text(PASSPHRASE + "\n", "utf-8")
    monkeypatch.chdir(home)
    monkeypatch.setenv("BIDDING_LANG", "zh")
    set_clock(monkeypatch, at(tender.closes + 60))
    return home


def set_clock(monkeypatch, now):
    monkeypatch.setattr(cli, "SystemClock", lambda: FakeClock(now))


def run(*more, stdin="y\n", key="trustee-supervisor.age"):
    arguments = ["trustee", "open", "package.json", "--key", key, "--passphrase-file", "pass", *more]
    return CliRunner().invoke(main, arguments, input=stdin)


def package(desk):
    return read_package((desk / "package.json").read_bytes())


def test_the_command_is_there_beside_the_others():
    result = CliRunner().invoke(main, ["trustee", "--help"])
    assert result.exit_code == 0
    assert all(word in result.output for word in ("new", "drill", "open"))


def test_a_trustee_sees_what_is_opened_and_gets_a_file_for_sheets_and_one_for_attachments(desk):
    result = run()
    assert result.exit_code == 0, result.output
    read = package(desk)
    assert read.record.panel.project in result.output
    assert "标段 1：开 3 份" in result.output
    assert "标段 2：投标不足 3 份，不开" in result.output
    assert read.words in result.output
    batches = [loads(path.read_bytes()) for path in sorted(desk.glob("shares-*.json"))]
    assert sorted(batch["batch"]["public"] for batch in batches) == [False, True]
    assert all(len(batch["batch"]["shares"]) == 3 for batch in batches)


def test_what_the_command_writes_is_what_the_server_checks(desk, tender):
    assert run(key="trustee-finance.age").exit_code == 0
    record = tender.record()
    for path in desk.glob("shares-*.json"):
        signed = parse_batch(loads(path.read_bytes()))
        assert signed.batch["i"] == record.panel.seat_of("finance").i
        assert len(check_batch(record, signed.batch, signed.sig)) == 3


def test_nothing_is_written_without_a_yes(desk):
    result = run(stdin="n\n")
    assert result.exit_code == 1
    assert not list(desk.glob("shares-*.json"))


def test_another_panel_than_the_notices_stops_before_the_key_is_asked_for(desk):
    result = run("--panel", "00" * 32, "--yes")
    assert result.exit_code == 1
    assert "密钥没有使用" in result.output
    assert not list(desk.glob("shares-*.json"))


def test_with_the_notices_panel_nothing_needs_to_be_asked(desk):
    result = run("--panel", package(desk).record.panel_hash.hex(), "--yes", stdin="")
    assert result.exit_code == 0, result.output


def test_before_the_hour_the_key_is_not_used(desk, tender, monkeypatch):
    set_clock(monkeypatch, at(tender.closes - 1))
    result = run()
    assert result.exit_code == 1
    assert "opens at" in result.output
    assert "监督部门" in result.output


def test_the_words_of_the_paper_record_are_compared(desk):
    assert run("--words", "1111 1111 1111 1111 1111 1111").exit_code == 1
    assert run("--words", package(desk).words).exit_code == 0


def test_of_two_stages_the_one_that_is_next_is_opened(desk, monkeypatch):
    made = opened_first("two at the command line")
    made.review({"yun": "没有通过"})
    (desk / "package.json").write_bytes(made.package())
    set_clock(monkeypatch, at(made.closes + 400))
    told = run()
    assert told.exit_code == 0, told.output
    assert "第 2 阶段" in told.output
    assert "标段 1：开 2 份" in told.output
    assert [path.name for path in desk.glob("shares-*")] == ["shares-T-2026-9-1-2-public.json"]


def test_files_that_are_there_are_not_written_over(desk):
    assert run().exit_code == 0
    before = {path: path.read_bytes() for path in desk.glob("shares-*.json")}
    result = run()
    assert result.exit_code == 1
    assert {path: path.read_bytes() for path in desk.glob("shares-*.json")} == before


def test_a_changed_package_is_refused(desk):
    whole = (desk / "package.json").read_bytes()
    (desk / "package.json").write_bytes(whole.replace(b'"count":4', b'"count":3', 1))
    result = run()
    assert result.exit_code == 1
    assert "密钥没有使用" in result.output


def test_a_key_without_a_seat_opens_nothing(desk):
    result = run(key="trustee-x.age")
    assert result.exit_code == 1
    assert "holds no seat" in result.output
    assert not list(desk.glob("shares-*.json"))


def test_keys_known_from_elsewhere_can_be_pinned(desk):
    (desk / "policy").write_text(policy(), "utf-8")
    assert run("--policy", "policy").exit_code == 0
    (desk / "other").write_text(policy().replace(str(witness_key()), str(witness_key("w2"))), "utf-8")
    assert run("--policy", "other").exit_code == 1


def test_a_wrong_passphrase_uses_no_key(desk):
    (desk / "pass").write_text("另外一句话，也够长的\n", "utf-8")
    assert run().exit_code == 1
    assert not list(desk.glob("shares-*.json"))
