"""The table of data sets, whole and as a centre's own file changes it."""

import json

import pytest

from bidding.province.facts import FACTS
from bidding.province.mapping import SCOPES, BadProfile, plan, table

#: Sets that the province's list has, counted by hand in it.
ALL = [
    "100",
    "208",
    "212",
    "213",
    "400",
    "402",
    "404",
    "500",
    "501",
    "502",
    "503",
    "504",
    "506",
    "507",
    "508",
    "509",
    "510",
    "511",
    "512",
    "513",
    "517",
    "519",
    "521",
    "523",
    "550",
    "551",
    "552",
    "553",
    "554",
    "556",
    "557",
    "700",
    "701",
    "9005",
    "9006",
    "9010",
    "9011",
    "9013",
    "9014",
    "9016",
    "9018",
    "9019",
    "9020",
    "9021",
]


def test_every_set_of_the_province_is_either_sent_or_says_what_is_lacking():
    assert list(table().sets) == ALL
    for found in table().sets.values():
        assert bool(found.fields) == found.supported
        assert bool(found.each) == found.supported


def test_every_source_is_a_fact_that_is_read_and_every_code_list_there():
    for found in table().sets.values():
        for field in found.fields:
            assert field.source in FACTS or not field.source, (found.code, field.code)
            assert field.codes in table().codes or not field.codes
            assert field.ask in SCOPES
            assert not (field.source and field.value)


#: What each kind of record is made of, beside centre, message and the words of codes.
_WHOLE = "project notice"
MADE_OF = {
    "unit": "unit",
    "project": _WHOLE,
    "notice": _WHOLE,
    "file": f"{_WHOLE} file",
    "opening": f"{_WHOLE} opening",
    "question": f"{_WHOLE} question",
    **{each: f"{_WHOLE} lot {each}" for each in ("lot", "change", "bid", "award", "course", "draw", "place")},
}


def test_every_field_comes_from_what_its_record_is_made_of():
    for found in table().sets.values():
        made_of = {"", "centre", "message", "is", *MADE_OF.get(found.each, "").split()}
        for field in found.fields:
            assert field.source.partition(".")[0] in made_of, (found.code, field.code)


def test_every_fact_that_is_read_is_sent_somewhere():
    used = {field.source for found in table().sets.values() for field in found.fields}
    assert used >= FACTS


def test_names_and_lengths_stand_as_the_province_published_them():
    fields = {field.code: field for field in table().sets["502"].fields}
    assert len(fields) == 17
    assert (fields["BID_SECTION_CODE"].type, fields["BID_SECTION_CODE"].required) == ("=23", True)
    assert (fields["UNIFIED_DEAL_CODE"].type, fields["CONTRACT_RECKON_PRICE"].type) == ("=40", "N(14,6)")
    assert fields["BEGIN_DATE"].required is False


def test_another_province_has_other_names_codes_and_lengths():
    found = plan(
        json.dumps(
            {
                "about": "某省",
                "tables": {"501": "ZBXM"},
                "fields": {
                    "501": {
                        "TENDER_PROJECT_NAME": {"rename": "XMMC", "type": "<=100", "required": False},
                        "IS_TO_LAW": {"value": "1"},
                    }
                },
                "codes": {"role": {"owner": "01"}},
                "centre": {"trade_system": "123456789012"},
                "off": ["100"],
            }
        )
    )
    fields = {field.code: field for field in found.sets["501"].fields}
    name = fields["TENDER_PROJECT_NAME"]
    assert (found.sets["501"].table, name.sent_as, name.type, name.required) == (
        "ZBXM",
        "XMMC",
        "<=100",
        False,
    )
    assert (fields["IS_TO_LAW"].value, found.codes["role"]["owner"]) == ("1", "01")
    assert (found.sends("100"), found.sends("501"), found.sends("508"), found.sends("999")) == (
        False,
        True,
        False,
        False,
    )
    assert table().sets["501"].table == "TENDER_PROJECT"  # the product's own stays as it is
    assert table().codes["role"] == {}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("{", "JSON"),
        ("[]", "an object"),
        ('{"sets": {}}', "an object"),
        ('{"tables": {"999": "X"}}', "999"),
        ('{"tables": {"501": 1}}', "tables"),
        ('{"fields": {"501": []}}', "fields"),
        ('{"fields": {"501": {"NOPE": {}}}}', "NOPE"),
        ('{"fields": {"501": {"ISUNION": {"required": "yes"}}}}', "required"),
        ('{"fields": {"501": {"ISUNION": {"from": "x"}}}}', "from"),
        ('{"fields": {"501": {"ISUNION": {"type": "VARCHAR(3)"}}}}', "VARCHAR"),
        ('{"fields": {"501": {"ISUNION": {"rename": "PROJECT_CODE"}}}}', "two fields"),
        ('{"codes": {"nope": {}}}', "nope"),
        ('{"codes": {"trade": {"works": "A1"}}}', "A1"),
        ('{"codes": {"trade": {"works": ""}}}', "trade"),
        ('{"centre": {"nope": "1"}}', "centre"),
        ('{"off": "100"}', "off"),
        ('{"off": ["1"]}', "1"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_with_the_place(said, words):
    with pytest.raises(BadProfile, match=words):
        plan(said)


def test_without_a_file_the_table_stands():
    assert plan(" \n") is table()
