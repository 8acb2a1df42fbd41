"""Workbooks for people, written row by row: memory stays flat however many rows there are.

Texts are text cells whatever they begin with: a name such as ``=HYPERLINK(…)`` or ``+1`` is never a formula, and
never a link (CWE-1236). The bytes depend on what is written and on ``created`` alone.

Amounts come as whole fen and become numbers only in their cell. An XLSX file holds the decimal digits of a number
(ECMA-376 part 1, 18.3.1.4), here sixteen of them: enough for every amount up to 2**53 - 1 fen to stand there to
the fen. Whoever reads it with another spreadsheet's doubles gets the same digits back; sums made there are theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, BinaryIO, NamedTuple

from bidding.core.money import FEN_PER_WAN, FEN_PER_YUAN

#: One less than the rows that Excel has, for the header.
MAX_ROWS = 1_048_575
#: As much as a cell of Excel can hold, in characters.
_MAX_TEXT = 32_767
_MAX_NAME = 31
#: Of what a cell says when it is chosen.
_MAX_TITLE, _MAX_HINT = 32, 255
_EPOCH = date(1899, 12, 30).toordinal()
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


class Wan(NamedTuple):
    """Fen, to be shown in 万元."""

    fen: int


class Yuan(NamedTuple):
    """Fen, to be shown in yuan."""

    fen: int


class Rate(NamedTuple):
    """A rate in per cent, such as ``13.67``; None where there is none."""

    text: str | None


Value = str | int | date | Wan | Yuan | Rate


class Book:
    """A workbook that is written into ``target`` when the ``with`` block ends.

    ``created`` is an aware instant; ``say`` translates names of sheets and headers.
    """

    def __init__(self, target: BinaryIO, *, created: datetime, say: Callable[[str], str] = str) -> None:
        import xlsxwriter  # 2 MB, which a worker needs only where somebody takes a workbook away

        self.say = say
        self._book = xlsxwriter.Workbook(target, _OPTIONS)
        self._book.set_properties({"created": created.astimezone(UTC).replace(tzinfo=None)})
        self._head = self._book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self._money = self._book.add_format({"num_format": "#,##0.00"})
        self._text = self._book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        self._rate = self._book.add_format({"num_format": "0.00"})
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})

    def __enter__(self) -> Book:
        return self

    def __exit__(self, *_exception: object) -> None:
        """Write the file, cut short after an exception: the library keeps temporary files until then."""
        self._book.close()

    def sheet(
        self,
        name: str,
        header: Sequence[str],
        widths: Sequence[int],
        *,
        typed: Mapping[int, str] | None = None,
        hidden: bool = False,
    ) -> Sheet:
        """A new sheet whose header, if there is one, stays in sight. ``widths`` are in characters.

        ``typed`` columns take ``text`` as it is typed, or ``money`` with two decimals; a ``hidden`` sheet holds what others list.
        """
        made = self._book.add_worksheet(self.say(name)[:_MAX_NAME])
        formats = {"text": self._text, "money": self._money}
        for column, width in enumerate(widths):
            kind = (typed or {}).get(column)
            made.set_column(column, column, width, formats[kind] if kind else None)
        if hidden:
            made.hide()
        for column, text in enumerate(header):
            made.write_string(0, column, self.say(text) if text else "", self._head)
        if header:
            made.freeze_panes(1, 0)
        return Sheet(made, 1 if header else 0, self._money, self._rate, self._day)


class Sheet:
    """One sheet and the row that comes next."""

    def __init__(self, sheet: Any, row: int, money: Any, rate: Any, day: Any) -> None:
        self._sheet = sheet
        self._row = row
        self._money = money
        self._rate = rate
        self._day = day

    def row(self, *values: Value) -> None:
        """Write the next row; an empty text leaves its cell empty."""
        for column, value in enumerate(values):
            self._cell(column, value)
        self._row += 1

    def hint(self, column: int, title: str, words: str, *, source: str = "", rows: int) -> None:
        """Let the next ``rows`` cells of a column say what to fill in as soon as they are chosen.

        With a ``source``, a range such as ``选项!$A$1:$A$9``, they offer a list to choose from and take nothing else.
        """
        what = {"validate": "list", "source": f"={source}"} if source else {"validate": "any"}
        told = {"input_title": title[:_MAX_TITLE], "input_message": words[:_MAX_HINT]}
        last = self._row + rows - 1
        self._sheet.data_validation(self._row, column, last, column, {**what, **told})

    def _cell(self, column: int, value: Value) -> None:
        at = (self._row, column)
        if isinstance(value, Wan):
            self._sheet.write_number(*at, Decimal(value.fen) / FEN_PER_WAN, self._money)
        elif isinstance(value, Yuan):
            self._sheet.write_number(*at, Decimal(value.fen) / FEN_PER_YUAN, self._money)
        elif isinstance(value, Rate):
            if value.text is not None:
                self._sheet.write_number(*at, Decimal(value.text), self._rate)
        elif isinstance(value, date):
            # Days since the last one of 1899, as a sheet counts them (ECMA-376 part 1, 18.17.4.1).
            self._sheet.write_number(*at, value.toordinal() - _EPOCH, self._day)
        elif isinstance(value, int):
            self._sheet.write_number(*at, value)
        elif value:
            self._sheet.write_string(*at, value[:_MAX_TEXT])
