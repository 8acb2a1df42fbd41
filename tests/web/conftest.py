"""Pages made for one test."""

import pytest


@pytest.fixture
def page(app):
    """``page(view)``: serve a view at ``/made-for-the-test``, before the first request; its address."""

    def _page(view, path="/made-for-the-test", methods=("GET", "POST")):
        app.add_url_rule(path, endpoint=path, view_func=view, methods=methods)
        return path

    return _page


@pytest.fixture
def fails(page):
    """``fails(error)``: a page that raises it."""

    def _fails(error):
        def view():
            raise error

        return page(view)

    return _fails
