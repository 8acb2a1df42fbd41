"""A new draft from an earlier tender: what goes along, what does not, and whose it may be."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from bidding.core.errors import NotFound
from bidding.db import db
from bidding.tenders import queries, service
from bidding.tenders.kinds import Envelopes, Stage
from bidding.tenders.models import Project
from bidding.tenders.rules import COPY_MARK, StillACopy, TitleTwice
from tests.tenders.drafting import DIGEST, LOT, SMALL, WORKS
from tests.tenders.service.test_draft import STRANGERS, project_of

REGION = "539921"


def copied(begin, cast, uid, by="zhou", **more):
    with begin(cast.actor(by)) as tx:
        return service.copy_project(tx, uid, region=REGION, **more).uid


def warnings(begin, cast, uid):
    with begin(cast.actor("zhou")) as tx:
        found = queries.review(tx.session, queries.project_for(tx.session, tx.actor, uid), tx.now)
    return {type(each.refusal) for each in found if not each.blocks}


def test_a_copy_says_the_same_under_a_number_of_its_own_and_without_dates(published, begin, cast):
    earlier = project_of(published())
    before = (earlier.version, earlier.notice)
    copy = project_of(copied(begin, cast, earlier.uid))
    assert copy.written == replace(WORKS, title=WORKS.title + COPY_MARK)
    assert [lot.written for lot in copy.lots] == [LOT]
    assert [document.sha256 for document in copy.documents] == [DIGEST]
    assert copy.code != project_of(earlier.uid).code
    assert copy.origin.source.uid == earlier.uid
    assert (copy.stage, copy.closes_at, copy.opens_at, copy.panel, copy.notice) == (Stage.DRAFT, *[None] * 4)
    assert (project_of(earlier.uid).version, project_of(earlier.uid).notice) == before


def test_only_the_files_that_were_chosen_go_along_and_none_of_another_tender(written, begin, cast):
    uid = written()
    assert project_of(copied(begin, cast, uid, files=[])).documents == []
    assert len(project_of(copied(begin, cast, uid, files=[DIGEST])).documents) == 1
    with pytest.raises(NotFound):
        copied(begin, cast, uid, files=[DIGEST, "0" * 64])


def test_only_the_lots_that_are_wanted_again_go_along_numbered_anew(written, begin, cast):
    second = replace(LOT, name="支管")
    copy = project_of(copied(begin, cast, written(lots=(LOT, second)), lots={"2"}))
    assert [(lot.code, lot.written) for lot in copy.lots] == [("1", second)]


@pytest.mark.parametrize("stranger", STRANGERS)
def test_nobody_else_copies_a_tender_at_any_stage(stranger, written, published, begin, cast, rival):
    for uid in (written(), published(replace(WORKS, title="另一个"))):
        count = db.session.query(Project).count()
        with pytest.raises(NotFound):
            copied(begin, cast, uid, by=stranger)
        db.session.rollback()
        assert db.session.query(Project).count() == count


def test_a_copy_is_pointed_out_until_it_is_renamed_and_marked_only_once(written, begin, cast):
    uid = copied(begin, cast, written())
    assert StillACopy in warnings(begin, cast, uid)
    assert project_of(copied(begin, cast, uid)).title.count(COPY_MARK) == 1
    with begin(cast.actor("zhou")) as tx:
        service.edit_project(tx, uid, WORKS)
    assert StillACopy not in warnings(begin, cast, uid)


def test_a_name_is_pointed_out_while_another_tender_of_the_owner_with_that_name_is_open(
    published, begin, cast, clock
):
    uid = copied(begin, cast, published(), title=WORKS.title)
    assert TitleTwice in warnings(begin, cast, uid)
    other = copied(begin, cast, uid, title=WORKS.title + "二期")
    assert TitleTwice not in warnings(begin, cast, other)
    with begin(cast.actor("zhou")) as tx:
        service.edit_project(tx, other, replace(WORKS, owner_name="另一单位"))
    assert TitleTwice not in warnings(begin, cast, other)
    clock.advance(timedelta(days=60))
    assert TitleTwice not in warnings(begin, cast, uid)


def test_a_long_name_leaves_room_for_the_mark(begun, begin, cast):
    copy = project_of(copied(begin, cast, begun(replace(WORKS, title="长" * 200))))
    assert len(copy.title) == 200
    assert copy.title.endswith(COPY_MARK)


def test_two_envelopes_stay_two_where_the_rulebook_still_lets_them(begun, begin, cast):
    two = begun(replace(SMALL, envelopes=Envelopes.TWO))
    assert project_of(copied(begin, cast, two)).envelopes is Envelopes.TWO


def test_a_tender_is_of_one_origin_and_not_its_own(begun, begin, cast):
    uid = copied(begin, cast, begun())
    for name, value in (("row_number", 3), ("source_id", None), ("source_id", project_of(uid).id)):
        with pytest.raises(IntegrityError), begin(cast.actor("zhou")) as tx:
            setattr(queries.project_for(tx.session, tx.actor, uid).origin, name, value)
