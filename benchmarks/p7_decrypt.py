"""P7: a hundred attachments of 5 MB decrypted and verified, against ``age -d`` under ``xargs -P2``.

Ours is the server's own way to an attachment: the shares combined, the index read, every piece authenticated and the
whole held against the hash that the index gives it, two readers at once as there are two processes of theirs. Theirs
decrypts the same ciphertexts to nowhere and hashes nothing. Also looked at: what the process grows by meanwhile.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import subprocess
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.box import Box
from benchmarks.harness import pairs, timed
from bidding.db import db
from bidding.opening import service
from bidding.opening.attachments import Vault
from bidding.sealing.dealing import combine, identity_of
from bidding.sealing.panel import envelope_ctx
from bidding.tenders import queries as tenders

BIDS = 100
SIZE = 5_000_000
RSS_MB = 150


def run() -> bool:
    """The time, and the memory; whether both goals are met."""
    if shutil.which("age") is None:
        raise SystemExit("P7 needs the age command line (apt install age)")
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory(dir=Path(__file__).parent) as folder:
        home = Path(folder)
        attachment = home / "attachment.bin"
        attachment.write_bytes(os.urandom(SIZE))
        wanted = hashlib.sha256(attachment.read_bytes()).hexdigest()
        box = Box(home, BIDS, attachment)
        box.hand_in(["reform", "finance", "notary"])
        with box.centre.act() as tx:
            service.open_stage(tx, box.tender.uid, box.centre.sealed)
        keys = _for_age(box, home)
        places = [(each.bid, each.envelope) for each in _vault(box).listed()]
        vault = _vault(box)
        for place in places:
            digest = hashlib.sha256()
            for piece in vault.open(*place, 0)[1]:
                digest.update(piece)
            if digest.hexdigest() != wanted:
                raise AssertionError("an attachment is not what was sealed")
        held = os.sysconf("SC_PAGE_SIZE") * int(Path("/proc/self/statm").read_text().split()[1])

        def ours() -> float:
            found: list[int] = []

            def work() -> None:
                vault = _vault(box)

                def read(place: tuple[str, str]) -> int:
                    return sum(len(piece) for piece in vault.open(*place, 0)[1])

                with ThreadPoolExecutor(2) as pool:
                    found.extend(pool.map(read, places))

            seconds = timed(work)
            if found != [SIZE] * BIDS:
                raise AssertionError("an attachment is not whole")
            return seconds

        def theirs() -> float:
            return timed(
                lambda: subprocess.run(
                    ["xargs", "-P2", "-n2", "sh", "-c", 'exec age -d -i "$0" "$1" > /dev/null'],
                    input=keys,
                    check=True,
                )
            )

        with _Highest() as memory:
            met = pairs("P7", ours, theirs, 1.0, at_most=True)
        grown = (memory.highest - held) / 1e6
        box.leave()
    small = grown <= RSS_MB
    print(f"P7-rss grown={grown:.0f}MB goal<={RSS_MB} {'ok' if small else 'short'}")
    return met and small


def _vault(box: Box) -> Vault:
    """The attachments, as the agency's second person may read them."""
    session = db.session()
    vault = Vault(session, tenders.notice(session, box.tender.uid), box.centre.actor("wu"), box.centre.sealed)
    session.rollback()
    return vault


def _for_age(box: Box, home: Path) -> bytes:
    """For every attachment: a key file and the ciphertext as a file, one below the other."""
    record, batches = box.held(public=False)
    lines = []
    for bid, envelope in record.to_be_shared(1, public=False):
        shares = [batches[seat][(bid.uid, envelope)] for seat in sorted(batches)]
        key = home / f"{bid.uid}.key"
        key.write_text(identity_of(combine(shares), envelope_ctx(record.panel_hash, bid.uid, envelope)))
        sealed = home / f"{bid.uid}.age"
        with box.centre.sealed.open(bid.envelope(envelope)["files"][1]["sha256"]) as source:
            sealed.write_bytes(source.read())
        lines += [str(key), str(sealed)]
    return "\n".join(lines).encode()


class _Highest:
    """The largest resident size of this process while it is entered, looked at ten times a second."""

    highest = 0

    def __enter__(self) -> _Highest:
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def _look(self) -> None:
        page = os.sysconf("SC_PAGE_SIZE")
        while not self._done.wait(0.1):
            self.highest = max(self.highest, page * int(Path("/proc/self/statm").read_text().split()[1]))

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()
