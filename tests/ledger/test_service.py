"""Appending, stamping, signing once per size, witnesses, and stopping when a backup is behind."""

import logging
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update

from bidding.core.canonical import Malformed, loads
from bidding.core.clock import from_unix, unix
from bidding.core.errors import Invalid, NotFound, WrongState
from bidding.db import db
from bidding.ledger import jobs
from bidding.ledger import service as ledger
from bidding.ledger.events import ClockWentBack, EventType, commit, entry
from bidding.ledger.keys import LogKeys
from bidding.ledger.merkle import verify_consistency, verify_inclusion
from bidding.ledger.models import Checkpoint, Cosignature, Leaf, Log, Witness
from bidding.ledger.note import BadSignature, Head, cosign_line, open_note, parse_head, sign_note
from bidding.ledger.proof import verify_receipt
from bidding.ledger.service.witnesses import ENROL_NOTE, RETIRE_NOTE
from bidding.ledger.trust import parse_policy
from bidding.ledger.wire import authorization
from tests.ledger.logs import CODE, COVER, MONDAY, panel_event, schedule_event, witness

NOTE = {"v": 1, "type": "note", "at": 1, "kind": "test", "data": {}}
CLOSE = {
    "v": 1,
    "type": "close",
    "at": 1,
    "closes_at": 1,
    "count": 0,
    "size": 2,
    "root": "00" * 32,
    "clock": {},
}


# appending


def test_a_leaf_commits_to_its_event_and_keeps_it(session, book):
    leaves = ledger.leaves(session(), session().get(Log, book))
    assert [leaf.type for leaf in leaves] == ["panel", "schedule"]
    for index, leaf in enumerate(leaves):
        assert leaf.idx == index
        assert leaf.entry == entry(commit(bytes.fromhex(leaf.salt), loads(leaf.event)))
    assert leaves[0].salt != leaves[1].salt


def test_a_wrong_shape_or_place_is_not_taken(begin, session, book):
    for event in ({"v": 1, "type": "bribe", "at": 1}, panel_event(""), {**COVER, "at": 1}):
        with pytest.raises(Malformed), begin() as tx:
            ledger.append(tx, tx.session.get_one(Log, book), event)
    assert session().get(Log, book).size == 2


def test_the_panel_comes_first(begin, keys):
    with pytest.raises(Malformed, match="panel"), begin() as tx:
        ledger.append(tx, ledger.open_log(tx, "T-9", keys), schedule_event(9))


def test_what_is_not_committed_was_never_there(begin, session, grow, book, keys):
    grow(1)

    def fails():
        with begin() as tx:
            log = tx.session.get_one(Log, book)
            ledger.append(tx, log, COVER)
            assert ledger.root(tx.session, log, 4)  # the transaction sees its own
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert session().get(Log, book).size == 3
    assert grow(1) == 4
    note = ledger.newest_checkpoint(session(), session().get(Log, book)).note
    assert open_note(note, [keys.vkey(keys.origin(CODE))])


def test_the_centre_has_one_log_and_its_code_is_no_projects(begin, keys):
    with begin() as tx:
        first = ledger.centre_log(tx, keys)
        assert ledger.centre_log(tx, keys) is first
        with pytest.raises(Malformed, match="centre"):
            ledger.open_log(tx, "centre", keys)


# stamps


def test_stamps_only_rise(begin, clock, book):
    with begin() as tx:
        log = tx.session.get_one(Log, book)
        first, second = ledger.stamp(tx, log), ledger.stamp(tx, log)
    assert first == clock.now()
    assert second - first == timedelta(microseconds=1)


def test_a_clock_that_goes_back_is_told_and_undoes_nothing(begin, app, clock, book, caplog):
    heard = []
    app.extensions["world"].bus.subscribe(ClockWentBack, lambda _tx, event: heard.append(event))
    with begin() as tx:
        before = ledger.stamp(tx, tx.session.get_one(Log, book))
    clock.advance(timedelta(seconds=-1))
    with begin() as tx:
        assert ledger.stamp(tx, tx.session.get_one(Log, book)) > before
    assert heard == []
    clock.advance(timedelta(seconds=-30))
    with caplog.at_level(logging.ERROR), begin() as tx:
        leaf = ledger.record(tx, tx.session.get_one(Log, book), EventType.ATTEMPT, code="x")
    assert heard[0].by > timedelta(seconds=30)
    assert "stands" in caplog.text
    assert loads(leaf.event)["at"] == unix(before)


# covers


def test_covers_are_written_when_due_and_stop_with_the_close(begin, clock, world, session, book, closes_at):
    due = session().get(Log, book).next_cover_at
    assert clock.now() < due < closes_at
    assert jobs.write_covers(world) == 0
    clock.set(due)
    assert jobs.write_covers(world) == 1
    assert jobs.write_covers(world) == 0
    log = session().get(Log, book)
    assert log.size == 3
    assert log.next_cover_at > due
    clock.set(closes_at)
    assert jobs.write_covers(world) == 0
    assert session().get(Log, book).next_cover_at is None


def test_a_later_deadline_brings_covers_again(begin, clock, session, book, closes_at):
    with begin() as tx:
        ledger.append(tx, tx.session.get_one(Log, book), CLOSE)
    assert session().get(Log, book).next_cover_at is None
    later = unix(closes_at + timedelta(days=1))
    with begin() as tx:
        ledger.append(tx, tx.session.get_one(Log, book), schedule_event(later, n=1))
    assert session().get(Log, book).next_cover_at is not None
    assert ledger.closes_at_in_force(session(), session().get(Log, book)) == later


# signing


def test_a_tree_is_signed_after_its_commit_and_once(begin, keys, session, book):
    with begin() as tx:
        log = tx.session.get_one(Log, book)
        ledger.append(tx, log, COVER)
        with pytest.raises(ledger.NotCommitted):
            ledger.sign_checkpoint(tx, log, keys)
    ids = set()
    for _ in range(2):
        with begin() as tx:
            ids.add(ledger.sign_checkpoint(tx, tx.session.get_one(Log, book), keys).id)
    assert len(ids) == 1
    log = session().get(Log, book)
    (checkpoint,) = ledger.checkpoints(session(), log)
    opened = open_note(checkpoint.note, [keys.vkey(log.origin)])
    assert parse_head(opened.text) == Head(log.origin, 3, ledger.root(session(), log, 3))
    assert keys.highest(log.origin).size == 3


def test_the_database_refuses_two_roots_for_one_size(begin, grow, book, checkpoint_of):
    from sqlalchemy.exc import IntegrityError

    size = grow(1)
    old = checkpoint_of(book, size)
    with pytest.raises(IntegrityError), begin() as tx:
        tx.session.add(Checkpoint(log_id=book, size=size, root="00" * 32, note=old.note, signed_at=tx.now))


def test_a_close_is_signed_by_itself_even_if_more_came_at_once(begin, keys, session, book, grow):
    grow(CLOSE, sign=False)
    grow(NOTE)
    log = session().get(Log, book)
    assert [checkpoint.size for checkpoint in ledger.checkpoints(session(), log)] == [3, 4]


def test_the_job_signs_whatever_has_grown(world, keys, session, book, grow):
    grow(2, sign=False)
    assert jobs.sign_pending(world, keys) == 2  # the centre's log holds the witness's enrolment
    assert jobs.sign_pending(world, keys) == 0
    assert ledger.newest_checkpoint(session(), session().get(Log, book)).size == 4


def test_a_log_that_must_not_be_signed_stops_nobody_elses(begin, world, keys, session, book, grow, caplog):
    grow(1)
    with begin() as tx:
        tx.session.execute(update(Leaf).where(Leaf.log_id == book, Leaf.idx == 1).values(leaf_hash="00" * 32))
        tx.session.execute(update(Leaf).where(Leaf.log_id == book, Leaf.idx == 2).values(leaf_hash="01" * 32))
    grow(1, sign=False)
    with begin() as tx:
        ledger.record(tx, ledger.centre_log(tx, keys), EventType.NOTE, kind="x", data={})
    assert jobs.sign_pending(world, keys) == 1
    assert "is not signed" in caplog.text


# proofs and receipts


def test_proofs_hold(session, book, grow):
    grow(1)
    grow(5)
    log = session().get(Log, book)
    root, earlier = ledger.root(session(), log, 8), ledger.root(session(), log, 3)
    assert verify_consistency(3, 8, ledger.consistency_proof(session(), log, 3, 8), earlier, root)
    leaf = ledger.leaves(session(), log)[4]
    path = ledger.inclusion_proof(session(), log, 4, 8)
    assert verify_inclusion(bytes.fromhex(leaf.leaf_hash), 4, 8, path, root)


def test_a_receipt_is_checked_by_the_panels_policy_alone(session, book, grow, own, cosign):
    grow(3)
    log = session().get(Log, book)
    leaf = ledger.leaves(session(), log)[3]
    policy = parse_policy(loads(ledger.leaves(session(), log)[0].event)["policy"])
    receipt = verify_receipt(ledger.receipt(session(), leaf), policy)
    assert (receipt.index, receipt.event) == (3, COVER)
    assert not policy.witnessed(receipt.checked)
    with pytest.raises(ledger.NotYetWitnessed):
        ledger.receipt(session(), leaf, witnessed=True)
    cosign(own)
    receipt = verify_receipt(ledger.receipt(session(), leaf, witnessed=True), policy)
    assert policy.witnessed(receipt.checked)


def test_a_receipt_waits_for_the_signature(begin, session, book, grow):
    grow(1, sign=False)
    leaf = ledger.leaves(session(), session().get(Log, book))[2]
    with pytest.raises(ledger.NotYetSigned):
        ledger.receipt(session(), leaf)


def test_a_receipt_stands_on_the_smallest_checkpoint_that_has_what_is_asked(session, book, grow, own, cosign):
    """It proves the bid earliest, and tells its holder least about how the log grew since."""
    for _ in range(3):
        grow(1)
    cosign(own)
    grow(1)
    leaf = ledger.leaves(session(), session().get(Log, book))[2]
    assert f"\n{CODE}\n3\n" in ledger.receipt(session(), leaf).replace("/", "\n")
    assert f"\n{CODE}\n5\n" in ledger.receipt(session(), leaf, witnessed=True).replace("/", "\n")


# witnesses: in and out


def test_a_witness_comes_and_goes_in_the_centres_log(begin, keys, session, enrolled, own):
    with begin() as tx:
        ledger.retire_witness(tx, enrolled, keys)
    log = ledger.log_by_code(session(), "centre")
    events = [loads(leaf.event) for leaf in ledger.leaves(session(), log)]
    assert [(event["kind"], event["data"]) for event in events] == [
        (ENROL_NOTE, {"vkey": str(own.vkey)}),
        (RETIRE_NOTE, {"vkey": str(own.vkey)}),
    ]
    assert ledger.active_witnesses(session()) == []
    with pytest.raises(WrongState), begin() as tx:
        ledger.retire_witness(tx, enrolled, keys)
    with pytest.raises(NotFound), begin() as tx:
        ledger.retire_witness(tx, 999, keys)


def test_what_is_no_witness_key_is_refused(begin, keys, enrolled, own):
    none = witness("none")
    for vkey in ("", "abc", str(keys.vkey("a")), str(none.vkey), str(own.vkey)):
        with pytest.raises(Invalid) as refused, begin() as tx:
            ledger.enrol_witness(tx, vkey, keys)
        assert refused.value.field == "vkey"


def test_the_policy_names_every_witness_in_service(begin, keys, session, enrolled, own):
    two = witness("w2.example.gov.cn")
    with begin() as tx:
        ledger.enrol_witness(tx, f" {two.vkey}\n", keys)
    text = ledger.policy_text(session(), keys.vkey("a"))
    assert set(parse_policy(text).witnesses) == {own.name, two.name}
    assert ledger.policy_text(session(), str(keys.vkey("a"))) == text


def test_without_a_witness_there_is_no_policy_for_a_panel(keys, session, app):
    text = ledger.policy_text(session(), keys.vkey("a"))
    assert text.endswith("quorum none\n")
    with pytest.raises(Malformed):
        parse_policy(text)


# witnesses: what they are asked


def test_a_witness_is_asked_for_the_newest_and_for_landmarks_before_it(
    session, book, grow, own, cosign, keys
):
    grow(1)
    grow(CLOSE)
    grow(NOTE)
    origin = keys.origin(CODE)
    done, refused = cosign(own)
    assert [size for name, size in done if name == origin] == [4, 5]
    assert refused == []
    assert cosign(own)[0] == []
    grow(NOTE)
    assert [size for name, size in cosign(own)[0] if name == origin] == [6]
    log = session().get(Log, book)
    assert ledger.last_witnessed_size(session(), log) == 6
    assert ledger.witnessed_checkpoint(session(), log, covers=3).size == 4
    assert ledger.witnessed_checkpoint(session(), log, covers=6) is None


def test_only_a_quorum_witnesses(begin, keys, session, own, enrolled, cosign):
    """Of three, two; and each in time."""
    others = [witness(f"w{n}.example.gov.cn") for n in (2, 3)]
    with begin() as tx:
        for other in others:
            ledger.enrol_witness(tx, str(other.vkey), keys)
        log = ledger.open_log(tx, "T-3", keys)
        ledger.append(tx, log, panel_event(ledger.policy_text(tx.session, keys.vkey(log.origin)), "T-3"))
    with begin() as tx:
        ledger.sign_checkpoint(tx, tx.session.get_one(Log, log.id), keys)
        at = unix(tx.now)
    for count, (one, moment) in enumerate([(own, at), (others[0], at + 30)]):
        log = ledger.log_by_code(session(), "T-3")
        assert (ledger.witnessed_checkpoint(session(), log) is not None) is (count == 2)
        cosign(one, moment)
    log = ledger.log_by_code(session(), "T-3")
    assert ledger.witnessed_checkpoint(session(), log).size == 1
    assert ledger.witnessed_checkpoint(session(), log, not_after=at + 30) is not None
    assert ledger.witnessed_checkpoint(session(), log, not_after=at + 29) is None


def test_cosignatures_are_checked_before_they_are_kept(
    begin, session, book, grow, own, enrolled, keys, checkpoint_of
):
    size = grow(1)
    origin, head = keys.origin(CODE), parse_head(checkpoint_of(book, size).note.partition("\n\n")[0] + "\n")

    def give(line, size=size, origin=origin, row_id=enrolled):
        with begin() as tx:
            return ledger.take_answers(
                tx, tx.session.get_one(Witness, row_id), [(origin, size, line)], [], keys
            )

    now = MONDAY
    good = cosign_line(head.text, own.name, own.seed, now)
    stranger = witness("stranger.example")
    assert give(good, size=99)[0][2]
    assert give(good, origin="elsewhere/p/X")
    assert give(cosign_line(head.text, stranger.name, stranger.seed, now))
    assert give(cosign_line(head.text, own.name, stranger.seed, now))
    assert give(cosign_line(Head(origin, size, bytes(32)).text, own.name, own.seed, now))
    assert "61" in give(cosign_line(head.text, own.name, own.seed, now + 61))[0][2]
    assert give(good + good)
    assert give("nonsense")
    assert session().scalar(select(func.count()).select_from(Cosignature)) == 0
    assert give(good) == []
    assert give(cosign_line(head.text, own.name, own.seed, now + 5)) == []
    (kept,) = session().scalars(select(Cosignature)).all()
    assert kept.dated_at == from_unix(now), "the first one it gave"


def test_a_retired_witness_is_heard_no_more(begin, session, book, grow, own, enrolled, keys):
    grow(1)
    with begin() as tx:
        ledger.retire_witness(tx, enrolled, keys)
    body, path, now = b"{}", "/x", MONDAY
    with pytest.raises(ledger.NotAWitness):
        ledger.authenticate(
            session(), authorization(own.name, own.seed, "POST", path, body, now), "POST", path, body, now
        )


def test_a_request_is_its_witnesss(session, enrolled, own):
    body, path, now = b"{}", "/x", MONDAY
    header = authorization(own.name, own.seed, "POST", path, body, now)
    assert ledger.authenticate(session(), header, "POST", path, body, now).name == own.name
    forged = authorization(own.name, witness("other").seed, "POST", path, body, now)
    for bad in (None, "Basic x", forged):
        with pytest.raises(ledger.NotAWitness):
            ledger.authenticate(session(), bad, "POST", path, body, now)


# a database that is older than what was signed


def _restore(begin, book, size):
    """What putting back yesterday's backup does to one log."""
    with begin() as tx:
        tx.session.execute(
            delete(Cosignature).where(
                Cosignature.checkpoint_id.in_(
                    select(Checkpoint.id).where(Checkpoint.log_id == book, Checkpoint.size > size)
                )
            )
        )
        tx.session.execute(delete(Checkpoint).where(Checkpoint.log_id == book, Checkpoint.size > size))
        tx.session.execute(delete(Leaf).where(Leaf.log_id == book, Leaf.idx >= size))
        tx.session.execute(update(Log).where(Log.id == book).values(size=size, known_size=0))


def test_a_restored_backup_stops_its_log_at_start(begin, world, keys, session, book, grow, caplog):
    grow(1)
    grow(3)
    _restore(begin, book, 3)
    assert jobs.check_on_start(world, keys) == 1
    assert "restored backup" in caplog.text
    (behind,) = ledger.logs_behind(session())
    assert (behind.id, behind.size, behind.known_size) == (book, 3, 6)
    with pytest.raises(ledger.LogBehind), begin() as tx:
        ledger.append(tx, tx.session.get_one(Log, book), COVER)
    with begin() as tx:
        again = ledger.sign_checkpoint(tx, tx.session.get_one(Log, book), keys)
    assert again.size == 3, "what was signed before the backup is still true"
    assert jobs.write_covers(world) == 0
    assert jobs.sign_pending(world, keys) == 1, "the centre's own log goes on"


def test_a_start_that_finds_everything_in_place_says_so(world, keys, grow):
    grow(1)
    assert jobs.check_on_start(world, keys) == 0


def test_even_without_a_restart_the_height_is_asked_before_signing(begin, keys, session, book, grow):
    grow(1)
    grow(3)
    _restore(begin, book, 3)
    grow(1, sign=False)
    with pytest.raises(ledger.LogBehind), begin() as tx:
        ledger.sign_checkpoint(tx, tx.session.get_one(Log, book), keys)


def test_a_backup_that_grew_past_the_height_is_a_fork(begin, keys, session, book, grow):
    grow(1)
    grow(3)
    _restore(begin, book, 3)
    grow(3, sign=False)
    with pytest.raises(ledger.LogForked), begin() as tx:
        ledger.sign_checkpoint(tx, tx.session.get_one(Log, book), keys)


def test_a_leaf_that_was_altered_is_a_fork(begin, keys, app, session, book, grow):
    grow(1)
    with begin() as tx:
        tx.session.execute(update(Leaf).where(Leaf.log_id == book, Leaf.idx == 2).values(leaf_hash="00" * 32))
    grow(1, sign=False)
    with pytest.raises(ledger.LogForked), begin() as tx:
        ledger.sign_checkpoint(tx, tx.session.get_one(Log, book), keys)


def test_a_leaf_that_is_missing_is_a_fault(begin, keys, book, grow, session):
    grow(3)
    with begin() as tx:
        tx.session.execute(delete(Leaf).where(Leaf.log_id == book, Leaf.idx == 2))
        tx.session.execute(update(Leaf).where(Leaf.log_id == book, Leaf.idx == 4).values(leaf_hash="00" * 32))
    with pytest.raises(RuntimeError, match="is missing"):
        ledger.root(session(), session().get(Log, book), 5)


def test_a_log_signed_by_a_lost_key_is_not_gone_on_with(begin, keys, grow, book, tmp_path):
    grow(1)
    made_anew = LogKeys(tmp_path / "new keys", keys.host)
    grow(1, sign=False)
    with pytest.raises(BadSignature), begin() as tx:
        ledger.sign_checkpoint(tx, tx.session.get_one(Log, book), made_anew)


def test_a_witness_that_has_seen_more_stops_a_log_whose_keys_were_restored_too(
    begin, keys, session, book, grow, own, cosign, tmp_path
):
    """The last line: both the database and the heights are old, but the witness remembers."""
    grow(1)
    cosign(own)
    grow(3)
    cosign(own)
    _restore(begin, book, 3)
    for height in (tmp_path / "keys" / "heights").iterdir():
        height.unlink()
    found = session()
    row = ledger.active_witnesses(found)[0]
    assert keys.origin(CODE) in ledger.offer(found, row, own.sizes(), keys).show
    cosign(own)
    assert {log.code for log in ledger.logs_behind(session())} >= {CODE}
    assert keys.highest(keys.origin(CODE)).size == 6
    with pytest.raises(ledger.LogBehind), begin() as tx:
        ledger.append(tx, tx.session.get_one(Log, book), COVER)


def test_a_note_that_proves_nothing_stops_nothing(begin, keys, session, book, grow):
    grow(1)
    head = Head(keys.origin(CODE), 99, bytes(32))
    with pytest.raises(BadSignature), begin() as tx:
        ledger.prove_behind(tx, sign_note(head, bytes(32)), keys)
    other = Head("elsewhere/p/X", 99, bytes(32))
    with pytest.raises(NotFound), begin() as tx:
        ledger.prove_behind(tx, sign_note(other, keys.seed(other.origin)), keys)
    assert ledger.logs_behind(session()) == []


def test_a_log_that_vanished_is_not_begun_anew(begin, keys, session):
    origin = keys.origin("T-8")
    with begin() as tx:
        ledger.prove_behind(tx, sign_note(Head(origin, 7, bytes(32)), keys.seed(origin)), keys)
    with pytest.raises(ledger.LogBehind), begin() as tx:
        ledger.open_log(tx, "T-8", keys)


def test_a_rolled_back_signature_is_no_height(begin, keys, book, grow):
    """What was signed but not committed never left the machine."""

    def fails():
        with begin() as tx:
            ledger.sign_checkpoint(tx, tx.session.get_one(Log, book), keys)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert keys.highest(keys.origin(CODE)) is None
    assert db.session.scalar(select(func.count()).select_from(Checkpoint)) == 0
