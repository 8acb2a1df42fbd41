import pytest

from bidding.lifecycle.contents import ASKED, Words, bases, check_words
from bidding.lifecycle.rules import MOST_WORDS, Kind, NoSuchBasis, WordsMissing, title
from bidding.tenders.kinds import Family, Method

WHOLE = Words("原因", "", "退款", "下一步", "周经办", "0000")


@pytest.mark.parametrize("kind", Kind)
def test_a_notice_says_everything_it_must(kind):
    basis = bases(Family.WORKS, kind)[0].code if bases(Family.WORKS, kind) else ""
    whole = {**{name: getattr(WHOLE, name) for name in Words.__dataclass_fields__}, "basis": basis}
    check_words(kind, Family.WORKS, Words(**whole))
    for name in ASKED[kind]:
        for wrong in ("", "  ", "字" * (MOST_WORDS + 1)):
            with pytest.raises(WordsMissing) as refused:
                check_words(kind, Family.WORKS, Words(**{**whole, name: wrong}))
            assert refused.value.field == name


def test_an_article_of_another_law_is_no_basis():
    with pytest.raises(NoSuchBasis):
        check_words(Kind.SUSPENSION, Family.PROCUREMENT, Words("原因", "objection", "", "下一步", "周", "0"))


@pytest.mark.parametrize("family", Family)
@pytest.mark.parametrize("kind", Kind)
def test_every_law_has_a_basis_for_every_notice_but_a_resumption(family, kind):
    assert bool(bases(family, kind)) is (kind is not Kind.RESUMPTION)


@pytest.mark.parametrize(
    ("method", "law", "few", "cancelled"),
    [
        (Method.NEGOTIATION, "政府采购非招标采购方式管理办法", "37(3)", "23"),
        (Method.CONSULTATION, "政府采购竞争性磋商采购方式管理暂行办法", "34(3)", "35"),
    ],
)
def test_what_goes_on_in_rounds_is_terminated_by_articles_of_its_own_and_never_voided(
    method, law, few, cancelled
):
    known = {each.code: each for each in bases(Family.PROCUREMENT, Kind.FAILURE, method)}
    assert (known["few"].law, known["few"].article) == (law, few)
    assert "budget" not in known
    (task,) = bases(Family.PROCUREMENT, Kind.TERMINATION, method)
    assert (task.law, task.article) == (law, cancelled)
    assert title(Kind.FAILURE, Family.PROCUREMENT, method) == "终止公告"
    assert title(Kind.FAILURE, Family.PROCUREMENT, Method.OPEN_TENDER) == "废标公告"
    words = Words("不足三家", "budget", "", "重新采购", "周", "0")
    check_words(Kind.FAILURE, Family.PROCUREMENT, words)
    with pytest.raises(NoSuchBasis):
        check_words(Kind.FAILURE, Family.PROCUREMENT, words, method)
