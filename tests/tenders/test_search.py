"""What is found in the public list: any two neighbouring signs, on both databases alike."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bidding.core.errors import NotFound
from bidding.db import db
from bidding.tenders.kinds import Family, Method, Stage
from bidding.tenders.models import Listing, Project
from bidding.tenders.rules import Phase, grams, mark, pairs, runs
from bidding.tenders.search import COUNTED, Search, find
from bidding.tenders.service.listing import enlist, relist
from tests.tenders.drafting import CLOSES, GOODS, SMALL, WORKS


def titles(now, **asked):
    """What is found, the newest first."""
    db.session.rollback()
    window = {name: asked.pop(name) for name in ("before", "after", "size") if name in asked}
    return [row.title for row in find(db.session(), Search(**asked), now, **window).items]


def test_a_text_is_cut_into_neighbours_and_last_signs():
    assert grams("道路 A1") == ["道路", "路", "a1", "1"]
    assert pairs("人民医院") == ["人民", "民医", "医院"]
    assert runs("（CT）采购—A02-5") == ["ct", "采购", "a02", "5"]
    assert (mark(Family.WORKS), mark(Method.OPEN_TENDER)) == ("familyworks", "methodopentender")


@given(st.text(st.characters(categories=("L", "N", "P", "Zs")), max_size=30), st.data())
def test_every_stretch_of_a_run_is_a_phrase_of_its_pieces(text, data):
    pieces = grams(text)
    for run in runs(text):
        start = data.draw(st.integers(0, len(run) - 1))
        end = data.draw(st.integers(start + 1, len(run)))
        word = run[start:end]
        if len(word) == 1:
            assert any(piece.startswith(word) for piece in pieces)
        else:
            asked = pairs(word)
            assert any(pieces[at : at + len(asked)] == asked for at in range(len(pieces)))


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("排水", [WORKS]),
        ("医院", [GOODS]),
        ("ct", [GOODS]),
        ("Ct 采购", [GOODS]),
        ("屋", [SMALL]),
        ("修", [SMALL]),
        ("城市更新中心", [WORKS]),
        ("6.8 公里", [GOODS, WORKS]),
        ("排水 医院", []),
        ("水排", []),
        ("工程施工明川", []),
        ("明川", [SMALL, GOODS, WORKS]),
        ("''", []),
        ('"排水"', [WORKS]),
        ("排水 OR 医院", []),
        ("排%", [WORKS]),
        ("——", []),
    ],
)
def test_words_find_what_holds_all_of_them(published, clock, words, found):
    for facts in (WORKS, GOODS, SMALL):
        published(facts)
    assert titles(clock.now(), words=words) == [facts.title for facts in found]


def test_kinds_and_states_narrow_what_words_find(published, clock):
    for facts in (WORKS, GOODS, SMALL):
        published(facts)
    now = clock.now()
    assert titles(now, words="明川", family=Family.WORKS) == [WORKS.title]
    assert titles(now, family=Family.PROCUREMENT, method=Method.OPEN_TENDER) == [GOODS.title]
    assert titles(now, words="明川", phase=Phase.OPEN) == [SMALL.title, GOODS.title, WORKS.title]
    assert titles(now, phase=Phase.CLOSED) == []
    assert titles(CLOSES, phase=Phase.OPEN) == []
    assert titles(CLOSES, words="排水", phase=Phase.CLOSED) == [WORKS.title]
    assert titles(now, phase=Phase.TERMINATED) == []


def test_a_draft_is_nowhere(submitted, clock):
    submitted(WORKS)
    assert titles(clock.now()) == titles(clock.now(), words="排水") == []


def test_what_a_notice_says_now_is_what_finds_it(begin, published, clock):
    uid = published(WORKS)
    published(SMALL)
    with begin() as tx:
        project = tx.session.scalars(select(Project).where(Project.uid == uid)).one()
        project.summary, project.stage = "改为架空管廊。", Stage.TERMINATED
        relist(tx, project)
    now = clock.now()
    assert titles(now, words="架空管廊") == [WORKS.title]
    assert titles(now, words="污水") == []
    assert titles(now, phase=Phase.TERMINATED) == [WORKS.title]
    assert titles(now) == [SMALL.title, WORKS.title]


def test_what_was_never_listed_cannot_be_listed_anew(begin, submitted):
    uid = submitted(WORKS)
    with begin() as tx, pytest.raises(NotFound):
        relist(tx, tx.session.scalars(select(Project).where(Project.uid == uid)).one())


def test_the_list_is_walked_both_ways_without_a_gap(published, clock):
    for number in range(7):
        published(replace(SMALL, title=f"维修 {number}"))
    now, session = clock.now(), db.session()
    for words in ("", "维修"):
        seen, before = [], None
        while True:
            found = find(session, Search(words), now, before=before, size=3)
            seen += [row.title for row in found.items]
            assert found.newer == (None if before is None else found.items[0].id)
            if found.older is None:
                break
            before = found.older
        assert seen == [f"维修 {number}" for number in reversed(range(7))]
        first = session.scalar(select(Listing.id).order_by(Listing.id))
        back = find(session, Search(words), now, after=first, size=3)
        assert [row.title for row in back.items] == ["维修 3", "维修 2", "维修 1"]
        assert (back.newer, back.older) == (back.items[0].id, back.items[-1].id)
        last = find(session, Search(words), now, after=back.newer, size=3)
        assert [row.title for row in last.items] == ["维修 6", "维修 5", "维修 4"]
        assert (last.newer, last.total, last.is_more) == (None, 7, False)


def test_counting_stops_where_nobody_reads_on(begin, cast, published, clock):
    uid = published(SMALL)
    with begin(cast.actor("zhou")) as tx:
        model = tx.session.scalars(select(Project).where(Project.uid == uid)).one()
        kept = {
            column.key: getattr(model, column.key)
            for column in Project.__table__.columns
            if column.key not in ("id", "uid", "code", "log_id", "version")
        }
        for number in range(COUNTED):
            project = Project(uid=f"copy-{number}", code=f"C{number}", **kept)
            tx.session.add(project)
            tx.session.flush()
            if number < COUNTED - 1:
                enlist(tx, project)
    found = find(db.session(), Search("屋面"), clock.now())
    assert (found.total, found.is_more) == (COUNTED, False)
    with begin(cast.actor("zhou")) as tx:
        enlist(tx, project)
    db.session.rollback()
    found = find(db.session(), Search("屋面"), clock.now())
    assert (found.total, found.is_more) == (COUNTED, True)
