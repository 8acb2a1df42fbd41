"""WebAuthn between the page and the server: what is asked of a browser, and whether its answer is right.

A challenge is the SHA-256 of a signed token that says what it is for, whom it is for and when it ends; the page
brings the token back beside the answer. So asking writes nothing, however often a stranger asks; a token that has
been answered rightly is spent (``service.spend``).

The library is loaded by whoever first uses a passkey: with what it brings along it takes 6 MB of a worker.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from itsdangerous import BadSignature, URLSafeSerializer

from bidding.core.entropy import Entropy
from bidding.core.errors import N_, DomainError

if TYPE_CHECKING:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

#: How long a person has to find and touch the key.
LASTS = timedelta(minutes=5)


class PasskeyRefused(DomainError):
    """The answer is not that of the key, not to this question, or too late; or the key has a twin."""

    code = "identity.passkey_refused"
    text = N_("通行密钥没有通过核对。请再试一次；还是不行的，请用密码登录，并移除这个通行密钥。")
    status = 422


@dataclass(frozen=True, slots=True)
class Site:
    """Where keys are used: the name they are made under, and the origin of the page."""

    rp_id: str
    origin: str


@dataclass(frozen=True, slots=True)
class Added:
    """A new key, as its device tells of it."""

    credential_id: str
    public_key: bytes
    sign_count: int
    is_multi_device: bool
    is_backed_up: bool
    aaguid: str


@dataclass(frozen=True, slots=True)
class Used:
    """A right signature, and what the device says of itself."""

    credential_id: str
    sign_count: int
    is_multi_device: bool
    is_backed_up: bool


class Challenges:
    """Signed tokens: ``why`` they are asked, ``whom`` they are for (empty: whoever has the key), until when."""

    def __init__(self, key: str) -> None:
        self._signer = URLSafeSerializer(key, salt="passkey challenge")

    def new(self, why: str, whom: str, *, now: datetime, entropy: Entropy) -> str:
        """A fresh token."""
        ends = int((now + LASTS).timestamp())
        return self._signer.dumps([why, whom, ends, entropy.bytes(16).hex()])

    def check(self, token: str, why: str, whom: str, *, now: datetime) -> None:
        """Raise ``PasskeyRefused`` unless the token was made here, for this, and still holds."""
        try:
            told_why, told_whom, ends, _ = self._signer.loads(token)
        except (BadSignature, ValueError, TypeError) as error:
            raise PasskeyRefused from error
        if (told_why, told_whom) != (why, whom) or now.timestamp() >= ends:
            raise PasskeyRefused


def challenge(token: str) -> bytes:
    """What the device signs."""
    return hashlib.sha256(token.encode()).digest()


def to_add(
    token: str, site: Site, *, centre: str, user_id: str, login: str, name: str, known: Iterable[str]
) -> dict[str, Any]:
    """What ``navigator.credentials.create`` is asked: a key that finds its account by itself.

    Verification by the device (PIN, finger, face) is demanded: such a key is two factors in one.
    """
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    options = generate_registration_options(
        rp_id=site.rp_id,
        rp_name=centre,
        user_id=user_id.encode(),
        user_name=login,
        user_display_name=name,
        challenge=challenge(token),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            require_resident_key=True,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_descriptors(known),
    )
    return dict(json.loads(options_to_json(options)))


def to_use(token: str, site: Site, *, allowed: Iterable[str] = ()) -> dict[str, Any]:
    """What ``navigator.credentials.get`` is asked; nothing ``allowed``: any key for this site."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers.structs import UserVerificationRequirement

    options = generate_authentication_options(
        rp_id=site.rp_id,
        challenge=challenge(token),
        allow_credentials=_descriptors(allowed),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return dict(json.loads(options_to_json(options)))


def _descriptors(ids: Iterable[str]) -> list[PublicKeyCredentialDescriptor]:
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(each)) for each in ids]


def added(answer: dict[str, Any], token: str, site: Site) -> Added:
    """The new key of a right answer. No attestation is asked for: any maker's key will do.

    Raises ``PasskeyRefused``.
    """
    from webauthn import verify_registration_response
    from webauthn.helpers import bytes_to_base64url
    from webauthn.helpers.exceptions import WebAuthnException
    from webauthn.helpers.structs import CredentialDeviceType

    try:
        found = verify_registration_response(
            credential=answer,
            expected_challenge=challenge(token),
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError, AttributeError) as error:
        raise PasskeyRefused from error
    return Added(
        bytes_to_base64url(found.credential_id),
        found.credential_public_key,
        found.sign_count,
        found.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
        found.credential_backed_up,
        found.aaguid,
    )


def used(answer: dict[str, Any], public_key: bytes, token: str, site: Site) -> Used:
    """What a right answer tells. The count is compared by ``service.use_passkey``, which knows it from the row.

    Raises ``PasskeyRefused``.
    """
    from webauthn import verify_authentication_response
    from webauthn.helpers import bytes_to_base64url
    from webauthn.helpers.exceptions import WebAuthnException
    from webauthn.helpers.structs import CredentialDeviceType

    try:
        found = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge(token),
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            credential_public_key=public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError, AttributeError) as error:
        raise PasskeyRefused from error
    return Used(
        bytes_to_base64url(found.credential_id),
        found.new_sign_count,
        found.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
        found.credential_backed_up,
    )
