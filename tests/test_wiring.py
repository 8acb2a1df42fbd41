"""The application's own Flask: addresses that are kept."""

from __future__ import annotations

import pytest
from flask import url_for
from werkzeug.routing import BuildError


@pytest.fixture
def at(app):
    """``at(endpoint, prefix, **values)``: its address on a page of a site below that prefix."""

    def _at(endpoint, prefix="", **values):
        with app.test_request_context("/", environ_overrides={"SCRIPT_NAME": prefix}):
            return url_for(endpoint, **values)

    return _at


def test_an_address_is_that_of_the_site_it_is_asked_on(at):
    for _ in range(2):
        assert at("tenders.notices") == "/notices"
        assert at("tenders.notices", "/bids") == "/bids/notices"
        assert at("static", filename="icons.svg") == "/static/icons.svg"
        assert at("static", filename="mark.svg") == "/static/mark.svg"
        assert at("static", "/bids", filename="mark.svg") == "/bids/static/mark.svg"


def test_what_is_asked_besides_is_in_the_address(at):
    assert at("tenders.notices") == "/notices"
    assert at("tenders.notices", q="x") == "/notices?q=x"
    assert at("tenders.notices", _external=True) == "http://localhost/notices"
    assert at("static", filename="mark.svg", v=1) == "/static/mark.svg?v=1"


def test_no_address_is_kept_of_what_there_is_not(at):
    for _ in range(2):
        with pytest.raises(BuildError):
            at("tenders.nothing")
