"""A new draft from an earlier tender."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields, replace

from bidding.core.errors import NotFound
from bidding.db.uow import Tx
from bidding.tenders import policy, queries, rules
from bidding.tenders.kinds import Envelopes
from bidding.tenders.models import Document, Lot, Origin, Project
from bidding.tenders.rules import LotFacts
from bidding.tenders.service.draft import create_project
from bidding.tenders.service.terms import copy_terms


def copy_project(
    tx: Tx,
    uid: str,
    *,
    region: str,
    files: Collection[str] | None = None,
    lots: Collection[str] | None = None,
    title: str | None = None,
) -> Project:
    """A draft that says what a tender of the actor's own agency says, whatever its stage: facts, lots and files.

    ``files`` are the digests of those that go along, None all of them; the bytes are stored once, whoever speaks of
    them. ``lots`` are the codes of those that are wanted again, None all; they are numbered anew from 1. ``title`` is what it is called, without one the old name marked as a copy. Number, panel and least count of
    bids are new, by the rules of today; dates, rooms and reasons are not copied. Raises ``NotFound``, also for a file
    that the tender does not have, and what ``create_project`` refuses.
    """
    found = queries.project_for(tx.session, tx.actor, uid)
    if not policy.may_edit(tx.actor, found.agency_id):
        raise NotFound
    known = {document.sha256: document for document in found.documents}
    wanted = list(known) if files is None else [digest for digest in known if digest in set(files)]
    if files is not None and len(wanted) != len(set(files)):
        raise NotFound
    facts = replace(found.written, title=rules.copy_title(found.title) if title is None else title)
    if queries.two_envelopes(tx.session, facts.family, facts.method, tx.now) is None:
        facts = replace(facts, envelopes=Envelopes.ONE)  # the rulebook has changed since
    copy = create_project(tx, facts, region=region)
    copy.origin = Origin(source_id=found.id)
    copy.lots = [
        Lot(code=str(place), **{item.name: getattr(lot, item.name) for item in fields(LotFacts)})
        for place, lot in enumerate((each for each in found.lots if lots is None or each.code in lots), 1)
    ]
    copy.documents = [
        Document(
            name=document.name,
            sha256=document.sha256,
            size=document.size,
            added_at=tx.now,
            template=document.template,
            made_of=document.made_of,
        )
        for document in (known[digest] for digest in wanted)
    ]
    tx.session.flush()
    copy_terms(tx, found, copy.uid)
    return copy
