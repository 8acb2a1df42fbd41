"""What programs read without a key."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from bidding.core.canonical import sha
from bidding.ledger.merkle import verify_consistency, verify_inclusion
from tests.award.opened import WAN
from tests.people import sign_in

EN = {"Accept-Language": "en"}


def walk(client, address):
    """Every item of a list, by its links."""
    items = []
    while address:
        answer = client.get(address)
        assert answer.status_code == 200, answer.json
        items += answer.json["items"]
        following = answer.json["next"]
        assert answer.headers.get("Link") == (f'<{following}>; rel="next"' if following else None)
        address = following
    return items


class TestNotices:
    def test_a_notice_is_in_the_list_by_the_filters_of_the_page_and_by_itself(self, client, tender):
        (row,) = client.get("/api/v1/notices?phase=open&family=works").json["items"]
        assert client.get("/api/v1/notices?phase=closed").json["items"] == []
        one = client.get(f"/api/v1/notices/{row['uid']}").json
        assert (one["uid"], one["code"]) == (tender.uid, row["code"])
        assert one["closes_at"] == row["closes_at"]
        text = client.get(one["text"]).data
        assert one["notice_sha256"] == sha(text).hex()
        (document,) = client.get(f"/api/v1/notices/{tender.uid}/documents").json["items"]
        with client.get(document["url"]) as file:
            assert sha(file.data).hex() == document["sha256"]

    def test_words_find_what_they_find_on_the_page(self, client, tender):
        title = client.get("/api/v1/notices").json["items"][0]["title"]
        assert client.get("/api/v1/notices", query_string={"q": title[:2]}).json["total"] == 1
        assert client.get("/api/v1/notices?q=没有这样的").json["items"] == []

    @pytest.mark.parametrize(
        "path", ["/notices/none", "/notices/none/documents", "/results/none", "/log/none"]
    )
    def test_what_is_not_there_is_told_as_a_problem(self, client, path, app):
        answer = client.get(f"/api/v1{path}", headers=EN)
        assert answer.status_code == 404
        assert answer.mimetype == "application/problem+json"
        assert answer.json["title"] == "Nothing found"

    def test_a_draft_is_not_there(self, client, key, send, rulebook):
        uid = send(key()).json["uid"]
        assert client.get(f"/api/v1/notices/{uid}").status_code == 404
        assert client.get("/api/v1/notices").json["items"] == []


class TestResults:
    @pytest.fixture
    def three(self, make, award):
        for number in (1, 2, 3):
            given = make(uid=f"p{number}", code=f"T-2026-00{number}", title=f"工程{number}")
            award(given, "he", amount_fen=1190 * WAN)

    def test_results_come_a_stretch_at_a_time_the_latest_recorded_first(self, client, three):
        items = walk(client, "/api/v1/results?limit=2")
        assert [each["project_code"] for each in items] == ["T-2026-003", "T-2026-002", "T-2026-001"]
        assert items[0]["amount_fen"] == 1190 * WAN
        record = client.get(items[0]["record"]).data
        assert sha(record).hex() == items[0]["record_sha256"]
        assert client.get(f"/api/v1/results/{items[0]['project']}").json["items"] == [items[0]]

    def test_an_owners_results_are_that_owners(self, client, three):
        assert client.get("/api/v1/results?owner=别的单位").json["items"] == []
        assert len(client.get("/api/v1/results?owner=明川县城市更新中心").json["items"]) == 3

    def test_what_nobody_confirmed_is_nobodys_business(self, client, make, record):
        record(make(), "he", amount_fen=1190 * WAN)
        assert client.get("/api/v1/results").json["items"] == []
        assert client.get("/api/v1/results/p1").status_code == 404

    @pytest.mark.parametrize("asked", ["", "?period=all", "?period=2026&category=works"])
    def test_savings_are_the_figures_of_the_report(self, client, three, asked):
        ours = client.get(f"/api/v1/savings{asked}").json
        reports = json.loads(client.get(f"/savings.json{asked}").data)
        assert ours["total"]["items"] == 3
        for name in ("asked", "total", "by_month", "by_category", "by_method", "by_basis", "excluded"):
            assert ours[name] == reports[name]
        assert ours["items_total"] == len(reports["items"])

    def test_a_period_that_no_calendar_has_is_told_with_its_field(self, client, app):
        answer = client.get("/api/v1/savings?period=2026-13", headers=EN)
        assert (answer.status_code, answer.json["field"]) == (422, "period")


class TestLogs:
    @pytest.fixture
    def centre_log(self, client, opened):
        return client.get("/api/v1/log/centre").json

    def test_entries_and_proofs_of_a_public_log_hold_together(self, client, centre_log):
        size, root = centre_log["size"], bytes.fromhex(centre_log["root"])
        entries = walk(client, "/api/v1/log/centre/entries?limit=5")
        assert [each["index"] for each in entries] == list(range(size))
        leaf = bytes.fromhex(entries[1]["leaf_hash"])
        proof = client.get("/api/v1/log/centre/inclusion?index=1").json
        assert proof["root"] == centre_log["root"]
        assert verify_inclusion(leaf, 1, size, [bytes.fromhex(each) for each in proof["hashes"]], root)
        first = bytes.fromhex(client.get("/api/v1/log/centre/inclusion?index=0&size=2").json["root"])
        grown = client.get("/api/v1/log/centre/consistency?old=2").json
        verify_consistency(2, size, first, root, [bytes.fromhex(each) for each in grown["hashes"]])
        assert centre_log["checkpoint"] == client.get("/log/centre/checkpoint").text

    @pytest.mark.parametrize(
        ("path", "field"),
        [
            ("inclusion?index={size}", "index"),
            ("inclusion?index=0&size={more}", "size"),
            ("consistency?old={more}", "old"),
        ],
    )
    def test_what_is_not_signed_yet_is_refused_at_its_boundary(self, client, centre_log, path, field):
        size = centre_log["size"]
        answer = client.get(f"/api/v1/log/centre/{path.format(size=size, more=size + 1)}")
        assert (answer.status_code, answer.json["field"]) == (422, field)

    def test_before_its_close_a_projects_log_looks_like_none(self, client, tender):
        code = client.get(f"/api/v1/notices/{tender.uid}").json["code"]
        for path in ("", "/entries", "/inclusion", "/consistency"):
            closed, none = (client.get(f"/api/v1/log/{name}{path}") for name in (code, "none"))
            assert (closed.status_code, closed.json["detail"]) == (404, none.json["detail"])

    def test_after_it_everybody_reads_it(self, client, opened):
        code = client.get(f"/api/v1/notices/{opened.uid}").json["code"]
        assert client.get(f"/api/v1/log/{code}").json["size"] > 1


class TestAnswers:
    def test_what_has_not_changed_is_not_sent_again(self, client, tender):
        first = client.get("/api/v1/notices")
        again = client.get("/api/v1/notices", headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        other = client.get(f"/api/v1/notices/{tender.uid}", headers={"If-None-Match": first.headers["ETag"]})
        assert other.status_code == 200

    def test_asked_for_its_head_an_answer_has_no_body(self, client, tender):
        head, whole = (client.open("/api/v1/notices", method=method) for method in ("HEAD", "GET"))
        assert head.data == b""
        assert head.headers["ETag"] == whole.headers["ETag"]

    def test_pages_of_other_sites_may_read_it_and_no_cookie_changes_it(self, app, client, tender):
        plain, signed = client.get("/api/v1/notices"), sign_in(app, "zhou").get("/api/v1/notices")
        assert plain.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in plain.headers
        assert plain.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert plain.data == signed.data
        options = client.options("/api/v1/notices")
        assert options.headers["Access-Control-Allow-Methods"] == "GET, HEAD"

    def test_a_method_that_is_not_taken_is_told_with_those_that_are(self, client, app):
        answer = client.delete("/api/v1/notices", headers=EN)
        assert answer.status_code == 405
        assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
        assert answer.json["next"] == "The methods that can be used are in the Allow header."

    def test_a_refusal_names_what_was_wrong_in_the_language_of_the_request(self, client, app):
        answer = client.get("/api/v1/notices?limit=101&famly=works", headers=EN)
        assert answer.status_code == 422
        assert answer.headers["Vary"].startswith("Accept-Language")
        problem = answer.json
        assert problem["type"] == "/api#problem-422"
        assert problem["errors"] == [
            {"parameter": "limit", "detail": "Must be between 1 and 100."},
            {
                "parameter": "famly",
                "detail": "There is no such thing. Check its name against the description of the interface.",
            },
        ]
        assert 'id="problem-422"' in client.get("/api").text

    def test_an_address_that_is_none_is_told_as_a_problem_whatever_is_accepted(self, client, app):
        answer = client.get("/api/v1/nothing", headers={"Accept": "text/html"})
        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


class TestLimits:
    def test_a_minute_of_an_address_is_used_up_and_begins_anew(self, app, client, clock):
        app.config["API_PUBLIC_A_MINUTE"] = 2
        left = [client.get("/api/v1/notices").headers["RateLimit"] for _ in range(2)]
        assert left == ['"public";r=1;t=60', '"public";r=0;t=60']
        clock.advance(timedelta(seconds=20))
        answer = client.get("/api/v1/notices", headers=EN)
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "40")
        assert "Try again in 40 seconds" in answer.json["detail"]
        other = client.get("/api/v1/notices", environ_overrides={"REMOTE_ADDR": "198.51.100.7"})
        assert other.status_code == 200
        clock.advance(timedelta(seconds=40))
        assert client.get("/api/v1/notices").status_code == 200

    def test_pages_for_people_are_not_counted(self, app, client):
        app.config["API_PUBLIC_A_MINUTE"] = 1
        assert [client.get("/api").status_code for _ in range(3)] == [200] * 3

    def test_a_key_has_a_minute_of_its_own_and_a_bad_one_a_strangers(self, app, client, key):
        app.config["API_PUBLIC_A_MINUTE"] = 1
        app.config["API_KEY_A_MINUTE"] = 2
        good, bad = key(), {"Authorization": "Bearer nonsense"}
        assert [client.get("/api/v1/projects", headers=bad).status_code for _ in range(2)] == [401, 429]
        assert [client.get("/api/v1/projects", headers=good).status_code for _ in range(3)] == [200, 200, 429]
