"""A centre with a published tender, set up through the services; what tests of bidding and opening begin from."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bidding.ledger.witness import StateFile, Witness
from bidding.story.centre import Centre
from bidding.story.play import Tender, Told
from tests.kept import keep, lay

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def stages():
    """The stages that were set up in this run, by name."""
    return {}


class Stagehand:
    """Sets a stage up the first time it is asked for, and lays it again from then on."""

    def __init__(self, stages, home, app, clock, entropy, keeping) -> None:
        self._stages, self._home, self._app = stages, home, app
        self._clock, self._entropy, self._keeping = clock, entropy, keeping

    def set(self, name, build):
        """The centre and the tender of a stage; ``build`` makes them through the services."""
        if name not in self._stages:
            centre, tender = build()
            people = _held(centre, tender)
            folder = self._keeping.mktemp("stages") / "home"
            self._stages[name] = keep(folder, self._home, self._clock, self._entropy, people)
            return centre, tender
        kept = self._stages[name]
        lay(kept, self._home, self._clock, self._entropy)
        return self._again(kept.people)

    def _again(self, people):
        centre = Centre(self._app, self._clock, self._home / "people")
        centre.trustees = dict(people["trustees"])
        centre.trustee_uids = list(people["trustee_uids"])
        centre.units = dict(people["units"])
        centre.rooms = dict(people["rooms"])
        name, seed = people["witness"]
        centre._witness = Witness(name, seed, StateFile(centre.folder / "witness" / "state.json"))
        if people["tender"] is None:
            return centre, None
        held = people["tender"]
        tender = Tender(centre, self._home / held["folder"], Told(), facts=held["facts"])
        tender.uid, tender.closes_at, tender._sealings = held["uid"], held["closes_at"], held["sealings"]
        tender.received = dict(held["received"])
        tender.bids = {
            number: replace(sealed, package=tender.folder / sealed.package.name)
            for number, sealed in held["bids"].items()
        }
        return centre, tender


def _held(centre, tender):
    return {
        "trustees": dict(centre.trustees),
        "trustee_uids": list(centre.trustee_uids),
        "units": dict(centre.units),
        "rooms": dict(centre.rooms),
        "witness": (centre._witness.name, centre._witness.seed),
        "tender": tender
        and {
            "folder": tender.folder.name,
            "facts": tender.facts,
            "uid": tender.uid,
            "closes_at": tender.closes_at,
            "sealings": tender._sealings,
            "received": dict(tender.received),
            "bids": dict(tender.bids),
        },
    }


@pytest.fixture
def stagehand(stages, app, clock, entropy, tmp_path, tmp_path_factory):
    return Stagehand(stages, tmp_path, app, clock, entropy, tmp_path_factory)


@pytest.fixture
def further():
    """Stages of a module's or a folder's own, the furthest first: by the fixture's name the stage it begins from, and what
    makes its tender of ``(centre, tender)``.
    """
    return {}


@pytest.fixture
def furthest(request, further):
    """The furthest stage that the test asks for: it is laid at once, not one upon the other."""
    asked = set(request.fixturenames)
    return next(name for name in (*further, "opened", "three_in", "tender", "centre") if name in asked)


@pytest.fixture
def laid(request, furthest, further, stagehand, app, clock, tmp_path, attachment):
    def founded():
        found = Centre(app, clock, tmp_path / "people")
        found.found()
        found.register(range(1, 4), b"%PDF-1.4 a licence")
        return found, None

    def published():
        centre, _ = stagehand.set("centre", founded)
        made = Tender(centre, tmp_path / "tender", Told())
        made.publish([ROOT / "pyproject.toml"])
        centre.wait(timedelta(days=20))
        centre.cosign()
        return centre, made

    def three_in():
        centre, tender = stagehand.set("tender", published)
        for number in (1, 2, 3):
            tender.submit(number, tender.seal(number, [attachment], price_fen=1_200_000_000 + number))
        tender.close()
        return centre, tender

    def opened():
        centre, tender = stagehand.set("tender", published)
        for number in (1, 2, 3):
            sealed = tender.seal(number, [attachment], price_fen=1_200_000_000 + number * 100)
            tender.submit(number, sealed)
            centre.wait(timedelta(minutes=5))
        tender.close()
        tender.open(["reform", "finance", "notary"])
        return centre, tender

    builds = {"centre": founded, "tender": published, "three_in": three_in, "opened": opened}

    if furthest not in further:
        return stagehand.set(furthest, builds[furthest])
    base, go_on = further[furthest]

    def its_own():
        centre, tender = stagehand.set(base, builds[base])
        return centre, go_on(centre, tender)

    # The same name may mean something else in another module.
    return stagehand.set((request.path, furthest), its_own)


@pytest.fixture
def centre(laid):
    """People, witness and trustees; three tenderers (``t1`` to ``t3``) whose papers were approved."""
    return laid[0]


@pytest.fixture
def tender(laid):
    """A published tender twenty days on, its deadline four days ahead."""
    return laid[1]


@pytest.fixture
def attachment(tmp_path):
    """A file of some size to seal."""
    path = tmp_path / "technical.txt"
    path.write_text("施工组织设计\n" * 5000, "utf-8")
    return path


@pytest.fixture
def three_in(laid):
    """The tender with three bids behind a closed gate, cosigned; the opening's instant is now."""
    return laid[1]


@pytest.fixture
def opened(laid):
    """The tender after three bids, the close and the opening by three of five trustees."""
    return laid[1]
