"""P11: a workbook of 1,000,000 items, against openpyxl in the mode that it has for this.

Both sides write the same thirteen cells of every row, the same texts and the same numbers, in a process of their own
which reports its seconds and the most memory it ever held (``ru_maxrss``). The peer gets plain values without any
format, the fastest that it can; ours goes through ``documents.xlsx``, as the report's download does, with formats and
amounts to the fen. What comes out is opened and counted. The memory goal is asked twice: at most 150 MB, and no more
than a tenth above what the first hundredth of the rows needs.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from benchmarks.harness import pairs

ROWS = 1_000_000
FEW = ROWS // 100
MOST_MB, GROWTH = 150, 1.1
COLUMNS = (
    "编号",
    "项目",
    "类别",
    "方式",
    "招标人",
    "中标人",
    "口径",
    "预算",
    "成交",
    "节约",
    "增值",
    "日期",
    "来源",
)
_CREATED = datetime(2026, 11, 29, tzinfo=UTC)


def rows(count: int) -> Iterator[tuple[str, str, str, str, str, str, str, int, int, date, str]]:
    """What the report's items are like: the same on every run; two amounts in fen, a day, the rest texts."""
    for number in range(count):
        mixed = (number * 2_654_435_761) % 2**32
        basis = 1_000_000 + mixed * 37 % 500_000_000
        award = basis * (750 + mixed // 64 % 260) // 1000
        day = date(2012 + mixed % 15, mixed // 512 % 12 + 1, mixed // 8192 % 28 + 1)
        yield (
            f"L-{number}",
            f"{mixed % 97} 号道路改造工程第 {number} 标段",
            "工程建设",
            "公开招标",
            f"单位 {mixed % 400}",
            f"某建设有限公司 {mixed % 900}",
            "最高投标限价（控制价）",
            basis,
            award,
            day,
            "导入的历史台账",
        )


def ours(target: Path, count: int) -> None:
    """As ``reporting.workbook`` writes its items."""
    from bidding.documents.xlsx import Book, Yuan

    with target.open("wb") as file, Book(file, created=_CREATED) as book:
        sheet = book.sheet("逐项", COLUMNS, [18] * len(COLUMNS))
        for *texts, basis, award, day, source in rows(count):
            sheet.row(*texts, Yuan(basis), Yuan(award), Yuan(basis - award), "", day, source)


def theirs(target: Path, count: int) -> None:
    """openpyxl, write-only."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("逐项")
    sheet.append(list(COLUMNS))
    for *texts, basis, award, day, source in rows(count):
        amounts = (Decimal(basis) / 100, Decimal(award) / 100, Decimal(basis - award) / 100)
        sheet.append([*texts, *amounts, None, day, source])
    book.save(target)


def _rows_in(target: Path) -> int:
    """How many rows the first sheet has."""
    found, rest = 0, b""
    with zipfile.ZipFile(target) as archive, archive.open("xl/worksheets/sheet1.xml") as sheet:
        while block := sheet.read(2**20):
            found += (rest + block).count(b"<row ")
            rest = block[-4:]
    return found


def _one(side: str, count: int) -> tuple[float, float]:
    """Seconds of processor time and MB at the most, of one side in a process of its own; what it wrote is checked."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "out.xlsx"
        said = subprocess.run(
            [sys.executable, "-m", "benchmarks.p11_xlsx", side, str(target), str(count)],
            check=True,
            capture_output=True,
            text=True,
        )
        if (found := _rows_in(target)) != count + 1:
            raise RuntimeError(f"{side} wrote {found} rows")
        figures = json.loads(said.stdout)
    return figures["seconds"], figures["mb"]


def run() -> bool:
    """Time and memory; whether the goals are met."""
    few = _one("ours", FEW)[1]
    held: list[float] = []

    def own() -> float:
        seconds, mb = _one("ours", ROWS)
        held.append(mb)
        return seconds

    fast = pairs("P11", own, lambda: _one("theirs", ROWS)[0], 1.0, n=3, at_most=True)
    most = max(held)
    flat = most <= MOST_MB and most <= few * GROWTH
    print(
        f"P11-memory mb={most:.0f} of {few:.0f} with {FEW:,} rows, goal<={MOST_MB} {'ok' if flat else 'short'}"
    )
    return fast and flat


if __name__ == "__main__":
    chosen, path, number = sys.argv[1:]
    begun = time.process_time()
    {"ours": ours, "theirs": theirs}[chosen](Path(path), int(number))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": time.process_time() - begun, "mb": peak}))
