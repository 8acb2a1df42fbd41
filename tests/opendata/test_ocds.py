"""What releases say of each story, and that libcoveocds finds nothing to say against them, and would."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ocdsmerge import Merger

from bidding.opendata.facts import Kind
from bidding.opendata.ocds.merging import compiled
from bidding.opendata.ocds.packages import Publisher, record_package, release_package
from bidding.opendata.ocds.parts import amount, placed, written
from bidding.opendata.ocds.releases import releases
from bidding.opendata.ocds.tender import METHODS
from bidding.tenders.methods import PRESETS
from tests.opendata.conformance import HERE, problems
from tests.opendata.published import LI, PROCESS, STORIES, ZHAO, answered, item, notice

CENTRE = Publisher("明川县招投标交易中心", "https://centre.example")
URI = f"{CENTRE.centre}/opendata/all.json"


def _told(name):
    return releases(replace(PROCESS, ocid=f"{PROCESS.ocid}-{name}"), STORIES[name])


def _read(package):
    return json.loads(placed(written(package), CENTRE.centre))


def test_nothing_is_said_against_the_releases_of_all_stories():
    """In one package: the validator reads its schemas once."""
    together = [release for name in STORIES for release in _told(name)]
    assert problems(_read(release_package(CENTRE, URI, together))) == {}


def test_nothing_is_said_against_the_records_of_all_stories():
    packages = [record_package(CENTRE, URI, _told(name)) for name in STORIES]
    together = packages[0] | {"records": [each["records"][0] for each in packages]}
    assert problems(_read(together)) == {}


@pytest.mark.parametrize(
    ("where", "what", "complaint"),
    [
        (("tender", "hunch"), "x", "additional_fields"),
        (("tender", "lots", 0, "mood"), "x", "additional_fields"),
        (("tender", "value", "amount"), "1.00", "validation_errors"),
        (("date",), "2026-11-02", "validation_errors"),
        (("tender", "status"), "suspended", "additional_closed_codelist_values"),
        (("tag",), ["bid"], "additional_closed_codelist_values"),
        (("tender", "documents", 0, "documentType"), "notice", "additional_open_codelist_values"),
        (("tender", "description"), " ", "additional_checks"),
        (("ocid",), "T-2026-001", "conformance_errors"),
    ],
)
def test_the_validator_sees_what_is_wrong(where, what, complaint):
    package = _read(release_package(CENTRE, URI, _told("announced")))
    spoilt = package["releases"][0]
    for name in where[:-1]:
        spoilt = spoilt[name]
    spoilt[where[-1]] = what
    assert complaint in problems(package)


# What releases say --------------------------------------------------------------------------------------------------


def _tags(name):
    return [release["tag"] for release in _told(name)]


def _compiled(name):
    return compiled(_told(name))


@pytest.mark.parametrize("name", STORIES)
def test_a_release_is_the_same_whatever_comes_after_it(name):
    facts = STORIES[name]
    whole = releases(PROCESS, facts)
    for count in range(1, len(facts) + 1):
        assert releases(PROCESS, facts[:count]) == whole[:count]


@pytest.mark.parametrize("name", STORIES)
def test_the_compiled_release_is_that_of_the_merging_nobody_here_wrote(name):
    schema = json.loads((HERE / "standard" / "release-schema.json").read_text())
    for extension in ("lots", "bids"):
        patch = json.loads((HERE / extension / "release-schema.json").read_text())
        schema = _patched(schema, patch)
    made = json.loads(written(_told(name)))
    merged = Merger(schema).create_compiled_release(made)
    assert json.loads(written(compiled(made))) == merged


def _patched(schema, patch):
    if not isinstance(schema, dict) or not isinstance(patch, dict):
        return patch
    return {**schema, **{key: _patched(schema.get(key), value) for key, value in patch.items()}}


@pytest.mark.parametrize(
    ("name", "tags"),
    [
        (
            "corrected",
            [
                ["planning", "tender"],
                ["tenderAmendment"],
                ["tenderUpdate"],
                ["planningUpdate", "tenderAmendment"],
            ],
        ),
        ("terminated", [["planning", "tender"], ["tenderCancellation"]]),
        ("suspended-and-resumed", [["planning", "tender"], ["tenderUpdate"], ["tenderUpdate"]]),
        (
            "result-corrected",
            [
                ["planning", "tender"],
                ["tenderUpdate"],
                ["award"],
                ["awardUpdate"],
                ["awardCancellation", "award"],
                ["awardCancellation", "award"],
            ],
        ),
    ],
)
def test_tags_say_what_happened(name, tags):
    assert _tags(name) == tags


@pytest.mark.parametrize(
    ("name", "status", "lots"),
    [
        ("announced", "active", ["active"]),
        ("suspended-and-resumed", "active", ["active"]),
        ("lots-and-two-winners", "complete", ["complete", "complete"]),
        ("one-lot-failed", "complete", ["complete", "unsuccessful"]),
        ("failed", "unsuccessful", ["unsuccessful"]),
        ("nobody-chosen", "unsuccessful", ["unsuccessful"]),
        ("terminated", "cancelled", ["cancelled", "cancelled"]),
        ("result-corrected", "unsuccessful", ["unsuccessful"]),
    ],
)
def test_a_tender_ends_when_no_lot_goes_on(name, status, lots):
    tender = _compiled(name)["tender"]
    assert (tender["status"], [lot["status"] for lot in tender["lots"]]) == (status, lots)


def test_another_winner_is_another_award_and_the_first_is_cancelled():
    awards = _compiled("result-corrected")["awards"]
    found = [(each["id"], each["status"], [s["name"] for s in each.get("suppliers", [])]) for each in awards]
    assert found == [
        ("1-1", "cancelled", [LI[0]]),
        ("1-3", "cancelled", [ZHAO[0]]),
        ("1-4", "unsuccessful", []),
    ]
    assert awards[0]["value"]["amount"] == 1190_000


def test_a_correction_is_in_the_tender_and_the_replaced_file_stays_to_be_read():
    found = _compiled("corrected")
    tender = found["tender"]
    assert tender["description"] == "管网 3.5 公里"
    assert tender["tenderPeriod"]["endDate"] == "2026-12-01T09:00:00+08:00"
    assert tender["lots"][0]["description"] == "最高限价 1,250,000.00 元"
    assert found["planning"]["budget"]["description"] == "专项债券"
    files = [d for d in tender["documents"] if d["documentType"] == "biddingDocuments"]
    assert [(d["title"], d.get("description")) for d in files] == [
        ("招标文件.pdf", "已由 招标文件（更正）.pdf 替换"),
        ("招标文件（更正）.pdf", None),
    ]
    chain = [(each["amendsReleaseID"], each["releaseID"]) for each in tender["amendments"]]
    first = _told("corrected")[0]["ocid"]
    assert chain == [(f"{first}-notice", f"{first}-dates-1"), (f"{first}-dates-1", f"{first}-answers-2")]


def test_a_ceiling_that_is_taken_away_is_said_to_be_none():
    gone = answered(1, [item("ceiling", None, was=1286_000_00, lot="1", label="最高限价")])
    found = compiled(releases(PROCESS, [notice(), gone]))
    assert found["tender"]["lots"][0]["description"] == "不设最高限价"


def test_a_notice_of_an_older_product_is_told_as_far_as_it_goes():
    said = {
        key: value
        for key, value in notice().said.items()
        if key not in ("owner_address", "paper_bids", "evaluation", "funding")
    }
    said["agency"] = {"name": "明川招标代理有限公司", "uscc": "91539921MA6KQ7X1Y"}
    said["lots"] = [{key: value for key, value in said["lots"][0].items() if key != "ceiling_fen"}]
    (release,) = releases(PROCESS, [replace(notice(), said=said)])
    assert "awardCriteria" not in release["tender"]
    assert problems(_read(release_package(CENTRE, URI, [release]))) == {}


def test_before_an_opening_no_release_says_anything_of_bids():
    for name, facts in STORIES.items():
        for fact, release in zip(facts, _told(name), strict=True):
            if fact.kind is Kind.OPENING:
                break
            assert "bids" not in release
            assert "tenderer" not in written(release)


def test_of_two_envelopes_the_price_comes_with_the_second_and_the_count_stays():
    first, second = _told("two-envelopes")[1:3]
    assert all("value" not in each for each in first["bids"]["details"])
    assert [each["value"]["amount"] for each in second["bids"]["details"]] == [1200_000]
    assert [release["bids"]["statistics"][0]["value"] for release in (first, second)] == [2, 2]
    assert second["tender"]["numberOfTenderers"] == 2


def test_whoever_wins_is_tenderer_and_supplier_with_a_code_of_the_register():
    party = {each["id"]: each for each in _compiled("consortium")["parties"]}[f"CN-USCI-{LI[1]}"]
    assert party["roles"] == ["tenderer", "supplier"]
    assert party["identifier"] == {"scheme": "CN-USCI", "id": LI[1], "legalName": LI[0]}
    assert "联合体：与雪山路桥有限公司组成联合体" in _compiled("consortium")["awards"][0]["description"]


def test_an_owner_that_runs_its_tender_itself_is_one_organization():
    facts = [notice(owner="明川招标代理有限公司")]
    (release,) = releases(PROCESS, facts)
    assert [(each["id"], each["roles"]) for each in release["parties"]] == [
        ("CN-USCI-91539921MA6KQ7X1Y", ["buyer", "procuringEntity"])
    ]
    assert release["buyer"]["id"] == release["tender"]["procuringEntity"]["id"]


def test_a_rate_is_told_in_words_and_has_no_value():
    award = _compiled("comparison")["awards"][0]
    assert "value" not in award
    assert award["description"].splitlines() == ["成交价：88%", "与开启的报价不同：按公告修正"]


@pytest.mark.parametrize(
    ("examination", "method", "wanted"),
    [
        (None, "open-tender", "open"),
        ("before", "open-tender", "selective"),
        (None, "negotiation", "selective"),
        (None, "consultation", "selective"),
        (None, "comparison", "open"),
    ],
)
def test_who_may_take_part_is_the_method(examination, method, wanted):
    facts = [notice(method=method, **({"examination": examination} if examination else {}))]
    assert releases(PROCESS, facts)[0]["tender"]["procurementMethod"] == wanted


def test_every_method_of_buying_has_a_word_of_the_codelist():
    assert {each.method for each in PRESETS if not each.sells} == set(METHODS)


@given(st.integers(0, 2**53 - 1))
def test_an_amount_is_exact_to_the_fen(fen):
    text = written({"amount": amount(fen)})
    found = json.loads(text, parse_float=Decimal, parse_int=Decimal)["amount"]
    assert found * 100 == fen
    assert "e" not in text.lower().replace('"amount"', "")


@pytest.mark.parametrize(
    ("fen", "text"), [(0, "0"), (5, "0.05"), (10, "0.1"), (100, "1"), (132000050, "1320000.5")]
)
def test_amounts_read_as_people_write_them(fen, text):
    assert written(amount(fen)) == text


def test_what_somebody_named_like_our_mark_is_no_address_of_ours():
    theirs = '{centre}/x "url":"{centre}/y'
    text = written({"title": theirs, "url": "{centre}/notices/p1"})
    found = json.loads(placed(text, "https://centre.example"))
    assert found == {"title": theirs, "url": "https://centre.example/notices/p1"}
