"""The scripts' texts: every code they ask for is there, and nothing is there that they do not ask for."""

from __future__ import annotations

import re

from bidding.submissions.wording import WORDS
from tests.conftest import ROOT

SCRIPTS = sorted((ROOT / "static" / "js" / "bidding").glob("*.js"))
_QUOTED = re.compile(r'"([a-z_]+(?:\.[a-z_]+)*)"')
_MADE = re.compile(r"say\(`([a-z_]+)\.\$\{")


def asked():
    text = "\n".join(path.read_text("utf-8") for path in SCRIPTS)
    quoted = set(_QUOTED.findall(text))
    made = {code for stem in _MADE.findall(text) for code in WORDS if code.startswith(f"{stem}.")}
    return quoted, made


def test_every_word_that_is_listed_is_asked_for():
    quoted, made = asked()
    assert sorted(set(WORDS) - quoted - made) == []


def test_every_word_that_is_asked_for_is_listed():
    said = set()
    for path in SCRIPTS:
        for call in re.findall(r"\bsay\(([^)]*)", path.read_text("utf-8")):
            said |= set(_QUOTED.findall(re.sub(r'=== "[a-z]+"', "", call.split("{")[0])))
    assert sorted(said - set(WORDS)) == []
