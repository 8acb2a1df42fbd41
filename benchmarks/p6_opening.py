"""P6: a thousand opening sheets on the screen after the last approval, against a bare loop over the same envelopes.

Ours: every batch checked again, every ciphertext hashed, every envelope opened, what came of it logged and stored in
one synced commit, and the hall's page with all of it. Theirs: shares combined, key unwrapped, sheet decrypted, and
nothing checked, kept or shown. Both must read the same prices.
"""

from __future__ import annotations

import logging
import tempfile
from io import BytesIO
from pathlib import Path

from benchmarks.box import Box
from benchmarks.harness import pairs, timed
from bidding.core.canonical import loads
from bidding.core.money import yuan
from bidding.opening import service
from bidding.sealing import age
from bidding.sealing.dealing import combine, identity_of
from bidding.sealing.panel import envelope_ctx

BIDS = 1000


def run() -> bool:
    """Whether the goal is met."""
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        attachment = home / "attachment.bin"
        attachment.write_bytes(bytes(1000))
        box = Box(home, BIDS, attachment)
        box.hand_in(["reform", "finance", "notary"])
        box.keep()
        record, batches = box.held(public=True)
        wanted = sorted(box.prices.values())

        def ours() -> float:
            box.restore()
            pages: list[str] = []

            def work() -> None:
                with box.centre.act() as tx:
                    service.open_stage(tx, box.tender.uid, box.centre.sealed)
                pages.append(box.app.test_client().get(f"/hall/{box.tender.uid}").text)

            seconds = timed(work)
            missing = [price for price in wanted if yuan(price) not in pages[0]]
            if missing:
                raise AssertionError(f"{len(missing)} sheets are not on the page")
            return seconds

        def theirs() -> float:
            read: list[int] = []

            def work() -> None:
                for bid, envelope in record.to_be_shared(1, public=True):
                    shares = [batches[seat][(bid.uid, envelope)] for seat in sorted(batches)]
                    identity = identity_of(
                        combine(shares), envelope_ctx(record.panel_hash, bid.uid, envelope)
                    )
                    plain = BytesIO()
                    with box.centre.sealed.open(bid.envelope(envelope)["files"][0]["sha256"]) as source:
                        age.decrypt(source, plain, identity)
                    read.append(loads(plain.getvalue().rstrip(b" "))["fields"]["price_fen"])

            seconds = timed(work)
            if sorted(read) != wanted:
                raise AssertionError("the loop read other prices")
            return seconds

        met = pairs("P6", ours, theirs, 2.0, at_most=True)
        box.leave()
    return met
