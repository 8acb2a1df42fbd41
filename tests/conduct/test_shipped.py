import re

import pytest

from bidding.conduct.rules import Rule, check_clauses
from bidding.conduct.shipped import digest, shipped, written

#: Of the texts as they were shipped. Somebody accepted these very words: a changed text is a new version, not another file.
SHIPPED = {
    "booking": "1a40fa4b0f1babf4b4ef19607f97f027469f6c10f58c5656767c0fb231634041",
    "draw": "057a7165f428eecddaf7b01480f749ec09ae69d1b1b50d009a8ffcec71a4ec7f",
    "zone": "67641a139cf4563457d14b960ff06556fa073f6f2f86ba250417f75b2fbd14e4",
    "owner": "ecd1992c64657e50f00e4c6b3210a1025c2e04257699e7db5ba1647e169398db",
    "tenderer": "542179cd070a5b675ae0fd24c3d901fdbb59c663c5071577bafb070893436edb",
    "supervisor": "8ccf553b663bce6110326f55bff005ebc865eec85c9f310f2b7ee366b14b524a",
    "opening": "60cfd625d7d01ae35ca7bfc3b32cca3d2505de1d1f831d54b691a83127c4245e",
    "panel": "fabdabbe5346ec4b0806ddeaa95ca596ab6ba6cb293986dd882c66335190fe05",
    "agency": "78127137c746c23233c86b79bc03a048a7b13397718de295f2ea74c3f8704a84",
    "security": "ef68bc4c16a0831fee49231a904b7a62f602d905fdf20578b215aa5eefa6394a",
}


@pytest.mark.parametrize("rule", Rule)
def test_the_first_version_never_changes(rule):
    assert shipped(rule).sha256 == SHIPPED[rule.value]


@pytest.mark.parametrize("rule", Rule)
def test_the_first_version_would_be_taken_from_an_administrator_too(rule):
    text = shipped(rule)
    assert check_clauses("\n".join(text.zh), "\n".join(text.en)) == (text.zh, text.en)


@pytest.mark.parametrize("rule", Rule)
def test_where_the_chinese_cites_an_article_the_english_does(rule):
    text = shipped(rule)
    for zh, en in zip(text.zh, text.en, strict=True):
        assert len(re.findall(r"第[一二三四五六七八九十百]+条", zh)) == len(re.findall(r"\bart\. \d+", en)), (
            zh
        )


def test_the_hash_covers_the_day_and_every_word():
    text = shipped(Rule.TENDERER)
    said = (text.rule, text.n, text.zh, text.en, text.valid_from)
    assert digest(written(*said)) == text.sha256
    assert digest(written(text.rule, 2, *said[2:])) != text.sha256
    assert digest(written(*said[:2], (*text.zh[:-1], "别的"), *said[3:])) != text.sha256
    assert digest(written(*said[:4], text.valid_from.replace(year=2027))) != text.sha256
