"""The place of a published notice in the public list, and what is searched of it."""

from __future__ import annotations

from sqlalchemy import Connection, select

from bidding.core.errors import NotFound
from bidding.db.uow import Tx
from bidding.tenders.kinds import Stage
from bidding.tenders.models import WORDS_INDEX, Listing, Project
from bidding.tenders.rules import mark


def enlist(tx: Tx, project: Project) -> None:
    """Put a notice that is published now at the new end of the list."""
    listing = Listing(project_id=project.id, words=_words(project), kind=_kind(project))
    tx.session.add(listing)
    tx.session.flush()
    _index(tx, "add", listing)


def relist(tx: Tx, project: Project) -> None:
    """Let a notice be found by what it says now; its place stays. Raises ``NotFound`` for one that is not listed."""
    listing = tx.session.scalars(select(Listing).where(Listing.project_id == project.id)).one_or_none()
    if listing is None:
        raise NotFound
    _index(tx, "drop", listing)
    listing.words, listing.kind = _words(project), _kind(project)
    tx.session.flush()
    _index(tx, "add", listing)


def enter_stage(tx: Tx, project: Project, stage: Stage) -> None:
    """Let a published tender stand otherwise, in the list as well. Raises ``NotFound`` for one that is not published."""
    project.stage = stage
    relist(tx, project)


def _words(project: Project) -> str:
    """A line for each thing that is searched, so that no word reaches from one into the next."""
    return "\n".join((project.title, project.code, project.owner_name, project.summary))


def _kind(project: Project) -> str:
    return " ".join(map(mark, (project.family, project.method, project.stage)))


def _index(tx: Tx, act: str, listing: Listing) -> None:
    index(tx.session.connection(), act, listing.id, listing.words, listing.kind)


def index(connection: Connection, act: str, number: int, words: str, kind: str) -> None:
    """``add`` a listing to the index, or ``drop`` it: with the very words and marks it was added with."""
    WORDS_INDEX.put(connection, act, number, words, kind)
