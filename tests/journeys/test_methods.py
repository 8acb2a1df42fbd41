"""From a blank form to the published notice, by the pages, through the centre's window: a method of each kind.

The comparison has its own walk, with a clock (``test_quick.py``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from tests.journeys.walking import Walk, drafts, files_at_window, in_english, sound, takes_on

pytestmark = pytest.mark.browser

WHO = {
    "owner_address": "明川县滨河路 18 号",
    "owner_contact": "吴科长 0000-7654321",
    "agency_address": "明川县建设路 6 号三楼",
    "contact": "周经办",
    "phone": "0000-1234567",
    "media": "本中心网站",
}


@dataclass(frozen=True)
class Kind:
    """A method as its journey needs it.

    ``paper``: lines of its checklist that are brought to the window; ``says`` and ``never``: words of its notice, and
    words of other methods that none of its pages may say.
    """

    kind: str
    facts: dict[str, str]
    lot: dict[str, str]
    weighed: bool
    paper: tuple[str, ...]
    says: tuple[str, ...]
    never: re.Pattern[str]

    def spoken(self, walk):
        """The page that is open says no other method's words."""
        found = [line for line in walk.text.splitlines() if self.never.search(line)]
        assert not found, (walk.page.url, found)


WORKS = Kind(
    "works.open-tender.construction",
    {
        "title": "城西污水处理厂提标改造工程施工",
        "owner_name": "明川县住房和城乡建设局",
        "summary": "日处理 2 万吨，更换膜组件，新建调蓄池一座。",
        "qualification": "市政公用工程施工总承包三级及以上资质。",
        "award_method": "",
        "place": "明川县城西",
        "term": "240 日历天",
        "funding": "县级财政资金",
        "approval": "明川发改审〔2026〕91 号",
        **WHO,
    },
    {"name": "提标改造", "budget_fen": "9,800,000", "ceiling_fen": "9,600,000"},
    True,
    ("approval", "plan", "funds", "mandate", "promise"),
    ("招标人", "标段", "9,800,000.00", "准备投标", "综合评估法"),
    re.compile("采购人|转让方|比选人"),
)
SALE = Kind(
    "property.asset-transfer.realty",
    {
        "title": "城北粮站旧仓库整体转让",
        "owner_name": "明川县国有资产经营公司",
        "summary": "仓库一座，建筑面积 1,860 平方米，现状转让。",
        "qualification": "",
        "award_method": "",
        "place": "明川县城北",
        **WHO,
    },
    {"name": "旧仓库", "budget_fen": "6,000,000"},
    False,
    ("decision", "valuation", "title", "promise"),
    ("转让方", "标的", "起始价", "6,000,000.00", "成交办法", "准备报价"),
    re.compile("投标|招标|评标|评审|中标|标段|采购|比选"),
)


@pytest.mark.parametrize("kind", [WORKS, SALE], ids=["works by public tender", "an asset sold"])
def test_a_draft_goes_through_the_window_and_is_published_by_two(site, browser_page, shots, kind):
    shots = shots / kind.kind
    zhou, wu, wang, chen = (
        Walk(browser_page(login), site, shots / login) for login in ("zhou", "wu", "wang", "chen")
    )
    uid = drafts(zhou, kind.kind, kind.facts, kind.lot)
    if kind.weighed:
        zhou.page.goto(f"/projects/{uid}/scoring")
        zhou.sent(zhou.page.get_by_role("button", name="照抄"))
        zhou.look("scoring")
    zhou.page.goto(f"/projects/{uid}")
    assert "还没有申请" in zhou.text
    kind.spoken(zhou)
    zhou.look("desk")
    zhou.page.goto(f"/projects/{uid}/preview")
    assert "并承诺" not in zhou.text  # only what is done at once is declared
    zhou.look("preview")
    zhou.press(f"/projects/{uid}/submit")
    wu.page.goto(f"/projects/{uid}/publish")
    assert "中心还没有办结这个项目的受理" in wu.text
    case = files_at_window(zhou, uid, kind.paper)
    takes_on(wang, chen, case)
    wu.page.goto(f"/projects/{uid}/publish")
    kind.spoken(wu)
    wu.look("publish")
    wu.press(f"/projects/{uid}/publish")
    assert wu.page.url.endswith(f"/notices/{uid}")
    reader = Walk(browser_page(None, width=360), site, shots / "reader")
    reader.go(f"/notices/{uid}")
    said = reader.page.locator("body").inner_text()
    for words in (kind.facts["title"], *kind.says):
        assert words in said, words
    kind.spoken(reader)
    reader.look("notice")
    tenderer = Walk(browser_page("t1"), site, shots / "t1")
    for place in ("ready", "lots/1/bid", "submit", "questions"):  # test_look looks at the first three
        tenderer.go(f"/notices/{uid}/{place}")
        kind.spoken(tenderer)
    tenderer.look("questions")
    tenderer.go(f"/hall/{uid}")
    kind.spoken(tenderer)
    for place in ("course", "course/new/suspension", "course/new/termination"):
        zhou.go(f"/projects/{uid}/{place}")
        kind.spoken(zhou)
    english = Walk(browser_page("t1", "en", 360), site, shots / "english")
    in_english(english, *(f"/notices/{uid}{place}" for place in ("", "/lots/1/bid")))
    sound(zhou, wu, wang, chen, reader, tenderer, english)
