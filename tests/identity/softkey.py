"""A security key in software: it answers what a page asks of ``navigator.credentials``, as the script sends it on."""

from __future__ import annotations

import hashlib
import json
import struct
from dataclasses import dataclass, field

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

_USER_PRESENT, _USER_VERIFIED, _CAN_BACK_UP, _IS_BACKED_UP, _WITH_KEY = 0x01, 0x04, 0x08, 0x10, 0x40


@dataclass
class SoftKey:
    """One key; ``count`` is what it says of its signatures, ``verifies`` whether it asks for PIN or finger."""

    origin: str = "http://localhost"
    rp_id: str = "localhost"
    count: int = 0
    counts: bool = True
    verifies: bool = True
    backed_up: bool = False
    id: bytes = b"a key of sixteen"
    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def make(self, options: dict) -> dict:
        """The answer to ``create``."""
        numbers = self.private.public_key().public_numbers()
        key = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = bytes(16) + struct.pack(">H", len(self.id)) + self.id + cbor2.dumps(key)
        data = self._data(_WITH_KEY) + attested
        return self._answer(
            options,
            "webauthn.create",
            {"attestationObject": cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})},
        )

    def use(self, options: dict) -> dict:
        """The answer to ``get``: a signature."""
        self.count += self.counts
        data = self._data()
        client = self._client(options, "webauthn.get")
        signature = self.private.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(options, "webauthn.get", {"authenticatorData": data, "signature": signature})

    def _data(self, more: int = 0) -> bytes:
        flags = _USER_PRESENT | more | (_USER_VERIFIED if self.verifies else 0)
        flags |= (_CAN_BACK_UP | _IS_BACKED_UP) if self.backed_up else 0
        return hashlib.sha256(self.rp_id.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _client(self, options: dict, kind: str) -> bytes:
        told = {"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps(told).encode()

    def _answer(self, options: dict, kind: str, parts: dict) -> dict:
        assert base64url_to_bytes(options["challenge"])
        response = {"clientDataJSON": self._client(options, kind), **parts}
        name = bytes_to_base64url(self.id)
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "response": {part: bytes_to_base64url(value) for part, value in response.items()},
        }
