"""The files of a draw: what clients sign, deal and open, and the record on paper."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import (
    Response,
    current_app,
)

from bidding.core.actor import Role
from bidding.core.canonical import dumps
from bidding.core.errors import NotFound
from bidding.documents import current as documents
from bidding.experts import policy, queries
from bidding.experts.policy import Permission
from bidding.experts.proof import write_zip
from bidding.experts.routes.blueprint import bp
from bidding.experts.routes.draws import draw_for_reader
from bidding.ledger.current import is_public
from bidding.tenders import queries as tenders
from bidding.web.address import outside
from bidding.web.auth import current_actor, public, requires
from bidding.web.context import now, session


@bp.get("/draws/<uid>/list.json")
@requires(Permission.DRAW_ORDER)
def list_file(uid: str) -> Response:
    """The frozen list, its people sealed to the supervisor's key: for the supervisor who checks and signs it."""
    found = draw_for_reader(uid)
    return json_file(queries.order_file(session(), found), f"draw-list-{found.code}.json")


@bp.get("/draws/<uid>/order.json")
@requires(Permission.DRAW_CONTRIBUTE)
def order_file(uid: str) -> Response:
    """The signed order: for parties that deal."""
    found = draw_for_reader(uid)
    return json_file(queries.deal_file(session(), found), f"draw-order-{found.code}.json")


@bp.get("/draws/<uid>/closed.json")
@requires(Permission.DRAW_CONTRIBUTE)
def closed_file(uid: str) -> Response:
    """The proof that the numbers are closed: for parties that reveal. It names them all, so a tenderer that is none has none."""
    found = draw_for_reader(uid)
    actor = current_actor()
    if Role.TENDERER in actor.roles and not queries.has_brought(session(), actor, found):
        raise NotFound
    return json_file(queries.closed_file(session(), found), f"draw-closed-{found.code}.json")


@bp.get("/draws/<uid>/parties/<party>.json")
@requires(Permission.DRAW_CONTRIBUTE)
def party_file(uid: str, party: str) -> Response:
    """A party's dealing: for trustees who open it."""
    found = draw_for_reader(uid)
    if Role.TENDERER in current_actor().roles:
        raise NotFound
    return json_file(queries.share_file(session(), found, party), f"draw-open-{found.code}-{party}.json")


@bp.get("/draws/<uid>/record.pdf")
@requires(Permission.DRAW_READ)
def record(uid: str) -> Response:
    """The record of the draw on paper (抽取记录表)."""
    found = draw_for_reader(uid)
    actor = current_actor()
    if Role.TENDERER in actor.roles:  # it names who called, and units whose people may not sit
        raise NotFound
    data = queries.record_sheet(
        session(),
        found,
        names=policy.may_see_names(
            actor, agency_id=found.project.agency_id, released=found.released_at is not None
        ),
        centre=current_app.config["CENTRE_NAME"],
        address=outside("experts.draw", uid=uid),
        printed_at=now(),
    )
    return _private(
        documents.paper("draw-record", data, now()), "application/pdf", f"draw-record-{found.code}.pdf"
    )


@bp.get("/projects/<uid>/draw.zip")
@public
def proof(uid: str) -> Response:
    """The proof of a project's draws by itself, for anybody to check offline and to see replayed."""
    project = tenders.notice(session(), uid)
    whole = is_public(session(), project.code) and queries.has_opened(session(), project)
    data = queries.proof_bytes(session(), project, public=whole)
    target = BytesIO()
    names = queries.names_bytes(session(), project) if whole else None
    write_zip(target, data, names, queries.labels_bytes(session(), project, public=whole))
    response = current_app.response_class(target.getvalue(), mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="draw-{uid}.zip"'
    return response


def json_file(value: Any, name: str) -> Response:
    """A file to keep, for the reader alone."""
    return _private(dumps(value) + b"\n", "application/json", name)


def _private(data: bytes, mimetype: str, name: str) -> Response:
    response = current_app.response_class(data, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
