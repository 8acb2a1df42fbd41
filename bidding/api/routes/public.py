"""What everybody may read: notices, results, savings, logs. No key, no cookie, and the same for all."""

from __future__ import annotations

import json
from typing import Any

from flask import jsonify

from bidding.api import presentation, queries
from bidding.api.presentation import address
from bidding.api.routes.blueprint import bp
from bidding.api.schemas.public import (
    ConsistencyAsked,
    Documents,
    Entries,
    EntriesAsked,
    InclusionAsked,
    LogShown,
    Notices,
    NoticesAsked,
    NoticeShown,
    ProjectResult,
    ProofShown,
    Results,
    ResultsAsked,
    SavingsAsked,
    SavingsShown,
)
from bidding.award import queries as awards
from bidding.core.clock import SHANGHAI
from bidding.core.errors import N_, Invalid, NotFound
from bidding.ledger import queries as ledger
from bidding.ledger.current import is_public, log_keys
from bidding.ledger.models import Checkpoint, Log
from bidding.ledger.rules import CENTRE
from bidding.ledger.words import six_words
from bidding.reporting import exports
from bidding.reporting import queries as reporting
from bidding.reporting.routes.report import practice
from bidding.reporting.rules import Wanted, parse_wanted, year
from bidding.tenders import queries as tenders
from bidding.tenders.kinds import Family, Method
from bidding.tenders.rules import Phase
from bidding.tenders.search import Search, find
from bidding.web.context import now, session

Asked = dict[str, Any]


@bp.operation(
    "/notices",
    Notices,
    N_("公告列表，最新的在前；筛选和网页上的列表相同"),
    query=NoticesAsked,
)
def notices(asked: Asked) -> Any:
    """Published projects."""
    search = Search(
        words=asked.get("q", "").strip(),
        family=Family(asked["family"]) if "family" in asked else None,
        method=Method(asked["method"]) if "method" in asked else None,
        phase=Phase(asked["phase"]) if "phase" in asked else None,
    )
    found = find(session(), search, now(), before=asked.get("cursor"), size=asked["limit"])
    items = map(presentation.listed, found.items)
    return presentation.stretch(items, "cursor", found.older, total=found.total, more=found.is_more)


@bp.operation(
    "/notices/<uid>",
    NoticeShown,
    N_("一个公告"),
)
def notice(uid: str) -> Any:
    """One published project."""
    return presentation.notice(tenders.notice(session(), uid))


@bp.operation(
    "/notices/<uid>/documents",
    Documents,
    N_("一个公告的文件，各有 SHA-256；被更正替换的也在内"),
)
def documents(uid: str) -> Any:
    """Its files."""
    found = tenders.notice(session(), uid)
    return {"items": [presentation.document(each, "tenders.notice_file", uid) for each in found.documents]}


@bp.operation(
    "/results",
    Results,
    N_("生效的结果，最近登记的在前"),
    query=ResultsAsked,
)
def results(asked: Asked) -> Any:
    """Results in force."""
    rows, following = queries.results(
        session(), owner=asked.get("owner"), before=asked.get("cursor"), size=asked["limit"]
    )
    return presentation.stretch(map(presentation.result, rows), "cursor", following)


@bp.operation(
    "/results/<uid>",
    ProjectResult,
    N_("一个项目各标段的结果，有了生效的结果才有"),
)
def result(uid: str) -> Any:
    """The results of one project, by the uid of its notice."""
    return results_of(uid)


def results_of(uid: str) -> dict[str, Any]:
    """What everybody may know of a project's results. Raises ``NotFound`` before there is one."""
    _, lots = awards.published(session(), uid)
    return {
        "items": [presentation.result(each.final) for each in lots if each.final is not None],
        "failed": [each.lot.code for each in lots if each.failed],
    }


@bp.operation(
    "/savings",
    SavingsShown,
    N_("节资数字，和“节资公开”一页相同；金额单位是分"),
    query=SavingsAsked,
)
def savings(asked: Asked) -> Any:
    """The figures of the report."""
    years = reporting.years(session())
    wanted = parse_wanted(asked, year(years[0] if years else now().astimezone(SHANGHAI).year))
    figures = _figures(wanted)
    figures |= {
        "items_total": figures.pop("items_left_out"),
        "items_page": address("reporting.items", **wanted.address()),
    }
    return jsonify(figures)  # with every cut that the report has, whatever the document says of it


def _figures(wanted: Wanted) -> dict[str, Any]:
    """The report's own document without its items and the instant it was made at: the same figures are the same bytes."""
    found: dict[str, Any] = json.loads(
        exports.to_json(session(), wanted, at=now(), practice=practice(), most=0)
    )
    return {name: value for name, value in found.items() if name not in ("v", "type", "at", "items")}


@bp.operation(
    "/log/<code>",
    LogShown,
    N_("一本公开的日志和它最新的检查点；code 是 centre 或项目编号"),
)
def log(code: str) -> Any:
    """A log that everybody may read; a project's only after its close."""
    found, newest = _public_log(code)
    return {
        "origin": found.origin,
        "vkey": str(log_keys().vkey(found.origin)),
        "size": newest.size,
        "root": newest.root,
        "signed_at": newest.signed_at,
        "words": six_words(found.origin, newest.size, bytes.fromhex(newest.root)).split(),
        "checkpoint": ledger.checkpoint_note(session(), newest),
    }


@bp.operation(
    "/log/<code>/entries",
    Entries,
    N_("日志的条目，从第 since 条起；内容是封着的承诺"),
    query=EntriesAsked,
)
def entries(asked: Asked, code: str) -> Any:
    """Entries of a log as they were committed to."""
    found, newest = _public_log(code)
    rows = queries.entries(session(), found, since=asked["since"], until=newest.size, size=asked["limit"])
    items = ({"index": row.idx, "entry": row.entry, "leaf_hash": row.leaf_hash} for row in rows)
    end = rows[-1].idx + 1 if rows else newest.size
    return presentation.stretch(items, "since", end if end < newest.size else None, size=newest.size)


@bp.operation(
    "/log/<code>/inclusion",
    ProofShown,
    N_("一条在日志里的证明"),
    query=InclusionAsked,
)
def inclusion(asked: Asked, code: str) -> Any:
    """The path from an entry to the root of a tree."""
    found, newest = _public_log(code)
    size = _size(asked, newest)
    if asked["index"] >= size:
        raise Invalid(field="index", reason=N_("没有这一条：序号从 0 起，要小于 size。"))
    return _proof(found, size, ledger.inclusion_proof(session(), found, asked["index"], size))


@bp.operation(
    "/log/<code>/consistency",
    ProofShown,
    N_("日志只增不改的证明：old 那时的日志是 size 那时的开头"),
    query=ConsistencyAsked,
)
def consistency(asked: Asked, code: str) -> Any:
    """That a log only grew."""
    found, newest = _public_log(code)
    size = _size(asked, newest)
    if asked["old"] > size:
        raise Invalid(field="old", reason=N_("old 不能大于 size。"))
    return _proof(found, size, ledger.consistency_proof(session(), found, asked["old"], size))


def _public_log(code: str) -> tuple[Log, Checkpoint]:
    """As on the log's own pages: before its close a project's log is nobody's to read (protocol §4)."""
    if code != CENTRE and not is_public(session(), code):
        raise NotFound
    found = ledger.log_by_code(session(), code)
    newest = ledger.newest_checkpoint(session(), found)
    if newest is None:
        raise NotFound
    return found, newest


def _size(asked: Asked, newest: Checkpoint) -> int:
    """The size asked for: no greater than what is signed."""
    size = int(asked.get("size", newest.size))
    if size > newest.size:
        raise Invalid(field="size", reason=N_("还没有这么大的签名。请先取最新的检查点，看它的 size。"))
    return size


def _proof(found: Log, size: int, hashes: list[bytes]) -> dict[str, Any]:
    root = ledger.root(session(), found, size)
    return {"size": size, "root": root.hex(), "hashes": [each.hex() for each in hashes]}
