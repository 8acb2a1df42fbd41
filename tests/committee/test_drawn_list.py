import io

import pytest
from openpyxl import Workbook

from bidding.committee.drawn_list import MOST_LINES, Layout, NotMatched, layout_of, read
from bidding.experts.listing import UnreadableList, lines_of

EXPORT = """四川省综合评标专家库抽取结果,,,,,
项目：某某工程,,,,,
序号,专家姓名,工作单位,评标专业,联系电话（本人）,是否参加
1,钱一,省设计院,A08 给排水,138****0001,参加
2,孙二,市勘察院,A08 给排水,13800000002,不参加
3,李三,市建院,A09 道路,138 0000 0003,
抽取人：,,,打印时间 2026-12-01,,
"""


def lines(text):
    return lines_of("名单.csv", text.encode(), MOST_LINES)


def test_an_export_is_read_below_its_title_and_above_its_footer():
    given = lines(EXPORT)
    layout = layout_of(given)
    assert layout.line == 3
    assert layout.missing == ()
    found = read(given, layout)
    assert [(line, who.name, who.unit, who.specialty, who.phone_end) for line, who in found.people] == [
        (4, "钱一", "省设计院", "A08 给排水", "0001"),
        (6, "李三", "市建院", "A09 道路", "0003"),
    ]
    assert (found.away, found.refused, list(found.errors)) == (1, 0, [])


def test_the_same_from_a_workbook_of_another_encoding():
    book = Workbook()
    for _line, cells in lines(EXPORT):
        book.active.append(cells)
    file = io.BytesIO()
    book.save(file)
    given = lines_of("export.XLSX", file.getvalue(), MOST_LINES)
    assert len(read(given, layout_of(given)).people) == 2
    gbk = lines_of("名单.csv", EXPORT.encode("gb18030"), MOST_LINES)
    assert len(read(gbk, layout_of(gbk)).people) == 2


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        (",省设计院,13800000001", "姓名", "没有填写"),
        ("钱一,,13800000001", "单位", "没有填写"),
        ("钱一,省设计院,", "手机", "没有填写"),
        ("钱一,省设计院,1380000****", "手机", "最后四位不是数字"),
        (f"{'钱' * 61},省设计院,13800000001", "姓名", "超过"),
        (f"钱一,{'院' * 201},13800000001", "单位", "超过"),
        ("钱一,省设计院,13800000001,也许", "状态", "看不懂"),
    ],
)
def test_an_error_names_row_column_and_what_to_do(row, column, said):
    given = lines(f"姓名,单位,手机,状态\n{row}\n孙二,市勘察院,13800000002,参加\n")
    found = read(given, layout_of(given))
    (error,) = found.errors
    assert (error.line, error.column, found.refused) == (2, column, 1)
    assert said in error.text
    assert [who.name for _, who in found.people] == ["孙二"]


@pytest.mark.parametrize("length", [60, 61])
def test_a_name_stands_on_its_bound(length):
    given = lines(f"姓名,单位,手机\n{'钱' * length},院,0001\n")
    assert len(read(given, layout_of(given)).errors) == (length > 60)


def test_one_person_twice_is_one_too_many():
    given = lines("姓名,单位,手机\n钱一,院,13800000001\n钱一,院,0001\n")
    (error,) = read(given, layout_of(given)).errors
    assert (error.line, error.params) == (3, {"before": 2})


def test_columns_that_are_called_otherwise_are_asked_for():
    given = lines("甲,乙,丙\n钱一,省设计院,13800000001\n")
    layout = layout_of(given)
    assert (layout.line, layout.missing) == (1, ("name", "unit", "phone"))
    with pytest.raises(NotMatched) as refused:
        read(given, layout)
    assert refused.value.params["columns"] == ("姓名", "单位", "手机号（只留后四位）")


@pytest.mark.parametrize("count", [MOST_LINES, MOST_LINES + 1])
def test_a_list_is_short(count):
    text = "姓名\n" * count
    if count > MOST_LINES:
        with pytest.raises(UnreadableList):
            lines(text)
    else:
        assert len(lines(text)) == count
    with pytest.raises(UnreadableList):
        lines("\n,\n")


def test_a_column_beyond_the_end_of_its_heading_is_called_by_our_word():
    short = Layout(1, ("姓名", ""), {"name": 0, "unit": 1, "phone": 4})
    assert [short.called(name) for name in ("name", "unit", "phone")] == [
        "姓名",
        "单位",
        "手机号（只留后四位）",
    ]
