"""The trustee kit, opened from the disk as a trustee would, with the network off; and `bidding trustee` beside it."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from bidding.core.canonical import Malformed, dumps, loads
from bidding.core.entropy import ReplayEntropy, SystemEntropy
from bidding.opening.batches import check_batch
from bidding.opening.client import read_package
from bidding.sealing import enrolment
from bidding.sealing.age import PASSKEY, parse_header
from bidding.sealing.dealing import trustee_sign_seed
from bidding.sealing.keys import PasskeyCopy, TrusteeKey, from_paper, read_trustee_key, write_key
from bidding.sealing.manifest import override_order, sign_manifest, sign_override
from bidding.sealing.panel import check_schedule, seat_sigs
from bidding.web.headers import HEADERS
from tests.browser import barriers
from tests.conftest import ROOT
from tests.opening.synthetic import (
    CLOSES,
    PROJECT,
    ROLES,
    Synthetic,
    at,
    closed,
    opened_first,
    seed,
    whole,
)
from tests.program.test_sealing import PASSPHRASE
from tests.sealing.keyring import seed_of
from tests.sealing.test_keys import TOUCH_COPY
from tests.sealing.test_schedule import PANEL, draft, first

pytestmark = pytest.mark.browser

PAGE = ROOT / "static" / "vendor" / "trustee.html"
#: Ten minutes after the deadline, by the machine's clock.
NOW = CLOSES + 600


@pytest.fixture
def context(chromium):
    """A browser without a network."""
    context = chromium.new_context(locale="zh-CN", viewport={"width": 360, "height": 800})
    context.set_offline(True)
    yield context
    context.close()


@pytest.fixture
def page(context):
    """The kit; a problem in its console fails the test."""
    page = context.new_page()
    problems = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.clock.set_fixed_time(NOW)
    page.goto(PAGE.as_uri())
    page.wait_for_selector("nav")
    yield page
    assert not problems


@pytest.fixture(scope="module")
def tender():
    return closed("kit")


def key_file(folder, role, work_factor=10):
    """A key file as ``bidding trustee new`` writes it, but for the work that guessing takes."""
    path = folder / f"trustee-{role}.age"
    write_key(path, TrusteeKey(role, seed(role)), PASSPHRASE, SystemEntropy(), work_factor=work_factor)
    return path


def saved(page, folder, link):
    with page.expect_download() as download:
        page.click(link)
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def go(page, task):
    page.click(f'nav a[href="#{task}"]')
    expect(page.locator(f"#task-{task}")).to_be_focused()


def use_key(page, task, path, passphrase=PASSPHRASE):
    page.set_input_files(f"#{task}-key", path)
    page.fill(f"#{task}-passphrase", passphrase)
    page.press(f"#{task}-passphrase", "Enter")


def load(page, folder, packages):
    """Choose packages, by name; the words of each card once all were checked."""
    for name, data in packages.items():
        (folder / f"{name}.json").write_bytes(data)
    go(page, "open")
    page.set_input_files("#open-packages", [folder / f"{name}.json" for name in packages])
    expect(page.locator(".sl-card > p .sl-lamp")).to_have_count(len(packages), timeout=60_000)
    return dict(zip(packages, page.locator(".sl-card").all_inner_texts(), strict=True))


# Making a key ----------------------------------------------------------------------------------------------------


def make(page, folder, name="supervisor-zhou"):
    """Through every step; the passphrase and the two copies."""
    go(page, "make")
    page.fill("#make-name", name)
    page.press("#make-name", "Enter")
    passphrase = page.inner_text(".sl-pass b")
    page.fill("#make-retype", passphrase)
    page.press("#make-retype", "Enter")
    page.wait_for_selector("#make-copy-first", timeout=60_000)
    copies = []
    for place, which in enumerate(("first", "second")):
        (folder / which).mkdir()
        copies.append(saved(page, folder / which, f'a[download="trustee-{name}.age"] >> nth={place}'))
        page.set_input_files(f"#make-copy-{which}", copies[-1])
    page.wait_for_selector(".sl-sheet")
    return passphrase, copies


def test_a_key_made_here_is_the_command_lines_too_and_its_enrolment_and_paper_are_its_own(page, tmp_path):
    passphrase, copies = make(page, tmp_path)
    assert re.fullmatch("([a-z]+-){6}[a-z]+", passphrase)
    key = read_trustee_key(copies[0], passphrase)
    assert copies[0].read_bytes() == copies[1].read_bytes()
    assert key.name == "supervisor-zhou"
    card_file = saved(page, tmp_path, 'a[download="trustee-supervisor-zhou.json"]')
    card = enrolment.check_enrolment(loads(card_file.read_bytes()))
    assert card_file.read_bytes() == dumps(enrolment.enrolment(key.name, key.seed)) + b"\n"
    assert enrolment.fingerprint(card["name"], card["pub"], card["sign"]) in page.inner_text(".sl-sheet")
    assert page.inner_text("#make-sheet-key") == key.paper
    assert from_paper(key.name, page.inner_text("#make-sheet-key")) == key
    assert passphrase not in page.inner_text("main")
    page.emulate_media(media="print")
    printed = page.inner_text("body").strip()
    assert printed.startswith("受托人密钥 · 纸质备份")
    assert "保存登记文件" not in printed
    assert "生成密钥文件" not in printed


def test_a_key_is_entered_again_from_paper_and_every_slip_on_the_way_is_told_at_its_field(page, tmp_path):
    paper = TrusteeKey("finance-li", seed("finance")).paper
    go(page, "make")
    page.click("#task-make ~ * summary")
    for name, typed, field, words in (
        ("李 科长", paper, "make-name", "名称只用字母、数字"),
        ("finance-li", paper[:-1], "make-paper", "有一个字符不对"),
        ("finance-li", enrolment.enrolment("x", seed("x"))["pub"], "make-paper", "有一个字符不对"),
    ):
        page.fill("#make-name", name)
        page.fill("#make-paper", typed)
        page.press("#make-name", "Enter")
        assert words in page.inner_text(f"#{field}-problem")
        assert page.evaluate("document.activeElement.id") == field
    page.fill("#make-paper", paper.lower().replace(" ", ""))
    page.press("#make-name", "Enter")
    before = page.inner_text(".sl-pass b")
    page.click("text=换一个")
    assert page.inner_text(".sl-pass b") != before
    page.fill("#make-retype", before)
    page.press("#make-retype", "Enter")
    assert "和上面的口令不一样" in page.inner_text("#make-retype-problem")
    passphrase = page.inner_text(".sl-pass b")
    page.fill("#make-retype", passphrase)
    page.press("#make-retype", "Enter")
    page.wait_for_selector("#make-copy-first", timeout=60_000)
    good = saved(page, tmp_path, 'a[download="trustee-finance-li.age"] >> nth=0')
    (tmp_path / "cut.age").write_bytes(good.read_bytes()[:-1])
    page.set_input_files("#make-copy-first", tmp_path / "cut.age")
    page.wait_for_selector("#make-copy-first-problem")
    page.set_input_files("#make-copy-first", good)
    page.wait_for_selector("fieldset .sl-lamp.is-ok")
    assert page.locator(".sl-sheet").count() == 0, "one copy is not two"
    page.set_input_files("#make-copy-second", good)
    page.wait_for_selector(".sl-sheet")
    assert page.inner_text("#make-sheet-key") == paper
    assert read_trustee_key(good, passphrase).seed == seed("finance")


# The drill -------------------------------------------------------------------------------------------------------


def drill_file(folder, role="finance"):
    pub = bytes.fromhex(enrolment.enrolment(role, seed(role))["pub"])
    challenge, recipient = enrolment.challenge("d-1", role, pub, ReplayEntropy(b"drill"))
    path = folder / "drill-d-1.json"
    path.write_bytes(dumps(challenge))
    return path, challenge, recipient


def test_a_drill_is_answered_with_the_command_lines_key_and_the_centre_takes_the_answer(page, tmp_path):
    path, challenge, recipient = drill_file(tmp_path)
    go(page, "drill")
    page.set_input_files("#drill-file", path)
    use_key(page, "drill", key_file(tmp_path, "finance", work_factor=18))
    page.wait_for_selector(".sl-done", timeout=60_000)
    answer = loads(saved(page, tmp_path, 'a[download="drill-d-1-answer.json"]').read_bytes())
    card = enrolment.enrolment("finance", seed("finance"))
    enrolment.check_answer(
        answer,
        name="finance",
        pub=bytes.fromhex(card["pub"]),
        sign=bytes.fromhex(card["sign"]),
        dealing=challenge["dealing"],
        recipient=recipient,
    )


def test_a_wrong_passphrase_another_file_and_anothers_drill_are_told_at_their_fields(page, tmp_path):
    path, *_ = drill_file(tmp_path)
    go(page, "drill")
    use_key(page, "drill", key_file(tmp_path, "finance"))
    assert "请选择演练文件" in page.inner_text("#drill-file-problem")
    page.set_input_files("#drill-file", path)
    use_key(page, "drill", key_file(tmp_path, "notary"), "not the passphrase")
    page.wait_for_selector("#drill-passphrase-problem")
    assert "口令不对" in page.inner_text("#drill-passphrase-problem")
    assert page.evaluate("document.activeElement.id") == "drill-passphrase"
    use_key(page, "drill", path)
    page.wait_for_selector("#drill-key-problem")
    assert "不是可用的密钥文件" in page.inner_text("#drill-key-problem")
    use_key(page, "drill", tmp_path / "trustee-notary.age")
    page.wait_for_selector("#drill-file-problem")
    assert "for another key than this one" in page.inner_text("#drill-file-problem")


def test_a_bids_envelope_is_not_opened_as_a_drill(page, tmp_path, tender):
    """Protocol §3: the dealing is verified under the ctx that is opened before anything is multiplied."""
    path, challenge, _ = drill_file(tmp_path)
    stolen = tender.wanted()[0].manifest["envelopes"][0]["dealing"]
    one = {"C": stolen["C"][:1], "E": stolen["E"][1:2], "c": stolen["c"], "z": stolen["z"][1:2]}
    path.write_bytes(dumps({**challenge, "dealing": one}))
    go(page, "drill")
    page.set_input_files("#drill-file", path)
    use_key(page, "drill", key_file(tmp_path, "finance"))
    page.wait_for_selector("#drill-file-problem")
    assert "the proof does not hold" in page.inner_text("#drill-file-problem")


# Opening ---------------------------------------------------------------------------------------------------------


def test_one_passphrase_opens_a_days_packages_and_the_batches_are_the_command_lines(page, tmp_path, tender):
    other = closed("kit-2")
    cards = load(page, tmp_path, {"one": tender.package(), "two": other.package()})
    for card, made in zip(cards.values(), (tender, other), strict=True):
        assert "核对通过" in card
        assert " ".join(re.findall(".{8}", made.panel.hash.hex())) in card
        assert read_package(made.package()).words in card
        assert "标段 1：开 3 份" in card
        assert "标段 2：投标不足，不开" in card
    page.check("#open-same-0")
    use_key(page, "open", key_file(tmp_path, "supervisor"))
    assert "请先对照信任锚" in page.inner_text("#open-same-1-problem")
    page.check("#open-same-1")
    page.press("#open-passphrase", "Enter")
    page.wait_for_selector(".sl-card >> nth=1 >> .sl-done", timeout=60_000)
    assert "第 1 席：监督部门" in page.inner_text(".sl-card >> nth=1")
    assert "密钥已解开：supervisor" in page.inner_text("main")
    for place, made in enumerate((tender, other)):
        for kind, public in (("public", True), ("files", False)):
            name = f"shares-T-2026-9-1-1-{kind}.json"
            path = saved(page, tmp_path, f'.sl-card >> nth={place} >> a[download="{name}"]')
            value = loads(path.read_bytes())
            assert path.read_bytes() == dumps(value) + b"\n"
            assert value["batch"]["public"] is public
            assert len(check_batch(made.record(), value["batch"], value["sig"])) == 3
            assert seed("supervisor").hex() not in path.read_text("utf-8")


def test_the_key_is_locked_by_hand_and_by_time(page, tmp_path):
    path, *_ = drill_file(tmp_path)
    page.clock.install(time=NOW)
    go(page, "drill")
    page.set_input_files("#drill-file", path)
    use_key(page, "drill", key_file(tmp_path, "finance"))
    page.wait_for_selector("text=密钥已解开：finance")
    assert page.input_value("#drill-passphrase") == ""
    page.click("#task-drill ~ * >> text=锁上密钥")
    assert page.is_visible("#drill-key")
    use_key(page, "drill", tmp_path / "trustee-finance.age")
    page.wait_for_selector("text=密钥已解开：finance")
    page.clock.run_for(timedelta(minutes=15) // timedelta(milliseconds=1))
    assert page.is_visible("#drill-key")


def changed(label, change):
    """A package whose operator holds every key and has forged it: the log is signed anew."""
    made = closed(label)
    change(made)
    return made.package()


def edited(package, change):
    """A package that was changed on its way."""
    value = json.loads(package)
    change(value)
    return dumps(value)


def _dealing_of_another(made):
    one, other = made.bids["lan"], made.bids["yun"]
    one.manifest["envelopes"][0]["dealing"] = other.manifest["envelopes"][0]["dealing"]
    made.event("bid")["sig"] = sign_manifest(one.key.sign_seed, one.manifest)
    _close_again(made)


def _close_again(made):
    """Say anew what the close says of the leaves before it."""
    size = made.find("close")
    made.event("close")["root"] = made.tree().root(size).hex()


def _late(made):
    made.marks = {size: whom for size, whom in made.marks.items() if size > made.find("close")}
    for whom in made.marks.values():
        whom["w1"] = made.closes + 100


def _hold(made):
    made.add("hold", made.closes + 20, on=True, reason="objection")
    made.mark(made.closes + 30)


def _early(made):
    made.marks[made.find("close") + 1]["w1"] = made.closes - 100


def _stale(made):
    made.event("schedule")["opens"][0]["at"] = made.closes + 300
    _close_again(made)


def _unfailed(made):
    del made.events[made.find("failed") :]
    made.marks = {size: whom for size, whom in made.marks.items() if size <= len(made.events)}


def _lonely():
    made = Synthetic("lonely")
    made.publish()
    made.bid("alone", 1, made.closes - 86_400)
    made.close()
    return made.package()


def _open():
    made = Synthetic("open")
    made.publish()
    made.mark(made.closes + 10)
    return made.package()


def tampered():
    """Name → package, and what the kit says of it."""
    package = closed("kit").package()
    return {
        "nothing": (b"nothing at all", "文件不是开标包"),
        "bundle": (whole("kit").bundle(), "文件不是开标包"),
        "more": (edited(package, lambda value: value.update(extra=1)), "文件不是开标包"),
        "event": (edited(package, lambda value: value["opens"][4][1].update(at=1)), "内容事后被改动过"),
        "leaf": (edited(package, lambda value: value["leaves"].reverse()), "内容事后被改动过"),
        "count": (changed("c", lambda made: made.event("close").update(count=3)), "有一件事不合规矩"),
        "late-bid": (changed("b", lambda made: made.event("bid").update(at=made.closes)), "有一件事不合规矩"),
        "earlier": (changed("s", lambda made: made.event("schedule").update(n=1)), "有一件事不合规矩"),
        "copied": (changed("d", _dealing_of_another), "可能是从别的项目混进来的"),
        "fork": (
            edited(package, lambda value: value.update(checkpoints=closed("fork").notes())),
            "日志有两个版本",
        ),
        "forged": (
            edited(
                package,
                lambda value: value["checkpoints"].append(value["checkpoints"].pop()[:-9] + "AAAAAAA=\n"),
            ),
            "日志或见证的签名不对",
        ),
        "stranger": (changed("w", lambda made: made.mark(made.closes + 20, "w2")), "日志或见证的签名不对"),
        "hold": (changed("h", _hold), "开标已被暂停"),
        "open": (_open(), "箱子还没有关"),
        "hidden": (changed("l", lambda made: made.add("cover")), "最后的签名没有覆盖全部记录"),
        "early": (changed("e", _early), "联署早于开标时间"),
        "stale": (changed("o", _stale), "见证的联署不够数"),
        "late": (changed("t", _late), "没有及时的见证"),
        "unfailed": (changed("u", _unfailed), "日志却没有记流标"),
        "lonely": (_lonely(), "没有要开的投标"),
    }


def test_each_of_twenty_tamperings_is_refused_and_explained_as_the_command_line_refuses_it(page, tmp_path):
    wanted = tampered()
    cards = load(page, tmp_path, {name: package for name, (package, _) in wanted.items()})
    for name, (package, words) in wanted.items():
        assert "不能开：密钥没有使用" in cards[name], name
        assert words in cards[name], (name, cards[name])
        with pytest.raises(Malformed):
            read_package(package).may_open(stage=1, now=at(NOW))
    page.press("#open-passphrase", "Enter")
    assert "没有可以开的开标包" in page.inner_text("#open-packages-problem")


def _extended():
    """Closed, extended by two seats, bid for again, closed again."""
    made = closed("extended")
    made.events = made.events[: made.find("failed")]
    made.marks = {size: whom for size, whom in made.marks.items() if size <= len(made.events)}
    made.extend(made.closes + 300, made.closes + 20)
    made.bid("late", 1_100_000_000, made.closes - 60)
    made.close()
    return made


def _overridden():
    """A bid struck by three trustees, before the close; and a hold that was lifted."""
    made = Synthetic("overridden")
    made.publish()
    for place, name in enumerate(("a", "b", "c", "d")):
        made.bid(name, 1_000 + place, made.closes - 5_000 + 60 * place)
    order = override_order(PROJECT, made.panel.hash, made.bids["a"].uid, "密钥丢失")
    sigs = [(i, sign_override(trustee_sign_seed(seed(ROLES[i - 1])), order)) for i in (1, 2, 5)]
    made.add("override", made.closes - 1_000, order=order, sigs=seat_sigs(sigs))
    made.add("hold", made.closes - 900, on=True, reason="故障")
    made.add("hold", made.closes - 800, on=False, reason="恢复")
    made.close()
    return made


def _begun():
    """Two trustees were quicker; another two have even opened it, and experts were drawn."""
    made = closed("begun")
    made.share()
    made.opened()
    made.call_out(made.draw())
    made.award()
    return made


def test_what_the_command_line_opens_the_kit_opens_whatever_happened_before(page, tmp_path):
    tenders = {"extended": _extended(), "overridden": _overridden(), "begun": _begun()}
    cards = load(page, tmp_path, {name: made.package() for name, made in tenders.items()})
    for place, (name, made) in enumerate(tenders.items()):
        assert read_package(made.package()).may_open(stage=1, now=at(NOW))
        assert "核对通过" in cards[name], cards[name]
        page.check(f"#open-same-{place}")
    use_key(page, "open", key_file(tmp_path, "agency"))
    for place in range(len(tenders)):  # a card that is done grows shorter, and moves what is clicked below it
        page.wait_for_selector(f".sl-card >> nth={place} >> .sl-done", timeout=60_000)
    for place, made in enumerate(tenders.values()):
        path = saved(page, tmp_path, f'.sl-card >> nth={place} >> a[download$="-public.json"]')
        value = loads(path.read_bytes())
        assert len(check_batch(made.record(), value["batch"], value["sig"])) == len(made.wanted())


def test_the_second_stage_has_its_turn_after_the_review_and_those_who_failed_stay_sealed(page, tmp_path):
    waiting, reviewed = opened_first("kit-waits"), opened_first("kit-two")
    reviewed.review({"yun": "技术评审没有通过"})
    cards = load(page, tmp_path, {"waiting": waiting.package(), "reviewed": reviewed.package()})
    assert "还没轮到这一阶段" in cards["waiting"]
    with pytest.raises(Malformed, match="which bids stay sealed"):
        read_package(waiting.package()).may_open(stage=2, now=at(NOW))
    assert "日志写明了不开的投标 1 份" in cards["reviewed"]
    assert "标段 1：开 2 份" in cards["reviewed"]
    page.check("#open-same-1")
    use_key(page, "open", key_file(tmp_path, "finance"))
    page.wait_for_selector(".sl-card >> nth=1 >> .sl-done", timeout=60_000)
    path = saved(page, tmp_path, '.sl-card >> nth=1 >> a[download="shares-T-2026-9-2-2-public.json"]')
    value = loads(path.read_bytes())
    found = check_batch(reviewed.record(), value["batch"], value["sig"])
    assert [envelope for _, envelope in found] == ["price", "price"]


def test_the_clock_of_the_machine_and_the_notices_anchor_stand_in_the_way(page, tmp_path, tender):
    page.clock.set_fixed_time(CLOSES - 1)
    card = load(page, tmp_path, {"one": tender.package()})["one"]
    assert "现在是 2026-12-13 08:59:59，还没到开标时间 2026-12-13 09:00:00" in card
    page.clock.set_fixed_time(CLOSES)
    page.fill("#open-anchor-0", "00" * 32)
    page.press("#open-anchor-0", "Tab")
    page.wait_for_selector("text=信任锚与公告不一致")
    assert "开标时间 2026-12-13 09:00:00 已到" in page.inner_text(".sl-card")
    page.fill("#open-anchor-0", " ".join(re.findall(".{8}", tender.panel.hash.hex().upper())))
    page.press("#open-anchor-0", "Tab")
    page.wait_for_selector("text=核对通过")


def test_the_words_of_the_paper_record_stand_in_for_witnesses(page, tmp_path):
    package = changed("paper", _late)
    load(page, tmp_path, {"one": package})
    page.fill("#open-words-0", "1234 5678 1234 5678 1234 5678")
    page.press("#open-words-0", "Tab")
    page.wait_for_selector("text=六组数字与纸质记录不一致")
    page.fill("#open-words-0", read_package(package).words)
    page.press("#open-words-0", "Tab")
    page.wait_for_selector("text=核对通过")


def test_a_key_of_another_panel_opens_nothing(page, tmp_path, tender):
    load(page, tmp_path, {"one": tender.package()})
    page.check("#open-same-0")
    use_key(page, "open", key_file(tmp_path, "stranger"))
    page.wait_for_selector("text=这把密钥不在这个项目的开箱组里")
    assert page.locator(".sl-done").count() == 0


# New dates -------------------------------------------------------------------------------------------------------


def test_two_seats_sign_new_dates_here_and_the_schedule_holds(page, tmp_path):
    (tmp_path / "schedule.json").write_bytes(dumps(draft()))
    signatures = []
    for role in ("supervisor", "agency"):
        seat = PANEL.seat_of(role)
        path = tmp_path / f"{role}.age"
        write_key(
            path, TrusteeKey(seat.name, seed_of(seat.name)), PASSPHRASE, SystemEntropy(), work_factor=10
        )
        page.goto("about:blank")
        page.goto(PAGE.as_uri())
        go(page, "extend")
        page.set_input_files("#extend-file", tmp_path / "schedule.json")
        page.wait_for_selector("#extend-agreed")
        assert draft()["title"] in page.inner_text("dl")
        use_key(page, "extend", path)
        assert "请先与公告对照" in page.inner_text("#extend-agreed-problem")
        page.check("#extend-agreed")
        page.press("#extend-passphrase", "Enter")
        page.wait_for_selector(".sl-done")
        found = loads(saved(page, tmp_path, ".sl-done a").read_bytes())
        assert (found["type"], found["i"], found["panel"]) == ("schedule-signature", seat.i, PANEL.hash.hex())
        signatures.append((found["i"], found["sig"]))
    event = {**draft()["schedule"], "sigs": seat_sigs(signatures)}
    assert check_schedule(event, PANEL, first())["n"] == 1


def test_a_change_of_dates_that_moves_earlier_is_refused(page, tmp_path):
    value = draft()
    value["schedule"]["closes_at"] = value["previous"]["closes_at"] - 1
    (tmp_path / "schedule.json").write_bytes(dumps(value))
    go(page, "extend")
    page.set_input_files("#extend-file", tmp_path / "schedule.json")
    page.wait_for_selector("[role=alert]")
    assert "没有签名，密钥没有使用" in page.inner_text("[role=alert]")


# A copy that a touch opens ---------------------------------------------------------------------------------------

SITE = "http://localhost:9/trustees/kit"
#: A security key with a PIN, touched as soon as it is asked.
DEVICE = {
    "protocol": "ctap2",
    "ctap2Version": "ctap2_1",
    "transport": "usb",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def site(chromium):
    """The kit as the centre serves it, on a secure page, and what talks to the browser's virtual devices."""
    context = chromium.new_context(locale="zh-CN", viewport={"width": 360, "height": 800})
    headers = dict(HEADERS) | {"Content-Security-Policy": "frame-ancestors 'none'"}
    context.route(
        "http://localhost:9/**",
        lambda route: route.fulfill(path=PAGE, content_type="text/html; charset=utf-8", headers=headers),
    )
    page = context.new_page()
    tools = context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    page.goto(SITE)
    yield page, tools
    context.close()


def plug(tools, **differently):
    options = {**DEVICE, "hasPrf": True, **differently}
    return tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]


def make_touch_copy(page, path):
    go(page, "touch")
    page.check("#touch-known")
    use_key(page, "touch", path)


def test_a_touch_copy_is_made_tried_and_answers_a_drill_and_the_command_line_sends_it_back(
    site, page, tmp_path
):
    centre, tools = site
    device = plug(tools)
    go(centre, "touch")
    use_key(centre, "touch", key_file(tmp_path, "finance"))
    assert "请先看明白" in centre.inner_text("#touch-known-problem")
    centre.check("#touch-known")
    centre.press("#touch-passphrase", "Enter")
    centre.wait_for_selector("#touch-copy")
    copy = saved(centre, tmp_path, 'a[download="trustee-finance.passkey.age"]')
    (kept,) = tools.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]
    assert (kept["rpId"], kept["isResidentCredential"]) == ("localhost", False), "never offered at sign-in"
    assert seed("finance").hex().encode() not in copy.read_bytes()
    stanzas = parse_header(copy.read_bytes()).stanzas
    assert [stanza.type for stanza in stanzas] == [PASSKEY, "bidseal/passkey"]
    with pytest.raises(PasskeyCopy):
        read_trustee_key(copy, PASSPHRASE)
    centre.set_input_files("#touch-copy", copy)
    centre.click("text=触碰试开")
    centre.wait_for_selector("text=触碰副本好用")
    path, challenge, recipient = drill_file(tmp_path)
    centre.goto("about:blank")  # which forgets the key
    centre.goto(SITE)
    go(centre, "drill")
    centre.set_input_files("#drill-file", path)
    centre.set_input_files("#drill-key", copy)
    centre.wait_for_selector("text=这一份不用口令")
    assert centre.is_hidden("#drill-passphrase")
    centre.click("#task-drill ~ * >> text=解答演练")
    centre.wait_for_selector(".sl-done")
    assert "口令没有试到" in centre.inner_text(".sl-done")
    answer = loads(saved(centre, tmp_path, 'a[download="drill-d-1-answer.json"]').read_bytes())
    card = enrolment.enrolment("finance", seed("finance"))
    pub, sign = bytes.fromhex(card["pub"]), bytes.fromhex(card["sign"])
    enrolment.check_answer(
        answer, name="finance", pub=pub, sign=sign, dealing=challenge["dealing"], recipient=recipient
    )
    # From the disk there is no touch, and it says so, where the copy is chosen and where one would be made.
    go(page, "touch")
    assert "浏览器不让文件使用安全密钥" in page.inner_text("#task-touch ~ *")
    assert page.locator("#touch-known").count() == 0
    go(page, "drill")
    page.set_input_files("#drill-file", path)
    page.set_input_files("#drill-key", copy)
    page.wait_for_selector("#drill-key >> xpath=ancestor::form >> text=在这里请用口令副本")
    page.click("#task-drill ~ * >> text=解答演练")
    page.wait_for_selector("#drill-key-problem")
    assert page.locator(".sl-done").count() == 0


def test_devices_that_cannot_or_must_not_guard_a_key_are_refused_and_leave_no_file(site, tmp_path):
    page, tools = site
    make_touch_copy(page, key_file(tmp_path, "finance"))
    for differently, words in (
        ({"hasPrf": False}, "没有所需的功能（PRF"),
        ({"defaultBackupEligibility": True}, "会同步到厂商的云端"),
        ({"isUserVerified": False}, "没有触碰成功"),
    ):
        device = plug(tools, **differently)
        page.click("#task-touch ~ * >> text=做触碰副本")
        page.wait_for_selector(f"#touch-known-problem >> text={words}")
        assert page.locator("#touch-copy").count() == 0
        tools.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": device})


def test_a_browser_without_passkeys_says_so_before_anything_is_asked(site):
    page, _ = site
    page.add_init_script("delete window.PublicKeyCredential")
    page.reload()
    go(page, "touch")
    page.wait_for_selector("text=这个浏览器没有所需的功能")
    assert page.locator("#touch-known").count() == 0


@pytest.fixture
def elsewhere(chromium):
    """The kit at any address, with a browser that could use a security key."""
    context = chromium.new_context(locale="zh-CN", viewport={"width": 360, "height": 800})
    context.route("**/*", lambda route: route.fulfill(path=PAGE, content_type="text/html; charset=utf-8"))
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://centre.example/", "这个网站没有用 HTTPS 打开"),
        ("https://10.0.0.5/", "这个网站是用数字地址打开的"),
        ("https://[fd00::5]/", "这个网站是用数字地址打开的"),
        ("http://127.0.0.1:9/", "这个网站是用数字地址打开的"),
    ],
)
def test_a_site_where_no_touch_can_work_says_why_where_a_copy_is_made_and_where_one_is_chosen(
    elsewhere, tmp_path, address, words
):
    copy = tmp_path / "trustee-notary.passkey.age"
    copy.write_bytes(TOUCH_COPY)
    elsewhere.goto(address)
    go(elsewhere, "touch")
    expect(elsewhere.locator("#task-touch ~ *")).to_contain_text(words)
    expect(elsewhere.locator("#touch-known")).to_have_count(0)
    assert chosen_and_tried(elsewhere, copy, tmp_path).startswith(words)


def chosen_and_tried(page, copy, folder):
    """What is said where a copy is chosen; the same is said when it is used all the same."""
    go(page, "drill")
    page.set_input_files("#drill-file", drill_file(folder)[0])
    page.set_input_files("#drill-key", copy)
    told = page.locator("#task-drill ~ * [role=status] p").first
    expect(told).not_to_be_empty()
    said = told.inner_text().strip()
    page.click("#task-drill ~ * >> text=解答演练")
    expect(page.locator("#drill-key-problem")).to_contain_text(said)
    assert page.locator(".sl-done").count() == 0
    return said


def test_a_copy_of_another_host_is_told_apart_before_anything_is_touched(elsewhere, tmp_path):
    copy = tmp_path / "trustee-notary.passkey.age"
    copy.write_bytes(TOUCH_COPY)
    elsewhere.goto("https://new.example/")
    assert chosen_and_tried(elsewhere, copy, tmp_path).startswith("这一份是在 localhost 做的")


def test_a_browser_that_says_it_has_no_prf_is_not_asked_for_a_credential(site):
    page, _ = site
    page.add_init_script(
        "PublicKeyCredential.getClientCapabilities = async () => ({ 'extension:prf': false })"
    )
    page.reload()
    go(page, "touch")
    page.wait_for_selector("text=这个浏览器没有所需的功能")
    assert page.locator("#touch-known").count() == 0


#: The holder cancels what is listed, in its order, and touches all else. A cancelled prompt is this very exception.
_REFUSING = """() => {
  window.refuse = ["create", "get", "get"];
  window.refusals = [];
  for (const name of ["create", "get"]) {
    const ask = navigator.credentials[name].bind(navigator.credentials);
    navigator.credentials[name] = async (options) => {
      if (refuse[0] !== name) return ask(options);
      refusals.push(refuse.shift());
      document.body.dataset.refused = refusals.length;
      throw new DOMException("The operation either timed out or was not allowed.", "NotAllowedError");
    };
  }
}"""


def test_a_prompt_that_was_refused_or_cancelled_leaves_all_as_it_was_and_can_be_tried_again(site, tmp_path):
    page, tools = site
    device = plug(tools)
    page.evaluate(_REFUSING)
    make_touch_copy(page, key_file(tmp_path, "finance"))
    asked = ["create", "get", "get"]  # the second touch twice: no second credential is made for it
    for count, refused in enumerate(asked, 1):
        expect(page.locator("body")).to_have_attribute("data-refused", str(count))
        expect(page.locator("#touch-known-problem")).to_contain_text("没有触碰成功")
        expect(page.locator("#touch-copy")).to_have_count(0)
        made = tools.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]
        assert page.evaluate("refusals") == asked[:count]
        assert len(made) == (refused == "get")
        page.click("#task-touch ~ * >> text=做触碰副本")
    copy = saved(page, tmp_path, 'a[download="trustee-finance.passkey.age"]')
    page.evaluate("refuse.push('get')")
    page.set_input_files("#touch-copy", copy)
    page.click("text=触碰试开")
    expect(page.locator("#touch-copy-problem")).to_contain_text("没有触碰成功")
    page.click("text=触碰试开")
    page.wait_for_selector("text=触碰副本好用")


# The page itself -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh-Hans", "en"])
def test_it_reads_well_at_360_pixels_and_for_screen_readers(page, tmp_path, tender, lang):
    if lang == "en":
        page.click("header button")
    assert page.evaluate("document.documentElement.lang") == lang
    packages = {"one": tender.package(), "forged": b"{}"}
    for task in ("make", "drill", "extend", "touch", "open"):
        if task == "open":
            load(page, tmp_path, packages)
        else:
            go(page, task)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, task
        assert [(each["id"], each["nodes"][0]["html"]) for each in barriers(page)] == [], task
    shown = page.inner_text("main")
    assert ("Everything holds" in shown, "核对通过" in shown) == (lang == "en", lang != "en")


def test_it_is_used_with_the_keyboard_alone(page):
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "跳到正文"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "English"
    page.keyboard.press("Enter")
    assert page.title() == "Trustee kit"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#task-make")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("zhou")
    page.keyboard.press("Enter")
    expect(page.locator(".sl-step h3")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Another one"


def test_it_works_as_the_centre_serves_it_and_advises_to_save_it(chromium, tmp_path):
    headers = dict(HEADERS) | {"Content-Security-Policy": "frame-ancestors 'none'"}
    context = chromium.new_context(locale="zh-CN")
    context.route(
        "https://kit.test/**",
        lambda route: route.fulfill(path=PAGE, content_type="text/html; charset=utf-8", headers=headers),
    )
    page = context.new_page()
    path, *_ = drill_file(tmp_path)
    page.goto("https://kit.test/trustees/kit?lang=en#drill")
    expect(page.locator("#task-drill")).to_be_focused()
    assert "Safer: save it to your stick" in page.inner_text("main")
    page.set_input_files("#drill-file", path)
    use_key(page, "drill", key_file(tmp_path, "finance"))
    page.wait_for_selector(".sl-done", timeout=30_000)
    assert "Drill done" in page.inner_text(".sl-done")
    context.close()


def test_the_page_is_one_file_that_may_load_nothing(context, tmp_path):
    text = PAGE.read_text("utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "connect-src" not in policy
    altered = tmp_path / "trustee.html"
    altered.write_text(text.replace("bidseal/v1 shares", "bidseal/v1 sharez"), "utf-8")
    page = context.new_page()
    page.goto(altered.as_uri())
    assert "这个文件在保存或传输中被改动过" in page.inner_text("#page")
    assert page.locator("nav").count() == 0
