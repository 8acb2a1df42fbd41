"""The commands that pages show are commands that the programs take; what is typed wrong is told with the way to the right."""

from __future__ import annotations

import html
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from bidding.commands import COMMANDS, main
from bidding.opening.cli import trustee_open
from bidding.sealing.cli import seal, withdraw
from tests.people import sign_in

SHOWN = re.compile(r'<code translate="no">(.*?)</code>', re.DOTALL)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The folder that a person works in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def shown(app, login, path):
    page = sign_in(app, login).get(path)
    assert page.status_code == 200
    return [shlex.split(html.unescape(each)) for each in SHOWN.findall(page.text)]


def read(command, words):
    """The command's own reading of the words, with the files that they name at hand."""
    for word in words:
        if word.endswith((".json", ".key", ".age")):
            Path(word).write_bytes(b"")
    return command.make_context(command.name, words).params


def test_the_page_to_submit_shows_how_to_seal(app, tender, folder):
    ((program, name, *words),) = shown(app, "t1", f"/notices/{tender.uid}/submit")
    assert (program, name) == ("bidding", "seal")
    params = read(seal, words)
    assert params["lot"] == "1"
    assert (params["name"], len(params["uscc"])) == ("岚岳建设集团有限公司", 18)
    asked = {field["name"] for field in tender.tender_file()["lots"][0]["fields"] if field["required"]}
    assert {text.partition("=")[0] for text in params["fields"]} == asked
    needed = {slot["code"] for slot in tender.tender_file()["lots"][0]["slots"] if slot["required"]}
    assert {text.partition("=")[0] for text in params["files"]} == needed
    assert params["replaces"] is None


def test_who_has_bid_is_shown_how_to_replace_and_to_withdraw(app, tender, attachment, folder):
    uid = tender.submit(1, tender.seal(1, [attachment], price_fen=1_200_000_000))
    key = Path(f"bid-{uid}.key")
    ((_, _, *words),) = shown(app, "t1", f"/notices/{tender.uid}/submit")
    assert read(seal, words)["replaces"] == key
    ((_, name, *words),) = shown(app, "t1", f"/bids/{uid}/withdraw")
    assert (name, read(withdraw, words)["key"]) == ("withdraw", key)


def test_the_hall_shows_each_trustee_who_is_waited_for_how_to_open(app, tender, attachment, folder):
    for number in (1, 2, 3):
        tender.submit(number, tender.seal(number, [attachment], price_fen=1_200_000_000 + number))
    tender.close()
    tender.open(["reform"])
    commands = shown(app, "sun", f"/hall/{tender.uid}")
    keys = [str(read(trustee_open, words[3:])["key"]) for words in commands]
    assert keys == [f"trustee-{name}.age" for name in ("finance", "renewal", "centre", "notary")]


WRONG = [
    (["nosuch"], "没有 nosuch 这个命令", "No such command: nosuch"),
    (["serve", "--nope"], "没有 --nope 这个选项", "No such option"),
    (["verify", "--tendr", "x"], "是不是", "Did you mean"),
    (["seal"], "没有写 'TENDER'", "Missing argument 'TENDER'"),
    (["serve", "--port", "x"], "'--port' 写得不对", "Invalid value for '--port'"),
    (["witness"], "--url、--key、--state 都要写", "are all needed"),
    (["serve", "--key", __file__], "要一起写", "go together"),
]


@pytest.mark.parametrize(("typed", "chinese", "english"), WRONG)
def test_a_slip_is_told_in_the_terminals_language(monkeypatch, typed, chinese, english):
    for language, words in (("zh", chinese), ("en", english)):
        monkeypatch.setenv("BIDDING_LANG", language)
        result = CliRunner().invoke(main, typed)
        assert result.exit_code == 2
        assert words in result.output


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_what_it_is_for_in_both_languages(command):
    result = CliRunner().invoke(main, [command, "--help"])
    assert result.exit_code == 0
    words = result.output.partition("\n\n")[2]
    assert any("\u4e00" <= sign <= "\u9fff" for sign in words)
