from __future__ import annotations

import click
import pytest

from bidding.core.canonical import Malformed
from bidding.sealing.keys import PassphraseShort
from bidding.sealing.terminal import passphrase, refusals, say, speaks_english


@pytest.mark.parametrize(
    ("environment", "english"),
    [
        ({}, False),
        ({"LANG": "C.UTF-8"}, False),
        ({"LANG": "zh_CN.UTF-8"}, False),
        ({"LANG": "en_GB.UTF-8"}, True),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "zh_CN"}, False),
        ({"LANG": "zh_CN.UTF-8", "BIDDING_LANG": "en"}, True),
    ],
)
def test_the_terminal_speaks_chinese_unless_asked(monkeypatch, environment, english):
    for name in ("BIDDING_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert speaks_english() is english


def test_texts_and_the_texts_in_them_are_translated(monkeypatch):
    monkeypatch.setenv("BIDDING_LANG", "en")
    assert say("没有 100% 的把握") == "没有 100% 的把握"
    assert "不" not in say(PassphraseShort.text, least=12, count=5)
    monkeypatch.setenv("BIDDING_LANG", "zh")
    assert say(PassphraseShort.text, least=12, count=5).startswith("口令至少 12 个字符")


@pytest.mark.parametrize(
    "error", [PassphraseShort(least=12, count=1), Malformed("x"), FileNotFoundError(2, "gone", "f")]
)
def test_refusals_become_one_sentence(error):
    with pytest.raises(click.ClickException) as caught, refusals():
        raise error
    assert "\n" not in caught.value.format_message()


def test_a_passphrase_is_the_first_line_of_its_file(tmp_path):
    (tmp_path / "p").write_text("第一行的口令 abcdef\nsecond\n", "utf-8")
    assert passphrase("?", tmp_path / "p", new=True) == "第一行的口令 abcdef"
    (tmp_path / "p").write_text("", "utf-8")
    assert passphrase("?", tmp_path / "p") == ""
    with pytest.raises(click.ClickException):
        passphrase("?", tmp_path / "p", new=True)
