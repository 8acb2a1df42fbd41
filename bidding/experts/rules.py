"""How a panel must be composed, who may not sit on it, and where a draw stands. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from bidding.core.canonical import IDENTIFIER, sha
from bidding.core.errors import N_, DomainError


class BadComposition(DomainError):
    """A panel the law does not allow."""

    code = "draw.composition"
    text = N_("评审成员总数应为单数。您填了 %(members)s 人，请增减 1 人。")
    status = 422


class PanelTooSmall(BadComposition):
    """Fewer members than the rulebook's figure."""

    code = "draw.panel_too_small"
    text = N_("评审成员至少 %(least)s 人（%(source)s）。您填了 %(members)s 人，请增加。")


class TooFewExperts(BadComposition):
    """Fewer experts than the rulebook's share."""

    code = "draw.too_few_experts"
    text = N_(
        "专家不得少于成员总数的三分之二（%(source)s）：%(members)s 人中至少 %(least)s 名专家，"
        "现在各专业合计 %(experts)s 名。请增加专家人数。"
    )


class TooManyExperts(BadComposition):
    """More experts than seats."""

    code = "draw.too_many_experts"
    text = N_("各专业合计 %(experts)s 名专家，超过了成员总数 %(members)s 人。请核对人数。")


class DrawTooEarly(DomainError):
    """Experts would be drawn earlier than the rulebook allows."""

    code = "draw.too_early"
    text = N_(
        "抽取专家不得早于评审开始前 %(days)s 个工作日（%(source)s），最早是 %(earliest)s。请到那一天再冻结抽取。"
    )


class EvaluationPassed(DomainError):
    """The evaluation would have begun already."""

    code = "draw.evaluation_passed"
    text = N_("评审时间 %(at)s 已经过去。请填写还没有到的时间。")
    status = 422


class NotWitnessed(DomainError):
    """Nothing may be revealed before witnesses have seen that no contribution can change any more."""

    code = "draw.not_witnessed"
    text = N_(
        "截止投入的记录还没有得到见证联署，现在不能公开任何一方的随机数。见证通常在一分钟内完成，请稍后再试。"
    )


class RefusedProof(DomainError):
    """A file of a draw that does not hold; the reason is the verifier's own."""

    code = "draw.refused"
    text = N_(
        "这份文件没有通过核验：%(reason)s。请核对它是不是为这次抽取、用最新下载的文件制作的，然后重新上传。"
    )
    status = 422


class StillCalling(DomainError):
    """Places are open that the ranking can still fill."""

    code = "draw.still_calling"
    text = N_("还有名额没有落实。请先按排序通知完；备选用完的，先办理补抽。")


class NotYetReleased(DomainError):
    """Names stay secret until the evaluation begins."""

    code = "draw.not_yet_released"
    text = N_("专家姓名在评审开始前保密。评审时间是 %(at)s，请到时再公布到评审室。")


class UnknownSpecialty(DomainError):
    """A condition names a specialty that the table does not have, or names one twice."""

    code = "draw.specialty"
    text = N_("专业“%(specialty)s”不在专业表里，或者写了两次。请从专业表里选，每个专业（和地区）只写一行。")
    status = 422


class UnderWay(DomainError):
    """One draw of a project at a time."""

    code = "draw.under_way"
    text = N_("这个项目已有一次抽取正在办理（%(code)s）。请先办完，或者在截止投入之前取消它。")


class MoreThanOpen(DomainError):
    """A further draw fills open places, no more."""

    code = "draw.more_than_open"
    text = N_("补抽只补空出的名额：现在空 %(open)s 名，您填了 %(experts)s 名。请减少人数。")
    status = 422


class FurtherReason(DomainError):
    """A draw after another one says why, in the log."""

    code = "draw.further_reason"
    text = N_("这个项目先前已有一次抽取（%(code)s）。再次抽取要写明原因，原因会写入公开日志。")
    status = 422


class PartiesMissing(DomainError):
    """Contributions are closed only when every party of the order has dealt."""

    code = "draw.parties_missing"
    text = N_("还有参与方没有投入随机数：%(parties)s。请催办；确实不能参加的，取消后由监督重新签署抽取令。")


class OnePartyEach(DomainError):
    """A tenderer joins a draw once, under a name that is no seat's."""

    code = "draw.one_party"
    text = N_("席位的随机数由席位所在单位上传；投标单位每家只能投入一次，名称不能与席位相同。")
    status = 422


class NotShown(DomainError):
    """An answer is put down by the person who was shown whom to call."""

    code = "draw.not_shown"
    text = N_("请先点“显示联系方式”再通知。谁查看了姓名都有记录，答复由查看的人登记。")


class AlreadyTold(DomainError):
    """One message for each person, of time and place."""

    code = "draw.already_told"
    text = N_("已经给这位专家发过短信。请打电话确认，再登记答复。")


class NotSent(DomainError):
    """The gateway did not take the message."""

    code = "draw.not_sent"
    text = N_("短信没有发出：%(reason)s。请打电话通知，或者稍后再发。")
    status = 502


class UnknownReason(DomainError):
    """Reasons stand in the public log, so they come from a list that names nobody."""

    code = "draw.unknown_reason"
    text = N_("请从列出的原因里选。原因会写入公开日志，不能写姓名、单位或病情；细节写在通知记录里。")
    status = 422


class NotDecided(DomainError):
    """The panel's names are secret until the result stands (招标投标法 37)."""

    code = "draw.not_decided"
    text = N_("评审成员名单在结果确定之前保密（招标投标法第三十七条）。还没有结果的标段：%(lots)s。")


class ImportHasErrors(DomainError):
    """A list with refused rows is taken only where somebody has said so."""

    code = "pool.has_errors"
    text = N_(
        "名单里有 %(refused)s 行不能导入，所以一行也没有导入。请改好再上传，或勾选“只导入没有问题的行”。"
    )


class RowsNotKept(DomainError):
    """A list that was brought before lists were kept sealed."""

    code = "pool.rows_not_kept"
    text = N_("这份名单是系统升级以前上传的，内容没有保留。请重新上传。")


class NothingToImport(DomainError):
    """Every row of the list is refused."""

    code = "pool.nothing"
    text = N_("名单里没有一行可以导入。请照下面的说明改好，重新上传。")
    status = 422


class BadSpecialty(DomainError):
    """A specialty whose code cannot stand in a log, or is taken."""

    code = "pool.specialty"
    text = N_("专业代码“%(given)s”不能用：由字母、数字和 . _ - 组成，以字母或数字开头，且不与已有的重复。")
    status = 422


#: A region by its number, GB/T 2260.
_REGION = re.compile(r"[0-9]{6}")


class SameUnit(DomainError):
    """A unit is not related to itself."""

    code = "recusal.same_unit"
    text = N_("两边写的是同一个单位。请填写另一个单位。")
    status = 422


class LeftLater(DomainError):
    """Somebody who has not left yet still works there: that is the pool's own column."""

    code = "recusal.left_later"
    text = N_("离开日期 %(day)s 还没有到。现在的单位请写在名单的“单位”里。")
    status = 422


class Excluded(StrEnum):
    """Why somebody of the right specialty is not ranked. Counted on pages, never shown by name."""

    TENDERER = "tenderer"
    OWNER = "owner"
    SUPERVISOR = "supervisor"
    AGENCY = "agency"
    OTHER = "other"
    DRAWN = "drawn"  # drawn, as a pick or a reserve, in an earlier draw of the same project
    UNIT_CAP = "unit-cap"  # an earlier draw has somebody of their unit on the panel


#: 回避原因 as the province platform numbers them, where it does.
REASON_CODES: dict[Excluded, str] = {
    Excluded.TENDERER: "1",
    Excluded.OWNER: "2",
    Excluded.SUPERVISOR: "3",
    Excluded.AGENCY: "4",
    Excluded.OTHER: "9",
}

EXCLUDED_WORDS: dict[str, str] = {
    Excluded.TENDERER: N_("与投标单位同单位"),
    Excluded.OWNER: N_("与招标人同单位"),
    Excluded.SUPERVISOR: N_("与监督部门同单位"),
    Excluded.AGENCY: N_("与代理机构同单位"),
    Excluded.OTHER: N_("其他回避单位"),
    Excluded.DRAWN: N_("本项目先前的抽取中已抽出"),
    Excluded.UNIT_CAP: N_("同单位已有专家参加"),
}


class Relation(StrEnum):
    """Why two units count as one where somebody is excused (招标投标法实施条例 34; 政府采购法实施条例 18; 财库〔2016〕198号 16)."""

    HOLDING = "holding"
    MANAGING = "managing"
    SAME_PERSON = "same-person"
    BRANCH = "branch"
    OTHER = "other"


RELATION_WORDS: dict[Relation, str] = {
    Relation.HOLDING: N_("控股"),
    Relation.MANAGING: N_("管理"),
    Relation.SAME_PERSON: N_("单位负责人为同一人"),
    Relation.BRANCH: N_("分支机构"),
    Relation.OTHER: N_("其他关联"),
}


class Step(StrEnum):
    """Where a draw stands; derived from what has been done, in this order."""

    REQUESTED = "requested"
    FROZEN = "frozen"
    ORDERED = "ordered"  # parties deal
    CLOSED = "closed"  # parties reveal
    DRAWN = "drawn"  # calls
    RELEASED = "released"
    PUBLISHED = "published"
    CANCELLED = "cancelled"  # given up before the parties were closed


STEP_WORDS: dict[Step, str] = {
    Step.REQUESTED: N_("申请"),
    Step.FROZEN: N_("冻结条件"),
    Step.ORDERED: N_("公布名单指纹"),
    Step.CLOSED: N_("各方投入随机数"),
    Step.DRAWN: N_("排序与通知"),
    Step.RELEASED: N_("到场核对"),
    Step.PUBLISHED: N_("公布证明"),
    Step.CANCELLED: N_("已取消"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """How many of one specialty; of one region, where that is asked."""

    specialty: str
    need: int
    backups: int
    region: str = ""

    @property
    def id(self) -> str:
        """The stratum's name in the log: the specialty, with the region's number (GB/T 2260) or what stands for its name.

        The same in every draw, so that a further draw is seen to fill the same places.
        """
        return f"{self.specialty}.{region_code(self.region)}" if self.region else self.specialty


def region_code(name: str) -> str:
    """What stands for a region in the id of a stratum: its number (GB/T 2260), or eight digits of its name's SHA-256."""
    region = unit_key(name)
    return region if _REGION.fullmatch(region) else sha(region).hex()[:8]


@dataclass(frozen=True, slots=True)
class Conditions:
    """What is asked of a draw: the panel's size, its experts by specialty, the cap per unit."""

    members: int
    max_per_unit: int
    places: tuple[Place, ...]

    @property
    def experts(self) -> int:
        """How many experts are drawn."""
        return sum(place.need for place in self.places)

    def as_json(self) -> dict[str, Any]:
        """The form in which they are stored."""
        return {
            "members": self.members,
            "max_per_unit": self.max_per_unit,
            "places": [asdict(place) for place in self.places],
        }


def conditions_of(value: Mapping[str, Any]) -> Conditions:
    """Conditions from their stored form."""
    return Conditions(value["members"], value["max_per_unit"], tuple(Place(**p) for p in value["places"]))


@dataclass(frozen=True, slots=True)
class Composition:
    """The rulebook's figures for a panel, with their sources in words; None where it has none."""

    least: int | None = None
    least_source: str = ""
    thirds: int | None = None
    thirds_source: str = ""


def check_composition(conditions: Conditions, figures: Composition, *, further: bool = False) -> None:
    """Refuse a panel the law does not allow (招标投标法 37; 财政部令87号 47).

    A ``further`` draw only fills open places of a panel that was checked before.
    """
    if further:
        return
    members, experts = conditions.members, conditions.experts
    if members % 2 == 0:
        raise BadComposition(members=members, field="members")
    if figures.least is not None and members < figures.least:
        raise PanelTooSmall(
            members=members, least=figures.least, source=figures.least_source, field="members"
        )
    if experts > members:
        raise TooManyExperts(members=members, experts=experts, field="members")
    if figures.thirds is not None and experts * 3 < members * figures.thirds:
        least = -(-members * figures.thirds // 3)
        raise TooFewExperts(
            members=members, experts=experts, least=least, source=figures.thirds_source, field="members"
        )


def check_draw_day(today: date, earliest: date | None, *, days: int, source: str) -> None:
    """Refuse a draw before its earliest day (财库〔2016〕198号 14)."""
    if earliest is not None and today < earliest:
        raise DrawTooEarly(days=days, source=source, earliest=earliest.isoformat())


def years_before(day: date, years: int) -> date:
    """The same day so many years earlier; of 29 February the 28th, which looks back a day further."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def unit_key(name: str) -> str:
    """A unit's name for comparing: width, spaces and kind of brackets do not make another unit."""
    text = unicodedata.normalize("NFKC", name).casefold()
    return "".join(sign for sign in text if not sign.isspace())


@dataclass(frozen=True, slots=True)
class Recusal:
    """The units whose people do not sit, by reason; names and credit codes alike as ``unit_key``."""

    units: Mapping[str, Excluded]

    @classmethod
    def of(cls, groups: Iterable[tuple[Excluded, Iterable[str | None]]]) -> Recusal:
        """From names and credit codes by reason; the first reason given for a unit stands."""
        units: dict[str, Excluded] = {}
        for reason, names in groups:
            for name in names:
                if name and name.strip():
                    units.setdefault(unit_key(name), reason)
        return cls(units)

    def reason(self, unit: str, uscc: str | None) -> Excluded | None:
        """Why somebody of this unit may not sit, or None."""
        return self.units.get(unit_key(unit)) or (self.units.get(unit_key(uscc)) if uscc else None)


def masked_phone(phone: str) -> str:
    """A telephone number as papers show it: the first three and last four digits."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else "****"


def number_of(position: int, total: int) -> str:
    """The number under which a person of the frozen list is spoken of, padded so that all are alike."""
    return f"{position:0{max(3, len(str(total)))}d}"


def is_specialty_code(text: str) -> bool:
    """Whether a text can be a specialty's code: it names a stratum in the log."""
    return IDENTIFIER.fullmatch(text) is not None


def listed_twice(people: Sequence[Mapping[str, Any]]) -> tuple[list[str], list[str]]:
    """Persons who stand in a pool extract more than once: by their id, and by name and unit.

    The first are certain; the second may be namesakes, whom somebody has to look at.
    """
    ids: dict[str, int] = {}
    names: dict[str, int] = {}
    for person in people:
        expert = person["expert"]
        ids[expert["id"]] = ids.get(expert["id"], 0) + 1
        key = f"{expert['name']} · {expert['unit']}"
        names[key] = names.get(key, 0) + 1
    return [k for k, n in ids.items() if n > 1], [k for k, n in names.items() if n > 1]
