"""What every form that acts has in common."""

from __future__ import annotations

from collections.abc import Callable

from bidding.core.errors import DomainError
from bidding.db.uow import Tx
from bidding.web.context import transaction
from bidding.web.forms import Form


def carried_out(form: Form, act: Callable[[Tx], object]) -> bool:
    """Whether the form held and its act was done, in one transaction; otherwise the form says what is wrong."""
    if not form.validate():
        return False
    try:
        with transaction() as tx:
            act(tx)
    except DomainError as error:
        form.refuse(error)
        return False
    return True
