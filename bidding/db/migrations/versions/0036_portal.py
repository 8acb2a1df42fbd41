"""The public list of results, filled with what is final already, and the searches that somebody wants to hear of.

Revision ID: 0036
Revises: 0035
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from bidding.core.entropy import SystemEntropy, new_uid
from bidding.db import types

# What is there already is cut as the product cuts today: an index cut otherwise would not be found in.
from bidding.portal.models import RESULT_WORDS
from bidding.portal.rules import region_of

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

#: A round's lots are its negotiation's, and only the last round's failures end anything.
_OF = (
    " JOIN project own ON own.id = {project} LEFT JOIN round ON round.project_id = own.id"
    " JOIN project ON project.id = COALESCE(round.parent_id, own.id)"
    " JOIN lot ON lot.project_id = project.id AND lot.code = {lot}"
    " WHERE (round.project_id IS NULL OR round.is_last)"
)
_SHOWN = "project.id AS project_id, project.title, project.code, project.owner_name, project.family, project.method"
_AWARDS = (
    f"SELECT {_SHOWN}, lot.code AS place, lot.name AS lot_name, award.id AS award_id, award.winner_name,"  # noqa: S608
    " CASE award.outcome WHEN 'awarded' THEN 'awarded' ELSE 'nobody' END AS kind, award.confirmed_at AS at,"
    " (SELECT min(first.confirmed_at) FROM award first WHERE first.lot_id = award.lot_id) AS first_at"
    " FROM award JOIN lot ON lot.id = award.lot_id JOIN project ON project.id = lot.project_id"
    " WHERE award.confirmed_at IS NOT NULL AND award.superseded_at IS NULL"
)
_TERMINATED = (
    f"SELECT {_SHOWN}, course_notice.n AS notice_n, course_notice.published_at AS at"  # noqa: S608
    " FROM course_notice JOIN project ON project.id = course_notice.project_id"
    " WHERE course_notice.kind = 'termination' AND course_notice.published_at IS NOT NULL"
    " AND project.published_at IS NOT NULL"
)
_FAILED_LATER = (
    f"SELECT {_SHOWN}, lot.code AS place, lot.name AS lot_name, lot_decision.decided_at AS at FROM lot_decision"  # noqa: S608
    " JOIN lot decided ON decided.id = lot_decision.lot_id"
    + _OF.format(project="lot_decision.project_id", lot="decided.code")
    + " AND lot_decision.decision = 'failed'"
)
_FAILED_AT_CLOSE = (
    "SELECT project.id, leaf.event, leaf.written_at AS at FROM leaf JOIN project ON project.log_id = leaf.log_id"
    " WHERE leaf.type = 'failed'"
)
_FAILED_LOT = (
    f"SELECT {_SHOWN}, lot.code AS place, lot.name AS lot_name FROM (SELECT 1 AS one) single"  # noqa: S608
    + _OF.format(project=":project", lot=":lot")
)


def upgrade() -> None:
    op.create_table(
        "result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(24), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("award_id", sa.Integer(), nullable=True),
        sa.Column("notice_n", sa.Integer(), nullable=True),
        sa.Column("region", sa.String(6), nullable=False),
        sa.Column("announced_at", types.UTCDateTime(), nullable=False),
        sa.Column("changed_at", types.UTCDateTime(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("marks", sa.String(100), nullable=False),
        sa.CheckConstraint("(kind = 'terminated') = (place = '')", name=op.f("ck_result_terminated_whole")),
        sa.CheckConstraint(
            "(kind = 'terminated') = (notice_n IS NOT NULL)", name=op.f("ck_result_terminated_by_notice")
        ),
        sa.CheckConstraint(
            "(kind IN ('awarded', 'nobody')) = (award_id IS NOT NULL)",
            name=op.f("ck_result_decided_by_award"),
        ),
        sa.CheckConstraint("changed_at >= announced_at", name=op.f("ck_result_changed_later")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_result_project_id_project")),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_result_award_id_award")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_result")),
        sa.UniqueConstraint("project_id", "place", name="one_result_a_lot"),
        sa.UniqueConstraint("uid", name=op.f("uq_result_uid")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_result_region"), "result", ["region"])
    op.create_index(op.f("ix_result_announced_at"), "result", ["announced_at"])
    connection = op.get_bind()
    for statement in RESULT_WORDS.ddl[connection.dialect.name]:
        op.execute(sa.text(statement))
    _fill(connection)
    _searches()


def _searches() -> None:
    op.create_table(
        "saved_search",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(24), nullable=False),
        sa.Column("of", sa.String(32), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("address_digest", sa.String(64), nullable=True),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("asked_at", types.UTCDateTime(), nullable=False),
        sa.Column("asked_from", sa.String(64), nullable=False),
        sa.Column("token_sha256", sa.String(64), nullable=True),
        sa.Column("told_until", types.UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "(account_id IS NULL) <> (address IS NULL)", name=op.f("ck_saved_search_somebodys")
        ),
        sa.CheckConstraint(
            "(address IS NULL) = (address_digest IS NULL)",
            name=op.f("ck_saved_search_address_is_known_again"),
        ),
        sa.CheckConstraint(
            "(told_until IS NULL) = (token_sha256 IS NOT NULL)",
            name=op.f("ck_saved_search_told_once_confirmed"),
        ),
        sa.CheckConstraint(
            "account_id IS NULL OR told_until IS NOT NULL", name=op.f("ck_saved_search_own_needs_no_letter")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_saved_search_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_search")),
        sa.UniqueConstraint("uid", name=op.f("uq_saved_search_uid")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_saved_search_token_sha256")),
    )
    for name in ("address_digest", "asked_from", "told_until"):
        op.create_index(op.f(f"ix_saved_search_{name}"), "saved_search", [name])
    for index, whose, when in (
        ("one_search_an_account", "account_id", "account_id IS NOT NULL"),
        (
            "one_search_an_address",
            "address_digest",
            "told_until IS NOT NULL AND address_digest IS NOT NULL",
        ),
    ):
        op.create_index(
            index,
            "saved_search",
            [whose, "of", "asked"],
            unique=True,
            sqlite_where=sa.text(when),
            postgresql_where=sa.text(when),
        )


def _fill(connection: sa.Connection) -> None:
    known: dict[tuple[int, str], dict[str, Any]] = {}
    for row in _found(connection):
        known.setdefault((row["project_id"], row["place"]), row)
    for row in sorted(known.values(), key=lambda row: str(row["first_at"])):
        _enlist(connection, row)


def _found(connection: sa.Connection) -> Iterator[dict[str, Any]]:
    """Everything final, what decides a lot before what it was decided after."""
    plain = {"award_id": None, "notice_n": None, "winner_name": None, "lot_name": None, "place": ""}
    for row in _asked(connection, _AWARDS):
        yield plain | row
    for row in _asked(connection, _FAILED_LATER):
        yield plain | row | {"kind": "failed", "first_at": row["at"]}
    for leaf in connection.execute(sa.text(_FAILED_AT_CLOSE)).mappings().all():
        asked = {"project": leaf["id"], "lot": json.loads(leaf["event"])["lot"]}
        for row in _asked(connection, _FAILED_LOT, asked):
            yield plain | row | {"kind": "failed", "at": leaf["at"], "first_at": leaf["at"]}
    for row in _asked(connection, _TERMINATED):
        yield plain | row | {"kind": "terminated", "first_at": row["at"]}


def _asked(
    connection: sa.Connection, statement: str, given: dict[str, Any] | None = None
) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(sa.text(statement), given or {}).mappings()]


def _enlist(connection: sa.Connection, row: dict[str, Any]) -> None:
    lines = (row["title"], row["code"], row["owner_name"], row["lot_name"], row["winner_name"])
    words = "\n".join(line for line in lines if line)
    named = (("family", row["family"]), ("method", row["method"]), ("resultkind", row["kind"]))
    marks = " ".join(f"{name}{value}".replace("-", "") for name, value in named)
    number = connection.execute(
        sa.text(
            "INSERT INTO result (uid, project_id, place, kind, award_id, notice_n, region, announced_at, changed_at,"
            " words, marks) VALUES (:uid, :project_id, :place, :kind, :award_id, :notice_n, :region, :first_at, :at,"
            " :words, :marks) RETURNING id"
        ),
        row
        | {
            "uid": new_uid(SystemEntropy()),
            "region": region_of(row["code"]),
            "words": words,
            "marks": marks,
        },
    ).scalar_one()
    RESULT_WORDS.put(connection, "add", number, words, marks)


def downgrade() -> None:
    op.drop_table("saved_search")
    op.execute(sa.text("DROP TABLE result_words"))
    op.drop_table("result")
