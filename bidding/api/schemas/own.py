"""What an agency's own systems send, and what they are answered."""

from __future__ import annotations

from marshmallow import INCLUDE, Schema, fields
from marshmallow.validate import Length, Range, Regexp

from bidding.api import intake
from bidding.api.rules import IDEMPOTENCY
from bidding.api.schemas.common import (
    MAX_ID,
    SHA256,
    DocumentShown,
    Instant,
    LotShown,
    fen,
    one_of,
    told,
    words,
)
from bidding.core.errors import N_
from bidding.tenders.rules import Phase
from bidding.tenders.service import MAX_LOTS


class LotSent(Schema):
    """A lot of a draft."""

    name = words(200, required=True)
    budget_fen = fen(required=True, metadata=told(N_("预算或起始价，单位是分。")))
    ceiling_fen = fen(allow_none=True)
    security_fen = fen(allow_none=True)
    price_form = one_of(*intake.PRICE_FORMS)


class DraftSent(Schema):
    """A draft, as the desk's form asks for it."""

    kind = one_of(
        *intake.KIND_CODES,
        required=True,
        meaning=N_("法规类别、方式和对象，例如 works.open-tender.construction。"),
    )
    title = words(200, required=True)
    owner_name = words(200, required=True)
    summary = words(20_000)
    trade = one_of(*intake.TRADES, meaning=N_("工程类别，只有工程招投标要写。"))
    place = words(200)
    term = words(200)
    funding = words(200)
    approval = words(200)
    approval_code = words(40, N_("投资项目统一代码，24 位。"))
    qualification = words(20_000)
    award_method = words(20_000)
    policies = words(20_000)
    consortium = fields.Boolean(truthy={True}, falsy={False})
    paper_bids = fields.Boolean(truthy={True}, falsy={False})
    envelopes = one_of(*intake.ENVELOPES)
    owner_address = words(200)
    owner_contact = words(120)
    agency_address = words(200)
    contact = words(60)
    phone = words(30)
    media = words(200)
    closes_at = Instant(allow_none=True)
    prices_open_at = Instant(allow_none=True)
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
        metadata=told(
            N_("每份新草稿自己起一个，重发时不变。8 到 100 个字母、数字或 . _ : -"), pattern=IDEMPOTENCY
        ),
    )


class FileNamed(Schema):
    """What a file is called."""

    name = words(200, required=True)


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
    phase = one_of(*Phase, required=True)
    closes_at = fields.DateTime(allow_none=True)


class OwnProjects(Schema):
    """A stretch of them."""

    items = fields.List(fields.Nested(OwnListed), required=True)
    next = fields.String(allow_none=True, metadata={"format": "uri"})


class OwnProject(OwnListed):
    """A project of the agency's own, with what is still missing while it is a draft."""

    version = fields.Integer(required=True)
    by_key = fields.Boolean(required=True, metadata=told(N_("由接口送来，接口可以改。")))
    lots = fields.List(fields.Nested(LotShown), required=True)
    documents = fields.List(fields.Nested(DocumentShown), required=True)
    hindrances = fields.List(
        fields.Nested(Hindrance), required=True, metadata=told(N_("草稿提交复核以前还差什么。"))
    )
    page = fields.String(required=True, metadata={"format": "uri"})


class FileKept(Schema):
    """A file that a draft has."""

    sha256 = fields.String(required=True, metadata=SHA256)
    name = fields.String(required=True)


class OpeningRecord(Schema):
    """The record of an opening, byte for byte as it was hashed into the log; its form is in docs/spec/opening.md."""

    class Meta:
        unknown = INCLUDE
