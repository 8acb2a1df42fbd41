"""What search engines ask for: which pages there are, and which are not for them."""

from __future__ import annotations

from datetime import datetime

from flask import Response, current_app, request, url_for

from bidding.core import sitemap
from bidding.core.errors import NotFound
from bidding.portal import queries
from bidding.portal.routes.blueprint import bp
from bidding.web.address import outside, site
from bidding.web.auth import public
from bidding.web.context import session

_Page = tuple[str, datetime | None]

#: Pages that stand by themselves.
_STANDING = (
    "portal.home",
    "tenders.notices",
    "portal.results",
    "announcements.announcements",
    "prequalification.index",
    "reporting.savings",
    "verification.check",
    "outages.status",
    "ledger.centre",
    "tenders.methods",
    "tenders.rules",
    "tenders.catalogue",
    "conduct.index",
)
_PAGES = {
    "notices": "tenders.notice",
    "results": "award.notice",
    "announcements": "announcements.announcement",
}
#: Where a machine has nothing to look for: what needs a sign-in, and addresses that are alike for every word.
_CLOSED = (
    "/account",
    "/announcing",
    "/appearance",
    "/cases",
    "/language",
    "/messages",
    "/projects",
    "/searches",
    "/sign-in",
    "/*?q=",
)


@bp.get("/sitemap.xml")
@public
def sitemap_whole() -> Response:
    """Every public page, or where there are more than a file may hold, the files in which they are."""
    last = queries.places(session())
    if sum(last.values()) + len(_STANDING) <= sitemap.MOST:
        pages: list[_Page] = [(outside(each), None) for each in _STANDING]
        return _xml(sitemap.urlset([*pages, *(page for name in last for page in _part(name, 1))]))
    here = site() + url_for(".home")
    maps = [f"{here}sitemaps/{name}-{number}.xml" for name, number in sitemap.parts(last)]
    return _xml(sitemap.index([f"{here}sitemaps/pages-1.xml", *maps]))


@bp.get("/sitemaps/<name>-<int(min=1, max=99999):number>.xml")
@public
def sitemap_part(name: str, number: int) -> Response:
    """One of those files."""
    if name == "pages" and number == 1:
        return _xml(sitemap.urlset((outside(each), None) for each in _STANDING))
    if name not in _PAGES or (name, number) not in sitemap.parts(queries.places(session())):
        raise NotFound
    return _xml(sitemap.urlset(_part(name, number)))


def _part(name: str, number: int) -> list[_Page]:
    first = (number - 1) * sitemap.MOST
    rows = queries.pages_of(session(), name, first, first + sitemap.MOST)
    return [(outside(_PAGES[name], uid=uid), changed_at) for uid, changed_at in rows]


def _xml(body: bytes) -> Response:
    answer = current_app.response_class(body, content_type="application/xml; charset=utf-8")
    answer.add_etag()
    answer.make_conditional(request)
    return answer


@bp.get("/robots.txt")
@public
def robots() -> Response:
    """Which addresses a machine leaves alone, and where all the others stand."""
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in _CLOSED),
        "",
        f"Sitemap: {outside('.sitemap_whole')}",
    ]
    return current_app.response_class("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
