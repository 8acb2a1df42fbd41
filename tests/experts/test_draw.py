from __future__ import annotations

import hashlib
import hmac
import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding.core.canonical import Malformed, dumps, lp, sha
from bidding.experts.draw import (
    PoolTooSmall,
    Stream,
    check_capacity,
    check_spec,
    draw,
    leaf_hash,
    rank,
    spec_bytes,
)

HASHES = [sha(f"person {i}").hex() for i in range(64)]


def spec_of(*strata, cap=1):
    """Strata as (id, need, backups, [(h, excl, unit)…])."""
    return {
        "v": 1,
        "id": "D-1",
        "max_per_unit": cap,
        "strata": [
            {
                "id": name,
                "need": need,
                "backups": backups,
                "leaves": [{"h": h, "excl": excl, "unit": unit} for h, excl, unit in sorted(leaves)],
            }
            for name, need, backups, leaves in strata
        ],
    }


def people(count, start=0):
    return [(h, None, None) for h in HASHES[start : start + count]]


def test_the_stream_is_hmac_of_a_counter():
    seed = sha("seed")
    expected = hmac.digest(seed, lp("expert-draw/v1 stream", "civil", (5).to_bytes(8, "big")), "sha256")
    assert Stream(seed, "civil").block(5) == expected


def test_numbers_are_read_eight_bytes_at_a_time_and_the_excess_is_rejected():
    seed, n = sha("seed"), 2**63 + 1  # about half of all words are beyond the limit
    stream, words = Stream(seed, "s"), []
    for counter in range(20):
        block = Stream(seed, "s").block(counter)
        words += [int.from_bytes(block[i : i + 8], "big") for i in range(0, 32, 8)]
    wanted = [x % n for x in words if x < 2**64 - 2**64 % n]
    assert [stream.below(n) for _ in range(len(wanted))] == wanted
    assert len(wanted) < len(words)


@given(st.binary(min_size=32, max_size=32), st.lists(st.sampled_from(HASHES), unique=True, max_size=40))
def test_a_ranking_is_a_permutation(seed, leaves):
    ordered = sorted(leaves)
    assert sorted(rank(seed, "s", ordered)) == ordered


def test_a_hundred_thousand_draws_from_fixed_seeds_are_as_uneven_as_chance_and_no_more():
    """Chi-square over who is picked first, second and held in reserve of five: 60 orders, 59 degrees of freedom.

    Within the two-sided 99.8 % interval: 31.0 to 98.3. Too even would be as wrong as too uneven.
    """
    leaves, trials = sorted(HASHES[:5]), 100_000
    seen = Counter(tuple(rank(hashlib.sha256(b"%d" % i).digest(), "s", leaves)[:3]) for i in range(trials))
    assert len(seen) == 60
    expected = trials / 60
    assert 31.0 < sum((count - expected) ** 2 / expected for count in seen.values()) < 98.3


@given(
    st.binary(min_size=32, max_size=32),
    st.lists(
        st.tuples(st.integers(1, 3), st.integers(0, 3), st.sets(st.integers(0, 19), min_size=1)),
        min_size=1,
        max_size=3,
    ),
    st.integers(1, 2),
)
def test_nobody_twice_nobody_excluded_no_unit_beyond_the_cap(seed, strata, cap):
    unit = {h: None if i % 3 == 0 else f"u{i % 5}" for i, h in enumerate(HASHES)}
    excluded = {h: "agency" if i % 7 == 0 else None for i, h in enumerate(HASHES)}
    spec = check_spec(
        spec_of(
            *(
                (f"s{n}", need, backups, [(HASHES[i], excluded[HASHES[i]], unit[HASHES[i]]) for i in who])
                for n, (need, backups, who) in enumerate(strata)
            ),
            cap=cap,
        )
    )
    try:
        check_capacity(spec)
    except PoolTooSmall:
        return
    results = draw(seed, spec)  # what passed the check can always be filled
    picks = [h for result in results for h in result.picks]
    assert len(picks) == len(set(picks)) == sum(s["need"] for s in spec["strata"])
    assert all(excluded[h] is None for h in picks)
    assert all(count <= cap for u, count in Counter(unit[h] for h in picks).items() if u is not None)
    for result in results:
        assert not set(result.picks) & set(result.backups)
        assert not {h for h, why in result.skipped if why == "already-drawn"} & set(result.picks)


def test_one_drawn_before_is_passed_over_and_listed():
    both = people(3)
    first, second = draw(sha("x"), spec_of(("a", 2, 0, both), ("b", 1, 1, both)))
    assert {(h, "already-drawn") for h in first.picks} == set(second.skipped)
    assert second.picks[0] not in first.picks


def test_a_colleague_beyond_the_cap_is_passed_over_and_listed():
    leaves = [(h, None, "u1") for h in HASHES[:5]] + [(HASHES[5], None, "u2")]
    (result,) = draw(sha("y"), spec_of(("a", 2, 0, leaves)))
    assert HASHES[5] in result.picks
    assert all(why == "unit-cap" for _, why in result.skipped)


def test_too_small_a_pool_is_named():
    spec = spec_of(("civil", 2, 0, people(1)))
    with pytest.raises(PoolTooSmall) as refusal:
        draw(sha("z"), spec)
    assert refusal.value.params == {"stratum": "civil", "need": 2, "free": 1}
    with pytest.raises(PoolTooSmall):
        check_capacity(spec)


def test_capacity_counts_what_earlier_strata_may_take():
    same = people(4)
    check_capacity(spec_of(("a", 2, 0, same), ("b", 2, 0, same)))
    with pytest.raises(PoolTooSmall):
        check_capacity(spec_of(("a", 2, 0, same), ("b", 3, 0, same)))
    check_capacity(spec_of(("a", 2, 0, people(2)), ("b", 3, 0, people(3, 10))))
    with pytest.raises(PoolTooSmall):
        check_capacity(spec_of(("a", 2, 0, [(h, None, "u") for h in HASHES[:9]])))


@given(st.text(max_size=30).filter(lambda t: t.isprintable()), st.integers(0, 80))
def test_a_leaf_commits_to_the_canonical_expert(name, years):
    expert = {"v": 1, "name": name + '"\\\n', "years": years, "specialties": ["A01", "A02"], "unit": None}
    wanted = sha("expert-draw/v1 leaf", lp("local", b"s" * 32, dumps(expert))).hex()
    assert leaf_hash("local", b"s" * 32, expert) == wanted


GOOD = spec_of(("civil", 1, 1, [(HASHES[0], None, "u1"), (HASHES[1], "agency", None)]))


def test_the_bytes_of_a_specification_are_canonical():
    assert spec_bytes(GOOD) == dumps(GOOD)
    check_spec(GOOD)


def _damaged(change):
    spec = json.loads(json.dumps(GOOD))
    change(spec, spec["strata"][0], spec["strata"][0]["leaves"])
    return spec


@pytest.mark.parametrize(
    "change",
    [
        lambda s, a, leaves: s.update(v=2),
        lambda s, a, leaves: s.update(v=True),
        lambda s, a, leaves: s.update(more=1),
        lambda s, a, leaves: s.pop("id"),
        lambda s, a, leaves: s.update(id="with space"),
        lambda s, a, leaves: s.update(max_per_unit=0),
        lambda s, a, leaves: s.update(strata=[]),
        lambda s, a, leaves: s["strata"].append(a),
        lambda s, a, leaves: a.update(need=0),
        lambda s, a, leaves: a.update(backups=-1),
        lambda s, a, leaves: leaves.reverse(),
        lambda s, a, leaves: leaves.append(leaves[-1]),
        lambda s, a, leaves: leaves[0].update(h=leaves[0]["h"].upper()),
        lambda s, a, leaves: leaves[0].update(excl=""),
        lambda s, a, leaves: leaves[0].update(unit=7),
        lambda s, a, leaves: leaves[0].pop("unit"),
    ],
    ids=range(16),
)
def test_a_specification_of_another_shape_is_refused(change):
    with pytest.raises(Malformed):
        check_spec(_damaged(change))


def test_the_replay_by_hand_that_is_written_down_gives_the_same_ranking():
    """The lines of docs/spec/draw.md, as they stand there."""
    page = (Path(__file__).parents[2] / "docs" / "spec" / "draw.md").read_text("utf-8")
    lines: dict = {}
    exec(page.split("```python\n")[1].split("```")[0], lines)
    excused = [(h, "owner" if place % 5 == 0 else None, None) for place, h in enumerate(HASHES)]
    spec = check_spec(spec_of(("a", 3, 2, excused)))
    seed = sha("by hand")
    assert lines["ranking"](seed, spec["strata"][0]) == draw(seed, spec)[0].rank
