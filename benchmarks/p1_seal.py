"""P1: sealing a file against the ``age`` command line, everything made durable on both sides.

``P1`` compares like with like: one file in, the age file out. ``P1-package`` is the whole of what a tenderer's client
does (dealing, both hashes, checksums, the package) against the tools that give the same figures: ``age -r`` and
``openssl dgst -sha256`` of plaintext and ciphertext. Everything made is opened again and compared.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
from io import BytesIO
from pathlib import Path

from benchmarks.harness import pairs, timed
from bidding.core.codes import uscc_check_digit
from bidding.core.entropy import ReplayEntropy, SystemEntropy
from bidding.core.signing import public_key
from bidding.ledger.note import Algorithm, VerifierKey
from bidding.sealing import age
from bidding.sealing.client import Sealed, seal
from bidding.sealing.container import Digest, open_volumes, parse_index
from bidding.sealing.enrolment import enrolment
from bidding.sealing.keys import BidKey
from bidding.sealing.package import PackageReader

SIZE = 200 * 2**20
_ROLES = ("supervisor", "finance", "agency", "administrator", "notary")
TENDERER = ("P1", "91539921MA6KQ7X3A" + uscc_check_digit("91539921MA6KQ7X3A"))


def tender_file() -> dict:
    """A tender of five trustees with one field."""
    log = VerifierKey("p1.example/p/P1", Algorithm.ED25519, public_key(b"l" * 32))
    witness = VerifierKey("p1.example/w", Algorithm.COSIGNATURE, public_key(b"w" * 32))
    seats = []
    for i, role in enumerate(_ROLES, 1):
        card = enrolment(role, hashlib.sha256(role.encode()).digest())
        seats.append(
            {"i": i, "role": role, "name": role, "org": role, "pub": card["pub"], "sign": card["sign"]}
        )
    panel = {
        "v": 1,
        "type": "panel",
        "project": "P1",
        "suite": "bidseal-v1",
        "k": 3,
        "min_bids": 3,
        "policy": f"log {log}\nwitness w {witness}\nquorum w\n",
        "trustees": seats,
        "envelopes": [
            {"id": "offer", "public": True, "stage": 1},
            {"id": "files", "public": False, "stage": 1},
        ],
    }
    price = {"name": "price_fen", "label": "price", "kind": "fen", "required": True, "ceiling": None}
    slot = {"code": "other", "label": "other", "required": False, "endings": [], "many": True}
    return {
        "v": 2,
        "panel": panel,
        "lots": [{"code": "1", "name": "P1", "fields": [price], "slots": [slot]}],
        "title": "P1",
        "closes_at": 2_000_000_000,
    }


def run() -> bool:
    """Measure; whether the goal of reliability.md is met."""
    with tempfile.TemporaryDirectory(prefix="p1-") as folder:
        return _run(Path(folder))


def _run(folder: Path) -> bool:
    plain = folder / "plain.bin"
    with plain.open("wb") as file:
        entropy = SystemEntropy()
        for _ in range(SIZE // 2**20):
            file.write(entropy.bytes(2**20))
    wanted = hashlib.sha256(plain.read_bytes()).hexdigest()
    identity = "AGE-SECRET-KEY-1A94S5PNK0GRM674J8MC6PNEKDTJ80CN9RX7USULRC65RM2U0KNAQ8Y068E"
    recipient = "age152hdwm3fsy9wwzvzp2skyn9kyvyrlrqksjcg7kscsp3res0dtcdqhyyy0y"
    theirs_out, ours_out, alone_out = folder / "theirs.age", folder / "ours.bidseal", folder / "ours.age"
    tender = tender_file()
    done: list[Sealed] = []

    def ours() -> float:
        ours_out.unlink(missing_ok=True)
        return timed(lambda: done.append(_sealed(tender, plain, ours_out)))

    def theirs() -> float:
        theirs_out.unlink(missing_ok=True)
        return timed(lambda: _age(recipient, plain, theirs_out))

    def tools() -> float:
        theirs_out.unlink(missing_ok=True)
        return timed(lambda: _tools(recipient, plain, theirs_out))

    def alone() -> float:
        alone_out.unlink(missing_ok=True)
        return timed(lambda: _encrypted(recipient, plain, alone_out))

    met = [pairs("P1", alone, theirs, 1.0), pairs("P1-package", ours, tools, 1.0)]
    for path in (theirs_out, alone_out):
        if _digest_of(path, identity) != wanted:
            raise AssertionError(path.name)
    if _digest_in(ours_out, done[-1].key) != wanted:
        raise AssertionError(ours_out.name)
    return all(met)


def _sealed(tender: dict, plain: Path, out: Path) -> Sealed:
    return seal(
        tender,
        lot="1",
        tenderer=TENDERER,
        offer={"price_fen": 1},
        files=[("other", plain)],
        out=out,
        entropy=SystemEntropy(),
    )


def _age(recipient: str, plain: Path, out: Path) -> None:
    subprocess.run(["age", "-r", recipient, "-o", out, plain], check=True)
    handle = os.open(out, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)


def _tools(recipient: str, plain: Path, out: Path) -> None:
    """``age``, and the hashes that the index and the manifest carry."""
    _age(recipient, plain, out)
    subprocess.run(["openssl", "dgst", "-sha256", plain, out], check=True, stdout=subprocess.DEVNULL)


def _encrypted(recipient: str, plain: Path, out: Path) -> None:
    with plain.open("rb", buffering=0) as source, out.open("wb", buffering=0) as target:
        age.encrypt(source, target, recipient, ReplayEntropy(b"p1"))
        os.fsync(target.fileno())


class _Nothing:
    def write(self, data: bytes | memoryview) -> None:
        pass

    def done(self) -> None:
        pass


def _digest_of(path: Path, identity: str) -> str:
    digest = Digest(_Nothing())
    with path.open("rb") as source:
        age.decrypt(source, digest, identity)
    return digest.sha256


class _Kept(BytesIO):
    def done(self) -> None:
        self.seek(0)


def _digest_in(package: Path, key: BidKey) -> str:
    """The hash of the one attachment, by way of the package, its index and its volumes."""
    files: dict[tuple[str, int], _Kept] = {}
    reader = PackageReader(lambda _: None, lambda e, n, _: files.setdefault((e, n), _Kept()))
    with package.open("rb") as source:
        while data := source.read(2**20):
            reader.feed(data)
    reader.close()
    identity = dict(key.identities)["files"]
    out = BytesIO()
    age.decrypt(files["files", 0], out, identity)
    (entry,) = parse_index(out.getvalue(), bid=key.bid, envelope="files", volumes=len(files) - 2)
    digest = hashlib.sha256()
    for piece in open_volumes([files["files", n] for n in entry.volumes], identity, entry):
        digest.update(piece)
    return digest.hexdigest()
