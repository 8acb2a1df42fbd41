"""The tender section: what a notice says, and what its corrections made of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from bidding.core.money import yuan
from bidding.opendata.facts import Fact, Process
from bidding.opendata.ocds import parties
from bidding.opendata.ocds.parts import document, end_of_day, instant, pruned, value
from bidding.tenders.kinds import Evaluation, Method

#: procurementMethod: who may take part. 竞争性谈判 and 磋商 are announced to everybody, but only those who meet what is
#: asked for are invited to make their last offers.
METHODS: dict[Method, str] = {
    Method.OPEN_TENDER: "open",
    Method.INVITED_TENDER: "selective",
    Method.NEGOTIATION: "selective",
    Method.CONSULTATION: "selective",
    Method.QUOTATION: "limited",
    Method.SINGLE_SOURCE: "direct",
    Method.FRAMEWORK: "open",
    Method.COMPARISON: "open",
}
CATEGORIES = {"construction": "works", "goods": "goods", "services": "services"}
CRITERIA = {
    Evaluation.COMPREHENSIVE.value: "ratedCriteria",
    Evaluation.LOWEST.value: "priceOnly",
}
#: submissionMethodDetails, by whether paper is taken too.
_HANDED_IN = {False: "在本平台签封后网上递交", True: "在本平台签封后网上递交，也接受纸质递交"}
_FORMS = {"pdf": "application/pdf", "zip": "application/zip", "json": "application/json", "txt": "text/plain"}


class Tender:
    """A tender as it stands after each fact."""

    def __init__(self, process: Process, notice: Fact) -> None:
        self.process, self.said, self.release = process, notice.said, notice.key
        said = notice.said
        self.written: dict[str, Any] = {
            name: said.get(name) or ""
            for name in (
                "summary",
                "qualification",
                "award_method",
                "owner_address",
                "owner_contact",
                "funding",
            )
        }
        self.written |= {
            "contact": said["contact"]["name"],
            "phone": said["contact"]["phone"],
            "agency_address": said["agency"].get("address", ""),
        }
        self.lots: dict[str, dict[str, Any]] = {lot["code"]: dict(lot) for lot in said["lots"]}
        self._had_ceiling = {code for code, lot in self.lots.items() if lot.get("ceiling_fen") is not None}
        self.states = dict.fromkeys(self.lots, "active")
        self.status = "active"
        self.began = instant(notice.at)
        self.closes_at = said["closes_at"]
        self.asks_until: date | None = notice.asks_until
        self.documents = [
            document("notice", "tenderNotice", said["title"], process.page, self.began),
            document(
                "notice-pdf",
                "tenderNotice",
                said["title"],
                f"{process.page}/notice.pdf",
                self.began,
                form=_FORMS["pdf"],
            ),
            *(self._file(each, self.began) for each in said["documents"]),
        ]
        self.amendments: list[dict[str, Any]] = []

    def _file(self, file: Mapping[str, Any], at: str) -> dict[str, Any]:
        """A published file, at its address for good: that has its digest in it."""
        form = _FORMS.get(file["name"].rpartition(".")[2].lower(), "application/octet-stream")
        return document(
            file["sha256"],
            "biddingDocuments",
            file["name"],
            f"{self.process.page}/files/{file['sha256']}",
            at,
            form=form,
        )

    # What happens to it ------------------------------------------------------------------------------------------

    def amend(self, fact: Fact, rationale: str, description: str = "") -> None:
        """Note an amendment: by which release, to which before it."""
        self.amendments = [
            pruned(
                {
                    "id": fact.key,
                    "date": instant(fact.at),
                    "rationale": rationale,
                    "description": description,
                    "amendsReleaseID": self.process.release(self.release),
                    "releaseID": self.process.release(fact.key),
                }
            )
        ]
        self.release = fact.key

    def announce(self, fact: Fact, kind: str, title: str) -> None:
        """A notice of its own among the documents; what was told before needs no telling again."""
        self.documents.append(document(fact.key, kind, title, fact.page, instant(fact.at)))

    def correct(self, fact: Fact) -> list[str]:
        """Take what a notice of answers and corrections changes; what it changed, in words."""
        changed = []
        for item in fact.said["items"]:
            changed.append(f"{item['label']}（{item['lot']}）" if item.get("lot") else item["label"])
            name, now = item["item"], item["is"]
            if name == "ceiling":
                self.lots[item["lot"]]["ceiling_fen"] = now
            elif name == "file":
                self._put(fact, item["was"], now)
            elif name == "closes_at":
                self.closes_at = now
            elif name in self.written:
                self.written[name] = now
        if fact.asks_until is not None:
            self.asks_until = fact.asks_until
        return changed

    def _put(self, fact: Fact, was: Mapping[str, Any] | None, now: Mapping[str, Any]) -> None:
        at = instant(fact.at)
        self.documents.append(self._file(now, at))
        if was is not None:  # it stays to be read
            self.documents.append(
                {**self._file(was, at), "dateModified": at, "description": f"已由 {now['name']} 替换"}
                | {"datePublished": self.began}
            )

    def settle(self, lot: str, state: str) -> None:
        """A lot came to an end: the tender does when none goes on."""
        self.states[lot] = state
        states = set(self.states.values())
        if "active" not in states:
            self.status = "complete" if "complete" in states else states.pop()

    def cancel(self) -> None:
        """It was terminated: what is decided stays decided."""
        self.states = {lot: "cancelled" if state == "active" else state for lot, state in self.states.items()}
        self.status = "cancelled"

    # How it reads ------------------------------------------------------------------------------------------------

    def section(self) -> dict[str, Any]:
        """The tender section of the release that tells of the last fact."""
        said, written = self.said, self.written
        way = (said.get("evaluation") or {}).get("way", "")
        method = Method(said["method"])
        found: dict[str, Any] = pruned(
            {
                "id": said["project"],
                "title": said["title"],
                "description": written["summary"],
                "status": self.status,
                "procuringEntity": self.agency_reference(),
                "items": [
                    {"id": code, "description": lot["name"], "relatedLot": code}
                    for code, lot in self.lots.items()
                ],
                "value": value(sum(lot["budget_fen"] for lot in self.lots.values())),
                "procurementMethod": "selective" if said.get("examination") else METHODS[method],
                "procurementMethodDetails": self.process.method,
                "mainProcurementCategory": CATEGORIES.get(said["subject"]),
                "awardCriteria": CRITERIA.get(way),
                "awardCriteriaDetails": written["award_method"],
                "submissionMethod": [
                    "electronicSubmission",
                    *(["written"] if said.get("paper_bids") else []),
                ],
                "submissionMethodDetails": _HANDED_IN[bool(said.get("paper_bids"))],
                "tenderPeriod": {"startDate": self.began, "endDate": instant(self.closes_at)},
                "enquiryPeriod": self._enquiry(),
                "eligibilityCriteria": self._who(),
                "lots": [self._lot(lot) for lot in self.lots.values()],
                "documents": self.documents,
                "amendments": self.amendments,
            }
        )
        self.documents, self.amendments = [], []
        return found

    def _enquiry(self) -> dict[str, Any] | None:
        if self.asks_until is None:
            return None
        end = min(end_of_day(self.asks_until), instant(self.closes_at))
        return {"startDate": self.began, "endDate": end} if end > self.began else None

    def _who(self) -> str:
        """The qualification in the notice's words, and each requirement of its table."""
        rows = [
            f"{each['what']}（{each['proof']}）" if each["proof"] else each["what"]
            for each in self.said.get("requirements", [])
        ]
        return "\n".join(filter(None, [self.written["qualification"], *rows]))

    def _lot(self, lot: Mapping[str, Any]) -> dict[str, Any]:
        ceiling, limit = lot.get("ceiling_fen"), ""
        if ceiling is not None:
            limit = f"最高限价 {yuan(ceiling)} 元"
        elif lot["code"] in self._had_ceiling:  # said, for what is merged stays until something else is said
            limit = "不设最高限价"
        return {
            "id": lot["code"],
            "title": lot["name"],
            "description": limit,
            "status": self.states[lot["code"]],
            "value": value(lot["budget_fen"]),
        }

    # Who is behind it --------------------------------------------------------------------------------------------

    @property
    def _owner_code(self) -> str:
        """The owner's code where it runs the tender itself; else no notice says it."""
        agency = self.said["agency"]
        return agency["uscc"] if agency["name"] == self.said["owner"] else ""

    def buyer_reference(self) -> dict[str, Any]:
        """The owner (招标人、采购人、比选人)."""
        return parties.reference(self.said["owner"], self._owner_code)

    def agency_reference(self) -> dict[str, Any]:
        """The agency that runs it (代理机构)."""
        return parties.reference(self.said["agency"]["name"], self.said["agency"]["uscc"])

    def people(self) -> list[dict[str, Any]]:
        """Both as entries of ``parties``."""
        written, agency = self.written, self.said["agency"]
        return [
            parties.party(
                self.said["owner"],
                self._owner_code,
                roles=["buyer"],
                address=parties.address(written["owner_address"]),
                contactPoint={"name": written["owner_contact"]},
            ),
            parties.party(
                agency["name"],
                agency["uscc"],
                roles=["procuringEntity"],
                address=parties.address(written["agency_address"]),
                contactPoint={"name": written["contact"], "telephone": written["phone"]},
            ),
        ]

    def planning(self, intention_page: str) -> dict[str, Any]:
        """The planning section: what the notice says of money, approval and the intention before it."""
        said, intention = self.said, self.said.get("intention")
        plan = (
            [
                document(
                    f"intention-{intention['sha256'][:16]}",
                    "plannedProcurementNotice",
                    intention["title"],
                    intention_page,
                    instant(intention["published_at"]),
                )
            ]
            if intention and intention_page
            else []
        )
        found = pruned(
            {
                "budget": {
                    "description": self.written["funding"],
                    "amount": value(sum(lot["budget_fen"] for lot in self.lots.values())),
                    "projectID": said.get("approval_code"),
                },
                "documents": plan,
            }
        )
        return dict(found)
