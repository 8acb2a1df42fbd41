"""Key files that people keep: a trustee's seed, a tenderer's bid key. Never on the server (protocol §2, §3.6).

Both are ordinary age files with a passphrase (``age -d`` opens them); inside stands canonical JSON.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from bidding.core.canonical import Malformed, array, dumps, exactly, identifier, integer, loads, unhex
from bidding.core.entropy import Entropy
from bidding.core.errors import N_, DomainError
from bidding.core.signing import public_key
from bidding.sealing import age, bech32
from bidding.sealing.dealing import recipient_of
from bidding.sealing.manifest import bid_uid

#: A passphrase guards a key that cannot be changed afterwards.
SHORTEST_PASSPHRASE = 12
#: What the printed copy of a seed begins with.
PAPER_PREFIX = "bidseal-trustee-"


class PassphraseShort(DomainError):
    """A passphrase that could be guessed."""

    code = "sealing.passphrase_short"
    text = N_("口令至少 %(least)s 个字符，现在是 %(count)s 个。可以用一句只有自己知道的话。")
    status = 422


class PassphraseWrong(DomainError):
    """Not the file's passphrase."""

    code = "sealing.passphrase_wrong"
    text = N_("口令不对，打不开密钥文件 %(file)s。请核对大小写和输入法后再试；口令丢失无法找回。")
    status = 422


class KeyFileRefused(DomainError):
    """Not a key file, another kind of one, or a damaged one."""

    code = "sealing.key_file_refused"
    text = N_("%(file)s 不是可用的密钥文件：%(reason)s。请换用原始文件或它的备份。")
    status = 422


class PasskeyCopy(DomainError):
    """The copy of a trustee's key that a touch opens: in a browser, on the centre's site (docs/adr/0034)."""

    code = "sealing.key_file_passkey"
    text = N_(
        "%(file)s 是用安全密钥触碰打开的副本，命令行打不开。请改用口令副本 trustee-名称.age，"
        "或在中心网站的受托人工具里用它；口令副本坏了的，用纸质备份恢复：bidding trustee new 名称 --from-paper。"
    )
    status = 422


class FileExists(DomainError):
    """A key file is never overwritten."""

    code = "sealing.file_exists"
    text = N_("%(file)s 已经存在。密钥和签封包不会被覆盖，请换一个文件名或文件夹。")


@dataclass(frozen=True, slots=True)
class TrusteeKey:
    """A trustee's name and 32-byte seed."""

    name: str
    seed: bytes

    def to_json(self) -> dict[str, Any]:
        """What stands in ``trustee-NAME.age``."""
        return {"v": 1, "type": "trustee-key", "name": self.name, "seed": self.seed.hex()}

    @property
    def paper(self) -> str:
        """The copy for the safe: upper-case Bech32 in groups of four, with check signs."""
        text = bech32.encode(PAPER_PREFIX, self.seed).upper()
        return " ".join(text[place : place + 4] for place in range(0, len(text), 4))


def from_paper(name: str, text: str) -> TrusteeKey:
    """The key again, from its printed copy; spaces and case are forgiven. Raises ``Malformed``."""
    seed = bech32.decode(PAPER_PREFIX, "".join(text.split()).lower())
    if len(seed) != 32:
        raise Malformed("paper: a seed has 32 bytes")
    return TrusteeKey(identifier(name, "name"), seed)


def parse_trustee_key(value: object) -> TrusteeKey:
    """A trustee's key from its JSON. Raises ``Malformed``."""
    parts = exactly(value, "v type name seed", "trustee key")
    _check_head(parts, "trustee-key")
    return TrusteeKey(identifier(parts["name"], "name"), unhex(parts["seed"], 32, "seed"))


@dataclass(frozen=True, slots=True)
class BidKey:
    """What a tenderer keeps of one bid: needed to withdraw or replace it, and the fallback way to open it."""

    project: str
    lot: str
    panel: str
    bid: str
    sign_seed: bytes
    #: The age identity of every envelope.
    identities: tuple[tuple[str, str], ...]

    def to_json(self) -> dict[str, Any]:
        """The JSON of protocol §3.6."""
        return {
            "v": 1,
            "type": "bid-key",
            "project": self.project,
            "lot": self.lot,
            "panel": self.panel,
            "bid": self.bid,
            "sign_seed": self.sign_seed.hex(),
            "identities": [{"envelope": name, "identity": identity} for name, identity in self.identities],
        }

    def posting(self, envelopes: Sequence[str]) -> Posting:
        """The identities of these envelopes as they are posted when too few trustees come (protocol §6.4).

        Nothing else of the key leaves with them. Raises ``Malformed`` for an envelope that it does not know.
        """
        known = dict(self.identities)
        if unknown := [name for name in envelopes if name not in known]:
            raise Malformed(f"bid key: no envelope {unknown[0]}")
        return Posting(
            self.project,
            self.panel,
            self.bid,
            tuple((name, known[name]) for name in dict.fromkeys(envelopes)),
        )


@dataclass(frozen=True, slots=True)
class Posting:
    """The identities that a tenderer gives away so that its bid can be opened: of some envelopes, and no signing key."""

    project: str
    panel: str
    bid: str
    identities: tuple[tuple[str, str], ...]

    def to_json(self) -> dict[str, Any]:
        """The JSON of docs/spec/opening.md, "Afterwards"."""
        return {
            "v": 1,
            "type": "posted-keys",
            "project": self.project,
            "panel": self.panel,
            "bid": self.bid,
            "identities": [{"envelope": name, "identity": identity} for name, identity in self.identities],
        }


def parse_posting(value: object) -> Posting:
    """What a tenderer posts, from its JSON. Raises ``Malformed``."""
    parts = exactly(value, "v type project panel bid identities", "posted keys")
    _check_head(parts, "posted-keys")
    unhex(parts["panel"], 32, "panel")
    unhex(parts["bid"], 16, "bid")
    identities = tuple(_identity(item) for item in array(parts["identities"], "identities"))
    if not identities or len({name for name, _ in identities}) != len(identities):
        raise Malformed("identities: none, or one envelope twice")
    return Posting(identifier(parts["project"], "project"), parts["panel"], parts["bid"], identities)


def _identity(item: object) -> tuple[str, str]:
    each = exactly(item, "envelope identity", "identities")
    recipient_of(each["identity"])
    return identifier(each["envelope"], "envelope"), each["identity"]


def parse_bid_key(value: object) -> BidKey:
    """A bid key from its JSON. Raises ``Malformed``."""
    parts = exactly(value, "v type project lot panel bid sign_seed identities", "bid key")
    _check_head(parts, "bid-key")
    unhex(parts["panel"], 32, "panel")
    seed = unhex(parts["sign_seed"], 32, "sign_seed")
    if parts["bid"] != bid_uid(public_key(seed)):
        raise Malformed("bid: not the uid of sign_seed")
    identities = tuple(_identity(item) for item in array(parts["identities"], "identities"))
    return BidKey(
        identifier(parts["project"], "project"),
        identifier(parts["lot"], "lot"),
        parts["panel"],
        parts["bid"],
        seed,
        identities,
    )


def _check_head(parts: Mapping[str, Any], kind: str) -> None:
    integer(parts["v"], "v", 1, 1)
    if parts["type"] != kind:
        raise Malformed(f"type is not {kind}")


def check_passphrase(passphrase: str) -> str:
    """The passphrase itself; ``PassphraseShort`` if it is too short."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise PassphraseShort(least=SHORTEST_PASSPHRASE, count=len(passphrase))
    return passphrase


def write_key(
    path: Path,
    key: TrusteeKey | BidKey,
    passphrase: str,
    entropy: Entropy,
    *,
    work_factor: int = age.WORK_FACTOR,
) -> None:
    """Write a key file durably, readable by its owner only. Raises ``FileExists``, ``PassphraseShort``."""
    out = BytesIO()
    source = BytesIO(dumps(key.to_json()))
    age.encrypt_passphrase(source, out, check_passphrase(passphrase), entropy, work_factor)
    write_new(path, out.getvalue())


def write_new(path: Path, data: bytes) -> None:
    """Write a new file of mode 0600 and make it durable. Raises ``FileExists``."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise FileExists(file=path.name) from error
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def check_typed(path: Path) -> None:
    """Raise ``PasskeyCopy`` for a file that no passphrase opens, so that none is asked for in vain; ``OSError``."""
    with path.open("rb") as source, suppress(Malformed):  # what is no age file at all is told when it is read
        stanzas = age.parse_header(source.read(age.MAX_HEADER)).stanzas
        if any(stanza.type == age.PASSKEY for stanza in stanzas):
            raise PasskeyCopy(file=path.name)


def read_trustee_key(path: Path, passphrase: str) -> TrusteeKey:
    """A trustee's key file. Raises ``PasskeyCopy``, ``PassphraseWrong``, ``KeyFileRefused``, ``OSError``."""
    check_typed(path)
    try:
        return parse_trustee_key(_read(path, passphrase))
    except Malformed as error:
        raise KeyFileRefused(file=path.name, reason=str(error)) from error


def read_bid_key(path: Path, passphrase: str) -> BidKey:
    """A bid's key file. Raises ``PassphraseWrong``, ``KeyFileRefused``, ``OSError``."""
    try:
        return parse_bid_key(_read(path, passphrase))
    except Malformed as error:
        raise KeyFileRefused(file=path.name, reason=str(error)) from error


def _read(path: Path, passphrase: str) -> Any:
    out = BytesIO()
    with path.open("rb") as source:
        try:
            age.decrypt_passphrase(source, out, passphrase)
        except age.WrongPassphrase as error:
            raise PassphraseWrong(file=path.name) from error
    return loads(out.getvalue())
