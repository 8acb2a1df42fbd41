"""What a trustee's client sends: who it is, and that its key still opens (protocol §2). Pure.

The server makes a test dealing to the trustee's key alone; the client opens it and signs the answer, so that one
drill tries both the key that opens and the key that signs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bidding.core.canonical import Malformed, exactly, identifier, integer, lp, sha, text_of, unhex
from bidding.core.entropy import Entropy
from bidding.core.signing import (
    is_acceptable_key,
    public_key,
    sign_bytes,
    sign_object,
    verify_bytes,
    verify_object,
)
from bidding.sealing.dealing import (
    check_dealing,
    check_share,
    combine,
    deal,
    identity_of,
    make_share,
    recipient_of,
    trustee_public,
    trustee_scalar,
    trustee_sign_seed,
)
from bidding.sealing.ristretto import check_point

ENROL_TAG = "bidseal/v1 enrol"
DRILL_TAG = "bidseal/v1 drill"


def _enrol_message(name: str, pub: bytes) -> bytes:
    return lp(ENROL_TAG, name, pub)


def enrolment(name: str, seed: bytes) -> dict[str, Any]:
    """The enrolment file of a trustee with this 32-byte seed. Raises ``Malformed`` for a name that is none."""
    pub, sign_seed = trustee_public(seed), trustee_sign_seed(seed)
    return {
        "v": 1,
        "type": "trustee",
        "name": identifier(name, "name"),
        "pub": pub.hex(),
        "sign": public_key(sign_seed).hex(),
        "sig": sign_bytes(sign_seed, _enrol_message(name, pub)).hex(),
    }


def check_enrolment(value: object) -> dict[str, Any]:
    """An enrolment file whose signature holds. Raises ``Malformed``."""
    parts = exactly(value, "v type name pub sign sig", "enrolment")
    _check_head(parts, "trustee", "enrolment")
    name = identifier(parts["name"], "enrolment: name")
    pub = check_point(unhex(parts["pub"], 32, "enrolment: pub"), "enrolment: pub")
    sign = unhex(parts["sign"], 32, "enrolment: sign")
    if not is_acceptable_key(sign):
        raise Malformed("enrolment: sign is not an acceptable Ed25519 key")
    if not verify_bytes(sign, _enrol_message(name, pub), unhex(parts["sig"], 64, "enrolment: sig")):
        raise Malformed("enrolment: the signature does not hold")
    return parts


def fingerprint(name: str, pub: str, sign: str) -> str:
    """What the holder and the one who confirms compare: 24 hex digits in groups of four."""
    digest = sha(lp("bidseal/v1 trustee card", name, bytes.fromhex(pub), bytes.fromhex(sign))).hex()[:24]
    return " ".join(digest[place : place + 4] for place in range(0, 24, 4))


def drill_ctx(pub: bytes, drill: str) -> bytes:
    """What a drill's dealing is bound to: never to be mistaken for a bid's."""
    return sha(lp(DRILL_TAG, pub, drill))


def challenge(drill: str, name: str, pub: bytes, entropy: Entropy) -> tuple[dict[str, Any], str]:
    """A drill to be sent to the trustee, and the recipient that its opened secret must give."""
    ctx = drill_ctx(pub, drill)
    dealing, secret = deal(ctx, 1, [pub], entropy)
    return _challenge(drill, name, pub, dealing), recipient_of(identity_of(secret, ctx))


def _challenge(drill: str, name: str, pub: bytes, dealing: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "v": 1,
        "type": "drill",
        "drill": drill,
        "trustee": name,
        "pub": pub.hex(),
        "dealing": dict(dealing),
    }


def written_challenge(drill: str, name: str, pub: str, dealing: Mapping[str, Any]) -> dict[str, Any]:
    """The challenge file again, from what was kept of it."""
    return _challenge(drill, name, bytes.fromhex(pub), dealing)


def answer(challenge: object, seed: bytes, entropy: Entropy) -> dict[str, Any]:
    """Open a drill with a trustee's seed; the answer file. Raises ``Malformed``.

    The dealing is verified under the drill's own ctx before anything is multiplied (protocol §3): a share copied
    from a bid is refused here.
    """
    parts = exactly(challenge, "v type drill trustee pub dealing", "drill")
    _check_head(parts, "drill", "drill")
    name = identifier(parts["trustee"], "drill: trustee")
    pub = unhex(parts["pub"], 32, "drill: pub")
    if pub != trustee_public(seed):
        raise Malformed("drill: is for another key than this one")
    ctx = drill_ctx(pub, text_of(parts["drill"], "drill: drill"))
    check_dealing(ctx, 1, [pub], parts["dealing"])
    share = make_share(ctx, 1, trustee_scalar(seed), bytes.fromhex(parts["dealing"]["E"][0]), entropy)
    body = {"v": 1, "type": "drill-answer", "drill": parts["drill"], "trustee": name, "share": share}
    return {"answer": body, "sig": sign_object(trustee_sign_seed(seed), DRILL_TAG, body)}


def drill_of(value: object) -> str:
    """The drill that an answer file says it answers. Raises ``Malformed``."""
    outer = exactly(value, "answer sig", "answer file")
    parts = exactly(outer["answer"], "v type drill trustee share", "answer")
    _check_head(parts, "drill-answer", "answer")
    return text_of(parts["drill"], "answer: drill")


def check_answer(
    value: object, *, name: str, pub: bytes, sign: bytes, dealing: Mapping[str, Any], recipient: str
) -> None:
    """Check that an answer opens this drill with this trustee's keys. Raises ``Malformed``."""
    drill = drill_of(value)
    outer = exactly(value, "answer sig", "answer file")
    body = outer["answer"]
    if body["trustee"] != name:
        raise Malformed("answer: another trustee's")
    if not verify_object(sign, DRILL_TAG, body, outer["sig"]):
        raise Malformed("answer: the signature does not hold")
    ctx = drill_ctx(pub, drill)
    check_share(ctx, 1, pub, bytes.fromhex(dealing["E"][0]), body["share"])
    if recipient_of(identity_of(combine([body["share"]]), ctx)) != recipient:
        raise Malformed("answer: opens something else")


def _check_head(parts: Mapping[str, Any], kind: str, what: str) -> None:
    integer(parts["v"], f"{what}: v", 1, 1)
    if parts["type"] != kind:
        raise Malformed(f"{what}: type is not {kind!r}")
