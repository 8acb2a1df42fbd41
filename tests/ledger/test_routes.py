"""Pages of the logs: what everybody sees, what nobody sees before the close, who keeps the witnesses."""

from datetime import timedelta

import pytest

from bidding.core.canonical import dumps, loads
from bidding.ledger import jobs
from bidding.ledger.merkle import Tree, leaf_hash
from bidding.ledger.models import Log, Witness
from bidding.ledger.note import open_note, parse_head
from bidding.ledger.wire import COSIGNATURES, REQUESTS, authorization
from bidding.ledger.words import six_words
from tests.ledger.logs import CODE, MONDAY, witness
from tests.people import PASSWORD

OF_PROJECT = ["", "checkpoint", "tile/0/000.p/5", "tile/entries/000.p/5"]


@pytest.fixture
def is_public(app):
    """The codes of the logs that are open to everybody, as the domains above would say."""
    codes = set()
    app.extensions["log_is_public"] = lambda _session, code: code in codes
    return codes


@pytest.fixture
def signed(world, keys, grow):
    """Both logs signed; the project's size."""
    size = grow(3)
    jobs.sign_pending(world, keys)
    return size


def text_of(answer):
    return answer.get_data(as_text=True)


# the centre's log


def test_the_page_stands_before_anything_is_logged(client):
    answer = client.get("/log/")
    assert answer.status_code == 200
    assert "还没有签名的记录" in text_of(answer)
    assert client.get("/log/centre/").status_code == 404
    assert client.get("/log/centre/checkpoint").status_code == 404


def test_everybody_reads_the_centres_log(client, signed, keys, session):
    page = text_of(client.get("/log/"))
    log = session().query(Log).filter_by(code="centre").one()
    answer = client.get("/log/centre/checkpoint")
    assert answer.content_type == "text/plain; charset=utf-8"
    head = parse_head(open_note(text_of(answer), [keys.vkey(log.origin)]).text)
    for word in six_words(head.origin, head.size, head.root).split():
        assert f"<li>{word}</li>" in page
    assert str(keys.vkey(log.origin)) in page
    assert "尚未联署" in page
    assert f"{head.root.hex()}" in text_of(client.get("/log/centre/"))


def test_tiles_of_the_centres_log_rebuild_its_root(client, signed, keys):
    head = parse_head(text_of(client.get("/log/centre/checkpoint")).partition("\n\n")[0] + "\n")
    answer = client.get(f"/log/centre/tile/entries/000.p/{head.size}")
    assert "immutable" in answer.headers["Cache-Control"]
    leaves = [leaf_hash(answer.data[place + 2 : place + 80]) for place in range(0, 80 * head.size, 80)]
    assert Tree(leaves).root() == head.root
    assert client.get(f"/log/centre/tile/0/000.p/{head.size}").data == b"".join(leaves)
    for nonsense in ("tile/0/0", "tile/64/000", "tile/entries/000", "tile/0/000.p/255", "tile/-1/000"):
        assert client.get(f"/log/centre/{nonsense}").status_code == 404


def test_the_page_says_which_logs_have_stopped_but_not_how_long_they_are(client, begin, signed, book):
    with begin() as tx:
        tx.session.get_one(Log, book).known_size = 987654
    page = text_of(client.get("/log/"))
    assert f"localhost/p/{CODE}" in page
    assert "987654" not in page


# a project's log


@pytest.mark.parametrize("path", OF_PROJECT)
@pytest.mark.parametrize("who", [None, "qian", "li", "zhou", "wang", "sun"])
def test_nobody_reads_a_projects_log_before_its_close(client, client_as, signed, is_public, who, path):
    asking = client if who is None else client_as(who)
    assert asking.get(f"/log/{CODE}/{path}").status_code == 404


def test_the_wiring_asks_the_projects_own_gate(client, signed):
    """No gate here at all: the log of what is not closed is nobody's."""
    assert client.get(f"/log/{CODE}/checkpoint").status_code == 404


def test_everybody_reads_it_after_the_close(client, signed, is_public, keys):
    is_public.add(CODE)
    head = parse_head(
        open_note(text_of(client.get(f"/log/{CODE}/checkpoint")), [keys.vkey(keys.origin(CODE))]).text
    )
    assert head.size == signed
    page = text_of(client.get(f"/log/{CODE}/"))
    assert "<li>" + "</li><li>".join(six_words(head.origin, head.size, head.root).split()) + "</li>" in page
    entries = client.get(f"/log/{CODE}/tile/entries/000.p/{signed}").data
    for place in range(0, 80 * signed, 80):
        shown = entries[place + 2 : place + 80].decode().replace('"', "&#34;")
        assert shown in page
    for kind in ("panel", "schedule", "cover"):
        assert kind not in page, "what an entry says is not told here"


def test_a_log_that_does_not_exist(client, is_public):
    is_public.add("T-404")
    assert client.get("/log/T-404/").status_code == 404


# who keeps the witnesses


@pytest.mark.parametrize("path", ["/log/witnesses", "/log/witnesses/1/retire"])
def test_only_the_administrator_keeps_the_witnesses(client, client_as, enrolled, own, path):
    assert client.get(path).status_code == 302
    assert client.post(path).status_code == 401
    for who in ("zhou", "sun", "li", "qian"):
        assert client_as(who).get(path).status_code == 403
        assert client_as(who).post(path, data={"vkey": str(witness("w9").vkey)}).status_code == 403
    page = text_of(client_as("wang").get(path))
    assert str(own.vkey) in page


def test_a_witness_is_enrolled_and_retired(client_as, session):
    wang, new = client_as("wang"), witness("w9.example.gov.cn")
    answer = wang.post("/log/witnesses", data={"vkey": f" {new.vkey} "})
    assert answer.status_code == 302
    assert "见证已登记" in text_of(wang.get("/log/witnesses"))
    row = session().query(Witness).one()
    assert row.name == new.name
    assert wang.post(f"/log/witnesses/{row.id}/retire").status_code == 302
    assert session().query(Witness).one().retired_at is not None
    page = text_of(wang.get("/log/witnesses"))
    assert "已停用" in page
    assert wang.get(f"/log/witnesses/{10**30}/retire").status_code == 404
    again = wang.post(f"/log/witnesses/{row.id}/retire")
    assert again.status_code == 409
    assert wang.get("/log/witnesses/99/retire").status_code == 404


def test_nothing_typed_is_lost_when_a_key_is_refused(client_as, session):
    wang = client_as("wang")
    for text in ("", "nonsense+key", "x" * 301):
        answer = wang.post("/log/witnesses", data={"vkey": text})
        assert answer.status_code == 422
        assert text in text_of(answer)
    assert session().query(Witness).count() == 0


def test_enrolling_asks_for_the_password_again(client_as, session):
    wang, new = client_as("wang", stepped_up=False), witness("w9.example.gov.cn")
    assert wang.post("/log/witnesses", data={"vkey": str(new.vkey)}).status_code == 422
    assert session().query(Witness).count() == 0
    answer = wang.post("/log/witnesses", data={"vkey": str(new.vkey), "step_up_password": PASSWORD})
    assert answer.status_code == 302
    assert session().query(Witness).count() == 1


# what witnesses call


def call(client, own, path, value, at=MONDAY, body=None):
    body = dumps(value) if body is None else body
    header = authorization(own.name, own.seed, "POST", path, body, at)
    return client.post(
        path,
        data=body,
        headers={"Authorization": header, "Accept": "application/json"},
        content_type="application/json",
    )


def test_a_witness_gets_its_requests_and_hands_in_its_lines(client, signed, own, session, keys):
    answer = loads(call(client, own, REQUESTS, {"v": 1, "sizes": []}).data)
    assert answer["show"] == []
    assert len(answer["requests"]) == 2
    lines = []
    for item in answer["requests"]:
        line = own.cosign(item["request"], item["vkey"], MONDAY)
        origin, size = item["request"].partition("\n\n")[2].split("\n")[:2]
        lines.append({"origin": origin, "size": int(size), "line": line})
    told = loads(call(client, own, COSIGNATURES, {"v": 1, "cosignatures": lines, "notes": []}).data)
    assert told == {"v": 1, "refused": []}
    held = [{"origin": origin, "size": size} for origin, size in own.sizes().items()]
    assert loads(call(client, own, REQUESTS, {"v": 1, "sizes": held}).data)["requests"] == []
    note = text_of(client.get("/log/centre/checkpoint"))
    assert open_note(note, [own.vkey]).signers[own.vkey] == (MONDAY,)
    assert "已联署" in text_of(client.get("/log/"))


def test_a_line_that_cannot_be_kept_comes_back(client, signed, own):
    lines = [{"origin": "elsewhere", "size": 1, "line": "x\n"}]
    told = loads(call(client, own, COSIGNATURES, {"v": 1, "cosignatures": lines, "notes": ["junk"]}).data)
    assert [(item["origin"], item["size"]) for item in told["refused"]] == [("elsewhere", 1), ("junk", 0)]


def test_strangers_and_stale_requests_are_not_answered(client, client_as, signed, own):
    for asking in (client, client_as("li"), client_as("wang")):
        for path in (REQUESTS, COSIGNATURES):
            assert asking.post(path, data=b"{}").status_code == 401
    value = {"v": 1, "sizes": []}
    assert call(client, witness("stranger.example"), REQUESTS, value).status_code == 401
    assert call(client, own, REQUESTS, value, at=MONDAY - 61).status_code == 401
    assert call(client, own, REQUESTS, value, at=MONDAY - 60).status_code == 200


@pytest.mark.parametrize("path", [REQUESTS, COSIGNATURES])
@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"v":1}', b'{"v":2,"sizes":[]}', b'{"v":1,"sizes":[{}]}', b"\xff"]
)
def test_another_form_is_refused(client, own, enrolled, path, body):
    answer = call(client, own, path, None, body=body)
    assert answer.status_code == 422
    assert loads(answer.data)["code"] == "domain.invalid"


def test_a_message_that_is_too_long_is_not_read(client, own, enrolled):
    assert call(client, own, REQUESTS, None, body=b" " * (2**20 + 1)).status_code == 413


def test_the_centres_log_has_a_name_and_no_code(tender, client):
    page = client.get("/log/centre/").text
    assert "<h1>中心日志</h1>" in page
    assert "日志 centre" not in page


# where a witness is called


def test_a_witness_is_given_an_address_and_loses_it(client_as, session):
    wang, new = client_as("wang"), witness("w9.example.gov.cn")
    url = "https://w9.example.gov.cn/witness"
    assert (
        wang.post(
            "/log/witnesses", data={"vkey": str(new.vkey), "url": f" {url}/add-checkpoint "}
        ).status_code
        == 302
    )
    row = session().query(Witness).one()
    assert row.url == url
    assert url in text_of(wang.get("/log/witnesses"))
    page = f"/log/witnesses/{row.id}/address"
    assert url in text_of(wang.get(page))
    assert wang.post(page, data={"url": ""}).status_code == 302
    assert session().query(Witness).one().url is None
    assert "见证定时来取" in text_of(wang.get("/log/witnesses"))
    wang.post(f"/log/witnesses/{row.id}/retire")
    assert wang.post(page, data={"url": url}).status_code == 409
    assert wang.post("/log/witnesses/99/address", data={"url": url}).status_code == 404


@pytest.mark.parametrize(
    "url",
    [
        "w9.example",
        "ftp://w9.example",
        "https://",
        "https://a@w9.example",
        "https://w9.example/?a",
        "http://w9:0",
        "http://[",
        "http://w 9",
    ],
)
def test_an_address_that_is_none_is_refused_and_kept_on_the_page(client_as, enrolled, session, url):
    answer = client_as("wang").post(f"/log/witnesses/{enrolled}/address", data={"url": url})
    assert answer.status_code == 422
    assert url.replace("&", "&amp;") in text_of(answer)
    assert session().query(Witness).one().url is None


def test_only_the_administrator_says_where_a_witness_is_called(client, client_as, enrolled):
    page = f"/log/witnesses/{enrolled}/address"
    assert client.get(page).status_code == 302
    for who in ("zhou", "sun", "li", "qian"):
        assert client_as(who).get(page).status_code == 403
        assert client_as(who).post(page, data={"url": "http://x.example"}).status_code == 403
    old = client_as("wang", stepped_up=False)
    assert old.post(page, data={"url": "http://x.example"}).status_code == 422


def test_a_witness_that_comes_is_known_to_be_alive(client, clock, own, enrolled, session):
    call(client, own, REQUESTS, {"v": 1, "sizes": []})
    first = session().query(Witness).one().heard_at
    assert first == clock.now()
    clock.advance(timedelta(seconds=29))
    call(client, own, REQUESTS, {"v": 1, "sizes": []}, at=MONDAY + 29)
    assert session().query(Witness).one().heard_at == first
    clock.advance(timedelta(seconds=1))
    call(client, own, REQUESTS, {"v": 1, "sizes": []}, at=MONDAY + 30)
    assert session().query(Witness).one().heard_at == clock.now()


def test_everybody_sees_which_witness_is_late(client, begin, own, enrolled, clock):
    def standing():
        return text_of(client.get("/status")), text_of(client.get("/log/"))

    assert all(own.name in page for page in standing())
    with begin() as tx:
        row = tx.session.get(Witness, enrolled)
        row.url, row.heard_at = "http://w1.example.gov.cn", tx.now
    clock.advance(timedelta(seconds=150))
    assert not any("没有应答" in page for page in standing())
    clock.advance(timedelta(seconds=1))
    assert all("没有应答" in page for page in standing())
    with begin() as tx:
        tx.session.get(Witness, enrolled).trouble = "slow"
    assert all("应答太慢" in page for page in standing())
