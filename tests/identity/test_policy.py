"""Which roles go together, and for whom."""

from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest

from bidding.core.actor import NOBODY, Actor, Role
from bidding.core.errors import Forbidden
from bidding.identity import policy
from bidding.identity.policy import GRANTS, WORDS, OrganisationKind, Permission

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
#: What one person may be at once; everything else is refused.
TOGETHER = {frozenset({Role.AGENCY, Role.ADMINISTRATOR})}


def actor(*permissions, step_up_at=None):
    return Actor(1, 1, "somebody", frozenset({Role.AGENCY}), frozenset(permissions), step_up_at)


@pytest.mark.parametrize("pair", list(combinations(Role, 2)), ids=lambda pair: "-".join(pair))
def test_every_pair_of_roles_is_decided(pair):
    found = policy.clash(set(pair))
    assert (found is None) == (frozenset(pair) in TOGETHER)


def test_a_clash_names_both_roles_and_the_reason():
    with pytest.raises(policy.RolesClash) as caught:
        policy.require_compatible({Role.SUPERVISOR, Role.ADMINISTRATOR}, OrganisationKind.CENTRE)
    assert {caught.value.params["one"], caught.value.params["other"]} == {"监督人员", "中心管理员"}
    assert "一个人不能代表两方" in str(caught.value)
    assert caught.value.field == "roles"


def test_a_centre_with_a_staff_of_three_can_run():
    """Two who prepare and confirm for each other and administer, one who supervises: draw and opening have three parties."""
    staff = [
        {Role.ADMINISTRATOR, Role.AGENCY},
        {Role.ADMINISTRATOR, Role.AGENCY},
        {Role.SUPERVISOR},
    ]
    for roles in staff:
        policy.require_compatible(roles, OrganisationKind.CENTRE)
    for role in (Role.ADMINISTRATOR, Role.AGENCY):
        assert sum(role in roles for roles in staff) >= 2


@pytest.mark.parametrize(
    ("role", "kind"),
    [
        (Role.SUPERVISOR, OrganisationKind.AGENCY),
        (Role.TENDERER, OrganisationKind.CENTRE),
        (Role.ADMINISTRATOR, OrganisationKind.SUPERVISORY),
        (Role.EXPERT, OrganisationKind.TENDERER),
    ],
)
def test_an_organisations_people_hold_only_its_roles(role, kind):
    with pytest.raises(policy.RoleNotOfOrganisation):
        policy.require_compatible({role}, kind)


def test_every_role_can_be_held_somewhere_and_every_kind_has_words():
    assert set().union(*policy.ROLES_OF.values()) == set(Role)
    assert set(policy.ROLE_WORDS) == set(Role)
    assert set(policy.KIND_WORDS) == set(OrganisationKind) == set(policy.ROLES_OF)


def test_no_roles_at_all_are_no_clash():
    policy.require_compatible((), OrganisationKind.OTHER)


def test_every_permission_has_holders_and_words():
    assert set(GRANTS) == set(WORDS) == set(Permission)
    assert all(GRANTS.values())


def test_only_a_tenderer_files_and_only_the_centre_decides():
    assert GRANTS[Permission.COMPANY_FILE] == {Role.TENDERER}
    for permission in set(Permission) - {Permission.COMPANY_FILE}:
        assert Role.TENDERER not in GRANTS[permission]
        assert Role.AGENCY not in GRANTS[permission]


def test_permissions_follow_from_roles():
    held = policy.permissions_of(frozenset({Role.SUPERVISOR}), GRANTS)
    assert held == {Permission.ORGANISATION_READ, Permission.ACCOUNT_READ}
    assert policy.permissions_of(frozenset(), GRANTS) == frozenset()


def test_nobody_may_nothing():
    with pytest.raises(Forbidden):
        policy.require(NOBODY, Permission.ACCOUNT_READ)
    policy.require(actor(Permission.ACCOUNT_READ), Permission.ACCOUNT_READ)


@pytest.mark.parametrize(
    ("ago", "fresh"),
    [(None, False), (0, True), (299, True), (300, False)],
    ids=["never", "now", "4:59", "5:00"],
)
def test_a_step_up_lasts_five_minutes_and_not_a_moment_longer(ago, fresh):
    stepped_up_at = None if ago is None else NOW - timedelta(seconds=ago)
    try:
        policy.require_step_up(actor(step_up_at=stepped_up_at), now=NOW, lasts=timedelta(minutes=5))
    except policy.StepUpNeeded:
        assert not fresh
    else:
        assert fresh


def test_a_first_bid_needs_the_role_and_the_window():
    tenderer = frozenset({Role.TENDERER})
    assert policy.approved_tenderer(tenderer, approved_at=NOW)
    assert not policy.approved_tenderer(tenderer, approved_at=None)
    assert not policy.approved_tenderer(frozenset({Role.AGENCY}), approved_at=NOW)
