from __future__ import annotations

import pytest

from bidding.core.canonical import Malformed
from bidding.core.signing import sign_object
from bidding.sealing import enrolment as e
from bidding.sealing.dealing import deal, trustee_public, trustee_sign_seed
from bidding.sealing.panel import envelope_ctx
from tests.sealing.keyring import seed_of
from tests.sealing.papers import entropy

SEED = seed_of("notary")
PUB = trustee_public(SEED)


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"type": "x"},
        {"name": "finance"},
        {"pub": "00" * 32},
        {"sign": "01" + "00" * 31},
        {"sig": "0"},
        {"x": 1},
    ],
    ids=lambda change: next(iter(change)),
)
def test_an_enrolment_that_was_changed_is_refused(change):
    card = e.enrolment("notary", SEED)
    assert e.check_enrolment(card) == card
    with pytest.raises(Malformed):
        e.check_enrolment(card | change)


def test_another_point_cannot_be_slipped_in():
    card = e.enrolment("notary", SEED)
    with pytest.raises(Malformed, match="signature"):
        e.check_enrolment(card | {"pub": trustee_public(seed_of("thief")).hex()})


def test_names_are_identifiers():
    for name in ("", "公证", "a b", "-a", "x" * 65):
        with pytest.raises(Malformed):
            e.enrolment(name, SEED)


def test_a_fingerprint_hangs_on_name_and_both_keys():
    card = e.enrolment("notary", SEED)
    prints = {
        e.fingerprint("notary", card["pub"], card["sign"]),
        e.fingerprint("notarz", card["pub"], card["sign"]),
        e.fingerprint("notary", card["sign"], card["pub"]),
    }
    assert len(prints) == 3
    assert all(len(each.split()) == 6 for each in prints)


def _drill():
    challenge, recipient = e.challenge("d-1", "notary", PUB, entropy())
    return challenge, recipient, e.answer(challenge, SEED, entropy("answer"))


def _check(answer, challenge, opens, **changes):
    e.check_answer(
        answer,
        **{
            "name": "notary",
            "pub": PUB,
            "sign": bytes.fromhex(e.enrolment("notary", SEED)["sign"]),
            "dealing": challenge["dealing"],
            "recipient": opens,
        }
        | changes,
    )


def test_a_drill_is_opened_by_its_trustee():
    challenge, recipient, answer = _drill()
    assert e.drill_of(answer) == "d-1"
    _check(answer, challenge, recipient)
    assert e.written_challenge("d-1", "notary", PUB.hex(), challenge["dealing"]) == challenge


def test_a_drill_for_another_is_not_opened():
    challenge, _, _ = _drill()
    with pytest.raises(Malformed, match="another key"):
        e.answer(challenge, seed_of("finance"), entropy())
    with pytest.raises(Malformed):
        e.answer(challenge | {"drill": "d-2"}, SEED, entropy())
    with pytest.raises(Malformed):
        e.answer(challenge | {"v": 2}, SEED, entropy())


def test_a_share_copied_from_a_bid_is_never_opened_as_a_drill():
    ctx = envelope_ctx(b"p" * 32, "00" * 16, "offer")
    dealing, _ = deal(ctx, 2, [PUB, *(trustee_public(seed_of(name)) for name in ("a", "b"))], entropy())
    own = {"C": dealing["C"][:1], "E": dealing["E"][:1], "c": dealing["c"], "z": dealing["z"][:1]}
    challenge, _, _ = _drill()
    for copied in (dealing, own):
        with pytest.raises(Malformed):
            e.answer(challenge | {"dealing": copied}, SEED, entropy())


def test_an_answer_is_bound_to_its_drill_its_trustee_and_its_keys():
    challenge, recipient, answer = _drill()
    other_challenge, other_recipient = e.challenge("d-2", "notary", PUB, entropy("other"))
    other = e.answer(other_challenge, SEED, entropy())
    body = answer["answer"]
    resigned = {"answer": body, "sig": sign_object(trustee_sign_seed(SEED), "bidseal/v1 shares", body)}
    for wrong, changes in (
        (other, {}),
        (answer, {"name": "finance"}),
        (answer, {"sign": b"x" * 32}),
        (answer, {"recipient": other_recipient}),
        (answer, {"dealing": other_challenge["dealing"]}),
        (resigned, {}),
        (answer | {"sig": "00" * 64}, {}),
    ):
        with pytest.raises(Malformed):
            _check(wrong, challenge, recipient, **changes)
    for shapeless in (
        {},
        {"answer": {}, "sig": ""},
        [],
        {"answer": body | {"type": "drill"}, "sig": answer["sig"]},
    ):
        with pytest.raises(Malformed):
            e.drill_of(shapeless)
