"""Refusals say what they are about."""

from bidding.core.errors import N_, DomainError, Invalid


class TooMany(DomainError):
    code = "test.too_many"
    text = N_("最多 %(limit)s 个，您交了 %(count)s 个。")


def test_places_are_filled():
    error = TooMany(limit=3, count=4, field="files")
    assert str(error) == "最多 3 个，您交了 4 个。"
    assert (error.field, error.params, error.reference) == ("files", {"limit": 3, "count": 4}, None)


def test_a_text_without_places_stays_as_it_is():
    assert str(DomainError()) == DomainError.text
    assert Invalid(reason="x").status == 422
