"""What everybody asks for, and what is answered."""

from __future__ import annotations

from enum import Enum
from typing import Any, get_args, get_type_hints

from marshmallow import INCLUDE, Schema, fields
from marshmallow.validate import Range

from bidding.api.schemas.common import (
    MAX_ID,
    MAX_STRETCH,
    SHA256,
    DocumentShown,
    LotShown,
    Stretch,
    one_of,
    told,
    words,
)
from bidding.award.rules import Basis, Outcome
from bidding.core.errors import N_
from bidding.reporting.rules import Period, Wanted
from bidding.tenders.kinds import Family, Method
from bidding.tenders.rules import PUBLIC


class NoticesAsked(Stretch):
    """The same filters as the public list."""

    q = words(100, N_("名称、编号、单位里的字词；多个用空格隔开。"))
    family = one_of(*Family)
    method = one_of(*Method)
    phase = one_of(*PUBLIC)


class ResultsAsked(Stretch):
    """Results, of one owner if one is named."""

    owner = words(200, N_("招标人、采购人的全称。"))


def _asked_of_report(kind: Any) -> fields.Field[Any]:
    """How the report is asked for one thing: by a member of a list, by a mark, or in words."""
    members = next(
        (each for each in get_args(kind) if isinstance(each, type) and issubclass(each, Enum)), None
    )
    if members is not None:
        return one_of(*members)
    if kind is Period:
        return words(20, N_("2026、2026-11、2026-01..2026-11 或 all；不写就是最近一年。"))
    return one_of("1") if kind is bool else words(200)


#: As the report's page is asked: whatever that can be asked for.
SavingsAsked = Schema.from_dict(
    {name: _asked_of_report(kind) for name, kind in get_type_hints(Wanted).items()}, name="SavingsAsked"
)


class EntriesAsked(Schema):
    """Which entries of a log."""

    since = fields.Integer(load_default=0, validate=Range(min=0, max=MAX_ID))
    limit = fields.Integer(load_default=MAX_STRETCH, validate=Range(min=1, max=MAX_STRETCH))


class InclusionAsked(Schema):
    """Which entry, and in which tree."""

    index = fields.Integer(load_default=0, validate=Range(min=0, max=MAX_ID))
    size = fields.Integer(
        validate=Range(min=1, max=MAX_ID), metadata=told(N_("不写就是最新一个签名的大小。"))
    )


class ConsistencyAsked(Schema):
    """From which tree to which."""

    old = fields.Integer(load_default=1, validate=Range(min=1, max=MAX_ID))
    size = fields.Integer(
        validate=Range(min=1, max=MAX_ID), metadata=told(N_("不写就是最新一个签名的大小。"))
    )


class StageAsked(Schema):
    """Of which of two envelopes."""

    stage = fields.Integer(load_default=1, validate=Range(min=1, max=2))


class NoticeListed(Schema):
    """A line of the list of notices."""

    uid = fields.String(required=True)
    code = fields.String(required=True, metadata=told(N_("项目编号，也是它的日志的名字。")))
    title = fields.String(required=True)
    owner = fields.String(required=True)
    family = one_of(*Family, required=True)
    phase = one_of(*PUBLIC, required=True)
    closes_at = fields.DateTime(allow_none=True)
    page = fields.String(required=True, metadata={"format": "uri"})


class Notices(Schema):
    """A stretch of the list."""

    items = fields.List(fields.Nested(NoticeListed), required=True)
    total = fields.Integer(metadata=told(N_("最多数到 1000；more 是 true 时还有更多。")))
    more = fields.Boolean()
    next = fields.String(allow_none=True, metadata={"format": "uri"})


class NoticeShown(Schema):
    """One notice."""

    uid = fields.String(required=True)
    code = fields.String(required=True)
    title = fields.String(required=True)
    summary = fields.String()
    family = one_of(*Family, required=True)
    method = one_of(*Method, required=True)
    subject = fields.String()
    phase = one_of(*PUBLIC, required=True)
    owner = fields.String(required=True)
    agency = fields.String()
    contact = fields.String()
    phone = fields.String()
    place = fields.String()
    funding = fields.String()
    term = fields.String()
    qualification = fields.String()
    award_method = fields.String()
    consortium = fields.Boolean()
    paper_bids = fields.Boolean()
    published_at = fields.DateTime(allow_none=True)
    closes_at = fields.DateTime(allow_none=True)
    opens_at = fields.DateTime(allow_none=True)
    prices_open_at = fields.DateTime(allow_none=True)
    lots = fields.List(fields.Nested(LotShown), required=True)
    notice_sha256 = fields.String(
        allow_none=True, metadata=told(N_("公告全文的 SHA-256，写在项目日志里。"), **SHA256)
    )
    page = fields.String(metadata={"format": "uri"})
    text = fields.String(metadata={"format": "uri"})


class Documents(Schema):
    """The files of a notice."""

    items = fields.List(fields.Nested(DocumentShown), required=True)


class ResultShown(Schema):
    """The result of a lot."""

    project = fields.String(required=True, metadata=told(N_("公告的 uid。")))
    project_code = fields.String(required=True)
    title = fields.String(required=True)
    owner = fields.String(required=True)
    lot = fields.String(required=True)
    lot_name = fields.String()
    outcome = one_of(*Outcome, required=True)
    winner = fields.String(allow_none=True)
    winner_uscc = fields.String(allow_none=True)
    amount_fen = fields.Integer(allow_none=True)
    price_text = fields.String()
    basis = one_of(*Basis)
    basis_fen = fields.Integer()
    awarded_on = fields.Date()
    reason = fields.String()
    revision = fields.Integer()
    record_sha256 = fields.String(metadata=SHA256)
    record = fields.String(metadata={"format": "uri"})


class Results(Schema):
    """A stretch of the results in force."""

    items = fields.List(fields.Nested(ResultShown), required=True)
    next = fields.String(allow_none=True, metadata={"format": "uri"})


class ProjectResult(Schema):
    """The results of a project: its lots with a result in force, and those that failed."""

    items = fields.List(fields.Nested(ResultShown), required=True)
    failed = fields.List(fields.String(), required=True, metadata=told(N_("流标、废标的标段。")))


class SavingsShown(Schema):
    """The figures of the report (节资) as its page shows them, and every cut of it. Rates are texts in per cent, or null."""

    asked = fields.Dict(required=True)
    unit = fields.Constant("fen")
    total = fields.Dict(required=True)
    excluded = fields.Dict(required=True)
    items_total = fields.Integer(required=True)
    items_page = fields.String(required=True, metadata={"format": "uri"})

    class Meta:
        unknown = INCLUDE


class LogShown(Schema):
    """A log, and its newest checkpoint."""

    origin = fields.String(required=True)
    vkey = fields.String(required=True)
    size = fields.Integer(required=True)
    root = fields.String(required=True, metadata=SHA256)
    signed_at = fields.DateTime(required=True)
    words = fields.List(fields.String(), required=True)
    checkpoint = fields.String(
        required=True, metadata=told(N_("签名的检查点（C2SP tlog-checkpoint），带见证的联署。"))
    )


class EntryShown(Schema):
    """An entry as it was committed to; what it says stays closed here."""

    index = fields.Integer(required=True)
    entry = fields.String(required=True)
    leaf_hash = fields.String(required=True, metadata=SHA256)


class Entries(Schema):
    """A stretch of a log, and the size of the tree that it is of."""

    size = fields.Integer(required=True)
    items = fields.List(fields.Nested(EntryShown), required=True)
    next = fields.String(allow_none=True, metadata={"format": "uri"})


class ProofShown(Schema):
    """A Merkle proof (RFC 6962): hashes in hex, from the leaf upwards."""

    size = fields.Integer(required=True)
    root = fields.String(required=True, metadata=SHA256)
    hashes = fields.List(fields.String(metadata=SHA256), required=True)
