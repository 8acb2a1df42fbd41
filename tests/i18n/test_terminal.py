from __future__ import annotations

import pytest

from bidding.i18n.terminal import say, speaks_english
from bidding.sealing.keys import PassphraseShort


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
