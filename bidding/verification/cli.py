"""``bidding verify``: anybody checks an opening, on their own machine and offline. No Flask, no database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click

from bidding.core.archive import Unreadable
from bidding.core.canonical import loads
from bidding.core.errors import N_, DomainError
from bidding.i18n.terminal import say, tell
from bidding.ledger.trust import Policy, parse_policy
from bidding.sealing.cli import FILE, grouped
from bidding.sealing.offer import parse_tender
from bidding.sealing.terminal import refusals
from bidding.verification.explained import TO_DO, WHAT, check_of
from bidding.verification.findings import Finding, Mark, Report
from bidding.verification.proofs import is_proof, verify_proof
from bidding.verification.receipts import ReceiptFile, check_alone
from bidding.verification.verify import Asked
from bidding.verification.verify import verify as verify_zip

#: Exit status: the record does not hold; it could not be read.
REFUSED, UNREADABLE = 1, 2
#: A receipt is a few kilobytes; whatever is larger is something else.
_MAX_RECEIPT = 1 << 20
_MARKS = {Mark.HOLDS: "✓", Mark.NOTE: "·", Mark.REFUSED: "✗"}


class NothingGiven(DomainError):
    """Neither a bundle nor a receipt with the keys to check it by."""

    code = "verification.nothing_given"
    text = N_("请写上 opening.zip；还没有开标、只核验回执的，请写 --receipt 和 --tender。")


@click.command()
@click.argument("bundle", type=FILE, required=False)
@click.option("--receipt", "receipts", type=FILE, multiple=True, help="一份回执文件，可写多次。")
@click.option("--panel", help="公告上印的信任锚（64 位十六进制）。")
@click.option("--words", help="纸质记录上的六组数字，放在引号里，用空格隔开。")
@click.option(
    "--policy", type=FILE, help="另行取得的日志与见证公钥（C2SP tlog-policy）；写了就再按它核对一遍。"
)
@click.option("--tender", type=FILE, help="公告页上的 tender.json；还没有 BUNDLE 时，凭它核验回执。")
@click.option("--draw", is_flag=True, help="列出专家抽取的排序和结果。")
@click.option("--explain", is_flag=True, help="每一条都说明查的是什么。Say of every line what it checks.")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出，供程序读取。")
def verify(
    bundle: Path | None,
    *,
    receipts: Sequence[Path],
    panel: str | None,
    words: str | None,
    policy: Path | None,
    tender: Path | None,
    draw: bool,
    explain: bool,
    as_json: bool,
) -> None:
    """核验开标，或者专家抽取。BUNDLE 是开标大厅公布的 opening.zip，或者抽取的 draw.zip。Verify an opening, or a draw.

    全程不联网，不需要相信任何人。退出状态：0 成立，1 不成立，2 文件读不出来。
    """
    with refusals():
        asked = Asked(
            receipts=[_receipt(path) for path in receipts],
            panel=None if panel is None else "".join(panel.split()).lower(),
            words=None if words is None else " ".join(words.split()),
            pinned=None if policy is None else _pinned(policy),
        )
        report = _report(bundle, tender, asked)
    if as_json:
        click.echo(json.dumps(report.to_json(), ensure_ascii=False, indent=2))
    else:
        _print(report, draw=draw, explain=explain)
    if not report.accepted:
        raise SystemExit(REFUSED)


def _receipt(path: Path) -> ReceiptFile:
    """A receipt's text; what is no text is refused later, as no receipt."""
    with path.open("rb") as file:
        return ReceiptFile(path.name, file.read(_MAX_RECEIPT).decode("utf-8", "replace"))


def _pinned(path: Path) -> Policy:
    return parse_policy(path.read_text("utf-8"), for_panel=False)


def _report(bundle: Path | None, tender: Path | None, asked: Asked) -> Report:
    if bundle is not None:
        try:
            return verify_proof(bundle, asked) if is_proof(bundle) else verify_zip(bundle, asked)
        except Unreadable as error:
            tell(N_("文件读不出来：%(reason)s"), reason=str(error))
            tell(N_("请重新下载；仍然读不出来的，向中心索取。"))
            raise SystemExit(UNREADABLE) from error
    if tender is None or not asked.receipts:
        raise NothingGiven
    return _alone(tender, asked)


def _alone(tender: Path, asked: Asked) -> Report:
    """Receipts before there is a bundle: by the policy of the panel in the tender file."""
    known = parse_tender(loads(tender.read_bytes())).panel
    report = Report(project=known.project, panel=known.hash.hex())
    if asked.panel is None:
        report.note("panel.unknown", panel=known.hash.hex())
    elif asked.panel == known.hash.hex():
        report.holds("panel")
    else:
        report.refuse("panel.other", f"{known.hash.hex()} here, {asked.panel} in the notice")
    for file in asked.receipts:
        if check_alone(file, parse_policy(known.policy), known.hash.hex(), report) is not None:
            report.note("receipt.unplaced", name=file.name)
    return report


def said(finding: Finding) -> str:
    """A finding in the terminal's language, with its technical reason."""
    text = say(finding.text, **finding.params)
    return f"{text}（{finding.detail}）" if finding.detail else text


def _print(report: Report, *, draw: bool, explain: bool) -> None:
    if report.project is not None and report.panel is not None:
        tell(N_("项目：%(project)s"), project=report.project)
        tell(N_("信任锚（开箱组指纹）："))
        click.echo(f"  {grouped(bytes.fromhex(report.panel))}")
    if report.words is not None:
        tell(N_("封箱记录的六组数字："))
        click.echo(f"  {report.words}")
    for finding in report.findings:
        click.echo(f"{_MARKS[finding.mark]} {said(finding)}")
        _explain(finding, whole=explain)
    _print_sheets(report)
    if draw:
        _print_draws(report)
    if report.accepted:
        tell(N_("结论：成立。"))
    else:
        tell(N_("结论：不成立。请保存这份文件，凭打 ✗ 的各条向监督部门反映。"))


def _explain(finding: Finding, *, whole: bool) -> None:
    """What the check looks at, if asked for; what to do about one that failed, always."""
    check = check_of(finding.code)
    if whole:
        tell(N_("    查的是：%(what)s"), what=say(WHAT[check]))
    if finding.mark is Mark.REFUSED:
        tell(N_("    怎么办：%(todo)s"), todo=say(TO_DO[check]))


def _print_sheets(report: Report) -> None:
    if report.sheets:
        tell(N_("开标一览表，按递交先后："))
    for number, sheet in enumerate(report.sheets, 1):
        tell(
            N_("  %(number)s. 标段 %(lot)s  %(name)s（%(uscc)s）"),
            number=number,
            lot=sheet.lot,
            name=sheet.tenderer,
            uscc=sheet.uscc,
        )
        if sheet.on_paper:
            tell(N_("     （纸质，两人录入）"))
        for name, value in sheet.fields.items():
            click.echo(f"     {name} = {_shown(name, value)}")


def _shown(name: str, value: object) -> str:
    """A field of a sheet; amounts are sealed in whole fen. The record knows names, not labels."""
    if value is None:
        return "—"
    if name.endswith("_fen") and isinstance(value, int):
        return say(N_("%(yuan)s 元"), yuan=f"{value // 100:,}.{value % 100:02}")
    return str(value)


def _print_draws(report: Report) -> None:
    """Who was drawn, by the first signs of the commitment, and by name once names are out."""
    for draw in report.draws:
        tell(N_("专家抽取 %(draw)s，参与方 %(parties)s"), draw=draw["id"], parties="、".join(draw["parties"]))
        for stratum in draw["strata"]:
            label = stratum["id"]
            if stratum.get("region"):
                label = f"{label.rpartition('.')[0]} · {stratum['region']}"
            tell(N_("  专业 %(stratum)s"), stratum=label)
            for words, hashes in (
                (N_("正选"), stratum["picks"]),
                (N_("备选"), stratum["backups"]),
                (N_("参加评标"), stratum["serving"]),
            ):
                people = [f"{h[:16]} {report.names.get(h, {}).get('name', '')}".rstrip() for h in hashes]
                click.echo(f"    {say(words)}  {'，'.join(people)}")
