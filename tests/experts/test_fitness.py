"""Who may stand on a list, on the very day and on the day before; and the database says the same as the rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import delete, insert, select

from bidding.db import db
from bidding.experts import queries
from bidding.experts.fitness import (
    Act,
    ActKind,
    Bar,
    Criteria,
    Finding,
    Level,
    Member,
    Pool,
    barred,
    before,
    criteria,
    fits,
    full_years,
)
from bidding.experts.models import Expert, ExpertAct
from bidding.identity.models import Account
from bidding.tenders.kinds import Family
from tests.tenders.figures import FIGURES

DAY, LAST = date(2026, 11, 30), date(2026, 12, 7)
BOTH = frozenset(Pool)
GOOD = Member(
    active=True, level=Level.SENIOR, field_since=date(2010, 1, 1), born_on=date(1970, 1, 1), pools=BOTH
)
SUSPENDED, FOUND = ActKind.SUSPENSION, ActKind.FINDING


def asked(family) -> Criteria:
    prefix = f"{family.value}.experts."
    figures = {code.removeprefix(prefix): one for code, one in FIGURES.items() if code.startswith(prefix)}
    return criteria(family, figures, DAY, LAST)


WORKS, PROCUREMENT, LOCAL = (asked(family) for family in (Family.WORKS, Family.PROCUREMENT, Family.LOCAL))
#: What stands against a member for works, for procurement, and where no law asks.
CASES = [
    (GOOD, (), (), ()),
    (replace(GOOD, active=False), (Bar.RETIRED,), (Bar.RETIRED,), (Bar.RETIRED,)),
    (replace(GOOD, pools=frozenset({Pool.WORKS})), (), (Bar.NOT_ENTERED,), ()),
    (replace(GOOD, pools=frozenset({Pool.PROCUREMENT})), (Bar.NOT_ENTERED,), (), ()),
    # eight years on the day of the draw, not a day less (招标投标法 37); a senior title needs none for procurement (198号 6)
    (replace(GOOD, field_since=date(2018, 11, 30)), (), (), ()),
    (replace(GOOD, field_since=date(2018, 12, 1)), (Bar.YEARS,), (), ()),
    (replace(GOOD, field_since=None), (Bar.NO_YEARS,), (), ()),
    (replace(GOOD, level=Level.MIDDLE), (Bar.LEVEL,), (), ()),
    (replace(GOOD, level=Level.MIDDLE, field_since=date(2018, 11, 30)), (Bar.LEVEL,), (), ()),
    (replace(GOOD, level=Level.MIDDLE, field_since=date(2018, 12, 1)), (Bar.LEVEL,), (Bar.YEARS,), ()),
    (replace(GOOD, level=Level.MIDDLE, field_since=None), (Bar.LEVEL,), (Bar.NO_YEARS,), ()),
    (replace(GOOD, level=None), (Bar.LEVEL,), (Bar.LEVEL,), ()),
    # under seventy on the day of the evaluation
    (replace(GOOD, born_on=date(1956, 12, 8)), (), (), ()),
    (replace(GOOD, born_on=date(1956, 12, 7)), (), (Bar.AGE,), ()),
    (replace(GOOD, born_on=None), (), (Bar.NO_BIRTH,), ()),
    (replace(GOOD, valid_until=LAST), (), (), ()),
    (replace(GOOD, valid_until=date(2026, 12, 6)), *[(Bar.EXPIRED,)] * 3),
    (replace(GOOD, acts=(Act(SUSPENDED, LAST),)), *[(Bar.SUSPENDED,)] * 3),
    (replace(GOOD, acts=(Act(SUSPENDED, date(2026, 12, 8)),)), (), (), ()),
    (replace(GOOD, acts=(Act(SUSPENDED, date(2026, 1, 1), DAY),)), *[(Bar.SUSPENDED,)] * 3),
    (replace(GOOD, acts=(Act(SUSPENDED, date(2026, 1, 1), date(2026, 11, 29)),)), (), (), ()),
    (replace(GOOD, acts=(Act(SUSPENDED, date(2026, 1, 1), None, DAY),)), (), (), ()),
    (replace(GOOD, acts=(Act(SUSPENDED, date(2026, 1, 1), None, date(2026, 12, 1)),)), *[(Bar.SUSPENDED,)] * 3),
    # three years without a bad record (198号 6)
    (replace(GOOD, acts=(Act(FOUND, date(2023, 11, 30), finding=Finding.LEAK),)), (), (), ()),
    (replace(GOOD, acts=(Act(FOUND, date(2023, 12, 1), finding=Finding.LEAK),)), (), (Bar.FOUND,), ()),
    (replace(GOOD, acts=(Act(FOUND, date(2023, 12, 1), None, DAY, Finding.LEAK),)), (), (), ()),
    # punished for acts in tendering: for works there is no end to it (12号令 12)
    (replace(GOOD, acts=(Act(FOUND, date(2001, 1, 1), finding=Finding.PUNISHED),)), (Bar.PUNISHED,), (), ()),
]  # fmt: skip


@pytest.mark.parametrize(("member", "works", "procurement", "local"), CASES)
def test_who_may_be_drawn_on_the_very_day_and_who_not(member, works, procurement, local):
    for criteria_, expected in ((WORKS, works), (PROCUREMENT, procurement), (LOCAL, local)):
        found = barred(member, criteria_)
        assert tuple(one.bar for one in found) == expected
        assert fits(member, criteria_) == (not expected)


def test_the_page_can_say_until_when_and_by_which_article():
    (years,) = barred(replace(GOOD, field_since=date(2018, 12, 1)), WORKS)
    assert years.until == LAST.replace(month=11, day=30)
    assert "招标投标法" in years.source
    (found,) = barred(
        replace(GOOD, acts=(Act(FOUND, date(2023, 12, 1), finding=Finding.BRIBE),)), PROCUREMENT
    )
    assert (found.until, "198号" in found.source) == (DAY, True)


def test_a_figure_that_only_warns_keeps_nobody_off_the_list():
    soft = replace(WORKS, years=replace(WORKS.years, mark="likely"))
    member = replace(GOOD, field_since=date(2026, 1, 1))
    (remark,) = barred(member, soft)
    assert (remark.bar, remark.blocks, fits(member, soft)) == (Bar.YEARS, False, True)


@pytest.mark.parametrize(
    ("day", "years", "expected"),
    [
        (date(2028, 2, 29), 70, date(1958, 2, 28)),
        (date(2028, 2, 29), 4, date(2024, 2, 29)),
        (date(2026, 3, 1), 70, date(1956, 3, 1)),
    ],
)
def test_the_same_day_years_before(day, years, expected):
    assert before(day, years) == expected


def test_years_are_full_on_the_day_itself():
    assert full_years(date(2018, 11, 30), date(2026, 11, 29)) == 7
    assert full_years(date(2018, 11, 30), date(2026, 11, 30)) == 8


def test_the_database_says_the_same_as_the_rule(play):
    session = db.session()
    one, two = session.scalars(select(Account.id).order_by(Account.id).limit(2)).all()
    now = datetime(2026, 11, 1, tzinfo=UTC)
    session.execute(delete(Expert.metadata.tables["expert_specialty"]))
    session.execute(delete(Expert))
    for number, (member, *_) in enumerate(CASES, 1):
        session.add(
            Expert(
                id=number, uid=f"e{number}", name="某", unit="某院", phone=f"1380000{number:04d}", active=member.active,
                level=member.level, field_since=member.field_since, born_on=member.born_on,
                for_works=Pool.WORKS in member.pools, for_procurement=Pool.PROCUREMENT in member.pools,
                valid_until=member.valid_until, added_at=now,
            )
        )  # fmt: skip
        session.flush()
        for place, act in enumerate(member.acts):
            session.execute(
                insert(ExpertAct).values(
                    uid=f"a{number}-{place}", expert_id=number, kind=act.kind, finding=act.finding, from_on=act.from_on,
                    until_on=act.until_on, ended_on=act.ended_on, reason="某", proposed_at=now, proposed_by_id=one,
                    decided_at=now, decided_by_id=two, confirmed=True,
                )
            )  # fmt: skip
    for family in (Family.WORKS, Family.PROCUREMENT, Family.LOCAL):
        criteria_ = queries.criteria_of(session, family, DAY, LAST)
        listed = set(session.scalars(select(Expert.id).where(queries.fit(criteria_))))
        by_rule = {number for number, (member, *_) in enumerate(CASES, 1) if fits(member, criteria_)}
        assert listed == by_rule, family
        session.expire_all()
        people = session.scalars(select(Expert)).all()
        assert {one.id for one in people if fits(queries.member_of(one), criteria_)} == by_rule
    session.rollback()
