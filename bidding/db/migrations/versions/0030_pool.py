"""The pool of experts: sealed columns, what a person qualifies by, acts of two persons, disclosures, applications.

Telephone numbers that stood in clear are sealed with ``keys/experts.key``, so a database that has any is brought here by
the application, which knows the key. On SQLite what is overwritten is wiped as well (``secure_delete``).

Revision ID: 0030
Revises: 0029
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import sqlalchemy as sa
from alembic import op
from flask import current_app

from bidding.db import types

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_OLD_FIGURE = "DELETE FROM rule_row WHERE code = 'works.experts.years' AND mark = 'likely'"
_COLUMN = "expert.phone"
_LEVEL = sa.Enum("senior", "middle", name="level", native_enum=False, length=32)


def upgrade() -> None:
    _wipe()
    _new_tables()
    with op.batch_alter_table("specialty") as batch:
        batch.add_column(sa.Column("retired_at", types.UTCDateTime(), nullable=True))
        batch.add_column(sa.Column("retired_by_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            batch.f("fk_specialty_retired_by_id_account"), "account", ["retired_by_id"], ["id"]
        )
        batch.create_check_constraint(
            op.f("ck_specialty_retired_by_somebody"), "(retired_at IS NULL) = (retired_by_id IS NULL)"
        )
    with op.batch_alter_table("pool_import") as batch:
        batch.add_column(sa.Column("kind", sa.String(length=16), server_default="experts", nullable=False))
        batch.add_column(sa.Column("blob", sa.String(length=64), nullable=True))
        batch.add_column(sa.Column("changed", sa.Integer(), nullable=True))
        batch.create_check_constraint(
            op.f("ck_pool_import_kind_is_known"), "kind IN ('experts', 'specialties')"
        )
    with op.batch_alter_table("expert") as batch:
        batch.drop_constraint("uq_expert_person", type_="unique")
        batch.drop_constraint(op.f("ck_expert_years_not_negative"), type_="check")
        batch.alter_column("phone", new_column_name="phone_in_clear")
    with op.batch_alter_table("expert") as batch:
        batch.add_column(sa.Column("phone", sa.LargeBinary(), nullable=True))
        batch.add_column(sa.Column("id_number", sa.LargeBinary(), nullable=True))
        batch.add_column(sa.Column("email", sa.LargeBinary(), nullable=True))
        batch.add_column(sa.Column("level", _LEVEL, nullable=True))
        for name in ("field_since", "born_on", "valid_until"):
            batch.add_column(sa.Column(name, sa.Date(), nullable=True))
        for name in ("for_works", "for_procurement"):
            batch.add_column(sa.Column(name, sa.Boolean(), server_default=sa.true(), nullable=False))
    _convert()
    with op.batch_alter_table("expert") as batch:
        batch.drop_column("phone_in_clear")
        batch.drop_column("years")
        batch.alter_column("phone", existing_type=sa.LargeBinary(), nullable=False)
        batch.create_unique_constraint("uq_expert_person", ["phone", "name"])
        batch.create_unique_constraint("uq_expert_id_number", ["id_number"])
        batch.create_index("experts_by_name", ["name", "id"])
        batch.create_index("experts_of_a_region", ["region", "name"])

    op.execute(
        _OLD_FIGURE
    )  # it only warned; what the law says has come with the product, and takes its place


def _wipe() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("PRAGMA secure_delete = ON")


def _convert() -> None:
    """Seal the numbers, reckon since when somebody is in the field, and read the level out of the title."""
    bind = op.get_bind()
    rows = bind.execute(
        sa.text("SELECT id, phone_in_clear, title, years, added_at FROM expert ORDER BY id")
    ).all()
    if not rows:
        return
    seal: Callable[[str, str], bytes] = current_app.extensions["pool_vault"].seal
    bind.execute(
        sa.text(
            "UPDATE expert SET phone = :phone, level = :level, field_since = :field_since WHERE id = :id"
        ).bindparams(sa.bindparam("field_since", type_=sa.Date())),
        [
            {
                "id": number,
                "phone": seal(phone, _COLUMN),
                "level": _level(title),
                "field_since": _since(added_at, years),
            }
            for number, phone, title, years, added_at in rows
        ],
    )


def _since(added_at: datetime | str, years: int | None) -> date | None:
    if years is None:
        return None
    day = added_at.date() if isinstance(added_at, datetime) else date.fromisoformat(added_at[:10])
    return day.replace(year=day.year - years, day=min(day.day, 28))


def _level(title: str) -> str | None:
    if title.startswith(("高级", "正高", "副高", "教授级")):
        return "senior"
    return "middle" if title in ("工程师", "经济师", "会计师", "建筑师") or title.startswith("中级") else None


def _new_tables() -> None:
    op.create_table(
        "expert_act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=24), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "validity",
                "suspension",
                "finding",
                "retirement",
                "reinstatement",
                "lifting",
                name="actkind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "finding",
            sa.Enum("1", "2", "3", "4", "5", "6", "7", "8", name="finding", native_enum=False, length=32),
            nullable=True,
        ),
        sa.Column("lifts_id", sa.Integer(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("proposed_at", types.UTCDateTime(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("decided_at", types.UTCDateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'finding') = (finding IS NOT NULL)", name=op.f("ck_expert_act_finding_has_kind")
        ),
        sa.CheckConstraint(
            "(kind = 'lifting') = (lifts_id IS NOT NULL)", name=op.f("ck_expert_act_lifting_lifts")
        ),
        sa.CheckConstraint(
            "kind <> 'validity' OR until_on IS NOT NULL", name=op.f("ck_expert_act_validity_ends")
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_expert_act_reason_given")),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (confirmed IS NULL)", name=op.f("ck_expert_act_decided_one_way")
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by_id IS NULL)", name=op.f("ck_expert_act_decided_by_somebody")
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> proposed_by_id", name=op.f("ck_expert_act_two_persons")
        ),
        sa.CheckConstraint(
            "until_on IS NULL OR until_on >= from_on", name=op.f("ck_expert_act_ends_after_it_begins")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["account.id"], name=op.f("fk_expert_act_decided_by_id_account")
        ),
        sa.ForeignKeyConstraint(["expert_id"], ["expert.id"], name=op.f("fk_expert_act_expert_id_expert")),
        sa.ForeignKeyConstraint(
            ["lifts_id"], ["expert_act.id"], name=op.f("fk_expert_act_lifts_id_expert_act")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["account.id"], name=op.f("fk_expert_act_proposed_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_act")),
        sa.UniqueConstraint("uid", name=op.f("uq_expert_act_uid")),
    )
    op.create_index(op.f("ix_expert_act_expert_id"), "expert_act", ["expert_id"])

    op.create_table(
        "expert_application",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=24), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "submitted",
                "returned",
                "proposed",
                "accepted",
                "refused",
                name="state",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("unit", sa.String(length=200), nullable=False),
        sa.Column("unit_uscc", sa.String(length=18), nullable=True),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column(
            "level", sa.Enum("senior", "middle", name="level", native_enum=False, length=32), nullable=False
        ),
        sa.Column("field_since", sa.Date(), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=False),
        sa.Column("region", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=False),
        sa.Column("id_number", sa.LargeBinary(), nullable=False),
        sa.Column("email", sa.LargeBinary(), nullable=True),
        sa.Column("for_works", sa.Boolean(), nullable=False),
        sa.Column("for_procurement", sa.Boolean(), nullable=False),
        sa.Column("codes", sa.Text(), nullable=False),
        sa.Column("letter_name", sa.String(length=100), nullable=True),
        sa.Column("letter_blob", sa.String(length=64), nullable=True),
        sa.Column("applied_at", types.UTCDateTime(), nullable=False),
        sa.Column("returned_at", types.UTCDateTime(), nullable=True),
        sa.Column("returned_by_id", sa.Integer(), nullable=True),
        sa.Column("defects", sa.Text(), nullable=False),
        sa.Column("proposed_at", types.UTCDateTime(), nullable=True),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", types.UTCDateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(returned_at IS NULL) = (defects = '')", name=op.f("ck_expert_application_returned_with_defects")
        ),
        sa.CheckConstraint(
            "(state = 'accepted') = (expert_id IS NOT NULL)",
            name=op.f("ck_expert_application_accepted_is_in_the_pool"),
        ),
        sa.CheckConstraint(
            "(state IN ('accepted', 'refused')) = (decided_at IS NOT NULL)",
            name=op.f("ck_expert_application_decided_is_decided"),
        ),
        sa.CheckConstraint(
            "state <> 'accepted' OR (proposed_by_id IS NOT NULL AND proposed_by_id <> decided_by_id)",
            name=op.f("ck_expert_application_two_persons"),
        ),
        sa.CheckConstraint(
            "state <> 'refused' OR reason <> ''", name=op.f("ck_expert_application_refused_with_reason")
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by_id IS NULL)",
            name=op.f("ck_expert_application_decided_by_somebody"),
        ),
        sa.CheckConstraint(
            "(proposed_at IS NULL) = (proposed_by_id IS NULL)",
            name=op.f("ck_expert_application_proposed_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["account.id"], name=op.f("fk_expert_application_decided_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["expert_id"], ["expert.id"], name=op.f("fk_expert_application_expert_id_expert")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["account.id"], name=op.f("fk_expert_application_proposed_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["returned_by_id"], ["account.id"], name=op.f("fk_expert_application_returned_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_application")),
        sa.UniqueConstraint("uid", name=op.f("uq_expert_application_uid")),
    )
    op.create_index("expert_applications_by_state", "expert_application", ["state", "applied_at"])

    op.create_table(
        "expert_disclosure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("at", types.UTCDateTime(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_expert_disclosure_reason_given")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_expert_disclosure_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["expert_id"], ["expert.id"], name=op.f("fk_expert_disclosure_expert_id_expert")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_disclosure")),
    )
    op.create_index("expert_disclosures_by_time", "expert_disclosure", ["at"])
    op.create_index(op.f("ix_expert_disclosure_expert_id"), "expert_disclosure", ["expert_id"])


def downgrade() -> None:
    _wipe()
    bind = op.get_bind()
    with op.batch_alter_table("expert") as batch:
        batch.drop_index("experts_of_a_region")
        batch.drop_index("experts_by_name")
        batch.drop_constraint("uq_expert_person", type_="unique")
        batch.drop_constraint("uq_expert_id_number", type_="unique")
        batch.alter_column("phone", new_column_name="phone_sealed")
    with op.batch_alter_table("expert") as batch:
        batch.add_column(sa.Column("phone", sa.String(length=30), nullable=True))
        batch.add_column(sa.Column("years", sa.Integer(), nullable=True))
    rows = bind.execute(sa.text("SELECT id, phone_sealed FROM expert ORDER BY id")).all()
    if rows:
        opened = current_app.extensions["pool_vault"].open
        bind.execute(
            sa.text("UPDATE expert SET phone = :phone WHERE id = :id"),
            [{"id": number, "phone": opened(bytes(sealed), _COLUMN)} for number, sealed in rows],
        )
    with op.batch_alter_table("expert") as batch:
        for name in (
            "phone_sealed",
            "id_number",
            "email",
            "level",
            "field_since",
            "born_on",
            "valid_until",
            "for_works",
            "for_procurement",
        ):
            batch.drop_column(name)
        batch.alter_column("phone", existing_type=sa.String(length=30), nullable=False)
        batch.create_unique_constraint("uq_expert_person", ["name", "phone"])
        batch.create_check_constraint(op.f("ck_expert_years_not_negative"), "years IS NULL OR years >= 0")
    op.execute("DELETE FROM pool_import WHERE kind <> 'experts'")
    with op.batch_alter_table("pool_import") as batch:
        batch.drop_constraint(op.f("ck_pool_import_kind_is_known"), type_="check")
        for name in ("changed", "blob", "kind"):
            batch.drop_column(name)
    with op.batch_alter_table("specialty") as batch:
        batch.drop_constraint(op.f("ck_specialty_retired_by_somebody"), type_="check")
        batch.drop_constraint(batch.f("fk_specialty_retired_by_id_account"), type_="foreignkey")
        batch.drop_column("retired_by_id")
        batch.drop_column("retired_at")
    for name in ("expert_disclosure", "expert_application", "expert_act"):
        op.drop_table(name)
