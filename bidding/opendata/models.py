"""Releases as they were published: written once, never changed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bidding.db import Model


class Release(Model):
    """One release of a contracting process. What a later version of the product would make of the fact changes it no more."""

    __tablename__ = "ocds_release"
    __table_args__ = (
        UniqueConstraint("project_id", "key", name="one_release_of_a_fact"),
        Index("ix_ocds_release_released_at", "released_at", "id"),
        Index("ix_ocds_release_ocid", "ocid"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    #: As the prefix was when the first release of the process was written.
    ocid: Mapped[str] = mapped_column(String(80))
    #: Of the fact (``facts.Fact``).
    key: Mapped[str] = mapped_column(String(100))
    #: When everybody could read what it tells of.
    released_at: Mapped[datetime]
    #: JSON, with ``parts.HERE`` before the centre's own addresses.
    body: Mapped[str] = mapped_column(Text)
