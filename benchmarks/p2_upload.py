"""P2: a durable accepted upload, by 1 and by 16 clients, against ``dd conv=fsync`` of the same bytes.

The server is the one that `make run` starts, as a process of its own; a client sends a sealed package over loopback
and waits for the answer that gives the receipt. Both sides end with the bytes on the same disk; before every run the
disk has nothing pending, and what is copied lies in the page cache for both.
"""

from __future__ import annotations

import http.cookiejar
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.harness import pairs, settle, timed
from bidding import create_app
from bidding.core.clock import FakeClock
from bidding.db import db
from bidding.db.schema import migrate
from bidding.identity import queries as people
from bidding.identity import service as identity
from bidding.sealing.client import Sealed
from bidding.story.centre import Centre
from bidding.story.play import Tender, Told

MIB = 2**20
#: Clients, and the bytes of each one's attachment.
SHAPES = ((1, 256 * MIB), (16, 64 * MIB))
PAIRS = 7
PRICE = 1_200_000_000


@dataclass
class Client:
    """A signed-in tenderer: its cookies and its form token."""

    number: int
    cookies: str
    token: str


class Bench:
    """A served instance with one open tender, and packages to send to it."""

    def __init__(self, home: Path, clients: int) -> None:
        self.home = home
        self.clients = clients
        self.clock = FakeClock(datetime.now(UTC) - timedelta(minutes=1))
        self.app = create_app({"INSTANCE": str(home / "instance")}, clock=self.clock)
        with self.app.app_context():
            migrate(db.engine)
            centre = Centre(self.app, self.clock, home / "people")
            centre.found()
            centre.register(range(1, clients + 1), b"%PDF-1.4 a licence")
            self.tender = Tender(centre, home / "tender", Told())
            self.tender.publish([Path(__file__)])
        self.port = _free_port()
        command = [
            Path(sys.executable).with_name("bidding"),
            "serve",
            "--port",
            str(self.port),
        ]
        self.server = subprocess.Popen(
            command,
            env={**os.environ, "BIDDING_INSTANCE": str(home / "instance")},
            stdout=(home / "server.log").open("w"),
            stderr=subprocess.STDOUT,
        )
        self._wait()

    def _wait(self) -> None:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"{self.url}/clock", timeout=1)
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise RuntimeError("the server did not start")

    @property
    def url(self) -> str:
        """Where the server listens."""
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        """End the server."""
        self.server.terminate()
        self.server.wait(30)

    def client(self, number: int) -> Client:
        """Sign a tenderer in, and let it open a page with a form, for its token."""
        with self.app.app_context():
            self.clock.set(datetime.now(UTC))
            with self.tender.centre.act() as tx:
                account = people.account_by_login(tx.session, f"t{number}")
                assert account is not None
                session = identity.open_session(tx, account.id)
        jar = http.cookiejar.CookieJar()
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        own = f"{self.app.config['SIGN_IN_COOKIE']}={session}"
        request = urllib.request.Request(
            f"{self.url}/notices/{self.tender.uid}/submit", headers={"Cookie": own}
        )
        page = opener.open(request, timeout=30).read().decode()
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert token is not None
        form = "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)
        return Client(number, f"{own}; {form}", token[1])

    def seal(self, number: int, attachment: Path) -> Sealed:
        """A package for the tenderer, which replaces the one before."""
        with self.app.app_context():
            before = self.tender.bids.get(number)
            sealed = self.tender.seal(number, [attachment], price_fen=PRICE, replaces=before)
        self.tender.bids[number] = sealed
        return sealed

    def send(self, client: Client, sealed: Sealed) -> None:
        """Upload a package and see that the answer names the bid: it is then durable and has a receipt."""
        head = (
            f"POST /notices/{self.tender.uid}/submit HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
            f"Cookie: {client.cookies}\r\nX-CSRFToken: {client.token}\r\nIdempotency-Key: {sealed.bid}\r\n"
            f"Accept: application/json\r\nContent-Type: application/octet-stream\r\n"
            f"Content-Length: {sealed.size}\r\nConnection: close\r\n\r\n"
        )
        with (
            socket.create_connection(("127.0.0.1", self.port), 120) as line,
            sealed.package.open("rb") as file,
        ):
            line.sendall(head.encode())
            line.sendfile(file)
            answer = b""
            while data := line.recv(65536):
                answer += data
        status, _, rest = answer.partition(b"\r\n")
        body = rest.partition(b"\r\n\r\n")[2]
        if (
            b" 201 " not in status
            or json.loads(body[body.index(b"{") : body.rindex(b"}") + 1])["bid"] != sealed.bid
        ):
            raise RuntimeError(f"refused: {status!r} {body[:500]!r}")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _measure(clients: int, size: int) -> bool:
    with tempfile.TemporaryDirectory(dir=Path(__file__).parent) as folder:
        home = Path(folder)
        bench = Bench(home, clients)
        attachment = home / "attachment.bin"
        with attachment.open("wb") as file:
            for _ in range(size // MIB):
                file.write(os.urandom(MIB))
        numbers = range(1, clients + 1)
        packages: list[Sealed] = []

        def ours() -> float:
            fresh = [bench.seal(number, attachment) for number in numbers]
            signed_in = [bench.client(number) for number in numbers]
            for old in packages:
                old.package.unlink()
            packages[:] = fresh
            settle()
            with ThreadPoolExecutor(clients) as pool:
                return timed(lambda: list(pool.map(bench.send, signed_in, fresh)))

        def theirs() -> float:
            copies = [home / f"copy-{number}" for number in numbers]

            def copy(number: int) -> None:
                source = packages[number - 1].package
                command = [
                    "dd",
                    f"if={source}",
                    f"of={copies[number - 1]}",
                    "bs=1M",
                    "conv=fsync",
                    "status=none",
                ]
                subprocess.run(command, check=True)

            settle()
            with ThreadPoolExecutor(clients) as pool:
                seconds = timed(lambda: list(pool.map(copy, numbers)))
            for path in copies:
                path.unlink()
            return seconds

        try:
            name = "P2" if clients == 1 else f"P2-{clients}"
            return pairs(name, ours, theirs, goal=0.85, n=PAIRS)
        finally:
            bench.stop()


def run() -> bool:
    """Both shapes, the second even where the first falls short; whether both goals are met."""
    met = [_measure(clients, size) for clients, size in SHAPES]
    return all(met)
