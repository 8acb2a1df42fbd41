"""Pages that are made once for everybody: how long, for whom, and what a crowd gets meanwhile."""

from __future__ import annotations

from threading import Event, Semaphore, Thread

import pytest
from flask import Flask, abort, make_response, request, session
from werkzeug.middleware.proxy_fix import ProxyFix

from bidding.web import remembered
from bidding.web.remembered import Aside, Pages, for_everybody


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


def test_what_is_made_aside_is_waited_for_by_nobody_who_has_the_page_before(clock, making):
    jobs = []
    pages = Pages(1, clock, aside=lambda job: jobs.append(job) or True)
    assert pages.page("a", making) == "page 1"  # there is none before
    assert not jobs
    clock.now += 1.999
    assert [pages.page("a", making) for _ in range(3)] == ["page 1"] * 3
    assert len(jobs) == 1  # nobody else makes what is on its way
    jobs.pop()()
    assert pages.page("a", making) == "page 2"
    clock.now += 2
    assert pages.page("a", making) == "page 3"  # too old for anybody
    assert not jobs


def test_a_page_that_cannot_be_made_aside_is_made_by_whoever_asks(clock, making):
    pages = Pages(1, clock, aside=lambda _: False)
    pages.page("a", making)
    clock.now += 1
    assert pages.page("a", making) == "page 2"


def test_what_failed_aside_is_made_again(clock, making):
    def fails(job):
        with pytest.raises(ZeroDivisionError):
            job()
        return True

    pages = Pages(1, clock, aside=fails)
    pages.page("a", making)
    clock.now += 1
    assert pages.page("a", lambda: 1 / 0) == "page 1"
    clock.now += 1
    assert pages.page("a", making) == "page 2"


def test_only_so_many_wait_aside_and_one_is_made_at_a_time():
    aside, go_on, done = Aside(), Event(), []
    took = [aside(lambda: done.append(go_on.wait(10))) for _ in range(65)]
    assert took == [True] * 64 + [False]
    assert not done
    go_on.set()
    last = Event()
    while not aside(last.set):
        pass
    assert last.wait(10)
    assert done == [True] * 64


@pytest.fixture
def site():
    """A site with a page for everybody that counts how often it is made, and says what it was asked with."""
    app = Flask("site")
    app.config |= {"SECRET_KEY": "x", "LIST_SECONDS": 60, "SIGN_IN_COOKIE": "sign-in", "MADE": 0}
    remembered.init_app(app, lambda header: "en" if header.startswith("en") else "zh")

    @app.get("/list")
    @for_everybody
    def page():
        app.config["MADE"] += 1
        what = request.args.get("what")
        if what == "broken":
            abort(503)
        if what == "form":
            session["token"] = "mine"
        answer = make_response(f"{app.config['MADE']} {request.headers.get('Accept-Language')} {request.url}")
        answer.headers["Content-Security-Policy"] = "default-src 'none'"
        return answer

    @app.get("/other")
    def other():
        app.config["MADE"] += 1
        return str(app.config["MADE"])

    return app


def _made(site, *asked):
    """How often pages were made while they were asked for in turn, each by somebody new."""
    before = site.config["MADE"]
    for path, headers in asked:
        site.test_client(use_cookies=False).get(path, headers=headers)
    return site.config["MADE"] - before


def test_the_whole_answer_is_remembered(site):
    first, second = (site.test_client().get("/list?q=路") for _ in range(2))
    assert second.text == first.text
    assert list(second.headers) == list(first.headers)
    assert second.headers["Content-Security-Policy"] == "default-src 'none'"


@pytest.mark.parametrize(
    ("one", "other", "made"),
    [
        (("/list", {}), ("/list", {"User-Agent": "x", "Accept": "text/html", "Referer": "http://a/"}), 1),
        (("/list", {"Accept-Language": "en-GB"}), ("/list", {"Accept-Language": "en"}), 1),
        (("/list", {"Accept-Language": "en"}), ("/list", {"Accept-Language": "zh"}), 2),
        (("/list", {"Cookie": "language=en"}), ("/list", {"Cookie": "language=zh-Hans"}), 2),
        (("/list", {"Cookie": "look=dark"}), ("/list", {"Cookie": "look=dark"}), 1),
        (("/list?q=a", {}), ("/list?q=b", {}), 2),
        (("/list", {"Host": "a"}), ("/list", {"Host": "b"}), 2),
        (("/other", {}), ("/other", {}), 2),
        (("/list", {"Cookie": "sign-in=x"}), ("/list", {"Cookie": "sign-in=x"}), 2),
        (("/list", {"Cookie": "a=b; session=x"}), ("/list", {"Cookie": "a=b; session=x"}), 2),
        (("/list", {}), ("/list", {"Cookie": "sign-in=x"}), 2),
        (("/list?what=broken", {}), ("/list?what=broken", {}), 2),
        (("/list?what=form", {}), ("/list?what=form", {}), 2),
    ],
)
def test_a_page_is_shared_by_those_to_whom_it_is_alike(site, one, other, made):
    assert _made(site, one, other) == made


def test_what_is_for_one_alone_is_theirs_with_its_cookie(site):
    first, second = (site.test_client().get("/list?what=form") for _ in range(2))
    assert first.headers["Set-Cookie"]
    assert second.headers["Set-Cookie"]
    assert site.test_client().get("/list?what=broken").status_code == 503


def test_only_a_page_that_is_read_is_answered_from_memory(site):
    client = site.test_client()
    assert client.head("/list").data == b""
    assert client.get("/list").data
    assert client.post("/list").status_code == 405
    assert site.config["MADE"] == 2


def test_nothing_is_remembered_where_the_setting_says_so(site):
    site.config["LIST_SECONDS"] = 0
    assert _made(site, ("/list", {}), ("/list", {})) == 2


def test_who_came_by_a_proxy_gets_the_addresses_of_the_name_they_asked_for(site):
    site.wsgi_app = ProxyFix(site.wsgi_app, x_proto=1, x_host=1)
    ours, theirs = (
        site.test_client().get("/list", headers={"X-Forwarded-Host": name, "X-Forwarded-Proto": "https"}).text
        for name in ("bids.example", "other.example")
    )
    assert ours.endswith("https://bids.example/list")
    assert theirs.endswith("https://other.example/list")


@pytest.mark.parametrize("lasts", [0, 60])
def test_two_pages_are_made_at_once_and_the_rest_in_turn(site, lasts):
    site.config["LIST_SECONDS"] = lasts
    begun, go_on, most = Semaphore(0), Event(), []

    @site.get("/slow")
    @for_everybody
    def slow():
        most.append(request.query_string)
        begun.release()
        assert go_on.wait(10)
        return "made"

    asked = [Thread(target=site.test_client().get, args=[f"/slow?q={number}"]) for number in range(5)]
    for thread in asked:
        thread.start()
    assert begun.acquire(timeout=10)
    assert begun.acquire(timeout=10)
    assert not begun.acquire(timeout=0.1)
    go_on.set()
    for thread in asked:
        thread.join(10)
    assert len(most) == 5
