"""The kept trees: as true as the database, whoever asks at the same time."""

import threading

from bidding.db import db
from bidding.ledger import service, trees
from bidding.ledger.merkle import Tree
from bidding.ledger.models import Leaf, Log
from tests.ledger.logs import COVER


def leaves_of(session, log_id):
    rows = session.query(Leaf.leaf_hash).filter_by(log_id=log_id).order_by(Leaf.idx)
    return [bytes.fromhex(digest) for (digest,) in rows]


def test_a_kept_tree_grows_with_its_log(session, book, grow):
    first = trees.tree(session(), book)
    assert len(first) == 2
    grow(5)
    again = trees.tree(session(), book)
    assert again is first
    assert again.root(7) == Tree(leaves_of(session(), book)).root()


def test_what_is_under_way_is_seen_by_its_own_transaction_alone(begin, session, book, grow):
    kept = trees.tree(session(), book)
    with begin() as tx:
        service.append(tx, tx.session.get_one(Log, book), COVER)
        assert trees.has_appended(tx.session, book)
        assert not trees.has_appended(tx.session, book + 1)
        own = trees.tree(tx.session, book)
        assert own is not kept
        assert (len(own), len(kept)) == (3, 2)
    assert not trees.has_appended(session(), book)
    assert len(trees.tree(session(), book)) == 3


def test_many_may_ask_while_it_grows(app, session, book, grow):
    wrong, stop = [], threading.Event()

    def ask():
        with app.app_context():
            while not stop.is_set():
                found = trees.tree(db.session(), book)
                size = len(found)
                naive = Tree(leaves_of(db.session(), book)[:size])
                if len(naive) == size and naive.root() != found.root(size):
                    wrong.append(size)
                db.session.rollback()
            db.session.remove()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(20):
        grow(3)
    stop.set()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert trees.tree(session(), book).root(62) == Tree(leaves_of(session(), book)).root()
