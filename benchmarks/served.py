"""A served instance with one open tender, and tenderers' programs that send to it: what P2 to P5 measure on.

Requests go over bare sockets with ``sendfile``, so that what is measured is the server and not a client's library.
"""

from __future__ import annotations

import base64
import http.cookiejar
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bidding import create_app
from bidding.core.canonical import dumps, loads
from bidding.core.clock import FakeClock
from bidding.db import db
from bidding.db.schema import migrate
from bidding.identity import queries as people
from bidding.identity import service as identity
from bidding.sealing.client import Sealed
from bidding.story.centre import Centre
from bidding.story.play import Tender, Told

MIB = 2**20
PRICE = 1_200_000_000
TUS = {"Tus-Resumable": "1.0.0"}


class Refused(RuntimeError):
    """The server said no: a benchmark that measures refusals measures nothing."""


@dataclass
class Client:
    """A signed-in tenderer: its cookies and its form token."""

    number: int
    cookies: str
    token: str


@dataclass
class File:
    """One sealed file, unpacked: where it lies and how long it is."""

    envelope: str
    n: int
    path: Path
    size: int


@dataclass
class Unpacked:
    """A package file by file, with the message that signs it."""

    bid: str
    message: dict[str, Any]
    files: list[File]


@dataclass
class Answer:
    """What came back, and to what."""

    asked: str
    status: int
    headers: dict[str, str]
    body: bytes


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_for(url: str) -> None:
    """Come back when something answers there."""
    for _ in range(300):
        try:
            urllib.request.urlopen(url, timeout=1)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not start")


def exchange(
    port: int,
    method: str,
    path: str,
    headers: dict[str, str],
    body: bytes | Path = b"",
    offset: int = 0,
    count: int | None = None,
) -> Answer:
    """One request on a line of its own; of a file as body, ``count`` bytes from ``offset``."""
    size = (
        len(body)
        if isinstance(body, bytes)
        else (count if count is not None else body.stat().st_size - offset)
    )
    told = {"Host": f"127.0.0.1:{port}", "Connection": "close", **headers, "Content-Length": str(size)}
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    with socket.create_connection(("127.0.0.1", port), 300) as line:
        line.sendall(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode())
        if isinstance(body, bytes):
            line.sendall(body)
        elif size:
            with body.open("rb") as file:
                line.sendfile(file, offset, size)
        answer = b""
        while data := line.recv(65536):
            answer += data
    raw, _, content = answer.partition(b"\r\n\r\n")
    first, *lines = raw.decode("latin-1").split("\r\n")
    fields = dict(each.split(": ", 1) for each in lines)
    return Answer(
        f"{method} {path}",
        int(first.split()[1]),
        {name.lower(): value for name, value in fields.items()},
        content,
    )


def _lose_line(port: int, url: str, headers: dict[str, str], file: File, offset: int, count: int) -> None:
    """Announce a part, send half of it and be gone."""
    told = {"Host": f"127.0.0.1:{port}", **headers, "Content-Length": str(count)}
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    with socket.create_connection(("127.0.0.1", port), 60) as line, file.path.open("rb") as source:
        line.sendall(f"PATCH {url} HTTP/1.1\r\n{head}\r\n".encode())
        line.sendfile(source, offset, count // 2)


def demand(answer: Answer, *wanted: int) -> Answer:
    """The answer, if it has one of these statuses."""
    if answer.status not in wanted:
        raise Refused(f"{answer.asked}: {answer.status}: {answer.body[:500]!r}")
    return answer


class Served:
    """The server of ``make run`` as a process, and its tenderers."""

    def __init__(self, home: Path, clients: int) -> None:
        self.home = home
        self.clock = FakeClock(datetime.now(UTC) - timedelta(minutes=1))
        self.app = create_app({"INSTANCE": str(home / "instance")}, clock=self.clock)
        with self.app.app_context():
            migrate(db.engine)
            centre = Centre(self.app, self.clock, home / "people")
            centre.found()
            centre.register(range(1, clients + 1), b"%PDF-1.4 a licence")
            self.tender = Tender(centre, home / "tender", Told())
            self.tender.publish([Path(__file__)])
        self.port = free_port()
        with (home / "server.log").open("w") as log:
            self.process = subprocess.Popen(
                [Path(sys.executable).with_name("bidding"), "serve", "--port", str(self.port)],
                env={
                    **os.environ,
                    "BIDDING_INSTANCE": str(home / "instance"),
                    "BIDDING_MAX_UPLOADS": str(2**40),
                },
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        wait_for(f"{self.url}/clock")

    @property
    def url(self) -> str:
        """Where the server listens."""
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        """End the server."""
        self.process.terminate()
        self.process.wait(30)

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
        address = f"{self.url}/notices/{self.tender.uid}/submit"
        page = (
            opener.open(urllib.request.Request(address, headers={"Cookie": own}), timeout=60).read().decode()
        )
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

    def unpack(self, sealed: Sealed) -> Unpacked:
        """The package as files, for a client that sends them by themselves."""
        folder = self.home / "unpacked" / sealed.bid
        folder.mkdir(parents=True)
        files = []
        with zipfile.ZipFile(sealed.package) as found:
            message = loads(found.read("manifest.json"))
            for item in found.infolist()[1:]:
                envelope, _, n = item.filename.removesuffix(".age").partition("/")
                path = folder / f"{envelope}-{n}"
                with found.open(item) as source, path.open("wb") as target:
                    while data := source.read(MIB):
                        target.write(data)
                files.append(File(envelope, int(n), path, item.file_size))
        return Unpacked(sealed.bid, message, files)

    def headers(self, client: Client) -> dict[str, str]:
        """What every request of the client's carries."""
        return {"Cookie": client.cookies, "X-CSRFToken": client.token, "Accept": "application/json"}

    def send_package(self, client: Client, sealed: Sealed) -> None:
        """Upload a package and see that the answer names the bid: it is then durable and has a receipt."""
        headers = {
            **self.headers(client),
            "Idempotency-Key": sealed.bid,
            "Content-Type": "application/octet-stream",
        }
        answer = exchange(self.port, "POST", f"/notices/{self.tender.uid}/submit", headers, sealed.package)
        if json.loads(demand(answer, 201).body)["bid"] != sealed.bid:
            raise Refused("another bid")

    def send_file(
        self, client: Client, bid: str, file: File, part: int | None = None, *, cut: bool = False
    ) -> Answer:
        """Send one file by tus, in one body or in parts; the last answer. ``cut`` loses the line in the second part."""
        words = {"bid": bid, "envelope": file.envelope, "n": str(file.n)}
        metadata = ",".join(
            f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in words.items()
        )
        own = {**self.headers(client), **TUS}
        begin = {**own, "Upload-Length": str(file.size), "Upload-Metadata": metadata}
        made = demand(exchange(self.port, "POST", f"/notices/{self.tender.uid}/uploads", begin), 201)
        answer, offset = made, 0
        while offset < file.size:
            count = min(part or file.size, file.size - offset)
            sending = {**own, "Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset)}
            if cut and offset:
                cut = False
                _lose_line(self.port, made.headers["location"], sending, file, offset, count)
                asked = demand(exchange(self.port, "HEAD", made.headers["location"], own), 200)
                offset = int(asked.headers["upload-offset"])
                continue
            answer = exchange(self.port, "PATCH", made.headers["location"], sending, file.path, offset, count)
            if (
                answer.status == 423 or b"upload.wrong_offset" in answer.body
            ):  # the server has not yet seen that the line is lost
                time.sleep(0.05)
                asked = demand(exchange(self.port, "HEAD", made.headers["location"], own), 200)
                offset = int(asked.headers["upload-offset"])
                continue
            offset = int(demand(answer, 204).headers["upload-offset"])
        return answer

    def sign(self, client: Client, bid: Unpacked) -> Answer:
        """Send the signed manifest."""
        body = dumps({**bid.message, "key": bid.bid})
        headers = {**self.headers(client), "Content-Type": "application/json"}
        return demand(
            exchange(self.port, "POST", f"/notices/{self.tender.uid}/bids", headers, body), 201, 202
        )
