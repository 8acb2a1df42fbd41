"""资格预审结果通知书: each applicant hears that there is one, and nobody else (招标投标法实施条例 19); and of corrections.

The message of a result says the same to who passed and who failed, for what leaves the machine goes over other people's.
"""

from __future__ import annotations

from typing import Any

from bidding.clarifications.events import PrequalificationCorrected
from bidding.core.actor import Role
from bidding.db.uow import Tx
from bidding.identity import queries as identity
from bidding.messages.kinds import Kind
from bidding.messages.service import tell
from bidding.prequalification import queries
from bidding.prequalification.events import PrequalificationDecided
from bidding.prequalification.models import Prequalification
from bidding.telling import queries as reached
from bidding.tenders import queries as tenders
from bidding.tenders.events import ProjectPublished
from bidding.tenders.models import Project


def decided(tx: Tx, event: PrequalificationDecided, *, leaves: bool) -> None:
    """Tell the people of every applicant; ``leaves`` as of messages about one's own bids."""
    found = tx.session.get_one(Prequalification, event.prequalification_id)
    for each in queries.opened(tx.session, found):
        tell(
            tx,
            identity.holders(tx.session, Role.TENDERER, each.organisation_id),
            Kind.PREQUALIFIED,
            path=f"/applications/{each.uid}",
            leaves=leaves,
            title=found.project.title,
            reference=each.reference,
        )


def invited(tx: Tx, event: ProjectPublished, *, leaves: bool) -> None:
    """投标邀请书 to each who passed, and to nobody else; ``leaves`` as of messages about one's own bids."""
    project = tx.session.get_one(Project, event.project_id)
    if project.qualified_as is None:
        return
    for organisation in queries.passing(tx.session, project.id):
        tell(
            tx,
            identity.holders(tx.session, Role.TENDERER, organisation),
            Kind.INVITED_TO_TENDER,
            path=f"/notices/{project.uid}",
            leaves=leaves,
            title=project.title,
            closes_at=event.closes_at,
        )


def corrected(tx: Tx, event: PrequalificationCorrected) -> None:
    """Whoever has applied or begun to, who follows it, the agency and the supervisors (招标投标法实施条例 21).

    Nobody else sees to whom it goes: letters about a tender to a tenderer are private (``messages.policy``). Officials
    are told first: what is drawn and numbered for them must not hang on how many tenderers there are.
    """
    project = tx.session.get_one(Project, event.project_id)
    kind, params = Kind.PREQUALIFICATION_CLARIFIED, dict[str, Any]()
    if event.closes_at is not None:
        kind = Kind.PREQUALIFICATION_LATER
        params = {"was_closes_at": event.was_closes_at, "closes_at": event.closes_at}
    applying = {
        *tenders.followers(tx.session, project.id),
        *(
            person
            for organisation in queries.applying(tx.session, project.id)
            for person in identity.holders(tx.session, Role.TENDERER, organisation)
        ),
    }
    for people in (reached.officials(tx.session, project), applying):
        tell(
            tx,
            people - {tx.actor.account_id},
            kind,
            path=f"/prequalifications/{project.uid}/clarifications/{event.number}",
            title=project.title,
            what=event.title,
            number=str(event.number),
            **params,
        )
