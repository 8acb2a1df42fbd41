"""When a list that was taken into the pool may be taken out of it again. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from bidding.core.errors import N_, DomainError

#: So long a list can be taken back: whoever brought the wrong file finds out in days.
WITHIN = timedelta(days=7)


class ImportUnderWay(DomainError):
    """One list at a time goes in or out."""

    code = "pool.under_way"
    text = N_("另一份名单正在导入或撤回。请等它办完再试。")


class UndoTooLate(DomainError):
    """Days have passed."""

    code = "pool.undo_late"
    text = N_("导入已经超过 %(days)s 天，不能整份撤回。请再导入一份改正的名单。")


class UndoFrozen(DomainError):
    """A draw has frozen a list that may stand on it: whoever was drawn must stay who they are."""

    code = "pool.undo_frozen"
    text = N_("导入以后已经有抽取冻结了名单，不能整份撤回。请再导入一份改正的名单。")


class NotTheLast(DomainError):
    """What a later list made of somebody would be lost."""

    code = "pool.undo_order"
    text = N_("这份名单以后又导入过名单。请先撤回后面的，或者再导入一份改正的名单。")


class PeopleInUse(DomainError):
    """Something stands in the pool about people whom only this list brought."""

    code = "pool.undo_in_use"
    text = N_("名单里有 %(count)s 人已经有聘期、暂停、查看等记录，不能整份撤回。请再导入一份改正的名单。")


def check_undo(applied_at: datetime, now: datetime, *, frozen: bool, later: bool, in_use: int) -> None:
    """Refuse to take a list back that is too old, drawn from, followed by another, or spoken of."""
    if now >= applied_at + WITHIN:
        raise UndoTooLate(days=WITHIN.days)
    if frozen:
        raise UndoFrozen
    if later:
        raise NotTheLast
    if in_use:
        raise PeopleInUse(count=in_use)
