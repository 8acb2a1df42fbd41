"""libcoveocds finds nothing to say against what is exported, and would."""

import json
from dataclasses import replace

import pytest

from bidding.opendata.ocds.packages import Publisher, record_package, release_package
from bidding.opendata.ocds.parts import placed, written
from bidding.opendata.ocds.releases import releases
from tests.opendata.conformance import problems
from tests.opendata.published import PROCESS, STORIES

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
