"""What everybody sees: the list, a notice, its files, and nothing of a draft."""

from __future__ import annotations

import hashlib
import html
import json
import re
from datetime import timedelta

import pytest

from bidding.core.canonical import loads
from bidding.sealing.offer import parse_tender
from bidding.sealing.panel import panel_hash
from bidding.tenders.presentation import grouped
from tests.conftest import ROOT
from tests.tenders.drafting import CLOSES, DIGEST, FILE, GOODS, SMALL, WAN, WORKS
from tests.tenders.service.test_publish import events, project_of

READERS = (None, "li", "zhao", "sun", "feng", "wang", "lin")


def reader(client, client_as, who):
    return client if who is None else client_as(who)


def test_an_empty_list_says_so(client, rulebook):
    assert "还没有公告" in client.get("/notices").text


@pytest.mark.parametrize("who", READERS)
def test_a_draft_is_nowhere(client, client_as, submitted, rival, who):
    uid = submitted()
    visitor = reader(client, client_as, who)
    assert WORKS.title not in visitor.get("/notices").text
    for path in ("", "/tender.json", f"/files/{DIGEST}"):
        assert visitor.get(f"/notices/{uid}{path}").status_code == 404


@pytest.mark.parametrize("who", READERS)
def test_everybody_reads_a_notice_alike(client, client_as, published, rival, who):
    uid = published()
    page = reader(client, client_as, who).get(f"/notices/{uid}").text
    project = project_of(uid)
    for words in (
        WORKS.title,
        project.code,
        "招标人",
        "13,200,000.00",
        "壹仟叁佰贰拾万元整",
        "最高投标限价",
        "投标保证金",
        "2026-12-15 14:30",
        "招标投标法第24条",
        "招标投标法实施条例第22条",
        DIGEST,
        grouped(project.panel_hash),
        "明川县财政局",
        "5 位受托人，3 位到齐才能打开",
        "一次性告知",
        "开标一览表",
        "tender.json",
    ):
        assert words in page, words


def test_the_words_are_those_of_the_law(client, published):
    works, goods = (client.get(f"/notices/{published(facts)}").text for facts in (WORKS, GOODS))
    assert "采购人" not in works
    assert "采购人" in goods
    assert "采购包" in goods
    assert "标段" not in goods.split("<main")[1]
    small = client.get(f"/notices/{published(SMALL)}").text
    assert "比选人" in small
    assert "投标保证金" not in small


def test_a_notice_its_preview_and_its_desk_name_the_way_of_weighing(client, client_as, published, submitted):
    uid = published(WORKS)
    assert "<b>综合评估法</b>" in client.get(f"/notices/{uid}").text
    assert "<b>综合评估法</b>" in client_as("zhou").get(f"/projects/{uid}").text
    assert "<b>综合评估法</b>" in client_as("zhou").get(f"/projects/{submitted()}/preview").text


def test_the_list_is_found_by_words_kind_and_state(client, published, clock):
    published(WORKS)
    published(GOODS)
    for query, there, absent in (
        ("q=排水", WORKS, GOODS),
        ("q=A02539921", WORKS, GOODS),
        ("q=人民医院", GOODS, WORKS),
        ("family=procurement", GOODS, WORKS),
        ("family=works&phase=open", WORKS, GOODS),
    ):
        page = client.get(f"/notices?{query}").text
        assert there.title in page
        assert absent.title not in page
    assert "没有符合的公告" in client.get("/notices?phase=closed").text
    assert WORKS.title in client.get("/notices?phase=draft&family=nothing&page=x").text
    clock.set(CLOSES)
    assert "没有符合的公告" in client.get("/notices?phase=open").text
    page = client.get("/notices?phase=closed").text
    assert WORKS.title in page
    assert "已截止" in page


def test_a_search_is_text_and_never_a_pattern(client, published):
    published()
    for query in ("%25", "_", "%3Cscript%3Ealert(1)%3C/script%3E"):
        page = client.get(f"/notices?q={query}").text
        assert WORKS.title not in page
        assert "<script>alert" not in page


def test_the_list_is_paged(client, published):
    for number in range(21):
        published(type(SMALL)(**{**_fields(SMALL), "title": f"维修 {number:02}"}))
    for query in ("", "?q=维修"):
        first = client.get(f"/notices{query}").text
        assert "维修 20" in first
        assert "维修 00" not in first
        assert "共 21 个" in first
        assert "更新的公告" not in first
        second = client.get(_link(first, "更早的公告")).text
        assert "维修 00" in second
        assert "维修 01" not in second
        assert "更早的公告" not in second
        assert "维修 20" in client.get(_link(second, "回到最新")).text
        back = client.get(_link(second, "更新的公告")).text
        assert "维修 20" in back
        assert "维修 00" not in back


def test_a_stretch_of_the_list_that_is_gone_leads_back(client, published):
    published(SMALL)
    page = client.get("/notices?before=1").text
    assert "这里没有公告了" in page
    assert 'href="/notices"' in page
    assert SMALL.title in client.get("/notices?before=x&after=-").text


def _link(page, name):
    """Where a link of that name leads."""
    return html.unescape(re.search(rf'href="([^"]*)">{name}</a>', page)[1])


def _fields(facts):
    return {name: getattr(facts, name) for name in facts.__dataclass_fields__}


def test_a_notice_knows_its_state(client, client_as, published, clock):
    uid = published()
    page = client.get(f"/notices/{uid}").text
    assert "余 22 日" in page
    assert f'href="/notices/{uid}/ready"' in page
    clock.set(CLOSES - timedelta(hours=2))
    assert "余 2 时 0 分" in client.get(f"/notices/{uid}").text
    clock.set(CLOSES)
    page = client.get(f"/notices/{uid}").text
    assert "已截止" in page
    assert f"/notices/{uid}/ready" not in page
    assert "开标大厅" in page


def test_no_page_counts_bids(client, client_as, published):
    uid = published()
    for visitor in (client, client_as("zhou"), client_as("wang")):
        assert "0 家" not in visitor.get(f"/notices/{uid}").text


def test_the_tender_file_can_be_sealed_to(client, published):
    uid = published()
    answer = client.get(f"/notices/{uid}/tender.json")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="tender.json"'
    tender = parse_tender(loads(answer.data))
    project = project_of(uid)
    assert tender.panel.hash.hex() == project.panel_hash == panel_hash(json.loads(answer.data)["panel"]).hex()
    assert (tender.title, tender.closes_at) == (WORKS.title, int(CLOSES.timestamp()))
    assert [field.name for field in tender.lot("1").fields][:2] == ["price_fen", "days"]


def test_a_file_is_downloaded_whole_or_in_part_and_never_shown(client, published):
    uid = published()
    url = f"/notices/{uid}/files/{DIGEST}"
    with client.get(url) as answer:
        assert answer.data == FILE
    assert hashlib.sha256(answer.data).hexdigest() == DIGEST
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.content_type == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.content_length == len(FILE)
    with client.get(url, headers={"Range": "bytes=5-9"}) as part:
        assert (part.status_code, part.data) == (206, FILE[5:10])
    assert part.headers["Content-Range"] == f"bytes 5-9/{len(FILE)}"
    for headers, status in (
        ({"Range": "bytes=999-"}, 416),
        ({"If-None-Match": answer.headers["ETag"]}, 304),
    ):
        with client.get(url, headers=headers) as other:
            assert other.status_code == status


def test_the_notice_is_there_as_it_was_hashed_into_the_log(client, published, submitted):
    uid = published()
    answer = client.get(f"/notices/{uid}/notice.json")
    (hashed,) = [
        event["sha256"] for event in events(project_of(uid).code) if event.get("kind") == "tender-notice"
    ]
    assert hashlib.sha256(answer.data).hexdigest() == hashed
    assert f"/notices/{uid}/notice.json" in client.get(f"/notices/{uid}").text
    assert client.get(f"/notices/{submitted()}/notice.json").status_code == 404


def test_a_file_of_another_project_is_not_found(client, published, blobs):
    uid = published()
    other = blobs.put(b"something else")
    assert client.get(f"/notices/{uid}/files/{other}").status_code == 404
    assert client.get(f"/notices/{uid}/files/..%2F..%2Fbidding.db").status_code == 404


def test_the_page_is_there_in_english(client, published):
    uid = published()
    client.set_cookie("language", "en")
    for path in ("/notices", f"/notices/{uid}", "/rules", "/calendar"):
        assert client.get(path).status_code == 200


def test_a_share_of_a_budget_is_shown_in_wan(client, published):
    published()
    assert f"{WAN}" not in client.get("/notices").text


def test_a_notice_says_which_program_seals_and_where_to_get_it_for_the_disk(client, published):
    page = client.get(f"/notices/{published()}").text
    for name in ("bidseal.js", "offline.html"):
        assert hashlib.sha256((ROOT / "static" / "vendor" / name).read_bytes()).hexdigest() in page
    assert 'href="/static/vendor/offline.html" download' in page


def test_the_list_is_remembered_for_everybody_and_made_anew_for_who_signed_in(
    app, client, client_as, published
):
    app.config["LIST_SECONDS"] = 60
    assert "还没有公告" in client.get("/notices").text
    published()
    assert "还没有公告" in client.get("/notices").text
    assert "还没有公告" not in client.get("/notices?family=works").text  # another address
    assert "还没有公告" not in client_as("zhou").get("/notices").text


@pytest.mark.parametrize(
    ("left", "said", "in_english"),
    [
        (timedelta(days=2, seconds=-1), "余 1 日", "1 days left"),
        (timedelta(days=1), "余 1 日", "1 days left"),
        (timedelta(days=1, seconds=-1), "余 23 时 59 分", "23 h 59 min left"),
        (timedelta(minutes=2), "余 0 时 2 分", "0 h 2 min left"),
        (timedelta(minutes=2, microseconds=-1), "余 0 时 1 分", "0 h 1 min left"),
        (timedelta(), "已截止", "Closed"),
    ],
)
def test_an_entry_says_what_time_is_left_in_the_readers_language(
    client, published, clock, left, said, in_english
):
    published(WORKS)
    clock.set(CLOSES - timedelta(days=3))
    assert "余 3 日" in client.get("/notices").text  # entries are kept; not this one's time
    clock.set(CLOSES - left)
    for _ in range(2):
        assert f">{said}</span>" in client.get("/notices").text
        assert f">{in_english}</span>" in client.get("/notices", headers={"Accept-Language": "en"}).text


@pytest.mark.parametrize("name", ["before", "after"])
@pytest.mark.parametrize("number", ["-1", "2147483648", "9" * 30, "x"])
def test_a_stretch_that_no_list_can_have_is_the_whole_list(client, published, name, number):
    published(WORKS)
    assert WORKS.title in client.get(f"/notices?{name}={number}").text
