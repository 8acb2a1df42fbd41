import io
import re
from datetime import UTC, datetime

import pypdf
import pytest
import typst

from bidding.documents import pdf
from tests.documents import papers

PAPERS = {
    "opening-record": papers.opening,
    "witness-record": papers.witness,
    "failed-record": papers.failed,
    "receipt": papers.receipt,
    "draw-record": papers.draw,
    "chapters": papers.chapters,
    "savings-report": papers.monthly,
}
#: What each is called.
TITLES = {
    "opening-record": "开标记录",
    "witness-record": "监督记录",
    "failed-record": "流标记录",
    "receipt": "投标回执",
    "draw-record": "评标专家抽取记录表",
    "chapters": "招标文件",
    "savings-report": "公共资源交易月报",
}


def read(data):
    return pypdf.PdfReader(io.BytesIO(data))


def text_of(reader):
    """All text, without the blanks that line breaks leave."""
    return re.sub(r"\s+", "", "".join(page.extract_text() for page in reader.pages))


@pytest.mark.parametrize("name", PAPERS)
def test_every_paper_says_in_chinese_what_it_is_and_can_be_searched(name):
    reader = read(pdf.render(name, PAPERS[name]()))
    title = TITLES[name]
    assert title in text_of(reader)
    assert reader.metadata.title == f"{title}：青禾县第二小学教学楼新建工程"
    assert "482109375516220477891035" in text_of(reader)


@pytest.mark.parametrize("name", PAPERS)
def test_the_same_data_give_the_same_bytes(name):
    assert pdf.render(name, PAPERS[name]()) == pdf.render(name, PAPERS[name]())


@pytest.mark.parametrize("name", PAPERS)
def test_every_paper_can_be_archived_and_read_aloud(name):
    reader = read(pdf.render(name, PAPERS[name]()))
    about = reader.xmp_metadata.stream.get_data().decode()
    assert "pdfaid:part>2<" in about
    assert "pdfaid:conformance>A<" in about
    assert "pdfuaid:part>1<" in about
    assert reader.trailer["/Root"]["/Lang"].lower().startswith("zh")


@pytest.mark.parametrize("name", PAPERS)
def test_only_fonts_that_came_with_the_product_are_used_and_all_are_embedded(name):
    fonts = set()
    for page in read(pdf.render(name, PAPERS[name]())).pages:
        for font in page["/Resources"]["/Font"].values():
            descendant = font["/DescendantFonts"][0]
            fonts.add(descendant["/BaseFont"].partition("+")[2])
            assert {"/FontFile3", "/FontFile2"} & set(descendant["/FontDescriptor"])
    assert {"NotoSerifSC", "NotoSansSC"} <= {font.partition("-")[0] for font in fonts}
    assert all(font.startswith(("NotoSerifSC", "NotoSansSC", "DejaVuSansMono")) for font in fonts)


def test_a_paper_is_dated_by_its_data_and_not_by_the_day_it_is_printed():
    dated = read(pdf.render("receipt", papers.receipt(received_at=datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC))))
    assert dated.metadata.creation_date == datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


def test_instants_stand_in_shanghai_time_to_the_second():
    late = datetime(2026, 12, 14, 16, 0, 1, tzinfo=UTC)
    assert "2026-12-1500:00:01" in text_of(read(pdf.render("receipt", papers.receipt(received_at=late))))


def test_an_opening_of_a_hundred_bids_flows_over_pages_under_one_head():
    reader = read(pdf.render("opening-record", papers.opening(100)))
    pages = [re.sub(r"\s+", "", page.extract_text()) for page in reader.pages]
    assert len(pages) > 8
    assert f"第1页共{len(pages)}页" in pages[0]
    assert f"第{len(pages)}页共{len(pages)}页" in pages[-1]
    with_rows = [page for page in pages if "建设工程有限公司91110000100006213X" in page]
    assert all("递交时间" in page for page in with_rows)
    for place in (1, 37, 100):
        assert any(f"第{place}建设工程有限公司" in page for page in pages)


def test_an_opening_shows_prices_in_figures_and_capitals_and_why_a_bid_was_not_opened():
    text = text_of(read(pdf.render("opening-record", papers.opening(3))))
    assert "12,146,302.00" in text
    assert "壹仟贰佰壹拾肆万陆仟叁佰元整" in text
    assert "未开启。递交单位的原因：签封内容与清单不符" in text
    assert "标段2操场有效投标不足法定家数" in text


def test_an_opening_where_every_lot_failed_is_still_a_record():
    lot = {
        "code": "1",
        "name": "教学楼",
        "failed": True,
        "ceiling": None,
        "columns": ["投标报价（元）"],
        "rows": [],
    }
    text = text_of(read(pdf.render("opening-record", papers.opening(lots=[lot], opened_at=None, count=2))))
    assert "不予开标" in text
    assert "监督人：" in text


def test_a_record_says_who_saw_the_close_or_that_paper_stands_in():
    assert "witness.qinghe.example/w1" in text_of(read(pdf.render("opening-record", papers.opening())))
    alone = text_of(read(pdf.render("opening-record", papers.opening(witnesses=[], on_paper=True))))
    assert "没有见证方联署截止记录" in alone


def test_refused_attempts_and_the_place_stand_in_the_record_where_they_are_given():
    rejected = [{"at": papers.CLOSE, "reason": "投标截止后送达"}]
    text = text_of(read(pdf.render("opening-record", papers.opening(rejected=rejected, place="一号开标室"))))
    assert "投标截止后送达" in text
    assert "开标地点一号开标室" in text


def test_a_paper_uses_the_terms_of_its_tenders_law():
    terms = {"owner": "采购人", "lot": "采购包", "ceiling": "最高限价"}
    text = text_of(read(pdf.render("opening-record", papers.opening(terms=terms))))
    assert "采购人青禾县教育局" in text
    assert "采购人代表：" in text
    assert "采购包1教学楼最高限价13,000,000.00元" in text
    assert "招标人" not in text.replace("招标人或代理机构", "")


def test_what_anybody_typed_is_text_and_never_source():
    evil = '#panic("x") *a* $b$ ]) = `c` \\ "d" @e <f> #import "/etc/passwd"'
    text = text_of(read(pdf.render("receipt", papers.receipt(tenderer=evil, project=evil))))
    assert text.count(re.sub(r"\s+", "", evil)) >= 2


def test_a_long_number_breaks_inside_its_cell():
    lots = papers.opening(1)["lots"]
    lots[0]["rows"][0]["values"][3] = "https://example.gov.cn/" + "9" * 60
    text = text_of(read(pdf.render("opening-record", papers.opening(lots=lots))))
    assert "https://example.gov.cn/" + "9" * 60 in text


def test_names_of_experts_are_secret_where_they_are_not_given():
    text = text_of(read(pdf.render("draw-record", papers.draw())))
    assert "建筑工程1001正选保密保密保密保密" in text
    assert "建筑工程4004备选保密保密保密保密" in text
    assert "建筑工程002赵一鸣青禾设计院高级工程师138****0001" in text


def test_a_draw_says_whose_contribution_the_trustees_opened_and_every_call_in_turn():
    text = text_of(read(pdf.render("draw-record", papers.draw(reason="名额未满"))))
    assert "本方未公开，由受托人合力开启" in text
    assert "再次抽取的原因名额未满" in text
    assert "12026-12-1509:31:00建筑工程001正选电话婉拒另有公务周敏" in text
    assert "由备选递补：第4次通知，建筑工程004号，参加" in text
    assert "d2" * 32 in text


def test_a_draw_before_its_calls_and_with_nobody_recused_is_a_paper_too():
    text = text_of(read(pdf.render("draw-record", papers.draw(calls=[], result=[], recused=[], excluded=[]))))
    assert "尚未通知。" in text
    assert "没有需要回避的单位。" in text
    assert "没有动用备选。" in text
    assert "校验码4F2A91C07D3E55B8" in text


def test_three_hundred_places_of_a_ranking_flow_over_pages():
    reader = read(pdf.render("draw-record", papers.draw(300, calls=[])))
    assert len(reader.pages) > 8
    assert "建筑工程300300备选" in text_of(reader)


def test_a_paper_that_nobody_seals_has_no_line_for_a_seal():
    assert "（盖章）" in text_of(read(pdf.render("chapters", papers.chapters())))
    assert "（盖章）" not in text_of(read(pdf.render("chapters", papers.chapters(signed=""))))


def test_the_code_holds_the_public_address():
    import segno

    address = papers.receipt()["address"]
    told = pdf._qr(address)
    assert told.startswith("<svg")
    assert told == pdf._qr(address) != pdf._qr(address + "x")
    assert segno.make(address, error="m", micro=False).designator.endswith("M")


def test_data_that_lack_a_key_are_an_error_and_no_half_paper():
    data = papers.receipt()
    del data["leaf"]
    with pytest.raises(typst.TypstError):
        pdf.render("receipt", data)


def test_an_unknown_paper_is_an_error():
    with pytest.raises(KeyError):
        pdf.render("../pdf", papers.receipt())


def test_what_cannot_stand_on_a_paper_is_refused():
    with pytest.raises(TypeError, match="bytes cannot stand on a paper"):
        pdf.render("receipt", papers.receipt(tenderer=b"x"))
