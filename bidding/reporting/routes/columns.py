"""Saying what the columns of a foreign ledger are; remembered for the next file with the same header."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from bidding.core.errors import DomainError
from bidding.reporting import mapping, queries, service
from bidding.reporting.forms import ColumnsForm
from bidding.reporting.importing import heads
from bidding.reporting.mapping import Head, Said
from bidding.reporting.models import LedgerBatch
from bidding.reporting.routes.blueprint import bp
from bidding.reporting.savings import Category
from bidding.reporting.vocabulary import COLUMN_WORDS
from bidding.storage import blobs
from bidding.web.auth import requires
from bidding.web.context import session, transaction


@dataclass(frozen=True, slots=True)
class Shown:
    """The sheet and row that are looked at, and what is known of them."""

    heads: Sequence[Head]
    sheet: int
    header: int

    @property
    def head(self) -> Head:
        """The sheet."""
        return self.heads[self.sheet]

    @property
    def texts(self) -> Sequence[str]:
        """The header's cells."""
        return self.head.rows[self.header]

    @property
    def above(self) -> list[str]:
        """Every cell above it."""
        return [text for row in self.head.rows[: self.header] for text in row]

    @property
    def below(self) -> Sequence[Sequence[str]]:
        """Some rows under it."""
        return self.head.rows[self.header + 1 : self.header + 4]


def _shown(batch: LedgerBatch, sheet: str | None, header: str | None) -> Shown:
    """What was asked for, as far as there is such a thing; else the row that looks most like a header."""
    with blobs().open(batch.sha256) as file:
        found = heads(batch.file_name, file.read())
    place = int(sheet) if sheet and sheet.isascii() and sheet.isdigit() else 0
    place = place if place < len(found) else 0
    row = int(header) if header and header.isascii() and header.isdigit() else found[place].likely
    return Shown(found, place, row if row < len(found[place].rows) else found[place].likely)


@bp.get("/savings/import/<uid>/columns")
@requires("savings:import")
def columns(uid: str) -> ResponseReturnValue:
    """The first rows, and a choice for every column."""
    batch = queries.batch(session(), uid)
    shown = _shown(batch, request.args.get("sheet"), request.args.get("header"))
    guess = mapping.proposed(shown.texts, shown.above)
    form = ColumnsForm(
        data={f"unit_{key}": guess.units.get(key, "") for key in mapping.AMOUNTS} | {"category": ""}
    )
    return _page(batch, shown, guess.keys, form)


def _page(batch: LedgerBatch, shown: Shown, keys: Sequence[str], form: ColumnsForm) -> ResponseReturnValue:
    page = render_template(
        "reporting/columns.html",
        batch=batch,
        shown=shown,
        keys=keys,
        words=[(key, gettext(words)) for key, words in COLUMN_WORDS.items()],
        form=form,
    )
    return page, form.status


@bp.post("/savings/import/<uid>/columns")
@requires("savings:import")
def say_columns(uid: str) -> ResponseReturnValue:
    """Take what was said, and go on to the check of every row."""
    batch = queries.batch(session(), uid)
    shown = _shown(batch, request.form.get("sheet"), request.form.get("header"))
    keys = [request.form.get(f"c{place}", "") for place in range(len(shown.texts))]
    form = ColumnsForm()
    if form.validate():
        category = Category(form.category.data) if form.category.data else None
        units = {"basis": form.unit_basis.data, "award": form.unit_award.data}
        try:
            by = mapping.mapped(shown.texts, Said(keys, units, category))
            with transaction() as tx:
                service.remember(tx, uid, by)
            return redirect(url_for("reporting.one_import", uid=uid), 303)
        except DomainError as error:
            form.refuse(error)
    return _page(batch, shown, keys, form)
