"""The trustee's side, offline: make a key, answer a drill. No Flask, no database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bidding.core.canonical import Malformed, dumps, loads
from bidding.core.entropy import Entropy
from bidding.core.errors import N_, DomainError
from bidding.sealing import age, enrolment
from bidding.sealing.keys import TrusteeKey, check_passphrase, write_key, write_new


class NameRefused(DomainError):
    """Not an identifier of protocol §1."""

    code = "sealing.trustee_name"
    text = N_("名称“%(name)s”不能用：只用字母、数字和 . _ -，以字母或数字开头，最多 64 个字符。")
    status = 422


class DrillRefused(DomainError):
    """A drill file that is none, or for another key."""

    code = "sealing.drill_refused"
    text = N_("演练文件 %(file)s 不能用：%(reason)s。请重新下载本人这一次的演练文件。")
    status = 422


@dataclass(frozen=True, slots=True)
class NewTrustee:
    """A trustee's key and the two files made of it: one to keep, one to hand in."""

    key: TrusteeKey
    enrolment: dict[str, Any]
    key_file: Path
    enrolment_file: Path


def trustee_new(
    name: str, folder: Path, passphrase: str, entropy: Entropy, *, work_factor: int = age.WORK_FACTOR
) -> NewTrustee:
    """Make a trustee: ``trustee-NAME.age`` to keep, ``trustee-NAME.json`` for the centre.

    Raises ``NameRefused``, ``PassphraseShort``, ``FileExists``.
    """
    check_passphrase(passphrase)
    return write_trustee(
        TrusteeKey(name, entropy.bytes(32)), folder, passphrase, entropy, work_factor=work_factor
    )


def write_trustee(
    key: TrusteeKey, folder: Path, passphrase: str, entropy: Entropy, *, work_factor: int = age.WORK_FACTOR
) -> NewTrustee:
    """Write both files of a key that is there: a new one, or one typed in from paper."""
    try:
        card = enrolment.enrolment(key.name, key.seed)
    except Malformed as error:
        raise NameRefused(name=key.name, field="name") from error
    key_file, card_file = folder / f"trustee-{key.name}.age", folder / f"trustee-{key.name}.json"
    write_key(key_file, key, passphrase, entropy, work_factor=work_factor)
    write_new(card_file, dumps(card) + b"\n")
    return NewTrustee(key, card, key_file, card_file)


def answer_drill(challenge: Path, key: TrusteeKey, out: Path, entropy: Entropy) -> dict[str, Any]:
    """Open the drill in a file and write the answer to ``out``. Raises ``DrillRefused``, ``FileExists``."""
    try:
        answer = enrolment.answer(loads(challenge.read_bytes()), key.seed, entropy)
    except Malformed as error:
        raise DrillRefused(file=challenge.name, reason=str(error)) from error
    write_new(out, dumps(answer) + b"\n")
    return answer
