"""What the demonstration's agency has announced before any tender: an intention, and a single source under objection.

Each is written by one person of the agency and published by another, as the pages have it done.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from bidding.announcements import service
from bidding.announcements.rules import Kind, Opinion, Said
from bidding.core.clock import SHANGHAI
from bidding.story.centre import Centre
from bidding.story.play import FACTS, WAN

#: What both say of the agency, and where they stand.
_AGENCYS = Said(
    agency_address=FACTS.agency_address, contact=FACTS.contact, phone=FACTS.phone, media="本中心网站"
)
_SCHOOLS = replace(
    _AGENCYS,
    title="城区中小学教室照明改造",
    summary="12 所学校 486 间教室更换护眼灯具和线路，照度、眩光达到国家标准；质保五年，寒假施工。",
    budget_fen=394 * WAN,
    note="拟整体预留给中小企业",
    owner_name="明川县教育和体育局",
    owner_address="明川县文化路 5 号",
    owner_contact="罗科长 0000-7654330",
)
_SLUICE = replace(
    _AGENCYS,
    title="石桥水库闸门自动控制系统维护",
    summary="闸门自动控制系统一套的三年维护：每季巡检，汛期驻守，故障两小时内到场。",
    budget_fen=86 * WAN,
    reason="系统的控制程序和通信协议为原承建单位专有，三次向社会征询均没有其他单位能够接入；更换全套系统要停运一个汛期。",
    supplier_name="蓝江水利自动化有限公司",
    supplier_address="省城高新区科园路 18 号",
    opinions=(
        Opinion("秦专家", "省水利科学研究院", "正高级工程师", "控制程序加密，接口不公开，其他单位无法维护。"),
        Opinion(
            "田专家", "明川县水利局", "高级工程师", "更换系统要停运一个汛期，安全风险大，同意由原单位维护。"
        ),
        Opinion(
            "邵专家", "市工程咨询院", "高级工程师", "三年维护价格低于更换费用的两成，同意采用单一来源方式。"
        ),
    ),
    days=5,
    finance_name="明川县财政局",
    finance_address="明川县人民路 2 号",
    finance_contact="方科长 0000-7654340",
    owner_name="明川县水利局",
    owner_address="明川县滨河路 30 号",
    owner_contact="贺科长 0000-7654331",
)
_OBJECTION = "我单位维护过两座水库的同类系统，协议可以通过网关转换，不必由原单位维护，请公开征集。"
_ANSWER = "已请三位专家复核：网关只能转换监测数据，不能下达闸门指令，不影响论证意见。异议材料一并报县财政局。"


def announce(centre: Centre) -> list[str]:
    """Publish both, with an objection to the second and its answer; their uids. It takes an hour of the centre's time."""
    local = centre.clock.now().astimezone(SHANGHAI).date()
    intention = _published(centre, Kind.INTENTION, _in_two_months(_SCHOOLS, local))
    single = _published(centre, Kind.SINGLE_SOURCE, _SLUICE)
    centre.clock.advance(timedelta(minutes=25))
    with centre.act("t2") as tx:
        n = service.make_objection(tx, single, _OBJECTION, keys=centre.keys).n
    centre.clock.advance(timedelta(minutes=20))
    with centre.act("zhou") as tx:
        service.answer_objection(tx, single, n, _ANSWER, upheld=False, keys=centre.keys)
    centre.tick()
    centre.cosign()
    return [intention, single]


def _in_two_months(said: Said, today: date) -> Said:
    """A procurement is intended for a month that its notice can still be in: thirty days lie between (财库〔2020〕10号)."""
    month = today.month + 1  # counted from nought: the month after next
    return replace(said, expected_on=date(today.year + month // 12, month % 12 + 1, 1))


def _published(centre: Centre, kind: Kind, said: Said) -> str:
    with centre.act("zhou") as tx:
        uid = service.create(tx, kind, said).uid
        service.submit(tx, uid)
    centre.clock.advance(timedelta(minutes=5))
    with centre.act("wu") as tx:
        service.publish(tx, uid, keys=centre.keys)
    return uid
