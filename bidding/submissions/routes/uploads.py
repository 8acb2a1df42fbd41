"""Resumable uploads by tus 1.0: creation, termination, checksum, expiration. One upload is one sealed file."""

from __future__ import annotations

from flask import Response, current_app, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.http import http_date

from bidding.submissions import parts, reception, tus
from bidding.submissions.current import desk
from bidding.submissions.parts import Part
from bidding.submissions.routes.blueprint import bp
from bidding.submissions.uploads import Progress
from bidding.web import streaming
from bidding.web.auth import current_actor, requires
from bidding.web.errors import for_programs
from bidding.web.forms import takes_bytes

_CREATION = "/notices/<uid>/uploads"
_ONE = "/uploads/<uid>"
_ENDPOINTS = frozenset(
    f"{bp.name}.{name}"
    for name in ("what_uploads", "create_upload", "ask_upload", "append_upload", "give_up_upload")
)


@bp.after_request
def _speak_tus(response: Response) -> Response:
    """Every answer to an uploading client names the protocol's version, refusals as well."""
    if request.endpoint in _ENDPOINTS:
        response.headers["Tus-Resumable"] = tus.VERSION
        if response.status_code == 412:
            response.headers["Tus-Version"] = tus.VERSION
    return response


@bp.route(_CREATION, methods=["OPTIONS"], provide_automatic_options=False)
@requires("bid:submit")
@for_programs
def what_uploads(uid: str) -> ResponseReturnValue:
    """What this server can do; the same for every tender."""
    return (
        "",
        204,
        {
            "Tus-Version": tus.VERSION,
            "Tus-Extension": tus.EXTENSIONS,
            "Tus-Checksum-Algorithm": ",".join(tus.ALGORITHMS),
            "Tus-Max-Size": str(current_app.config["MAX_FILE"]),
        },
    )


@bp.route(_CREATION, methods=["POST"], provide_automatic_options=False)
@requires("bid:submit")
@for_programs
def create_upload(uid: str) -> ResponseReturnValue:
    """Begin a file: Upload-Length, and Upload-Metadata with ``bid``, ``envelope`` and ``n``."""
    tus.check_version(request.headers.get("Tus-Resumable"))
    if "Upload-Defer-Length" in request.headers:
        raise tus.BadHeader(header="Upload-Defer-Length", reason="not supported")
    length = tus.parse_number(request.headers.get("Upload-Length"), "Upload-Length")
    place = tus.parse_place(request.headers.get("Upload-Metadata"))
    state = reception.begin_upload(desk(), current_actor(), uid, place, length)
    return "", 201, {"Location": url_for(".ask_upload", uid=state.uid), **_headers(state)}


@bp.route(_ONE, methods=["HEAD"], provide_automatic_options=False)
@requires("bid:submit")
@for_programs
def ask_upload(uid: str) -> ResponseReturnValue:
    """How much of a file is durable."""
    tus.check_version(request.headers.get("Tus-Resumable"))
    state = parts.progress(desk(), current_actor(), uid)
    return "", 200, {**_headers(state), "Upload-Length": str(state.length), "Cache-Control": "no-store"}


@bp.route(_ONE, methods=["PATCH"], provide_automatic_options=False)
@requires("bid:submit")
@for_programs
@takes_bytes("MAX_FILE")
def append_upload(uid: str) -> ResponseReturnValue:
    """Take a part. ``Bid-State`` says what became of the bid the file belongs to, where it is signed already."""
    with desk().lanes.taken(current_actor().organisation_id or 0):
        state = parts.append(desk(), current_actor(), uid, _part())
    headers = _headers(state)
    if state.outcome.is_armed:
        headers["Bid-State"] = "armed" if state.outcome.intake_id is None else "accepted"
    return "", 204, headers


def _part() -> Part:
    tus.check_version(request.headers.get("Tus-Resumable"))
    if request.mimetype != tus.CONTENT_TYPE:
        raise tus.OtherType
    if "Transfer-Encoding" in request.headers:
        raise tus.NoLength
    length = request.content_length or 0
    return Part(
        tus.parse_number(request.headers.get("Upload-Offset"), "Upload-Offset"),
        length,
        tus.parse_checksum(request.headers.get("Upload-Checksum")),
        streaming.announced(request, length),
    )


@bp.route(_ONE, methods=["DELETE"], provide_automatic_options=False)
@requires("bid:submit")
@for_programs
def give_up_upload(uid: str) -> ResponseReturnValue:
    """Give a file up; what was sent of it goes."""
    tus.check_version(request.headers.get("Tus-Resumable"))
    reception.give_up_upload(desk(), current_actor(), uid)
    return "", 204


def _headers(state: Progress) -> dict[str, str]:
    return {"Upload-Offset": str(state.offset), "Upload-Expires": http_date(state.expires_at)}
