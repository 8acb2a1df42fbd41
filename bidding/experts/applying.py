"""Somebody's own application to the pool: how it stands, and what it must have. Pure.

Works: a personal application and the unit's recommendation (国家发展改革委令第26号). Government procurement: an application or a
recommendation (财库〔2016〕198号).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bidding.core.errors import N_, DomainError
from bidding.experts.fitness import Level


class State(StrEnum):
    """Where an application stands."""

    SUBMITTED = "submitted"
    RETURNED = "returned"
    PROPOSED = "proposed"  # one administrator would take it
    ACCEPTED = "accepted"
    REFUSED = "refused"


STATE_WORDS: dict[str, str] = {
    State.SUBMITTED: N_("等待审核"),
    State.RETURNED: N_("请补正"),
    State.PROPOSED: N_("等待复核"),
    State.ACCEPTED: N_("已入库"),
    State.REFUSED: N_("不予入库"),
}
STATE_LAMPS: dict[str, str] = {
    State.SUBMITTED: "now",
    State.RETURNED: "soon",
    State.PROPOSED: "now",
    State.ACCEPTED: "ok",
    State.REFUSED: "stop",
}

#: What is usually missing; each sentence is shown to the applicant as it stands.
DEFECTS = (
    N_("推荐信没有单位公章。"),
    N_("推荐信上的姓名或单位与申请不一致。"),
    N_("职称级别与职称名称对不上，请写明证书上的名称。"),
    N_("从业年限写得不清楚，请按实际从事所报专业的年数填写。"),
    N_("所报专业与职称、工作内容不相符，请重新选择专业。"),
    N_("身份证号码与姓名核对不上，请照证件填写。"),
)


class TooManyApplications(DomainError):
    """Applying is closed to this address for a while."""

    code = "pool.too_many_applications"
    text = N_("从这里提交的申请太多了。请在 %(minutes)s 分钟后再试，或者到窗口办理。")
    status = 429


class OutOfPool(DomainError):
    """The applicant was retired from the pool, which two persons decided."""

    code = "pool.retired_before"
    text = N_("库里已有这个人，而且已经退出专家库。请先在专家的页面上办理恢复入库，再来处理这份申请。")


class TwoPeople(DomainError):
    """The number says one person, name and telephone another."""

    code = "pool.two_people"
    text = N_("身份证号是库里的一个人，姓名和电话是库里的另一个人。请先核对是谁。")


class NoSuchSpecialty(DomainError):
    """A specialty that is not in the table, or not any more."""

    code = "pool.no_such_specialty"
    text = N_("专业 %(codes)s 不在专业表里，或者已经停用。请重新选择专业。")
    status = 422


class NoPoolChosen(DomainError):
    """Neither works nor procurement."""

    code = "pool.no_kind"
    text = N_("请至少选一类：工程评标专家或政府采购评审专家。")
    status = 422


class LetterMissing(DomainError):
    """Works need the unit's word beside the person's own."""

    code = "pool.letter_missing"
    text = N_(
        "申请工程评标专家要有单位推荐信：个人申请和单位推荐两样都要（国家发展改革委令第26号）。请上传盖章的推荐信（PDF）。"
    )
    status = 422


class LetterKind(DomainError):
    """Not a PDF."""

    code = "pool.letter_kind"
    text = N_("“%(name)s”不是 PDF 文件。请把盖章的推荐信扫描成 PDF 再上传。")
    status = 422


class LetterTooLarge(DomainError):
    """More bytes than a letter needs."""

    code = "pool.letter_large"
    text = N_("“%(name)s”超过了 %(limit)s MB 的上限。请降低扫描分辨率再上传。")
    status = 413


class ReturnedOnce(DomainError):
    """Everything that is missing is told at one time (一次性告知)."""

    code = "pool.returned_once"
    text = N_(
        "这份申请已经一次性告知过要补正的内容，不能再退回补正。请作出决定：拟入库，或者写明理由不予入库。"
    )


class DefectsMissing(DomainError):
    """Sent back without saying why."""

    code = "pool.defects_missing"
    text = N_("请勾选或者写明要补正的内容，一次说全。")
    status = 422


class ReasonMissing(DomainError):
    """An act against somebody says why."""

    code = "pool.reason_missing"
    text = N_("请写明原因。")
    status = 422


@dataclass(frozen=True, slots=True)
class Given:
    """What an applicant writes. The identity number is checked, and carries the birth date."""

    name: str
    unit: str
    uscc: str | None
    title: str
    level: Level
    field_since: date
    born_on: date
    id_number: str
    phone: str
    email: str | None
    region: str
    works: bool
    procurement: bool
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """The unit's recommendation as it is kept: its name, and the blob it lies in, sealed."""

    name: str
    blob: str


def check_codes(codes: Collection[str], known: Collection[str]) -> None:
    """Refuse specialties that nobody can be drawn by."""
    unknown = sorted(set(codes) - set(known))
    if unknown or not codes:
        raise NoSuchSpecialty(codes="、".join(unknown), field="specialty")


def check_kinds(*, works: bool, procurement: bool, has_letter: bool) -> None:
    """Refuse an application for nothing, and one for works without the unit's recommendation."""
    if not works and not procurement:
        raise NoPoolChosen(field="pools")
    if works and not has_letter:
        raise LetterMissing(field="letter")


def check_letter(name: str, data: bytes, *, limit: int) -> None:
    """Refuse what is no PDF by its first bytes, and what is larger than ``limit`` bytes."""
    if not data.startswith(b"%PDF-"):
        raise LetterKind(name=name, field="letter")
    if len(data) > limit:
        raise LetterTooLarge(name=name, limit=limit // 10**6, field="letter")
