"""Long lists, a page at a time."""

import pytest
from sqlalchemy import select

from bidding.ledger.models import Witness
from bidding.web.paging import Page, page_number, paginate


@pytest.mark.parametrize(
    ("text", "number"),
    [(None, 1), ("", 1), ("1", 1), ("7", 7), ("0", 1), ("-1", 1), ("x", 1), ("²", 1), ("٣", 1), ("9" * 8, 1)],
)
def test_a_mistyped_page_is_the_first(text, number):
    assert page_number({} if text is None else {"page": text}) == number


@pytest.mark.parametrize(
    ("number", "pages", "previous", "following"), [(1, 3, None, 2), (2, 3, 1, 3), (3, 3, 2, None)]
)
def test_pages_know_their_neighbours(number, pages, previous, following):
    page = Page([], number, 10, 21)
    assert (page.pages, page.previous, page.next) == (pages, previous, following)


def test_an_empty_list_has_one_page():
    page = Page([], 1, 10, 0)
    assert (page.pages, page.previous, page.next) == (1, None, None)


def test_a_list_is_cut_into_pages(begin, app):
    with begin() as tx:
        tx.session.add_all(Witness(name=f"{n:02}", vkey="", enrolled_at=tx.now) for n in range(25))
    statement = select(Witness).order_by(Witness.name)
    with begin() as tx:
        for number, names in ((1, range(10)), (3, range(20, 25)), (99, range(20, 25))):
            page = paginate(tx.session, statement, number=number, size=10)
            assert [w.name for w in page.items] == [f"{n:02}" for n in names]
            assert (page.total, page.pages) == (25, 3)
        assert paginate(tx.session, statement.where(Witness.name == "x"), number=5).items == []
