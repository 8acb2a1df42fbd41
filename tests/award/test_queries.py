from __future__ import annotations

import pytest
from sqlalchemy import event

from bidding.db import db
from tests.people import sign_in


@pytest.fixture
def statements(app):
    """What the database has been asked."""
    asked = []

    def _note(_connection, _cursor, statement, *_):
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", _note)
    yield asked
    event.remove(db.engine, "before_cursor_execute", _note)


@pytest.mark.parametrize("login", [None, "t2", "zhou", "sun"])
def test_before_the_close_a_notice_takes_as_long_with_bids_as_without(
    app, tender, attachment, statements, login
):
    """Reading the log takes as long as there are leaves in it; so nothing reads them."""
    tender.submit(1, tender.seal(1, [attachment], price_fen=1))
    visitor = app.test_client() if login is None else sign_in(app, login)
    statements.clear()
    visitor.get(f"/notices/{tender.uid}")
    visitor.get(f"/notices/{tender.uid}/award")
    visitor.get(f"/projects/{tender.uid}/award")
    assert statements
    assert not [text for text in statements if "FROM leaf" in text]
