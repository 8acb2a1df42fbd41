"""A ``draw.zip`` holds, or is refused by the code that names what is wrong with it; ``test_page`` asks the page the same."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import pytest
from click.testing import CliRunner

from bidding.commands import main
from bidding.core.archive import Unreadable
from bidding.core.canonical import dumps
from bidding.experts.proof import Opened, Told, write_proof
from bidding.verification.findings import Mark
from bidding.verification.proofs import is_proof, verify_proof
from bidding.verification.verify import Asked
from tests.opening.synthetic import seed
from tests.verification import proving
from tests.verification.test_draws import TAMPERINGS, story


@pytest.fixture
def ask(tmp_path):
    """The report on the bytes of a ``draw.zip``."""

    def judge(data, **asked):
        path = tmp_path / "draw.zip"
        path.write_bytes(data)
        assert is_proof(path)
        return verify_proof(path, Asked(**asked))

    return judge


def codes(report, mark):
    return [each.code for each in report.findings if each.mark is mark]


def test_a_proof_with_its_log_holds_and_names_those_called(ask):
    made = story()
    report = ask(proving.whole(made), panel=made.panel.hash.hex())
    assert report.accepted, report.refusals
    assert codes(report, Mark.HOLDS) == [
        "files", "proof", "proof.leaves", "panel", "checkpoints", "draws", "names",
    ]  # fmt: skip
    (draw,) = report.draws
    (stratum,) = draw["strata"]
    assert stratum["serving"] == [stratum["picks"][1], stratum["backups"][0]]
    assert set(report.names) == {stratum["picks"][0], *stratum["serving"]}


def test_a_proof_before_the_opening_holds_and_says_what_it_cannot_show(ask):
    report = ask(proving.early(story()))
    assert report.accepted, report.refusals
    assert codes(report, Mark.NOTE) == ["panel.unknown", "proof.early"]
    (draw,) = report.draws
    (stratum,) = draw["strata"]
    assert stratum["serving"] == [stratum["picks"][1], stratum["backups"][0]]
    assert report.size is None


def test_a_proof_before_the_opening_tells_nothing_of_the_log():
    """Neither how many leaves there are nor why somebody is out: both could say who bids."""
    made = story()
    value = proving.early(made)
    with ZipFile(BytesIO(value)) as archive:
        text = archive.read("draw.json").decode()
    assert '"leaves":[]' in text
    assert '"checkpoints":[]' in text
    for word in ("decline", "时间冲突", seed("call").hex(), "index", "size"):
        assert word not in text


@pytest.mark.parametrize("lie", TAMPERINGS, ids=[lie.__name__ for lie in TAMPERINGS])
def test_a_draw_that_was_tampered_with_is_refused_as_in_an_opening(ask, lie):
    made = story()
    lie(made)
    assert TAMPERINGS[lie] in [each.code for each in ask(proving.whole(made)).refusals]


# What a liar makes of the file itself ---------------------------------------------------------------------------------


def a_leaf_that_is_not_the_one_committed_to(made):
    opens = proving.opened(made)
    opens[-1] = Opened(opens[-1].at, seed("other").hex(), opens[-1].event)
    return proving.whole(made, opens)


def a_leaf_in_anothers_place(made):
    opens = proving.opened(made)
    opens[-1] = Opened(opens[-1].at - 1, opens[-1].salt, opens[-1].event)
    opens.pop(-2)
    return proving.whole(made, opens)


def a_deal_that_is_left_out(made):
    opens = proving.opened(made)
    return proving.whole(made, [each for each in opens if each is not opens[2]])


def a_call_that_is_left_out(made):
    opens = proving.opened(made)
    return proving.whole(made, [*opens[:-2], opens[-1]])


def indexes_that_do_not_ascend(made):
    opens = proving.opened(made)
    opens[2], opens[3] = opens[3], opens[2]
    return proving.whole(made, opens)


def an_index_beyond_the_leaves(made):
    opens = proving.opened(made)
    opens[-1] = Opened(10_000, opens[-1].salt, opens[-1].event)
    return proving.whole(made, opens)


def a_bid_that_does_not_belong(made):
    salt, event = made.events[1]
    opens = proving.opened(made)
    return proving.whole(made, [opens[0], Opened(1, salt, event), *opens[1:]])


def no_draw_at_all(made):
    return proving.whole(made, proving.opened(made)[:1])


def no_panel_first(made):
    return proving.whole(made, proving.opened(made)[1:])


def calls_beside_a_log(made):
    return proving.whole(made, calls=proving.early_parts(made)[1])


def checkpoints_without_leaves(made):
    return proving.zipped(write_proof(proving.early_parts(made)[0], checkpoints=list(made.notes())))


def an_index_without_leaves(made):
    return proving.early(
        made, lambda opens, calls: opens.__setitem__(0, Opened(0, opens[0].salt, opens[0].event))
    )


def an_answer_that_is_none(made):
    return proving.early(made, lambda opens, calls: calls.append(Told("D-1", "civil", calls[0].h, "maybe")))


def a_field_more(made):
    return proving.zipped(dumps({"v": 1, "type": "draw-proof", "more": 1}))


def another_type(made):
    return proving.zipped(write_proof(proving.early_parts(made)[0]).replace(b'"draw-proof"', b'"draw-trick"'))


def a_root_of_other_leaves(made):
    """The close's leaf, say, is swapped for another: nobody opens it here, but every checkpoint covers it."""
    given = proving.whole_leaves(made)
    given[1] = given[2]
    return proving.whole(made, leaves=given)


def leaves_after_the_last_checkpoint(made):
    return proving.whole(made, checkpoints=list(made.notes())[:-1])


def no_checkpoint(made):
    return proving.whole(made, checkpoints=[])


def nothing_cosigned_between_close_and_reveal(made):
    return proving.whole(made, checkpoints=list(made.notes())[-1:])


def a_checkpoint_that_is_none(made):
    return proving.whole(made, checkpoints=["draws\n"])


def a_signature_that_is_broken(made):
    notes = list(made.notes())
    text, _, lines = notes[-1].partition("\n\n")
    notes[-1] = f"{text}\n\n" + lines.replace("A", "B", 3)
    return proving.whole(made, checkpoints=notes)


def a_reserve_called_first(made):
    return proving.early(made, lambda opens, calls: calls.reverse())


def a_call_of_another_draw(made):
    return proving.early(made, lambda opens, calls: calls.append(Told("D-2", "civil", calls[0].h, "accept")))


def a_reveal_before_the_close(made):
    def swap(opens, calls):
        opens[5], opens[6] = opens[6], opens[5]

    return proving.early(made, swap)


def another_number_revealed(made):
    def change(opens, calls):
        opens[6].event["a0"] = opens[7].event["a0"]

    return proving.early(made, change)


def a_name_that_was_never_called(made):
    return proving.whole(made, names=made.names_json(sorted(made.people)[:1]))


FORGERIES = {
    a_leaf_that_is_not_the_one_committed_to: "leaves.open",
    a_leaf_in_anothers_place: "leaves.open",
    a_deal_that_is_left_out: "draw.event",
    a_call_that_is_left_out: "draw.event",
    indexes_that_do_not_ascend: "proof.shape",
    an_index_beyond_the_leaves: "proof.shape",
    a_bid_that_does_not_belong: "proof.shape",
    no_draw_at_all: "proof.shape",
    no_panel_first: "proof.shape",
    calls_beside_a_log: "proof.shape",
    checkpoints_without_leaves: "proof.shape",
    an_index_without_leaves: "proof.shape",
    an_answer_that_is_none: "proof.shape",
    a_field_more: "proof.shape",
    another_type: "proof.shape",
    a_root_of_other_leaves: "checkpoint.root",
    leaves_after_the_last_checkpoint: "checkpoint.last",
    no_checkpoint: "checkpoint.last",
    nothing_cosigned_between_close_and_reveal: "draw.witness",
    a_checkpoint_that_is_none: "checkpoint.form",
    a_signature_that_is_broken: "checkpoint.signature",
    a_reserve_called_first: "proof.call",
    a_call_of_another_draw: "proof.call",
    a_reveal_before_the_close: "draw.event",
    another_number_revealed: "draw.event",
    a_name_that_was_never_called: "names.uncalled",
}


@pytest.mark.parametrize("forge", FORGERIES, ids=[forge.__name__ for forge in FORGERIES])
def test_a_forged_proof_is_refused_by_the_code_that_names_it(ask, forge):
    refused = [each.code for each in ask(forge(story())).refusals]
    assert FORGERIES[forge] in refused


def test_another_anchor_is_refused(ask):
    assert [each.code for each in ask(proving.early(story()), panel="00" * 32).refusals] == ["panel.other"]


def test_a_file_more_is_refused_and_what_is_no_zip_is_unreadable(ask, tmp_path):
    out = BytesIO(proving.early(story()))
    with ZipFile(out, "a") as archive:
        archive.writestr("more.txt", b"")
    assert [each.code for each in ask(out.getvalue()).refusals] == ["files.extra"]
    with pytest.raises(Unreadable):
        ask(proving.early(story())[:-30])


@pytest.mark.parametrize(
    ("region", "labels", "found"),
    [
        ("明川县", ["明川县"], "明川县"),
        ("明川县", [" 明川县"], " 明川县"),  # spaces do not make another region
        ("明川县", ["南河区", "明川县"], "明川县"),
        ("明川县", ["南河区"], None),  # a name that fits no list is shown nowhere
        ("513221", ["513221"], "513221"),
        ("", ["明川县"], None),
    ],
)
def test_a_regions_name_is_told_where_the_id_of_the_list_stands_for_it(ask, region, labels, found):
    report = ask(proving.whole(story(region), labels=dumps({"v": 1, "regions": labels})))
    assert report.accepted, report.refusals
    assert report.draws[0]["strata"][0]["region"] == found


@pytest.mark.parametrize("labels", [b"[]", b'{"v":2,"regions":[]}', b'{"v":1,"regions":[7]}', b"{", b"\xff"])
def test_labels_of_another_shape_are_refused(ask, labels):
    assert codes(ask(proving.whole(story(), labels=labels)), Mark.REFUSED) == ["proof.shape"]


def test_the_command_takes_a_draw_by_what_it_begins_with(tmp_path, monkeypatch):
    monkeypatch.setenv("BIDDING_LANG", "zh")
    made = story()
    path = tmp_path / "draw.zip"
    path.write_bytes(proving.whole(made))
    run = CliRunner().invoke
    held = run(main, ["verify", "--draw", str(path), "--panel", made.panel.hash.hex()])
    assert held.exit_code == 0, held.output
    assert "参加评标" in held.output
    assert run(main, ["verify", str(path), "--panel", "00" * 32]).exit_code == 1
    path.write_bytes(proving.whole(made)[:-30])
    assert run(main, ["verify", "--draw", str(path)]).exit_code == 2
