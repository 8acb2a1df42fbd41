"""``bidding open``: a laptop in the hall opens a stage without the server. No Flask, no database."""

from __future__ import annotations

from pathlib import Path

import click

from bidding.core.canonical import Malformed, loads
from bidding.core.clock import Clock, SystemClock, unix
from bidding.core.errors import N_, DomainError
from bidding.i18n.terminal import say, tell
from bidding.ledger.trust import parse_policy
from bidding.opening.batches import SignedBatch, check_batch, parse_batch
from bidding.opening.cli import PackageRefused, confirm_package, show_package, shown_at
from bidding.opening.offline.held import Held, parse_held
from bidding.opening.offline.package import Luggage, open_offline
from bidding.opening.offline.page import page
from bidding.opening.offline.result import Placed, open_all, placed, take_batches, write_result
from bidding.opening.record import Record
from bidding.opening.rules import VERDICT_WORDS, shown
from bidding.sealing.cli import FILE, FOLDER
from bidding.sealing.keys import FileExists, write_new
from bidding.sealing.terminal import refusals

#: A share is some 300 bytes; whatever is larger than this is something else.
_MAX_BATCH = 8 * 1024 * 1024


class SharesMissing(DomainError):
    """Fewer than k trustees' files are in the folder, and nobody may be asked for more."""

    code = "opening.shares_missing"
    text = N_("份额不够：要 %(k)s 位受托人的，现在有 %(given)s 位。请把份额文件放进 %(folder)s，再运行一次。")
    status = 422


@click.command("open")
@click.argument("package", type=FILE)
@click.option("--shares", required=True, type=FOLDER, help="受托人的份额文件 shares-*.json 放在哪个文件夹。")
@click.option("--host", required=True, help="主持人姓名，写进结果和日志。")
@click.option("--supervisor", required=True, help="现场监督人姓名，写进结果和日志。")
@click.option("--panel", help="公告上印的信任锚（64 位十六进制）；写了就自动比对。")
@click.option(
    "--policy", type=FILE, help="另行取得的日志与见证公钥（C2SP tlog-policy）；写了就再按它核对一遍。"
)
@click.option("--words", help="纸质记录上的六组数字，放在引号里，用空格隔开；没有见证时必须写。")
@click.option("--folder", type=FOLDER, default=".", help="一览表页面和结果文件写到哪个文件夹。")
@click.option("--yes", is_flag=True, help="不再询问；要同时写 --panel。")
def open_hall(
    package: Path,
    *,
    shares: Path,
    host: str,
    supervisor: str,
    panel: str | None,
    policy: Path | None,
    words: str | None,
    folder: Path,
    yes: bool,
) -> None:
    """现场离线开标：不联网，用份额打开一览表。PACKAGE 是离线开标包 opening-offline-….zip。Open in the hall, offline.

    核对与受托人开箱相同；份额够了，全部一览表同时打开，写成一页供投影，结果写成文件，事后导入平台。
    """
    with refusals():
        clock = SystemClock()
        asked = not (yes and panel)
        anchor = None if panel is None else "".join(panel.split()).lower()
        parse_held({"began_at": 0, "ended_at": 0, "host": host, "supervisor": supervisor})
        pinned = None if policy is None else parse_policy(policy.read_text("utf-8"), for_panel=False)
        try:
            with open_offline(package, panel=anchor, pinned=pinned) as luggage:
                luggage.package.may_open(stage=luggage.stage, now=clock.now(), words=words)
                show_package(luggage.package, luggage.stage)
                confirm_package(luggage.package, asked=asked)
                _hold(luggage, shares, folder, (host, supervisor), clock=clock, asked=asked)
        except Malformed as error:
            raise PackageRefused(reason=str(error)) from error


def _hold(
    luggage: Luggage,
    shares: Path,
    folder: Path,
    people: tuple[str, str],
    *,
    clock: Clock,
    asked: bool,
) -> None:
    """From the first share to the result file."""
    record, stage = luggage.package.record, luggage.stage
    project = record.panel.project
    sheets = folder / f"opening-{project}-{stage}.html"
    result = folder / f"opening-result-{project}-{stage}.json"
    for path in (sheets, result):
        if path.exists():
            raise FileExists(file=path.name)
    for_trustees = folder / f"opening-package-{project}.json"
    if not for_trustees.exists():
        write_new(for_trustees, luggage.data)
    tell(N_("给受托人的开标包：%(file)s"), file=for_trustees)
    began = clock.now()
    batches = _gather(record, shares, stage, asked=asked)
    outcomes = open_all(record, stage, take_batches(record, stage, batches), luggage.sealed)
    rows = placed(record, stage, outcomes)
    write_new(sheets, page(luggage.package, luggage.tender, rows, shown_at(unix(clock.now()))).encode())
    _print(luggage, rows)
    tell(N_("一览表页面（用浏览器打开，供投影）：%(file)s"), file=sheets)
    if asked:
        click.prompt(
            say(N_("唱标、异议都结束后按回车，写结果文件")), default="", show_default=False, prompt_suffix=" "
        )
    ended = max(began, clock.now())  # a clock that was set back meanwhile makes no file that nobody takes
    held = Held(unix(began), unix(ended), *people)
    write_new(result, write_result(record, stage, held, batches, outcomes))
    tell(N_("结果文件：%(file)s"), file=result)
    tell(N_("下一步：网络恢复后在开标大厅“离线开标”导入这个文件，平台会重新开启一遍并核对。"))


def _gather(record: Record, shares: Path, stage: int, *, asked: bool) -> list[SignedBatch]:
    """Read the folder until k trustees' files are there; between two looks somebody puts in the next stick."""
    while True:
        found = _read(record, shares, stage)
        given = sorted({signed.batch["i"] for signed in found if signed.batch["public"]})
        tell(
            N_("已有份额：%(seats)s（要 %(k)s 位）"),
            seats="、".join(map(str, given)) or "—",
            k=record.panel.k,
        )
        if len(given) >= record.panel.k:
            return found
        if not asked:
            raise SharesMissing(k=record.panel.k, given=len(given), folder=str(shares))
        click.prompt(
            say(N_("请把下一位受托人的份额文件放进 %(folder)s，按回车再读"), folder=str(shares)),
            default="",
            show_default=False,
            prompt_suffix=" ",
        )


def _read(record: Record, shares: Path, stage: int) -> list[SignedBatch]:
    """Every file in the folder that is a good batch of this stage; the others are named and left out."""
    found: dict[tuple[int, bool], SignedBatch] = {}
    for path in sorted(shares.glob("shares-*.json")):
        try:
            with path.open("rb") as file:
                signed = parse_batch(loads(file.read(_MAX_BATCH)))
            check_batch(record, signed.batch, signed.sig)
            if signed.batch["stage"] != stage:
                raise Malformed(f"for stage {signed.batch['stage']}")  # noqa: TRY301 — told like the rest
        except Malformed as error:
            tell(N_("没有收下 %(file)s：%(reason)s"), file=path.name, reason=str(error))
            continue
        found.setdefault((signed.batch["i"], signed.batch["public"]), signed)
    return list(found.values())


def _print(luggage: Luggage, outcomes: Placed) -> None:
    tell(N_("一览表，按递交先后："))
    for place, (bid, _, outcome) in outcomes:
        if outcome.sheet is None:
            click.echo(f"  {place}. {bid.lot}  {say(VERDICT_WORDS[outcome.verdict or 'platform'])}")
            continue
        who = outcome.sheet["tenderer"]
        click.echo(f"  {place}. {bid.lot}  {who['name']}（{who['uscc']}）")
        for field in luggage.tender.lot(bid.lot).fields:
            value = shown(outcome.sheet["fields"].get(field.name), field.kind)
            if value:
                click.echo(f"     {say(field.label)} = {value}")
