"""Pages that are made once for everybody: how long, for whom, and what a crowd gets meanwhile."""

from __future__ import annotations

from threading import Event, Thread

import pytest

from bidding.web.remembered import Pages


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def making():
    """``making()``: a page with a number, one more each time; ``making.count``: how many were made."""

    def make():
        make.count += 1
        return f"page {make.count}"

    make.count = 0
    return make


def test_a_page_is_made_once_in_its_time(clock, making):
    pages = Pages(1, clock)
    assert [pages.page("a", making) for _ in range(3)] == ["page 1"] * 3
    clock.now += 0.999
    assert pages.page("a", making) == "page 1"
    clock.now += 0.001
    assert pages.page("a", making) == "page 2"


def test_every_address_has_its_own(clock, making):
    pages = Pages(1, clock)
    assert [pages.page(key, making) for key in ("a", "b", "a")] == ["page 1", "page 2", "page 1"]


def test_nothing_is_remembered_for_no_time(clock, making):
    pages = Pages(0, clock)
    assert [pages.page("a", making) for _ in range(2)] == ["page 1", "page 2"]


def test_what_could_not_be_made_is_made_by_the_next(clock, making):
    pages = Pages(1, clock)
    with pytest.raises(ZeroDivisionError):
        pages.page("a", lambda: 1 / 0)
    assert pages.page("a", making) == "page 1"


@pytest.mark.parametrize(("age", "waits"), [(1.0, False), (1.999, False), (2.0, True)])
def test_a_crowd_gets_the_page_before_while_one_makes_the_next(clock, making, age, waits):
    pages, begun, go_on = Pages(1, clock), Event(), Event()
    pages.page("a", making)
    clock.now += age

    def slow():
        begun.set()
        assert go_on.wait(10)
        return making()

    got = []
    maker = Thread(target=lambda: got.append(pages.page("a", slow)))
    maker.start()
    assert begun.wait(10)
    crowd = Thread(target=lambda: got.append(pages.page("a", making)))
    crowd.start()
    crowd.join(0.2 if waits else 10)
    assert got == ([] if waits else ["page 1"])
    go_on.set()
    maker.join(10)
    crowd.join(10)
    assert sorted(got) == (["page 2", "page 2"] if waits else ["page 1", "page 2"])
    assert making.count == 2
