from bidding.db import db
from bidding.lifecycle.rules import Kind
from bidding.lifecycle.todo import waiting


def titles(app, course, who):
    db.session.rollback()
    with app.test_request_context():
        actor = course.centre.actor(who)
        return [item.title for item in waiting(db.session, actor, course.centre.clock.now())]


def test_a_notice_waits_for_everybody_who_may_publish_it_but_its_author(app, course):
    course.draft(Kind.TERMINATION)
    wanted = [f"复核终止公告：{course.project().title}"]
    assert titles(app, course, "wu") == titles(app, course, "wang") == wanted
    assert titles(app, course, "zhou") == titles(app, course, "sun") == titles(app, course, "t1") == []
