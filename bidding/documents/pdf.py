"""Papers that people sign and file, as PDF: a template of this folder and its data in, bytes out.

The templates are Typst; the data go in as one JSON text, so nothing that anybody typed is ever read as Typst
source. The bytes depend on the data alone: the fonts come from a package, the date of creation from the data.
Every paper is PDF/A-2a and PDF/UA-1: it can be archived, and read aloud.

Instants are given as aware ``datetime`` and stand on the paper to the second in Shanghai time; amounts are given
as texts ready to print. Every text may be any text. Keys that are not named optional must be there; values are
texts, unless said otherwise. Every paper takes an optional ``terms``: what ``owner agency tenderer lot ceiling
deadline`` are called under the tender's law (``tenders.words``); those not given are called as 招标投标法 does.

``opening-record`` (开标记录), by ``opening.presentation.record_sheet``:

- ``centre title code owner agency address``: the centre's name, the project's, the address of the hall;
- ``closes_at closed_at opened_at``: instants; ``opened_at`` may be None where every lot failed;
- ``count`` (int): the bids that stood at the close; ``words``: six words; ``checkpoint``: the note that ends with
  the close; ``panel_hash``: hex;
- ``trustees``: each ``seat`` (int) ``role`` (of a seat, as in the panel) ``name org``, ``given_at`` (instant or
  None);
- ``lots``: each ``code name failed`` (bool) ``ceiling`` (text or None), ``columns`` (labels, the price first) and
  ``rows``: each ``place`` (int) ``tenderer uscc received_at values`` (texts, one a column) ``daxie`` (the price in
  capital numerals, or empty) ``verdict`` (why it could not be opened, or empty), optional
  ``on_paper`` (bool);
- ``witnesses``: who cosigned the close, each ``name at``; ``on_paper`` (bool): nobody did, the six words on paper
  stand in for it;
- ``corrections``: dates that were moved, each ``was now`` (instants) ``reason sha256`` (of the notice), optional ``what``
  (the deadline, where nothing else is said);
- optional ``later``: None, or that it is the record of the second opening of a tender in two envelopes: ``sealed`` (each
  ``tenderer reason``: whose price was not opened);
- optional ``sitting``: None, or what happened in the hall (``opening.sitting.presentation.paper``): ``sha256`` (of the
  record, or None) ``ended_at``, ``guests`` (each ``tenderer person way at``), ``answers`` (each ``place answer``),
  ``objections`` (each ``tenderer words at answer answered_at``), ``suspensions`` (each ``reason on_at off_reason off_at``),
  ``signatures`` (each ``capacity name unit at``), ``unsigned`` (names). Without it there is room to write by hand;
- optional ``name``: None, or what it is called where nothing is read out and there is no sitting;
- optional ``offline``: None, or how it was held without the server: ``began_at ended_at imported_at`` (instants) ``host
  supervisor sha256`` (of the result file);
- optional ``bags``: bids on paper that are not among the rows, each ``reference lot tenderer uscc said`` (why)
  ``received_at``;
- optional ``rejected``: files that were not taken, each ``at reason``; ``place``: where it was held;
- optional ``videos``: each ``camera begins_at ends_at``; ``scans`` of the record signed by hand: each ``name size`` (int)
  ``sha256 at``; of either ``withdrawn``: None, or ``at by as reason`` of whoever took it back (a scan's name is empty
  then). Every record takes them.

``witness-record`` (监督记录) and ``failed-record`` (流标记录), by ``opening.papers.presentation.sheet``:

- ``centre title code owner agency address panel_hash words sha256``: the last is of the record's data;
- ``close``: ``at count`` (int); ``written_at``: instant; ``signatures``: each ``capacity name unit at``;
- a witness record: optional ``matter`` (what was seen, where it is not the first opening), ``by`` (``name unit``) ``arrived_at left_at problems opinion opened_at``, ``points`` (each ``point
  seen``), ``shares`` (each ``seat role org at``), ``faults`` (each ``place words``), ``present absent`` (ints),
  ``objections`` (each ``words at answer``), ``suspensions`` (as in a sitting), ``record`` (hex or None);
- a failed record: ``article`` (or empty), ``lots``: each ``lot name when`` (``close`` or ``opened``) ``count least``
  (ints) ``after``.

``receipt`` (投标回执), by ``submissions.presentation.paper_of``:

- ``centre reference bid project project_code lot tenderer uscc address``; ``received_at closes_at``: instants;
- ``envelopes`` (list of texts), ``files bytes`` (int), ``sha256``: of the manifest, hex; ``leaf`` (int) its number
  in the log, ``checkpoint`` the note it is proved against, ``words`` that note's six words; optional ``alone`` (bool): no witness is in
  service.

``bag-receipt`` (纸质投标回执), by ``submissions.presentation.bag_of``:

- ``centre reference project project_code lot tenderer uscc deliverer sealing bag address``; ``copies leaf`` (int);
  ``received_at closes_at``: instants; ``salt``: hex, opens the log's ``holder``; ``checkpoint words``: as in ``receipt``.

``bag-slip`` (纸质投标拒收单), by ``submissions.presentation.slip_of``:

- ``centre reference project project_code tenderer uscc reason address``; ``at closes_at``: instants.

``notice`` (招标公告, 更正公告, 终止公告 and the like), by ``tenders.paper``, ``clarifications.paper``,
``outages.paper``, ``lifecycle.paper``, ``announcements.paper``:

- ``centre name title code lead address sha256``: ``name`` is what it is called, ``lead`` a box at its head, or empty;
  ``signed_by`` (texts): who seals it;
- ``sections``: each ``title``, ``facts`` (pairs of label and value), ``lines`` (texts), ``table``: None, or ``columns`` and ``rows``;
- ``issued_at``: instant, or None of a draft; ``is_draft`` (bool); optional ``checked``: from when on everybody can check
  the digest;
- optional ``proof`` and ``about``: the sentences before the hash and the address, where they are not the tender notice's.

``draw-record`` (专家抽取记录表):

- ``centre title code owner agency draw address``: ``draw`` is the number of the draw;
- ``requested_at frozen_at ordered_at closed_at drawn_at evaluation_at``: instants; ``evaluation_place``,
  ``evaluation_hours`` (int);
- ``requested_by frozen_by ordered_by``: the persons;
- ``kind``: what it is procured as; ``lots`` (texts); ``determination``: how the list came about; ``round`` (int);
- ``members`` (int) the panel's size, ``experts`` (int) of them, ``max_per_unit`` (int), ``reason``: of a further draw, or None;
- ``lines``: the conditions, each ``specialty region need backups listed free`` (ints but the first two);
- ``recused``: the units whose people may not sit, each ``unit code reason``; ``excluded``: how many persons were
  excused, each ``code reason count`` (int); ``code`` is the province's number of the reason, or empty;
- ``parties``: who contributed randomness, each ``name role`` (of a seat; empty for a tenderer) ``value`` (hex)
  ``dealt_at revealed_at`` (instants or None) ``by_trustees`` (bool);
- ``spec_hash seed``: hex; ``checkpoint words``: of the close of contributions;
- ``ranking``: each ``specialty position`` (int) ``number backup`` (bool) ``name unit title phone`` (empty while secret);
- ``calls``: in turn, each ``at specialty number backup`` (bool) ``answer reason by channel`` (empty where there is none),
  and ``checked_by``: who countersigned it, empty before;
- ``result``: who sits, each ``specialty number name unit title phone`` (the last four empty while secret);
- ``remarks`` (texts); ``printed_at``: instant; ``check_code``: alike on every print of the same content.

``committee-record`` (评审成员组成记录表), by ``committee.queries.sheet``:

- ``centre title code kind owner agency address check_code``; ``evaluation_at`` (instant or None) ``printed_at``: instants;
- ``people``: each ``name unit title specialty source by`` (number of the draw or of the certificate, or empty) ``confirmed``
  (by whom, or empty) ``arrived_at`` (instant or None) ``chair`` (bool) ``gone`` (why, or empty);
- ``papers``: each ``source basis words certificate count`` (int) ``sha256 brought brought_at confirmed confirmed_at`` (or None);
- ``lists``: files of another pool, each ``certificate file sha256 log`` (the digest in the log) ``taken away refused`` (ints)
  ``by confirmed confirmed_at`` (or None).
``savings-report`` (月报, 年报), by ``reporting.gazette``:

- ``centre kind`` (``month`` or ``year``) ``name code title span so_far``: the last two say what the columns are, ``so_far`` empty of
  a year; ``issued_at``: instant, or None of a draft, which has neither ``sha256`` (of the data) nor ``address``;
- ``text``: paragraphs; ``compared``: rows of texts; ``tables``: each ``what of`` (节约 or 增值) ``rows``, the last the sum;
  ``months quarters``: rows of eleven texts; ``services``: rows of three; ``footnotes bases notes``: texts.

``chapters`` (any plain paper: a tender document), by ``story.papers``:

- ``centre name english subject``: what the paper is called in both languages, and what it is about;
- ``facts``: pairs of label and value; ``chapters``: each ``title clauses`` (texts);
- ``signed``: whose seal it bears, or empty; ``issued_at``: instant.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pylopdf_fonts_zh_cn
import segno
from flask import current_app, has_app_context

from bidding.core.clock import SHANGHAI

if TYPE_CHECKING:
    import typst

_HERE = Path(__file__).parent
_STANDARDS: Any = ["a-2a", "ua-1"]  # a list of literals, which mypy takes for a list of texts
#: Which instants date a paper: the first that is there.
_DATED = {
    "opening-record": ("opened_at", "closed_at"),
    "witness-record": ("written_at",),
    "failed-record": ("written_at",),
    "receipt": ("received_at",),
    "bag-receipt": ("received_at",),
    "bag-slip": ("at",),
    "notice": ("issued_at",),
    "draw-record": ("drawn_at",),
    "committee-record": ("evaluation_at", "printed_at"),
    "chapters": ("issued_at",),
    "savings-report": ("issued_at",),
}


_UNDATED = datetime.fromtimestamp(0, UTC)


def render(template: str, data: Mapping[str, Any]) -> bytes:
    """The paper as PDF. ``template`` is one of the names above; what ``data`` holds stands there too.

    Raises ``KeyError`` for another name and ``typst.TypstError`` for data that lack a key.
    """
    import typst  # 7 MB, which a worker needs only once it prints

    # A draft has no date: it is of the beginning of time, so that the same draft is the same file.
    dated = next((data[key] for key in _DATED[template] if data[key] is not None), _UNDATED)
    told = {**data, "qr": _qr(data["address"])} if "address" in data else dict(data)
    if has_app_context() and (mark := current_app.config.get("WATERMARK")):
        told["watermark"] = mark  # here and nowhere else: no paper of a rehearsal may do without
    made = typst.compile(
        _HERE / f"{template}.typ",
        root=_HERE,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(told, ensure_ascii=False, default=_text)},
        pdf_standards=_STANDARDS,
        timestamp=int(dated.timestamp()),
    )
    return bytes(made)


@cache
def _fonts() -> typst.Fonts:
    """Noto Serif SC and Noto Sans SC, and what Typst brings along; nothing of the machine's."""
    import typst

    folder = Path(pylopdf_fonts_zh_cn.__file__).parent
    return typst.Fonts(include_system_fonts=False, font_paths=[folder])


def _qr(address: str) -> str:
    """The address as a QR code, an SVG text."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="svg", border=0, xmldecl=False, nl=False)
    return out.getvalue().decode()


def _text(value: object) -> str:
    """What JSON has no form for: instants, to the second in Shanghai time."""
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    raise TypeError(f"{type(value).__name__} cannot stand on a paper")
