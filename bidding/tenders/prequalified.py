"""What an applicant for prequalification is judged by, as one digest: by it nobody changes that afterwards unseen."""

from __future__ import annotations

from typing import Any

from bidding.core.canonical import dumps, sha
from bidding.tenders.models import Project


def said(project: Project) -> dict[str, Any]:
    """The facts that have to stay from the prequalification's notice to the tender's (财政部令第87号 25)."""
    who_may = project.who_may
    return {
        "title": project.title,
        "owner": project.owner_name,
        "subject": project.subject,
        "summary": project.summary,
        "consortium": project.consortium,
        "consortium_terms": {"max": who_may.consortium_max, "lead": who_may.consortium_lead},
        "qualification": project.qualification,
        "requirements": [{"what": each.what, "proof": each.proof} for each in who_may.requirements],
        "reserved": who_may.reserved.value if who_may.reserved else None,
        "lots": [{"code": lot.code, "name": lot.name} for lot in project.lots],
    }


def digest(project: Project) -> str:
    """SHA-256 of it in hex."""
    return sha(dumps(said(project))).hex()
