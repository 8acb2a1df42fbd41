"""Every page, for everybody, in both languages: sound, readable, within the screen, and in reach of the keyboard."""

from __future__ import annotations

import re
from functools import cache

import pytest

from tests.browser import barriers, picture
from tests.journeys.conftest import HEIGHT, NEWCOMER, ROLES
from tests.people import sign_in

pytestmark = pytest.mark.browser

WIDTHS = (1280, 1920, 360)
CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
#: A law is cited by its own name, an amount in an imported file by the file's own unit.
NAMES = re.compile(r"[\u3400-\u9fff〔〕0-9]+第\d+条(?:第\d+项)?、?|（万?元）")
#: Pages that stand for all of their kind; {…} is filled from ``site.uids``.
EXAMPLES = (
    "/notices/{awarded}",
    "/notices/{running}",
    "/hall/{awarded}",
    "/notices/{running}/submit",
    "/notices/{running}/ready",
    "/notices/{running}/lots/1/bid",
    "/notices/{running}/lots/1/bid?sheet#sheet",
    "/notices/{running}/lots/1/bid?files#files",
    "/projects/quick?template=repair",
    "/organisations/{waiting}",
    "/accounts/{account}",
    "/accounts/{account}/disable",
)
#: What a reader sees and hears, but for what is marked as Chinese: text, and what stands in its place.
WORDS = """() => {
  const found = [];
  const chinese = (element) => element.closest('[lang^="zh"]') !== document.documentElement
    && element.closest('[lang^="zh"]') !== null;
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const parent = walk.currentNode.parentElement;
    if (!parent.closest('script, style') && !chinese(parent)) found.push(walk.currentNode.data);
  }
  for (const element of document.querySelectorAll('[aria-label], [title], [alt], [placeholder], [data-th]'))
    if (!chinese(element))
      for (const name of ['aria-label', 'title', 'alt', 'placeholder', 'data-th'])
        if (element.getAttribute(name)) found.push(element.getAttribute(name));
  found.push(document.title);
  return found;
}"""

#: Notes whether the main action had the focus.
WATCH = """() => {
  window.reached = false;
  addEventListener('focusin', (event) => { window.reached ||= event.target.matches('main .btn-primary'); });
}"""
#: How often Tab is pressed before it is asked where it has come by: each question is a way there and back.
TABS = 8


@cache
def addresses(site, login):
    """The start page, and what this person can open; of somebody signed in only what strangers cannot open."""
    if login is not None:
        strangers = addresses(site, None)
        return ["/", *(each for each in within_reach(site, login) if each not in strangers)]
    return ["/", *within_reach(site, None)]


def within_reach(site, login):
    """The pages without arguments, and the examples, that this person can open."""
    client = sign_in(site.app, login) if login else site.app.test_client()
    found = [
        rule.rule
        for rule in site.app.url_map.iter_rules()
        if "GET" in rule.methods and not rule.arguments and rule.endpoint != "static" and rule.rule != "/"
    ]
    found += [each.format(**site.uids) for each in EXAMPLES]
    return [each for each in found if _is_page(client, each)]


def _is_page(client, address):
    with client.get(address) as response:
        return response.status_code >= 500 or (
            response.status_code == 200 and response.mimetype == "text/html"
        )


def untranslated(words, data):
    """What is left in Chinese once the database's own texts are taken out."""
    for text in words:
        left = NAMES.sub("", text)
        for known in data:
            if not CHINESE.search(left):
                break
            left = left.replace(known, "")
        if CHINESE.search(left):
            yield " ".join(text.split())


class Visit:
    """One person's walk through their pages."""

    def __init__(self, page, site, shots):
        self.page = page
        self.site = site
        self.shots = shots
        self.problems = []
        self.at = ""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.note(f"script: {error}"))

    def _console(self, message):
        if message.type in ("error", "warning"):
            self.note(f"console: {message.text}")

    def note(self, words):
        self.problems.append(f"{self.at}: {words}")

    def go(self, address):
        self.at = address
        response = self.page.goto(address)
        if response.status != 200:
            self.note(f"status {response.status}")

    def at_its_best(self):
        """Everything that is asked of the page that is open."""
        self.has_one_heading()
        self.is_reached_by_keys()
        self.is_accessible()
        self.fits()

    def has_one_heading(self):
        if self.page.locator("h1").count() != 1:
            self.note(f"{self.page.locator('h1').count()} h1")

    def fits(self, *, pictures=False):
        self.page.evaluate("document.activeElement.blur(), scrollTo(0, 0)")
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": HEIGHT})
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                self.note(f"{wide} px wide on a screen of {width}")
            if pictures and width < 1920:
                name = f"{self.at.strip('/').replace('/', '-') or 'home'}-{width}.jpg"
                picture(self.page, self.shots / name, quality=60, type="jpeg")
        self.page.set_viewport_size({"width": 1280, "height": HEIGHT})

    def reads(self, at, login, language, data):
        """Everything that is asked of one page; of an English one, that only ``data`` is in Chinese."""
        self.go(at)
        if language == "zh":
            self.has_one_heading()
            self.is_reached_by_keys()
            self.is_accessible()
        else:
            self.problems.extend(untranslated(self.page.evaluate(WORDS), data))
        self.at = f"{at}-{login}-{language}"
        self.fits(pictures=True)

    def is_accessible(self):
        for each in barriers(self.page):
            if each["impact"] in ("serious", "critical"):
                where = "; ".join(str(node["target"]) for node in each["nodes"][:3])
                self.note(f"axe {each['id']}: {where}")

    def is_reached_by_keys(self):
        """The skip link comes first and leads into the page; from there Tab finds the main action."""
        self.page.evaluate("document.activeElement.blur()")
        self.page.keyboard.press("Tab")
        if not self.page.evaluate("document.activeElement.matches('.sl-skip, [autofocus]')"):
            self.note("the first Tab is not the skip link")
            return
        self.page.keyboard.press("Enter")
        if self.page.locator("main .btn-primary:visible").count() == 0:
            return
        self.page.evaluate(WATCH)
        for _ in range(80 // TABS):
            for _ in range(TABS):
                self.page.keyboard.press("Tab")
            if self.page.evaluate("window.reached"):
                return
        self.note("Tab does not reach the main action")

    def is_in_english(self):
        for words in untranslated(self.page.evaluate(WORDS), self.site.data):
            self.note(f"not in English: {words[:80]}")


def walk(visit, address):
    """Everything that is asked of every page."""
    visit.go(address)
    visit.has_one_heading()
    visit.is_reached_by_keys()
    visit.is_accessible()
    visit.fits(pictures=True)


@pytest.mark.parametrize("role", ["stranger", *ROLES])
def test_every_page_is_sound_and_within_reach(site, browser_page, shots, role):
    login = ROLES.get(role)
    visit = Visit(browser_page(login), site, shots / role)
    for address in addresses(site, login):
        walk(visit, address)
    assert not visit.problems, "\n".join(visit.problems)


@pytest.mark.parametrize("role", ["stranger", *ROLES])
def test_every_page_is_in_english_too(site, browser_page, shots, role):
    login = ROLES.get(role)
    visit = Visit(browser_page(login, "en"), site, shots / role)
    for address in addresses(site, login):
        visit.go(address)
        visit.is_in_english()
        visit.fits()
    assert not visit.problems, "\n".join(visit.problems)


def test_whoever_needs_large_letters_and_the_dark_can_read_it(site, browser_page, shots):
    visit = Visit(browser_page(look="dark.high.huge"), site, shots / "dark")
    for address in ("/", "/sign-in", "/notices", "/notices/{running}".format(**site.uids)):
        walk(visit, address)
    assert not visit.problems, "\n".join(visit.problems)


def test_a_newcomer_sees_what_is_waited_for(site, browser_page, shots):
    visit = Visit(browser_page(NEWCOMER), site, shots / "newcomer")
    for address in ("/", "/company"):
        walk(visit, address)
    assert not visit.problems, "\n".join(visit.problems)
