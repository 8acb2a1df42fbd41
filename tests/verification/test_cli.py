from __future__ import annotations

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from bidding.commands import main
from bidding.core.canonical import dumps
from bidding.ledger.words import six_words


@pytest.fixture
def desk(honest, tmp_path, monkeypatch):
    """A folder with what a tenderer holds; the terminal speaks Chinese."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BIDDING_LANG", "zh")
    (tmp_path / "opening.zip").write_bytes(honest.zip())
    (tmp_path / "tender.json").write_bytes(dumps(honest.tender))
    (tmp_path / "mine.tlog-proof").write_text(honest.receipts[honest.opened_bids()[0]], "utf-8")
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(main, ["verify", *arguments])


def test_an_honest_opening_holds_and_its_sheets_are_shown(desk, honest):
    result = run("opening.zip", "--receipt", "mine.tlog-proof", "--panel", honest.panel.hash.hex().upper())
    assert result.exit_code == 0, result.output
    assert "结论：成立。" in result.output
    assert "✗" not in result.output
    assert "price_fen = 12,000,000.02 元" in result.output
    assert honest.panel.project in result.output


def test_the_words_of_the_close_are_printed_and_compared(desk, honest):
    origin, size, _ = honest.close_text().split("\n")[:3]
    words = six_words(origin, int(size), honest.trees().root(int(size)))
    result = run("opening.zip", "--words", words)
    assert result.exit_code == 0, result.output
    assert words in result.output
    assert run("opening.zip", "--words", "1111 1111 1111 1111 1111 1111").exit_code == 1


def test_a_forged_record_is_refused_with_status_one(desk, honest):
    del honest.bundle["batches"][0]
    (desk / "opening.zip").write_bytes(honest.zip())
    result = run("opening.zip")
    assert result.exit_code == 1
    assert "✗ 日志记有第" in result.output
    assert "结论：不成立。" in result.output


def test_a_line_that_fails_says_what_to_do_and_every_line_what_it_checks_if_asked(desk, honest):
    assert "查的是" not in run("opening.zip").output
    assert "查的是：用份额重新拼出钥匙" in run("opening.zip", "--explain").output
    del honest.bundle["batches"][0]
    (desk / "opening.zip").write_bytes(honest.zip())
    assert "怎么办：请监督部门找这一席受托人核对" in run("opening.zip").output


def test_what_cannot_be_read_has_status_two_and_says_what_to_do(desk):
    whole = (desk / "opening.zip").read_bytes()
    (desk / "opening.zip").write_bytes(whole[: len(whole) // 2])
    result = run("opening.zip")
    assert result.exit_code == 2
    assert "重新下载" in result.output


def test_programs_get_json(desk, honest):
    result = run("opening.zip", "--json")
    data = json.loads(result.output)
    assert data["accepted"] is True
    assert data["project"] == honest.panel.project


def test_a_receipt_is_checked_before_there_is_a_record(desk):
    result = run("--receipt", "mine.tlog-proof", "--tender", "tender.json")
    assert result.exit_code == 0, result.output
    assert "开标后请连同 opening.zip" in result.output


def test_a_broken_receipt_is_refused_by_itself_too(desk):
    (desk / "mine.tlog-proof").write_bytes(b"\xff\xfe no receipt")
    assert run("--receipt", "mine.tlog-proof", "--tender", "tender.json").exit_code == 1
    assert run("opening.zip", "--receipt", "mine.tlog-proof").exit_code == 1


def test_nothing_to_verify_is_said_plainly(desk):
    result = run()
    assert result.exit_code == 1
    assert "opening.zip" in result.output


def test_keys_known_from_elsewhere_can_be_pinned(desk, honest):
    (desk / "policy").write_text(honest.panel.policy, "utf-8")
    result = run("opening.zip", "--policy", "policy")
    assert result.exit_code == 0, result.output
    assert "与您提供的一致" in result.output


def test_it_speaks_english_where_the_terminal_does(desk, monkeypatch):
    monkeypatch.setenv("BIDDING_LANG", "en")
    result = run("opening.zip")
    assert result.exit_code == 0
    assert "Result: it holds." in result.output
    told = [line for line in result.output.split("\n") if line[:1] in "✓·✗"]
    assert not any("\u4e00" <= sign <= "\u9fff" for line in told for sign in line)


def test_verifying_and_opening_need_neither_the_server_nor_a_database():
    asked = (
        "import sys, bidding.verification.cli, bidding.opening.cli;"
        "print([m for m in ('flask', 'sqlalchemy', 'werkzeug', 'wtforms') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
