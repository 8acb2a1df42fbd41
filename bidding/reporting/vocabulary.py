"""The words in which old ledgers say their columns, categories, methods and results. Pure.

Compared after NFKC, without spaces; a header also without its unit.
"""

from __future__ import annotations

from bidding.core.errors import N_
from bidding.reporting.savings import Category, Standing, Way

HEADERS: dict[str, tuple[str, ...]] = {
    "title": ("项目名称", "标段名称", "项目", "名称", "标的名称", "工程名称"),
    "code": ("项目编号", "标段编号", "招标编号", "采购编号", "编号"),
    "category": ("类别", "交易类别", "项目类别", "交易类型", "业务类型", "类型"),
    "way": ("方式", "交易方式", "招标方式", "采购方式"),
    "owner": (
        "招标人", "采购人", "招标人或采购人", "招标人/采购人", "招标人(采购人)", "建设单位", "采购单位", "招标单位",
        "业主", "业主单位", "转让方", "比选人", "单位名称", "单位",
    ),
    "winner": (
        "中标人", "成交供应商", "中标供应商", "中标单位", "成交单位", "中选人", "受让方", "中标(成交)人",
        "中标(成交)供应商", "中标人(成交供应商)",
    ),
    "basis": (
        "预算", "预算金额", "预算价", "控制价", "招标控制价", "最高投标限价", "最高限价", "限价", "起始价", "底价", "估算价",
        "预算/控制价", "预算(控制价)", "预算(控制价、起始价)", "预算或控制价", "控制价/预算", "预算总额", "拦标价",
    ),
    "award": (
        "成交价", "成交金额", "中标价", "中标金额", "成交额", "成交", "中标(成交)价", "中标(成交)金额", "成交总额",
        "中标价/成交价", "中选价",
    ),
    "date": (
        "日期", "中标日期", "成交日期", "通知书日期", "中标通知书日期", "中标(成交)日期", "中标时间", "成交时间", "时间",
        "开标日期", "开标时间",
    ),
    "result": ("结果", "交易结果", "状态"),
    "region": ("区划", "行政区划", "县区", "区县", "所属区域", "所属地区", "地区", "区域", "项目所在地", "所属县区"),
    "agency": ("代理机构", "招标代理机构", "采购代理机构", "招标代理", "代理公司", "代理单位"),
    "bidders": (
        "投标人数", "投标家数", "投标单位数", "投标单位数量", "供应商数", "供应商家数", "响应家数", "竞买人数", "报名家数", "家数",
    ),
}  # fmt: skip
BY_HEADER = {header: key for key, headers in HEADERS.items() for header in headers}
NEEDED = {
    "title": N_("项目名称"),
    "category": N_("类别"),
    "owner": N_("招标人"),
    "basis": N_("预算（控制价）"),
    "award": N_("成交价"),
    "date": N_("日期"),
}

#: Everything a column can be, as a person chooses it.
COLUMN_WORDS = {
    **NEEDED,
    "code": N_("项目编号"),
    "way": N_("方式"),
    "region": N_("区划"),
    "agency": N_("代理机构"),
    "winner": N_("中标人"),
    "bidders": N_("投标家数"),
    "result": N_("结果"),
}

CATEGORIES: dict[Category, tuple[str, ...]] = {
    Category.WORKS: (
        "工程建设", "工程", "建设工程", "工程招投标", "工程招标", "工程施工", "建设工程投资项目", "政府投资项目", "施工",
        "监理", "勘察", "设计",
    ),
    Category.PROCUREMENT: ("政府采购", "采购", "货物", "服务", "政府采购货物", "政府采购服务", "政府采购工程"),
    Category.LOCAL: ("限额以下", "限额以下比选", "比选", "小额工程", "小额采购"),
    Category.LAND: ("土地", "土地使用权", "土地出让", "国有土地", "国有建设用地使用权"),
    Category.MINERAL: ("矿业权", "采矿权", "探矿权"),
    Category.PROPERTY: (
        "国有资产产权", "国有产权", "国有资产", "国有资产转让", "产权交易", "产权", "资产转让", "资产处置", "罚没财物",
    ),
    Category.OTHER: ("其他", "其它", "其他交易", "其他类"),
}  # fmt: skip
BY_CATEGORY = {word: category for category, words in CATEGORIES.items() for word in words}

WAYS: dict[Way, tuple[str, ...]] = {
    Way.OPEN_TENDER: ("公开招标", "公开", "招标"),
    Way.INVITED_TENDER: ("邀请招标", "邀请"),
    Way.NEGOTIATION: ("竞争性谈判", "谈判"),
    Way.CONSULTATION: ("竞争性磋商", "磋商"),
    Way.QUOTATION: ("询价", "询价采购"),
    Way.SINGLE_SOURCE: ("单一来源", "单一来源采购"),
    Way.FRAMEWORK: ("框架协议", "框架协议采购"),
    Way.COMPARISON: ("比选",),
    Way.AUCTION: ("拍卖", "挂牌", "网上竞价", "竞价", "协议转让"),
    Way.OTHER: ("其他", "其它", "其他方式"),
}
BY_WAY = {word: way for way, words in WAYS.items() for word in words}

STANDINGS: dict[Standing, tuple[str, ...]] = {
    Standing.COUNTED: ("", "成交", "中标", "中选", "已成交", "已中标", "完成", "成功"),
    Standing.FAILED: ("流标", "废标", "终止", "失败", "招标失败", "比选失败", "流拍", "终结", "撤销"),
    Standing.NO_AMOUNT: ("费率", "单价", "比率"),
    Standing.SHORTLISTED: ("入围",),
    Standing.PENDING: ("公示", "公示中", "待定", "未生效"),
    Standing.REHEARSAL: ("演练",),
}
BY_STANDING = {word: standing for standing, words in STANDINGS.items() for word in words}
TOTALS = ("合计", "总计", "小计", "累计")
