"""What waits for administrators, and for nobody else."""

import pytest
from sqlalchemy import select

from bidding.province import service
from bidding.province.models import ProvinceMessage
from bidding.province.rules import State
from bidding.province.todo import waiting


@pytest.mark.parametrize(("who", "words"), [("wang", ["出错", "缺字段"]), ("sun", []), ("zhou", [])])
def test_what_failed_and_what_lacks_something_waits_for_administrators(
    app, cast, make, project_of, begin, station, who, words
):
    project_id = project_of(make())
    with begin() as tx:
        service.note_project(tx, project_id, station)
        first, second, *_ = tx.session.scalars(select(ProvinceMessage).order_by(ProvinceMessage.id))
        first.state, second.state = State.ERROR, State.INCOMPLETE
        first.next_due_at = second.next_due_at = None
    with begin() as tx, app.test_request_context():
        found = waiting(tx.session, cast.actor(who), tx.now)
    assert [item.lamp for item in found][:1] == (["over"] if words else [])
    assert all(word in item.title for word, item in zip(words, found, strict=True))
