"""What a tenderer signs, and what trustees sign to override a bid (protocol §3, §4). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bidding.core.canonical import Malformed, array, exactly, identifier, integer, lp, sha, text_of, unhex
from bidding.core.signing import is_acceptable_key, public_key, sign_object, verify_object
from bidding.sealing import bech32
from bidding.sealing.dealing import check_dealing
from bidding.sealing.panel import EnvelopeSpec, Panel, check_seat_sigs, envelope_ctx

MANIFEST_TAG = "bidseal/v1 manifest"
SUPERSEDE_TAG = "bidseal/v1 supersede"
WITHDRAW_TAG = "bidseal/v1 withdraw"
OVERRIDE_TAG = "bidseal/v1 override"
_KEYS = "v type project lot panel bid sign_pub supersedes client envelopes"


def bid_uid(sign_pub: bytes) -> str:
    """The identifier of the bid that this Ed25519 key signs: 16 bytes in hex (protocol §3.1)."""
    return sha(lp("bidseal/v1 bid", sign_pub))[:16].hex()


def check_manifest(
    manifest: object, sig: object, panel: Panel, panel_hash: bytes, *, dealings: bool = True
) -> dict[str, Any]:
    """Check everything about a manifest that needs no database: shape, names, key, dealings, signature.

    Raises ``Malformed`` with the place and the reason. The dealings are the slow part, so they come last; only
    one who checks them by themselves (``check_dealings``) leaves them out.
    """
    parts = exactly(manifest, _KEYS, "manifest")
    _check_head(parts, "bid", panel, panel_hash, "manifest")
    identifier(parts["lot"], "manifest: lot")
    unhex(parts["client"], 32, "manifest: client")
    sign_pub = unhex(parts["sign_pub"], 32, "manifest: sign_pub")
    if not is_acceptable_key(sign_pub):
        raise Malformed("manifest: sign_pub is not an acceptable Ed25519 key")
    if unhex(parts["bid"], 16, "manifest: bid") != bytes.fromhex(bid_uid(sign_pub)):
        raise Malformed("manifest: bid is not the uid of sign_pub")
    if parts["supersedes"] is not None:
        unhex(parts["supersedes"], 16, "manifest: supersedes")
        if parts["supersedes"] == parts["bid"]:
            raise Malformed("manifest: a bid cannot supersede itself")
    envelopes = array(parts["envelopes"], "manifest: envelopes")
    names = [envelope.id for envelope in panel.envelopes]
    if [item.get("id") if isinstance(item, dict) else None for item in envelopes] != names:
        raise Malformed(f"manifest: the envelopes are not exactly {', '.join(names)}, in this order")
    for item, envelope in zip(envelopes, panel.envelopes, strict=True):
        _check_envelope(item, envelope)
    if not verify_object(sign_pub, MANIFEST_TAG, parts, sig):
        raise Malformed("manifest: the signature does not hold")
    if dealings:
        check_dealings(parts, panel, panel_hash)
    return parts


def check_dealings(manifest: Mapping[str, Any], panel: Panel, panel_hash: bytes) -> None:
    """Check every envelope's dealing under its own ctx. Raises ``Malformed``."""
    for item in manifest["envelopes"]:
        try:
            check_dealing(
                envelope_ctx(panel_hash, manifest["bid"], item["id"]), panel.k, panel.pubs, item["dealing"]
            )
        except Malformed as error:
            raise Malformed(f"manifest: envelope {item['id']}: {error}") from error


def _check_head(parts: Mapping[str, Any], kind: str, panel: Panel, panel_hash: bytes, what: str) -> None:
    expected = {"v": 1, "type": kind, "project": panel.project, "panel": panel_hash.hex()}
    for key, wanted in expected.items():
        if parts[key] != wanted or isinstance(parts[key], bool):
            raise Malformed(f"{what}: {key} is not {wanted!r}")


def _check_envelope(item: object, envelope: EnvelopeSpec) -> None:
    what = f"manifest: envelope {envelope.id}"
    parts = exactly(item, "id recipient dealing files", what)
    check_recipient(parts["recipient"], f"{what}: recipient")
    files = array(parts["files"], f"{what}: files")
    if not files:
        raise Malformed(f"{what}: has no files")
    if envelope.public and len(files) != 1:
        raise Malformed(f"{what}: is public and holds exactly one file, not {len(files)}")
    for place, file in enumerate(files):
        _check_file(file, place, f"{what}: files[{place}]")


def _check_file(file: object, place: int, what: str) -> None:
    parts = exactly(file, "n size sha256", what)
    if integer(parts["n"], f"{what}: n") != place:
        raise Malformed(f"{what}: n is not {place}")
    integer(parts["size"], f"{what}: size", 1)
    unhex(parts["sha256"], 32, f"{what}: sha256")


def check_recipient(value: object, what: str) -> str:
    """The text of an X25519 recipient of age; else ``Malformed``."""
    text = text_of(value, what)
    try:
        key = bech32.decode("age", text)
    except Malformed as error:
        raise Malformed(f"{what}: {error}") from error
    if len(key) != 32:
        raise Malformed(f"{what}: has {len(key)} bytes, not 32")
    return text


def sign_manifest(seed: bytes, manifest: Mapping[str, Any]) -> str:
    """The bid key's signature over its manifest."""
    return sign_object(seed, MANIFEST_TAG, dict(manifest))


def sign_supersede(old_seed: bytes, manifest: Mapping[str, Any]) -> str:
    """The *old* bid's key over the new manifest: only its owner may replace a bid."""
    return sign_object(old_seed, SUPERSEDE_TAG, dict(manifest))


def check_supersedes_sig(manifest: Mapping[str, Any], supersedes_sig: object, old_sign_pub: bytes) -> None:
    """Check that the bid named by ``supersedes`` agreed to be replaced. Raises ``Malformed``."""
    if manifest["supersedes"] != bid_uid(old_sign_pub):
        raise Malformed("manifest: supersedes names another bid than the key's")
    if not verify_object(old_sign_pub, SUPERSEDE_TAG, dict(manifest), supersedes_sig):
        raise Malformed("manifest: the old bid's signature over its replacement does not hold")


def withdrawal(project: str, panel_hash: bytes, seed: bytes) -> dict[str, Any]:
    """A signed withdrawal, ``{"withdrawal", "sig"}``, of the bid whose key has this seed."""
    body = {
        "v": 1,
        "type": "withdrawal",
        "project": project,
        "panel": panel_hash.hex(),
        "bid": bid_uid(public_key(seed)),
    }
    return {"withdrawal": body, "sig": sign_object(seed, WITHDRAW_TAG, body)}


def check_withdrawal(
    value: object, sig: object, sign_pub: bytes, panel: Panel, panel_hash: bytes
) -> dict[str, Any]:
    """Check a withdrawal by the bid's own key. Raises ``Malformed``."""
    parts = exactly(value, "v type project panel bid", "withdrawal")
    _check_head(parts, "withdrawal", panel, panel_hash, "withdrawal")
    if parts["bid"] != bid_uid(sign_pub):
        raise Malformed("withdrawal: names another bid than the key's")
    if not verify_object(sign_pub, WITHDRAW_TAG, parts, sig):
        raise Malformed("withdrawal: the signature does not hold")
    return parts


def override_order(project: str, panel_hash: bytes, bid: str, reason: str) -> dict[str, Any]:
    """What k trustees sign when a tenderer has lost the bid key."""
    return {
        "v": 1,
        "type": "override",
        "project": project,
        "panel": panel_hash.hex(),
        "bid": bid,
        "reason": reason,
    }


def sign_override(seed: bytes, order: Mapping[str, Any]) -> str:
    """A seat's signature over an override."""
    return sign_object(seed, OVERRIDE_TAG, dict(order))


def check_override(order: object, sigs: object, panel: Panel, panel_hash: bytes) -> dict[str, Any]:
    """Check an override signed by at least k distinct seats. Raises ``Malformed``."""
    parts = exactly(order, "v type project panel bid reason", "override")
    _check_head(parts, "override", panel, panel_hash, "override")
    unhex(parts["bid"], 16, "override: bid")
    text_of(parts["reason"], "override: reason")
    signed = check_seat_sigs(sigs, panel, OVERRIDE_TAG, parts, "override")
    if len(signed) < panel.k:
        raise Malformed(f"override: {len(signed)} seats signed, {panel.k} are needed")
    return parts
