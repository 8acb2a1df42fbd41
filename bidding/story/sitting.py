"""The sitting of the story: sign-in, list, reading, confirmations, an objection and its answer, signatures, the end."""

from __future__ import annotations

from datetime import timedelta

from bidding.db import db
from bidding.opening.sitting import queries
from bidding.opening.sitting import service as hall
from bidding.opening.sitting.rules import Way
from bidding.story.cast import tenderer
from bidding.story.play import Tender, expect
from bidding.tenders import queries as tenders

HOST, SUPERVISOR, ADMINISTRATOR = "zhou", "sun", "wang"
_WORDS = "请核对一览表里的工期：与投标函一致吗？"
_ANSWER = "已当场核对开启的投标函，工期一致。"


class HallSitting:
    """One sitting in the hall of a tender; every step is one of the people's acts.

    Of those who bid the last one does not come, the one before comes into the room, and the others take part from
    their own screens.
    """

    def __init__(self, tender: Tender) -> None:
        self.tender = tender
        self.centre = tender.centre
        numbers = sorted(tender.received)
        self.remote, self.in_room = numbers[:-2], numbers[-2]

    def sign_in(self) -> None:
        """Before the deadline: rules of conduct read, name given."""
        for number in self.remote:
            self.attend(number)

    def attend(self, number: int) -> None:
        """Sign a tenderer in from its own screen."""
        _, person = tenderer(number)
        with self.centre.act(person.login) as tx:
            hall.sign_in(tx, self.tender.uid, person=person.name, acknowledged=True)

    def list(self) -> None:
        """Publish who bid, and sign in who stands in the room."""
        with self.centre.act(HOST) as tx:
            hall.publish_list(tx, self.tender.uid)
        _, person = tenderer(self.in_room)
        with self.centre.act(HOST) as tx:
            hall.admit(tx, self.tender.uid, bid=self.tender.received[self.in_room], person=person.name)

    def read(self) -> None:
        """Read every sheet out, in order of receipt; each tenderer confirms its own line."""
        for place in range(1, len(self.tender.received) + 1):
            self.centre.clock.advance(timedelta(seconds=40))
            with self.centre.act(HOST) as tx:
                hall.read_next(tx, self.tender.uid, place)
        for number in self.remote:
            self.confirm(number)
        with self.centre.act(HOST) as tx:
            hall.close_lines(tx, self.tender.uid)

    def confirm(self, number: int) -> None:
        """Let a tenderer say that its own line is right."""
        with self.centre.act(tenderer(number)[1].login) as tx:
            hall.confirm_line(tx, self.tender.uid, self.tender.received[number])

    def object(self) -> None:
        """One tenderer asks, and is answered on the spot."""
        with self.centre.act(tenderer(self.remote[0])[1].login) as tx:
            raised = hall.raise_objection(tx, self.tender.uid, _WORDS).id
        self.centre.clock.advance(timedelta(minutes=3))
        with self.centre.act(HOST) as tx:
            hall.answer(tx, self.tender.uid, raised, _ANSWER)

    def sign(self) -> None:
        """Close the record; host, supervisor, keeper of the record and whoever is present sign, then it ends."""
        with self.centre.act(HOST) as tx:
            sha256 = hall.close_record(tx, self.tender.uid).record_sha256
        assert sha256 is not None  # noqa: S101 — closed just now
        for login in (HOST, SUPERVISOR, ADMINISTRATOR, *(tenderer(n)[1].login for n in self.remote)):
            self.centre.clock.advance(timedelta(seconds=15))
            with self.centre.act(login) as tx:
                hall.sign_record(tx, self.tender.uid, name=tx.actor.name, sha256=sha256)
        with self.centre.act(HOST) as tx:
            hall.end(tx, self.tender.uid)
        self.centre.tick()
        self.centre.cosign()

    def check(self) -> None:
        """Raises ``Wrong`` where the hall does not hold what was done in it."""
        session = db.session()
        view = queries.view(session, tenders.notice(session, self.tender.uid), told=True)
        session.rollback()
        expect("the sitting has ended", view.sitting is not None and view.sitting.ended_at is not None, True)
        ways = sorted(guest.attendance.way.value for guest in view.guests if guest.attendance)
        expect("who came", ways, sorted([Way.ROOM.value, *[Way.REMOTE.value] * len(self.remote)]))
        expect("signatures", len(view.signatures), 3 + len(self.remote))
