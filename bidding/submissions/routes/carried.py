"""What the scripts of a page are given: their words in the reader's language, and what the server knows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext
from flask_wtf.csrf import generate_csrf

from bidding.identity import queries as identity
from bidding.submissions.routes.service_room import at_desk
from bidding.submissions.wording import RESPONDING, WORDS
from bidding.tenders.models import Project
from bidding.web.auth import STEP_UP_LASTS, current_actor
from bidding.web.context import now, session


def carried(of: Project | None = None, **facts: Any) -> dict[str, Any]:
    """For ``render_template``: ``words`` of ``wording.WORDS``, and ``facts`` of this page beside those of every page.

    ``of`` is the project the page is about, where it is about one: its law has words of its own.
    """
    actor = current_actor()
    left = STEP_UP_LASTS - (now() - actor.step_up_at) if actor.step_up_at is not None else timedelta()
    common = {
        "org": identity.organisation_of(session(), actor).uid,
        "csrf": generate_csrf(),
        "desk": at_desk(),
        "step_up": {"left": max(left, timedelta()).total_seconds(), "lasts": STEP_UP_LASTS.total_seconds()},
        "limits": {"file": current_app.config["MAX_FILE"], "bid": current_app.config["MAX_BID"]},
        "urls": {
            "clock": url_for("portal.clock"),
            "mine": url_for("submissions.mine"),
            "sign_in": url_for("identity.sign_in"),
            "step_up": url_for("identity.step_up"),
        },
    }
    responds = of is not None and of.preset.sheet == "response"
    said = WORDS | RESPONDING if responds else WORDS
    urls = common["urls"] | facts.pop("urls", {})
    return {
        "script_words": {code: gettext(text) for code, text in said.items()},
        "script_facts": common | facts | {"urls": urls},
    }
