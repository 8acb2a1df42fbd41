"""What the papers of all notices about a tender share: sections, who can be asked, head and foot. Pure.

``notice`` is always the tender notice's data as they were hashed into the log (``service.notice_text``), where need be
as later notices corrected them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bidding.core.clock import SHANGHAI
from bidding.tenders.kinds import Examination, Family, Method
from bidding.tenders.methods import preset
from bidding.tenders.words import Words, words

#: One section: its title, pairs of label and value, sentences, and a table of ``columns`` and ``rows`` or None.
Section = dict[str, Any]
_NUMERALS = "一二三四五六七八九十"


def words_of(notice: Mapping[str, Any]) -> Words:
    """What things are called under the notice's law; after a prequalification the notice is an invitation."""
    return words(Family(notice["family"]), Method(notice["method"]), invited=is_invitation(notice))


def is_invitation(notice: Mapping[str, Any]) -> bool:
    """Whether it goes to those who passed a prequalification."""
    return notice.get("examination") == Examination.BEFORE.value


def minute(seconds: int) -> str:
    """An instant to the minute, as papers state it."""
    return f"{datetime.fromtimestamp(seconds, SHANGHAI):%Y-%m-%d %H:%M}（北京时间）"


def section(
    title: str,
    facts: Sequence[tuple[str, str]] = (),
    lines: Sequence[str] = (),
    table: dict[str, Any] | None = None,
) -> Section:
    """A section; facts and sentences without anything in them are left out."""
    return {
        "title": title,
        "facts": [[label, value] for label, value in facts if value],
        "lines": [line for line in lines if line],
        "table": table,
    }


def asking(
    notice: Mapping[str, Any], title: str, address: str, *, contact: Mapping[str, Any] | None = None
) -> Section:
    """Who can be asked: owner, agency, the person; ``contact`` (``name phone``) where it is another than the notice's."""
    said, agency, person = words_of(notice), notice["agency"], contact or notice["contact"]
    by_itself = agency["name"] == notice["owner"]  # 自行招标: there is no agency to be told of
    return section(
        title,
        [
            (said.owner, notice["owner"]),
            (f"{said.owner}地址", notice.get("owner_address") or ""),
            (f"{said.owner}联系方式", notice.get("owner_contact") or ""),
            (said.agency, "" if by_itself else f"{agency['name']}（{agency['uscc']}）"),
            (f"{said.agency}地址", "" if by_itself else str(agency.get("address") or "")),
            ("项目联系人", person["name"]),
            ("联系电话", person["phone"]),
            ("电子平台", address),
        ],
    )


def framed(
    notice: Mapping[str, Any],
    *,
    name: str,
    sections: Iterable[Section],
    published_at: int | None,
    centre: str,
    address: str,
    sha256: str,
) -> dict[str, Any]:
    """The data of the template ``notice`` (``documents.pdf``): the sections that say anything, numbered, in its frame.

    ``sha256`` is of the text in the log, hex; ``address`` that of its page; ``published_at`` in Unix seconds, None of a draft.
    """
    said = words_of(notice)
    kept = [each for each in sections if each["facts"] or each["lines"] or each["table"]]
    return {
        "centre": centre,
        "name": name,
        "title": notice["title"],
        "code": notice["project"],
        "lead": "",
        "sections": [
            each | {"title": f"{_NUMERALS[place]}、{each['title']}"} for place, each in enumerate(kept)
        ],
        "signed_by": list(dict.fromkeys((notice["owner"], notice["agency"]["name"]))),
        "issued_at": None if published_at is None else datetime.fromtimestamp(published_at, UTC),
        "sha256": sha256,
        "address": address,
        "is_draft": False,
        "checked": "结果公布后"
        if preset(Family(notice["family"]), Method(notice["method"])).quiet
        else "开标后",
        "terms": {"owner": said.owner, "agency": said.agency},
    }
