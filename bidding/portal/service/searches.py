"""Searches that people want to hear of: asked for, confirmed, told once a day, and stopped by one press.

An address without an account is told nothing before it has said yes (double opt-in), and is kept sealed. What is new
is gathered and put into the outbox in the transaction that says up to when it was told: so each thing is told once, at
least, and where nothing is new there is no letter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from bidding.core.canonical import dumps
from bidding.core.entropy import new_uid
from bidding.core.errors import N_, NotFound
from bidding.db import outbox
from bidding.db.outbox import Channel, Letter
from bidding.db.uow import Tx
from bidding.i18n.catalog import DEFAULT, say_in
from bidding.messages import rules as messages
from bidding.messages.kinds import Kind
from bidding.messages.service import tell
from bidding.portal import saved
from bidding.portal.models import SavedSearch
from bidding.portal.saved import Fresh, Wanted
from bidding.portal.vault import AddressVault

#: Bytes of a link's secret.
_TOKEN = 20


@dataclass(frozen=True, slots=True)
class Post:
    """What a letter needs besides the search: the key of addresses, and where the centre's pages are."""

    vault: AddressVault
    url: str


def ask(tx: Tx, wanted: Wanted, typed: str, *, post: Post, language: str, machine: str) -> None:
    """Send a first letter to an address that has no account here. The answer is the same whether it is known or not.

    ``machine`` is the network address of whoever asks. Raises ``NotAnAddress``, ``AskedTooOften``, ``TooManySearches``.
    """
    address = messages.email(typed)
    known, where = post.vault.digest("address", address), post.vault.digest("machine", machine)
    _check_often(tx, SavedSearch.address_digest == known, saved.ASKED_A_DAY)
    _check_often(tx, SavedSearch.asked_from == where, saved.ASKED_FROM_A_DAY)
    if _count(tx, SavedSearch.address_digest == known, SavedSearch.told_until.is_not(None)) >= saved.MOST:
        raise saved.TooManySearches(most=saved.MOST)
    token = tx.entropy.bytes(_TOKEN).hex()
    row = SavedSearch(
        uid=new_uid(tx.entropy),
        of=wanted.of,
        asked=wanted.text,
        address=post.vault.seal(address, tx.entropy),
        address_digest=known,
        language=language,
        asked_at=tx.now,
        asked_from=where,
        token_sha256=_sha256(token),
    )
    tx.session.add(row)
    tx.session.flush()
    params = {
        "what": named(saved.tame(wanted), language),
        "url": f"{post.url}/searches/confirm/{token}",
        "hours": str(int(saved.CONFIRM_LASTS.total_seconds()) // 3600),
    }
    _send(tx, address, language, Kind.SEARCH_ASKED, params, stop=_stop(post, row.uid))


def confirm(tx: Tx, token: str) -> SavedSearch:
    """The address says yes: from now on it is told. Raises ``LinkIsOver``."""
    found = pending(tx, token)
    # A further yes to the same search takes the place of the first, and goes on where that one has been told.
    same = (
        SavedSearch.address_digest == found.address_digest,
        SavedSearch.of == found.of,
        SavedSearch.asked == found.asked,
        SavedSearch.id != found.id,
    )
    told = tx.session.scalar(select(func.min(SavedSearch.told_until)).where(*same))
    tx.session.execute(delete(SavedSearch).where(*same))
    found.token_sha256, found.told_until = None, told or tx.now
    tx.session.flush()
    return found


def pending(tx: Tx, token: str) -> SavedSearch:
    """What a first letter's link is about, to be changed by nobody else meanwhile. Raises ``LinkIsOver``."""
    row = tx.session.scalar(
        select(SavedSearch)
        .where(SavedSearch.token_sha256 == _sha256(token))
        .where(SavedSearch.asked_at > tx.now - saved.CONFIRM_LASTS)
        .with_for_update()
    )
    if row is None:
        raise saved.LinkIsOver
    return row


def keep(tx: Tx, wanted: Wanted, *, language: str) -> None:
    """Keep a search of one's own; twice is once. Raises ``TooManySearches``."""
    if tx.actor.account_id is None:
        raise NotFound
    own = SavedSearch.account_id == tx.actor.account_id
    if _count(tx, own, SavedSearch.of == wanted.of, SavedSearch.asked == wanted.text):
        return
    if _count(tx, own) >= saved.MOST:
        raise saved.TooManySearches(most=saved.MOST)
    row = SavedSearch(
        uid=new_uid(tx.entropy),
        of=wanted.of,
        asked=wanted.text,
        account_id=tx.actor.account_id,
        language=language,
        asked_at=tx.now,
        asked_from="",
        told_until=tx.now,
    )
    try:
        with tx.session.begin_nested():
            tx.session.add(row)
    except IntegrityError:  # pressed twice at once: the other press has kept it
        return


def remove(tx: Tx, uid: str) -> None:
    """Take away a search of one's own. Raises ``NotFound`` for another's."""
    if tx.actor.account_id is None or not _removed(tx, uid, SavedSearch.account_id == tx.actor.account_id):
        raise NotFound


def stop(tx: Tx, uid: str, token: str, *, vault: AddressVault) -> None:
    """Stop it by the link that its letters end with; nobody need sign in, and to press twice is no error.

    Raises ``NotFound`` for a link that was never sent.
    """
    if not vault.stops(uid, token):
        raise NotFound
    _removed(tx, uid, SavedSearch.account_id.is_(None))


def tell_of(tx: Tx, search_id: int, fresh: Sequence[Fresh], until: datetime, *, post: Post) -> bool:
    """Tell one search what is new for it up to ``until``; whether there was anything, and nobody else had told it."""
    row = tx.session.get(SavedSearch, search_id, with_for_update=True, populate_existing=True)
    if row is None or row.told_until is None or row.told_until >= until:
        return False
    told = row.told_until
    found = [each for each in fresh if told < each.at <= until and saved.fits(row.wanted, each)]
    row.told_until = until
    if not found:
        return False
    params: dict[str, Any] = {
        "what": named(row.wanted, row.language),
        "count": str(len(found)),
        "list": listed(found, row.wanted, post.url, row.language),
    }
    if row.account_id is not None:
        tell(tx, [row.account_id], Kind.SEARCH_FOUND, path="/searches", **params)
    else:
        address = post.vault.open(row.address or b"")
        _send(tx, address, row.language, Kind.SEARCH_FOUND, params, stop=_stop(post, row.uid))
    return True


def sweep(tx: Tx) -> None:
    """Forget what nobody said yes to, and from where a search was asked for."""
    tx.session.execute(
        delete(SavedSearch).where(
            SavedSearch.token_sha256.is_not(None), SavedSearch.asked_at <= tx.now - saved.CONFIRM_LASTS
        )
    )
    tx.session.execute(
        update(SavedSearch)
        .where(SavedSearch.asked_from != "", SavedSearch.asked_at <= tx.now - saved.DAY)
        .values(asked_from="")
    )


def named(wanted: Wanted, language: str) -> str:
    """What a search is called: ``交易公告：管网 · 工程建设``."""
    say = say_in(language or DEFAULT)
    asked = [
        each for each in (wanted.asked.get("q"), *map(say, wanted.labels), wanted.asked.get("region")) if each
    ]
    head = say(saved.LIST_LABELS[wanted.of])
    return f"{head}{say(N_('：'))}{' · '.join(asked)}" if asked else head


def listed(found: Sequence[Fresh], wanted: Wanted, url: str, language: str) -> str:
    """The lines of a letter: each thing with its address, and where all of them stand."""
    say = say_in(language or DEFAULT)
    lines = []
    for each in found[: saved.LISTED]:
        lines += [each.title, *([each.line] if each.line else []), f"{url}{each.path}", ""]
    if len(found) > saved.LISTED:
        lines += [say(saved.AND_MORE) % {"count": len(found) - saved.LISTED}, ""]
    lines.append(
        f"{say(saved.ALL_OF_THEM)}{url}/{wanted.of.value}" + (f"?{wanted.query}" if wanted.query else "")
    )
    return "\n".join(lines)


def _send(tx: Tx, address: str, language: str, kind: Kind, params: dict[str, Any], *, stop: str) -> None:
    payload = {
        "kind": kind.value,
        "params": dumps(params).decode(),
        "message": "",
        "language": language,
        "stop": stop,
    }
    outbox.put(tx, Letter(Channel.EMAIL, address, dumps(payload).decode(), is_private=True))


def _stop(post: Post, uid: str) -> str:
    return f"{post.url}/searches/{uid}/stop/{post.vault.stop_token(uid)}"


def _check_often(tx: Tx, whose: object, most: int) -> None:
    if _count(tx, whose, SavedSearch.asked_at > tx.now - saved.DAY) >= most:
        raise saved.AskedTooOften


def _count(tx: Tx, *conditions: object) -> int:
    return tx.session.scalar(select(func.count(SavedSearch.id)).where(*conditions)) or 0  # type: ignore[arg-type]


def _removed(tx: Tx, uid: str, whose: object) -> bool:
    gone = delete(SavedSearch).where(SavedSearch.uid == uid, whose).returning(SavedSearch.id)  # type: ignore[arg-type]
    return bool(tx.session.scalars(gone).all())


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
