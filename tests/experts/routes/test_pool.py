"""The page of a list: what is under way, and taking it back."""

from __future__ import annotations

import io

import pytest

from bidding.db import db
from bidding.experts import queries, service
from bidding.experts.columns import pool_vault
from bidding.tenders.queries import local_day
from tests.experts.playing import SPECIALTIES, bring, listing, person
from tests.people import sign_in


@pytest.fixture
def admin(centre, app):
    """An administrator's browser, and specialties to import for."""
    with centre.act("wang") as tx:
        for code, name in SPECIALTIES:
            service.add_specialty(tx, code, name)
    return sign_in(app, "wang")


def test_a_list_is_taken_by_a_press_and_taken_back_by_another(admin, app):
    data = {"kind": "experts", "file": (io.BytesIO(listing([person(0), person(1)])), "专家.csv")}
    page = admin.post("/experts/imports", data=data, content_type="multipart/form-data").headers["Location"]
    assert admin.post(page).status_code == 303
    assert "整份撤回" in admin.get(page).text
    assert sign_in(app, "sun").post(f"{page}/undo").status_code == 403
    assert admin.post(f"{page}/undo").status_code == 303
    assert "这份名单已撤回" in admin.get(page).text
    assert "已撤回" in admin.get("/experts/imports").text
    assert "专家000" not in admin.get("/experts").text


def test_a_list_under_way_shows_how_far_it_is_and_goes_on_by_a_press(admin, centre):
    with centre.act("wang") as tx:
        uid = bring(tx, listing([person(n) for n in range(3)]), centre.blobs).uid
    row = queries.pool_import(db.session(), uid)
    today = local_day(centre.clock.now())
    parts, refused = queries.store_parts(db.session(), row, centre.blobs, pool_vault(), today)
    with centre.act("wang") as tx:
        service.start_import(tx, uid, parts, refused=refused, skip_refused=False)
    page = f"/experts/imports/{uid}"
    assert "已导入 0 / 1 批" in admin.get(page).text
    for _ in range(2):  # who presses twice does no harm
        assert admin.post(f"{page}/continue").status_code == 303
    assert "正在导入" not in admin.get(page).text
    assert "专家002" in admin.get("/experts").text
