"""Who may reach a page."""

import pytest

from bidding.web.auth import public, requires, signed_in


@pytest.fixture
def pages(page):
    return (
        page(public(lambda: "in"), "/t/public"),
        page(signed_in(lambda: "in"), "/t/signed-in"),
        page(requires("witness:enrol")(lambda: "in"), "/t/requires"),
    )


@pytest.mark.parametrize(
    ("who", "statuses"),
    [(None, (200, 302, 302)), ("li", (200, 200, 403)), ("sun", (200, 200, 403)), ("wang", (200, 200, 200))],
)
def test_who_gets_in(client, client_as, pages, who, statuses):
    asking = client if who is None else client_as(who)
    assert tuple(asking.get(address).status_code for address in pages) == statuses


def test_a_program_is_told_to_sign_in(client, pages):
    assert client.post(pages[2]).status_code == 401


def test_marks_can_be_read_by_the_architecture_test():
    assert public(lambda: "").permission is None
    assert signed_in(lambda: "").permission == "signed-in"
    assert requires("a:b")(lambda: "").permission == "a:b"
