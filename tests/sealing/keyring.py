"""Trustees of the tests: their seeds, their enrolment files, and a standing set in the database."""

from __future__ import annotations

import hashlib

from bidding.core.canonical import dumps
from bidding.core.entropy import ReplayEntropy
from bidding.sealing import enrolment, service

#: role → (organisation of the cast, login or None)
STANDING = {
    "supervisor": ("reform", "sun"),
    "finance": ("finance", "fang"),
    "agency": ("agency", "zhou"),
    "administrator": ("centre", "wang"),
    "notary": ("notary", None),
}


def seed_of(name: str) -> bytes:
    """The seed of a trustee of that name."""
    return hashlib.sha256(f"trustee {name}".encode()).digest()


def enrolment_file(name: str) -> bytes:
    """What the trustee's client wrote."""
    return dumps(enrolment.enrolment(name, seed_of(name)))


def enrol(begin, cast, keys, name: str, *, role: str | None = None, drill: bool = True):
    """One trustee, proposed by wang, confirmed by sun; its uid."""
    role = role or name
    where, login = STANDING[role]
    with begin(cast.actor("wang")) as tx:
        uid = service.propose_trustee(
            tx,
            file=enrolment_file(name),
            role=role,
            holder=name,
            organisation_uid=f"org-{where}",
            login=login,
        ).uid
    with begin(cast.actor("sun")) as tx:
        service.confirm_trustee(tx, uid, keys)
    if drill:
        pass_drill(begin, cast, keys, uid, name)
    return uid


def pass_drill(begin, cast, keys, uid: str, name: str):
    """Ask, answer with the trustee's own seed, hand in."""
    with begin(cast.actor("wang")) as tx:
        challenge = service.challenge_file(service.ask_drill(tx, uid))
    answer = enrolment.answer(challenge, seed_of(name), ReplayEntropy(uid.encode()))
    with begin(cast.actor("wang")) as tx:
        return service.answer_drill(tx, dumps(answer), keys=keys)


def standing_set(begin, cast, keys) -> dict[str, str]:
    """The default five, drilled: name → uid."""
    return {name: enrol(begin, cast, keys, name) for name in STANDING}
