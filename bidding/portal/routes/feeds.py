"""Every search as a feed (Atom), and the coming openings as a calendar: for whoever would rather be told than look."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Response, current_app, request

from bidding.announcements import queries as announcements
from bidding.announcements.routes.public import wanted_announcements
from bidding.announcements.rules import PRESETS, STATE_WORDS, State
from bidding.core import atom, ics
from bidding.core.atom import Entry, Feed
from bidding.core.errors import N_
from bidding.core.money import yuan
from bidding.i18n.catalog import LANGUAGES, language, say_in
from bidding.portal import queries, rules, search
from bidding.portal.routes.blueprint import bp
from bidding.portal.routes.results import ASKED, result_page, wanted_results
from bidding.tenders.kinds import FAMILY_LABELS, METHOD_LABELS
from bidding.tenders.routes.following import events_of
from bidding.tenders.routes.notices import wanted_notices
from bidding.tenders.search import find
from bidding.web.address import outside, site
from bidding.web.auth import public
from bidding.web.context import now, session
from bidding.web.filters import minute
from bidding.web.remembered import for_everybody

#: So many entries a feed has: more than a centre publishes between two looks of a reader.
MOST = 50
#: For how many days ahead the calendar tells of openings; a week unless the address says otherwise.
WEEK, MOST_DAYS = 7, 31

#: What an address of a list may say of its search.
_ASKED = frozenset((*ASKED, "phase"))

Say = Callable[[str], str]


@bp.get("/notices/feed.atom")
@public
def notices_feed() -> Response:
    """A search of the notices."""
    wanted, (_, say) = wanted_notices(), _tongue()
    rows = find(session(), wanted, now(), size=MOST).items
    told = queries.published_and_changed(session(), [row.uid for row in rows])
    closing = say(N_("截止"))
    entries = [
        Entry(
            id=_name(told[row.uid].published_at, "notices", row.uid),
            title=row.title,
            url=outside("tenders.notice", uid=row.uid),
            published_at=told[row.uid].published_at,
            updated_at=told[row.uid].changed_at,
            summary=" · ".join((row.owner_name, row.code, f"{closing} {minute(row.closes_at)}")),
            categories=[say(FAMILY_LABELS[row.family]), say(METHOD_LABELS[told[row.uid].method])],
        )
        for row in rows
    ]
    return _feed("notices", "tenders.notices", say(N_("交易公告")), wanted.words, entries)


@bp.get("/results/feed.atom")
@public
def results_feed() -> Response:
    """A search of the results."""
    wanted, (_, say) = wanted_results(), _tongue()
    entries = [
        Entry(
            id=_name(row.announced_at, "results", row.uid),
            title=f"{say(rules.RESULT_LABELS[row.kind])}: {row.title}",
            url=site() + result_page(row),
            published_at=row.announced_at,
            updated_at=row.changed_at,
            summary=_decided(row, say),
            categories=[say(FAMILY_LABELS[row.family]), say(METHOD_LABELS[row.method])],
        )
        for row in search.results(session(), wanted, size=MOST).items
    ]
    return _feed("results", ".results", say(N_("交易结果")), wanted.words, entries)


def _decided(row: Any, say: Say) -> str:
    """What a result says, in a line."""
    price = f"{yuan(row.amount_fen)} {say(N_('元'))}" if row.amount_fen is not None else row.price_text
    lot = f"{row.place} {row.lot_name}" if row.lot_name else ""
    return " · ".join(each for each in (row.owner_name, row.code, lot, row.winner_name, price) if each)


@bp.get("/announcements/feed.atom")
@public
def announcements_feed() -> Response:
    """A search of what comes before a tender."""
    (words, kind), (_, say) = wanted_announcements(), _tongue()
    rows = session().scalars(announcements.public(words, kind).limit(MOST)).unique().all()
    entries = [
        Entry(
            id=_name(row.published_at, "announcements", row.uid),
            title=_announced(row, say),
            url=outside("announcements.announcement", uid=row.uid),
            published_at=row.published_at,
            updated_at=queries.announcement_changed_at(row),
            summary=" · ".join(each for each in (row.owner_name, row.summary[:200]) if each),
            categories=[say(PRESETS[row.kind].title)],
        )
        for row in rows
        if row.published_at is not None
    ]
    title = say(N_("采购意向和公示"))
    return _feed("announcements", "announcements.announcements", title, words, entries)


def _announced(row: Any, say: Say) -> str:
    title = f"{say(PRESETS[row.kind].title)}: {row.title}"
    return f"{title} ({say(STATE_WORDS[row.state])})" if row.state is State.WITHDRAWN else title


@bp.get("/openings.ics")
@public
@for_everybody
def openings_calendar() -> Response:
    """The openings of today and the days after it, to be kept or subscribed to; ``?days=1`` are today's."""
    _, say = _tongue()
    days = min(max(request.args.get("days", WEEK, int), 1), MOST_DAYS)
    begins = queries.begin_of_day(now())
    until = begins + timedelta(days=days)
    events = [
        event
        for project in queries.opening_between(session(), begins, until)
        for event in events_of(project, say)[1:]  # the first is the deadline
        if begins <= event.at < until
    ]
    name = f"{current_app.config['CENTRE_NAME']} {say(N_('开标日程'))}"
    answer = current_app.response_class(
        ics.calendar(sorted(events, key=lambda event: (event.at, event.uid)), name=name),
        content_type="text/calendar; charset=utf-8",
    )
    answer.headers["Content-Disposition"] = 'attachment; filename="openings.ics"'
    return _kept(answer)


def _tongue() -> tuple[str, Say]:
    """The language, which stays with whoever subscribes where the address names it."""
    lang = request.args.get("lang", "")
    chosen = lang if lang in LANGUAGES else language()
    return chosen, say_in(chosen)


def _name(published_at: Any, *path: str) -> str:
    return atom.tag(current_app.config["LOG_HOST"], published_at, *path)


def _feed(name: str, page: str, title: str, words: str, entries: Sequence[Entry]) -> Response:
    """The feed of what the address asks for. Its name is the search, in whatever order and language it was asked."""
    lang, _ = _tongue()
    centre = current_app.config["CENTRE_NAME"]
    query = urlencode(sorted((key, value) for key, value in request.args.items() if value and key in _ASKED))
    feed = Feed(
        id=atom.tag(current_app.config["LOG_HOST"], atom.NEVER, "searches", f"{name}?{query}"),
        title=" - ".join(each for each in (words, title, centre) if each),
        url=site() + request.full_path.rstrip("?"),
        page=outside(page) + (f"?{query}" if query else ""),
        author=centre,
        lang=lang,
        entries=entries,
    )
    answer = current_app.response_class(atom.written(feed), content_type=f"{atom.MIMETYPE}; charset=utf-8")
    if feed.entries:
        answer.last_modified = feed.updated_at
    return _kept(answer)


def _kept(answer: Response) -> Response:
    """Let a reader that comes again ask only whether anything has changed."""
    answer.headers["Vary"] = "Accept-Language, Cookie"
    answer.headers["Cache-Control"] = "no-cache"  # keep it, and ask
    answer.add_etag()
    answer.make_conditional(request)
    return answer
