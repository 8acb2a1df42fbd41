from __future__ import annotations

import pytest
import rfc8785

from bidding.core.canonical import loads
from bidding.core.entropy import ReplayEntropy
from bidding.experts.draw import PoolTooSmall, check_spec, expert_bytes, leaf_hash
from bidding.experts.freezing import Candidate, Earlier, card, freeze
from bidding.experts.rules import Conditions, Excluded, Place, Recusal

CODE = "91539921MA6KQ7X3A0"
CONDITIONS = Conditions(3, 1, (Place("A", 2, 1), Place("B", 1, 0)))


def one(number, unit=None, uscc=None, codes=("A", "B")):
    return Candidate(number, f"e{number}", f"人{number}", unit or f"单位{number}", uscc, "", "", tuple(codes))


def frozen(people, *, conditions=CONDITIONS, recusal=(), earlier=None, seed=b"f"):
    return freeze(
        people,
        draw_id="P-D1",
        pool_id="local",
        conditions=conditions,
        recusal=Recusal.of(recusal),
        earlier=earlier or Earlier(),
        entropy=ReplayEntropy(seed),
    )


def leaf_of(spec, people, number, stratum="A"):
    h = next(p.h for p in people if loads(p.expert)["id"] == f"e{number}")
    found = [leaf for line in spec["strata"] if line["id"] == stratum for leaf in line["leaves"]]
    return next(leaf for leaf in found if leaf["h"] == h)


def test_every_commitment_can_be_opened_and_stands_in_order():
    spec, people = frozen([one(n) for n in range(9)])
    check_spec(spec)
    assert [line["id"] for line in spec["strata"]] == ["A", "B"]
    for person in people:
        assert leaf_hash("local", bytes.fromhex(person.salt), loads(person.expert)) == person.h
    assert {leaf["h"] for leaf in spec["strata"][0]["leaves"]} == {p.h for p in people}


@pytest.mark.parametrize("text", ["", "张三", 'a"b\\c', "\x00\x1f\n\t\x7f", "𠮷野", "</script>", "\u2028"])
def test_a_person_is_written_in_canonical_form(text):
    person = Candidate(1, text, text, text, text or None, text, text, (text, "A"))
    fields = {name: getattr(person, name) for name in ("name", "unit", "uscc", "title", "region")}
    whole = fields | {"id": person.uid, "specialties": list(person.specialties)}
    assert card(person).encode() == expert_bytes(whole) == rfc8785.dumps(whole)


def test_who_has_two_specialties_has_one_commitment_in_both():
    spec, people = frozen(
        [one(n, codes=("A", "B") if n == 0 else ("A",) if n % 2 else ("B",)) for n in range(9)]
    )
    assert leaf_of(spec, people, 0, "A") == leaf_of(spec, people, 0, "B")
    assert len(people) == 9


def test_salts_and_units_mean_nothing_in_another_draw():
    first, _ = frozen([one(n) for n in range(5)], seed=b"1")
    second, _ = frozen([one(n) for n in range(5)], seed=b"2")
    for key in ("h", "unit"):
        ours, theirs = ({leaf[key] for leaf in spec["strata"][0]["leaves"]} for spec in (first, second))
        assert not ours & theirs


def test_people_of_one_unit_share_an_id_however_it_is_written():
    people = [one(0, "设计院（县）", CODE), one(1, "设计院(县)"), one(2, "县设计院", CODE), one(3), one(4)]
    spec, rows = frozen(people)
    units = [leaf_of(spec, rows, n)["unit"] for n in range(5)]
    assert units[0] == units[1] == units[2]
    assert len(set(units)) == 3


@pytest.mark.parametrize(
    ("recusal", "earlier", "reason"),
    [
        ([(Excluded.OWNER, ["单位０"])], None, "owner"),  # a full-width digit is the same digit
        ([(Excluded.AGENCY, ["单位0"]), (Excluded.OWNER, ["单位0"])], None, "agency"),
        ([(Excluded.OTHER, [" 单位 0 "])], None, "other"),
        ([], Earlier(drawn={"e0"}), "drawn"),
        ([], Earlier(units={"单位0"}), "unit-cap"),
        ([(Excluded.OWNER, ["单位0"])], Earlier(drawn={"e0"}), "drawn"),
        ([(Excluded.OWNER, ["单位1"])], Earlier(drawn={"e1"}), None),
    ],
)
def test_why_somebody_is_excused(recusal, earlier, reason):
    spec, people = frozen([one(n) for n in range(9)], recusal=recusal, earlier=earlier)
    assert leaf_of(spec, people, 0)["excl"] == reason


def test_a_code_given_once_excuses_everybody_of_that_name():
    people = [one(0, "县设计院", CODE), one(1, "县设计院"), *(one(n) for n in range(2, 7))]
    spec, rows = frozen(people, recusal=[(Excluded.TENDERER, [CODE])])
    assert [leaf_of(spec, rows, n)["excl"] for n in range(3)] == ["tenderer", "tenderer", None]


def test_a_list_that_some_seed_could_leave_short_is_refused():
    with pytest.raises(PoolTooSmall):
        frozen([one(n, "同一单位") for n in range(9)])
    with pytest.raises(PoolTooSmall):
        frozen([one(n) for n in range(2)])


# Regions, and where people worked before


def from_region(number, region, codes=("A",)):
    return one(number, codes=codes)._replace(region=region)


def test_a_region_has_a_stratum_of_its_own_and_leaves_others_out():
    near, any_ = Place("A", 1, 0, "明川县"), Place("A", 1, 0)
    people = [from_region(n, ("明川县", "青山县", "")[n % 3]) for n in range(9)]
    spec, rows = frozen(people, conditions=Conditions(3, 1, (near, any_)))
    assert [(line["id"], len(line["leaves"])) for line in spec["strata"]] == [(near.id, 3), ("A", 9)]
    cards = {(card := loads(row.expert))["id"]: card["specialties"] for row in rows}
    assert cards["e0"] == [near.id, "A"]
    assert cards["e1"] == ["A"]
    only, rows = frozen(people, conditions=Conditions(3, 1, (near,)))
    assert len(rows) == len(only["strata"][0]["leaves"]) == 3


def test_a_region_is_known_by_its_number_or_by_what_stands_for_its_name():
    assert Place("A", 1, 0, "510524").id == "A.510524"
    assert Place("A", 1, 0, "明川县").id == Place("A", 2, 1, " 明 川县").id != Place("A", 1, 0, "青山县").id
    check_spec(
        frozen(
            [from_region(n, "明川县") for n in range(3)],
            conditions=Conditions(3, 1, (Place("A", 1, 0, "明川县"),)),
        )[0]
    )


def test_who_left_a_recused_unit_lately_is_excused_for_it():
    people = [one(n) for n in range(9)]
    people[0] = people[0]._replace(former=(("别的单位", None), ("旧设计院", None)))
    people[1] = people[1]._replace(former=(("另一个名字", CODE),))
    grounds = [(Excluded.TENDERER, ["旧设计院"]), (Excluded.OWNER, [CODE])]
    spec, rows = frozen(people, recusal=grounds)
    assert [leaf_of(spec, rows, n)["excl"] for n in range(3)] == ["tenderer", "owner", None]
