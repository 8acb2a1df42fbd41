"""What the schemas of both sides have in common. Money is whole fen; instants are RFC 3339; digests are hex."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields
from marshmallow.validate import Length, OneOf, Range

from bidding.api import intake
from bidding.core.clock import SHANGHAI
from bidding.core.errors import N_
from bidding.core.money import MAX_FEN

#: A row's number ends here.
MAX_ID = 2**31 - 1
MAX_STRETCH = 100
SHA256 = {"pattern": "^[0-9a-f]{64}$"}


def told(text: str, **more: Any) -> dict[str, Any]:
    """What the document says of a field."""
    return {"description": text, **more}


class Words(fields.String):
    """Text that a database and a page can hold: no NUL, no half of a sign."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **more)
        if "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
            raise ValidationError("Not a valid text.")
        return text


class Instant(fields.AwareDateTime):
    """An instant that can be written in every zone: the first and the last day of the calendar cannot."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any
    ) -> datetime:
        at: datetime = super()._deserialize(value, attr, data, **more)
        try:
            at.astimezone(SHANGHAI)
            at.astimezone(UTC)
        except OverflowError as error:
            raise ValidationError("Not a valid datetime.") from error
        return at


def words(most: int, meaning: str = "", **more: Any) -> Words:
    """Text of at most so many signs."""
    return Words(validate=Length(max=most), metadata=told(meaning) if meaning else {}, **more)


def one_of(*members: Any, meaning: str = "", **more: Any) -> fields.String:
    """One of these, an enumeration's members by their values."""
    values = [getattr(member, "value", member) for member in members]
    return fields.String(validate=OneOf(values), metadata=told(meaning) if meaning else {}, **more)


def fen(**more: Any) -> fields.Integer:
    """An amount."""
    return fields.Integer(strict=True, validate=Range(min=0, max=MAX_FEN), **more)


class Problem(Schema):
    """Problem details (RFC 9457)."""

    type = fields.String(required=True, metadata={"format": "uri-reference"})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(
        required=True, metadata=told(N_("哪里不行、上限是多少、下一步怎么办，用请求的语言说。"))
    )
    instance = fields.String(metadata={"format": "uri-reference"})
    code = fields.String(required=True, metadata=told(N_("固定不变的代码，程序按它判断。")))
    reference = fields.String(metadata=told(N_("这一次请求的编号，报障时请告诉服务热线。")))
    next = fields.String()
    field = fields.String()
    errors = fields.List(fields.Dict(keys=fields.String(), values=fields.String()))


class Stretch(Schema):
    """Which part of a long list."""

    cursor = fields.Integer(
        validate=Range(min=0, max=MAX_ID), metadata=told(N_("从上一页的 next 里来；不写就是最新的。"))
    )
    limit = fields.Integer(load_default=20, validate=Range(min=1, max=MAX_STRETCH))


class LotShown(Schema):
    """标段(包)."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    price_form = one_of(*intake.PRICE_FORMS, required=True)
    budget_fen = fields.Integer(required=True)
    ceiling_fen = fields.Integer(allow_none=True)
    security_fen = fields.Integer()


class DocumentShown(Schema):
    """A file, by its digest."""

    name = fields.String(required=True)
    sha256 = fields.String(required=True, metadata=SHA256)
    size = fields.Integer(required=True)
    added_at = fields.DateTime()
    replaced_at = fields.DateTime(allow_none=True)
    url = fields.String(metadata={"format": "uri"})
