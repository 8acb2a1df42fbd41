"""The product's own server as a process of its own, on a database and a clock of this machine, to be cut, killed and
started again. ``Real`` has one open tender; ``Line`` is a signed-in tenderer's program on it.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import httpx

from bidding import create_app
from bidding.core.canonical import dumps
from bidding.core.clock import FakeClock, SystemClock
from bidding.core.entropy import ReplayEntropy
from bidding.db import db
from bidding.db.schema import migrate
from bidding.identity import queries as people
from bidding.identity import service as identity
from bidding.story.centre import Centre
from bidding.story.play import Tender, Told
from tests import once
from tests.submissions.sending import unpack

ROOT = Path(__file__).parent.parent
PRICE = 1_200_000_000
TUS = {"Tus-Resumable": "1.0.0"}


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def token_on(page) -> str:
    """The token that the forms of a page carry."""
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)[1]


def until(question, seconds=10):
    """Ask until the answer is true."""
    end = time.monotonic() + seconds
    while not (answer := question()):
        assert time.monotonic() < end, "it never came to be"
        time.sleep(0.02)
    return answer


class Real:
    """A served centre with one tender; ``start`` again after ``kill`` serves the same instance on the same port.

    With ``closes_at`` the centre began 25 days ago, so that the law lets a tender close at that instant.
    """

    def __init__(
        self, home: Path, tenderers: int = 40, database: str = "", closes_at=None, **settings
    ) -> None:
        self.home, self.port = home, free_port()
        self.settings = {f"BIDDING_{name}": str(value) for name, value in settings.items()}
        if database:
            self.settings["DATABASE_URL"] = database
        ago = timedelta(days=25) if closes_at else timedelta(minutes=1)
        self.clock = FakeClock(SystemClock().now() - ago)
        self.process = None
        self.open: list[httpx.Client] = []
        self.taken = 0
        self.app = create_app(
            {
                "INSTANCE": str(home / "instance"),
                **({"SQLALCHEMY_DATABASE_URI": database} if database else {}),
                "PASSWORD_MEMORY_KIB": 8,
                "PASSWORD_ROUNDS": 1,
            },
            clock=self.clock,
            entropy=ReplayEntropy(b"real"),
        )
        with self.app.app_context():
            once.hurry(db.engine)
            migrate(db.engine)
            centre = Centre(self.app, self.clock, home / "people")
            centre.found()
            centre.register(range(1, tenderers + 1), b"%PDF-1.4 a licence")
            self.tender = Tender(centre, home / "tender", Told())
            self.tender.publish([ROOT / "pyproject.toml"], closes_at=closes_at)
            db.session.remove()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def command(self, port: int) -> list[str]:
        return [str(Path(sys.executable).with_name("bidding")), "serve", "--port", str(port)]

    def start(self) -> None:
        """Serve, as ``make run`` does, and come back when it answers."""
        self.process = self.launch(self.port)
        self._wait_for(self.port)

    @contextmanager
    def beside(self):
        """A second server of the same centre, for as long as this lasts; its address."""
        port = free_port()
        process = self.launch(port)
        try:
            self._wait_for(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def launch(self, port: int) -> subprocess.Popen:
        """Begin to serve in a process group of its own."""
        with (self.home / "server.log").open("a") as log:
            return subprocess.Popen(
                self.command(port),
                env={**os.environ, **self.settings, "BIDDING_INSTANCE": str(self.home / "instance")},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _wait_for(self, port: int) -> None:
        for _ in range(1200):
            try:
                httpx.get(f"http://127.0.0.1:{port}/clock", timeout=2)
            except httpx.TransportError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError((self.home / "server.log").read_text())

    def kill(self) -> None:
        """The way a power cut ends it: the server and its worker, nothing unwinds."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """End it, if it runs, and let the database go."""
        if self.process is not None and self.process.poll() is None:
            self.kill()
        for http in self.open:
            http.close()
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()

    def seal(self, number: int, attachment: Path, *, replaces=None, tender=None):
        """A sealed package of a tenderer's."""
        with self.app.app_context():
            return (tender or self.tender).seal(number, [attachment], price_fen=PRICE, replaces=replaces)

    def now(self) -> datetime:
        """What time it is in the centre."""
        return SystemClock().now()

    def cookie(self, login: str) -> tuple[str, str]:
        """Name and value of a sign-in that is a moment old."""
        with self.app.app_context():
            self.clock.set(self.now())
            with self.tender.centre.act() as tx:
                token = identity.open_session(tx, people.account_by_login(tx.session, login).id)
            db.session.remove()
        return self.app.config["SIGN_IN_COOKIE"], token

    def visitor(self, login: str | None = None) -> httpx.Client:
        """Somebody's own browser, near enough: signed in if it is somebody's, with the token that forms need."""
        cookies = dict([self.cookie(login)]) if login else None
        http = httpx.Client(base_url=self.url, timeout=30, cookies=cookies)
        self.open.append(http)
        http.headers["X-CSRFToken"] = token_on(http.get("/account" if login else "/sign-in"))
        return http

    def line(self, login: str, sealed, tender=None) -> Line:
        """The tenderer's program, with a sealed package to send."""
        made = Line(self, login, sealed, tender or self.tender)
        self.open.append(made.http)
        return made

    def fresh(self, attachment: Path) -> Line:
        """The program of a tenderer nobody has been yet, with that attachment sealed."""
        self.taken += 1
        return self.line(f"t{self.taken}", self.seal(self.taken, attachment))

    def cosign(self) -> None:
        """Let the supervisor's witness sign what the log has come to."""
        with self.app.app_context():
            self.clock.set(self.now())
            self.tender.centre.cosign()
            db.session.remove()

    def ask(self, question):
        """Ask the database something, as ``question(session)``."""
        with self.app.app_context():
            try:
                return question(db.session)
            finally:
                db.session.remove()


class Line:
    """Sends a package file by file over HTTP."""

    def __init__(self, real: Real, login: str, sealed, tender: Tender) -> None:
        self.real, self.sealed, self.bid = real, sealed, sealed.bid
        self.notice = f"/notices/{tender.uid}"
        self.http = httpx.Client(base_url=real.url, timeout=30, cookies=dict([real.cookie(login)]))
        page = self.http.get(f"{self.notice}/submit")
        self.token = token_on(page)
        self.http.headers.update({**TUS, "X-CSRFToken": self.token, "Accept": "application/json"})
        self.message, self.files = unpack(sealed.package)
        self.urls = {}
        self.creation = f"{self.notice}/uploads"

    def metadata(self, place) -> dict[str, str]:
        return {"bid": self.bid, "envelope": place[0], "n": str(place[1])}

    def create(self, place, length=None) -> httpx.Response:
        words = ",".join(
            f"{key} {base64.b64encode(value.encode()).decode()}"
            for key, value in self.metadata(place).items()
        )
        length = len(self.files[place]) if length is None else length
        answer = self.http.post(
            self.creation, headers={"Upload-Length": str(length), "Upload-Metadata": words}
        )
        if answer.status_code == 201:
            self.urls[place] = answer.headers["Location"]
        return answer

    def patch_headers(self, data: bytes, offset: int, *, checked: bool = True) -> dict[str, str]:
        headers = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset)}
        if checked:
            headers["Upload-Checksum"] = f"sha256 {base64.b64encode(hashlib.sha256(data).digest()).decode()}"
        return headers

    def patch(self, place, data: bytes, offset: int = 0, *, checked: bool = True) -> httpx.Response:
        headers = self.patch_headers(data, offset, checked=checked)
        return self.http.patch(self.urls[place], content=data, headers=headers)

    def begin(self, place, data: bytes, offset: int, sent: int, *, checked: bool = True) -> socket.socket:
        """Announce a part, send the first bytes of it and leave the line open."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())
        headers = {
            "Host": f"127.0.0.1:{self.real.port}",
            "Cookie": cookies,
            "X-CSRFToken": self.token,
            "Content-Length": str(len(data)),
            "Accept": "application/json",
            **TUS,
            **self.patch_headers(data, offset, checked=checked),
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        line = socket.create_connection(("127.0.0.1", self.real.port), 30)
        line.sendall(f"PATCH {self.urls[place]} HTTP/1.1\r\n{head}\r\n".encode() + data[:sent])
        return line

    def offset(self, place) -> int:
        return int(self.http.head(self.urls[place]).headers["Upload-Offset"])

    def send(self, *places) -> httpx.Response:
        answer = None
        for place in places or self.files:
            if place not in self.urls:
                assert self.create(place).status_code == 201
            answer = self.patch(place, self.files[place])
            assert answer.status_code == 204, answer.text
        return answer

    def sign(self, key=None) -> httpx.Response:
        return self.http.post(
            f"{self.notice}/bids",
            content=dumps({**self.message, "key": key or self.bid}),
            headers={"Content-Type": "application/json"},
        )

    def send_package(self) -> httpx.Response:
        """The whole package in one body, as ``bidding submit`` sends it."""
        return self.http.post(
            f"{self.notice}/submit",
            content=self.sealed.package.read_bytes(),
            headers={"Content-Type": "application/octet-stream", "Idempotency-Key": self.bid},
        )

    def state(self) -> dict:
        return self.http.get(f"{self.notice}/bids/{self.bid}/state").json()
