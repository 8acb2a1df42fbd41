from __future__ import annotations

import pytest

from bidding.core.actor import NOBODY
from bidding.db import uow
from bidding.db.outbox import Channel
from bidding.messages import jobs
from bidding.messages.models import ContactPoint
from tests.post import MailServer, SmsGateway


@pytest.fixture
def mail_server():
    server = MailServer().up()
    yield server
    server.down()


@pytest.fixture
def gateway():
    server = SmsGateway().up()
    yield server
    server.down()


@pytest.fixture
def post(app, mail_server, gateway):
    """The app's ways out, as the settings would make them."""
    from bidding.wiring import ways_out

    app.config.update(
        SMTP_HOST="127.0.0.1",
        SMTP_PORT=mail_server.port,
        SMTP_SECURITY="plain",
        MAIL_FROM="notices@centre.example",
        SMS_URL=f"{gateway.url}/send",
        SMS_BODY='{"mobile": "{to}", "content": "{text}", "request": "{id}"}',
        SMS_ACCEPTED='"code":0',
        PUBLIC_URL="https://bids.example",
        CHANNEL_SECONDS=2,
    )
    app.extensions["post"] = ways_out(app)
    return app.extensions["post"]


@pytest.fixture
def reachable(world):
    """``reachable(account_id, email=…, sms=…)``: confirmed addresses."""

    def _reachable(account_id, **addresses):
        with uow.transaction(NOBODY, world) as tx:
            tx.session.add_all(
                ContactPoint(
                    account_id=account_id,
                    channel=Channel(channel),
                    address=address,
                    confirmed_at=tx.now,
                    tries_left=0,
                    codes_sent=0,
                )
                for channel, address in addresses.items()
            )

    return _reachable


@pytest.fixture
def deliver(world, post):
    """Send what is due; how many letters left."""
    return lambda: jobs.send_due(world, post)
