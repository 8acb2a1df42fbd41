"""Finding versions and acceptances. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from bidding.conduct import rules
from bidding.conduct.models import Acceptance, ConductText
from bidding.conduct.rules import Rule, Text
from bidding.conduct.shipped import shipped
from bidding.core.actor import Actor
from bidding.core.clock import SHANGHAI
from bidding.core.errors import NotFound


def local_day(instant: datetime) -> date:
    """The day in Shanghai, from which a version is in force."""
    return instant.astimezone(SHANGHAI).date()


def versions(session: Session, rule: Rule) -> list[Text]:
    """Every published version of a rule in order, those whose day has not come included."""
    rows = session.scalars(_published().where(ConductText.rule == rule))
    return [shipped(rule), *(_text(row) for row in rows)]


def rule_of(code: str) -> Rule:
    """The rule of an address. Raises ``NotFound``."""
    try:
        return Rule(code)
    except ValueError:
        raise NotFound from None


def version(session: Session, rule: Rule, n: int) -> Text:
    """One published version. Raises ``NotFound``."""
    for text in versions(session, rule):
        if text.n == n:
            return text
    raise NotFound


def in_force(session: Session, wanted: Sequence[Rule], now: datetime) -> list[Text]:
    """The versions of these rules that hold now."""
    found: dict[Rule, list[Text]] = {rule: [shipped(rule)] for rule in wanted}
    for row in session.scalars(_published().where(ConductText.rule.in_(wanted))):
        found[row.rule].append(_text(row))
    return [rules.in_force(known, local_day(now)) for known in found.values()]


def outstanding(session: Session, actor: Actor, wanted: Sequence[Rule], now: datetime) -> list[Text]:
    """Those of the versions in force that the actor has not accepted yet: to be shown, and asked for once."""
    if actor.account_id is None or not wanted:
        return []
    known = {
        (row.rule, row.n)
        for row in session.execute(
            select(Acceptance.rule, Acceptance.n).where(
                Acceptance.account_id == actor.account_id, Acceptance.rule.in_(wanted)
            )
        )
    }
    return [text for text in in_force(session, wanted, now) if (text.rule, text.n) not in known]


def outstanding_of_roles(session: Session, actor: Actor, now: datetime) -> list[Text]:
    """What the actor's roles are asked for, whatever they are about to do."""
    return outstanding(session, actor, rules.of_roles(actor.roles), now)


def draft_of(session: Session, rule: Rule) -> ConductText | None:
    """The version of a rule that waits for its second person."""
    return session.scalar(_drafts().where(ConductText.rule == rule))


def drafts(session: Session) -> Sequence[ConductText]:
    """Every version that waits for its second person."""
    return session.scalars(_drafts().order_by(ConductText.drafted_at)).all()


def own(session: Session, actor: Actor) -> Sequence[Acceptance]:
    """What the actor accepted, the newest first."""
    mine = select(Acceptance).where(Acceptance.account_id == actor.account_id)
    return session.scalars(mine.order_by(Acceptance.accepted_at.desc(), Acceptance.id.desc())).all()


def acceptances(rule: Rule | None, quiet_since: datetime, *, of_tenderers: bool) -> Select[Acceptance]:
    """What tenderers accepted, or everybody else did, the newest first; to be paged.

    A tenderer's acceptance since ``quiet_since``, the publication of the oldest tender that has not closed for good,
    is left out: who gets ready just before a deadline must not be seen doing so (docs/adr/0040). It is not read
    either, for the index ends before it.
    """
    found = (
        select(Acceptance)
        .where(Acceptance.of_tenderer == of_tenderers)
        .options(joinedload(Acceptance.account))
        .order_by(Acceptance.accepted_at.desc(), Acceptance.id.desc())
    )
    if of_tenderers:
        found = found.where(Acceptance.accepted_at < quiet_since)
    return found if rule is None else found.where(Acceptance.rule == rule)


def _published() -> Select[ConductText]:
    return select(ConductText).where(ConductText.published_at.is_not(None)).order_by(ConductText.n)


def _drafts() -> Select[ConductText]:
    return select(ConductText).where(ConductText.published_at.is_(None), ConductText.dropped_at.is_(None))


def _text(row: ConductText) -> Text:
    zh, en = rules.check_clauses(row.zh, row.en)
    return Text(row.rule, row.n or 0, zh, en, row.valid_from, row.sha256 or "")
