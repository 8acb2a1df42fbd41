"""``bidding verify``: anybody checks an opening, on their own machine and offline. No Flask, no database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from bidding.core.canonical import loads
from bidding.core.errors import N_
from bidding.experts.calls import ANSWER_WORDS
from bidding.experts.replay import DrawRecord
from bidding.ledger.words import six_words
from bidding.sealing.cli import FILE, grouped
from bidding.sealing.offer import parse_tender
from bidding.sealing.terminal import refusals, say, tell
from bidding.verification.receipts import verify_alone
from bidding.verification.report import Finding, Outcome, Report
from bidding.verification.verify import verify as verify_bundle

_MARKS = {Outcome.OK: "✓", Outcome.FAILED: "✗", Outcome.REMARK: "·"}
#: A receipt is a few kilobytes; whatever is larger is something else.
_MAX_RECEIPT = 1 << 20
REFUSED, UNREADABLE = 1, 2


@click.command()
@click.argument("bundle", type=FILE, required=False)
@click.option("--receipt", "receipts", type=FILE, multiple=True, help="一份回执文件，可写多次。")
@click.option("--panel", help="公告上印的信任锚（64 位十六进制）。")
@click.option("--words", help="纸质记录上的六组数字，用空格隔开。")
@click.option("--tender", type=FILE, help="公告页上的 tender.json；没有 BUNDLE 时，用它单独核验回执。")
@click.option("--draw", is_flag=True, help="列出专家抽取的全部顺序和通知结果。")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出，供程序读取。")
def verify(
    bundle: Path | None,
    *,
    receipts: Sequence[Path],
    panel: str | None,
    words: str | None,
    tender: Path | None,
    draw: bool,
    as_json: bool,
) -> None:
    """核验开标。BUNDLE 是开标大厅公布的 opening.zip。Verify an opening.

    全程不联网，不需要相信任何人。退出码：0 成立，1 不成立，2 文件读不出来。
    """
    texts = [_text(path) for path in receipts]
    if bundle is not None:
        report = verify_bundle(bundle, receipts=texts, panel=panel, words=words)
    elif tender is not None and texts:
        report = _alone(tender, texts)
    else:
        raise click.UsageError(say(N_("请写上 opening.zip；只核验回执的，请写 --receipt 和 --tender。")))
    if as_json:
        click.echo(json.dumps(as_data(report), ensure_ascii=False, indent=2))
    else:
        _print(report, draw=draw)
    if report.unreadable:
        raise SystemExit(UNREADABLE)
    if not report.ok:
        raise SystemExit(REFUSED)


def _text(path: Path) -> str:
    """A receipt's text; of what is none, a text that is refused as such."""
    with path.open("rb") as file:
        return file.read(_MAX_RECEIPT).decode("utf-8", "replace")


def _alone(tender: Path, texts: Sequence[str]) -> Report:
    with refusals():
        panel = parse_tender(loads(tender.read_bytes())).panel
    report = Report()
    for text in texts:
        report.findings += verify_alone(text, panel).findings
    report.remark("panel.compare", N_("请把信任锚与公告上印的逐字核对：%(panel)s。"), panel=panel.hash.hex())
    return report


def said(finding: Finding) -> str:
    """A finding in the terminal's language."""
    return say(finding.text, **finding.params)


def as_data(report: Report) -> dict[str, Any]:
    """The report for programs: codes are stable, texts are for people."""
    record = report.record
    return {
        "v": 1,
        "ok": report.ok,
        "unreadable": report.unreadable,
        "project": None if record is None else record.panel.project,
        "panel": None if record is None else record.panel_hash.hex(),
        "size": None if record is None else record.size,
        "findings": [
            {"outcome": finding.outcome.value, "code": finding.code, "text": said(finding)}
            for finding in report.findings
        ],
        "sheets": [
            {"bid": sheet.bid, "envelope": sheet.envelope, "stage": sheet.stage, "sheet": dict(sheet.content)}
            for sheet in report.sheets
        ],
    }


def _print(report: Report, *, draw: bool) -> None:
    record = report.record
    if record is not None:
        tell(N_("项目：%(project)s"), project=record.panel.project)
        tell(N_("信任锚：%(panel)s"), panel=grouped(record.panel_hash))
        if record.close is not None:
            head = record.close.head
            tell(N_("封箱的六组数字：%(words)s"), words=six_words(head.origin, head.size, head.root))
        click.echo("")
    for finding in report.findings:
        click.echo(f"{_MARKS[finding.outcome]} {said(finding)}")
    if report.sheets:
        click.echo("")
        tell(N_("开标一览表（按递交先后）："))
        for number, sheet in enumerate(report.sheets, 1):
            tenderer = sheet.content["tenderer"]
            click.echo(f"  {number}. {tenderer['name']}  {tenderer['uscc']}")
            for name, value in sheet.content["fields"].items():
                click.echo(f"     {name} = {value}")
    if draw:
        for each in report.draws:
            _print_draw(report, each)
    click.echo("")
    tell(_verdict(report))


def _verdict(report: Report) -> str:
    if report.unreadable:
        return N_("结论：文件读不出来，没有核验。")
    if report.ok:
        return N_("结论：成立。")
    return N_("结论：不成立。请保存这份文件，凭上面打 ✗ 的各条向监督部门反映。")


def _print_draw(report: Report, draw: DrawRecord) -> None:
    click.echo("")
    tell(N_("专家抽取 %(draw)s，参与方：%(parties)s"), draw=draw.id, parties="、".join(draw.parties))
    answers = {(call.stratum, call.h): ANSWER_WORDS[call.answer] for call in draw.calls}
    for stratum in draw.results or ():
        tell(N_("  专业 %(stratum)s"), stratum=stratum.id)
        ranked = [(h, N_("正选")) for h in stratum.picks] + [(h, N_("备选")) for h in stratum.backups]
        for number, (h, kind) in enumerate(ranked, 1):
            name = report.names.get(h, {}).get("name", "")
            answer = answers.get((stratum.id, h), N_("未通知"))
            click.echo(f"    {number:3} {say(kind)} {h[:16]} {say(answer)} {name}".rstrip())
