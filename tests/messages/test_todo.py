"""What waits for the window."""

from bidding.db.outbox import Channel
from bidding.messages import service, todo
from bidding.messages.kinds import Kind


def titles(app, cast, begin, login):
    with begin() as tx, app.test_request_context():
        return [each.title for each in todo.waiting(tx.session, cast.actor(login), tx.now)]


def test_people_to_be_called_and_channels_that_are_down_wait_for_the_administrator(app, cast, begin):
    with begin() as tx:
        service.tell(
            tx, [cast.li.id, cast.zhao.id], Kind.REGISTRATION_APPROVED, path="/company", organisation="o"
        )
        service.note_check(tx, Channel.EMAIL, "connection refused")
        service.note_check(tx, Channel.SMS, None)
    assert titles(app, cast, begin, "wang") == ["有 2 条通知要人工转告", "邮件服务器没有应答"]
    for login in ("zhou", "sun", "li"):
        assert titles(app, cast, begin, login) == []
