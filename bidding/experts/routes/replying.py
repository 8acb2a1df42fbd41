"""The page behind the link of a message: time and place, and whether one comes. For whoever holds the link."""

from __future__ import annotations

from flask import Response, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from bidding.core.errors import DomainError
from bidding.experts import queries, replies, service
from bidding.experts.calls import ANSWER_WORDS, Answer
from bidding.experts.forms import ReplyForm
from bidding.experts.routes.blueprint import bp
from bidding.ledger.current import log_keys
from bidding.web.auth import public
from bidding.web.context import now, session, transaction

#: No search engine and no cache keeps an address that is a key. Referrers stay within the site on every page; to send
#: none at all would make browsers call their own form's origin null, and the form's check would refuse it.
_QUIET = {"X-Robots-Tag": "noindex, nofollow", "Cache-Control": "no-store"}


@bp.get("/r/<token>")
@public
def reply(token: str) -> Response:
    """Time and place, and the two answers; messengers fetch it for a preview, so it changes nothing."""
    found = queries.invitation(session(), token, now())
    return _page("experts/reply.html", found=found, token=token, words=ANSWER_WORDS, answer_of=Answer)


@bp.route("/r/<token>/<any(accept, decline):answer>", methods=["GET", "POST"])
@public
def reply_with(token: str, answer: str) -> ResponseReturnValue:
    """Say it once more before it counts."""
    found = queries.invitation(session(), token, now())
    if not found.stands:
        return redirect(url_for(".reply", token=token), 303)
    given, form = Answer(answer), ReplyForm(Answer(answer))
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                service.reply(tx, token, given, form.chosen)
            with transaction() as tx:
                service.sign_reply(tx, token, log_keys())
            return redirect(url_for(".reply", token=token), 303)
        except replies.Settled:  # somebody was faster: the page says how it stands
            return redirect(url_for(".reply", token=token), 303)
        except DomainError as error:
            form.refuse(error)
    response = _page("experts/reply_with.html", found=found, token=token, form=form, given=given.value)
    response.status_code = form.status
    return response


def _page(template: str, **given: object) -> Response:
    response = current_app.make_response(render_template(template, **given))
    response.headers.update(_QUIET)
    return response
