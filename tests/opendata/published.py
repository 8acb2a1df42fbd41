"""Published facts as the domains publish them, written by hand: the texts' shapes are those of the log."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from bidding.core.clock import unix
from bidding.opendata.facts import Fact, Kind, Offer, Process

START = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
CLOSES = START + timedelta(days=21)
OPENED = CLOSES + timedelta(minutes=30)
SHA = "ab" * 32
LI, ZHAO = ("高原建设有限公司", "91539921MA6KQ7X3A"), ("雪山路桥有限公司", "91539921MA6KQ7X4B")
PROCESS = Process("ocds-a1b2c3-T-2026-001", "/notices/p1", "公开招标（招标投标法第10条）")


def notice(*, lots=("1",), **more) -> Fact:
    said = {
        "v": 1,
        "type": "tender-notice",
        "project": "T-2026-001",
        "title": "排水管网改造工程施工",
        "family": "works",
        "method": "open-tender",
        "subject": "construction",
        "owner": "明川县城市更新中心",
        "owner_address": "明川县河东路 1 号",
        "owner_contact": "",
        "agency": {"name": "明川招标代理有限公司", "uscc": "91539921MA6KQ7X1Y", "address": ""},
        "contact": {"name": "周工", "phone": "0123-4567890"},
        "place": "明川县",
        "summary": "管网 3.2 公里",
        "funding": "财政资金",
        "consortium": True,
        "paper_bids": False,
        "qualification": "市政公用工程施工总承包三级及以上",
        "award_method": "综合评估法",
        "min_bids": 3,
        "published_at": unix(START),
        "closes_at": unix(CLOSES),
        "opens_at": unix(CLOSES),
        "periods": {},
        "evaluation": {"way": "comprehensive", "fixed_price": False, "sme_permille": None, "rows": []},
        "panel": SHA,
        "lots": [
            code
            if isinstance(code, dict)
            else {
                "code": code,
                "number": f"T-2026-001-{code}",
                "name": f"标段{code}",
                "price_form": "amount",
                "budget_fen": 1320_000_00 + 50,
                "ceiling_fen": 1286_000_00,
                "security_fen": 0,
            }
            for code in lots
        ],
        "documents": [{"name": "招标文件.pdf", "size": 1000, "sha256": SHA}],
    } | more
    return Fact("notice", Kind.NOTICE, START, said, "/notices/p1", date(2026, 11, 13))


def moved(n=1, *, days=7) -> Fact:
    at = START + timedelta(days=5, hours=n)
    said = {
        "v": 1,
        "type": "correction-notice",
        "closes_at": {"was": unix(CLOSES), "is": unix(CLOSES + timedelta(days=days))},
        "opens_at": {"was": unix(CLOSES), "is": unix(CLOSES + timedelta(days=days))},
        "reason": "投标通道中断 40 分钟",
        "schedule": n,
    }
    return Fact(f"dates-{n}", Kind.DATES, at, said, f"/notices/p1/corrections/{n}", date(2026, 11, 20))


def answered(number=1, items=(), answer="可以。") -> Fact:
    said = {
        "v": 1,
        "type": "clarification-notice",
        "kind": "答疑、更正公告" if items else "答疑公告",
        "number": number,
        "questions": "可以踏勘吗？",
        "answer": answer,
        "items": list(items),
        "reason": "更正限价" if items else None,
    }
    at = START + timedelta(days=6, hours=number)
    page = f"/notices/p1/clarifications/{number}"
    return Fact(f"answers-{number}", Kind.ANSWERS, at, said, page, date(2026, 11, 13))


def item(name, now, *, was=None, lot=None, label="更正项"):
    return {"item": name, "label": label, "lot": lot, "was": was, "is": now}


def course(kind, n=1, *, lots=(), at=START + timedelta(days=8)) -> Fact:
    said = {"v": 1, "type": "course-notice", "kind": kind, "n": n, "reason": "不足三家", "lots": list(lots)}
    return Fact(f"course-{n}", Kind.COURSE, at + timedelta(minutes=n), said, f"/notices/p1/course/{n}")


def opened(*offers, n=1, at=OPENED) -> Fact:
    return Fact(f"opening-{n}", Kind.OPENING, at, page="/hall/p1", offers=offers)


def offer(who, lot="1", fen=1200_000_00, *, n=1, consortium="") -> Offer:
    return Offer(f"bid-{lot}-{n}-{who[1][-1]}", lot, *who, CLOSES - timedelta(hours=n), fen, consortium)


def result(who, lot="1", *, fen=1200_000_00, revision=1, bid="x", days=5, **more) -> Fact:
    said = {
        "v": 1,
        "type": "award-record",
        "project": "T-2026-001",
        "lot": lot,
        "revision": revision,
        "corrects": None if revision == 1 else {"sha256": SHA, "reason": "登记有误"},
        "outcome": "awarded" if who else "none",
        "winner": who and {"name": who[0], "uscc": who[1], "bid": bid},
        "amount_fen": fen if who else None,
        "price_text": "",
        "price_note": "",
        "basis": {"kind": "ceiling", "fen": 1286_000_00},
        "awarded_on": "2026-11-28",
        "notice": "",
        "reason": "" if who else "全部被否决",
    } | more
    at = OPENED + timedelta(days=days, minutes=revision)
    return Fact(f"result-{lot}-{revision}", Kind.RESULT, at, said, "/notices/p1/award")


#: What can come of a purchase: every case is a story that a centre has told.
STORIES: dict[str, list[Fact]] = {
    "announced": [notice()],
    "corrected": [
        notice(),
        moved(),
        answered(1),
        answered(
            2,
            [
                item("ceiling", 1250_000_00, was=1286_000_00, lot="1", label="最高限价"),
                item("summary", "管网 3.5 公里", was="管网 3.2 公里"),
                item("funding", "专项债券", was="财政资金"),
                item("closes_at", unix(CLOSES) + 8 * 86400, was=unix(CLOSES)),
                item(
                    "file",
                    {"name": "招标文件（更正）.pdf", "size": 5, "sha256": "cd" * 32},
                    was={"name": "招标文件.pdf", "size": 1000, "sha256": SHA},
                ),
            ],
        ),
    ],
    "lots-and-two-winners": [
        notice(lots=("1", "2")),
        opened(offer(LI), offer(ZHAO, n=2), offer(ZHAO, "2", n=3)),
        result(LI),
        result(ZHAO, "2", fen=1100_000_05),
    ],
    "consortium": [
        notice(),
        opened(offer(LI, consortium="与雪山路桥有限公司组成联合体")),
        result(LI, bid="bid-1-1-A"),
    ],
    "result-corrected": [
        notice(),
        opened(offer(LI), offer(ZHAO, n=2)),
        result(LI),
        result(LI, revision=2, fen=1190_000_00),
        result(ZHAO, revision=3),
        result(None, revision=4),
    ],
    "one-lot-failed": [
        notice(lots=("1", "2")),
        course("failure", lots=("2",), at=OPENED),
        opened(offer(LI), n=1, at=OPENED + timedelta(hours=1)),
        result(LI),
    ],
    "failed": [notice(), course("failure", lots=("1",), at=OPENED)],
    "nobody-chosen": [notice(), opened(offer(LI)), result(None)],
    "suspended-and-resumed": [notice(), course("suspension"), course("resumption", 2)],
    "terminated": [notice(lots=("1", "2")), course("termination")],
    "comparison": [
        notice(
            family="local",
            method="comparison",
            subject="services",
            owner_address="",
            funding="",
            evaluation={"way": "lowest"},
            lots=[
                {
                    "code": "1",
                    "name": "物业服务",
                    "price_form": "rate",
                    "budget_fen": 90_000_00,
                    "ceiling_fen": None,
                }
            ],
        ),
        opened(offer(LI, fen=None)),
        result(LI, fen=None, price_text="88%", price_note="按公告修正", notice="比选〔2026〕3 号"),
    ],
    "procurement-after-an-intention": [
        notice(
            family="procurement",
            subject="goods",
            examination="before",
            requirements=[{"what": "独立承担民事责任", "proof": "营业执照", "lot": None}],
            approval_code="2026-539921-48-01-000001",
            intention={
                "title": "2026 年 11 月采购意向",
                "sha256": SHA,
                "published_at": unix(START) - 40 * 86400,
            },
        )
    ],
    "two-envelopes": [
        notice(),
        opened(offer(LI, fen=None), offer(ZHAO, fen=None, n=2)),
        opened(offer(LI), n=2, at=OPENED + timedelta(days=1)),
        result(LI),
    ],
}
