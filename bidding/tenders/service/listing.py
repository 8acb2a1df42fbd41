"""The place of a published notice in the public list, and what is searched of it."""

from __future__ import annotations

from sqlalchemy import Connection, select, text

from bidding.core.errors import NotFound
from bidding.db.uow import Tx
from bidding.tenders.kinds import Stage
from bidding.tenders.models import Listing, Project
from bidding.tenders.rules import grams, mark

#: FTS5 keeps no text of its own here, so it has to be told again what it is to forget.
_FTS5 = {
    "add": text("INSERT INTO listing_words (rowid, words, kind) VALUES (:id, :words, :kind)"),
    "drop": text(
        "INSERT INTO listing_words (listing_words, rowid, words, kind) VALUES ('delete', :id, :words, :kind)"
    ),
}
_TSVECTOR = {
    "add": text("INSERT INTO listing_words (rowid, words) VALUES (:id, CAST(:words AS tsvector))"),
    "drop": text("DELETE FROM listing_words WHERE rowid = :id"),
}


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
    pieces = grams(words)
    if connection.dialect.name == "sqlite":
        connection.execute(_FTS5[act], {"id": number, "words": " ".join(pieces), "kind": kind})
    elif act == "drop":
        connection.execute(_TSVECTOR[act], {"id": number})
    else:
        # Places are counted up to 16,383, thrice what a summary may have.
        placed = [f"'{piece}':{place}" for place, piece in enumerate(pieces, 1)]
        marks = [f"'{each}'" for each in kind.split()]
        connection.execute(_TSVECTOR[act], {"id": number, "words": " ".join([*placed, *marks])})
