"""What a copy of an earlier tender is called, and what deserves a thought about its name. Pure; nothing here blocks."""

from __future__ import annotations

from bidding.core.errors import N_, DomainError
from bidding.tenders.rules.timetable import Problem

#: What a copy's name ends with until somebody renames it.
COPY_MARK = "（副本）"
MAX_TITLE = 200


class StillACopy(DomainError):
    """A copy that nobody has renamed."""

    code = "tenders.still_a_copy"
    text = N_("项目名称还带着“%(mark)s”。请到“基本情况”一步改成公告上的名称；这一条只提醒，不拦发布。")
    status = 422


class TitleTwice(DomainError):
    """Another tender of the same owner, open now, has the very same name."""

    code = "tenders.title_twice"
    text = N_(
        "“%(owner)s”另有一个正在公告的项目也叫这个名称（%(code)s），参加的单位会弄混。请到“基本情况”一步改名；"
        "这一条只提醒，不拦发布。"
    )
    status = 422


def copy_title(title: str) -> str:
    """The name of a copy: marked once, however often it is copied, and no longer than names may be."""
    return title.removesuffix(COPY_MARK)[: MAX_TITLE - len(COPY_MARK)] + COPY_MARK


def check_title(title: str, owner: str, same: str | None) -> list[Problem]:
    """``same`` is the number of a tender of this owner and name that is open now, if there is one."""
    out = []
    if title.endswith(COPY_MARK):
        out.append(Problem(StillACopy(field="title", mark=COPY_MARK), blocks=False))
    if same is not None:
        out.append(Problem(TitleTwice(field="title", owner=owner, code=same), blocks=False))
    return out
