"""A crowded day is named with a better one; of drafts only the agency's own count."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bidding.core.workdays import OfficialCalendar
from bidding.tenders import queries, service
from bidding.tenders.models import Project
from bidding.tenders.rules import CrowdedDay, CrowdedMonth, check_crowd
from tests.tenders.drafting import CLOSES, LOT, WORKS

CALENDAR = OfficialCalendar()
FRIDAY, MONDAY = date(2026, 12, 18), date(2026, 12, 21)


@pytest.mark.parametrize(("count", "warned"), [(3, False), (4, True), (5, True)])
def test_a_day_is_crowded_from_the_centres_figure_on(count, warned):
    assert bool(check_crowd(FRIDAY, {FRIDAY: count}, 4, CALENDAR)) is warned


def test_the_better_day_is_the_next_working_one_that_is_not_full():
    [problem] = check_crowd(FRIDAY, {FRIDAY: 4, MONDAY: 4, MONDAY + timedelta(days=1): 3}, 4, CALENDAR)
    assert isinstance(problem.refusal, CrowdedDay)
    assert not problem.blocks
    assert problem.refusal.params["better"] == "2026-12-22"
    assert problem.refusal.params["fewer"] == 3


def test_where_every_day_is_full_none_is_called_better():
    full = Counter({FRIDAY + timedelta(days=step): 4 for step in range(40)})
    [problem] = check_crowd(FRIDAY, full, 4, CALENDAR)
    assert isinstance(problem.refusal, CrowdedMonth)


def crowd_seen(begin, cast, uid, login="zhou"):
    with begin(cast.actor(login)) as tx:
        project = queries.project_for(tx.session, tx.actor, uid)
        return [
            problem.refusal.params["count"]
            for problem in queries.review(tx.session, project, tx.now)
            if isinstance(problem.refusal, CrowdedDay)
        ]


def test_published_openings_and_own_drafts_count_and_anothers_drafts_do_not(
    begin, cast, rival, published, written, submitted
):
    published(replace(WORKS, title="已公告"))
    submitted(replace(WORKS, title="本单位待复核"))
    written(replace(WORKS, title="本单位起草中"))
    for title in ("别家一", "别家二", "别家三"):
        with begin(cast.actor("feng")) as tx:
            uid = service.create_project(tx, replace(WORKS, title=title), region="539921").uid
            service.add_lot(tx, uid, LOT)
            service.set_dates(tx, uid, closes_at=CLOSES)
    mine = written()
    assert crowd_seen(begin, cast, mine) == []  # three besides it
    written(replace(WORKS, title="本单位又一个"))
    assert crowd_seen(begin, cast, mine) == [4]
    assert crowd_seen(begin, cast, uid, "feng") == []  # the published one, and two drafts of its own


def test_a_crowded_day_is_no_obstacle(begin, cast, written):
    uids = [written(replace(WORKS, title=f"项目{number}")) for number in range(5)]
    with begin(cast.actor("zhou")) as tx:
        service.submit_for_review(tx, uids[-1])
        assert tx.session.query(Project).filter_by(uid=uids[-1]).one().stage.value == "submitted"
