"""P13: an opening bundle of 200 bids verified, against an independent implementation of its arithmetic in plain Python.

Ours is all of ``bidding verify`` over the file. The peer is the reference implementation of the protocol's primitives
that stands outside this repository; ``REFERENCE`` names its folder (``r255.py``, ``seal.py``, ``tlog.py``). With them a
loop recomputes the root of the log, every dealing, every share and every envelope's key, and nothing else: no shapes,
no order of events, no signatures, no sheets. Both must come to the same root and the same keys.
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.box import Box
from benchmarks.harness import pairs, timed
from bidding.db import db
from bidding.opening import service
from bidding.opening.bundle import check_leaves, open_zip, parse_bundle, replay_bundle
from bidding.sealing.dealing import recipient_of
from bidding.sealing.panel import envelope_ctx
from bidding.tenders import queries as tenders
from bidding.verification.verify import Asked, verify

BIDS = 200
PAIRS = 3


def run() -> bool:
    """Whether the goal is met."""
    folder = os.environ.get("REFERENCE")
    if not folder:
        raise SystemExit("P13 compares with the reference primitives: name their folder in REFERENCE")
    sys.path.insert(0, folder)
    seal, tlog = import_module("seal"), import_module("tlog")
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary)
        attachment = home / "attachment.bin"
        attachment.write_bytes(bytes(1000))
        box = Box(home, BIDS, attachment)
        box.hand_in(["reform", "finance", "notary"])
        with box.centre.act() as tx:
            service.open_stage(tx, box.tender.uid, box.centre.sealed)
        box.centre.tick()
        box.centre.cosign()
        path = home / "opening.zip"
        session = db.session()
        with path.open("wb") as target:
            service.write_opening(session, tenders.notice(session, box.tender.uid), box.centre.sealed, target)
        box.leave()
        with open_zip(path) as archive:
            data = archive.read_bundle()

        def ours() -> float:
            reports: list[Any] = []
            seconds = timed(lambda: reports.append(verify(path, Asked())))
            report = reports[0]
            if report.refusals or len(report.sheets) != BIDS:
                raise AssertionError("the bundle does not verify")
            return seconds

        return pairs("P13", ours, _Loop(data, seal, tlog).run, 10.0, n=PAIRS)


class _Loop:
    """The arithmetic of a bundle, by the reference's modules ``seal`` and ``tlog``."""

    def __init__(self, data: bytes, seal: Any, tlog: Any) -> None:
        self._bundle = parse_bundle(data)
        self._record = replay_bundle(self._bundle, check_leaves(self._bundle), dealings=False)
        self._pubs = list(self._record.panel.pubs)
        self._seal, self._tlog = seal, tlog

    def run(self) -> float:
        """Seconds for root, dealings, shares and keys, which must be those that ours come to."""
        results: list[tuple[bytes, list[str]]] = []
        seconds = timed(lambda: results.append((self._root(), self._recipients())))
        record = self._record
        wanted = [bid.envelope(name)["recipient"] for bid, name in record.to_be_shared(1, public=True)]
        if results != [(record.tree.root(), wanted)]:
            raise AssertionError("the two sides do not agree")
        return seconds

    def _root(self) -> bytes:
        root: bytes = self._tlog.mth([self._tlog.leaf_hash(line.encode()) for line in self._bundle.leaves])
        return root

    def _recipients(self) -> list[str]:
        for bid in self._record.to_be_opened():
            for envelope in bid.manifest["envelopes"]:
                ctx = envelope_ctx(self._record.panel_hash, bid.uid, envelope["id"])
                if not self._seal.verify_deal(ctx, self._record.panel.k, self._pubs, envelope["dealing"]):
                    raise AssertionError("a dealing does not hold")
        given: dict[tuple[str, str], list[Any]] = {}
        for signed in self._bundle.batches:
            for share in signed.batch["shares"]:
                self._check(share)
                given.setdefault((share["bid"], share["envelope"]), []).append(share)
        return [
            recipient_of(
                self._seal.bid_identity(
                    self._seal.combine(shares), envelope_ctx(self._record.panel_hash, *place)
                )
            )
            for place, shares in given.items()
        ]

    def _check(self, share: dict[str, Any]) -> None:
        place, seat = (share["bid"], share["envelope"]), share["i"] - 1
        sealed = bytes.fromhex(self._record.bids[place[0]].envelope(place[1])["dealing"]["E"][seat])
        ctx = envelope_ctx(self._record.panel_hash, *place)
        if not self._seal.verify_share(ctx, self._pubs[seat], sealed, share):
            raise AssertionError("a share does not hold")
