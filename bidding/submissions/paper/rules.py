"""What the window takes, and why it sends a bag away. Pure (财政部令第87号 33, 招标投标法实施条例 36)."""

from __future__ import annotations

from enum import Enum

from bidding.core.errors import N_, DomainError

MOST_COPIES = 20


class BagState(Enum):
    """What became of a bag that was taken in."""

    HELD = "held"
    BACK = "back"
    DOUBLE = "double"


class Sealing(Enum):
    """What the window sees of a bag; only ``WHOLE`` is taken."""

    WHOLE = "whole"
    OPEN = "open"
    TORN = "torn"
    UNSTAMPED = "unstamped"


SEALING_WORDS: dict[Sealing, str] = {
    Sealing.WHOLE: N_("密封完好，封口盖章齐全"),
    Sealing.OPEN: N_("没有密封"),
    Sealing.TORN: N_("封口破损或有拆封痕迹"),
    Sealing.UNSTAMPED: N_("封口没有按文件要求盖章"),
}


class NoPaper(DomainError):
    """The tender takes no bids on paper, or is not under way."""

    code = "paper.not_taken"
    text = N_("本项目不收纸质的。公告写明接受纸质的才能在窗口登记；请引导来人在网上递交。")


class UnknownTenderer(DomainError):
    """Nobody approved under that code."""

    code = "paper.unknown_tenderer"
    text = N_("没有统一社会信用代码为 %(uscc)s、已通过核验的单位。请先在窗口核验登记，再收袋。")
    status = 422


class BagHeld(DomainError):
    """The tenderer has a bag in this lot."""

    code = "paper.bag_held"
    text = N_("该单位已经有一袋登记。要更换的，请凭回执先取回原来那一袋，再登记新的。")


class LateBag(DomainError):
    """Came at or after the deadline: sent away with a slip."""

    code = "paper.late"
    text = N_("截止时间是 %(closes)s，这一袋登记时是 %(at)s，已经截止，依法拒收。")


class BadSeal(DomainError):
    """Not sealed as the documents ask: sent away with a slip."""

    code = "paper.seal"
    text = N_("密封不符合要求（%(sealing)s），依法拒收。截止前重新密封的，可以再来登记。")


class NotHeld(DomainError):
    """The bag was taken back before, or the deadline has come."""

    code = "paper.not_held"
    text = N_("这一袋已经取回，或者已经截止，不能再取回。")
