"""Signed manifests as programs send them, and what became of them."""

from __future__ import annotations

from typing import Any

from flask import jsonify, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from bidding.core.canonical import Malformed, exactly, identifier, loads
from bidding.identity.policy import require_step_up
from bidding.sealing.package import MAX_MANIFEST, PackageTooLarge
from bidding.submissions import reception, standing
from bidding.submissions.current import desk
from bidding.submissions.intake import Refused
from bidding.submissions.routes.blueprint import bp
from bidding.submissions.standing import Standing
from bidding.web.auth import STEP_UP_LASTS, current_actor, requires
from bidding.web.context import now, session
from bidding.web.errors import for_programs

#: Beside the manifest: two signatures, the key, the braces.
_ROOM = 4096
#: What a manifest is answered with while, or where, it is no bid. A job may have decided it before its own request.
_STATUS = {"armed": 202, "deciding": 202, "refused": 409}


@bp.post("/notices/<uid>/bids")
@requires("bid:submit")
@for_programs
def sign_bid(uid: str) -> ResponseReturnValue:
    """Take ``{"manifest", "sig", "supersedes_sig", "key"}``: 201 with the receipt's address, or 202 while files are
    missing.
    """
    require_step_up(current_actor(), now=now(), lasts=STEP_UP_LASTS)
    message, key = _message()
    bid_uid = reception.submit(desk(), current_actor(), uid, message, key)
    state = _told(uid, standing.of(session(), current_actor(), uid, bid_uid))
    return jsonify(state), _STATUS.get(state["state"], 201)


def _message() -> tuple[dict[str, Any], str]:
    request.max_content_length = MAX_MANIFEST + _ROOM
    try:
        data = request.get_data(cache=False)
    except RequestEntityTooLarge as error:
        raise PackageTooLarge from error
    try:
        value = exactly(loads(data), "manifest sig supersedes_sig key", "message")
        key = identifier(value.pop("key"), "key")
    except Malformed as error:
        raise Refused(reason=str(error)) from error
    return value, key


@bp.get("/notices/<uid>/bids/<bid>/state")
@requires("bid:read")
@for_programs
def bid_state(uid: str, bid: str) -> ResponseReturnValue:
    """What became of a bid, and how far each of its files has come: for a page that lost the line or was reloaded."""
    return jsonify(_told(uid, standing.of(session(), current_actor(), uid, bid)))


@bp.delete("/notices/<uid>/bids/<bid>")
@requires("bid:submit")
@for_programs
def disarm_bid(uid: str, bid: str) -> ResponseReturnValue:
    """Take a signed manifest back before its files are all here. The files stay until they expire."""
    require_step_up(current_actor(), now=now(), lasts=STEP_UP_LASTS)
    reception.disarm(desk(), current_actor(), uid, bid)
    return "", 204


def _told(project_uid: str, found: Standing) -> dict[str, Any]:
    """The standing in JSON; addresses are paths."""
    files = [
        {
            "envelope": file.envelope,
            "n": file.n,
            "size": file.size,
            "offset": file.offset,
            "whole": file.is_whole,
            "upload": url_for(".ask_upload", uid=file.upload) if file.upload else None,
        }
        for file in found.files
    ]
    told: dict[str, Any] = {
        "bid": found.bid,
        "state": found.state,
        "files": files,
        "missing": [
            {"envelope": file["envelope"], "n": file["n"], "size": file["size"]}
            for file in files
            if not file["whole"]
        ],
        "uploads": url_for(".create_upload", uid=project_uid),
    }
    if found.received_at is not None:
        told |= {
            "received_at": found.received_at.isoformat(),
            "reference": found.reference,
            "page": url_for(".bid", uid=found.bid),
            "receipt": url_for(".proof", uid=found.bid),
        }
    if found.refusal is not None:
        told["refusal"] = {
            "code": found.refusal.code,
            "text": found.refusal.reason,
            "reference": found.refusal.reference,
            "at": found.refusal.at.isoformat(),
        }
    return told
