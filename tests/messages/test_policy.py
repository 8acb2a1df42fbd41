"""Which messages staff may know of."""

import pytest

from bidding.core.actor import Role
from bidding.messages.kinds import WORDS, Kind
from bidding.messages.policy import is_private


@pytest.mark.parametrize("kind", [kind for kind in Kind if WORDS[kind].of_a_tender])
def test_what_tells_a_tenderer_of_a_tender_is_theirs_alone(kind):
    assert is_private(kind, {Role.TENDERER})
    assert not is_private(kind, {Role.AGENCY})


def test_what_the_window_itself_decided_is_no_secret_from_it():
    assert not is_private(Kind.REGISTRATION_APPROVED, {Role.TENDERER})
