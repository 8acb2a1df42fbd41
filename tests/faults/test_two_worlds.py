"""Worlds with 0, 1 and 10 bids look alike to everybody but whoever has root on the server (招标投标法 22, 52).

Compared is every answer to every GET that the public, agency, supervisor, administrator and a rival can come by:
status, headers (ETag and Content-Length among them), bytes, and instead of a stopwatch the SQL statements and the
steps of the database's machine, which count the rows that were read. Staff work on while bids are in, so that numbers
given afterwards would tell. The only difference that is allowed is what is random anyway. No page hands out a backup;
whoever copies the database has root.
"""

from __future__ import annotations

import pytest

from tests.faults.worlds import ROLES, World

pytestmark = pytest.mark.slow

#: Tables that only the server room has: no page of staff may read them before the close. Every other table is alike
#: in all worlds, so nothing that is sent, queued or counted from it can tell. Whoever adds a table that a tenderer's
#: own acts fill enters it here, and shows above that nobody else's pages read it.
OF_THE_SERVER_ROOM = {
    "application",  # who applies to be qualified: its own until the deadline
    "application_file",
    "acceptance",  # who gets ready, or signs in; lists of staff end before whoever did so since a tender is out
    "attempt",
    "attendance",  # who has bid may sign in an hour before: its own row, and in no log until the list is out
    "bag",  # who took it in sees it; here another clerk than the one who looks
    "bid",
    "checkpoint",
    "cosignature",
    "follow",
    "gate",  # its last stamp
    "intake",
    "leaf",
    "log",
    "message",  # a tenderer is told that its bid is in; its own messages are nobody else's
    "outgoing",
    "sealed_file",
}
WHAT = ("status", "headers", "body", "statements", "steps")


@pytest.fixture(scope="module")
def worlds(tmp_path_factory):
    made = [World(tmp_path_factory.mktemp(f"world-{bids}"), bids) for bids in (0, 1, 10)]
    yield made
    for world in made:
        world.end()


def differences(answers):
    """(address, what differs) over the worlds' answers to one role."""
    first = answers[0]
    for other in answers[1:]:
        yield from ((url, "reachable") for url in first.keys() ^ other.keys())
        for url in first.keys() & other.keys():
            for what in WHAT:
                if getattr(first[url], what) != getattr(other[url], what):
                    yield url, what


def test_nobody_sees_before_the_deadline_how_many_have_bid(worlds):
    assert [len(world.rows()["sealed_file"]) for world in worlds] != [0, 0, 0]
    assert [len(world.rows()["application"]) for world in worlds] == [world.bids for world in worlds]
    none, one, ten = worlds
    for role in ROLES:
        whole = [none.crawl(role), ten.crawl(role)]
        assert f"/notices/{none.uid}" in whole[0]
        assert whole[0][f"/prequalifications/{none.prequalified}"].status == 200, role
        assert sum(answer.status == 200 for answer in whole[0].values()) > 15, role
        previews = [
            answer for url, answer in whole[0].items() if url.endswith("/preview") and answer.status == 200
        ]
        assert bool(previews) == (role in ("zhou", "sun", "wang")), role
        assert sorted(set(differences(whole))) == [], role
        asked = ["/", *one.of_the_tender()]  # what a single bid could show on
        of_one = one.crawl(role, list(asked))  # by one sign-in in every world: those are rows too
        assert sorted(set(differences([{url: whole[0][url] for url in asked}, of_one]))) == [], role


def test_nor_does_an_agencys_own_system(worlds):
    answers = [world.ask_as_program() for world in worlds]
    assert answers[0][f"/api/v1/projects/{worlds[0].uid}"].status == 200
    assert answers[0][f"/api/v1/projects/{worlds[0].uid}/results"].status == 404
    assert sorted(set(differences(answers))) == []


def test_only_the_server_rooms_tables_differ(worlds):
    rows = [world.rows() for world in worlds]
    differ = {name for name in rows[0] if any(rows[0][name] != other[name] for other in rows[1:])}
    assert differ - {"sign_in_session"} <= OF_THE_SERVER_ROOM


def test_nor_after_it_while_the_opening_is_on_hold(worlds):
    """The deadline lay in an outage: bids may come in again, so that nothing of the close may be told."""
    for world in worlds:
        world.come_after_the_deadline()
    for role in (None, "zhou", "sun", "wang"):
        answers = [world.crawl(role, world.of_the_tender()) for world in worlds]
        hall = answers[0][f"/hall/{worlds[0].uid}"].body.decode()
        assert "开标暂停" in hall
        assert sorted(set(differences(answers))) == [], role
