"""Filled templates: the product's own template with rows written into it, as WPS or Excel would save it."""

from __future__ import annotations

import io
from datetime import UTC, datetime

from openpyxl import load_workbook

from bidding.tenders.workbook import LOT_COLUMNS, LOTS, PROJECT_COLUMNS, PROJECTS, template

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
COMPARISON = "限额以下·比选·工程"
WORKS_KIND = "工程招投标·公开招标·工程施工"
PURCHASE = "政府采购·公开招标·货物"


def empty():
    """The template as it is handed out."""
    out = io.BytesIO()
    template(out, at=AT)
    return out.getvalue()


def project_row(**more):
    """The cells of one project by the names of their columns; those of ``more`` change."""
    return {
        "number": 1,
        "kind": COMPARISON,
        "title": "档案馆屋面维修",
        "owner_name": "明川县档案馆",
        "summary": "屋面防水 800 平方米。",
        "qualification": "营业执照在有效期内。",
        "award_method": "经评审的最低价法。",
        "contact": "周经办",
        "phone": 13900001234,
        **more,
    }


def lot_row(**more):
    """The cells of one lot."""
    return {"number": 1, "name": "屋面", "budget_fen": 100000, "ceiling_fen": 98000.5, **more}


def filled(projects, lots=(), change=None):
    """The template with these rows from the second on; ``change(book)`` may spoil what is left."""
    book = load_workbook(io.BytesIO(empty()))
    for name, columns, rows in ((PROJECTS, PROJECT_COLUMNS, projects), (LOTS, LOT_COLUMNS, lots)):
        for line, row in enumerate(rows, 2):
            for place, column in enumerate(columns, 1):
                if row.get(column.name) is not None:
                    book[name].cell(line, place, row[column.name])
    if change is not None:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
