"""When a sign-in lives, waits or is refused, and what a password must be."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding.core.actor import Role
from bidding.identity import rules
from bidding.identity.rules import Lifetime, Standing, Throttle, Turn

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
THROTTLE = Throttle(window=15 * MINUTE, pair=5, address=40)
LIFETIME = Lifetime(idle=30 * MINUTE, absolute=timedelta(hours=12))
TENDERER = frozenset({Role.TENDERER})
STAFF = frozenset({Role.AGENCY})


def check(password, roles=TENDERER, own_words=()):
    rules.check_password(password, roles=roles, guessable=("password", "qwerty", "2026"), own_words=own_words)


class TestThrottle:
    @pytest.mark.parametrize(
        ("pair", "address", "crowded"), [(4, 39, False), (5, 5, True), (0, 40, True), (0, 39, False)]
    )
    def test_a_place_is_crowded_by_one_account_or_by_all(self, pair, address, crowded):
        assert rules.is_crowded(THROTTLE, pair=pair, address=address) is crowded

    @given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(-1000, 2000))
    def test_nobody_ever_waits_longer_than_half_a_minute(self, pair, address, seconds):
        turn = Turn("li here", NOW + timedelta(seconds=seconds), "1")
        rules.is_crowded(THROTTLE, pair=pair, address=address)
        drawn = Turn("li here", NOW + THROTTLE.wait, "1")
        assert rules.left_to_wait(THROTTLE, None, whose="li here", now=NOW) == THROTTLE.wait
        assert rules.left_to_wait(THROTTLE, drawn, whose="li here", now=drawn.opens_at) == timedelta()
        left = rules.left_to_wait(THROTTLE, turn, whose="li here", now=NOW)
        assert left == max(timedelta(seconds=seconds), timedelta()) or left == THROTTLE.wait

    @pytest.mark.parametrize(
        ("whose", "seconds", "left"),
        [
            ("li here", 29, 1),
            ("li here", 30, 0),
            ("li here", 30 + 899, 0),
            ("li here", 30 + 900, 30),
            ("x", 30, 30),
        ],
        ids=["early", "at-the-instant", "within-the-window", "too-late", "anothers"],
    )
    def test_a_turn_is_good_from_its_instant_for_a_window(self, whose, seconds, left):
        turn = Turn("li here", NOW + THROTTLE.wait, "1")
        now = NOW + timedelta(seconds=seconds)
        assert rules.left_to_wait(THROTTLE, turn, whose=whose, now=now) == timedelta(seconds=left)


class TestClosing:
    """What is no password: registrations of an address, six digits."""

    def opens_at(self, *ages):
        return rules.opens_at([NOW - age * MINUTE for age in ages], limit=5, window=15 * MINUTE, now=NOW)

    def test_lets_the_first_attempts_pass(self):
        assert self.opens_at(1, 1, 1, 1) is None

    def test_closes_after_the_fifth_until_the_oldest_of_the_last_five_is_a_window_old(self):
        assert self.opens_at(14, 10, 5, 3, 1) == NOW + MINUTE
        assert self.opens_at(1, 14, 3, 5, 10) == NOW + MINUTE

    def test_opens_at_the_instant_itself(self):
        assert self.opens_at(15, 1, 1, 1, 1) is None

    @given(st.lists(st.integers(0, 14), max_size=60))
    def test_never_closes_longer_than_a_window(self, ages):
        opens = self.opens_at(*ages)
        assert opens is None or NOW < opens <= NOW + 15 * MINUTE


class TestSecondFactor:
    def due_at(self, roles, first=NOW, days=14):
        return rules.second_factor_due_at(roles, first_signed_in_at=first, within=timedelta(days=days))

    def test_supervisors_and_administrators_have_two_weeks_from_their_first_sign_in(self):
        long_ago = NOW - timedelta(days=100)
        for role in (Role.SUPERVISOR, Role.ADMINISTRATOR):
            assert self.due_at({role: long_ago}) == NOW + timedelta(days=14)

    @pytest.mark.parametrize("role", [Role.TENDERER, Role.AGENCY, Role.EXPERT])
    def test_others_may_and_need_not(self, role):
        assert self.due_at({role: NOW}) is None

    def test_whoever_is_given_the_role_later_has_the_days_from_then(self):
        later = NOW + timedelta(days=50)
        assert self.due_at({Role.AGENCY: NOW, Role.ADMINISTRATOR: later}) == later + timedelta(days=14)

    def test_nothing_runs_before_the_first_sign_in_or_where_the_centre_asks_for_none(self):
        assert self.due_at({Role.SUPERVISOR: NOW}, first=None) is None
        assert self.due_at({Role.SUPERVISOR: NOW}, days=0) is None


class TestPasskeysBarred:
    @pytest.mark.parametrize(
        ("host", "scheme", "pinned", "why"),
        [
            ("bids.example.gov.cn", "https", "", None),
            ("bids.example.gov.cn", "https", "example.gov.cn", None),
            ("localhost", "http", "", None),
            ("app.localhost", "http", "", None),
            ("bids.example.gov.cn", "http", "", "http://"),
            ("10.1.2.3", "https", "", "数字地址"),
            ("127.0.0.1", "http", "", "数字地址"),
            ("::1", "https", "", "数字地址"),
            ("elsewhere.example", "https", "example.gov.cn", "另一个网址"),
            ("evilexample.gov.cn", "https", "example.gov.cn", "另一个网址"),
        ],
    )
    def test_they_need_a_name_and_a_secure_page(self, host, scheme, pinned, why):
        barred = rules.passkeys_barred(host, scheme=scheme, pinned=pinned)
        assert barred is None if why is None else why in barred[0] and "恢复码" in barred[1]


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
