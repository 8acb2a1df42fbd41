"""Questions to a browser, and its answers."""

from datetime import UTC, datetime, timedelta

import pytest

from bidding.core.entropy import ReplayEntropy
from bidding.identity import passkeys
from bidding.identity.passkeys import Challenges, PasskeyRefused, Site
from tests.identity.softkey import SoftKey

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
SITE = Site("localhost", "http://localhost")
CHALLENGES = Challenges("a key")


@pytest.fixture
def token():
    return CHALLENGES.new("sign-in", "", now=NOW, entropy=ReplayEntropy(b"token"))


def to_add(token):
    return passkeys.to_add(
        token, SITE, centre="中心", user_id="acc-li", login="li", name="李", known=["a2V5"]
    )


class TestChallenges:
    def test_a_token_holds_for_five_minutes_for_what_it_was_made(self, token):
        CHALLENGES.check(token, "sign-in", "", now=NOW + timedelta(minutes=5, seconds=-1))
        with pytest.raises(PasskeyRefused):
            CHALLENGES.check(token, "sign-in", "", now=NOW + timedelta(minutes=5))

    @pytest.mark.parametrize(("why", "whom"), [("step-up", ""), ("sign-in", "7")])
    def test_not_for_another_act_or_person(self, token, why, whom):
        with pytest.raises(PasskeyRefused):
            CHALLENGES.check(token, why, whom, now=NOW)

    @pytest.mark.parametrize("forged", ["", "x", "WyJzaWduLWluIl0.AAAA"])
    def test_nor_one_that_was_not_made_here(self, token, forged):
        for each in (
            forged,
            token[:-2] + "AA",
            Challenges("other").new("sign-in", "", now=NOW, entropy=ReplayEntropy(b"1")),
        ):
            with pytest.raises(PasskeyRefused):
                CHALLENGES.check(each, "sign-in", "", now=NOW)


def test_a_key_is_asked_to_find_its_account_and_to_ask_its_owner(token):
    options = to_add(token)
    asked = options["authenticatorSelection"]
    assert (asked["residentKey"], asked["userVerification"]) == ("required", "required")
    assert options["rp"] == {"id": "localhost", "name": "中心"}
    assert [each["id"] for each in options["excludeCredentials"]] == ["a2V5"]
    assert passkeys.to_use(token, SITE)["allowCredentials"] == []


@pytest.mark.parametrize("backed_up", [False, True])
def test_a_new_key_tells_of_itself(token, backed_up):
    key = SoftKey(backed_up=backed_up, count=3)
    added = passkeys.added(key.make(to_add(token)), token, SITE)
    assert added.sign_count == 3
    assert (added.is_multi_device, added.is_backed_up) == (backed_up, backed_up)
    assert added.credential_id == "YSBrZXkgb2Ygc2l4dGVlbg"


def test_a_right_signature_is_known(token):
    key = SoftKey()
    public = passkeys.added(key.make(to_add(token)), token, SITE).public_key
    used = passkeys.used(key.use(passkeys.to_use(token, SITE)), public, token, SITE)
    assert used.sign_count == 1


@pytest.mark.parametrize(
    "other",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://localhost:8000"},
        {"rp_id": "evil.example"},
        {"verifies": False},
    ],
    ids=["phished", "another-port", "another-site", "nobody-asked"],
)
def test_what_was_signed_elsewhere_or_without_its_owner_is_refused(token, other):
    key = SoftKey()
    public = passkeys.added(key.make(to_add(token)), token, SITE).public_key
    bad = SoftKey(private=key.private, **other)
    with pytest.raises(PasskeyRefused):
        passkeys.used(bad.use(passkeys.to_use(token, SITE)), public, token, SITE)
    with pytest.raises(PasskeyRefused):
        passkeys.added(bad.make(to_add(token)), token, SITE)


def test_another_key_or_another_question_is_refused(token):
    key = SoftKey()
    public = passkeys.added(key.make(to_add(token)), token, SITE).public_key
    other = CHALLENGES.new("sign-in", "", now=NOW, entropy=ReplayEntropy(b"other"))
    with pytest.raises(PasskeyRefused):
        passkeys.used(SoftKey().use(passkeys.to_use(token, SITE)), public, token, SITE)
    with pytest.raises(PasskeyRefused):
        passkeys.used(key.use(passkeys.to_use(other, SITE)), public, token, SITE)


@pytest.mark.parametrize(
    "answer",
    [{}, {"id": "x"}, {"id": 1, "rawId": [], "type": "public-key", "response": {}}, {"response": None}],
)
def test_what_no_browser_sends_is_refused_as_well(token, answer):
    with pytest.raises(PasskeyRefused):
        passkeys.added(answer, token, SITE)
    with pytest.raises(PasskeyRefused):
        passkeys.used(answer, b"", token, SITE)
