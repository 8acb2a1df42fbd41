"""The report as an XLSX workbook, for people: summary, sums, and every item. Knows no web.

Sums are in 万元, items in yuan; the numbers in the cells are exact, only their display is rounded. Every text is a
text cell: a name that begins with ``=`` is no formula.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from itertools import islice
from typing import Any, BinaryIO

from sqlalchemy.orm import Session

from bidding.award.rules import Basis
from bidding.core.clock import SHANGHAI
from bidding.core.errors import N_
from bidding.documents.xlsx import MAX_ROWS, Book, Rate, Value, Wan, Yuan
from bidding.reporting import cuts, queries
from bidding.reporting.importing import TEMPLATE_HEADER
from bidding.reporting.models import SavingsEntry
from bidding.reporting.rules import (
    BASIS_LABELS,
    CATEGORY_LABELS,
    DIRECTION_LABELS,
    PLAIN,
    SOURCE_LABELS,
    STANDING_LABELS,
    UNNAMED,
    WAY_LABELS,
    Cut,
    Practice,
    Wanted,
)
from bidding.reporting.savings import Direction, Report, Totals, by_quarter

Translate = Callable[[str], str]


SUM_COLUMNS = (
    N_("节资项数"),
    N_("预算（控制价）万元"),
    N_("节资项成交 万元"),
    N_("节约 万元"),
    N_("节资率（百分比）"),
    N_("增值项数"),
    N_("起始价 万元"),
    N_("增值项成交 万元"),
    N_("增值 万元"),
    N_("增值率（百分比）"),
    N_("增效节资 万元"),
    N_("增效节资率（百分比）"),
)
ITEM_COLUMNS = (
    N_("编号"),
    N_("项目"),
    N_("类别"),
    N_("方式"),
    N_("区划"),
    N_("招标人"),
    N_("代理机构"),
    N_("中标人"),
    N_("口径"),
    N_("预算（控制价、起始价）元"),
    N_("成交 元"),
    N_("节约 元"),
    N_("增值 元"),
    N_("投标家数"),
    N_("日期"),
    N_("来源"),
)
#: What stands under every report.
_NOTES = (
    N_("节资率 = 节约资金合计 ÷ 预算（控制价）合计，是合计之比，不是各项节资率的平均。"),
    N_("增值率 = 增值合计 ÷ 起始价合计。增值与节约分开统计，互不抵减。"),
)
#: And what it is measured against, by what the centre goes by for procurement.
_BASES = {
    Basis.BUDGET: N_(
        "口径：工程用最高投标限价，没有的用估算价；政府采购和限额以下用预算金额；国有资产用起始价。"
        "按通知书日期归月，四舍五入到两位小数。"
    ),
    Basis.CEILING: N_(
        "口径：工程用最高投标限价，没有的用估算价；政府采购和限额以下用最高限价，没有的用预算金额；国有资产用起始价。"
        "按通知书日期归月，四舍五入到两位小数。"
    ),
}


def notes(practice: Practice) -> tuple[str, ...]:
    """What stands under every report of a centre."""
    return (*_NOTES, _BASES[practice.procurement])


def to_xlsx(
    session: Session,
    wanted: Wanted,
    target: BinaryIO,
    *,
    at: datetime,
    translate: Translate = str,
    practice: Practice = PLAIN,
) -> None:
    """Write the report. Memory stays flat however many items there are."""
    report = queries.report(session, wanted)
    with Book(target, created=at, say=translate) as book:
        _summary(book, report, wanted, at, practice)
        for name, rows in [*_tables(report, translate), *_cuts(session, wanted, translate)]:
            table = book.sheet(name, ("", *SUM_COLUMNS), (26, *[17] * len(SUM_COLUMNS)))
            for label, totals in [*rows, (translate(N_("合计")), report.total)]:
                table.row(label, *sums_of(totals))
        items = book.sheet(
            N_("逐项"), ITEM_COLUMNS, (22, 44, 14, 18, 14, 28, 28, 28, 24, 20, 18, 18, 18, 10, 12, 18)
        )
        with closing(queries.all_items(session, wanted)) as entries:
            for entry in islice(entries, MAX_ROWS):
                items.row(*_item(entry, book.say))


def template(target: BinaryIO, *, at: datetime) -> None:
    """Write an empty ledger with the header that ``importing`` reads. Its words are not translated."""
    with Book(target, created=at) as book:
        book.sheet("台账", TEMPLATE_HEADER, (20, 40, 14, 16, 28, 28, 22, 18, 14, 12, 14, 28, 10))


def sums_of(totals: Totals) -> tuple[Value, ...]:
    """The cells of one line of sums, in the order of ``SUM_COLUMNS``."""
    return (
        totals.saving.items,
        Wan(totals.saving.basis_fen),
        Wan(totals.saving.award_fen),
        Wan(totals.saved_fen),
        Rate(totals.savings_rate),
        totals.gain.items,
        Wan(totals.gain.basis_fen),
        Wan(totals.gain.award_fen),
        Wan(totals.gained_fen),
        Rate(totals.premium_rate),
        Wan(totals.benefit_fen),
        Rate(totals.benefit_rate),
    )


def _tables(report: Report, say: Translate) -> Iterable[tuple[str, list[tuple[str, Totals]]]]:
    def of(table: Mapping[Any, Totals], labels: Mapping[Any, str]) -> list[tuple[str, Totals]]:
        return [(say(labels[key]), totals) for key, totals in table.items()]

    yield N_("按月"), [(f"{month // 100:04d}-{month % 100:02d}", t) for month, t in report.by_month.items()]
    yield N_("按年"), [(f"{year:04d}", t) for year, t in report.by_year.items()]
    yield (
        N_("按季度"),
        [(f"{key // 10:04d}-Q{key % 10}", t) for key, t in by_quarter(report.by_month).items()],
    )
    yield N_("按类别"), of(report.by_category, CATEGORY_LABELS)
    yield N_("按方式"), of(report.by_way, WAY_LABELS)
    yield N_("按口径"), of(report.by_basis, BASIS_LABELS)
    yield N_("按来源"), of(report.by_source, SOURCE_LABELS)


def _cuts(session: Session, wanted: Wanted, say: Translate) -> Iterable[tuple[str, list[tuple[str, Totals]]]]:
    for name, by in ((N_("按区划"), Cut.REGION), (N_("按招标人"), Cut.OWNER), (N_("按代理机构"), Cut.AGENCY)):
        found = cuts.cut(session, wanted, by)
        yield name, [(each or say(N_("未注明")), totals) for each, totals in found.items()]


def _summary(book: Book, report: Report, wanted: Wanted, at: datetime, practice: Practice) -> None:
    say = book.say
    everything = say(N_("全部"))
    sheet = book.sheet(N_("汇总"), (), (40, 30))
    sheet.row(say(N_("节约资金公开")))
    sheet.row(say(N_("制表时间")), at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S"))
    sheet.row(say(N_("时间范围")), everything if wanted.period.text == "all" else wanted.period.text)
    sheet.row(say(N_("类别")), say(CATEGORY_LABELS[wanted.category]) if wanted.category else everything)
    sheet.row(say(N_("方式")), say(WAY_LABELS[wanted.way]) if wanted.way else everything)
    sheet.row(say(N_("招标人")), wanted.owner or everything)
    unnamed = say(N_("未注明"))
    sheet.row(say(N_("区划")), unnamed if wanted.region == UNNAMED else wanted.region or everything)
    sheet.row(say(N_("代理机构")), unnamed if wanted.agency == UNNAMED else wanted.agency or everything)
    if wanted.direction:
        sheet.row(say(N_("方向")), say(DIRECTION_LABELS[wanted.direction]))
    if wanted.basis:
        sheet.row(say(N_("口径")), say(BASIS_LABELS[wanted.basis]))
    if wanted.source:
        sheet.row(say(N_("来源")), say(SOURCE_LABELS[wanted.source]))
    sheet.row()
    for label, value in zip(SUM_COLUMNS, sums_of(report.total), strict=True):
        sheet.row(say(label), value)
    sheet.row()
    sheet.row(say(N_("流标率（百分比）")), Rate(report.failure_rate))
    sheet.row(say(N_("工程下浮率（百分比）")), Rate(report.works.savings_rate))
    sheet.row()
    sheet.row(say(N_("未计入")), say(N_("项数")))
    for standing, count in report.excluded.items():
        sheet.row(say(STANDING_LABELS[standing]), count)
    sheet.row()
    for note in notes(practice):
        sheet.row(say(note))


def _item(entry: SavingsEntry, say: Translate) -> Sequence[Value]:
    drawer = entry.drawer
    saved = drawer.direction is Direction.SAVING
    return (
        entry.code,
        entry.title,
        say(CATEGORY_LABELS[drawer.category]),
        say(WAY_LABELS[drawer.way]),
        drawer.region,
        entry.owner.name,
        entry.agency.name if entry.agency else "",
        entry.winner_name,
        say(BASIS_LABELS[drawer.basis]),
        Yuan(entry.basis_fen),
        Yuan(entry.award_fen),
        Yuan(entry.basis_fen - entry.award_fen) if saved else "",
        "" if saved else Yuan(entry.award_fen - entry.basis_fen),
        "" if entry.bidders is None else entry.bidders,
        entry.awarded_on,
        say(SOURCE_LABELS[drawer.source]),
    )
