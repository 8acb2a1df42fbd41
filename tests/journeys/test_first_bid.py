"""Somebody who has never been here registers and bids with three files: by the mouse, and by the keyboard alone.

The walk is timed as ``docs/walks/first-bid.md`` says: everything that is new to the reader is read, every act costs what
the keystroke-level model gives an untrained hand. A page that grows too wordy, or one more page on the way, fails here.
The machine's own time is told beside it, and decides nothing: it is the test machine's.
"""

from __future__ import annotations

import logging
import re
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Page, TimeoutError, expect

from tests.people import uscc

pytestmark = pytest.mark.browser

#: Signs and words a minute: what slow readers of forms do.
CHINESE_A_MINUTE, ENGLISH_A_MINUTE = 300, 220
#: Seconds (Card, Moran and Newell 1983): a decision, the hand to a place, a click, a key of somebody who hunts for it.
DECIDE, POINT, CLICK, KEY = 1.35, 1.1, 0.2, 0.5
KEYS_A_SIGN = 4  # a Chinese sign through an input method
CHOOSE_A_FILE = 8.0  # button, folder, file, "open"
#: A bid, from the notice to the saved receipt; and what is done once, before the first.
WITHIN, ONCE = timedelta(minutes=12), timedelta(minutes=5)

#: What stands there to be read: not what is hidden, folded away, or only compared sign by sign.
SHOWN = """() => {
  const found = [];
  const walk = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const parent = walk.currentNode.parentElement;
    const text = walk.currentNode.data.replace(/\\s+/g, " ").trim();
    const folded = parent.closest("details:not([open])");
    if (!text || parent.closest("script, .visually-hidden, .sl-mono, .sl-words, datalist, svg")) continue;
    if (!parent.checkVisibility() || (folded && !parent.closest("summary"))) continue;
    found.push(text);
  }
  return found;
}"""


@dataclass
class Line:
    """One page of the walk: signs and words that were new, and what hands and machine took, in seconds."""

    name: str
    signs: int
    words: int
    hands: float = 0.0
    machine: float = 0.0

    @property
    def seconds(self) -> float:
        """Reading and doing."""
        return 60 * (self.signs / CHINESE_A_MINUTE + self.words / ENGLISH_A_MINUTE) + self.hands


class Newcomer:
    """A person before a browser; ``lines`` is what it took them."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.lines: list[Line] = []
        self._known: set[str] = set()
        self._since = time.perf_counter()

    def read(self, name: str) -> None:
        """Read what is new on the page; the acts that follow belong to it."""
        self._clock()
        self.page.wait_for_timeout(150)  # what scripts draw is there
        new = set(self.page.evaluate(SHOWN)) - self._known
        self._known |= new
        signs = sum(len(re.findall(r"[\u3400-\u9fff]", text)) for text in new)
        words = sum(
            len(re.findall(r"[A-Za-z0-9][\w.,:%'’/-]*", re.sub(r"[\u3400-\u9fff]", " ", text)))
            for text in new
        )
        self.lines.append(Line(name, signs, words))
        self._since = time.perf_counter()

    def known(self) -> None:
        """A page they have before them every day: what stands there is read no more."""
        self.read("known")
        self.lines[-1].signs = self.lines[-1].words = 0

    def press(self, where: str) -> None:
        self._acts(DECIDE + POINT + CLICK)
        self.page.click(where)

    def tick(self, where: str) -> None:
        self._acts(DECIDE + POINT + CLICK)
        self.page.check(where)

    def write(self, where: str, text: str) -> None:
        self._acts(DECIDE + POINT + CLICK + KEY * _keys(text))
        self.page.fill(where, text)

    def choose(self, where: str, file: dict) -> None:
        self._acts(DECIDE + CHOOSE_A_FILE)
        self.page.set_input_files(where, file)

    def _acts(self, seconds: float) -> None:
        self.lines[-1].hands += seconds

    def _clock(self) -> None:
        if self.lines:
            self.lines[-1].machine += time.perf_counter() - self._since

    def took(self, first: str, last: str) -> timedelta:
        """From one page to another, both counted."""
        names = [line.name for line in self.lines]
        part = self.lines[names.index(first) : names.index(last) + 1]
        return timedelta(seconds=sum(line.seconds for line in part))

    def table(self) -> str:
        rows = [
            f"| {line.name} | {line.signs} | {line.words} | {line.hands:.0f} | {line.machine:.1f} | {line.seconds + line.machine:.0f} |"
            for line in self.lines
        ]
        return "\n".join(["| page | signs | words | hands s | machine s | in all s |", *rows])


class Keys(Newcomer):
    """The same by Tab, Enter, the space bar and letters; no pointer."""

    def press(self, where: str) -> None:
        self._to(where)
        self.page.keyboard.press("Enter")

    def tick(self, where: str) -> None:
        self._to(where)
        self.page.keyboard.press("Space")

    def write(self, where: str, text: str) -> None:
        self._to(where)
        self._acts(KEY * _keys(text))
        self.page.keyboard.type(text)

    def choose(self, where: str, file: dict) -> None:
        self._to(where)
        self._acts(CHOOSE_A_FILE)
        for _ in range(3):
            with suppress(TimeoutError), self.page.expect_file_chooser(timeout=5_000) as chooser:
                self.page.keyboard.press("Space")
                chooser.value.set_files(file)
                return
        pytest.fail(f"no file can be chosen at {where}")

    def _to(self, where: str) -> None:
        self._acts(DECIDE)
        for _ in range(150):
            if self.page.evaluate("(where) => document.activeElement?.matches(where)", where):
                return
            self.page.keyboard.press("Tab")
            self._acts(KEY / 2)
        pytest.fail(f"Tab does not reach {where}")


def _keys(text: str) -> int:
    return sum(1 if sign.isascii() else KEYS_A_SIGN for sign in text)


def pdf(name: str, size: int) -> dict:
    return {"name": f"{name}.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 " + bytes(size)}


COMPANY, CONTACT = "初来建设有限公司", "楚初来"
PASSWORD, PASSPHRASE = "seven lights over the river", "an evening by the old bridge"


def registers(me: Newcomer, uid: str, login: str, code: str) -> None:
    """From the notice to papers that wait at the window; the way leads back to the tender."""
    me.press("main a.btn-primary[href$='/ready']")
    me.read("sign-in")
    me.press("main .sl-inset a[href*='/register']")
    me.read("register")
    for name, text in (
        ("name", f"{COMPANY}{login[-1]}"),
        ("uscc", code),
        ("contact", CONTACT),
        ("phone", "13900001234"),
        ("login", login),
        ("password", PASSWORD),
        ("again", PASSWORD),
    ):
        me.write(f"[name={name}]", text)
    me.press("main form .btn-primary")
    me.page.wait_for_url(re.compile(r"/company\?next="))
    me.read("company")
    me.choose("[name=licence]", pdf("执照", 20_000))
    me.choose("[name=authorisation]", pdf("授权书", 20_000))
    me.press("main form .btn-primary")
    expect(me.page.locator("main details")).to_be_visible()
    me.read("waiting for the window")
    me.press("main a.btn-primary")
    me.page.wait_for_url(re.compile(r"/conduct/mine\?next="))
    me.read("rules of conduct")
    me.tick("[name=accepts]")
    me.press("main form .btn-primary")
    me.page.wait_for_url(f"**/notices/{uid}/ready")


def approved(window: Page, login: str) -> None:
    """The window looks at the papers; its time is not the tenderer's."""
    window.goto("/organisations")
    window.click(f"main a:has-text('{COMPANY}{login[-1]}')")
    window.click("main form .btn-primary")


def bids(me: Newcomer) -> None:
    """From getting ready to the receipt."""
    page = me.page
    me.read("get ready")
    me.press("[data-try]")
    expect(page.locator("[data-line-check] [data-lamp]")).to_have_class(re.compile("is-done"))
    me.press("main a.btn-primary")
    expect(page.locator("[data-step=tasks]")).to_be_visible()
    me.read("tasks")
    me.press("[data-task=letter] .btn-primary")
    me.read("letter")
    me.write("[name=validity_days]", "90")
    me.tick("#promise")
    me.press("[data-step=letter] [data-save]")
    me.read("opening sheet")
    for name, text in (
        ("price_fen", "12146300"),
        ("days", "158"),
        ("quality", "合格"),
        ("lead", "贺某 川1512020000001"),
    ):
        me.write(f"[name={name}]", text)
    me.press("[data-step=sheet] [data-save]")
    me.read("files")
    expect(page.locator("[data-total]")).not_to_contain_text(
        re.compile(r"\d")
    )  # no time is promised for no files
    for slot, size in (("qualification", 40_000), ("business", 300_000), ("technical", 2_000_000)):
        me.choose(f"#file-{slot}", pdf(slot, size))
    me.press("[data-step=files] [data-save]")
    me.read("security")
    me.write("[name=security]", "电子保函")
    me.press("[data-step=security] [data-save]")
    me.read("check and seal")
    me.tick("#agree-1")
    me.tick("#agree-2")
    me.write("#pass", PASSPHRASE)
    me.write("#step-up", PASSWORD)  # a newcomer has read for longer than five minutes
    me.press("[data-seal] button[type=submit]")
    page.wait_for_url(re.compile(r"/bids/[0-9a-f]{32}$"), timeout=40_000)
    expect(page.locator("[data-verified]")).to_have_class(re.compile("is-ok"))
    me.read("receipt")
    with page.expect_download():
        me.press("main a.btn-primary[href$='.pdf']")
    me.read("end")


@pytest.mark.parametrize(
    ("kind", "lang", "width", "code"),
    [(Newcomer, "zh-Hans", 1280, "91539921MA7K10001"), (Keys, "en", 360, "91539921MA7K10002")],
    ids=["by the mouse in Chinese", "by the keyboard in English"],
)
def test_a_newcomer_bids_with_three_files_in_less_than_twelve_minutes_of_reading_and_doing(
    site, browser_page, kind, lang, width, code
):
    uid, login = site.uids["running"], f"newcomer{code[-1]}"
    page = browser_page(None, lang, width)
    page.set_default_timeout(15_000)
    me = kind(page)
    site.data = (f"{COMPANY}{code[-1]}", CONTACT, *site.data)  # other tests ask whether pages are in English
    page.goto(f"/notices/{uid}")
    me.read("notice")
    registers(me, uid, login, uscc(code))
    approved(browser_page("wang"), login)
    site.clock.advance(timedelta(minutes=6))
    page.reload()
    bids(me)
    once = me.took("sign-in", "waiting for the window")
    whole = me.took("notice", "notice") + me.took("get ready", "end")
    logging.getLogger(__name__).info("%s\nregistering %s, bidding %s", me.table(), once, whole)
    assert whole < WITHIN, me.table()
    assert once < ONCE, me.table()
