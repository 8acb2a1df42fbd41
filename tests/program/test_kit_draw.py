"""The kit's part in a draw beside `bidding draw`: each takes what the other makes, and refuses what the other refuses."""

from __future__ import annotations

import copy

import pytest
from playwright.sync_api import expect

from bidding.core.canonical import Malformed, dumps, loads
from bidding.core.entropy import SystemEntropy
from bidding.core.errors import DomainError
from bidding.experts import client, queries, service
from bidding.experts.rules import Conditions, Place, Step
from bidding.sealing.keys import write_key
from tests.browser import barriers
from tests.experts.conftest import further, play
from tests.experts.test_client import (
    _bystander,
    _colleagues,
    _forge,
    _ghost,
    _no_specialty,
    _swap_name,
    _two_units,
)
from tests.program.test_trustee import (
    PASSPHRASE,
    SITE,
    context,
    go,
    make_touch_copy,
    page,
    plug,
    saved,
    site,
)

pytestmark = pytest.mark.browser

__all__ = ["context", "further", "page", "play", "site"]


def choose(page, folder, **files):
    """Give files of a draw page to the kit; each card's words once all were read."""
    paths = []
    for name, value in files.items():
        path = folder / f"{name}.json"
        path.write_bytes(value if isinstance(value, bytes) else dumps(value))
        paths.append(path)
    page.set_input_files("#draw-files", paths)
    expect(page.locator(".sl-card > p .sl-lamp")).to_have_count(len(paths), timeout=30_000)
    return page.locator(".sl-card").all_inner_texts()


def unlock(page, play, folder, name):
    """A key file of the centre's, used for the first card."""
    path = folder / f"trustee-{name}.age"
    write_key(path, play.centre.trustees[name], PASSPHRASE, SystemEntropy(), work_factor=8)
    page.set_input_files("#draw-0-key", path)
    page.fill("#draw-0-passphrase", PASSPHRASE)
    page.press("#draw-0-passphrase", "Enter")


def outcome(page, folder):
    """Everything that was made of the first card, by the beginning of its name."""
    page.wait_for_selector(".sl-done", timeout=30_000)
    links = page.locator(".sl-done a")
    paths = [saved(page, folder, f".sl-done a >> nth={place}") for place in range(links.count())]
    return {"-".join(path.name.split("-")[:2]): path for path in paths}


def bring(play, who, act, path):
    with play.centre.act(who) as tx:
        getattr(service, act)(tx, play.uid, loads(path.read_bytes()))


def test_a_draw_goes_through_the_kit_and_the_command_line_side_by_side(page, play, tmp_path):
    places = (Place("A0801", 2, 3, "明川县"), Place("A0802", 2, 2))
    play.request(conditions=Conditions(5, 1, places)).freeze()
    go(page, "draw")
    # The supervisor checks the list and signs.
    listed = play.opened_list()
    (words,) = choose(page, tmp_path, list=play.file(queries.order_file))
    assert "还没有核对" in words
    unlock(page, play, tmp_path, "finance")
    page.wait_for_selector("text=没有相应的席位 >> visible=true")
    page.click("text=锁上密钥 >> visible=true")
    unlock(page, play, tmp_path, "reform")
    page.wait_for_selector("#draw-same-0", timeout=30_000)
    words = page.inner_text(".sl-card")
    assert f"{len(listed['people'])} 人" in words
    assert "A0801 · 明川县" in words
    assert listed["people"][0]["expert"]["name"] not in words
    assert " ".join(play.draw.spec_hash[place : place + 8] for place in range(0, 64, 8)) in words
    page.click('button:has-text("签署抽取令") >> visible=true')
    page.wait_for_selector("#draw-same-0-problem")
    page.check("#draw-same-0")
    page.click('button:has-text("签署抽取令") >> visible=true')
    made = outcome(page, tmp_path)["draw-order"]
    signed = loads(made.read_bytes())
    assert made.read_bytes() == dumps(signed) + b"\n"
    assert signed == client.sign_order(client.read_order_file(listed), play.centre.trustees["reform"])
    bring(play, "sun", "order", made)
    # It deals at once: the key is unlocked, and its passphrase is the secret's.
    choose(page, tmp_path, order=play.file(queries.deal_file))
    page.check("#draw-same-0")
    page.click("text=封好随机数 >> visible=true")
    dealt = outcome(page, tmp_path)
    bring(play, "sun", "deal", dealt["draw-deal"])
    kept = client.read_secret(dealt["draw-secret"], PASSPHRASE)
    assert kept.party == "reform"
    # A tenderer takes part without a key.
    choose(page, tmp_path, joining=play.file(queries.deal_file))
    page.check("#draw-same-0")
    page.check("#draw-who-tenderer-0")
    page.fill("#draw-name-0", "reform")
    own = page.inner_text(".sl-pass b")
    page.fill("#draw-retype-0", own)
    page.press("#draw-retype-0", "Enter")
    assert "是开箱组一个席位的名称" in page.inner_text("#draw-name-0-problem")
    page.fill("#draw-name-0", "willow")
    page.press("#draw-name-0", "Enter")
    joined = outcome(page, tmp_path)
    bring(play, "t1", "deal", joined["draw-deal"])
    joining = client.read_secret(joined["draw-secret"], own)
    assert joining.party == "willow"
    play.deal("renewal", "zhou").deal("centre").close()
    # The kit reveals what the command line dealt, the command line what the kit did; one is opened by trustees.
    closed = play.file(queries.closed_file)
    renewal = tmp_path / f"draw-secret-{play.draw.code}-renewal.age"
    client.write_secret(renewal, play.secrets["renewal"], PASSPHRASE, SystemEntropy(), work_factor=8)
    choose(page, tmp_path, closed=closed)
    page.set_input_files("#draw-secret-0", dealt["draw-secret"].rename(tmp_path / "other.age"))
    page.fill("#draw-passphrase-0", "not the passphrase")
    page.press("#draw-passphrase-0", "Enter")
    expect(page.locator("#draw-passphrase-0-problem")).to_contain_text("口令不对", timeout=30_000)
    page.set_input_files("#draw-secret-0", renewal)
    page.fill("#draw-passphrase-0", PASSPHRASE)
    page.press("#draw-passphrase-0", "Enter")
    bring(play, "zhou", "reveal", outcome(page, tmp_path)["draw-reveal"])
    for who, secret in (("sun", kept), ("t1", joining)):
        with play.centre.act(who) as tx:
            service.reveal(tx, play.uid, client.reveal(client.read_closed_file(closed), secret))
    choose(page, tmp_path, silent=play.file(queries.share_file, "centre"))
    page.click("text=做代开的份额 >> visible=true")
    bring(play, "sun", "share", outcome(page, tmp_path)["draw-share"])
    for name in ("finance", "notary"):
        play.share("centre", name)
    assert play.draw.step is Step.DRAWN


def test_a_key_that_a_touch_unlocks_has_no_passphrase_so_the_secret_gets_one_of_its_own(site, play, tmp_path):
    centre, tools = site
    plug(tools)
    path = tmp_path / "trustee-reform.age"
    write_key(path, play.centre.trustees["reform"], PASSPHRASE, SystemEntropy(), work_factor=8)
    make_touch_copy(centre, path)
    centre.wait_for_selector("#touch-copy")
    copy = saved(centre, tmp_path, 'a[download="trustee-reform.passkey.age"]')
    centre.goto("about:blank")  # which forgets the key
    centre.goto(SITE)
    go(centre, "draw")
    play.to_ordered()
    choose(centre, tmp_path, order=play.file(queries.deal_file))
    centre.check("#draw-same-0")
    centre.set_input_files("#draw-0-key", copy)
    centre.wait_for_selector("text=这一份不用口令 >> visible=true")
    centre.click("text=封好随机数 >> visible=true")
    expect(centre.locator("#draw-retype-0-problem")).to_contain_text("秘密文件要另有口令")
    own = centre.inner_text(".sl-pass b")
    centre.fill("#draw-retype-0", own)
    centre.click("text=封好随机数 >> visible=true")
    made = outcome(centre, tmp_path)
    bring(play, "sun", "deal", made["draw-deal"])
    assert client.read_secret(made["draw-secret"], own).party == "reform"


# What is wrong is refused by both ----------------------------------------------------------------------------------


def _changed(file, *path, to):
    """A copy in which one value is another."""
    made = copy.deepcopy(file)
    *way, last = path
    place = made
    for step in way:
        place = place[step]
    place[last] = to
    return made


def _damaged(file, damage):
    made = copy.deepcopy(file)
    damage(made)
    return made


def _twice(file):
    _forge(file, 1, id=file["people"][0]["expert"]["id"])


def _hidden(file):
    """An id that is no text compares with no other."""
    _forge(file, 0, id=["e"])


def _unsorted(file):
    file["spec"]["strata"][0]["leaves"].reverse()


def test_forged_lists_orders_closes_and_dealings_are_refused_by_both(page, play, tmp_path):
    play.request().freeze()
    sealed, listed = play.file(queries.order_file), play.opened_list()
    play.order().deal("reform", "sun").deal("renewal", "zhou").deal("centre").close()
    order = play.file(queries.deal_file)
    closed = play.file(queries.closed_file)
    silent, other = (play.file(queries.share_file, party) for party in ("centre", "reform"))
    lines = closed["closed"].splitlines(keepends=True)
    unseen = "".join(line for line in lines if not line.startswith("— witness"))
    damages = (_swap_name, _ghost, _bystander, _no_specialty, _two_units, _twice, _hidden, _unsorted)
    forged = [
        *(_damaged(listed, damage) for damage in damages),
        _changed(listed, "people", 0, "salt", to="00" * 32),
        _changed(listed, "spec", "max_per_unit", to=0),
        listed | {"v": 2},
        sealed | {"v": 2},
        _changed(sealed, "spec", "max_per_unit", to=0),
        listed | {"extra": 1},
        _changed(order, "order", "spec", "max_per_unit", to=4),
        _changed(order, "order", "parties", to=["reform"]),
        _changed(order, "sig", to="00" * 64),
        _changed(order, "panel", "k", to=2),
        _changed(closed, "closed", to=unseen),
        _changed(closed, "closed", to=closed["closed"].replace("index ", "index 1", 1)),
        _changed(closed, "order", "after", to="another"),
        _changed(silent, "deal", "dealing", to=other["deal"]["dealing"]),
        _changed(silent, "deal_sig", to=other["deal_sig"]),
        _changed(silent, "deal", "party", to="reform"),
        _changed(silent, "closed", to=unseen),
    ]
    readers = {
        "draw-file": client.read_order_file,
        "draw-deal-file": client.read_deal_file,
        "draw-closed-file": client.read_closed_file,
        "draw-share-file": client.read_share_file,
    }
    for each in forged:
        with pytest.raises((Malformed, DomainError)):
            readers[each["type"]](loads(dumps(each)))
    go(page, "draw")
    told = choose(page, tmp_path, **{f"f{place:02d}": each for place, each in enumerate(forged)})
    assert [place for place, words in enumerate(told) if "没有通过核对" not in words] == []
    assert page.locator(".sl-card button").count() == 0, "there is nothing to press"
    # What must be looked at, and files that are another thing.
    one, second = _colleagues(listed)
    name = listed["people"][one]["expert"]["name"]
    alike = _damaged(listed, lambda file: _forge(file, second, name=name))
    assert client.read_order_file(alike).namesakes
    good = {"order": order, "closed": closed, "silent": silent}
    reveal = dumps({"v": 1, "type": "draw-reveal"})
    told = choose(page, tmp_path, alike=alike, other=reveal, cut=dumps(order)[:-9], **good)
    page.check("#draw-who-tenderer-3")
    assert f"{name} · {listed['people'][one]['expert']['unit']}" in told[0]
    assert "不是抽取页上下载的文件" in told[1]
    assert "没有通过核对" in told[2]
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert [(each["id"], each["nodes"][0]["html"]) for each in barriers(page)] == []
