"""The age v1 file format (C2SP age.md) for one X25519 recipient or a passphrase, on the primitives of ``cryptography``.

Written here because one-shot AEAD calls on 64 KiB records run at twice the speed of the bindings of the Rust
implementation, let other threads work meanwhile, and because a server that takes sealed files must read their
headers strictly. Files are ordinary age files: ``age -d`` opens them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bidding.core.canonical import Malformed
from bidding.core.entropy import Entropy
from bidding.sealing import bech32

#: A header longer than this is not read; one recipient and some grease take a few hundred bytes.
MAX_HEADER = 8192
CHUNK = 64 * 1024
#: The stanza of a file that a passkey opens (WebAuthn's PRF); only browsers have what it takes.
PASSKEY = "age-encryption.org/fido2prf"
#: log2 of scrypt's N, as the age tool has it: about a second, and 256 MiB.
WORK_FACTOR = 18
_MAX_WORK_FACTOR = 20
_TAG = 16
_NONCE = 16
_SALT = 16
_RECORDS_AT_ONCE = 16
_VERSION = b"age-encryption.org/v1\n"
_ARGUMENT = re.compile(rb"[!-~]+")
_FACTOR = re.compile(r"[1-9][0-9]?")
#: Version line, one X25519 stanza, MAC line and nonce.
_SEALED_HEADER = len(_VERSION) + len("-> X25519 ") + 43 + 1 + 43 + 1 + len("--- ") + 43 + 1 + _NONCE
_LAST = b"\1"
_NOT_LAST = b"\0"


class Reader(Protocol):
    """Where plaintext or ciphertext comes from."""

    def read(self, size: int, /) -> bytes:
        """At most ``size`` bytes; none at the end."""
        ...


class Writer(Protocol):
    """Where it goes."""

    def write(self, data: bytes | memoryview, /) -> object:
        """Take all of it. The memory may be read until the next call returns, and not longer."""
        ...


@dataclass(frozen=True, slots=True)
class Stanza:
    """One recipient stanza of a header."""

    type: str
    arguments: tuple[str, ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class Header:
    """A header as it stands in the file; ``size`` is where the payload begins."""

    stanzas: tuple[Stanza, ...]
    covered: bytes
    mac: bytes
    size: int


def parse_header(prefix: bytes) -> Header:
    """The header at the start of an age file. ``prefix`` holds its first ``MAX_HEADER`` bytes, or all of it.

    Raises ``Malformed``. The MAC needs the key and is not checked here.
    """
    if not prefix.startswith(_VERSION):
        raise Malformed("age: does not begin with the age v1 line")
    stanzas = []
    place = len(_VERSION)
    line, after = _line(prefix, place)
    while not line.startswith(b"---"):
        stanza, place = _stanza(prefix, line, after)
        stanzas.append(stanza)
        line, after = _line(prefix, place)
    if not line.startswith(b"--- "):
        raise Malformed("age: the header's last line is broken")
    if not stanzas:
        raise Malformed("age: a header without recipients")
    mac = _unpadded(line[4:])
    if len(mac) != 32:
        raise Malformed("age: the header's MAC does not have 32 bytes")
    return Header(tuple(stanzas), prefix[: place + 3], mac, after)


def _stanza(prefix: bytes, line: bytes, place: int) -> tuple[Stanza, int]:
    words = line.split(b" ")
    if words[0] != b"->" or len(words) < 2 or not all(_ARGUMENT.fullmatch(word) for word in words[1:]):
        raise Malformed("age: a stanza that is none")
    body = b""
    while True:
        text, place = _line(prefix, place)
        if len(text) > 64:
            raise Malformed("age: a stanza's line is too long")
        body += _unpadded(text)
        if len(text) < 64:
            break
    kind, *arguments = (word.decode("ascii") for word in words[1:])
    return Stanza(kind, tuple(arguments), body), place


def _line(prefix: bytes, place: int) -> tuple[bytes, int]:
    end = prefix.find(b"\n", place)
    if end < 0:
        raise Malformed("age: the header does not end")
    return prefix[place:end], end + 1


def _unpadded(text: bytes) -> bytes:
    """Canonical base64 without padding."""
    try:
        data = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except ValueError as error:
        raise Malformed("age: not base64") from error
    if _b64(data) != text:
        raise Malformed("age: base64 is not canonical")
    return data


def _b64(data: bytes) -> bytes:
    return base64.b64encode(data).rstrip(b"=")


def _derive(key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, info).derive(key)


def _mac(file_key: bytes, covered: bytes) -> bytes:
    return hmac.digest(_derive(file_key, b"", b"header"), covered, "sha256")


def sealed_size(length: int) -> int:
    """The size of the age file of ``length`` bytes that ``encrypt`` makes."""
    return _SEALED_HEADER + length + _TAG * max(1, -(-length // CHUNK))


def encrypt(source: Reader, target: Writer, recipient: str, entropy: Entropy) -> int:
    """Encrypt a stream to one ``age1…`` recipient; the length of the plaintext."""
    file_key = entropy.bytes(16)
    stanza = _wrap(file_key, bech32.decode("age", recipient), entropy)
    return _encrypt(source, target, file_key, stanza, entropy)


def encrypt_passphrase(
    source: Reader, target: Writer, passphrase: str, entropy: Entropy, work_factor: int = WORK_FACTOR
) -> int:
    """Encrypt a stream with a passphrase (scrypt, N = 2^``work_factor``); the length of the plaintext.

    Never on the server (protocol §2): a guessed passphrase opens what it guards.
    """
    file_key, salt = entropy.bytes(16), entropy.bytes(_SALT)
    body = ChaCha20Poly1305(_scrypt(passphrase, salt, work_factor)).encrypt(bytes(12), file_key, None)
    stanza = b"-> scrypt " + _b64(salt) + f" {work_factor}\n".encode() + _b64(body) + b"\n"
    return _encrypt(source, target, file_key, stanza, entropy)


def _scrypt(passphrase: str, salt: bytes, work_factor: int) -> bytes:
    n = 1 << work_factor
    salt = b"age-encryption.org/v1/scrypt" + salt
    room = min(2048 * n, 2**31 - 1)  # 1 KiB per N and a little more; OpenSSL's binding takes no larger number
    return hashlib.scrypt(passphrase.encode(), salt=salt, n=n, r=8, p=1, maxmem=room, dklen=32)


def _encrypt(source: Reader, target: Writer, file_key: bytes, stanza: bytes, entropy: Entropy) -> int:
    header = _VERSION + stanza + b"---"
    nonce = entropy.bytes(_NONCE)
    target.write(header + b" " + _b64(_mac(file_key, header)) + b"\n" + nonce)
    return _encrypt_payload(source, target, ChaCha20Poly1305(_derive(file_key, nonce, b"payload")))


def _wrap(file_key: bytes, public: bytes, entropy: Entropy) -> bytes:
    ephemeral = X25519PrivateKey.from_private_bytes(entropy.bytes(32))
    share = ephemeral.public_key().public_bytes_raw()
    try:
        shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError as error:
        raise Malformed("age: not a recipient's key") from error
    body = ChaCha20Poly1305(_wrapping_key(shared, share, public)).encrypt(bytes(12), file_key, None)
    return b"-> X25519 " + _b64(share) + b"\n" + _b64(body) + b"\n"


def _wrapping_key(shared: bytes, share: bytes, public: bytes) -> bytes:
    return _derive(shared, share + public, b"age-encryption.org/v1/X25519")


def _blocks(source: Reader, record: int) -> Iterator[tuple[memoryview, bool]]:
    """The stream in blocks of whole records, each with whether it is the last. One empty block if nothing comes."""
    size = record * _RECORDS_AT_ONCE
    block = _fill(source, size)
    while len(block) == size:
        following = _fill(source, size)
        if not following:
            break
        yield memoryview(block), False
        block = following
    yield memoryview(block), True


def _fill(source: Reader, size: int) -> bytes:
    data = source.read(size)
    if len(data) == size or not data:
        return data
    parts = [data]
    missing = size - len(data)
    while missing and (data := source.read(missing)):
        parts.append(data)
        missing -= len(data)
    return b"".join(parts)


def _encrypt_payload(source: Reader, target: Writer, cipher: ChaCha20Poly1305) -> int:
    buffers = [memoryview(bytearray((CHUNK + _TAG) * _RECORDS_AT_ONCE)) for _ in range(2)]
    counter = total = 0
    for block, last in _blocks(source, CHUNK):
        total += len(block)
        buffers.reverse()  # what was written last may still be read
        out = buffers[0]
        filled = 0
        for start in range(0, max(len(block), 1), CHUNK):
            record = block[start : start + CHUNK]
            final = last and start + CHUNK >= len(block)
            end = filled + len(record) + _TAG
            cipher.encrypt_into(_nonce(counter, final=final), record, None, out[filled:end])
            filled = end
            counter += 1
        target.write(out[:filled])
    return total


def _nonce(counter: int, *, final: bool) -> bytes:
    return counter.to_bytes(11, "big") + (_LAST if final else _NOT_LAST)


def opened(source: Reader, identity: str) -> Iterator[bytes]:
    """The plaintext of a stream, record by record, by an ``AGE-SECRET-KEY-1…``.

    Every record is authenticated before it is given, but a truncation shows only at the end: what was given before
    ``Malformed`` is raised is genuine and not whole.
    """
    return _opened(source, lambda header: _unwrap(header, identity))


def decrypt(source: Reader, target: Writer, identity: str) -> int:
    """Decrypt a stream into another, as ``opened`` does; the length of the plaintext."""
    return _written(opened(source, identity), target)


def decrypt_passphrase(source: Reader, target: Writer, passphrase: str) -> int:
    """Decrypt a stream with a passphrase; the length of the plaintext. Never on the server (protocol §2)."""
    return _written(_opened(source, lambda header: _unwrap_passphrase(header, passphrase)), target)


def _written(records: Iterator[bytes], target: Writer) -> int:
    total = 0
    for record in records:
        target.write(record)
        total += len(record)
    return total


def _opened(source: Reader, unwrap: Callable[[Header], bytes]) -> Iterator[bytes]:
    prefix = _fill(source, MAX_HEADER)
    header = parse_header(prefix)
    file_key = unwrap(header)
    if not hmac.compare_digest(_mac(file_key, header.covered), header.mac):
        raise Malformed("age: the header was altered")
    rest = _Prefixed(prefix[header.size :], source)
    nonce = _fill(rest, _NONCE)
    if len(nonce) != _NONCE:
        raise Malformed("age: ends in the nonce")
    return _opened_records(rest, ChaCha20Poly1305(_derive(file_key, nonce, b"payload")))


def _unwrap(header: Header, identity: str) -> bytes:
    secret = X25519PrivateKey.from_private_bytes(bech32.decode("age-secret-key-", identity.lower()))
    public = secret.public_key().public_bytes_raw()
    for stanza in header.stanzas:
        if stanza.type != "X25519":
            continue
        share = x25519_share(stanza)
        try:
            shared = secret.exchange(X25519PublicKey.from_public_bytes(share))
            return ChaCha20Poly1305(_wrapping_key(shared, share, public)).decrypt(
                bytes(12), stanza.body, None
            )
        except (InvalidTag, ValueError):  # another's stanza, or a point of small order
            continue
    raise Malformed("age: not sealed to this key")


class WrongPassphrase(Malformed):
    """The passphrase is not the file's."""


def _unwrap_passphrase(header: Header, passphrase: str) -> bytes:
    stanza = header.stanzas[0]
    if stanza.type != "scrypt" or len(header.stanzas) != 1 or len(stanza.arguments) != 2:
        raise Malformed("age: not sealed with a passphrase")
    salt, factor = _unpadded(stanza.arguments[0].encode("ascii")), stanza.arguments[1]
    if len(salt) != _SALT or not _FACTOR.fullmatch(factor) or int(factor) > _MAX_WORK_FACTOR:
        raise Malformed("age: the scrypt stanza is not well-formed, or asks for too much work")
    key = _scrypt(passphrase, salt, int(factor))
    try:
        return ChaCha20Poly1305(key).decrypt(bytes(12), stanza.body, None)
    except InvalidTag as error:
        raise WrongPassphrase("age: the passphrase is not this file's") from error


def x25519_share(stanza: Stanza) -> bytes:
    """The ephemeral share of an X25519 stanza. Raises ``Malformed``."""
    if len(stanza.arguments) != 1 or len(stanza.body) != 32:
        raise Malformed("age: the X25519 stanza is not well-formed")
    share = _unpadded(stanza.arguments[0].encode("ascii"))
    if len(share) != 32:
        raise Malformed("age: the X25519 share does not have 32 bytes")
    return share


def _opened_records(source: Reader, cipher: ChaCha20Poly1305) -> Iterator[bytes]:
    record_size = CHUNK + _TAG
    counter = 0
    for block, last in _blocks(source, record_size):
        for start in range(0, max(len(block), 1), record_size):
            record = block[start : start + record_size]
            final = last and start + record_size >= len(block)
            if len(record) < _TAG or (len(record) == _TAG and counter):
                raise Malformed("age: is cut off")
            try:
                yield cipher.decrypt(_nonce(counter, final=final), record, None)
            except InvalidTag as error:
                raise Malformed(f"age: record {counter} was altered, or the file is cut off") from error
            counter += 1


class _Prefixed:
    """What was read ahead, then the stream."""

    def __init__(self, head: bytes, rest: Reader) -> None:
        self._head = head
        self._rest = rest

    def read(self, size: int, /) -> bytes:
        if not self._head:
            return self._rest.read(size)
        data, self._head = self._head[:size], self._head[size:]
        return data
