"""Papers: data in, the bytes of a PDF out. The same data gives the same bytes.

Templates are the ``*.typ`` files beside this module. Each reads ``data``; what it wants there stands at its head.
Instants may be given as such: they are printed in Shanghai time. ``address`` becomes a QR code.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn as fonts
import segno
import typst

from bidding.core.clock import SHANGHAI

HOME = Path(__file__).parent
#: Printed nowhere: it only keeps the machine's clock out of the bytes.
_STAMP = datetime(2026, 1, 1, tzinfo=UTC)


def render(template: str, data: Mapping[str, Any]) -> bytes:
    """The PDF of ``template`` (``opening-record``, ``receipt``, ``draw-record``) with this data.

    Raises ``ValueError`` for a template that is not there.
    """
    source = HOME / f"{template}.typ"
    if not source.is_file():
        raise ValueError(f"no template is called {template}")
    filled = {**data, "qr": _qr(str(data["address"])) if data.get("address") else None}
    made: bytes = typst.compile(
        str(source),
        root=str(HOME),
        font_paths=[str(Path(fonts.serif_path()).parent)],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": json.dumps(filled, ensure_ascii=False, sort_keys=True, default=_plain)},
        timestamp=_STAMP,
    )
    return made


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"cannot be printed: {value!r}")


def _qr(address: str) -> str:
    return str(segno.make(address, error="m").svg_inline(border=2, scale=3))
