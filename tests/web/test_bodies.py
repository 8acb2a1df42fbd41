from __future__ import annotations

import threading
from io import BytesIO

import pytest

from bidding.web.bodies import EACH, STRANGERS, Bodies, Crowded
from tests.people import sign_in


def test_one_address_has_so_many_places_and_takes_none_of_anothers():
    bodies = Bodies()
    given = [bodies.take({"strangers": STRANGERS, "a": EACH}) for _ in range(EACH)]
    with pytest.raises(Crowded):
        bodies.take({"strangers": STRANGERS, "a": EACH})
    bodies.take({"strangers": STRANGERS, "b": EACH})
    given[0]()
    given[0]()  # the last byte, and then the end of the request
    bodies.take({"strangers": STRANGERS, "a": EACH})
    with pytest.raises(Crowded):
        bodies.take({"strangers": STRANGERS, "a": EACH})


def test_strangers_together_have_so_many_places_and_whoever_is_signed_in_has_another():
    bodies = Bodies()
    for number in range(STRANGERS):
        bodies.take({"strangers": STRANGERS, f"a{number}": EACH})
    with pytest.raises(Crowded):
        bodies.take({"strangers": STRANGERS, "new": EACH})
    bodies.take({"organisation 1": EACH})


class Hanging:
    """A body of nine bytes of which nothing comes until somebody lets it."""

    def __init__(self) -> None:
        self.go_on, self.asked = threading.Event(), threading.Event()
        self._place = 0

    def tell(self) -> int:
        return self._place

    def seek(self, place: int, whence: int = 0) -> None:
        self._place = 9 if whence else place

    def read(self, *_size) -> bytes:
        self.asked.set()
        assert self.go_on.wait(10)
        return b""


@pytest.fixture
def crowd(app, cast):
    """``crowd(count, client)``: so many forms of one sender whose bodies hang."""
    app.config["WTF_CSRF_ENABLED"] = True
    bodies, threads = [], []

    def send(client, body):
        with app.app_context():
            client.post("/sign-in", input_stream=body, content_type="application/x-www-form-urlencoded")

    def _crowd(count, client):
        for _ in range(count):
            bodies.append(Hanging())
            threads.append(threading.Thread(target=send, args=(client, bodies[-1])))
            threads[-1].start()
            assert bodies[-1].asked.wait(10)

    yield _crowd
    for body in bodies:
        body.go_on.set()
    for thread in threads:
        thread.join()


def test_a_stranger_who_sends_slowly_holds_nobody_up_but_himself(app, crowd):
    crowd(EACH, app.test_client())
    answer = app.test_client().post("/sign-in", data={"login": "li"}, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["code"]) == (503, "web.crowded")
    elsewhere = app.test_client().post("/sign-in", data={}, environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert elsewhere.status_code == 400  # read to its end: it lacks the token
    assert sign_in(app, "li").post("/account", data={}).status_code == 400


def test_a_place_is_free_again_when_the_body_is_over(app, cast):
    client = app.test_client()
    for _ in range(2 * EACH):
        assert client.post("/sign-in", data={"login": "li", "password": "x"}).status_code != 503
        assert client.post("/uploads/none", data=b"x" * 100).status_code != 503  # refused before it is read


FORM = "application/x-www-form-urlencoded"


def test_what_a_refusal_has_not_read_is_read_before_the_answer(app, cast):
    body = BytesIO(b"x" * 200_000)
    answer = app.test_client().post(
        "/sign-in", input_stream=body, content_type=FORM, headers={"Origin": "https://evil.example"}
    )
    assert (answer.status_code, body.read(), "Connection" in answer.headers) == (400, b"", False)


def test_of_more_than_is_taken_nothing_is_read_and_the_line_is_closed(app, cast):
    app.config["MAX_CONTENT_LENGTH"] = 100_000
    for path in ("/sign-in", "/nowhere"):
        body = BytesIO(b"x" * 100_001)
        answer = app.test_client().post(path, input_stream=body, content_type=FORM)
        assert (answer.status_code >= 400, body.tell(), answer.headers["Connection"]) == (True, 0, "close")
