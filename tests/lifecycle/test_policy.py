import pytest

from bidding.core.actor import NOBODY, Actor, Role
from bidding.core.errors import NotFound
from bidding.lifecycle.policy import GRANTS, Permission, require

AGENCY, RIVAL = 7, 8


def somebody(role, organisation_id):
    permissions = frozenset(permission for permission, roles in GRANTS.items() if role in roles)
    return Actor(1, organisation_id, "", frozenset({role}), permissions)


@pytest.mark.parametrize("permission", Permission)
def test_the_tenders_own_agency_may_do_it_all(permission):
    assert require(somebody(Role.AGENCY, AGENCY), permission, agency_id=AGENCY) == 1


@pytest.mark.parametrize("permission", Permission)
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_to_another_agency_and_to_everybody_else_the_tender_looks_like_none(permission, role):
    own = AGENCY if role is not Role.AGENCY else RIVAL
    with pytest.raises(NotFound):
        require(somebody(role, own), permission, agency_id=AGENCY)


@pytest.mark.parametrize("permission", Permission)
def test_a_stranger_may_nothing(permission):
    with pytest.raises(NotFound):
        require(NOBODY, permission, agency_id=AGENCY)


def test_an_administrator_publishes_what_an_agency_drafts_and_nothing_more():
    wang = somebody(Role.ADMINISTRATOR, 1)
    assert require(wang, Permission.COURSE_PUBLISH, agency_id=AGENCY) == 1
    for permission in (Permission.COURSE_DRAFT, Permission.TENDER_REPEAT):
        with pytest.raises(NotFound):
            require(wang, permission, agency_id=AGENCY)
