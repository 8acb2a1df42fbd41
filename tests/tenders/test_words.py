"""No notice mixes the words of two laws."""

from dataclasses import fields

import pytest

from bidding.i18n.catalog import english
from bidding.tenders.kinds import Family, Method
from bidding.tenders.methods import PRESETS
from bidding.tenders.words import Words, words

ENGLISH = english()
PAIRS = [(each.family, each.method) for each in PRESETS]
IDS = [f"{family.value}.{method.value}" for family, method in PAIRS]
NAMES = [item.name for item in fields(Words)]
#: What only one law says, or one way of buying: nobody else's notice may.
OWN = {
    "招标人": {Family.WORKS},
    "否决投标": {Family.WORKS},
    "采购": {Family.PROCUREMENT},
    "供应商": {Family.PROCUREMENT},
    "响应": {Family.PROCUREMENT},
    "质疑": {Family.PROCUREMENT},
    "废标": {Family.PROCUREMENT},
    "招标": {Family.WORKS, Family.PROCUREMENT},
    "投标": {Family.WORKS, Family.PROCUREMENT},
    "评标": {Family.WORKS, Family.PROCUREMENT},
    "中标": {Family.WORKS, Family.PROCUREMENT},
    "比选": {Family.LOCAL},
    "中选": {Family.LOCAL},
    "转让": {Family.PROPERTY},
    "受让": {Family.PROPERTY},
    "承租": {Family.PROPERTY},
    "起始价": {Family.PROPERTY},
}
#: Words of a tender that what is bought in another way must not say either (财政部令第74号, 财库〔2014〕214号).
OF_TENDERS = ("投标", "招标", "评标", "中标", "废标")
RESPONDING = (Method.NEGOTIATION, Method.CONSULTATION, Method.QUOTATION, Method.SINGLE_SOURCE)


@pytest.mark.parametrize("pair", PAIRS, ids=IDS)
def test_every_method_has_all_its_words_in_both_languages(pair):
    told = words(*pair)
    for name in NAMES:
        word = getattr(told, name)
        assert word
        assert ENGLISH.get(word).string, word


@pytest.mark.parametrize("pair", PAIRS, ids=IDS)
def test_no_word_of_another_law_leaks(pair):
    family, method = pair
    said = [getattr(words(*pair), name) for name in NAMES]
    for word, families in OWN.items():
        if family not in families:
            assert not [text for text in said if word in text], word
    if method in RESPONDING:
        assert not [text for text in said for word in OF_TENDERS if word in text]
    if method is Method.LEASE:
        assert not [text for text in said if "转让" in text or "受让" in text]


@pytest.mark.parametrize(
    ("pair", "owner", "tenderer", "winner", "rejected", "void", "objection"),
    [
        ((Family.WORKS, Method.OPEN_TENDER), "招标人", "投标人", "中标人", "否决投标", "招标失败", "异议"),
        (
            (Family.PROCUREMENT, Method.OPEN_TENDER),
            "采购人",
            "投标人",
            "中标供应商",
            "投标无效",
            "废标",
            "质疑",
        ),
        ((Family.LOCAL, Method.COMPARISON), "比选人", "比选申请人", "中选人", "申请无效", "比选失败", "异议"),
    ],
)
def test_each_law_has_its_own(pair, owner, tenderer, winner, rejected, void, objection):
    told = words(*pair)
    assert (told.owner, told.tenderer, told.winner) == (owner, tenderer, winner)
    assert (told.rejected, told.void, told.objection) == (rejected, void, objection)


def test_what_is_not_offered_has_no_words():
    with pytest.raises(KeyError):
        words(Family.PROPERTY, Method.OPEN_TENDER)
