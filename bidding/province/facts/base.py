"""What every message is made of: the centre, the project and its notice, a lot, a unit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.core.canonical import loads, sha
from bidding.identity.models import Account, Organisation
from bidding.province.models import DealCode
from bidding.province.records import BETWEEN, Facts, Fen
from bidding.tenders.kinds import SecurityForm
from bidding.tenders.models import Lot, Project
from bidding.tenders.paper import notice_paper
from bidding.tenders.rules import division, investment_code, lot_number

_OPENING_WAY = "网上开标：受托人到齐，所有一览表同时打开，任何人都可以观看"
_GETTING = "网上自行下载，不用登记、不用数字证书"
_HANDING_IN = "在公告页签封并上传，收到回执即为递交"


@dataclass(frozen=True, slots=True)
class Centre:
    """What the settings say of the centre; ``url`` where its pages are, ``limits`` how large a file and a bid may be."""

    name: str
    region: str
    platform: str
    url: str
    limits: tuple[str, str]
    #: What the centre's own file says besides, by the names of ``mapping.OF_PROFILE``.
    more: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing that a message is about: the project's ``name`` for it, such as ``opening-1``."""

    project: Project
    name: str

    @property
    def numbers(self) -> list[str]:
        """What stands behind the word."""
        return self.name.split("-")[1:]


def of_centre(centre: Centre) -> dict[str, Any]:
    """What is the same in every message."""
    return {
        "centre.name": centre.name,
        "centre.region": centre.region,
        "centre.platform": centre.platform,
        "centre.service_platform": centre.platform,
        **{f"centre.{name}": value for name, value in centre.more.items()},
        "is.uscc": "uscc",
        "is.owner": "owner",
        "is.agency": "agency",
        "is.tenderer": "tenderer",
        "is.seller": "seller",
        "is.buyer": "buyer",
        "is.no": False,
    }


def of_unit(unit: Organisation) -> dict[str, Any]:
    """A legal person; where it is registered stands in its code (GB 32100, signs 3 to 8)."""
    return {
        "unit.name": unit.name,
        "unit.uscc": unit.uscc,
        "unit.region": unit.uscc[2:8],
        "unit.contact": unit.contact,
        "unit.phone": unit.phone,
    }


def deal_codes(session: Session, project: Project) -> dict[int, str]:
    """The unified transaction identifiers of a project's lots, by lot."""
    rows = session.execute(
        select(DealCode.lot_id, DealCode.code).where(DealCode.lot_id.in_([lot.id for lot in project.lots]))
    )
    return {lot_id: code for lot_id, code in rows}  # noqa: C416 — rows are no pairs to a type checker


def of_project(session: Session, project: Project) -> dict[str, Any]:
    """What the project says as it stands, the amounts of its lots together."""
    codes = deal_codes(session, project)
    lots, agency = project.lots, project.agency
    deal = [codes[lot.id] for lot in lots if lot.id in codes]
    published = project.published_at
    forms = project.lot_terms.security_forms
    ceilings = [lot.ceiling_fen for lot in lots if lot.ceiling_fen is not None]
    days = (project.closes_at - published).days if published and project.closes_at else None
    return {
        "project.code17": investment_code(project.code),
        "project.code20": project.code,
        "project.title": project.title,
        "project.region": division(project.code),
        "project.family": project.family.value,
        "project.relation": project.family.value,
        "project.method": project.method.value,
        "project.subject": project.subject,
        "project.organized": "self" if agency.name == project.owner_name else "agency",
        "project.approval": project.approval,
        "project.approval_code": project.approval_code,
        "project.owner": project.owner_name,
        "project.owner_address": project.owner_address,
        "project.owner_contact": project.owner_contact,
        "project.agency": agency.name,
        "project.agency_uscc": agency.uscc,
        "project.agency_region": agency.uscc[2:8],
        "project.agency_address": project.agency_address,
        "project.contact": project.contact,
        "project.phone": project.phone,
        "project.place": project.place,
        "project.funding": project.funding,
        "project.summary": project.summary or project.title,
        "project.media": project.media,
        "project.qualification": project.qualification,
        "project.award_method": project.award_method,
        "project.examination": project.who_may.examination.value,
        "project.consortium": project.consortium,
        "project.price_form": lots[0].price_form.value,
        "project.security_fen": Fen(sum(lot.security_fen for lot in lots)),
        "project.security_form": forms[0].value if forms else SecurityForm.TRANSFER.value,
        "project.ceiling_fen": Fen(sum(ceilings)) if ceilings else None,
        "project.created_at": project.created_at,
        "project.published_at": published,
        "project.days": days,
        "project.operator": _name_of(session, project.prepared_by_id),
        "project.publisher": _name_of(session, project.published_by_id),
        "project.lot_count": len(lots),
        "project.lot_numbers": BETWEEN.join(lot_number(project.code, lot.code) for lot in lots),
        "project.deal_codes": BETWEEN.join(deal) if len(deal) == len(lots) else "",
        "project.first_deal_code": deal[0] if deal else "",
    }


def _name_of(session: Session, account_id: int | None) -> str:
    return session.scalar(select(Account.name).where(Account.id == account_id)) or ""


def of_notice(project: Project, centre: Centre) -> dict[str, Any]:
    """The tender notice as it was published, and its first dates."""
    said: Mapping[str, Any] = loads(project.notice) if project.notice else {}
    address = page_of(centre, project, "")
    room = said.get("opening_room")
    paper = (
        notice_paper(
            said,
            sha256=sha(project.notice or "").hex(),
            centre=centre.name,
            address=address,
            limits=centre.limits,
        )
        if said
        else None
    )
    return {
        "project.closed_at_first": instant(said.get("closes_at")) or project.closes_at,
        "project.opened_at_first": instant(said.get("opens_at")) or project.opens_at,
        "notice.title": f"{project.title}{project.words.notice}",
        "notice.text": flat(paper) if paper else "",
        "notice.url": address,
        "notice.nature": "first",
        "notice.type": "invitation" if said.get("examination") == "before" else "tender",
        "notice.getting": _GETTING,
        "notice.handing_in": _HANDING_IN,
        "notice.opening_way": _OPENING_WAY,
        "notice.opening_place": " ".join(part for part in (room["name"], room["place"]) if part)
        if room
        else f"网上开标大厅 {hall_of(centre, project)}",
        "notice.price_fen": Fen(0),
    }


def instant(seconds: int | None) -> datetime | None:
    """An instant of a notice."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def page_of(centre: Centre, project: Project, rest: str) -> str:
    """The address of one of a tender's pages; empty where the centre has not said where browsers find it."""
    return f"{centre.url}/notices/{project.uid}{rest}" if centre.url else ""


def hall_of(centre: Centre, project: Project) -> str:
    """The address of its opening."""
    return f"{centre.url}/hall/{project.uid}" if centre.url else ""


def flat(paper: Mapping[str, Any]) -> str:
    """A paper's text without its form: what the province wants as one field."""
    lines = [paper["lead"]]
    for section in paper["sections"]:
        lines.append(section["title"])
        lines += [f"{label}：{value}" for label, value in section["facts"]]
        lines += section["lines"]
        table = section["table"]
        if table:
            lines += ["，".join(row) for row in (table["columns"], *table["rows"])]
    return "\n".join(str(line) for line in lines if line)


def of_lot(project: Project, lot: Lot, codes: Mapping[int, str], times: int) -> dict[str, Any]:
    """A lot as it stands; ``times``: which time it is tendered."""
    return {
        "lot.number": lot_number(project.code, lot.code),
        "lot.name": lot.name,
        "lot.deal_code": codes.get(lot.id, ""),
        "lot.times": times,
        "lot.price_form": lot.price_form.value,
        "lot.budget_fen": Fen(lot.budget_fen),
    }


def paper_of(
    make: Callable[..., Mapping[str, Any]],
    text: str | None,
    original: Mapping[str, Any],
    centre: Centre,
    project: Project,
    address: str,
) -> Mapping[str, Any]:
    """A later notice as the paper that is filed."""
    return make(
        loads(text or "{}"),
        original,
        sha256=sha(text or "").hex(),
        centre=centre.name,
        address=address,
        original_address=page_of(centre, project, ""),
    )


Lots = Mapping[str, Facts]


def lot_subjects(code: str) -> dict[str, str]:
    """Whom answers of a lot's record hold for."""
    return {"project": "", "lot": code}
