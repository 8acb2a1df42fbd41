"""A year of an old ledger for the demonstration: something to compare with, and something that deserves a look."""

from __future__ import annotations

from bidding.reporting import service
from bidding.reporting.importing import read_ledger
from bidding.story.centre import Centre

_NAME = "{year}年交易台账.csv"
_HEADER = "项目编号,项目名称,类别,方式,招标人,中标人,预算（万元）,成交价（万元）,日期,结果"
#: Month and day, and the row after them. Five purchases of the hospital lie just under the threshold of open tenders.
_ROWS = (
    ("02-18", "病房空调更新", "政府采购,询价", "明川县人民医院", "明川县宏泰贸易有限公司", "372,368.4"),
    ("03-27", "检验试剂冷藏设备", "政府采购,询价", "明川县人民医院", "明川县宏泰贸易有限公司", "385,381.9"),
    ("05-12", "手术室无影灯", "政府采购,竞争性谈判", "明川县人民医院", "明川县宏泰贸易有限公司", "390,384"),
    ("08-06", "住院楼电梯改造配件", "政府采购,询价", "明川县人民医院", "明川县宏泰贸易有限公司", "366,363.5"),
    ("10-21", "信息机房精密空调", "政府采购,询价", "明川县人民医院", "州衡机电设备有限公司", "358,331.2"),
    (
        "04-09",
        "城北大桥维修加固",
        "工程,公开招标",
        "明川县城市更新中心",
        "岚岳建设集团有限公司",
        "1260,1118.6",
    ),
    ("06-30", "中心小学食堂改造", "工程,公开招标", "明川县教育和体育局", "兆禾市政工程有限公司", "540,486.3"),
    ("09-15", "公务用车报废处置", "国有产权,拍卖", "明川县机关事务服务中心", "", "18,26.4"),
    (
        "11-20",
        "乡镇垃圾中转站设备",
        "政府采购,公开招标",
        "明川县综合行政执法局",
        "青峦环卫设备有限公司",
        "820,742",
    ),
)


def bring_in(centre: Centre, year: int) -> None:
    """Import it as the administrator would, as the ledger of ``year``."""
    rows = [
        f"{year}-{n:03d},{title},{kind},{owner},{winner},{amounts},{year}-{day},成交"
        for n, (day, title, kind, owner, winner, amounts) in enumerate(_ROWS, 1)
    ]
    name, data = _NAME.format(year=year), "\n".join([_HEADER, *rows]).encode("utf-8-sig")
    ledger = read_ledger(name, data)
    with centre.act("wang") as tx:
        uid = service.keep_upload(tx, name, centre.blobs.put(data)).uid
        service.take(tx, uid, ledger.rows, ledger.bad_rows, good_only=False, keys=centre.keys)
