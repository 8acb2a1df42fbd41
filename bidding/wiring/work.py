"""What is due by time: the clockwork's round, and what goes on beside it."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from flask import Flask

from bidding.core.clock import SteadyClock, steady
from bidding.db.uow import World
from bidding.experts import jobs as expert_jobs
from bidding.ledger import jobs as ledger_jobs
from bidding.ledger.calling import Caller
from bidding.ledger.keys import LogKeys
from bidding.messages import jobs as message_jobs
from bidding.messages.carriers import Post
from bidding.opendata import jobs as opendata_jobs
from bidding.opening import jobs as opening_jobs
from bidding.outages import jobs as outage_jobs
from bidding.outages import service as outages
from bidding.outages.outage import BEAT
from bidding.oversight import jobs as oversight_jobs
from bidding.portal import jobs as portal_jobs
from bidding.province import jobs as province_jobs
from bidding.reporting import jobs as reporting_jobs
from bidding.scheduling.clockwork import Job, Rhythm, at_most_every
from bidding.submissions import jobs as submission_jobs
from bidding.submissions.reception import Desk as Reception
from bidding.telling import jobs as telling_jobs

#: How often what crashes left among the ciphertexts is looked for; it lies there for a day anyway.
SWEEP = timedelta(hours=1)
#: How often openings are looked at for outages and for trustees who have not come, and the clock for its error.
LOOK, MEASURE = timedelta(seconds=10), timedelta(minutes=1)
#: How often reminders are looked for, letters sent, and the ways out tried.
RECOUNT = timedelta(minutes=10)
REMIND, POST, TRY = timedelta(minutes=1), timedelta(seconds=5), timedelta(minutes=5)
#: How often messages to the province are made and sent.
DELIVER = timedelta(seconds=10)
#: How often releases of open data are written.
PUBLISH = timedelta(minutes=1)
#: How often it is looked whether a witness is wanted.
CALL = timedelta(seconds=2)
#: How often published facts that changed are looked at for red flags.
FLAG = timedelta(seconds=20)

#: So often the process looks for a list of experts that is under way.
POOL = timedelta(seconds=5)


def jobs(app: Flask) -> list[tuple[str, Job]]:
    """What the clockwork asks at every tick, each in an application context of its own."""
    world: World = app.extensions["world"]
    keys: LogKeys = app.extensions["log_keys"]
    work = {
        # Before the close: it may not pass over what was stamped in time and not decided when a process died.
        "armed": partial(submission_jobs.finish_armed, app.extensions["desk"]),
        "close": partial(submission_jobs.close_due, app.extensions["desk"], outages.watch),
        "hold": at_most_every(LOOK, world.clock, partial(outage_jobs.hold_due, world)),
        "covers": partial(ledger_jobs.write_covers, world),
        "instants": partial(opening_jobs.mark_instants, world),
        "checkpoints": partial(ledger_jobs.sign_pending, world, keys),
        "open": partial(opening_jobs.open_due, world, app.extensions["sealed_blobs"], keys),
        "trustees": at_most_every(
            LOOK,
            world.clock,
            partial(opening_jobs.expire_windows, world, app.extensions["sealed_blobs"], keys),
        ),
        "remind": at_most_every(
            REMIND, world.clock, partial(telling_jobs.remind, world, leaves=app.config["BID_LETTERS"])
        ),
        "asked": at_most_every(SWEEP, world.clock, partial(portal_jobs.sweep_searches, world)),
        "letters": at_most_every(SWEEP, world.clock, partial(message_jobs.sweep, world)),
        # It asks the database about every ciphertext there is: each second, it would make closes late.
        "sweep": at_most_every(SWEEP, world.clock, partial(submission_jobs.sweep, app.extensions["desk"])),
    }
    return [(name, partial(_in_context, app, job)) for name, job in work.items()]


def _go_on_with_lists(app: Flask, world: World) -> None:
    extensions = app.extensions
    expert_jobs.go_on(world, extensions["blobs"], extensions["log_keys"], extensions["pool_vault"])


def rhythms(app: Flask, steady: SteadyClock = steady) -> list[Rhythm]:
    """What the serving process does beside the clockwork's round, each at its own pace and waiting for none.

    A heartbeat that waited for a long opening would call that an outage.
    """
    world: World = app.extensions["world"]
    desk: Reception = app.extensions["desk"]
    post: Post = app.extensions["post"]
    keys: LogKeys = app.extensions["log_keys"]
    beat = partial(outage_jobs.heartbeat, world, desk.sealed, desk.limits.reserve, steady)
    return [
        Rhythm("heartbeat", BEAT, partial(_in_context, app, beat)),
        # A mail server that does not answer may take its time, and nothing else's.
        Rhythm("outbox", POST, partial(_in_context, app, partial(message_jobs.send_due, world, post))),
        # Neither a bid nor a close waits for a witness, and a slow one only for itself.
        Rhythm("witnesses", CALL, partial(_in_context, app, partial(call_witnesses, app))),
        # Like a mail server, the province's may take its time.
        Rhythm("province", DELIVER, partial(_in_context, app, partial(_deliver, app))),
        Rhythm(
            "province, all projects",
            SWEEP,
            partial(_in_context, app, partial(province_jobs.catch_up, world, app.extensions["province"])),
        ),
        # The first time, these have every purchase and every saved search there is to go through.
        Rhythm(
            "open data",
            PUBLISH,
            partial(_in_context, app, opendata_jobs.Writer(world, app.config["OCID_PREFIX"])),
        ),
        Rhythm(
            "searches",
            REMIND,
            partial(
                _in_context, app, partial(portal_jobs.tell_searches, world, app.extensions["search_post"])
            ),
        ),
        # Nor for a long list of experts, which takes its time between other people's writes.
        Rhythm("pool", POOL, partial(_in_context, app, partial(_go_on_with_lists, app, world))),
        Rhythm("channels", TRY, partial(_in_context, app, partial(message_jobs.check_channels, world, post))),
        Rhythm(
            "oversight",
            FLAG,
            partial(_in_context, app, partial(oversight_jobs.examine_due, world, app.config["REGION"])),
        ),
        # A million entries take a second, for which no close should wait.
        Rhythm("recount", RECOUNT, partial(_in_context, app, partial(reporting_jobs.recount, world, keys))),
        Rhythm("clock", MEASURE, partial(_in_context, app, partial(_measure, world))),
    ]


def call_witnesses(app: Flask, *, at_start: bool = False) -> None:
    """Call the witnesses that have an address; at start about every log, and no longer than a start may take."""
    world, keys = app.extensions["world"], app.extensions["log_keys"]
    authority = app.config["WITNESS_CA"]
    caller = Caller(step=3, round=5, authority=authority) if at_start else Caller(authority=authority)
    ledger_jobs.call_witnesses(world, keys, caller, every=at_start)


def _deliver(app: Flask) -> None:
    """Look through what was noted for the province, and send what may go."""
    world, at = app.extensions["world"], app.extensions["province"]
    province_jobs.check(world, at)
    province_jobs.send_due(world, at)


def _measure(world: World) -> None:
    outage_jobs.measure_clock(world, submission_jobs.clock_evidence())


def _in_context(app: Flask, job: Any) -> None:
    with app.app_context():
        job()
