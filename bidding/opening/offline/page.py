"""The sheets as a page for the hall's projector: one file, nothing to load, nothing to press. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from bidding.core.errors import N_
from bidding.i18n.terminal import say, speaks_english
from bidding.opening.client import Package
from bidding.opening.offline.result import Placed
from bidding.opening.rules import VERDICT_WORDS, shown
from bidding.sealing.offer import Lot, Tender

#: The page stands alone on a laptop, so its looks travel in it; nothing else is let in.
_STYLE = """
body{font:20px/1.5 "Noto Sans CJK SC","Microsoft YaHei",sans-serif;margin:2rem auto;max-width:90rem;padding:0 1.5rem;color:#1d2129}
h1{font-size:1.7em;margin:0}h2{font-size:1.25em;margin:2rem 0 .5rem}p{margin:.4rem 0}
table{border-collapse:collapse;width:100%}th,td{border:1px solid #86909c;padding:.4rem .7rem;text-align:left;vertical-align:top}
td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}.w{font-family:monospace;font-size:1.2em;letter-spacing:.08em}
.v{font-weight:700}.s{overflow-x:auto}@media print{body{font-size:11pt;margin:0}}
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def page(package: Package, tender: Tender, outcomes: Placed, opened: str) -> str:
    """The page; ``opened`` is the instant as it is said. Everything that a sheet says is escaped."""
    lots = [lot for lot in tender.lots.values() if any(bid.lot == lot.code for _, (bid, _, _) in outcomes)]
    body = [
        f"<h1>{escape(tender.title)}</h1>",
        f"<p>{escape(say(N_('现场离线开标，%(at)s 开启。按递交先后排列，不是名次。'), at=opened))}</p>",
        f"<p>{escape(say(N_('封箱记录的六组数字：')))} <span class=w>{package.words}</span></p>",
        *(_lot(lot, outcomes) for lot in lots),
    ]
    lang = "en" if speaks_english() else "zh-Hans"
    return (
        f'<!doctype html><html lang="{lang}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<title>{escape(tender.title)}</title><style>{_STYLE}</style>{''.join(body)}</html>\n"
    )


def _lot(lot: Lot, outcomes: Placed) -> str:
    heads = [say(N_("序")), say(N_("单位")), *(say(field.label) for field in lot.fields)]
    rows = [
        (place, outcome.sheet, outcome.verdict)
        for place, (bid, _, outcome) in outcomes
        if bid.lot == lot.code
    ]
    written = []
    for place, sheet, verdict in rows:
        if sheet is None:
            words = say(VERDICT_WORDS[verdict or "platform"])
            written.append(f"<tr><td>{place}<td class=v colspan={len(heads) - 1}>{escape(words)}")
            continue
        who = sheet["tenderer"]
        cells = [_cell(shown(sheet["fields"].get(f.name), f.kind), f.kind) for f in lot.fields]
        written.append(f"<tr><td>{place}<td>{escape(who['name'])}<br>{escape(who['uscc'])}{''.join(cells)}")
    return (
        f"<h2>{escape(lot.code)} {escape(lot.name)}</h2><div class=s><table><thead><tr>"
        f"{_row(heads)}</thead><tbody>{''.join(written)}</tbody></table></div>"
    )


def _row(heads: Sequence[str]) -> str:
    return "".join(f"<th>{escape(head)}" for head in heads)


def _cell(text: str, kind: str) -> str:
    return f"<td{' class=n' if kind != 'text' else ''}>{escape(text)}"
