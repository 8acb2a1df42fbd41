"""The figures of fairness: right on known numbers, blind to nobody, and from public draws alone."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bidding.core.canonical import sha
from bidding.db import db
from bidding.experts import fairness, queries
from bidding.experts.calls import Answer
from bidding.experts.draw import rank
from bidding.experts.fairness import Trial, chi_square_p, poisson_95, shares, uniformity
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.models import Log
from tests.experts.playing import CONDITIONS
from tests.experts.test_proof import hand_in
from tests.people import sign_in

ALL = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("statistic", "degrees", "p"),
    [(16.919, 9, 0.05), (21.666, 9, 0.01), (3.841, 1, 0.05), (7.815, 3, 0.05), (0, 9, 1.0), (1000, 9, 0.0)],
)
def test_p_is_that_of_the_tables(statistic, degrees, p):
    assert chi_square_p(statistic, degrees) == pytest.approx(p, abs=1e-4)


@pytest.mark.parametrize(("mean", "interval"), [(0, (0, 0)), (1, (0, 3)), (10, (4, 17)), (1000, (938, 1062))])
def test_the_interval_of_a_count_is_that_of_the_tables(mean, interval):
    assert poisson_95(mean) == interval


def drawn(number, free=47, need=5):
    """Where the first of a ranking by the product's own stream had stood."""
    leaves = [f"{place:064x}" for place in range(free)]
    order = rank(sha(f"fair {number}"), "s", leaves)
    return Trial("s", free, tuple(int(h, 16) for h in order[:need]))


def test_fair_draws_pass_and_every_stretch_has_what_it_may_expect():
    found = uniformity(drawn(number) for number in range(400))
    assert found.drawn == sum(each.drawn for each in found.stretches) == 2000
    assert sum(each.expected for each in found.stretches) == pytest.approx(2000)
    assert found.p > 0.01
    assert sum(each.inside for each in found.stretches) >= 8


def test_draws_that_favour_the_head_of_the_list_are_found():
    trials = [Trial("s", 40, drawn(number, free=36).places) for number in range(200)]  # never the last four
    found = uniformity(trials)
    assert found.p < 0.001
    assert not found.stretches[-1].inside


def test_p_is_as_often_small_as_it_should_be():
    """Over 300 series of fair draws: below 0.1 in some thirty, whatever the lists' lengths; 95 % interval of that: 20 to 41."""
    small = 0
    for series in range(300):
        trials = [drawn(1000 * series + n, free=13 + n % 30, need=3) for n in range(60)]
        small += uniformity(trials).p < 0.1
    assert 20 <= small <= 41


def test_lists_too_short_to_cut_are_left_out_and_too_few_draws_say_nothing():
    found = uniformity([Trial("s", 9, (1, 2)), drawn(1)])
    assert (found.trials, found.left_out, found.p) == (1, 1, None)
    nothing = uniformity([])
    assert (nothing.drawn, nothing.p) == (0, None)
    assert fairness.picture(nothing).bars[0].height == 0


def test_a_unit_that_is_called_too_often_stands_first():
    pool = {"a": {"甲": 10, "乙": 80, "丙": 10}}
    rows = shares([("a", "甲")] * 12 + [("a", "乙")] * 20, {"a": 32}, pool)
    assert [(row.name, row.where) for row in rows] == [("甲", 1), ("乙", 0), ("丙", 0)]
    assert rows[0].expected == pytest.approx(3.2)
    assert shares([("a", "丁")], {"a": 1}, {}) == [fairness.Share("丁", 1, 0.0, 0, 0)]


# From the product's own draws ------------------------------------------------------------------------------------------


def test_the_places_are_those_of_the_log_and_only_of_public_draws(play, tmp_path, client):
    regional = replace(CONDITIONS.places[0], region="明川县")  # counted where its specialty is
    conditions = replace(CONDITIONS, places=(regional, *CONDITIONS.places[1:]))
    play.to_closed(conditions=conditions).reveal("reform", "sun").reveal("renewal", "zhou")
    for trustee in ("reform", "finance", "notary"):
        play.share("centre", trustee)  # one party is opened by trustees: the same way to the seed
    session = db.session()
    assert queries.trials(session, ALL, public=lambda _: True) == []  # bids are not open yet
    hand_in(play, tmp_path)
    play.close_tender()
    play.tender.open(["finance", "reform", "notary"])
    session = db.session()
    assert queries.trials(session, ALL, public=lambda _: False) == []
    found = queries.trials(session, ALL, public=lambda _: True)
    record = play.record
    for trial, result, stratum in zip(found, record.results, record.spec["strata"], strict=True):
        free = [leaf["h"] for leaf in stratum["leaves"] if leaf["excl"] is None]
        assert trial.code == result.id.partition(".")[0]
        assert [free[place] for place in trial.places] == list(result.rank[: stratum["need"]])
    assert record.results[0].id == regional.id != regional.specialty
    year = play.draw.drawn_at.year
    assert "专家抽取是否公平" in client.get(f"/draws/fairness?year={year}").get_data(as_text=True)
    rows = list(
        csv.reader(io.StringIO(client.get(f"/draws/fairness.csv?year={year}").get_data(as_text=True)))
    )
    assert [row[0] for row in rows[1:4]] == ["A0801", "A0802", "A0901"]
    assert client.get("/draws/fairness?year=12").status_code == 404
    assert "还没有可以统计的抽取" in client.get("/draws/fairness?year=2001").get_data(as_text=True)


def test_units_and_regions_are_the_administrators_and_only_of_published_draws(play, app):
    play.to_drawn()
    play.call("A0801", Answer.DECLINE)
    play.call_everybody()
    wang, page = sign_in(app, "wang"), "/draws/fairness/pool"
    assert "还没有名单" in wang.get(page).get_data(as_text=True)
    play.centre.clock.set(play.draw.evaluation_at)
    play.release()
    assert "还没有名单" in sign_in(app, "wang").get(page).get_data(
        as_text=True
    )  # who declined is still sealed
    with play.centre.act("zhou") as tx:
        log = tx.session.get_one(Log, queries.draw_for(tx.session, tx.actor, play.uid).project.log_id)
        ledger.record(tx, log, EventType.AWARD, lot="1", sha256="0" * 64)
    keyed = (
        "data-names-key"  # a reserve nobody called is sealed for good: that is nothing to unlock a key for
    )
    assert keyed in sign_in(app, "wang").get(f"/draws/{play.uid}").text
    play.publish()
    assert keyed not in sign_in(app, "wang").get(f"/draws/{play.uid}").text
    wang = sign_in(app, "wang")
    shown = wang.get(f"{page}?year={play.draw.drawn_at.year}").get_data(as_text=True)
    assert "设计院" in shown
    assert "明川县" in shown
    assert "专家0" not in shown  # units and regions, never names
    rows = queries.called_by(db.session(), ALL, "region")
    called = len(play.record.calling.called())
    assert [(row.name, row.called) for row in rows] == [("明川县", called)]
    assert rows[0].expected == pytest.approx(called)
    for who in ("zhou", "sun", "t1"):
        assert sign_in(app, who).get(page).status_code == 403
