"""A record with a draw, an award and names; and what befalls it when they do not fit."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from bidding.commands import main
from bidding.core.canonical import dumps, loads
from bidding.verification.findings import Mark
from tests.opening.synthetic import whole


@pytest.fixture
def made():
    return whole("draws")


def refused(report):
    return [finding.code for finding in report.refusals]


def names(made, change):
    value = loads(made.names)
    change(value)
    made.names = dumps(value)


def test_a_draw_is_replayed_and_the_names_are_those_called(made, judge):
    report = judge(made.zip())
    assert report.accepted, report.refusals
    (draw,) = report.draws
    assert draw["by_trustees"] == ["supervisor"]
    (stratum,) = draw["strata"]
    assert stratum["serving"] == [stratum["picks"][1], stratum["backups"][0]]
    assert {expert["name"] for expert in report.names.values()} <= {f"专家{n}" for n in range(7)}
    assert {"draws", "names", "awards"} <= {f.code for f in report.findings if f.mark is Mark.HOLDS}


def test_the_command_lists_a_draw_with_the_names_that_are_out(made, tmp_path, monkeypatch):
    monkeypatch.setenv("BIDDING_LANG", "zh")
    path = tmp_path / "opening.zip"
    path.write_bytes(made.zip())
    result = CliRunner().invoke(main, ["verify", str(path), "--draw"])
    assert result.exit_code == 0, result.output
    assert "参加评标" in result.output
    assert "专家" in result.output.split("参加评标")[1]


def test_somebody_else_called_is_refused(made, judge):
    made.event("draw-call", 1)["h"] = "00" * 32
    assert refused(judge(made.zip())) == ["draw.event"]


def test_a_random_value_that_was_not_dealt_is_refused(made, judge):
    made.event("draw-reveal")["a0"] = "01" + "00" * 31
    assert refused(judge(made.zip())) == ["draw.event"]


def test_a_draw_that_nobody_saw_closed_is_refused(made, judge):
    del made.marks[made.find("draw-closed") + 1]
    assert refused(judge(made.zip())) == ["draw.witness"]


def test_a_list_changed_after_the_order_is_refused(made, judge):
    made.event("draw-spec")["order"]["spec"]["strata"][0]["leaves"].pop()
    assert refused(judge(made.zip())) == ["draw.event"]


def other_person(value):
    value["experts"][0]["expert"]["name"] = "another"


def never_called(value):
    value["experts"][0].update(value["experts"][1])


def no_list(value):
    value["experts"] = {}


@pytest.mark.parametrize(
    ("change", "code"), [(other_person, "names.other"), (never_called, "names.form"), (no_list, "names.form")]
)
def test_names_that_do_not_fit_are_refused(made, judge, change, code):
    names(made, change)
    assert refused(judge(made.zip())) == [code]


def test_a_name_of_somebody_who_was_never_called_is_refused(made, judge):
    value = loads(made.names)
    called = {row["h"] for row in value["experts"]}
    h = next(h for h in made.people if h not in called)
    made.names = made.names_json([h])
    assert refused(judge(made.zip())) == ["names.uncalled"]


def test_a_called_expert_left_out_of_the_names_is_missed(made, judge):
    names(made, lambda value: value["experts"].pop())
    assert refused(judge(made.zip())) == ["names.missing"]


def test_a_draw_whose_names_are_not_out_yet_is_told_of(made, judge):
    """Its project may have another draw that let its names out."""
    names(made, lambda value: value["experts"].clear())
    report = judge(made.zip())
    assert report.accepted
    assert "names.waiting" in [f.code for f in report.findings if f.mark is Mark.NOTE]


def test_an_award_before_the_opening_is_refused(made, judge):
    salted = made.events.pop(made.find("award"))
    made.marks = {size: at for size, at in made.marks.items() if size <= len(made.events)}
    place = made.find("opened")
    made.events.insert(place, salted)
    made.marks = {size + (size > place): at for size, at in made.marks.items()}
    made.mark(made.closes + 90_030)
    assert "award.early" in refused(judge(made.zip()))
