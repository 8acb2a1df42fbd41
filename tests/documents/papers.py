"""Data for papers, in the shapes that the module's docstring gives."""

from datetime import UTC, datetime, timedelta

CLOSE = datetime(2026, 12, 15, 1, 30, tzinfo=UTC)  # 09:30 in Shanghai
NOTE = (
    "bidding.example.gov.cn/p/GC2026-0117\n23\n"
    "nND/nri/U0xuHUrYSy0HtMeal2vzD9V4k/BO79C+QeI=\n\n"
    "— bidding.example.gov.cn/p/GC2026-0117 "
    "x2Cv9bYJ0m3zvTTIr3V9jVQm8cE0Yc5eSP5T0m1cX1QZ8k9wq0kq7h2v1JrM3m7n5nKx3s1a9bWm0c2d4e6f8g0h2i4=\n"
    "— supervisor.example.gov.cn/witness "
    "AbCd9bYJ0m3zvTTIr3V9jVQm8cE0Yc5eSP5T0m1cX1QZ8k9wq0kq7h2v1JrM3m7n5nKx3s1a9bWm0c2d4e6f8g0h2i4jAAAAAGc=\n"
)


def _row(place, verdict=""):
    return {
        "place": place,
        "tenderer": f"第{place}建设工程有限公司",
        "uscc": "91110000100006213X",
        "received_at": CLOSE - timedelta(minutes=place),
        "values": [
            f"12,146,3{place % 100:02d}.00",
            "240",
            "合格",
            "王建国 京1112006200801234",
            "保函",
            "90",
            "",
            "",
        ],
        "daxie": "壹仟贰佰壹拾肆万陆仟叁佰元整",
        "verdict": verdict,
    }


def opening(rows=5, **changes):
    """An opening of one lot with so many bids, one that could not be opened, and a failed lot."""
    good = [_row(place) for place in range(1, rows + 1)]
    bad = _row(rows + 1, "递交单位的原因：签封内容与清单不符，无效，证据可查")
    columns = ["投标报价（元）", "工期（日历天）", "质量标准", "项目负责人及证书编号", "保证金形式"]
    return {
        "centre": "青禾县公共资源交易中心",
        "title": "青禾县第二小学教学楼新建工程",
        "code": "GC2026-0117",
        "owner": "青禾县教育局",
        "agency": "明正招标代理有限公司",
        "closes_at": CLOSE,
        "closed_at": CLOSE + timedelta(seconds=1),
        "opened_at": CLOSE + timedelta(minutes=6),
        "count": rows + 1,
        "witnesses": [{"name": "witness.qinghe.example/w1", "at": CLOSE + timedelta(seconds=9)}],
        "on_paper": False,
        "corrections": [],
        "words": "4821 0937 5516 2204 7789 1035",
        "checkpoint": NOTE,
        "panel_hash": "5f" * 32,
        "trustees": [
            {"seat": 1, "role": "supervisor", "name": "jdb", "org": "青禾县住建局", "given_at": CLOSE},
            {"seat": 2, "role": "notary", "name": "gzc", "org": "青禾县公证处", "given_at": None},
        ],
        "lots": [
            {
                "code": "1",
                "name": "教学楼",
                "failed": False,
                "ceiling": "13,000,000.00",
                "columns": [*columns, "投标有效期（日）", "联合体情况", "备注"],
                "rows": [*good, bad],
            },
            {"code": "2", "name": "操场", "failed": True, "ceiling": None, "columns": columns, "rows": []},
        ],
        "address": "https://bidding.example.gov.cn/opening/7p3k9q",
        **changes,
    }


def receipt(**changes):
    """A receipt."""
    return {
        "centre": "青禾县公共资源交易中心",
        "reference": "HZ-20261214-0007",
        "bid": "9c" * 16,
        "project": "青禾县第二小学教学楼新建工程",
        "project_code": "GC2026-0117",
        "lot": "1 教学楼",
        "tenderer": "华岳建设集团有限公司",
        "uscc": "91110000100006213X",
        "received_at": CLOSE - timedelta(hours=3),
        "closes_at": CLOSE,
        "envelopes": ["offer", "files"],
        "files": 4,
        "bytes": 8_392_704,
        "sha256": "ab" * 32,
        "leaf": 17,
        "checkpoint": NOTE,
        "words": "4821 0937 5516 2204 7789 1035",
        "address": "https://bidding.example.gov.cn/bids/9c9c",
        **changes,
    }


def draw(places=6, **changes):
    """A draw with so many places in its ranking."""
    ranked = [
        {
            "specialty": "建筑工程",
            "position": place,
            "number": f"{place:03d}",
            "backup": place > 3,
            "name": "",
            "unit": "",
            "title": "",
            "phone": "",
        }
        for place in range(1, places + 1)
    ]
    calls = [
        {
            "at": CLOSE + timedelta(minutes=place),
            "specialty": "建筑工程",
            "number": f"{place:03d}",
            "backup": place > 3,
            "answer": "婉拒" if place == 1 else "参加",
            "reason": "另有公务" if place == 1 else "",
            "channel": "电话",
            "by": "周敏",
        }
        for place in range(1, places + 1)
    ]
    return {
        "centre": "青禾县公共资源交易中心",
        "title": "青禾县第二小学教学楼新建工程",
        "code": "GC2026-0117",
        "owner": "青禾县教育局",
        "agency": "明正招标代理有限公司",
        "draw": "GC2026-0117-d1",
        "address": "https://bidding.example.gov.cn/draws/4k2m",
        "requested_at": CLOSE - timedelta(days=1),
        "frozen_at": CLOSE - timedelta(hours=20),
        "ordered_at": CLOSE - timedelta(hours=19),
        "closed_at": CLOSE - timedelta(hours=1),
        "drawn_at": CLOSE,
        "evaluation_at": CLOSE + timedelta(hours=5),
        "evaluation_place": "第一评标室",
        "evaluation_hours": 4,
        "requested_by": "周敏",
        "frozen_by": "李静",
        "ordered_by": "陈立",
        "kind": "工程公开招标",
        "lots": ["1 土建", "2 安装"],
        "determination": "随机抽取",
        "round": 1,
        "members": 5,
        "experts": 4,
        "max_per_unit": 1,
        "reason": None,
        "lines": [
            {"specialty": "建筑工程", "region": "不限", "need": 3, "backups": 3, "listed": 120, "free": 114}
        ],
        "recused": [{"unit": "青禾县教育局", "code": "2", "reason": "与招标人同单位"}],
        "excluded": [{"code": "2", "reason": "与招标人同单位", "count": 6}],
        "parties": [
            {
                "name": "jdb",
                "role": "supervisor",
                "value": "17" * 32,
                "dealt_at": CLOSE - timedelta(hours=2),
                "revealed_at": CLOSE,
                "by_trustees": False,
            },
            {
                "name": "huayue",
                "role": "",
                "value": "28" * 32,
                "dealt_at": CLOSE - timedelta(hours=2),
                "revealed_at": CLOSE,
                "by_trustees": True,
            },
        ],
        "spec_hash": "c1" * 32,
        "seed": "d2" * 32,
        "checkpoint": NOTE,
        "words": "4821 0937 5516 2204 7789 1035",
        "ranking": ranked,
        "calls": calls,
        "result": [
            {
                "specialty": "建筑工程",
                "number": "002",
                "name": "赵一鸣",
                "unit": "青禾设计院",
                "title": "高级工程师",
                "phone": "138****0001",
            }
        ],
        "remarks": ["huayue 没有公开自己的随机数，由受托人合力开启。"],
        "printed_at": CLOSE + timedelta(hours=6),
        "check_code": "4F2A 91C0 7D3E 55B8",
        **changes,
    }


def chapters(**changes):
    return {
        "centre": "青禾县公共资源交易中心",
        "name": "招标文件",
        "english": "Tender Document",
        "subject": "青禾县第二小学教学楼新建工程",
        "facts": [("项目编号", "GC2026-0117"), ("核对数字", "4821 0937 5516 2204 7789 1035")],
        "chapters": [{"title": "第一章　投标人须知", "clauses": ["有效期 90 日历天。", "不收纸质文件。"]}],
        "signed": "青禾县教育局",
        "issued_at": CLOSE,
        **changes,
    }


def _record(**changes):
    """What both records take."""
    return {
        "centre": "青禾县公共资源交易中心",
        "title": "青禾县第二小学教学楼新建工程",
        "code": "GC2026-0117",
        "owner": "青禾县教育局",
        "agency": "明正招标代理有限公司",
        "panel_hash": "5f" * 32,
        "words": "4821 0937 5516 2204 7789 1035",
        "sha256": "cd" * 32,
        "close": {"at": CLOSE, "count": 6},
        "written_at": CLOSE + timedelta(hours=1),
        "signatures": [
            {"capacity": "监督人", "name": "孙建国", "unit": "青禾县住建局", "at": CLOSE + timedelta(hours=1)}
        ],
        "videos": [
            {
                "camera": "第一开标室 2 号机",
                "begins_at": CLOSE,
                "ends_at": CLOSE + timedelta(hours=1),
                "withdrawn": None,
            }
        ],
        "scans": [
            {
                "name": "签字页.pdf",
                "size": 81_000,
                "sha256": "ef" * 32,
                "at": CLOSE + timedelta(hours=2),
                "withdrawn": None,
            },
            {
                "name": "",
                "size": 80_000,
                "sha256": "ee" * 32,
                "at": CLOSE + timedelta(hours=1),
                "withdrawn": {
                    "at": CLOSE + timedelta(hours=2),
                    "by": "孙立民",
                    "as": "监督人",
                    "reason": "传错了文件",
                },
            },
        ],
        "address": "https://bidding.example.gov.cn/hall/7p3k9q/papers/witness",
        **changes,
    }


def witness(points=8, **changes):
    """A supervisor's record with so many points, a fault, an objection and a suspension."""
    return _record(
        by={"name": "孙建国", "unit": "青禾县住建局"},
        arrived_at=CLOSE - timedelta(minutes=20),
        left_at=CLOSE + timedelta(hours=1),
        opened_at=CLOSE + timedelta(minutes=6),
        points=[{"point": "封箱的六组数字当场宣读，与见证机上的一致", "seen": "看到，属实"}] * points,
        problems="2 号机有三分钟没有画面。",
        opinion="",
        shares=[{"seat": 1, "role": "supervisor", "org": "青禾县住建局", "at": CLOSE}],
        faults=[{"place": 6, "words": "递交单位的原因：签封内容与清单不符，无效，证据可查"}],
        present=4,
        absent=2,
        objections=[{"words": "以哪个时钟为准？", "at": CLOSE, "answer": "以平台服务器时钟为准。"}],
        suspensions=[{"reason": "停电", "on_at": CLOSE, "off_reason": "来电", "off_at": CLOSE}],
        record="cd" * 32,
        ended_at=None,
        **changes,
    )


def failed(lots=2, **changes):
    """A record of so many lots that failed."""
    lot = {"name": "教学楼", "when": "close", "count": 2, "least": 3, "after": "依法重新招标。"}
    return _record(
        article="招标投标法第28条、招标投标法实施条例第44条",
        lots=[{**lot, "lot": str(number)} for number in range(1, lots + 1)],
        **changes,
    )


def monthly(**changes):
    """A monthly report with a row in each of its tables."""
    five = ["1", "100.00", "90.00", "10.00", "10.00"]
    none = ["—"] * 5
    return {
        "centre": "青禾县招投标交易中心",
        "kind": "month",
        "name": "公共资源交易月报",
        "code": "482109375516220477891035",
        "title": "青禾县第二小学教学楼新建工程",
        "span": "本月",
        "so_far": "1—11月累计",
        "text": ["11月，计入统计的成交项目1项。"],
        "compared": [["节资率", "%", "10.00", "+0.51个百分点", "—", "10.00", "—"]],
        "tables": [
            {"what": "类别", "of": "节约", "rows": [["工程建设", *five, *five], ["合计", *five, *five]]}
        ],
        "months": [["11月", *five, *none]],
        "quarters": [],
        "services": [["结果公告", "1", "2"], ["窗口办结", "3", "4"]],
        "footnotes": ["流标、废标、终止：本期1项，累计1项"],
        "bases": ["预算金额：1项，100.00万元"],
        "notes": ["节资率是合计之比。"],
        "issued_at": CLOSE,
        "sha256": "ab" * 32,
        "address": "https://jy.example.gov.cn/savings/reports",
        **changes,
    }
