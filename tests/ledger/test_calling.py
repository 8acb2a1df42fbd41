"""Calling witnesses: what they are asked, what their answers are worth, and that nothing waits for them."""

from __future__ import annotations

import asyncio
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from itertools import pairwise

import httpx
import pytest
from sqlalchemy import delete, update

from bidding.core.canonical import b64
from bidding.core.clock import FakeClock, unix
from bidding.ledger import jobs, queries, service
from bidding.ledger.calling import Ask, Caller
from bidding.ledger.merkle import Tree, leaf_hash
from bidding.ledger.models import Checkpoint, Cosignature, Leaf, Log, Witness
from bidding.ledger.note import Head, cosign_line, sign_note
from bidding.ledger.rules import Trouble
from bidding.ledger.service.calls import LEASE
from bidding.ledger.wire import HELD, SIZE_TYPE
from bidding.ledger.witness_server import Calls, WitnessServer
from tests.ledger.logs import CODE, seed, witness

URL = "http://w1.example.gov.cn"
SECOND = timedelta(seconds=1)


class Listening(httpx.AsyncBaseTransport):
    """A witness at an address, without the network: ``answer(path, body)`` is asked, or nobody is there."""

    def __init__(self, answer=None):
        self.answer = answer
        self.asked = []

    async def handle_async_request(self, request):
        body = await request.aread()
        self.asked.append((request.url.path, body.decode()))
        if self.answer is None:
            raise httpx.ConnectError("nobody", request=request)
        status, text, headers = self.answer(request.url.path, body)
        return httpx.Response(status, stream=httpx.ByteStream(text.encode()), headers=headers)


def honest(own, keys, clock, tmp_path, told=None):
    """What ``bidding witness serve`` answers, started with the key of the centre's log alone."""
    centre = keys.vkey(keys.origin("centre"))
    calls = Calls(
        own, [centre], clock, evidence=tmp_path / own.name.replace("/", "-"), tell=(told or []).append
    )

    def answer(path, body):
        found = calls.answer(path, body)
        return found.status, found.body, {"Content-Type": found.kind, **found.headers}

    return answer


@pytest.fixture
def called(begin, enrolled):
    """The witness has an address; its row's id."""
    with begin() as tx:
        service.set_address(tx, enrolled, URL)
    return enrolled


@pytest.fixture
def line(own, keys, clock, tmp_path):
    """The way to the honest witness."""
    return Listening(honest(own, keys, clock, tmp_path))


@pytest.fixture
def call(world, keys, line):
    """``call()``: one round of the job; how many lines came."""

    def _call(*, every=False, **other):
        jobs.sign_pending(world, keys)
        return jobs.call_witnesses(world, keys, Caller(transports={URL: line} | other), every=every)

    return _call


@pytest.fixture
def row(session, called):
    """``row()``: how the witness stands in the database."""
    return lambda: session().get(Witness, called)


def test_what_was_signed_is_cosigned_by_being_called(call, called, grow, book, session, row, clock, line):
    grow(3)
    assert call() == 2, "the centre's log and the project's, which was introduced"
    assert [path for path, _ in line.asked].count("/add-log") == 1
    log = session().get(Log, book)
    assert queries.witnessed_checkpoint(session(), log, covers=4).size == 5
    assert (row().heard_at, row().trouble, row().failures, row().call_at) == (clock.now(), "", 0, None)
    assert call() == 0
    grow(2)
    asked = len(line.asked)
    assert call() == 1
    assert len(line.asked) == asked + 1, "known logs are not introduced again"
    leaf = session().query(Leaf).filter_by(log_id=book, idx=6).one()
    assert service.receipt(session(), leaf, witnessed=True)


def test_landmarks_are_cosigned_before_what_follows_them(call, called, grow, book, session, closes_at, line):
    close = {"v": 1, "type": "close", "at": unix(closes_at), "closes_at": unix(closes_at), "count": 0}
    grow({**close, "size": 2, "root": "00" * 32, "clock": {}}, sign=False)
    grow(2)
    call()
    sizes = session().query(Checkpoint.size).join(Cosignature).filter(Checkpoint.log_id == book)
    assert sorted(size for (size,) in sizes) == [3, 5]


def test_the_steady_call_comes_every_minute_and_by_nothing_else(call, called, grow, row, clock, line):
    """When a witness last answered must not tell when bids come: only the steady call is noted."""
    grow(1)
    call()
    first = row().heard_at
    clock.advance(30 * SECOND)
    grow(1)
    assert call() == 1
    assert row().heard_at == first
    clock.advance(31 * SECOND)
    asked = len(line.asked)
    assert call() == 1
    assert len(line.asked) == asked + 1
    assert row().heard_at == clock.now()


def test_nobody_there_is_tried_less_and_less_often(call, called, grow, row, clock, line, session, own):
    grow(1)
    line.answer, honestly = None, line.answer
    tried = []
    for _ in range(300):
        before = len(line.asked)
        call()
        if len(line.asked) > before:
            tried.append(clock.now())
        clock.advance(SECOND)
    gaps = [(b - a).total_seconds() for a, b in pairwise(tried)]
    assert gaps == [2, 4, 8, 16, 32, 60, 60, 60]
    assert (row().trouble, row().heard_at) == (Trouble.UNREACHABLE, None)
    assert queries.witness_standing(session(), None, clock.now())[0].late
    line.answer = honestly
    clock.advance(timedelta(minutes=1))
    assert call() == 2, "nothing was lost: one round makes up for all"
    assert (row().trouble, row().failures) == ("", 0)
    assert not queries.witness_standing(session(), None, clock.now())[0].late


def test_a_project_that_cannot_be_delivered_says_nothing_about_the_line(call, called, grow, row, clock, line):
    """Between two steady calls a log grows and nobody answers: the pages must not show it."""
    grow(1)
    call()
    grow(1)
    line.answer = None
    clock.advance(10 * SECOND)
    call()
    assert (row().trouble, row().failures) == ("", 1)


def test_a_witness_that_holds_another_size_is_asked_from_there(
    call, called, grow, own, line, session, book, begin
):
    grow(1)
    call()
    grow(2)
    call()
    with begin() as tx:  # the answer came and was lost before it was committed
        tx.session.execute(delete(Cosignature))
    asked = len(line.asked)
    assert call() == 2
    assert any(body.startswith("old 5\n") for _, body in line.asked[asked:])


def test_a_witness_that_was_restored_from_a_backup_is_brought_up_again(call, called, grow, own, clock, row):
    grow(1)
    call()
    before = own._state.load()
    grow(2)
    call()
    own._state.save({name: seen for name, seen in before.items() if name.endswith("centre")})
    assert call(every=True) == 2
    assert set(own.sizes().values()) == {1, 5}


def test_two_witnesses_and_one_of_them_gone(
    call, called, grow, begin, keys, session, book, own, clock, tmp_path
):
    second = witness("w2.example.gov.cn")
    with begin() as tx:
        service.enrol_witness(tx, str(second.vkey), keys, "http://w2.example.gov.cn/add-checkpoint")
    gone = Listening()
    grow(1)
    assert call(**{"http://w2.example.gov.cn": gone}) == 2
    log = session().get(Log, book)
    assert queries.witnessed_checkpoint(session(), log, covers=2), (
        "this project's panel names the first alone"
    )
    late = {s.witness.name: s.late for s in queries.witness_standing(session(), None, clock.now())}
    assert late == {own.name: False, second.name: True}


def test_a_second_worker_leaves_a_witness_alone_that_is_being_called(begin, called, clock):
    with begin() as tx:
        assert service.claim(tx, called)
    with begin() as tx:
        assert not service.claim(tx, called)
        assert service.claim(tx, called, anyhow=True), "at start nobody waits for the lease of the dead"
    clock.advance(LEASE)
    with begin() as tx:
        assert service.claim(tx, called)


def test_a_witness_that_is_retired_or_has_no_address_is_not_called(call, called, grow, begin, keys, line):
    grow(1)
    with begin() as tx:
        service.set_address(tx, called, "")
    assert call() == 0
    with begin() as tx:
        service.set_address(tx, called, URL)
        service.retire_witness(tx, called, keys)
    assert call(every=True) == 0
    assert line.asked == []


# lies


def lies(answer):
    return lambda _path, _body: answer


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        ((200, "", {}), Trouble.BAD_LINE),
        ((200, "nonsense\n", {}), Trouble.BAD_LINE),
        ((200, cosign_line("x\n", "w1.example.gov.cn", seed("w1.example.gov.cn"), 1), {}), Trouble.BAD_LINE),
        ((200, cosign_line("x\n", "another", seed("another"), 1), {}), Trouble.BAD_LINE),
        ((200, "x" * 20_000, {}), Trouble.ODD),
        ((204, "", {}), Trouble.ODD),
        ((302, "", {"Location": "http://169.254.169.254/"}), Trouble.ODD),
        ((400, "", {}), Trouble.ODD),
        ((403, "", {}), Trouble.REFUSED),
        ((404, "", {}), Trouble.UNKNOWN_LOG),
        ((409, "", {}), Trouble.ODD),
        ((409, "-1\n", {}), Trouble.ODD),
        ((409, "9" * 15 + "\n", {}), Trouble.AHEAD),
        ((409, "1\n", {HELD: "!"}), Trouble.ODD),
        ((409, "1\n", {HELD: b64(b"no note")}), Trouble.ODD),
        ((422, "", {}), Trouble.DISPUTED),
        ((500, "", {}), Trouble.ODD),
    ],
)
def test_whatever_a_witness_says_stops_nothing(called, call, grow, line, row, session, answer, trouble):
    line.answer = lies(answer)
    size = grow(2)
    assert call() == 0
    assert row().trouble == trouble
    assert queries.logs_behind(session()) == []
    assert grow(1) == size + 1
    assert session().query(Cosignature).count() == 0


def test_a_witness_that_always_holds_another_size_gets_its_three_passes(called, call, grow, line, row):
    sizes = iter(range(10**6))
    line.answer = lambda _path, _body: (409, f"{next(sizes) % 2 + 1}\n", {"Content-Type": SIZE_TYPE})
    grow(5)
    call()
    assert len(line.asked) <= 6


def test_a_line_from_the_future_is_not_kept(
    called, call, grow, line, own, keys, clock, tmp_path, row, session
):

    fast = FakeClock(clock.now() + timedelta(minutes=5))
    line.answer = honest(own, keys, fast, tmp_path)
    grow(1)
    assert call() == 0
    assert row().trouble == Trouble.CLOCK


def test_a_fork_that_a_witness_proves_is_an_alarm(called, call, grow, line, own, keys, row, session, caplog):
    """The same size with another root, signed by our own key: somebody else has it."""
    grow(1)
    origin = keys.origin(CODE)
    other = Tree(leaf_hash(bytes([n])) for n in range(3))
    forked = sign_note(Head(origin, 3, other.root()), keys.seed(origin))

    def answer(_path, body):
        if origin.encode() in body:
            return 409, "3\n", {HELD: b64(forked.encode())}
        return 409, "0\n", {}

    line.answer = answer
    call()
    assert row().trouble == Trouble.DISPUTED
    assert "disputed" in caplog.text


# a restored backup


@pytest.fixture
def restored(begin, book, grow, call, called, tmp_path):
    """Five entries were cosigned; then database and heights went back to three."""
    grow(1)
    call()
    grow(2)
    call()
    with begin() as tx:
        late = Checkpoint.__table__.select().with_only_columns(Checkpoint.id)
        late = late.where(Checkpoint.log_id == book, Checkpoint.size > 3)
        tx.session.execute(delete(Cosignature).where(Cosignature.checkpoint_id.in_(late)))
        tx.session.execute(delete(Checkpoint).where(Checkpoint.log_id == book, Checkpoint.size > 3))
        tx.session.execute(delete(Leaf).where(Leaf.log_id == book, Leaf.idx >= 3))
        tx.session.execute(update(Log).where(Log.id == book).values(size=3))
    for height in (tmp_path / "keys" / "heights").iterdir():
        height.unlink()


def test_a_restored_backup_is_stopped_at_start_by_what_a_witness_proves(restored, call, session, grow, row):
    call(every=True)
    assert [(log.code, log.size, log.known_size) for log in queries.logs_behind(session())] == [(CODE, 3, 5)]
    assert row().trouble == Trouble.AHEAD
    with pytest.raises(service.LogBehind):
        grow(1)


def test_a_restored_backup_that_went_on_is_stopped_too(restored, call, session, grow, row):
    """It has written one entry of its own: its next call is answered with the size that was seen."""
    grow(1)
    call()
    assert [(log.code, log.size, log.known_size) for log in queries.logs_behind(session())] == [(CODE, 4, 5)]


def test_a_restored_backup_that_has_outgrown_the_witness_gets_no_cosignature(
    restored, call, session, grow, row, book
):
    grow(4)
    call()
    assert row().trouble == Trouble.DISPUTED
    assert service.last_witnessed_size(session(), session().get(Log, book)) == 3


def test_what_is_not_proved_stops_nothing(restored, call, session, grow, line):
    line.answer = lies((409, "5\n", {"Content-Type": SIZE_TYPE}))
    call(every=True)
    assert queries.logs_behind(session()) == []
    assert grow(1) == 4


# the real network


@contextmanager
def silent():
    """A port that takes connections and never says anything."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@contextmanager
def dripping():
    """A port that answers a byte at a time, for ever."""
    stop = threading.Event()

    def drip(server):
        server.settimeout(5)
        with suppress(OSError), server.accept()[0] as line:
            line.sendall(b"HTTP/1.1 200 OK\r\nX: ")
            while not stop.wait(0.05):
                line.sendall(b"x")

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip, args=(server,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            stop.set()
            thread.join()


@pytest.mark.parametrize("place", [silent, dripping])
def test_a_slow_witness_gets_its_seconds_however_it_stretches_them(place):
    ask = Ask("bids.example.gov.cn/centre", 0, 1, "old 0\n\n", "")
    # Apart, for a browser that was here before has left its loop in this thread.
    with place() as url, ThreadPoolExecutor(max_workers=1) as apart:
        answers = apart.submit(asyncio.run, Caller(step=0.3, round=0.5).call(url, [ask])).result()
    assert [(answer.status, answer.trouble) for answer in answers] == [(0, Trouble.SLOW)]


class Stuck(httpx.AsyncBaseTransport):
    async def handle_async_request(self, _request):
        await asyncio.sleep(3600)


def test_a_slow_witness_holds_up_no_other(world, keys, begin, called, grow, row, session, clock, tmp_path):
    other, url = witness("w2.example.gov.cn"), "http://w2.example.gov.cn"
    with begin() as tx:
        service.enrol_witness(tx, str(other.vkey), keys, url)
    grow(1)
    jobs.sign_pending(world, keys)
    ways = {URL: Stuck(), url: Listening(honest(other, keys, clock, tmp_path))}
    assert jobs.call_witnesses(world, keys, Caller(round=1, transports=ways)) == 2
    assert row().trouble == Trouble.SLOW
    assert session().query(Witness).filter_by(name=other.name).one().heard_at == clock.now()


def test_over_the_network(world, keys, begin, called, grow, row, own):
    calls = Calls(own, [keys.vkey(keys.origin("centre"))], world.clock, evidence=None, tell=[].append)
    server = WitnessServer(("127.0.0.1", 0), calls, [].append)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        with begin() as tx:
            service.set_address(tx, called, f"http://127.0.0.1:{server.server_address[1]}")
        grow(1)
        jobs.sign_pending(world, keys)
        assert jobs.call_witnesses(world, keys, Caller()) == 2
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert row().trouble == ""
