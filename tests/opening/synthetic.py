"""A whole tender as its log, checkpoints, share batches and ciphertexts: in memory, from ReplayEntropy alone.

Every key is at hand, the log's and the witness's too, so that tests can forge as an operator could who holds them:
change ``events``, and ``note`` signs what the log now says. Nothing here checks anything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import wraps
from io import BytesIO
from typing import Any

from bidding.core.canonical import dumps
from bidding.core.entropy import ReplayEntropy
from bidding.core.signing import public_key, sign_object
from bidding.experts.draw import contribution as contribution_of
from bidding.experts.draw import draw, draw_seed, leaf_hash, party_ctx, spec_hash
from bidding.experts.replay import DEAL_TAG, ORDER_TAG
from bidding.ledger.events import commit, entry
from bidding.ledger.events import leaf_hash as event_leaf_hash
from bidding.ledger.merkle import Tree
from bidding.ledger.note import Algorithm, Head, VerifierKey, cosign_line, sign_note
from bidding.ledger.proof import Proof, write_extra, write_proof
from bidding.ledger.trust import Checked
from bidding.opening.batches import SignedBatch, check_checkpoints, make_batch
from bidding.opening.bundle import PostedKey, sealed_name, write_bundle, write_zip
from bidding.opening.record import Record, replay
from bidding.opening.sitting.ceremony import written
from bidding.sealing import age
from bidding.sealing.container import sheet_bytes
from bidding.sealing.dealing import (
    deal,
    deal_scalar,
    identity_of,
    make_share,
    recipient_of,
    trustee_public,
    trustee_scalar,
    trustee_sign_seed,
)
from bidding.sealing.keys import BidKey
from bidding.sealing.manifest import bid_uid, sign_manifest, sign_supersede, withdrawal
from bidding.sealing.panel import envelope_ctx, parse_panel, seat_sigs, sign_schedule
from bidding.sealing.ristretto import multiply_base, scalar_bytes

PROJECT = "T-2026-9"
ORIGIN = "bids.example/p/T-2026-9"
ROLES = ("supervisor", "finance", "agency", "administrator", "notary")
#: 2026-11-23 09:00 in Shanghai.
PUBLISHED = 1_795_395_600
CLOSES = PUBLISHED + 20 * 86_400
POOL = "pool-1"
CLIENT = "c1" * 32


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def seed(label: str) -> bytes:
    return hashlib.sha256(f"synthetic {label}".encode()).digest()


def log_key(origin: str = ORIGIN) -> VerifierKey:
    return VerifierKey(origin, Algorithm.ED25519, public_key(seed("log")))


def witness_key(name: str = "w1") -> VerifierKey:
    return VerifierKey(f"witness.example/{name}", Algorithm.COSIGNATURE, public_key(seed(name)))


def policy() -> str:
    return f"log {log_key()}\nwitness w1 {witness_key()}\nquorum w1\n"


def panel_event(**changes: Any) -> dict[str, Any]:
    """Three of five, one envelope with a sheet and one with attachments."""
    event = {
        "v": 1,
        "type": "panel",
        "project": PROJECT,
        "suite": "bidseal-v1",
        "k": 3,
        "min_bids": 3,
        "policy": policy(),
        "trustees": [
            {
                "i": i,
                "role": role,
                "name": role,
                "org": f"{role} office",
                "pub": trustee_public(seed(role)).hex(),
                "sign": public_key(trustee_sign_seed(seed(role))).hex(),
            }
            for i, role in enumerate(ROLES, 1)
        ],
        "envelopes": [
            {"id": "offer", "public": True, "stage": 1},
            {"id": "files", "public": False, "stage": 1},
        ],
    }
    return event | changes


#: A sheet and attachments first, another sheet at the second stage.
TWO_STAGES = [
    {"id": "offer", "public": True, "stage": 1},
    {"id": "files", "public": False, "stage": 1},
    {"id": "price", "public": True, "stage": 2},
]


@dataclass
class SealedBid:
    """A bid with everything its tenderer knows."""

    tenderer: str
    lot: str
    manifest: dict[str, Any]
    sig: str
    supersedes_sig: str | None
    key: BidKey
    ciphertexts: dict[str, bytes]  # by envelope

    @property
    def uid(self) -> str:
        return self.manifest["bid"]

    @property
    def ciphertext(self) -> bytes:
        """Of the sheet that is opened first."""
        return self.ciphertexts["offer"]


@dataclass
class Synthetic:
    """A tender under way. ``events`` are (salt, event); ``marks`` say at which size whom cosigned when."""

    label: str = "tender"
    changes: dict[str, Any] = field(default_factory=dict)  # of the panel
    closes: int = CLOSES

    def __post_init__(self) -> None:
        self.entropy = ReplayEntropy(self.label.encode())
        self.panel_event = panel_event(**self.changes)
        self.panel = parse_panel(self.panel_event)
        self.events: list[tuple[str, dict[str, Any]]] = []
        self.marks: dict[int, dict[str, int]] = {}
        self.bids: dict[str, SealedBid] = {}
        self.batches: list[SignedBatch] = []
        self.keys: list[PostedKey] = []
        self.sealed: dict[str, bytes] = {}
        self.names: bytes | None = None
        self.values: dict[str, bytes] = {}  # what each party of the draw contributed
        self.people: dict[str, tuple[str, dict[str, Any]]] = {}  # h -> salt, expert

    # the log -------------------------------------------------------------------------------------------------------

    def add(self, kind: str, at: int | None = None, /, **fields: Any) -> int:
        """Append an event; its index."""
        event = {"v": 1, "type": kind, **fields}
        if at is not None:
            event["at"] = at
        return self.put(event)

    def put(self, event: dict[str, Any]) -> int:
        self.events.append((self.entropy.bytes(32).hex(), event))
        return len(self.events) - 1

    def tree(self) -> Tree:
        return Tree(event_leaf_hash(entry(commit(bytes.fromhex(salt), event))) for salt, event in self.events)

    def mark(self, at: int, *witnesses: str) -> None:
        """A checkpoint of what is there now, cosigned at an instant (by ``w1``, if nobody is named)."""
        self.marks.setdefault(len(self.events), {}).update(dict.fromkeys(witnesses or ("w1",), at))

    def note(self, size: int, tree: Tree | None = None) -> str:
        head = Head(ORIGIN, size, (tree or self.tree()).root(size))
        text = sign_note(head, seed("log"))
        for name, when in self.marks[size].items():
            text += cosign_line(head.text, f"witness.example/{name}", seed(name), when)
        return text

    def notes(self) -> list[str]:
        tree = self.tree()
        return [self.note(size, tree) for size in sorted(self.marks)]

    def record(self, *, dealings: bool = False) -> Record:
        return replay(self.events, dealings=dealings)

    def find(self, kind: str, nth: int = 0) -> int:
        """The index of the nth event of a type."""
        return [i for i, (_, event) in enumerate(self.events) if event["type"] == kind][nth]

    def event(self, kind: str, nth: int = 0) -> dict[str, Any]:
        return self.events[self.find(kind, nth)][1]

    # before the close ------------------------------------------------------------------------------------------------

    def publish(self) -> None:
        self.put(self.panel_event)
        self.add(
            "schedule",
            PUBLISHED,
            project=PROJECT,
            panel=self.panel.hash.hex(),
            n=0,
            closes_at=self.closes,
            opens=[{"stage": stage, "at": self.closes} for stage in self.panel.stages],
            reason=None,
            sigs=[],
        )
        self.add("notice", PUBLISHED, kind="tender", sha256=seed("notice").hex())
        self.add("cover")

    def seal(
        self,
        tenderer: str,
        fen: int,
        *,
        lot: str = "1",
        replaces: str | None = None,
        sheet: dict[str, Any] | None = None,
        other_key: bool = False,
        panel_hash: bytes | None = None,
    ) -> SealedBid:
        """Seal a bid. ``other_key`` seals to a key that was not dealt, ``sheet`` changes what the sheet says."""
        anchor = panel_hash or self.panel.hash
        sign_seed = self.entropy.bytes(32)
        uid = bid_uid(public_key(sign_seed))
        identities, envelopes = [], []
        ciphertexts = {}
        for spec in self.panel.envelopes:
            ctx = envelope_ctx(anchor, uid, spec.id)
            dealing, secret = deal(ctx, self.panel.k, self.panel.pubs, self.entropy)
            identity = identity_of(self.entropy.bytes(32) if other_key else secret, ctx)
            identities.append((spec.id, identity))
            plain = sheet_bytes(
                {
                    "v": 1,
                    "project": PROJECT,
                    "lot": lot,
                    "bid": uid,
                    "envelope": spec.id,
                    "tenderer": {"name": tenderer, "uscc": f"USCC-{tenderer}"},
                    "fields": {"price_fen": fen, "days": 90},
                    **(sheet or {}),
                }
            )
            out = BytesIO()
            age.encrypt(BytesIO(plain), out, recipient_of(identity), self.entropy)
            ciphertexts[spec.id] = out.getvalue()
            digest = hashlib.sha256(out.getvalue()).hexdigest()
            envelopes.append(
                {
                    "id": spec.id,
                    "recipient": recipient_of(identity),
                    "dealing": dealing,
                    "files": [{"n": 0, "size": len(out.getvalue()), "sha256": digest}],
                }
            )
        old = self.bids[replaces] if replaces else None
        manifest = {
            "v": 1,
            "type": "bid",
            "project": PROJECT,
            "lot": lot,
            "panel": anchor.hex(),
            "bid": uid,
            "sign_pub": public_key(sign_seed).hex(),
            "supersedes": old.uid if old else None,
            "client": CLIENT,
            "envelopes": envelopes,
        }
        key = BidKey(PROJECT, lot, anchor.hex(), uid, sign_seed, tuple(identities))
        supersedes_sig = sign_supersede(old.key.sign_seed, manifest) if old else None
        sig = sign_manifest(sign_seed, manifest)
        return SealedBid(tenderer, lot, manifest, sig, supersedes_sig, key, ciphertexts)

    def bid(self, name: str, fen: int, when: int, **sealing: Any) -> SealedBid:
        """Seal a bid, log it, and have it witnessed half a minute later."""
        sealed = self.bids[name] = self.seal(sealing.pop("tenderer", name), fen, **sealing)
        self.log_bid(sealed, when)
        self.mark(when + 30)
        return sealed

    def log_bid(self, sealed: SealedBid, when: int) -> int:
        return self.add(
            "bid",
            when,
            manifest=sealed.manifest,
            sig=sealed.sig,
            supersedes_sig=sealed.supersedes_sig,
        )

    def withdraw(self, name: str, when: int) -> None:
        self.add("withdraw", when, **withdrawal(PROJECT, self.panel.hash, self.bids[name].key.sign_seed))
        self.mark(when + 30)

    def receive(self) -> None:
        """Three bids for lot 1 of which one replaces another, one withdrawn, and a lonely one for lot 2."""
        day = self.closes - 86_400
        self.bid("lan", 1_200_000_000, day)
        self.bid("he", 1_190_000_000, day + 600)
        self.add("cover")
        self.bid("yun", 1_205_000_000, day + 1_200)
        self.bid("gone", 1_000_000_000, day + 1_800)
        self.add("attempt", day + 2_000, code="sealing.not_sealed")
        self.bid("he-again", 1_180_000_000, day + 2_400, tenderer="he", replaces="he")
        self.withdraw("gone", day + 3_000)
        self.bid("alone", 500_000_000, day + 3_600, lot="2")

    # the close and the opening ---------------------------------------------------------------------------------------

    def close(self, when: int | None = None, **changes: Any) -> None:
        when = self.closes if when is None else when
        size = len(self.events)
        count = len(self.record().effective())
        fields = {
            "closes_at": self.closes,
            "count": count,
            "size": size,
            "root": self.tree().root().hex(),
            "clock": {"source": "system"},
        }
        self.add("close", when, **(fields | changes))
        self.mark(when + 3)
        for lot in sorted(self.record().short_lots()):
            self.add("failed", when + 4, lot=lot, reason="too few bids")
        self.mark(when + 10)

    def extend(self, closes: int, when: int) -> None:
        """A signed schedule with a later close."""
        opens = [{"stage": item["stage"], "at": closes} for item in self.record().schedule["opens"]]
        self._reschedule(when, closes_at=closes, opens=opens)
        self.closes = closes

    def postpone(self, opens: int, when: int) -> None:
        """A signed schedule with a later opening of the last stage, and nothing else."""
        *before, last = self.record().schedule["opens"]
        self._reschedule(when, opens=[*before, {**last, "at": opens}])

    def _reschedule(self, when: int, **changed: Any) -> None:
        previous = self.record().schedule
        changed |= {"at": when, "n": previous["n"] + 1, "reason": "correction", "sigs": []}
        event = {**previous, **changed}
        seats = [self.panel.seat_of(role) for role in ("supervisor", "agency")]
        event["sigs"] = seat_sigs(
            (seat.i, sign_schedule(event, trustee_sign_seed(seed(seat.name)))) for seat in seats
        )
        self.put(event)

    def package(self) -> bytes:
        """What trustees work from."""
        return write_bundle(self.notes(), self.events)

    def checked(self) -> tuple[Record, list[Checked]]:
        """What a trustee's program has made of the package before it makes shares."""
        record = self.record()
        return record, check_checkpoints(record, self.notes())

    def batch(
        self,
        role: str,
        *,
        public: bool = True,
        stage: int = 1,
        when: int | None = None,
        checked: tuple[Record, list[Checked]] | None = None,
    ) -> SignedBatch:
        return make_batch(
            *(checked or self.checked()),
            seed=seed(role),
            stage=stage,
            public=public,
            now=at(when or self.closes + 60),
            entropy=self.entropy,
        )

    def hand_in(self, signed: SignedBatch, when: int) -> None:
        """Log a batch, and keep it for the bundle if it is public."""
        parts = signed.batch
        self.add(
            "shares",
            when,
            i=parts["i"],
            stage=parts["stage"],
            public=parts["public"],
            sha256=signed.sha256,
        )
        if parts["public"]:
            self.batches.append(signed)

    def share(
        self,
        roles: tuple[str, ...] = ("supervisor", "finance", "notary"),
        *,
        stage: int = 1,
        when: int | None = None,
    ) -> None:
        checked = self.checked()
        made = [
            self.batch(role, public=public, stage=stage, when=when, checked=checked)
            for public in (True, False)
            if any((each.stage, each.public) == (stage, public) for each in self.panel.envelopes)
            for role in roles
        ]
        for number, signed in enumerate(made):
            self.hand_in(signed, (when or self.closes + 100) + number)

    def wanted(self) -> list[SealedBid]:
        """The sealed bids to be opened first."""
        by_uid = {sealed.uid: sealed for sealed in self.bids.values()}
        return [by_uid[bid.uid] for bid in self.record().to_be_opened() if not bid.on_paper]

    def opened(
        self,
        verdicts: dict[str, tuple[str, Any]] | None = None,
        *,
        stage: int = 1,
        when: int | None = None,
        **sheets: str,
    ) -> None:
        """Log what the sheets say; ``verdicts`` for bids by name, ``sheets`` for hashes that are not theirs."""
        when = when or self.closes + 200
        names = {sealed.uid: name for name, sealed in self.bids.items()}
        verdicts = verdicts or {}
        listed, judged = [], []
        for bid, envelope in self.record().to_be_shared(stage, public=True):
            name = names[bid.uid]
            sealed = self.bids[name]
            self.sealed[sealed_name(sealed.uid, envelope)] = sealed.ciphertexts[envelope]
            if name in verdicts:
                verdict, evidence = verdicts[name]
                judged.append(
                    {"bid": sealed.uid, "envelope": envelope, "verdict": verdict, "evidence": evidence}
                )
            else:
                digest = sheets.get(name.replace("-", "_")) or sheet_hash(sealed, envelope)
                listed.append({"bid": sealed.uid, "envelope": envelope, "sha256": digest})
        self.add("opened", when, stage=stage, sheets=listed, verdicts=judged)
        self.mark(when + 30)

    def review(self, sealed: dict[str, str], *, stage: int = 2, when: int | None = None) -> int:
        """Log which bids, by name, stay sealed at a later stage, each with the reason."""
        listed = [{"bid": self.bids[name].uid, "reason": reason} for name, reason in sealed.items()]
        index = self.add(
            "note",
            when or self.closes + 300,
            kind="stage-review",
            data={"stage": stage, "sealed": listed},
        )
        self.mark(self.closes + 310)
        return index

    # the sittings ----------------------------------------------------------------------------------------------------

    def sit(self, stage: int, when: int, kind: str, data: dict[str, Any]) -> int:
        """A note of the sitting of a stage."""
        kind, data = written(kind, data, stage=stage, first=1)
        return self.add("note", when, kind=kind, data=data)

    def everybody(self) -> dict[str, Any]:
        """What a list says: whoever is opened at the first stage, and that nobody is there."""
        return {"bids": [{"bid": bid.uid, "present": None} for bid in self.record().to_be_opened()]}

    # the draw and the award ------------------------------------------------------------------------------------------

    def draw_spec(self) -> dict[str, Any]:
        """Seven people, two of one unit, one excused; two are needed, two in reserve."""
        leaves = []
        for number in range(7):
            salt = self.entropy.bytes(32)
            expert = {"id": f"e{number}", "name": f"专家{number}", "specialties": ["civil"]}
            h = leaf_hash(POOL, salt, expert)
            self.people[h] = (salt.hex(), expert)
            unit = "u-1" if number < 2 else f"u-{number}"
            leaves.append({"h": h, "excl": "unit" if number == 6 else None, "unit": unit})
        leaves.sort(key=lambda leaf: leaf["h"])
        stratum = {"id": "civil", "need": 2, "backups": 2, "leaves": leaves}
        return {"v": 1, "id": "D-1", "max_per_unit": 1, "strata": [stratum]}

    def draw(
        self,
        parties: tuple[str, ...] = ("administrator", "agency", "supervisor"),
        spec: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """A draw of three parties of whom the last does not reveal, up to its seed; the specification."""
        when, spec = self.closes + 1_000, spec or self.draw_spec()
        digest = spec_hash(spec)
        order = {
            "v": 1,
            "type": "draw-order",
            "panel": self.panel.hash.hex(),
            "spec": spec,
            "parties": sorted(parties),
            "after": None,
            "reason": None,
        }
        sig = sign_object(trustee_sign_seed(seed("supervisor")), ORDER_TAG, order)
        self.add("draw-spec", when, order=order, sig=sig)
        secrets, dealings = {}, {}
        self.values = {}
        for party in parties:
            ctx = party_ctx(self.panel.hash, digest, party)
            dealing, a0 = deal_scalar(ctx, self.panel.k, self.panel.pubs, self.entropy)
            sign_seed = trustee_sign_seed(seed(party))
            body = {
                "v": 1,
                "type": "draw-deal",
                "panel": self.panel.hash.hex(),
                "draw": spec["id"],
                "spec": digest.hex(),
                "party": party,
                "sign_pub": public_key(sign_seed).hex(),
                "dealing": dealing,
            }
            self.add("draw-deal", when + 10, deal=body, sig=sign_object(sign_seed, DEAL_TAG, body))
            secrets[party], dealings[party] = a0, dealing
            self.values[party] = contribution_of(multiply_base(a0), ctx)
        self.add("draw-closed", when + 20, draw=spec["id"], spec=digest.hex(), parties=sorted(parties))
        self.mark(when + 25)
        for party in parties[:-1]:
            a0 = scalar_bytes(secrets[party]).hex()
            self.add("draw-reveal", when + 30, draw=spec["id"], party=party, a0=a0, shares=None)
        last = parties[-1]
        ctx = party_ctx(self.panel.hash, digest, last)
        shares = [
            make_share(
                ctx,
                i,
                trustee_scalar(seed(ROLES[i - 1])),
                bytes.fromhex(dealings[last]["E"][i - 1]),
                self.entropy,
            )
            for i in (1, 2, 5)
        ]
        self.add("draw-reveal", when + 40, draw=spec["id"], party=last, a0=None, shares=shares)
        return spec

    def call_out(self, spec: dict[str, Any]) -> None:
        """The first pick declines, the second and a reserve accept; their names are out."""
        when = self.closes + 1_000
        (result,) = draw(draw_seed(spec_hash(spec), self.values), spec)
        first, second = result.picks
        reserve = result.backups[0]
        declined = {"reason": "时间冲突", "record": seed("call").hex(), "stratum": result.id}
        self.call(first, "decline", when + 50, **declined)
        self.call(second, "accept", when + 60, stratum=result.id)
        self.call(reserve, "accept", when + 70, stratum=result.id)
        self.names = self.names_json([first, second, reserve])

    def call(
        self,
        h: str,
        answer: str,
        when: int,
        reason: str | None = None,
        record: str | None = None,
        stratum: str = "civil",
    ) -> None:
        self.add(
            "draw-call",
            when,
            draw="D-1",
            stratum=stratum,
            h=h,
            answer=answer,
            reason=reason,
            record=record,
        )

    def names_json(self, called: list[str]) -> bytes:
        people = [{"h": h, "salt": self.people[h][0], "expert": self.people[h][1]} for h in sorted(called)]
        return dumps({"v": 1, "pool_id": POOL, "experts": people})

    def award(self) -> None:
        self.add("award", self.closes + 90_000, lot="1", sha256=seed("award").hex())
        self.mark(self.closes + 90_030)

    # what comes out --------------------------------------------------------------------------------------------------

    def bundle(self) -> bytes:
        return write_bundle(self.notes(), self.events, self.batches, self.keys)

    def zip(self, bundle: bytes | None = None) -> bytes:
        out = BytesIO()
        sealed = [(name, BytesIO(data)) for name, data in self.sealed.items()]
        write_zip(out, self.bundle() if bundle is None else bundle, sealed, self.names)
        return out.getvalue()

    def receipt(self, index: int, size: int | None = None) -> str:
        """A receipt for a leaf, on the smallest checkpoint that holds it."""
        size = size or min(size for size in self.marks if size > index)
        salt, event = self.events[index]
        path = tuple(self.tree().inclusion(index, size))
        return write_proof(Proof(index, path, self.note(size), write_extra(bytes.fromhex(salt), event)))


def sheet_hash(sealed: SealedBid, envelope: str = "offer") -> str:
    """What a sheet of a bid hashes to, by its tenderer's own key."""
    out = BytesIO()
    age.decrypt(BytesIO(sealed.ciphertexts[envelope]), out, dict(sealed.key.identities)[envelope])
    return hashlib.sha256(out.getvalue().rstrip(b" ")).hexdigest()


def made_once(make: Callable[..., Synthetic]) -> Callable[..., Synthetic]:
    """Make the same tender once in a run, and give a copy of it to whoever asks."""
    made: dict[str, Synthetic] = {}

    @wraps(make)
    def _made(label: str = "tender", **changes: Any) -> Synthetic:
        name = f"{label} {sorted(changes.items())}"
        if name not in made:
            made[name] = make(label, **changes)
        return deepcopy(made[name])

    return _made


@made_once
def closed(label: str, **changes: Any) -> Synthetic:
    """A tender up to its close and the first checkpoint after the opening's instant."""
    made = Synthetic(label, changes)
    made.publish()
    made.receive()
    made.close()
    return made


@made_once
def opened_first(label: str) -> Synthetic:
    """A tender of two stages of which the first is open."""
    made = closed(label, envelopes=TWO_STAGES)
    made.share()
    made.opened()
    return made


@made_once
def whole(label: str, **changes: Any) -> Synthetic:
    """The whole story: bids, close, opening by three of five, draw, award."""
    made = closed(label, **changes)
    made.share()
    made.opened()
    made.call_out(made.draw())
    made.award()
    return made
