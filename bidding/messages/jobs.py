"""Sending what waits in the outbox, and asking whether the ways out work."""

from __future__ import annotations

import logging

from bidding.core.actor import system_actor
from bidding.core.canonical import loads
from bidding.core.errors import N_
from bidding.db import db, outbox, uow
from bidding.db.outbox import Channel, Taken
from bidding.db.uow import World
from bidding.i18n.catalog import DEFAULT, say_in
from bidding.messages import service
from bidding.messages.carriers import Down, Hand, Letter, NotNow, Post, Refused
from bidding.messages.kinds import Kind, render

log = logging.getLogger(__name__)

POSTMAN = system_actor("outbox")
#: Letters of one round; the next round goes on.
_ROUND = 200


def send_due(world: World, post: Post) -> int:
    """Send what is due by every way there is; how many letters left. A second worker at the same time is harmless."""
    return sum(_drain(world, post, channel) for channel in (Channel.EMAIL, Channel.SMS))


def _drain(world: World, post: Post, channel: Channel) -> int:
    session = db.session()
    due = outbox.due(session, channel, world.clock.now(), _ROUND)
    session.rollback()
    first = _take_next(world, list(due))
    if first is None:
        return 0
    carrier = post.carriers.get(channel)
    taken, waiting = first
    if carrier is None:
        _put_off(world, post, taken, "no such channel in the settings", whole=True)
        return 0
    sent = 0
    try:
        with carrier.open() as hand:
            while True:
                sent += _hand(world, post, taken, hand)
                following = _take_next(world, waiting)
                if following is None:
                    break
                taken, waiting = following
    except Down as error:
        _put_off(world, post, taken, str(error), whole=True)
    return sent


def _take_next(world: World, waiting: list[int]) -> tuple[Taken, list[int]] | None:
    """The next letter that no other worker has, and the ids after it."""
    while waiting:
        row_id = waiting.pop(0)
        with uow.transaction(POSTMAN, world) as tx:
            taken = outbox.take(tx, row_id)
        if taken is not None:
            return taken, waiting
    return None


def _hand(world: World, post: Post, taken: Taken, hand: Hand) -> int:
    """Hand one letter over and keep what became of it. ``Down`` is the caller's."""
    try:
        hand(compose(post, taken))
    except NotNow as error:
        _put_off(world, post, taken, str(error), whole=False)
        return 0
    except Refused as error:
        with uow.transaction(POSTMAN, world) as tx:
            outbox.refuse(tx, taken, str(error))
        return 0
    except Down:
        raise
    except Exception as error:  # a fault of ours: this letter waits, the others go
        log.exception("a letter cannot be handed over")
        _put_off(world, post, taken, type(error).__name__, whole=False)
        return 0
    with uow.transaction(POSTMAN, world) as tx:
        outbox.sent(tx, taken)
    return 1


def _put_off(world: World, post: Post, taken: Taken, error: str, *, whole: bool) -> None:
    """Nothing is logged: that a letter waits must not show where staff look. The checks tell of a way that is down."""
    with uow.transaction(POSTMAN, world) as tx:
        outbox.put_off(tx, taken, error, lasts=post.lasts)
        if whole:
            outbox.put_off_channel(tx, taken)


def compose(post: Post, taken: Taken) -> Letter:
    """The letter of a row, in its reader's language, with the way to the page."""
    payload = loads(taken.payload)
    say = say_in(payload["language"] or DEFAULT)
    told = render(Kind(payload["kind"]), loads(payload["params"]), say)
    lines = [told.title, "", told.text]
    if payload["message"]:
        lines += ["", say(N_("请登录平台，在“消息”里查看。"))]
        if post.url:
            lines.append(f"{post.url}/messages/{payload['message']}")
    stop = payload.get("stop", "")
    if stop:
        lines += ["", say(N_("不想再收到，打开这个链接停止，不用登录：")), stop]
        last = say(N_("本邮件由系统发出，请不要回复。"))
    else:
        last = say(N_("本邮件由系统发出，请不要回复。通知设置可以在平台上修改。"))
    lines += ["", "-- ", post.centre, last]
    text = "\n".join(lines) + "\n"
    return Letter(taken.uid, taken.address, told.outside, text, taken.written_at, stop)


def check_channels(world: World, post: Post) -> None:
    """Try each way out without a letter, and keep whether it answered: independent of what waits, so telling nothing."""
    for channel, carrier in post.carriers.items():
        error = None
        try:
            carrier.check()
        except Down as down:
            error = str(down)
            log.warning("channel %s does not answer: %s", channel.value, error)
        with uow.transaction(POSTMAN, world) as tx:
            service.note_check(tx, channel, error)


def sweep(world: World) -> None:
    """Forget what was sent long ago."""
    with uow.transaction(POSTMAN, world) as tx:
        outbox.sweep(tx)
