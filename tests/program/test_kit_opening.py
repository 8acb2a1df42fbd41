"""A real opening by the trustee kit: the centre's packages in, its batches out, the hall opens."""

from __future__ import annotations

from io import BytesIO

import pytest

from bidding.core.entropy import SystemEntropy
from bidding.sealing.keys import TrusteeKey, write_key
from tests.opening.test_routes import closed
from tests.people import sign_in
from tests.program.test_trustee import PAGE, PASSPHRASE, go, saved, use_key

pytestmark = pytest.mark.browser

__all__ = ["closed"]


def shares(page, package, key):
    """What the kit makes of a package with a key file, as the bytes of its files."""
    page.goto("about:blank")
    page.goto(PAGE.as_uri())
    go(page, "open")
    page.set_input_files("#open-packages", package)
    page.wait_for_selector("text=核对通过")
    page.check("#open-same-0")
    use_key(page, "open", key)
    page.wait_for_selector(".sl-done", timeout=30_000)
    return [saved(page, package.parent, f".sl-done a >> nth={place}").read_bytes() for place in (0, 1)]


def hand_in(app, tender, *files):
    data = {"batch": [(BytesIO(data), f"shares-{place}.json") for place, data in enumerate(files)]}
    return sign_in(app, "sun").post(f"/opening/{tender.uid}/shares", data=data)


def test_the_centre_takes_the_kits_batches_two_at_a_time_and_opens_with_the_third_trustees(
    app, client, closed, chromium, tmp_path
):
    context = chromium.new_context(locale="zh-CN")
    context.set_offline(True)
    page = context.new_page()
    page.clock.set_fixed_time(closed.centre.clock.now())
    package = tmp_path / "opening-package.json"
    for name in ("reform", "finance", "notary"):
        package.write_bytes(sign_in(app, "sun").post(f"/opening/{closed.uid}/package").data)
        own = closed.centre.trustees[name]
        key = tmp_path / f"trustee-{name}.age"
        write_key(key, TrusteeKey(own.name, own.seed), PASSPHRASE, SystemEntropy(), work_factor=8)
        made = shares(page, package, key)
        assert all(own.seed.hex().encode() not in data for data in made)
        assert "12,000,000.01" not in client.get(f"/hall/{closed.uid}").text
        refused = hand_in(app, closed, made[0], made[1].replace(b'"c"', b'"d"', 1))
        assert refused.status_code == 422, "all or none"
        assert hand_in(app, closed, *made).status_code == 303
    context.close()
    assert "12,000,000.01" in client.get(f"/hall/{closed.uid}").text
