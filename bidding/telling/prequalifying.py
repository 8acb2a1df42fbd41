"""资格预审结果通知书: each applicant hears that there is one, and nobody else (招标投标法实施条例 19).

The message says the same to who passed and who failed, for what leaves the machine goes over other people's.
"""

from __future__ import annotations

from bidding.core.actor import Role
from bidding.db.uow import Tx
from bidding.identity import queries as identity
from bidding.messages.kinds import Kind
from bidding.messages.service import tell
from bidding.prequalification import queries
from bidding.prequalification.events import PrequalificationDecided
from bidding.prequalification.models import Prequalification


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
