from datetime import date

from sqlalchemy import delete

from bidding.conduct import service
from bidding.conduct.models import Acceptance
from bidding.conduct.rules import Rule
from bidding.conduct.todo import waiting
from bidding.db import db


def titles(app, cast, who, clock):
    with app.test_request_context():
        return [item.title for item in waiting(db.session, cast.actor(who), clock.now())]


def test_everybody_is_reminded_of_what_their_role_has_not_read(app, begin, cast, clock):
    assert titles(app, cast, "li", clock) == []
    with begin() as tx:
        tx.session.execute(delete(Acceptance))
    assert titles(app, cast, "li", clock) == ["读须知：投标人须知、投标保证金管理须知"]
    assert titles(app, cast, "zhou", clock) == ["读须知：招标人须知、招标代理机构须知"]


def test_a_draft_waits_for_the_other_administrator_alone(app, begin, cast, clock):
    with begin(cast.actor("wang")) as tx:
        service.draft(tx, Rule.ZONE, zh="一。", en="One.", valid_from=date(2026, 12, 1), reason="新的条例")
    assert titles(app, cast, "chen", clock) == ["复核须知的新版本：评标区管理注意事项"]
    assert titles(app, cast, "wang", clock) == titles(app, cast, "sun", clock) == []
