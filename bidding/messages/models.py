"""Messages in the product, where else people want them, and whether those ways work."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bidding.db import Model
from bidding.db.outbox import Channel
from bidding.identity.models import Account
from bidding.messages.kinds import Group, Kind


class Message(Model):
    """One message to one account: what it says, not the words it says it in."""

    __table_args__ = (
        Index("messages_in_order", "account_id", "id"),
        Index(
            "unread_messages",
            "account_id",
            sqlite_where=text("read_at IS NULL"),
            postgresql_where=text("read_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(24), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[Kind] = mapped_column(String(32))
    params: Mapped[str] = mapped_column(Text)  # JCS
    #: The page that it is about, a path of this site.
    path: Mapped[str] = mapped_column(String(200))
    told_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    account: Mapped[Account] = relationship()


class ContactPoint(Model):
    """An account's address on one channel. Nothing goes to an address that has not sent its code back.

    ``pending`` waits for its code; until then the address confirmed before goes on.
    """

    __table_args__ = (
        UniqueConstraint("account_id", "channel", name="one_address_a_channel"),
        CheckConstraint("(address IS NULL) = (confirmed_at IS NULL)", "confirmed_at_some_time"),
        CheckConstraint("(pending IS NULL) = (code_sha256 IS NULL)", "pending_has_code"),
        CheckConstraint("channel <> 'hand'", "channel_of_a_machine"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    channel: Mapped[Channel] = mapped_column(String(8))
    address: Mapped[str | None] = mapped_column(String(254))
    confirmed_at: Mapped[datetime | None]
    pending: Mapped[str | None] = mapped_column(String(254))
    code_sha256: Mapped[str | None] = mapped_column(String(64))
    code_expires_at: Mapped[datetime | None]
    tries_left: Mapped[int] = mapped_column(default=0)
    #: Codes sent within a day, so that nobody fills a stranger's box with them.
    codes_sent: Mapped[int] = mapped_column(default=0)
    codes_since: Mapped[datetime | None]


class Wish(Model):
    """What an account wants of a group of messages by e-mail and SMS, where that is not what everybody gets."""

    __table_args__ = (UniqueConstraint("account_id", "group", name="one_wish_a_group"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    group: Mapped[Group] = mapped_column(String(16))
    email: Mapped[bool]
    sms: Mapped[bool]


class ChannelCheck(Model):
    """Whether a way out answered when it was last tried, with no letter in hand: so it tells of no letter."""

    channel: Mapped[Channel] = mapped_column(String(8), primary_key=True)
    checked_at: Mapped[datetime]
    failing_since: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(String(200), default="")
