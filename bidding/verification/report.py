"""What a verification found: one finding for each thing that was asked. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bidding.experts.replay import DrawRecord
from bidding.opening.record import Record


class Outcome(StrEnum):
    """How a check ended."""

    OK = "ok"
    FAILED = "failed"
    #: Nothing is wrong by it; a person has something left to compare.
    REMARK = "remark"


@dataclass(frozen=True, slots=True)
class Finding:
    """One answer. ``code`` is stable; ``text`` is Chinese and the catalogue's key, ``params`` fill its places."""

    outcome: Outcome
    code: str
    text: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text % self.params if self.params else self.text


@dataclass(frozen=True, slots=True)
class Sheet:
    """A public sheet that decrypted to what the log says; ``content`` as the tenderer sealed it."""

    bid: str
    envelope: str
    stage: int
    content: Mapping[str, Any]


@dataclass(slots=True)
class Report:
    """Everything found, in the order in which it was asked, and what the record holds as far as it could be read."""

    findings: list[Finding] = field(default_factory=list)
    #: No file that could be judged: damaged, cut, or of another kind.
    unreadable: bool = False
    record: Record | None = None
    sheets: list[Sheet] = field(default_factory=list)
    draws: list[DrawRecord] = field(default_factory=list)
    #: From ``names.json``, by h: the experts whose names are out.
    names: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether nothing failed, and something was asked."""
        return bool(self.findings) and not self.failed

    @property
    def failed(self) -> list[Finding]:
        """What failed."""
        return [finding for finding in self.findings if finding.outcome is Outcome.FAILED]

    @property
    def codes(self) -> list[str]:
        """The codes of what failed, in order."""
        return [finding.code for finding in self.failed]

    def passed(self, code: str, text: str, **params: Any) -> None:
        """Note a check that held."""
        self.findings.append(Finding(Outcome.OK, code, text, params))

    def fail(self, code: str, text: str, **params: Any) -> None:
        """Note a check that did not hold: the record is refused."""
        self.findings.append(Finding(Outcome.FAILED, code, text, params))

    def remark(self, code: str, text: str, **params: Any) -> None:
        """Note what a person should know or still compare."""
        self.findings.append(Finding(Outcome.REMARK, code, text, params))
