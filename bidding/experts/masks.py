"""How pages show what is sealed in the database. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bidding.core.codes import mask_id_card
from bidding.experts.rules import masked_phone


def masked_email(address: str) -> str:
    """An address as a page shows it: one sign of the mailbox, and the domain."""
    box, _, domain = address.partition("@")
    return f"{box[:1]}***@{domain}"


#: Of every sealed column of a person.
MASKS: Mapping[str, Callable[[str], str]] = {
    "phone": masked_phone,
    "id_number": mask_id_card,
    "email": masked_email,
}
