"""No notice mixes the words of two laws."""

from dataclasses import fields

import pytest

from bidding.tenders.kinds import OFFERED, Family, Method
from bidding.tenders.words import Words, words


@pytest.mark.parametrize("pair", OFFERED, ids=lambda pair: pair[0].value)
def test_every_pair_on_offer_has_all_its_words(pair):
    assert all(getattr(words(*pair), item.name) for item in fields(Words))


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
