"""Open data for everybody: what there is, packages by process and by month, whole months and years, tables."""

from __future__ import annotations

from contextlib import suppress
from itertools import chain
from pathlib import Path
from tempfile import TemporaryFile

from flask import Blueprint, Response, current_app, render_template, request, send_file, url_for

from bidding.core.canonical import sha
from bidding.core.errors import NotFound
from bidding.opendata import bulk as files
from bidding.opendata import queries, rules, tables
from bidding.opendata.ocds.packages import EXTENSIONS, LICENSE, Publisher, record_package, release_package
from bidding.opendata.ocds.parts import placed, read, written
from bidding.web.auth import public
from bidding.web.context import now, session
from bidding.web.paging import page_number

bp = Blueprint("opendata", __name__)

_TABLES = {"notices": tables.notices, "results": tables.results}


@bp.get("/opendata")
@public
def index() -> str:
    """What is published, under which licence, how often, and where; and the packages of one project by its number."""
    code = request.args.get("code", "").strip()[:64]
    found = None
    if code:
        with suppress(NotFound):
            found = queries.process_of(session(), rules.ocid(_prefix(), code), _prefix())
    months = queries.months(session())
    years = dict.fromkeys(name[:4] for name, _ in months)
    year = rules.year_of(now())
    return render_template(
        "opendata/index.html",
        months=months,
        years=years or [year],
        code=code,
        ocid=found and queries.ocid_of(session(), found, _prefix()),
        prefix=_prefix(),
        registered=_prefix() != rules.UNREGISTERED,
        license=LICENSE,
        extensions=EXTENSIONS,
        page_size=rules.PAGE,
    )


# Packages -----------------------------------------------------------------------------------------------------------


@bp.get("/opendata/processes/<ocid>/releases.json")
@public
def process(ocid: str) -> Response:
    """Every release of one process."""
    told = _told(ocid)
    return _json(release_package(_publisher(), _here(), told))


@bp.get("/opendata/processes/<ocid>/record.json")
@public
def record(ocid: str) -> Response:
    """The record of one process: its releases, and what they come to."""
    return _json(record_package(_publisher(), _here(), _told(ocid)))


def _told(ocid: str) -> list[dict[str, object]]:
    project = queries.process_of(session(), ocid, _prefix())
    return [read(told.body) for told in queries.releases_of(session(), project, _prefix())]


@bp.get("/opendata/releases/<month>.json")
@public
def month(month: str) -> Response:
    """The releases of a month, a page at a time; the head says where the others are (RFC 8288)."""
    span, number = rules.span(month), page_number(request.args)
    total = queries.count_in(session(), span)
    last = max(1, -(-total // rules.PAGE))
    texts = queries.page(session(), span, number)
    if number == last:
        texts += queries.unwritten_in(session(), span, _prefix())
    if not texts:
        raise NotFound
    address = url_for(".month", month=month)
    here = f"{_centre()}{address}?page={number}"
    answer = _json(release_package(_publisher(), here, [read(text) for text in texts]))
    ways = {"first": 1, "prev": number - 1, "next": number + 1, "last": last}
    for way, page in ways.items():
        if 1 <= page <= last:
            answer.headers.add("Link", f'<{_centre()}{address}?page={page}>; rel="{way}"')
    return answer


def _json(package: dict[str, object]) -> Response:
    """A package that a program keeps until it changes, and that a page of another site may read."""
    text = placed(written(package), _centre())
    answer = current_app.response_class(text, mimetype="application/json")
    answer.set_etag(sha(text).hex()[:32])
    answer.make_conditional(request)
    return _open(answer)


# Whole months and years ---------------------------------------------------------------------------------------------


@bp.get("/opendata/bulk/<name>.jsonl.gz")
@public
def bulk(name: str) -> Response:
    """Every release of a month or a year, one a line, packed."""
    span, centre = rules.span(name), _centre()
    fresh = queries.unwritten_in(session(), span, _prefix())
    count, newest = queries.count_in(session(), span), queries.newest_in(session(), span)
    if not count and not fresh:
        raise NotFound
    tag = sha("\n".join([f"{count}/{newest}/{centre}", *fresh])).hex()[:32]
    if request.if_none_match.contains(tag):
        known = current_app.response_class(status=304)
        known.set_etag(tag)
        return _open(known)
    folder = Path(current_app.instance_path) / "opendata"

    def sent() -> Response:
        lines = (f"{placed(text, centre)}\n" for text in chain(queries.all_in(session(), span), fresh))
        path = files.kept(folder, span.name, tag, lines)
        return send_file(
            path, "application/gzip", as_attachment=True, download_name=f"releases-{name}.jsonl.gz"
        )

    try:
        answer = sent()
    except FileNotFoundError:  # whoever made a newer one between these two lines took it away: made once more
        answer = sent()
    answer.set_etag(tag)
    answer.headers.pop("Last-Modified")  # the file's is when it was packed, and of this machine's clock
    return _open(answer)


@bp.get("/opendata/tables/<any('notices', 'results'):table>/<year>.csv")
@public
def csv_table(table: str, year: str) -> Response:
    """The notices, or the results, of a year as a table."""
    span = rules.span(year)
    target = TemporaryFile()  # noqa: SIM115 — sent after this function returns, and gone when closed
    for line in _TABLES[table](session(), span, _centre()):
        target.write(line.encode())
    target.seek(0)
    return _open(send_file(target, "text/csv", as_attachment=True, download_name=f"{table}-{year}.csv"))


def _open(answer: Response) -> Response:
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer.headers["Cache-Control"] = "public, no-cache"
    return answer


# Who and where ------------------------------------------------------------------------------------------------------


def _prefix() -> str:
    prefix: str = current_app.config["OCID_PREFIX"]
    return prefix


def _centre() -> str:
    """Where the centre is found: as the settings say, else as this reader found it."""
    address: str = current_app.config["PUBLIC_URL"] or request.host_url.rstrip("/")
    return address


def _here() -> str:
    return f"{_centre()}{request.path}"


def _publisher() -> Publisher:
    return Publisher(current_app.config["CENTRE_NAME"], _centre())
