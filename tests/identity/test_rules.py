"""When a sign-in lives, waits or is refused, and what a password must be."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding.core.actor import Role
from bidding.identity import rules
from bidding.identity.rules import Lifetime, Standing, Throttle

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
THROTTLE = Throttle(window=15 * MINUTE, pair=5, address=40)
LIFETIME = Lifetime(idle=30 * MINUTE, absolute=timedelta(hours=12))
TENDERER = frozenset({Role.TENDERER})
STAFF = frozenset({Role.AGENCY})


def check(password, roles=TENDERER, own_words=()):
    rules.check_password(password, roles=roles, guessable=("password", "qwerty", "2026"), own_words=own_words)


class TestThrottle:
    def test_lets_the_first_attempts_pass(self):
        failures = [NOW - MINUTE] * 4
        assert rules.opens_at(THROTTLE, pair=failures, address=failures, now=NOW) is None

    def test_closes_after_the_fifth_until_the_oldest_of_the_last_five_is_a_window_old(self):
        failures = [NOW - each * MINUTE for each in (14, 10, 5, 3, 1)]
        assert rules.opens_at(THROTTLE, pair=failures, address=failures, now=NOW) == NOW + MINUTE

    def test_opens_at_the_instant_itself(self):
        failures = [NOW - 15 * MINUTE, *[NOW - MINUTE] * 4]
        assert rules.opens_at(THROTTLE, pair=failures, address=failures, now=NOW) is None

    def test_the_order_of_failures_does_not_matter(self):
        failures = [NOW - each * MINUTE for each in (1, 14, 3, 5, 10)]
        assert rules.opens_at(THROTTLE, pair=failures, address=failures, now=NOW) == NOW + MINUTE

    def test_one_address_over_all_accounts_has_a_limit_of_its_own(self):
        failures = [NOW - 2 * MINUTE] * 40
        assert rules.opens_at(THROTTLE, pair=[], address=failures, now=NOW) == NOW + 13 * MINUTE
        assert rules.opens_at(THROTTLE, pair=[], address=failures[:39], now=NOW) is None

    @given(st.lists(st.integers(0, 14), max_size=60))
    def test_never_closes_longer_than_a_window(self, ages):
        failures = [NOW - age * MINUTE for age in ages]
        opens = rules.opens_at(THROTTLE, pair=failures, address=failures, now=NOW)
        assert opens is None or NOW < opens <= NOW + THROTTLE.window


class TestLifetime:
    @pytest.mark.parametrize(
        ("created", "seen", "lives"),
        [
            (0, 0, True),
            (60, 29, True),
            (60, 30, False),
            (12 * 60 - 1, 1, True),
            (12 * 60, 1, False),
        ],
        ids=["fresh", "almost-idle", "idle", "almost-half-a-day", "half-a-day"],
    )
    def test_ends_on_both_limits(self, created, seen, lives):
        alive = rules.alive(
            LIFETIME, created_at=NOW - created * MINUTE, last_seen_at=NOW - seen * MINUTE, now=NOW
        )
        assert alive is lives


class TestPassword:
    def test_a_sentence_of_twelve_characters_is_enough_for_a_tenderer(self):
        check("blue kettle7")

    def test_staff_need_fifteen(self):
        with pytest.raises(rules.PasswordTooShort) as caught:
            check("blue kettle78", STAFF)
        assert caught.value.params == {"least": 15, "count": 13}
        assert caught.value.field == "password"

    def test_whoever_is_both_counts_as_staff(self):
        assert rules.shortest_password({Role.EXPERT}) == 15
        assert rules.shortest_password(frozenset()) == 15
        assert rules.shortest_password(TENDERER) == 12

    def test_counts_after_normalising(self):
        check("ｂｌｕｅ　ｋｅｔｔｌｅ７")
        assert rules.normal_password("ｂｌｕｅ") == "blue"

    def test_is_never_cut_but_refused(self):
        with pytest.raises(rules.PasswordTooLong):
            check("a1B2c3D4" * 17)

    @pytest.mark.parametrize(
        "password", ["password2026!", "qwertyqwerty1", "PASSWORDqwerty2026"], ids=["year", "twice", "both"]
    )
    def test_refuses_what_is_made_of_common_words(self, password):
        with pytest.raises(rules.PasswordGuessable):
            check(password)

    def test_refuses_the_accounts_own_names(self):
        with pytest.raises(rules.PasswordGuessable):
            check("岚岳建设集团有限公司1234", own_words=("岚岳建设集团有限公司",))

    def test_refuses_few_different_signs(self):
        with pytest.raises(rules.PasswordRepeats):
            check("ababababababab")


@pytest.mark.parametrize(
    ("complete", "returned", "approved", "standing"),
    [
        (False, False, False, Standing.UNFILED),
        (True, False, False, Standing.WAITING),
        (True, True, False, Standing.RETURNED),
        (True, False, True, Standing.APPROVED),
        (False, False, True, Standing.APPROVED),
    ],
)
def test_a_filing_stands_as_its_facts_say(complete, returned, approved, standing):
    assert rules.standing(complete=complete, returned=returned, approved=approved) is standing
    assert standing in rules.STANDING_WORDS
    assert standing in rules.STANDING_LAMPS


@pytest.mark.parametrize(
    ("header", "parts"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/130 Safari/537.36 Edg/130", ["Edge", "Windows"]),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", ["Firefox", "Linux"]),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18) Mobile MicroMessenger/8.0", ["微信", "iPhone"]),
        ("curl/8", []),
        ("", []),
    ],
)
def test_a_browser_is_named_as_its_user_knows_it(header, parts):
    assert rules.browser_parts(header) == parts
