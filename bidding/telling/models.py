"""What people were reminded of, so that they are reminded once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from bidding.db import Model


class Reminder(Model):
    """One reminder that went out. ``what`` names the thing and the instant it was about."""

    id: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(String(120), unique=True)
    told_at: Mapped[datetime]
