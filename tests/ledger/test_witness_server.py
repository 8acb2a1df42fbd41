"""The witness that is called: what it answers (C2SP tlog-witness), and that no kill makes it sign two histories."""

import base64
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager

import httpx
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from bidding.commands import main
from bidding.core import durable
from bidding.core.clock import FakeClock, from_unix
from bidding.core.entropy import ReplayEntropy
from bidding.ledger import witness as module
from bidding.ledger.merkle import Tree, leaf_hash
from bidding.ledger.note import Head, open_note, parse_vkey, sign_note
from bidding.ledger.wire import HELD, SIZE_TYPE, write_add_checkpoint, write_introduction
from bidding.ledger.witness import Refused, StateFile, Witness, new_key, parse_key
from bidding.ledger.witness_server import MAX_REQUEST, Answer, Calls, WitnessServer
from tests.ledger.logs import MONDAY, Memory, log_key, seed

CENTRE = log_key("bids.example.gov.cn/centre")
LOG = log_key("bids.example.gov.cn/p/X")
TREE = Tree(leaf_hash(bytes([n])) for n in range(40))
#: The same log until its tenth leaf, and another from there.
OTHER = Tree(leaf_hash(bytes([n]) if n < 10 else bytes([n, 1])) for n in range(40))


def note(size, tree=TREE, key=LOG, by=None):
    return sign_note(Head(key.name, size, tree.root(size)), seed(by or key.name))


def request(old, size, tree=TREE, **more):
    return write_add_checkpoint(
        old, tree.consistency(old, size) if old <= size else [], note(size, tree, **more)
    )


def introduced(key=LOG, by=CENTRE):
    return write_introduction(key, by.name, seed(by.name))


class Told(list):
    def __call__(self, line):
        self.append(line)


@pytest.fixture
def told():
    return Told()


@pytest.fixture
def own():
    return Witness("w1.example.gov.cn", seed("w1"), Memory())


@pytest.fixture
def calls(own, told, tmp_path):
    return Calls(own, [CENTRE, LOG], FakeClock(from_unix(MONDAY)), evidence=tmp_path / "state", tell=told)


def ask(calls, *args, **more):
    return calls.answer("/add-checkpoint", request(*args, **more).encode())


def test_a_growing_log_gets_a_line_for_every_tree(calls, own, told):
    for old, size in ((0, 3), (3, 8), (8, 8), (8, 20)):
        answer = ask(calls, old, size)
        assert answer.status == 200
        assert open_note(note(size) + answer.body, [own.vkey]).signers == {own.vkey: (MONDAY,)}
    assert told[-1] == f"cosigned {LOG.name} 20"


def test_a_request_from_another_size_gets_the_size_held_and_its_proof(calls):
    assert ask(calls, 5, 8) == Answer(409, "0\n", SIZE_TYPE)
    ask(calls, 0, 8)
    for old, size in ((0, 20), (3, 8), (9, 20), (3, 3)):
        answer = ask(calls, old, size)
        assert (answer.status, answer.body, answer.kind) == (409, "8\n", SIZE_TYPE)
        assert base64.b64decode(answer.headers[HELD]).decode() == note(8)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"\xff", 400),
        (b"old 0\n\n", 404),
        (b"old 01\n\nx\n", 400),
        (write_add_checkpoint(9, [], note(8)).encode(), 400),
        (write_add_checkpoint(0, [bytes(32)], note(8)).encode(), 400),
        (write_add_checkpoint(0, [bytes(32)] * 64, note(8)).encode(), 400),
        (write_add_checkpoint(0, [], note(8, key=log_key("nobody.example"))).encode(), 404),
        (write_add_checkpoint(0, [], note(8, by="a forger")).encode(), 403),
    ],
    ids=[
        "nothing",
        "bytes",
        "no note",
        "zeroes",
        "old beyond",
        "proof from 0",
        "long",
        "unknown log",
        "forged",
    ],
)
def test_what_it_does_not_sign(calls, own, body, status):
    assert calls.answer("/add-checkpoint", body).status == status
    assert own.sizes() == {CENTRE.name: 0, LOG.name: 0}


def test_a_fork_is_refused_and_its_proof_is_kept_once(calls, told, tmp_path):
    ask(calls, 0, 12)
    for _ in range(2):
        same = ask(calls, 12, 12, OTHER)
        assert (same.status, same.body) == (409, "12\n")
    greater = ask(calls, 12, 20, OTHER)
    assert greater.status == 422
    kept = sorted(path.name for path in tmp_path.iterdir())
    assert kept == ["state.fork-1", "state.fork-2"]
    assert note(12, OTHER) in (tmp_path / "state.fork-1").read_text()
    assert note(12) in (tmp_path / "state.fork-2").read_text()
    assert any("tell the supervisor" in line for line in told)


def test_whoever_reaches_it_cannot_fill_its_disk(calls, tmp_path):
    ask(calls, 0, 12)
    for n in range(60):
        fork = Tree(leaf_hash(bytes([n, m, 2])) for m in range(12))
        assert ask(calls, 12, 12, fork).status == 409
    assert len(list(tmp_path.iterdir())) == 32


# which logs it knows


def test_the_centre_introduces_its_projects_logs(own, told, tmp_path):
    calls = Calls(own, [CENTRE], FakeClock(from_unix(MONDAY)), evidence=tmp_path / "state", tell=told)
    assert ask(calls, 0, 3).status == 404
    for _ in range(2):
        assert calls.answer("/add-log", introduced().encode()).status == 200
    assert own.note(LOG.name) is None
    assert ask(calls, 0, 3).status == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (introduced(by=LOG), 403),
        (introduced(log_key("bids.example.gov.cn/q/X")), 403),
        (introduced(log_key("other.example.gov.cn/p/X")), 403),
        (introduced(log_key("bids.example.gov.cn.evil.example/p/X")), 403),
        (note(3, key=CENTRE), 400),
        ("no note", 400),
    ],
    ids=["not a centre", "not a project", "another host", "a longer host", "a checkpoint", "no note"],
)
def test_nobody_else_introduces_a_log(own, told, tmp_path, body, status):
    calls = Calls(own, [CENTRE], FakeClock(from_unix(MONDAY)), evidence=tmp_path / "state", tell=told)
    assert calls.answer("/add-log", body.encode()).status == status
    assert own.sizes() == {CENTRE.name: 0}


def test_a_log_never_changes_its_key(calls, own, told, tmp_path):
    usurper = parse_vkey(str(log_key("bids.example.gov.cn/p/Y"))).key
    changed = type(LOG)(LOG.name, LOG.algorithm, usurper)
    assert calls.answer("/add-log", introduced(changed).encode()).status == 403
    with pytest.raises(Refused, match="changed"):
        Calls(own, [changed], FakeClock(from_unix(MONDAY)), evidence=tmp_path / "s", tell=told)


def test_an_introduction_is_not_a_checkpoint(calls):
    """One key signs both: neither may be taken for the other."""
    assert calls.answer("/add-checkpoint", f"old 0\n\n{introduced()}".encode()).status == 404


# whatever is asked


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 20), st.booleans(), st.booleans()), max_size=25))
def test_all_it_ever_signs_is_one_history(tmp_path_factory, asked):
    """Any order of honest, stale, shrinking and forked requests."""
    own = Witness("w1.example.gov.cn", seed("w1"), Memory())
    place = tmp_path_factory.getbasetemp() / "whatever"
    calls = Calls(own, [LOG], FakeClock(from_unix(MONDAY)), evidence=place, tell=Told())
    signed = [(0, TREE)]
    for old, size, other, follows in asked:
        tree = OTHER if other else TREE
        if follows:
            old = own.sizes()[LOG.name]
        answer = ask(calls, old, size, tree)
        if answer.status == 200:
            assert size >= signed[-1][0]
            assert all(tree.root(before) == was.root(before) for before, was in signed)
            signed.append((size, tree))


# over HTTP


@contextmanager
def listening(calls, told):
    server = WitnessServer(("127.0.0.1", 0), calls, told)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_over_one_connection(calls, told):
    with listening(calls, told) as url, httpx.Client(base_url=url) as client:
        first = client.post("/add-checkpoint", content=request(0, 3))
        assert first.status_code == 200
        assert first.text.startswith("\N{EM DASH} w1.example.gov.cn ")
        second = client.post("/add-checkpoint", content=request(0, 8))
        assert (second.status_code, second.text) == (409, "3\n")
        assert second.headers["Content-Type"] == SIZE_TYPE
        assert client.post("/add-checkpoint", content=request(3, 8)).status_code == 200
        assert client.post("/elsewhere", content=b"").status_code == 404
        assert client.get("/add-checkpoint").status_code == 501
        assert client.post("/add-checkpoint", content=bytes(MAX_REQUEST + 1)).status_code == 413
        assert client.post("/add-checkpoint", content=iter([b"chunked"])).status_code == 411


def test_a_connection_that_says_nothing_keeps_nobody_out(calls, told):
    with listening(calls, told) as url:
        host, port = url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as silent:
            silent.sendall(b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 100\r\n\r\nold 0")
            assert httpx.post(f"{url}/add-checkpoint", content=request(0, 3)).status_code == 200


def test_a_memory_that_cannot_be_kept_gives_no_line(calls, own, told):
    def fails(_seen):
        raise OSError(28, "No space left on device")

    own._state.save = fails
    with listening(calls, told) as url:
        assert httpx.post(f"{url}/add-checkpoint", content=request(0, 3)).status_code == 500
    assert "NOT ANSWERED" in told[-1]


# kill -9


def _dies_at(line, state, old, size, tree, out):
    """In a child: cosign, and die by SIGKILL at the n-th line of what the witness does. Its line goes to ``out``."""
    count = 0

    def trace(frame, event, _arg):
        nonlocal count
        if frame.f_code.co_filename not in (module.__file__, durable.__file__):
            return None
        if event == "line":
            count += 1
            if count == line:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    own = Witness("w1.example.gov.cn", seed("w1"), StateFile(state))
    text = request(old, size, tree)
    sys.settrace(trace)
    given = own.cosign(text, str(LOG), MONDAY)
    sys.settrace(None)
    os.write(out, given.encode())


def _child(*args):
    """The line that a child gave before its death, or its end; and whether it was killed."""
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            _dies_at(*args, write)
        except Refused:
            os._exit(3)
        finally:
            os._exit(0)
    os.close(write)
    _, status = os.waitpid(pid, 0)
    with os.fdopen(read) as pipe:
        return pipe.read(), os.WIFSIGNALED(status)


def test_killed_at_any_line_it_forgets_nothing_it_has_promised(tmp_path):
    """Whichever of two histories comes first after the kill: lines for both are never given."""
    killed = True
    line = 0
    while killed:
        line += 1
        state = tmp_path / f"state-{line}"
        own = Witness("w1.example.gov.cn", seed("w1"), StateFile(state))
        own.cosign(request(0, 9), str(LOG), MONDAY)
        given, killed = _child(line, state, 9, 15, TREE)
        held = Witness("w1.example.gov.cn", seed("w1"), StateFile(state)).sizes()[LOG.name]
        assert held in (9, 15)
        assert held == 15 or not given, f"killed at line {line}: promised and forgotten"
        if held == 15:
            with pytest.raises(Refused):
                own.cosign(request(15, 15, OTHER), str(LOG), MONDAY)
        assert own.cosign(request(held, 20), str(LOG), MONDAY)
        for left in tmp_path.glob(f"state-{line}*"):
            left.unlink()
    assert given, "and one that nobody killed gives its line"
    assert line > 30


@contextmanager
def process(home):
    """``bidding witness serve`` as it is run; its address. Killed by SIGKILL at the end."""
    command = [sys.executable, "-c", "from bidding.commands import main; main()", "witness", "serve"]
    arguments = ["--key", home / "key", "--state", home / "state", "--log", str(CENTRE), "--log", str(LOG)]
    with subprocess.Popen(
        [*command, *map(str, arguments), "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as served:
        try:
            address = re.fullmatch(r"listening on (\S+)\n", served.stdout.readline())
            yield f"http://{address[1]}"
        finally:
            served.kill()


def test_the_command_killed_while_it_signs_goes_on_where_it_stood(tmp_path):
    """Kills fall wherever they fall; the log asks again from the size that the witness says it holds."""
    (tmp_path / "key").write_text(new_key("w1.example.gov.cn", ReplayEntropy(b"w")))
    vkey = Witness(*parse_key((tmp_path / "key").read_text()), StateFile(tmp_path / "unused")).vkey
    given: dict[int, str] = {}
    size = 0
    for until in (12, 26, 40):
        with process(tmp_path) as url, httpx.Client(base_url=url) as client:
            held = client.post("/add-checkpoint", content=request(40, 40))
            assert held.status_code == 409
            assert int(held.text) >= size
            size = int(held.text)
            while size < until:
                answer = client.post("/add-checkpoint", content=request(size, size + 1))
                assert answer.status_code == 200
                size += 1
                given[size] = answer.text
            connection = http.client.HTTPConnection(url.removeprefix("http://"))
            if size < 40:
                connection.request("POST", "/add-checkpoint", request(size, size + 1).encode())
        connection.close()
    assert set(given) >= {1, 12, 40}
    assert all(open_note(note(at) + line, [vkey]).signers for at, line in given.items())
    assert json.loads((tmp_path / "state").read_text())["logs"][LOG.name]["size"] == 40


def test_the_command_says_what_is_wrong(tmp_path):
    (tmp_path / "key").write_text(new_key("w1.example.gov.cn", ReplayEntropy(b"w")))

    def serve(*more):
        arguments = ["witness", "serve", "--key", str(tmp_path / "key"), "--state", str(tmp_path / "state")]
        return CliRunner().invoke(main, [*arguments, *more])

    assert "--log" in serve().output
    assert "witness's key" in serve("--log", str(Witness("w", seed("w"), Memory()).vkey)).output
    assert "verifier key" in serve("--log", "nonsense").output
    (tmp_path / "state").write_text("{}")
    damaged = serve("--log", str(CENTRE))
    assert damaged.exit_code == 1
    assert "witness state" in damaged.output
