"""A change of dates on the machine of the seat that signs it: read, checked, signed (protocol §2). No Flask, no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bidding.core.canonical import Malformed, dumps, exactly, integer, loads, text_of
from bidding.core.errors import N_, DomainError
from bidding.core.signing import public_key
from bidding.sealing.dealing import trustee_sign_seed
from bidding.sealing.keys import TrusteeKey, write_new
from bidding.sealing.panel import (
    SCHEDULERS,
    Panel,
    Seat,
    check_draft,
    check_schedule_form,
    parse_panel,
    sign_schedule,
)


class ScheduleRefused(DomainError):
    """A file with a change of dates that this seat must not sign."""

    code = "sealing.schedule_refused"
    text = N_("没有签名，密钥没有使用：%(reason)s。请重新下载延期文件；仍然如此的，停止办理并告诉监督部门。")
    status = 422


@dataclass(frozen=True, slots=True)
class ScheduleDraft:
    """A change of dates that breaks no rule: the panel, the schedule in force, and the one to be signed."""

    title: str
    panel: Panel
    previous: Mapping[str, Any]
    schedule: Mapping[str, Any]  # without sigs

    def seat(self, key: TrusteeKey) -> Seat:
        """The key's seat, if it is one of the two that sign. Raises ``ScheduleRefused``."""
        sign = public_key(trustee_sign_seed(key.seed))
        for role in SCHEDULERS:
            seat = self.panel.seat_of(role)
            if seat.sign == sign:
                return seat
        raise ScheduleRefused(reason=N_("这把密钥不是本项目的监督席位，也不是代理机构席位"))


def read_schedule(data: bytes, *, panel: str | None = None) -> ScheduleDraft:
    """Take the file of a change of dates and check all that a seat can check offline. Raises ``ScheduleRefused``.

    No instant moves earlier, and the deadline to after its old value and the stamp of the draft (protocol §2); ``panel`` is the
    panel hash (hex) of the printed notice.
    """
    try:
        return _schedule(loads(data), panel)
    except Malformed as error:
        raise ScheduleRefused(reason=str(error)) from error


def _schedule(value: object, panel: str | None) -> ScheduleDraft:
    parts = exactly(value, "v type title panel previous schedule", "schedule draft")
    integer(parts["v"], "schedule draft: v", 1, 1)
    if parts["type"] != "schedule-draft":
        raise Malformed("type is not schedule-draft")
    read = parse_panel(parts["panel"])
    if panel is not None and read.hash.hex() != panel:
        raise Malformed(f"its panel is {read.hash.hex()}, the notice says {panel}")
    previous = check_schedule_form(parts["previous"], read)
    draft = check_draft(parts["schedule"], read, previous)
    return ScheduleDraft(text_of(parts["title"], "title"), read, previous, draft)


def sign_draft(draft: ScheduleDraft, key: TrusteeKey, out: Path) -> Seat:
    """Sign a change of dates and write the signature to ``out``; the seat. Raises ``ScheduleRefused``, ``FileExists``."""
    seat = draft.seat(key)
    value = {
        "v": 1,
        "type": "schedule-signature",
        "panel": draft.panel.hash.hex(),
        "n": draft.schedule["n"],
        "i": seat.i,
        "sig": sign_schedule(draft.schedule, trustee_sign_seed(key.seed)),
    }
    write_new(out, dumps(value) + b"\n")
    return seat
