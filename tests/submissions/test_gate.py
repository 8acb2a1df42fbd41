"""The gate against a reference model: whatever order things happen in, both say the same of every bid.

``HYPOTHESIS_PROFILE=thorough`` plays a hundred times as long.
"""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select, update

from bidding.core.errors import DomainError
from bidding.db import db
from bidding.sealing.client import withdraw as sign_withdrawal
from bidding.story.play import Tender, Told
from bidding.submissions import jobs, parts, reception, standing
from bidding.submissions.models import ArmedBid, Bid, Gate, Intake
from bidding.submissions.parts import Part
from bidding.submissions.rules import BidState, GateState
from bidding.submissions.tus import Place
from tests.submissions.model import Model, Tenderer
from tests.submissions.sending import unpack

PRICE = 1_200_000_000
WHO = st.sampled_from([1, 2])
PACKAGE = st.sampled_from([0, 0, 1, 1, 2])
FILE = st.sampled_from([0, 1, 2])
THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"


class Gates(RuleBasedStateMachine):
    """One tender, two tenderers with three packages each, a clock that goes where it likes."""

    centre = None  # set by the test: one centre, and a fresh tender for every example
    attachment = None
    begins_at = None
    serial = 0

    @initialize()
    def publish(self):
        Gates.serial += 1
        clock = self.centre.clock
        clock.set(self.begins_at)
        folder = self.attachment.parent / f"tender-{Gates.serial}"
        self.tender = Tender(self.centre, folder, Told())
        self.tender.publish([self.attachment])
        self.closes_at = self.tender.closes_at
        self.model = Model(now=-3600 * 10**6, tenderers={1: Tenderer(), 2: Tenderer()})
        self.sealed, self.uids = {}, {}
        for who in (1, 2):
            before = None
            for package in (0, 1, 2):
                before = self.tender.seal(who, [self.attachment], price_fen=PRICE, replaces=before)
                self.sealed[who, package] = (before, *unpack(before.package))
                self.uids[before.bid] = (who, package)
        self.set_clock()

    def teardown(self):
        """No later example's clockwork is to close this one's gate."""
        with self.centre.act() as tx:
            tx.session.execute(update(Gate).values(next_due_at=None))

    @property
    def desk(self):
        return self.centre.app.extensions["desk"]

    def actor(self, who):
        return self.centre.actor(f"t{who}")

    def set_clock(self):
        self.centre.clock.set(self.closes_at + timedelta(microseconds=self.model.now))

    def same(self, expected, act):
        """Do it, and see that it ends as the model says."""
        try:
            found = act()
        except DomainError as error:
            found = error.code
        db.session.rollback()
        db.session.expire_all()
        assert found == expected

    def state(self, who, package):
        bid = self.sealed[who, package][0].bid
        found = standing.of(db.session(), self.actor(who), self.tender.uid, bid).state
        return "accepted" if found == "effective" else found

    @rule(who=WHO, package=PACKAGE, n=FILE)
    def a_file_comes(self, who, package, n):
        sealed, _, files = self.sealed[who, package]
        place, data = list(files.items())[n]

        def act():
            upload = reception.begin_upload(
                self.desk, self.actor(who), self.tender.uid, Place(sealed.bid, *place), len(data)
            )
            parts.append(self.desk, self.actor(who), upload.uid, Part(0, len(data), None, iter([data])))
            return self.state(who, package)

        self.same(self.model.file(who, package, n), act)

    @rule(who=WHO, package=PACKAGE)
    def a_manifest_comes(self, who, package):
        sealed, message, _ = self.sealed[who, package]
        known = package in self.model.tenderers[who].taken

        def act():
            reception.submit(self.desk, self.actor(who), self.tender.uid, message, sealed.bid)
            return "known" if known else self.state(who, package)

        self.same(self.model.sign(who, package), act)

    @rule(who=WHO, package=PACKAGE)
    def a_package_comes(self, who, package):
        sealed = self.sealed[who, package][0]
        known = package in self.model.tenderers[who].taken

        def act():
            data = sealed.package.read_bytes()
            reception.receive(self.desk, self.actor(who), self.tender.uid, sealed.bid, iter([data]))
            return "known" if known else self.state(who, package)

        self.same(self.model.package(who, package), act)

    @rule(who=WHO)
    def a_signature_is_taken_back(self, who):
        package = self.model.tenderers[who].armed
        bid = self.sealed[who, package or 0][0].bid
        expected = self.model.disarm(who)

        def act():
            reception.disarm(self.desk, self.actor(who), self.tender.uid, bid)
            return "disarmed"

        self.same(expected, act)

    @precondition(lambda self: any(own.effective is not None for own in self.model.tenderers.values()))
    @rule(who=WHO)
    def a_bid_is_withdrawn(self, who):
        package = self.model.tenderers[who].effective
        if package is None:
            return
        sealed = self.sealed[who, package][0]

        def act():
            reception.withdraw(self.desk, self.actor(who), sealed.bid, sign_withdrawal(sealed.key))
            return "withdrawn"

        self.same(self.model.withdraw(who), act)

    @rule(seconds=st.sampled_from([1, 600, 3000, -1, -1800]))
    def time_goes_on_or_is_set_back(self, seconds):
        self.model.now += seconds * 10**6
        self.set_clock()

    @rule(at=st.sampled_from([-1, -1, -2, 0]))
    def the_deadline_is_near(self, at):
        self.model.now = at
        self.set_clock()

    @rule()
    def the_clockwork_ticks(self):
        self.model.tick()
        for _ in range(3):
            jobs.finish_armed(self.desk)
            jobs.close_due(self.desk)
            if self.model.closed:
                self.model.now = max(self.model.now, 0) + 2 * 10**6
                self.set_clock()

    @invariant()
    def both_agree_on_every_bid(self):
        if not hasattr(self, "model"):
            return
        db.session.rollback()
        db.session.expire_all()
        gate = db.session.scalar(
            select(Gate).join(Gate.project).where(Gate.closes_at == self.closes_at).order_by(Gate.id.desc())
        )
        bids = db.session.scalars(select(Bid).where(Bid.project_id == gate.project_id)).all()
        armed = db.session.scalars(select(ArmedBid).where(ArmedBid.project_id == gate.project_id)).all()
        waiting = db.session.scalars(
            select(Intake.id).where(Intake.project_id == gate.project_id, Intake.decided_at.is_(None))
        ).all()
        own = self.model.tenderers
        assert {self.uids[bid.uid] for bid in bids} == {(who, p) for who in own for p in own[who].taken}
        assert {self.uids[bid.uid] for bid in bids if bid.state is BidState.EFFECTIVE} == {
            (who, own[who].effective) for who in own if own[who].effective is not None
        }
        assert {self.uids[each.bid_uid] for each in armed} == {
            (who, own[who].armed) for who in own if own[who].armed is not None
        }
        assert waiting == []
        assert (gate.state is GateState.CLOSED) is self.model.closed
        assert all(bid.received_at < self.closes_at for bid in bids)
        assert len({bid.received_at for bid in bids}) == len(bids)


@pytest.mark.slow
def test_the_gate_does_what_the_model_says(centre, tmp_path):
    Gates.centre, Gates.begins_at = centre, centre.clock.now()
    Gates.attachment = tmp_path / "technical.txt"
    Gates.attachment.write_text("施工组织设计\n" * 10, "utf-8")
    run_state_machine_as_test(
        Gates,
        settings=settings(
            max_examples=600 if THOROUGH else 6,
            stateful_step_count=60 if THOROUGH else 30,
            derandomize=not THOROUGH,
            phases=[Phase.generate, Phase.shrink] if THOROUGH else [Phase.generate],
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
