"""``bidding trustee open``: an opening package and a key become share batches, offline. No Flask, no database."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from bidding.core.canonical import Malformed, dumps
from bidding.core.clock import SHANGHAI, Clock, SystemClock, from_unix
from bidding.core.entropy import SystemEntropy
from bidding.core.errors import N_, DomainError
from bidding.i18n.terminal import say, tell
from bidding.ledger.trust import Policy, parse_policy
from bidding.opening.batches import SignedBatch
from bidding.opening.client import Package, read_package
from bidding.sealing.cli import FILE, FOLDER, NotConfirmed, grouped, trustee
from bidding.sealing.keys import FileExists, TrusteeKey, write_new
from bidding.sealing.terminal import passphrase_option, refusals, trustee_key

__all__ = ["confirm_package", "show_package", "shown_at", "trustee", "trustee_open"]


class PackageRefused(DomainError):
    """The package did not pass a check: the key stays where it is."""

    code = "opening.package_refused"
    text = N_(
        "没有开箱，密钥没有使用：%(reason)s。请重新下载开标包再试；仍然如此的，停止开箱并告诉监督部门。"
    )
    status = 422


@trustee.command("open")
@click.argument("package", type=FILE)
@click.option("--key", required=True, type=FILE, help="本人的密钥文件 trustee-NAME.age。")
@click.option("--panel", help="公告上印的信任锚（64 位十六进制）；写了就自动比对。")
@click.option(
    "--policy", type=FILE, help="另行取得的日志与见证公钥（C2SP tlog-policy）；写了就再按它核对一遍。"
)
@click.option("--words", help="纸质记录上的六组数字，放在引号里，用空格隔开；没有见证时必须写。")
@click.option("--stage", type=click.IntRange(min=1), help="开第几阶段的信封；不写就是下一个该开的。")
@click.option("--folder", type=FOLDER, default=".", help="份额文件写到哪个文件夹。")
@click.option("--yes", is_flag=True, help="不再询问；要同时写 --panel。")
@passphrase_option
def trustee_open(
    package: Path,
    *,
    key: Path,
    panel: str | None,
    policy: Path | None,
    words: str | None,
    stage: int | None,
    folder: Path,
    yes: bool,
    passphrase_file: Path | None,
) -> None:
    """开箱：核对开标包，用密钥生成份额文件。PACKAGE 是开标大厅下载的开标包。Check the package, make the shares.

    先核对全部记录、封箱时间、见证和每一份签封，都对了才用密钥。全程不联网，密钥不离开这台机器。
    """
    with refusals():
        clock = SystemClock()
        read, stage = _read(package, panel, policy, words, stage=stage, clock=clock)
        show_package(read, stage)
        confirm_package(read, asked=not (yes and panel))
        own = trustee_key(key, passphrase_file)
        for path in write_batches(read, own, _batches(read, own, stage, words, clock), folder):
            tell(N_("份额文件：%(file)s"), file=path)
        tell(N_("下一步：在开标大厅上传这些文件。里面没有密钥，谁来上传都一样。"))


def _read(
    path: Path, panel: str | None, policy: Path | None, words: str | None, *, stage: int | None, clock: Clock
) -> tuple[Package, int]:
    """The package, and the stage that is opened: the one asked for, else the first that is not open yet."""
    pinned: Policy | None = None
    if policy is not None:
        pinned = parse_policy(policy.read_text("utf-8"), for_panel=False)
    anchor = None if panel is None else "".join(panel.split()).lower()
    try:
        read = read_package(path.read_bytes(), panel=anchor, pinned=pinned)
        wanted = stage or read.record.next_stage or read.record.panel.stages[-1]
        read.may_open(stage=wanted, now=clock.now(), words=words)
    except Malformed as error:
        raise PackageRefused(reason=str(error)) from error
    return read, wanted


def _batches(
    read: Package, own: TrusteeKey, stage: int, words: str | None, clock: Clock
) -> list[SignedBatch]:
    try:
        return read.batches(seed=own.seed, stage=stage, now=clock.now(), entropy=SystemEntropy(), words=words)
    except Malformed as error:
        raise PackageRefused(reason=str(error)) from error


def show_package(read: Package, stage: int) -> None:
    """What the trustee is about to open, and what to hold against the paper record."""
    record, close = read.record, read.close
    tell(N_("项目：%(project)s，第 %(stage)s 阶段"), project=record.panel.project, stage=stage)
    tell(N_("信任锚（开箱组指纹）："))
    click.echo(f"  {grouped(record.panel_hash)}")
    tell(
        N_("截止：%(closes)s（北京时间），封箱时有效投标 %(count)s 份"),
        closes=shown_at(close.closes_at),
        count=close.count,
    )
    sealed = record.stays_sealed(stage)
    lots = Counter(bid.lot for bid in record.to_be_opened() if bid.uid not in sealed)
    for lot, count in sorted(lots.items()):
        tell(N_("  标段 %(lot)s：开 %(count)s 份"), lot=lot, count=count)
    for lot in sorted(record.failed):
        tell(N_("  标段 %(lot)s：投标不足 %(least)s 份，不开"), lot=lot, least=record.panel.min_bids)
    for name, times in sorted(read.checkpoints[-1].times.items()):
        tell(N_("见证：%(name)s，%(at)s（北京时间）"), name=name, at=shown_at(max(times)))
    tell(N_("封箱记录的六组数字："))
    click.echo(f"  {read.words}")


def shown_at(seconds: int) -> str:
    """An instant in Beijing time."""
    return from_unix(seconds).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def confirm_package(read: Package, *, asked: bool) -> None:
    """Ask for the paper record; the notice was compared already if ``--panel`` was given."""
    if asked and not click.confirm(say(N_("信任锚与公告一致，六组数字与纸质记录一致吗？"))):
        raise NotConfirmed


def write_batches(read: Package, own: TrusteeKey, batches: list[SignedBatch], folder: Path) -> list[Path]:
    """One new file for each batch, named by project, seat and kind. Raises ``FileExists`` before any is written."""
    project, seat = read.record.panel.project, read.seat(own.seed)
    named = []
    for signed in batches:
        kind = "public" if signed.batch["public"] else "files"
        stage = signed.batch["stage"]
        named.append((folder / f"shares-{project}-{seat.i}-{stage}-{kind}.json", signed))
    for path, _ in named:
        if path.exists():
            raise FileExists(file=path.name)
    for path, signed in named:
        write_new(path, dumps(signed.value) + b"\n")
    return [path for path, _ in named]
