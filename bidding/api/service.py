"""Making and revoking keys, and drafts that come by one. A program writes what people write at the desk, and never publishes."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bidding.api import queries, rules
from bidding.api.models import ApiDraft, ApiKey
from bidding.api.rules import Scope
from bidding.core.actor import Actor
from bidding.core.entropy import new_uid
from bidding.core.errors import N_, Invalid, NotFound, WrongState
from bidding.db.uow import Tx
from bidding.identity.models import Organisation
from bidding.identity.service import digest_of
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.keys import LogKeys
from bidding.tenders import service as tenders
from bidding.tenders.models import Project
from bidding.tenders.queries import project_for
from bidding.tenders.service.sheets import Draft

#: Kinds of notes in the centre's log.
MADE_NOTE, REVOKED_NOTE = "api-key", "api-key-revoked"


def make_key(tx: Tx, name: str, scope: Scope, days: int, *, keys: LogKeys) -> tuple[ApiKey, str]:
    """A key of the actor's agency, and the key itself, which nobody can be shown again.

    Raises ``BadSpan``, ``TooManyKeys``, ``NameTwice``, ``Invalid``, ``NotFound`` for whoever acts for no agency.
    """
    if tx.actor.account_id is None or tx.actor.organisation_id is None:
        raise NotFound
    called = " ".join(name.split())
    if not called:
        raise Invalid(field="name", reason=N_("请写明给哪个系统用。"))
    rules.check_days(days)
    tx.session.execute(  # two who press at once are counted one after the other
        select(Organisation.id).where(Organisation.id == tx.actor.organisation_id).with_for_update()
    )
    mine = (ApiKey.agency_id == tx.actor.organisation_id, queries.in_force(tx.now))
    if (tx.session.scalar(select(func.count()).where(*mine)) or 0) >= rules.MAX_KEYS:
        raise rules.TooManyKeys(limit=rules.MAX_KEYS)
    token = rules.key_of(tx.entropy.bytes(rules.KEY_SIZE))
    key = ApiKey(
        uid=new_uid(tx.entropy),
        agency_id=tx.actor.organisation_id,
        name=called[:60],
        scope=scope,
        digest=digest_of(token),
        hint=token.removeprefix(rules.KEY_PREFIX)[: rules.HINT],
        made_at=tx.now,
        made_by_id=tx.actor.account_id,
        expires_at=tx.now + timedelta(days=days),
    )
    try:
        with tx.session.begin_nested():
            tx.session.add(key)
    except IntegrityError as error:
        raise rules.NameTwice(field="name", name=called) from error
    _note(tx, keys, MADE_NOTE, key)
    return key, token


def revoke_key(tx: Tx, uid: str, *, keys: LogKeys) -> ApiKey:
    """End a key of the actor's agency: from this instant it opens nothing. Raises ``NotFound``, ``WrongState`` the second time."""
    key = queries.own_key(tx.session, tx.actor, uid)
    done = tx.session.execute(
        update(ApiKey)
        .where(ApiKey.id == key.id, ApiKey.revoked_at.is_(None))
        .values(revoked_at=tx.now, revoked_by_id=tx.actor.account_id)
        .returning(ApiKey.id)
    ).first()
    if done is None:
        raise WrongState
    tx.session.refresh(key)
    _note(tx, keys, REVOKED_NOTE, key)
    return key


def _note(tx: Tx, keys: LogKeys, kind: str, key: ApiKey) -> None:
    data = {
        "key": key.uid,
        "agency": key.agency.uscc,
        "name": key.name,
        "scope": key.scope.value,
        "until": key.expires_at.isoformat(),
        "sha256": key.digest,
    }
    ledger.record(tx, ledger.centre_log(tx, keys), EventType.NOTE, kind=kind, data=data)


def stamp(tx: Tx, key_id: int, address: str) -> None:
    """Note that a key is in use, and from where."""
    tx.session.execute(
        update(ApiKey).where(ApiKey.id == key_id).values(used_at=tx.now, used_from=address[:45])
    )


def sent_before(session: Session, actor: Actor, idempotency_key: str, body_sha256: str) -> Project | None:
    """The draft that the same content became under the same key; None for none. Raises ``SentBefore`` for other content."""
    before = queries.draft_sent(session, actor.organisation_id, idempotency_key)
    if before is None:
        return None
    if before.body_sha256 != body_sha256:
        raise rules.SentBefore(field="Idempotency-Key")
    return before.project


def create_draft(
    tx: Tx, draft: Draft, *, key_id: int, idempotency_key: str, body_sha256: str, region: str
) -> tuple[Project, bool]:
    """The draft that a program sends, and whether it is new: the same content under the same key is one draft.

    Raises ``SentBefore`` for other content under it, ``SentAtOnce`` where both are on their way, and what drafting refuses.
    """
    before = sent_before(tx.session, tx.actor, idempotency_key, body_sha256)
    if before is not None:
        return before, False
    project = tenders.make_draft(tx, draft, region=region)
    tx.session.add(
        ApiDraft(
            project_id=project.id,
            key_id=key_id,
            agency_id=project.agency_id,
            idempotency_key=idempotency_key,
            body_sha256=body_sha256,
            made_at=tx.now,
        )
    )
    try:
        tx.session.flush()
    except IntegrityError as error:
        raise rules.SentAtOnce from error
    return project, True


def update_draft(tx: Tx, uid: str, draft: Draft, *, version: int) -> Project:
    """Put a draft that came by a key in the words that come now: facts, lots and dates; a date that is left out stays.

    ``version`` is the one the program saw. Raises ``NotByKey``, ``ChangedMeanwhile``, and what drafting refuses.
    """
    project = tenders.edit_project(tx, _from_key(tx, uid).uid, draft.facts, version=version)
    codes = [lot.code for lot in project.lots]
    for code in reversed(codes[len(draft.lots) :]):
        tenders.remove_lot(tx, uid, code)
    for code, facts in zip(codes, draft.lots, strict=False):
        tenders.edit_lot(tx, uid, code, facts)
    for facts in draft.lots[len(codes) :]:
        tenders.add_lot(tx, uid, facts)
    if draft.closes_at is not None:
        tenders.set_dates(tx, uid, closes_at=draft.closes_at, prices_open_at=draft.prices_open_at)
    return project


def attach(tx: Tx, uid: str, name: str, digest: str, size: int) -> bool:
    """Attach a stored blob to a draft that came by a key; False where the draft has it already, under whatever name."""
    project = _from_key(tx, uid)
    if any(document.sha256 == digest for document in project.documents):
        return False
    tenders.add_document(tx, uid, name, digest, size)
    return True


def detach(tx: Tx, uid: str, digest: str) -> None:
    """Take a file off a draft that came by a key."""
    _from_key(tx, uid)
    tenders.remove_document(tx, uid, digest)


def _from_key(tx: Tx, uid: str) -> Project:
    """What came by a key of the actor's agency; whether it is a draft still, drafting asks. Raises ``NotFound``, ``NotByKey``.

    It is only read: to touch it would be another version than the one the program saw.
    """
    project = project_for(tx.session, tx.actor, uid)
    if not queries.came_by_key(tx.session, project.id):
        raise rules.NotByKey
    return project
