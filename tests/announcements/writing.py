"""Whole announcements of each kind, as an agency of the tests writes them."""

from dataclasses import replace
from datetime import date

from bidding.announcements.rules import Candidate, Kind, Opinion, Said

OPINION = Opinion("林专家", "明川县建筑设计院", "高级工程师", "维修密钥由原厂持有，其他单位无法取得。")
_WHO = {
    "owner_name": "明川县人民医院",
    "owner_address": "明川县文化路 1 号",
    "owner_contact": "郑科长 0000-2222222",
    "agency_address": "明川县建设路 6 号三楼",
    "contact": "周经办",
    "phone": "0000-1234567",
}
INTENTION = Said(
    title="县医院 CT 采购",
    summary="64 排 CT 一台，用于急诊；质保三年，四小时到场。",
    budget_fen=13_200_000_00,
    expected_on=date(2027, 1, 1),
    note="预留给中小企业",
    **_WHO,
)
SINGLE = Said(
    title="县医院直线加速器维保",
    summary="直线加速器一台，全保三年。",
    budget_fen=4_800_000_00,
    reason="控制软件为原厂专有技术，只能由原厂维修。",
    supplier_name="瑞光医疗设备有限公司",
    supplier_address="省城高新区 8 号",
    opinions=(OPINION,),
    days=5,
    finance_name="明川县财政局",
    finance_address="明川县人民路 2 号",
    finance_contact="方科长 0000-3333333",
    **_WHO,
)
FIRST = Candidate(
    "b1",
    "蓝川市政工程有限公司",
    "91539921MA6KQ7X3A",
    12_001_234_00,
    "",
    165,
    "合格",
    "秦朗 市政公用工程一级建造师 川151060801234",
    "93.40 分",
    "市政公用工程施工总承包二级，近三年同类业绩两项。",
)
CANDIDATES = Said(
    title="城南片区排水管网改造工程施工 主干管",
    candidates=(
        FIRST,
        replace(FIRST, bid="b2", name="岚岳建设有限公司", uscc="91539921MA6KQ7X4B", price_fen=12_101_000_00),
    ),
    summary="三份投标全部通过初步评审，按综合评估法推荐。",
    reported_on=date(2026, 11, 23),
    days=3,
    finance_name="明川县住房和城乡建设局",
    finance_address="明川县滨河路 20 号",
    finance_contact="康科长 0000-4444444",
    **_WHO,
)
SAID = {Kind.INTENTION: INTENTION, Kind.SINGLE_SOURCE: SINGLE, Kind.CANDIDATES: CANDIDATES}
BODY = "省内另有两家单位持有原厂授权，可以维修。"
