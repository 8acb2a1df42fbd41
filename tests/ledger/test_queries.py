"""What is asked of the logs: tiles, bundles, standing of witnesses, pages."""

from datetime import timedelta

import pytest

from bidding.core.errors import NotFound
from bidding.ledger import jobs, queries, service
from bidding.ledger.merkle import Tree, leaf_hash
from bidding.ledger.models import Log
from tests.ledger.logs import MONDAY, witness


def test_tiles_and_bundles_rebuild_the_root(session, book, grow):
    size = grow(300)
    log = session().get(Log, book)
    full = queries.tile(session(), log, 0, 0, 256, size)
    rest = queries.tile(session(), log, 0, 1, size - 256, size)
    hashes = [(full + rest)[place : place + 32] for place in range(0, 32 * size, 32)]
    bundle = queries.entries(session(), log, 0, 256, size) + queries.entries(
        session(), log, 1, size - 256, size
    )
    entries = [bundle[place + 2 : place + 80] for place in range(0, 80 * size, 80)]
    assert all(bundle[place : place + 2] == b"\x00\x4e" for place in range(0, 80 * size, 80))
    assert [leaf_hash(entry) for entry in entries] == hashes
    assert Tree(hashes).root() == queries.root(session(), log, size)
    assert queries.tile(session(), log, 1, 0, 1, size) == Tree(hashes).subtree(8, 0)


@pytest.mark.parametrize(
    ("level", "index", "width"),
    [(0, 0, 5), (0, 1, 47), (0, 1, 256), (0, 2, 1), (1, 0, 2), (1, 0, 256), (1, 1, 1), (2, 0, 1), (63, 0, 1)],
)
def test_no_other_tile_is_there(session, book, grow, level, index, width):
    size = grow(300)
    log = session().get(Log, book)
    assert queries.tile(session(), log, 0, 1, 46, size)
    with pytest.raises(NotFound):
        queries.tile(session(), log, level, index, width, size)


def test_a_tile_never_shows_what_is_not_signed(session, book, grow):
    size = grow(3)
    grow(2, sign=False)
    log = session().get(Log, book)
    assert len(queries.tile(session(), log, 0, 0, size, size)) == 32 * size
    with pytest.raises(NotFound):
        queries.entries(session(), log, 0, size + 1, size)
    assert [leaf.idx for leaf in queries.entry_page(session(), log, size, 1).items] == list(range(size))


def test_pages_of_entries_follow_each_other(session, book, grow):
    size = grow(150)
    page = queries.entry_page(session(), session().get(Log, book), size, 2)
    assert (page.pages, page.items[0].idx, page.items[-1].idx) == (2, 100, 151)


def test_a_log_that_is_not_there(session, app):
    with pytest.raises(NotFound):
        queries.log_by_code(session(), "T-404")
    with pytest.raises(NotFound):
        queries.witness_by_id(session(), 1)
    assert queries.centre_log_or_none(session()) is None


def test_a_witness_in_good_standing_falls_behind_after_a_minute(
    begin, keys, session, world, own, cosign, clock, enrolled
):
    jobs.sign_pending(world, keys)

    def standing():
        log = queries.centre_log_or_none(session())
        newest = queries.newest_checkpoint(session(), log)
        (found,) = queries.witness_standing(session(), newest, clock.now())
        return found.dated_at, found.waiting

    assert standing() == (None, False)
    clock.advance(timedelta(seconds=61))
    assert standing() == (None, True)
    cosign(own)
    assert standing() == (clock.now(), False)
    with begin() as tx:
        service.enrol_witness(tx, str(witness("w2.example").vkey), keys)
    jobs.sign_pending(world, keys)
    clock.advance(timedelta(seconds=61))
    found = {
        standing.witness.name: standing.waiting
        for standing in queries.witness_standing(
            session(),
            queries.newest_checkpoint(session(), queries.centre_log_or_none(session())),
            clock.now(),
        )
    }
    assert found == {own.name: True, "w2.example": True}


def test_a_project_without_a_panel_has_no_policy(session, book, enrolled):
    assert queries.panel_policy(session(), queries.centre_log_or_none(session())) is None
    assert queries.panel_policy(session(), session().get(Log, book)).log_vkey


def test_in_the_centres_log_one_witness_is_enough(session, world, keys, own, cosign, enrolled):
    jobs.sign_pending(world, keys)
    log = queries.centre_log_or_none(session())
    newest = queries.newest_checkpoint(session(), log)
    assert not queries.is_witnessed(session(), log, newest)
    cosign(own, at=MONDAY)
    assert queries.is_witnessed(session(), log, newest)
    assert not queries.is_witnessed(session(), log, newest, not_after=MONDAY - 1)


def test_a_leaf_is_signed_when_a_checkpoint_reaches_beyond_it(session, book, grow):
    size = grow(2)
    grow(1, sign=False)
    by_place = {leaf.idx: leaf.id for leaf in queries.leaves(session(), session().get(Log, book))}
    assert queries.is_signed(session(), by_place[size - 1])
    assert not queries.is_signed(session(), by_place[size])


def test_who_names_no_witness_that_is_in_service_stands_alone(app, centre, tender, clock):
    with centre.act("wang") as tx:
        log = tx.session.query(Log).filter(Log.code != "centre").one()
        assert queries.hope(tx.session, log, tx.now) is queries.Cosigning.WAITING
        assert queries.hope(tx.session, log, tx.now + timedelta(minutes=2)) is queries.Cosigning.WAITING
    centre.drill(centre.trustee_uids[0], centre.trustees["reform"])
    centre.tick()
    with centre.act("wang") as tx:
        log = tx.session.query(Log).filter(Log.code != "centre").one()
        later = tx.now + queries.PATIENCE + timedelta(seconds=1)
        assert queries.hope(tx.session, log, later) is queries.Cosigning.LATE
        (named,) = queries.active_witnesses(tx.session)
        service.retire_witness(tx, named.id, centre.keys)
        assert queries.hope(tx.session, log, tx.now) is queries.Cosigning.ALONE
