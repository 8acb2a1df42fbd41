"""The rulebook that comes with the product, and the figures a centre sets itself: one person drafts, another confirms.

A figure moves deadlines and caps, so a change is written into the centre's log, holds from a later day on, and what
held before stays: nobody can say afterwards that the period was another. A published project keeps the figures of its
day (``Project.rules_on``).
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from bidding.core.entropy import new_uid
from bidding.core.errors import N_, DomainError, Invalid, NotFound, SamePerson
from bidding.db.uow import Tx
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.keys import LogKeys
from bidding.tenders import queries
from bidding.tenders.models import RuleChange, RuleRow
from bidding.tenders.rulebook import ShippedRule, shipped_rules
from bidding.tenders.rules import AT, ENTRY, LIMIT, LOCAL, PROMISE, parted

#: Kind of the note in the centre's log.
RULE_NOTE = "rule-set"
_VALIDITIES = select(RuleRow.code, RuleRow.valid_from, RuleRow.valid_to)
_DIVISION = re.compile(r"[0-9]{6}")


class NotLocal(DomainError):
    """A figure of the law, which no centre sets."""

    code = "tenders.not_local"
    text = N_("这是法律、法规或规章规定的数值，不能在这里修改。能修改的只有“本中心设定”的数值。")
    status = 403


class BadValue(DomainError):
    """A figure that cannot be one."""

    code = "tenders.bad_value"
    text = N_("数值要是大于零、不超过 %(most)s 的整数。")
    status = 422


class NotRetroactive(DomainError):
    """A change of the rules for days that have begun."""

    code = "tenders.not_retroactive"
    text = N_("新数值最早从明天（%(earliest)s）起生效：今天已经按现在的数值办理。请改生效日期。")
    status = 422


class PromiseBeyondLaw(DomainError):
    """A promise longer than the limit it stands beside."""

    code = "tenders.promise_beyond_law"
    text = N_("承诺时限不能超过法定时限：生效那天法定 %(limit)s、承诺 %(promise)s。请先改另一个数值。")
    status = 422


class NotRegional(DomainError):
    """A figure that is the same everywhere."""

    code = "tenders.not_regional"
    text = N_(
        "这个数值全国统一，不能按地区另设。能按地区另设的是政府采购的限额标准和公开招标数额标准（政府采购法第7条、第27条）。"
    )
    status = 403


class ChangeWaiting(DomainError):
    """Somebody else's change of the same figure has not been confirmed yet."""

    code = "tenders.change_waiting"
    text = N_("这个数值已有一份改动等待复核。请先复核或者撤销它，再提出新的改动。")


class ChangedMeanwhile(DomainError):
    """What is being confirmed is not what the confirmer read."""

    code = "tenders.rule_changed_meanwhile"
    text = N_("您打开页面以后，这份改动被改过。请重新核对再确认。")


def load_rulebook(tx: Tx) -> int:
    """Enter the product's figures that are not there yet; how many were new. Doing it again changes nothing.

    A newer row of the same figure ends the validity of the older the day before it begins.
    """
    held = {(row.code, row.valid_from): row.valid_to for row in tx.session.execute(_VALIDITIES)}
    new = {(each.figure.code, each.validity.first): each for each in shipped_rules()}
    new = {key: each for key, each in new.items() if key not in held}
    if new:
        tx.session.execute(insert(RuleRow), [_columns(each) for each in new.values()])
    open_since = defaultdict(list)
    for (code, first), last in (held | {key: each.validity.last for key, each in new.items()}).items():
        if last is None:
            open_since[code].append(first)
    for code, first in new:
        if min(open_since[code], default=first) < first:
            _end_older(tx, code, first)
    return len(new)


def _end_older(tx: Tx, code: str, first: date) -> None:
    older = update(RuleRow).where(
        RuleRow.code == code, RuleRow.valid_from < first, RuleRow.valid_to.is_(None)
    )
    tx.session.execute(older.values(valid_to=first - timedelta(days=1)))


@dataclass(frozen=True, slots=True)
class Region:
    """Where a figure holds, and the text that sets it there: six digits of GB/T 2260, its name, law and article."""

    division: str
    name: str
    law: str
    article: str = ""


def propose_rule(
    tx: Tx, code: str, value: int, valid_from: date, *, region: Region | None = None
) -> RuleChange:
    """Draft a new value of a figure of the centre's own, from a day on; nothing changes before another confirms.

    With a ``region`` it is the value there, the first one or a further one; ``code`` may name the region already.
    Whoever drafted it may draft it anew. Raises ``NotLocal``, ``NotRegional``, ``BadValue``, ``NotRetroactive``,
    ``PromiseBeyondLaw``, ``ChangeWaiting``, ``Invalid``, ``NotFound``.
    """
    if tx.actor.account_id is None:
        raise NotFound
    said = {"region": "", "law": "", "article": ""}
    if region is not None:
        code, said = _regional(code, region)
    elif parted(code)[1]:
        raise NotFound  # what holds in a region names the text that sets it
    _check(tx, code, value, valid_from)
    change = queries.open_change(tx.session, code)
    if change is not None and change.drafted_by_id != tx.actor.account_id:
        raise ChangeWaiting
    if change is None:
        change = RuleChange(
            uid=new_uid(tx.entropy),
            code=code,
            value=value,
            valid_from=valid_from,
            drafted_at=tx.now,
            drafted_by_id=tx.actor.account_id,
            **said,
        )
        try:
            with tx.session.begin_nested():
                tx.session.add(change)
        except IntegrityError as error:  # two administrators at once: the other one's waits now
            raise ChangeWaiting from error
        return change
    change.value, change.valid_from, change.drafted_at = value, valid_from, tx.now
    change.region, change.law, change.article = said["region"], said["law"], said["article"]
    tx.session.flush()
    return change


def _regional(code: str, region: Region) -> tuple[str, dict[str, str]]:
    """The code of a threshold in one region, and what is written of it."""
    if not _DIVISION.fullmatch(region.division):
        raise Invalid(field="division", reason=N_("行政区划代码是 6 位数字（GB/T 2260），例如 510500。"))
    if not region.name.strip():
        raise Invalid(field="region", reason=N_("请填写地区的名称。"))
    if not region.law.strip():
        raise Invalid(field="law", reason=N_("请填写依据的文件，例如省级政府公布集中采购目录及标准的文号。"))
    said = {"region": region.name.strip(), "law": region.law.strip(), "article": region.article.strip()}
    return f"{parted(code)[0]}{AT}{region.division}", said


def confirm_rule(tx: Tx, code: str, *, value: int, valid_from: date, keys: LogKeys) -> RuleRow:
    """The second person's act: the figure changes from the drafted day on, and the centre's log says so.

    ``value`` and ``valid_from`` are what the confirmer read; text and region of a regional one stand in the change. Raises ``SamePerson``, ``ChangedMeanwhile``, what
    ``propose_rule`` refuses, and ``NotFound`` where nothing waits.
    """
    change = queries.open_change(tx.session, code)
    if change is None or tx.actor.account_id is None:
        raise NotFound
    if change.drafted_by_id == tx.actor.account_id:
        raise SamePerson
    if (change.value, change.valid_from) != (value, valid_from):
        raise ChangedMeanwhile
    latest = _check(tx, code, value, valid_from)
    if latest.code == code and valid_from == latest.valid_from:  # not begun yet: it is simply corrected
        row = latest
    else:
        if latest.code == code:
            latest.valid_to = valid_from - timedelta(days=1)
        row = RuleRow(
            code=code,
            unit=latest.unit,
            law=latest.law,
            article=latest.article,
            mark=LOCAL,
            valid_from=valid_from,
        )
        tx.session.add(row)
    row.value, row.region = value, change.region
    if change.region:
        row.law, row.article = change.law, change.article
    row.entered_at, row.entered_by_id = change.drafted_at, change.drafted_by_id
    row.confirmed_at, row.confirmed_by_id = tx.now, tx.actor.account_id
    change.confirmed_at, change.confirmed_by_id = tx.now, tx.actor.account_id
    tx.session.flush()  # whoever confirms at the same moment loses here, before anything is logged
    data = {"code": code, "value": value, "valid_from": valid_from.isoformat()}
    if change.region:
        data |= {"region": change.region, "law": change.law, "article": change.article}
    ledger.record(tx, ledger.centre_log(tx, keys), EventType.NOTE, kind=RULE_NOTE, data=data)
    tx.session.flush()
    return row


def drop_rule(tx: Tx, code: str) -> None:
    """Give up a change that nobody has confirmed; any administrator may. Raises ``NotFound``."""
    change = queries.open_change(tx.session, code)
    if change is None:
        raise NotFound
    tx.session.delete(change)
    tx.session.flush()


def _check(tx: Tx, code: str, value: int, valid_from: date) -> RuleRow:
    """The newest row of a figure that may take this value from that day on.

    Of a region that has none yet, that of the figure which holds everywhere.
    """
    base, area = parted(code)
    history = queries.rule_history(tx.session, code) or queries.rule_history(tx.session, base)
    if not history:
        raise NotFound
    latest = history[0]
    if area and (latest.mark != LOCAL or base.split(".")[1] != ENTRY):
        raise NotRegional
    if latest.mark != LOCAL:
        raise NotLocal
    most = 10**15 if latest.unit == "fen" else 3650
    if not 0 < value <= most:
        raise BadValue(field="value", most=most)
    tomorrow = queries.local_day(tx.now) + timedelta(days=1)
    earliest = max(tomorrow, latest.valid_from) if latest.code == code else tomorrow
    if valid_from < earliest:
        raise NotRetroactive(field="valid_from", earliest=earliest.isoformat())
    _check_pair(tx, code, value, valid_from)
    return latest


def _check_pair(tx: Tx, code: str, value: int, on: date) -> None:
    """Keep a promised limit of the window within the statutory one beside it."""
    for suffix, other in ((PROMISE, LIMIT), (LIMIT, PROMISE)):
        name = code.removesuffix(suffix)
        if name == code:
            continue
        beside = queries.rule(tx.session, name + other, on).value
        promise, limit = (value, beside) if suffix == PROMISE else (beside, value)
        if promise > limit:
            raise PromiseBeyondLaw(field="value", limit=limit, promise=promise)


def _columns(shipped: ShippedRule) -> dict[str, Any]:
    figure, validity = shipped.figure, shipped.validity
    return {
        "code": figure.code,
        "value": figure.value,
        "unit": figure.unit,
        "law": figure.law,
        "article": figure.article,
        "mark": figure.mark,
        "region": "",
        "valid_from": validity.first,
        "valid_to": validity.last,
    }
