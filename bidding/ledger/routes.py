"""The centre's log for everybody, tiles of what is public, the list of witnesses, and what witnesses call."""

from __future__ import annotations

from datetime import timedelta

from flask import (
    Blueprint,
    Response,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge

from bidding.core.canonical import Malformed, array, exactly, integer, loads, text_of
from bidding.core.clock import unix
from bidding.core.errors import N_, DomainError, Invalid, NotFound
from bidding.ledger import queries, service, wire
from bidding.ledger.current import is_public, log_keys
from bidding.ledger.forms import AddressForm, EnrolForm, RetireForm
from bidding.ledger.models import Checkpoint, Log, Witness
from bidding.ledger.policy import Permission
from bidding.ledger.rules import CENTRE, TROUBLE_WORDS, Trouble
from bidding.ledger.tiles import parse_level, parse_tile_path
from bidding.ledger.words import six_words
from bidding.web.auth import public, requires
from bidding.web.context import now, session, transaction
from bidding.web.forms import csrf
from bidding.web.paging import page_number

bp = Blueprint("ledger", __name__, url_prefix="/log")

#: A witness's message is small: a few hundred lines.
_MAX_MESSAGE = 1024 * 1024
#: A visit is noted no more often; a witness comes every few seconds.
_VISIT = timedelta(seconds=30)
_IMMUTABLE = "public, max-age=31536000, immutable"


@bp.get("/")
@public
def centre() -> str:
    """The centre's log: its size, its root in words, its key, and how its witnesses stand."""
    log = queries.centre_log_or_none(session())
    checkpoint = None if log is None else queries.newest_checkpoint(session(), log)
    words = None
    if log is not None and checkpoint is not None:
        words = six_words(log.origin, checkpoint.size, bytes.fromhex(checkpoint.root))
    keys = log_keys()
    return render_template(
        "ledger/centre.html",
        log=log,
        checkpoint=checkpoint,
        words=words,
        origin=keys.origin(CENTRE),
        vkey=str(keys.vkey(keys.origin(CENTRE))),
        witnesses=queries.witness_standing(session(), checkpoint, now()),
        behind=queries.logs_behind(session()),
    )


@bp.get("/<code>/")
@public
def log(code: str) -> str:
    """One public log: its fingerprint, its key, and every entry as it was committed to.

    An entry stays closed here. What a project's entries say is in its opening record, once that is public.
    """
    found, newest = _public_log(code)
    return render_template(
        "ledger/log.html",
        log=found,
        checkpoint=newest,
        words=six_words(found.origin, newest.size, bytes.fromhex(newest.root)),
        vkey=str(log_keys().vkey(found.origin)),
        page=queries.entry_page(session(), found, newest.size, page_number(request.args)),
    )


@bp.get("/<code>/checkpoint")
@public
def checkpoint(code: str) -> Response:
    """The newest checkpoint of a public log, with its cosignatures (tlog-tiles)."""
    _log, newest = _public_log(code)
    response = Response(queries.checkpoint_note(session(), newest), content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response


@bp.get("/<code>/tile/<level>/<path:name>")
@public
def tile(code: str, level: str, name: str) -> Response:
    """A tile of hashes of a public log (tlog-tiles)."""
    log, newest = _public_log(code)
    index, width = _tile(name)
    height = parse_level(level)
    if height is None:
        raise NotFound
    return _bytes(queries.tile(session(), log, height, index, width, newest.size))


@bp.get("/<code>/tile/entries/<path:name>")
@public
def entries(code: str, name: str) -> Response:
    """An entry bundle of a public log (tlog-tiles)."""
    log, newest = _public_log(code)
    index, width = _tile(name)
    return _bytes(queries.entries(session(), log, index, width, newest.size))


def _public_log(code: str) -> tuple[Log, Checkpoint]:
    """A log that everybody may read, with its newest checkpoint.

    Before its close a project's log goes only to witnesses and to holders of receipts (protocol §4).
    """
    if code != CENTRE and not is_public(session(), code):
        raise NotFound
    log = queries.log_by_code(session(), code)
    newest = queries.newest_checkpoint(session(), log)
    if newest is None:
        raise NotFound
    return log, newest


def _tile(name: str) -> tuple[int, int]:
    found = parse_tile_path(name)
    if found is None:
        raise NotFound
    return found


def _bytes(data: bytes) -> Response:
    response = Response(data, content_type="application/octet-stream")
    response.headers["Cache-Control"] = _IMMUTABLE
    return response


@bp.get("/witnesses")
@requires(Permission.WITNESS_ENROL)
def witnesses() -> str:
    """The witnesses in service and those that were."""
    return _witnesses_page(EnrolForm())


@bp.post("/witnesses")
@requires(Permission.WITNESS_ENROL)
def enrol() -> ResponseReturnValue:
    """Take a witness into service."""
    form = EnrolForm()
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                service.enrol_witness(tx, form.vkey.data, log_keys(), form.url.data or "")
            flash(_("见证已登记。今后发布的项目，名单里都有它。"))
            return redirect(url_for(".witnesses"))
        except DomainError as error:
            form.refuse(error)
    return _witnesses_page(form), form.status


def _witnesses_page(form: EnrolForm) -> str:
    return render_template(
        "ledger/witnesses.html",
        form=form,
        witnesses=queries.all_witnesses(session()),
        centre_vkey=str(log_keys().vkey(log_keys().origin(CENTRE))),
        behind=queries.logs_behind(session()),
    )


@bp.get("/witnesses/<int(max=2147483647):witness_id>/address")
@requires(Permission.WITNESS_ENROL)
def edit_address(witness_id: int) -> str:
    """Where a witness is called."""
    witness = queries.witness_by_id(session(), witness_id)
    return _address_page(witness_id, AddressForm(data={"url": witness.url or ""}))


@bp.post("/witnesses/<int(max=2147483647):witness_id>/address")
@requires(Permission.WITNESS_ENROL)
def set_address(witness_id: int) -> ResponseReturnValue:
    """Call a witness somewhere else, or let it come."""
    form = AddressForm()
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                service.set_address(tx, witness_id, form.url.data or "")
            flash(_("见证服务的网址已保存。"))
            return redirect(url_for(".witnesses"))
        except DomainError as error:
            form.refuse(error)
    return _address_page(witness_id, form), form.status


def _address_page(witness_id: int, form: AddressForm) -> str:
    return render_template(
        "ledger/address.html", form=form, witness=queries.witness_by_id(session(), witness_id)
    )


@bp.get("/witnesses/<int(max=2147483647):witness_id>/retire")
@requires(Permission.WITNESS_ENROL)
def confirm_retire(witness_id: int) -> str:
    """Say what taking a witness out of service does."""
    return _retire_page(witness_id, RetireForm())


@bp.post("/witnesses/<int(max=2147483647):witness_id>/retire")
@requires(Permission.WITNESS_ENROL)
def retire(witness_id: int) -> ResponseReturnValue:
    """Take a witness out of service."""
    form = RetireForm()
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                service.retire_witness(tx, witness_id, log_keys())
            flash(_("见证已停用。已发布的项目不受影响。"))
            return redirect(url_for(".witnesses"))
        except DomainError as error:
            form.refuse(error)
    return _retire_page(witness_id, form), form.status


def _retire_page(witness_id: int, form: RetireForm) -> str:
    return render_template(
        "ledger/retire.html", form=form, witness=queries.witness_by_id(session(), witness_id)
    )


@bp.post("/witness/requests")
@csrf.exempt  # type: ignore[untyped-decorator,unused-ignore]
@public
def witness_requests() -> ResponseReturnValue:
    """What a witness is asked to cosign. It says what sizes it holds; its signature lets it in."""
    witness, body = _signed(wire.REQUESTS)
    try:
        value = exactly(loads(body), "v sizes", "sizes")
        integer(value["v"], "version", 1, 1)
        held = [exactly(item, "origin size", "sizes") for item in array(value["sizes"], "sizes")]
        sizes = {text_of(item["origin"], "origin"): integer(item["size"], "size") for item in held}
    except Malformed as error:
        raise Invalid(reason=str(error)) from error
    if witness.heard_at is None or now() - witness.heard_at >= _VISIT:
        with transaction() as tx:
            service.note_visit(tx, witness.id)
    offer = service.offer(session(), witness, sizes, log_keys())
    return jsonify(
        v=1,
        requests=[{"vkey": vkey, "request": text} for vkey, text in offer.requests],
        show=offer.show,
    )


@bp.post("/witness/cosignatures")
@csrf.exempt  # type: ignore[untyped-decorator,unused-ignore]
@public
def witness_cosignatures() -> ResponseReturnValue:
    """What a witness cosigned, and the notes it was asked to show."""
    witness, body = _signed(wire.COSIGNATURES)
    try:
        value = exactly(loads(body), "v cosignatures notes", "cosignatures")
        integer(value["v"], "version", 1, 1)
        given = [
            exactly(item, "origin size line", "cosignatures")
            for item in array(value["cosignatures"], "cosignatures")
        ]
        lines = [
            (text_of(item["origin"], "origin"), integer(item["size"], "size"), text_of(item["line"], "line"))
            for item in given
        ]
        notes = [text_of(note, "note") for note in array(value["notes"], "notes")]
    except Malformed as error:
        raise Invalid(reason=str(error)) from error
    with transaction() as tx:
        refused = service.take_answers(tx, witness, lines, notes, log_keys())
    return jsonify(
        v=1, refused=[{"origin": origin, "size": size, "reason": why} for origin, size, why in refused]
    )


def _signed(path: str) -> tuple[Witness, bytes]:
    """The witness that signed the request, and the body it signed; else ``NotAWitness``."""
    if (request.content_length or 0) > _MAX_MESSAGE:
        raise RequestEntityTooLarge
    body = request.get_data()
    header = request.headers.get("Authorization")
    return service.authenticate(session(), header, "POST", path, body, unix(now())), body


def lamp(standing: queries.Standing) -> tuple[str, str]:
    """How a witness stands, as a lamp and its words."""
    trouble = Trouble(standing.witness.trouble)
    if standing.silent or trouble:
        grave = trouble in (Trouble.DISPUTED, Trouble.AHEAD)
        return ("over" if grave else "soon"), _(TROUBLE_WORDS.get(trouble, N_("没有应答")))
    if standing.dated_at is None:
        return ("idle", _("尚未联署")) if not standing.waiting else ("over", _("一直没有联署"))
    return ("soon", _("等待联署")) if standing.waiting else ("ok", _("已联署"))


bp.add_app_template_global(lamp, "witness_lamp")
