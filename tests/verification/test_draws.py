"""A record with a draw, an award and names; and what befalls it when they do not fit."""

from __future__ import annotations

import itertools
from copy import deepcopy
from functools import cache

import pytest
from click.testing import CliRunner

from bidding.commands import main
from bidding.core.canonical import dumps, loads
from bidding.core.signing import sign_object
from bidding.experts.calls import GONE, Answer, CallOut
from bidding.experts.draw import draw, draw_seed, spec_hash
from bidding.experts.replay import DEAL_TAG, ORDER_TAG
from bidding.experts.rules import Place
from bidding.sealing.dealing import trustee_sign_seed
from bidding.verification.findings import Mark
from tests.opening.synthetic import Synthetic, seed, whole


@cache
def _bare() -> Synthetic:
    """A tender that nobody bid for, closed: quick to judge."""
    made = Synthetic("draws")
    made.publish()
    made.close()
    return made


@cache
def _story(region: str = "") -> Synthetic:
    made = deepcopy(_bare())
    spec = made.draw_spec()
    spec["strata"][0]["id"] = Place("civil", 2, 2, region).id
    made.call_out(made.draw(spec=spec))
    made.mark(made.closes + 90_000)
    return made


def story(region: str = "") -> Synthetic:
    """A record with a draw and its names, of its own for whoever asks; the list may be of one region."""
    return deepcopy(_story(region))


@pytest.fixture
def made():
    return story()


def refused(report):
    return [finding.code for finding in report.refusals]


def noted(report):
    return [finding.code for finding in report.findings if finding.mark is Mark.NOTE]


def names(made, change):
    value = loads(made.names)
    change(value)
    made.names = dumps(value)


def insert(made, place, event):
    """An event more, before the one at ``place``; checkpoints stay behind the leaves that they had last."""
    made.events.insert(place, (seed("inserted").hex(), event))
    made.marks = {size + (size > place): at for size, at in made.marks.items()}


def test_a_draw_is_replayed_and_the_names_are_those_called(made, judge):
    report = judge(made.zip())
    assert report.accepted, report.refusals
    (draw,) = report.draws
    assert draw["by_trustees"] == ["supervisor"]
    (stratum,) = draw["strata"]
    assert stratum["serving"] == [stratum["picks"][1], stratum["backups"][0]]
    assert {expert["name"] for expert in report.names.values()} <= {f"专家{n}" for n in range(7)}
    assert {"draws", "names"} <= {f.code for f in report.findings if f.mark is Mark.HOLDS}


def test_the_command_lists_a_draw_with_the_names_that_are_out(made, tmp_path, monkeypatch):
    monkeypatch.setenv("BIDDING_LANG", "zh")
    path = tmp_path / "opening.zip"
    path.write_bytes(made.zip())
    result = CliRunner().invoke(main, ["verify", str(path), "--draw"])
    assert result.exit_code == 0, result.output
    assert "参加评标" in result.output
    assert "专家" in result.output.split("参加评标")[1]


# What a liar makes of a draw, in a log that is signed and cosigned all the same; ``test_page`` asks both verifiers -----


def order_changed(made, change, signer="supervisor"):
    event = made.event("draw-spec")
    change(event["order"])
    event["sig"] = sign_object(trustee_sign_seed(seed(signer)), ORDER_TAG, event["order"])


def list_changed_after_the_order(made):
    made.event("draw-spec")["order"]["spec"]["strata"][0]["leaves"].pop()


def ordered_by_the_agency(made):
    order_changed(made, lambda order: None, "agency")


def ordered_for_another_panel(made):
    order_changed(made, lambda order: order.update(panel="00" * 32))


def ordered_with_one_party(made):
    order_changed(made, lambda order: order["parties"].__delitem__(slice(1, None)))


def ordered_with_a_stranger(made):
    order_changed(made, lambda order: order["parties"].append("zhang"))


def listed_out_of_order(made):
    order_changed(made, lambda order: order["spec"]["strata"][0]["leaves"].reverse())


def a_further_draw_without_a_reason(made):
    order_changed(made, lambda order: order.update(after="D-0"))


def ordered_twice(made):
    insert(made, made.find("draw-deal"), made.event("draw-spec"))


def deal_signed_by_another(made):
    event = made.event("draw-deal")
    event["sig"] = sign_object(trustee_sign_seed(seed("notary")), DEAL_TAG, event["deal"])


def deal_of_another_key(made):
    """The agency deals in its seat's name with a key that is not the seat's."""
    event = made.event("draw-deal", 1)
    event["deal"]["sign_pub"] = made.event("draw-deal", 2)["deal"]["sign_pub"]
    event["sig"] = sign_object(trustee_sign_seed(seed("supervisor")), DEAL_TAG, event["deal"])


def dealing_copied(made):
    """The agency deals what the administrator dealt, to know what it will be."""
    event = made.event("draw-deal", 1)
    event["deal"]["dealing"] = made.event("draw-deal", 0)["deal"]["dealing"]
    event["sig"] = sign_object(trustee_sign_seed(seed("agency")), DEAL_TAG, event["deal"])


def dealt_twice(made):
    insert(made, made.find("draw-closed"), made.event("draw-deal"))


def dealt_after_the_closing(made):
    insert(made, made.find("draw-closed") + 1, made.event("draw-deal"))


def closed_without_a_party(made):
    made.event("draw-closed")["parties"].pop()


def closed_for_another_list(made):
    made.event("draw-closed")["spec"] = "00" * 32


def closed_before_everybody_of_the_order_dealt(made):
    del made.events[made.find("draw-deal", 2)]
    made.event("draw-closed")["parties"].remove("supervisor")
    made.marks = {min(size, len(made.events)): at for size, at in made.marks.items()}


def closing_unseen(made):
    del made.marks[made.find("draw-closed") + 1]


def revealed_before_the_closing(made):
    insert(made, made.find("draw-closed"), made.event("draw-reveal"))


def value_that_was_not_dealt(made):
    made.event("draw-reveal")["a0"] = "01" + "00" * 31


def value_of_zero(made):
    made.event("draw-reveal")["a0"] = "00" * 32


def value_beyond_the_order(made):
    made.event("draw-reveal")["a0"] = "ff" * 32


def share_altered(made):
    shares = made.event("draw-reveal", 2)["shares"]
    shares[0]["z"] = shares[1]["z"]


def share_given_twice(made):
    shares = made.event("draw-reveal", 2)["shares"]
    shares[1] = shares[0]


def share_too_few(made):
    made.event("draw-reveal", 2)["shares"].pop()


def revealed_twice(made):
    insert(made, made.find("draw-reveal", 1), made.event("draw-reveal"))


def somebody_else_called(made):
    made.event("draw-call", 1)["h"] = "00" * 32


def called_out_of_turn(made):
    first, second = made.event("draw-call"), made.event("draw-call", 1)
    first["h"], second["h"] = second["h"], first["h"]


def reserve_called_while_nobody_declined(made):
    made.event("draw-call").update(answer="accept", reason=None, record=None)


def declined_without_a_record(made):
    made.event("draw-call")["record"] = None


def accepted_for_a_reason(made):
    made.event("draw-call", 1)["reason"] = "相识"


def skipped_who_may_serve(made):
    made.event("draw-call", 2)["answer"] = "skip"


def called_in_another_specialty(made):
    made.event("draw-call")["stratum"] = "bridges"


def called_before_the_seed(made):
    insert(made, made.find("draw-reveal", 2), made.event("draw-call"))


def called_in_no_draw(made):
    made.event("draw-call")["draw"] = "D-2"


def other_person(made):
    names(made, lambda value: value["experts"][0]["expert"].update(name="another"))


def somebody_twice(made):
    names(made, lambda value: value["experts"][0].update(value["experts"][1]))


def no_list_of_names(made):
    names(made, lambda value: value.update(experts={}))


def somebody_named_who_was_never_called(made):
    called = {row["h"] for row in loads(made.names)["experts"]}
    made.names = made.names_json([next(h for h in made.people if h not in called)])


def somebody_called_left_out(made):
    names(made, lambda value: value["experts"].pop())


_OF_DRAWS = [
    list_changed_after_the_order,
    ordered_by_the_agency,
    ordered_for_another_panel,
    ordered_with_one_party,
    ordered_with_a_stranger,
    listed_out_of_order,
    a_further_draw_without_a_reason,
    ordered_twice,
    deal_signed_by_another,
    deal_of_another_key,
    dealing_copied,
    dealt_twice,
    dealt_after_the_closing,
    closed_without_a_party,
    closed_for_another_list,
    closed_before_everybody_of_the_order_dealt,
    revealed_before_the_closing,
    value_that_was_not_dealt,
    value_of_zero,
    value_beyond_the_order,
    share_altered,
    share_given_twice,
    share_too_few,
    revealed_twice,
    somebody_else_called,
    called_out_of_turn,
    reserve_called_while_nobody_declined,
    declined_without_a_record,
    accepted_for_a_reason,
    skipped_who_may_serve,
    called_in_another_specialty,
    called_before_the_seed,
    called_in_no_draw,
]
#: Every forgery by the code of the check it falls by.
TAMPERINGS = dict.fromkeys(_OF_DRAWS, "draw.event") | {
    closing_unseen: "draw.witness",
    other_person: "names.other",
    somebody_twice: "names.form",
    no_list_of_names: "names.form",
    somebody_named_who_was_never_called: "names.uncalled",
    somebody_called_left_out: "names.missing",
}


# What a draw leaves open -----------------------------------------------------------------------------------------------


def test_a_draw_whose_names_are_not_out_yet_is_told_of(judge):
    """Its project may have another draw that let its names out."""
    made = story()
    names(made, lambda value: value["experts"].clear())
    report = judge(made.zip())
    assert report.accepted
    assert "names.waiting" in noted(report)


def test_a_draw_whose_calls_go_on_is_told_of(judge):
    made = story()
    place = made.find("draw-call", 2)
    del made.events[place]
    made.marks = {size - (size > place): at for size, at in made.marks.items()}
    made.names = None
    report = judge(made.zip())
    assert report.accepted
    assert noted(report)[-1] == "draw.unfinished"


def drawn(spec):
    """A record that ends with a draw of another specification."""
    made = deepcopy(_bare())
    own = made.draw_spec()
    made.draw(spec=spec(own))
    made.mark(made.closes + 80_000)
    return made


def test_a_pool_that_proved_too_small_is_told_of(judge):
    def demanding(spec):
        spec["strata"][0]["need"] = 6
        return spec

    report = judge(drawn(demanding).zip())
    assert report.accepted, report.refusals
    assert noted(report)[-1] == "draw.small"


def test_calls_in_many_specialties_skip_exactly_whom_the_rules_pass_over(judge):
    """The same people and few units in every stratum: most reserves are drawn elsewhere or over the cap by their turn."""
    numbers = itertools.chain.from_iterable(seed(f"choice {n}") for n in itertools.count())

    def chosen(among):
        return among[next(numbers) % len(among)]

    def crowded(_spec):
        leaves = [
            {"h": seed(f"person {n}").hex(), "excl": None, "unit": f"u-{n % 9}" if n % 4 else None}
            for n in range(40)
        ]
        leaves.sort(key=lambda leaf: leaf["h"])
        strata = [{"id": f"s-{n}", "need": 3, "backups": 12, "leaves": leaves} for n in range(4)]
        return {"v": 1, "id": "D-1", "max_per_unit": 2, "strata": strata}

    made = drawn(crowded)
    spec = made.event("draw-spec")["order"]["spec"]
    calling = CallOut(spec, draw(draw_seed(spec_hash(spec), made.values), spec))
    when = made.closes + 2_000
    while turns := [turn for stratum in spec["strata"] if (turn := calling.next(stratum["id"]))]:
        turn = chosen(turns)
        answer = Answer.SKIP if turn.skip else chosen([Answer.ACCEPT, Answer.DECLINE, Answer.NO_ANSWER])
        given = (turn.stratum, turn.h, answer)
        if (standing := calling.standing()) and chosen(range(5)) == 0:
            stratum, h = chosen(standing)
            if calling.answer_of(stratum, h) is Answer.ACCEPT:
                given = (stratum, h, Answer.RECUSED)
        stratum, h, answer = given
        more = {"reason": "回避", "record": seed("call").hex()} if answer in GONE else {}
        calling.record(stratum, h, answer, reason=more.get("reason"), record=more.get("record"))
        made.call(h, answer.value, when, stratum=stratum, **more)
        when += 10
    made.mark(made.closes + 90_000)
    skips = [event for _, event in made.events if event.get("answer") == "skip"]
    assert skips
    report = judge(made.zip())
    assert report.accepted, report.refusals
    skips[-1]["answer"] = "accept"
    assert refused(judge(made.zip())) == ["draw.event"]


def test_an_award_before_the_opening_is_refused(judge):
    made = whole("draws")
    salted = made.events.pop(made.find("award"))
    made.marks = {size: at for size, at in made.marks.items() if size <= len(made.events)}
    place = made.find("opened")
    made.events.insert(place, salted)
    made.marks = {size + (size > place): at for size, at in made.marks.items()}
    made.mark(made.closes + 90_030)
    assert "award.early" in refused(judge(made.zip()))
