from __future__ import annotations

import pytest

from bidding.db import db
from bidding.experts import todo


@pytest.fixture
def waiting(play, app):
    """What waits for somebody now, as the titles of their list."""

    def _waiting(login):
        centre = play.centre
        with app.test_request_context():
            actor = centre.actor(login)
            found = todo.waiting(db.session(), actor, centre.clock.now())
            db.session().rollback()
            db.session().expire_all()
            return [item.title for item in found]

    return _waiting


def everybody(waiting):
    return {login: titles for login in ("wang", "chen", "zhou", "sun", "t1") if (titles := waiting(login))}


def test_each_is_asked_when_it_is_their_turn(play, waiting):
    play.request("wang")
    assert everybody(waiting) == {"chen": ["复核专家抽取的条件并冻结名单"]}
    play.freeze("chen")
    assert everybody(waiting) == {"sun": ["核对专家名单，签署抽取令"]}
    play.order()
    deal = ["为专家抽取投入随机数"]
    assert everybody(waiting) == {"wang": deal, "chen": deal, "zhou": deal, "sun": deal}
    play.deal("reform", "sun").deal("renewal", "zhou").deal("centre")
    close = ["各方随机数已到齐，截止投入"]
    assert everybody(waiting) == {"wang": close, "chen": close}
    play.close(witnessed=False)
    assert everybody(waiting) == {}
    play.centre.cosign()
    play.reveal("centre").reveal("reform")
    assert everybody(waiting) == {"zhou": ["公开专家抽取的随机数"]}
    play.reveal("renewal")
    call = ["依次通知抽中的专家"]
    half = ["交出打开专家姓名的半把钥匙"]
    assert everybody(waiting) == {"wang": call, "chen": call, "sun": half}
    play.halves()
    assert everybody(waiting) == {"wang": call, "chen": call}
    play.call_everybody()
    assert everybody(waiting) == {"chen": ["复核别人登记的专家通知记录"]}
    play.countersign()
    assert everybody(waiting) == {}
    play.centre.clock.set(play.draw.evaluation_at)
    release = ["公布专家名单到评审室"]
    assert everybody(waiting) == {"wang": release, "chen": release}
    play.release()
    assert everybody(waiting) == {}
