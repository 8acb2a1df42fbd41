"""A table of specialties as a list: 专业代码 and 专业. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bidding.core.errors import N_
from bidding.experts.cells import EMPTY, TOO_LONG, RowError
from bidding.experts.listing import Brought, Headings, bring
from bidding.experts.pool import Reader
from bidding.experts.rules import is_specialty_code

SPECIALTIES = "specialties"
HEADINGS = Headings(
    {"code": ("代码", "专业代码", "code"), "name": ("专业", "名称", "专业名称", "name")}, ("code", "name")
)
NOT_CODE = N_("“%(value)s”不能作代码：由字母、数字和 . _ - 组成，以字母或数字开头，不超过 64 个。")
CODE_TWICE = N_("与第 %(before)s 行代码相同。请删去其中一行。")


@dataclass(frozen=True, slots=True)
class Entry:
    """One specialty of a list; ``before`` is the name it has now, empty for a new one."""

    line: int
    code: str
    name: str
    before: str = ""


@dataclass(slots=True)
class Table:
    """What a list of specialties would do."""

    new: list[Entry] = field(default_factory=list)
    renamed: list[Entry] = field(default_factory=list)
    unchanged: int = 0
    errors: list[RowError] = field(default_factory=list)
    refused: int = 0

    @property
    def good(self) -> int:
        """Rows that can be taken."""
        return len(self.new) + len(self.renamed) + self.unchanged


def brought(file_name: str, data: bytes) -> Brought:
    """A table of specialties as it was brought. Raises ``UnreadableList``."""
    return bring(SPECIALTIES, HEADINGS, file_name, data)


def read(rows: Iterable[tuple[int, Mapping[str, str]]], known: Mapping[str, str]) -> Table:
    """Go through a list; ``known`` are the names by their codes."""
    found, seen = Table(), dict[str, int]()
    for line, values in rows:
        code, name = values.get("code", ""), values.get("name", "")
        faults = [*_faults(line, code, name)]
        before = seen.setdefault(code, line)
        if before != line:
            faults.append(RowError(line, name, "代码", CODE_TWICE, {"before": before}))
        if faults:
            found.refused += 1
            found.errors += faults[: max(0, Reader.MOST - len(found.errors))]
        elif code not in known:
            found.new.append(Entry(line, code, name))
        elif known[code] != name:
            found.renamed.append(Entry(line, code, name, known[code]))
        else:
            found.unchanged += 1
    return found


def _faults(line: int, code: str, name: str) -> Iterable[RowError]:
    if not is_specialty_code(code):
        yield RowError(line, name, "代码", NOT_CODE, {"value": code[:40]})
    if not name:
        yield RowError(line, name, "专业", EMPTY)
    elif len(name) > 100:
        yield RowError(line, name[:60], "专业", TOO_LONG, {"limit": 100})
