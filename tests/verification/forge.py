"""A really opened tender, held in memory, and a lying operator's tools: every key is at hand to sign a false log."""

from __future__ import annotations

import copy
import io
import zipfile
from dataclasses import dataclass, field
from typing import Any

from bidding.core.canonical import dumps, loads
from bidding.core.signing import sign_object
from bidding.ledger.events import commit, entry, leaf_hash
from bidding.ledger.merkle import Tree
from bidding.ledger.note import Head, cosign_line, sign_note
from bidding.ledger.proof import Proof, write_extra, write_proof
from bidding.ledger.trust import parse_policy
from bidding.opening.batches import TAG, SignedBatch
from bidding.sealing.dealing import trustee_sign_seed
from bidding.sealing.keys import BidKey
from bidding.sealing.panel import parse_panel


@dataclass
class Forge:
    """The parts of an ``opening.zip``, to be changed at will; and the keys of everybody."""

    bundle: dict[str, Any]
    sealed: dict[str, bytes]
    notices: dict[str, bytes]
    log_seed: bytes
    witness_name: str
    witness_seed: bytes
    trustees: dict[int, bytes]  # by seat
    bid_keys: dict[str, BidKey]
    receipts: dict[str, str]  # by bid, with the log's line only
    late: dict[str, Any]  # the manifest of a bid that was sealed and never handed in
    tender: dict[str, Any]
    marks: list[tuple[int, int]] = field(default_factory=list)  # size, time of the cosignature

    def read_marks(self) -> None:
        """Note which sizes the honest log had signed, and when the witness saw them."""
        policy = parse_policy(self.panel.policy)
        checked = [policy.read(note) for note in self.bundle["checkpoints"]]
        self.marks = [(c.head.size, max(at for times in c.times.values() for at in times)) for c in checked]

    def copy(self) -> Forge:
        return copy.deepcopy(self)

    # Finding ---------------------------------------------------------------------------------------------------

    @property
    def events(self) -> list[dict[str, Any]]:
        return [event for _, event in self.bundle["opens"]]

    @property
    def panel(self):
        return parse_panel(self.events[0])

    def find(self, kind: str, nth: int = 0) -> int:
        return [i for i, event in enumerate(self.events) if event["type"] == kind][nth]

    def opened_bids(self) -> list[str]:
        return [item["bid"] for item in self.events[self.find("opened")]["sheets"]]

    def index_of(self, bid: str) -> int:
        return next(
            i for i, e in enumerate(self.events) if e["type"] == "bid" and e["manifest"]["bid"] == bid
        )

    def batch(self, nth: int = 0) -> dict[str, Any]:
        return self.bundle["batches"][nth]

    # Changing --------------------------------------------------------------------------------------------------

    def drop(self, index: int) -> None:
        """Take a leaf out; the checkpoints move with it."""
        del self.bundle["opens"][index]
        self.marks = [(size - (size > index), at) for size, at in self.marks]

    def insert(self, index: int, event: dict[str, Any]) -> None:
        self.bundle["opens"].insert(index, ["ab" * 32, event])
        self.marks = [(size + (size > index), at) for size, at in self.marks]

    def trees(self) -> Tree:
        tree = Tree()
        for leaf in self.leaves():
            tree.append(leaf_hash(leaf))
        return tree

    def leaves(self) -> list[str]:
        return [entry(commit(bytes.fromhex(salt), event)) for salt, event in self.bundle["opens"]]

    def note(self, size: int, *at: int, root: bytes | None = None) -> str:
        head = Head(parse_policy(self.panel.policy).log_vkey.name, size, root or self.trees().root(size))
        lines = [cosign_line(head.text, self.witness_name, self.witness_seed, time) for time in at]
        return sign_note(head, self.log_seed) + "".join(lines)

    def close_text(self) -> str:
        """What the batches of an honest trustee name."""
        size = self.find("close") + 1
        return Head(parse_policy(self.panel.policy).log_vkey.name, size, self.trees().root(size)).text

    def close_again(self, count: int) -> None:
        """Let the close tell of the leaves that now stand before it."""
        index = self.find("close")
        self.events[index].update(size=index, count=count, root=self.trees().root(index).hex())

    def sign_batch(self, batch: dict[str, Any]) -> None:
        """A trustee who lies along signs; the log says that this is what came in."""
        parts = batch["batch"]
        batch["sig"] = sign_object(trustee_sign_seed(self.trustees[parts["i"]]), TAG, parts)
        for event in self.events:
            if event["type"] == "shares" and (event["i"], event["public"]) == (parts["i"], parts["public"]):
                event["sha256"] = SignedBatch(parts, batch["sig"]).sha256

    def sign_all(self) -> None:
        """Sign every checkpoint anew, the log's operator and the witness lying together."""
        self.bundle["checkpoints"] = [self.note(size, at) for size, at in self.marks]

    def receipt(self, index: int, size: int, *, tree: Tree | None = None, seed: bytes | None = None) -> str:
        """A receipt as the log would give it."""
        tree = tree or self.trees()
        salt, event = self.bundle["opens"][index]
        head = Head(parse_policy(self.panel.policy).log_vkey.name, size, tree.root(size))
        return write_proof(
            Proof(
                index,
                tuple(tree.inclusion(index, size)),
                sign_note(head, seed or self.log_seed),
                write_extra(bytes.fromhex(salt), event),
            )
        )

    # Writing ---------------------------------------------------------------------------------------------------

    def data(self) -> bytes:
        """The bytes of ``bundle.json``; the leaves follow from the events."""
        return dumps(self.bundle | {"leaves": self.leaves()})

    def zip(self, data: bytes | None = None, **extra: bytes) -> bytes:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            archive.writestr("bundle.json", self.data() if data is None else data)
            for name, content in {**self.notices, **self.sealed, **extra}.items():
                archive.writestr(name, content)
        return target.getvalue()


def read_zip(data: bytes) -> tuple[dict[str, Any], dict[str, bytes], dict[str, bytes]]:
    """The bundle, the sealed sheets and the notices of an ``opening.zip``."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    sealed, notices = (
        {name: content for name, content in files.items() if name.startswith(folder)}
        for folder in ("sealed/", "notices/")
    )
    return loads(files["bundle.json"]), sealed, notices
