"""A tenderer's program that sends a sealed package file by file, as the page does."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass, field

from bidding.core.canonical import dumps, loads
from tests.people import sign_in

PART = {"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream"}


def b64(data):
    return base64.b64encode(data if isinstance(data, bytes) else str(data).encode()).decode()


def unpack(package):
    """The message of a package, and (envelope, n) → ciphertext, in the package's order."""
    with zipfile.ZipFile(package) as found:
        files = {}
        for name in found.namelist()[1:]:
            envelope, _, number = name.removesuffix(".age").partition("/")
            files[envelope, int(number)] = found.read(name)
        return loads(found.read("manifest.json")), files


@dataclass
class Sender:
    """One tenderer with one sealed package."""

    app: object
    tender: object
    sealed: object
    login: str = "t1"
    key: str = ""
    urls: dict = field(default_factory=dict)

    def __post_init__(self):
        self.client = sign_in(self.app, self.login)
        self.message, self.files = unpack(self.sealed.package)
        self.bid = self.sealed.bid
        self.key = self.key or self.bid
        self.creation = f"/notices/{self.tender.uid}/uploads"

    def create(self, place, *, length=None, **headers):
        """Begin a file; the answer."""
        envelope, n = place
        answer = self.client.post(
            self.creation,
            headers={
                "Tus-Resumable": "1.0.0",
                "Upload-Length": str(len(self.files[place]) if length is None else length),
                "Upload-Metadata": f"bid {b64(self.bid)},envelope {b64(envelope)},n {b64(n)}",
                **headers,
            },
        )
        if answer.status_code == 201:
            self.urls[place] = answer.headers["Location"]
        return answer

    def patch(self, place, data, offset=0, *, checked=True, **headers):
        """Send some bytes; the answer."""
        if checked:
            headers = {"Upload-Checksum": f"sha256 {b64(hashlib.sha256(data).digest())}", **headers}
        return self.client.patch(
            self.urls[place], data=data, headers={**PART, "Upload-Offset": str(offset), **headers}
        )

    def offset(self, place):
        """What the server says is durable."""
        return int(self.client.head(self.urls[place], headers=PART).headers["Upload-Offset"])

    def send(self, *places):
        """Send files whole, all of them where none is named; the last answer."""
        answer = None
        for place in places or self.files:
            if place not in self.urls:
                assert self.create(place).status_code == 201
            answer = self.patch(place, self.files[place])
            assert answer.status_code == 204, answer.text
        return answer

    def sign(self, **changed):
        """Send the signed manifest; the answer."""
        return self.client.post(
            f"/notices/{self.tender.uid}/bids",
            data=dumps({**self.message, "key": self.key, **changed}),
            content_type="application/json",
        )

    def state(self):
        """What became of the bid, as the page asks."""
        return self.client.get(f"/notices/{self.tender.uid}/bids/{self.bid}/state")


class SlowDisk:
    """A store of growing files on which time goes by while a part is synced."""

    def __init__(self, store, meanwhile):
        self._store, self._meanwhile = store, meanwhile

    def __getattr__(self, name):
        return getattr(self._store, name)

    @contextmanager
    def hold(self, name):
        with self._store.hold(name) as file:
            yield SlowFile(file, self._meanwhile)


class SlowFile:
    def __init__(self, file, meanwhile):
        self._file, self._meanwhile = file, meanwhile

    def __getattr__(self, name):
        return getattr(self._file, name)

    def sync(self):
        self._file.sync()
        self._meanwhile()
