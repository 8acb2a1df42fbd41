"""What goes in and comes out, as the document tells it. Money is whole fen; instants are RFC 3339."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields
from marshmallow.validate import Length, OneOf, Range, Regexp

from bidding.api import intake
from bidding.api.rules import IDEMPOTENCY
from bidding.award.rules import Basis, Outcome
from bidding.core.errors import N_
from bidding.core.money import MAX_FEN
from bidding.reporting.savings import Category, Standing, Way
from bidding.tenders.kinds import Family, Method
from bidding.tenders.rules import PUBLIC, Phase
from bidding.tenders.service import MAX_LOTS

#: A row's number ends here.
MAX_ID = 2**31 - 1
MAX_STRETCH = 100
_SHA256 = {"pattern": "^[0-9a-f]{64}$"}


def _told(text: str, **more: Any) -> dict[str, Any]:
    return {"description": text, **more}


class Words(fields.String):
    """Text that a database and a page can hold: no NUL, no half of a sign."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **more)
        if "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
            raise ValidationError("Not a valid text.")
        return text


def _words(most: int, told: str = "", **more: Any) -> Words:
    return Words(validate=Length(max=most), metadata=_told(told) if told else {}, **more)


def _one_of(*members: Any, told: str = "", **more: Any) -> fields.String:
    values = [getattr(member, "value", member) for member in members]
    return fields.String(validate=OneOf(values), metadata=_told(told) if told else {}, **more)


def _fen(**more: Any) -> fields.Integer:
    return fields.Integer(strict=True, validate=Range(min=0, max=MAX_FEN), **more)


class Problem(Schema):
    """Problem details (RFC 9457)."""

    type = fields.String(required=True, metadata={"format": "uri-reference"})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(
        required=True, metadata=_told(N_("哪里不行、上限是多少、下一步怎么办，用请求的语言说。"))
    )
    instance = fields.String(metadata={"format": "uri-reference"})
    code = fields.String(required=True, metadata=_told(N_("固定不变的代码，程序按它判断。")))
    reference = fields.String(metadata=_told(N_("这一次请求的编号，报障时请告诉服务热线。")))
    next = fields.String()
    field = fields.String()
    errors = fields.List(fields.Dict(keys=fields.String(), values=fields.String()))


class Stretch(Schema):
    """Which part of a long list."""

    cursor = fields.Integer(
        validate=Range(min=0, max=MAX_ID), metadata=_told(N_("从上一页的 next 里来；不写就是最新的。"))
    )
    limit = fields.Integer(load_default=20, validate=Range(min=1, max=MAX_STRETCH))


class NoticesAsked(Stretch):
    """The same filters as the public list."""

    q = _words(100, N_("名称、编号、单位里的字词；多个用空格隔开。"))
    family = _one_of(*Family)
    method = _one_of(*Method)
    phase = _one_of(*PUBLIC)


class ResultsAsked(Stretch):
    """Results, of one owner if one is named."""

    owner = _words(200, N_("招标人、采购人的全称。"))


class SavingsAsked(Schema):
    """As the report's page is asked."""

    period = _words(20, N_("2026、2026-11、2026-01..2026-11 或 all；不写就是最近一年。"))
    category = _one_of(*Category)
    way = _one_of(*Way)
    owner = _words(200)
    standing = _one_of(*Standing)


class EntriesAsked(Schema):
    """Which entries of a log."""

    since = fields.Integer(load_default=0, validate=Range(min=0, max=MAX_ID))
    limit = fields.Integer(load_default=MAX_STRETCH, validate=Range(min=1, max=MAX_STRETCH))


class InclusionAsked(Schema):
    """Which entry, and in which tree."""

    index = fields.Integer(load_default=0, validate=Range(min=0, max=MAX_ID))
    size = fields.Integer(
        validate=Range(min=1, max=MAX_ID), metadata=_told(N_("不写就是最新一个签名的大小。"))
    )


class ConsistencyAsked(Schema):
    """From which tree to which."""

    old = fields.Integer(load_default=1, validate=Range(min=1, max=MAX_ID))
    size = fields.Integer(
        validate=Range(min=1, max=MAX_ID), metadata=_told(N_("不写就是最新一个签名的大小。"))
    )


class StageAsked(Schema):
    """Of which of two envelopes."""

    stage = fields.Integer(load_default=1, validate=Range(min=1, max=2))


class LotShown(Schema):
    """标段(包)."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    price_form = _one_of(*intake.PRICE_FORMS, required=True)
    budget_fen = fields.Integer(required=True)
    ceiling_fen = fields.Integer(allow_none=True)
    security_fen = fields.Integer()


class NoticeListed(Schema):
    """A line of the list of notices."""

    uid = fields.String(required=True)
    code = fields.String(required=True, metadata=_told(N_("项目编号，也是它的日志的名字。")))
    title = fields.String(required=True)
    owner = fields.String(required=True)
    family = _one_of(*Family, required=True)
    phase = _one_of(*PUBLIC, required=True)
    closes_at = fields.DateTime(allow_none=True)
    page = fields.String(required=True, metadata={"format": "uri"})


class Notices(Schema):
    """A stretch of the list."""

    items = fields.List(fields.Nested(NoticeListed), required=True)
    total = fields.Integer(metadata=_told(N_("最多数到 1000；more 是 true 时还有更多。")))
    more = fields.Boolean()
    next = fields.String(allow_none=True, metadata={"format": "uri"})


class NoticeShown(Schema):
    """One notice."""

    uid = fields.String(required=True)
    code = fields.String(required=True)
    title = fields.String(required=True)
    summary = fields.String()
    family = _one_of(*Family, required=True)
    method = _one_of(*Method, required=True)
    subject = fields.String()
    phase = _one_of(*PUBLIC, required=True)
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
        allow_none=True, metadata=_told(N_("公告全文的 SHA-256，写在项目日志里。"), **_SHA256)
    )
    page = fields.String(metadata={"format": "uri"})
    text = fields.String(metadata={"format": "uri"})


class DocumentShown(Schema):
    """A file, by its digest."""

    name = fields.String(required=True)
    sha256 = fields.String(required=True, metadata=_SHA256)
    size = fields.Integer(required=True)
    added_at = fields.DateTime()
    replaced_at = fields.DateTime(allow_none=True)
    url = fields.String(metadata={"format": "uri"})


class Documents(Schema):
    """The files of a notice."""

    items = fields.List(fields.Nested(DocumentShown), required=True)


class ResultShown(Schema):
    """The result of a lot."""

    project = fields.String(required=True, metadata=_told(N_("公告的 uid。")))
    project_code = fields.String(required=True)
    title = fields.String(required=True)
    owner = fields.String(required=True)
    lot = fields.String(required=True)
    lot_name = fields.String()
    outcome = _one_of(*Outcome, required=True)
    winner = fields.String(allow_none=True)
    winner_uscc = fields.String(allow_none=True)
    amount_fen = fields.Integer(allow_none=True)
    price_text = fields.String()
    basis = _one_of(*Basis)
    basis_fen = fields.Integer()
    awarded_on = fields.Date()
    reason = fields.String()
    revision = fields.Integer()
    record_sha256 = fields.String(metadata=_SHA256)
    record = fields.String(metadata={"format": "uri"})


class Results(Schema):
    """A stretch of the results in force."""

    items = fields.List(fields.Nested(ResultShown), required=True)
    next = fields.String(allow_none=True, metadata={"format": "uri"})


class ProjectResult(Schema):
    """The results of a project: its lots with a result in force, and those that failed."""

    items = fields.List(fields.Nested(ResultShown), required=True)
    failed = fields.List(fields.String(), required=True, metadata=_told(N_("流标、废标的标段。")))


class SavingsShown(Schema):
    """The figures of the report (节资), as its page shows them. Rates are texts in per cent, or null."""

    asked = fields.Dict(required=True)
    unit = fields.Constant("fen")
    total = fields.Dict(required=True)
    by_month = fields.Dict(required=True)
    by_year = fields.Dict(required=True)
    by_category = fields.Dict(required=True)
    by_method = fields.Dict(required=True)
    by_basis = fields.Dict(required=True)
    by_source = fields.Dict(required=True)
    excluded = fields.Dict(required=True)
    items_total = fields.Integer(required=True)
    items_page = fields.String(metadata={"format": "uri"})


class LogShown(Schema):
    """A log, and its newest checkpoint."""

    origin = fields.String(required=True)
    vkey = fields.String(required=True)
    size = fields.Integer(required=True)
    root = fields.String(required=True, metadata=_SHA256)
    signed_at = fields.DateTime(required=True)
    words = fields.List(fields.String(), required=True)
    checkpoint = fields.String(
        required=True, metadata=_told(N_("签名的检查点（C2SP tlog-checkpoint），带见证的联署。"))
    )


class EntryShown(Schema):
    """An entry as it was committed to; what it says stays closed here."""

    index = fields.Integer(required=True)
    entry = fields.String(required=True)
    leaf_hash = fields.String(required=True, metadata=_SHA256)


class Entries(Schema):
    """A stretch of a log, and the size of the tree that it is of."""

    size = fields.Integer(required=True)
    items = fields.List(fields.Nested(EntryShown), required=True)
    next = fields.String(allow_none=True, metadata={"format": "uri"})


class ProofShown(Schema):
    """A Merkle proof (RFC 6962): hashes in hex, from the leaf upwards."""

    size = fields.Integer(required=True)
    root = fields.String(required=True, metadata=_SHA256)
    hashes = fields.List(fields.String(metadata=_SHA256), required=True)


# An agency's own -----------------------------------------------------------------------------------------------------


class LotSent(Schema):
    """A lot of a draft."""

    name = _words(200, required=True)
    budget_fen = _fen(required=True, metadata=_told(N_("预算或起始价，单位是分。")))
    ceiling_fen = _fen(allow_none=True)
    security_fen = _fen(allow_none=True)
    price_form = _one_of(*intake.PRICE_FORMS)


class DraftSent(Schema):
    """A draft, as the desk's form asks for it."""

    kind = _one_of(
        *intake.KIND_CODES,
        required=True,
        told=N_("法规类别、方式和对象，例如 works.open-tender.construction。"),
    )
    title = _words(200, required=True)
    owner_name = _words(200, required=True)
    summary = _words(20_000)
    trade = _one_of(*intake.TRADES, told=N_("工程类别，只有工程招投标要写。"))
    place = _words(200)
    term = _words(200)
    funding = _words(200)
    approval = _words(200)
    approval_code = _words(40, N_("投资项目统一代码，24 位。"))
    qualification = _words(20_000)
    award_method = _words(20_000)
    policies = _words(20_000)
    consortium = fields.Boolean(truthy={True}, falsy={False})
    paper_bids = fields.Boolean(truthy={True}, falsy={False})
    envelopes = _one_of(*intake.ENVELOPES)
    owner_address = _words(200)
    owner_contact = _words(120)
    agency_address = _words(200)
    contact = _words(60)
    phone = _words(30)
    media = _words(200)
    closes_at = fields.AwareDateTime(allow_none=True)
    prices_open_at = fields.AwareDateTime(allow_none=True)
    lots = fields.List(fields.Nested(LotSent), validate=Length(max=MAX_LOTS))


class DraftChanged(DraftSent):
    """The same, over the version that the program saw."""

    version = fields.Integer(required=True, strict=True, validate=Range(min=0, max=MAX_ID))


class Repeatable(Schema):
    """What makes sending it twice harmless."""

    idempotency_key = fields.String(
        required=True,
        data_key="Idempotency-Key",
        validate=Regexp(IDEMPOTENCY),
        metadata=_told(
            N_("每份新草稿自己起一个，重发时不变。8 到 100 个字母、数字或 . _ : -"), pattern=IDEMPOTENCY
        ),
    )


class FileNamed(Schema):
    """What a file is called."""

    name = _words(200, required=True)


class Hindrance(Schema):
    """What stands against publishing, or only deserves a thought."""

    code = fields.String(required=True)
    detail = fields.String(required=True)
    blocks = fields.Boolean(required=True)


class OwnListed(Schema):
    """A line of the agency's own projects."""

    uid = fields.String(required=True)
    code = fields.String(required=True)
    title = fields.String(required=True)
    phase = _one_of(*Phase, required=True)
    closes_at = fields.DateTime(allow_none=True)


class OwnProjects(Schema):
    """A stretch of them."""

    items = fields.List(fields.Nested(OwnListed), required=True)
    next = fields.String(allow_none=True, metadata={"format": "uri"})


class OwnProject(OwnListed):
    """A project of the agency's own, with what is still missing while it is a draft."""

    version = fields.Integer(required=True)
    by_key = fields.Boolean(required=True, metadata=_told(N_("由接口送来，接口可以改。")))
    lots = fields.List(fields.Nested(LotShown), required=True)
    documents = fields.List(fields.Nested(DocumentShown), required=True)
    hindrances = fields.List(
        fields.Nested(Hindrance), required=True, metadata=_told(N_("草稿提交复核以前还差什么。"))
    )
    page = fields.String(required=True, metadata={"format": "uri"})


class FileKept(Schema):
    """A file that a draft has."""

    sha256 = fields.String(required=True, metadata=_SHA256)
    name = fields.String(required=True)


class OpeningRecord(Schema):
    """The record of an opening, byte for byte as it was hashed into the log; its form is in docs/spec/opening.md."""
