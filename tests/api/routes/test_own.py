"""What an agency's own systems do with a key, and who does not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bidding.api.models import ApiKey
from bidding.api.rules import Scope
from bidding.core.canonical import sha
from bidding.db import db
from bidding.identity import service as identity
from bidding.tenders.models import Project
from tests.api.conftest import DRAFT
from tests.award.opened import WAN
from tests.people import sign_in

EN = {"Accept-Language": "en"}
PDF = b"%PDF-1.4 a tender"
DIGEST = sha(PDF).hex()
BYTES = {"Content-Type": "application/octet-stream"}


def put(client, header, uid, data=PDF, digest=DIGEST, name="比选文件.pdf"):
    return client.put(
        f"/api/v1/projects/{uid}/documents/{digest}",
        query_string={"name": name},
        data=data,
        headers={**header, **BYTES},
    )


class TestDrafts:
    def test_a_program_sends_a_draft_and_people_find_it_at_their_desk(
        self, key, send, client, client_as, rulebook
    ):
        answer = send(key())
        assert answer.status_code == 201
        uid, made = answer.json["uid"], answer.json
        assert answer.headers["Location"].endswith(f"/api/v1/projects/{uid}")
        assert (made["phase"], made["by_key"], made["lots"][0]["budget_fen"]) == ("draft", True, 10_000_000)
        assert [each for each in made["hindrances"] if each["blocks"]]
        page = client_as("zhou").get(f"/projects/{uid}").text
        assert DRAFT["title"] in page
        assert client_as("wu").get(f"/projects/{uid}").status_code == 200

    def test_sent_again_it_is_the_same_and_other_content_under_it_is_refused(self, key, send, rulebook):
        header = key()
        first, again = send(header), send(header)
        assert (first.status_code, again.status_code) == (201, 200)
        assert first.json == again.json
        other = send({**header, **EN}, title="另一个")
        assert (other.status_code, other.json["field"]) == (422, "Idempotency-Key")
        assert db.session.query(Project).count() == 1

    def test_sent_again_after_its_dates_have_passed_it_is_still_the_same(self, key, send, clock, rulebook):
        """What would be refused today was taken then: the program that never got the answer gets it now."""
        header, closes_at = key(days=366), "2026-12-15T09:00:00+08:00"
        first = send(header, closes_at=closes_at)
        clock.advance(timedelta(days=60))
        again = send(header, closes_at=closes_at)
        assert (first.status_code, again.status_code) == (201, 200)
        assert first.json["uid"] == again.json["uid"]
        assert send(header, again="draft-0002", closes_at=closes_at).status_code == 422

    @pytest.mark.parametrize(
        "at", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "0001-01-02T00:00:00Z"]
    )
    def test_the_ends_of_the_calendar_are_no_dates_of_a_tender(self, key, send, rulebook, at):
        assert send(key(), closes_at=at).status_code == 422

    def test_what_the_desk_would_refuse_is_refused_at_its_place_and_nothing_is_written(
        self, key, send, rulebook
    ):
        answer = send({**key(), **EN}, closes_at="2026-11-22T09:00:00+08:00", policies="x", lots=[])
        assert answer.status_code == 422
        assert {each["pointer"] for each in answer.json["errors"]} == {"/closes_at", "/policies"}
        assert db.session.query(Project).count() == 0

    @pytest.mark.parametrize(
        "sent",
        [
            b"{",
            b"\xff",
            b"[]",
            b'"x"',
            b"null",
            b"",
            b"[" * 200_000,
            b'{"lots": 1e400}',
            b'{"title": NaN}',
            b"9" * 5000,
        ],
    )
    def test_what_is_no_draft_is_told_so(self, key, client, sent):
        header = {**key(), "Idempotency-Key": "draft-0001", "Content-Type": "application/json"}
        answer = client.post("/api/v1/projects", data=sent, headers=header)
        assert answer.status_code in (400, 422)
        assert answer.mimetype == "application/problem+json"

    def test_a_draft_is_rewritten_over_the_version_that_was_seen(self, key, send, client, rulebook):
        header = key()
        made = send(header).json
        changed = {**DRAFT, "title": "改名", "version": made["version"]}
        answer = client.put(f"/api/v1/projects/{made['uid']}", json=changed, headers=header)
        assert (answer.status_code, answer.json["title"]) == (200, "改名")
        late = client.put(f"/api/v1/projects/{made['uid']}", json=changed, headers=header)
        assert (late.status_code, late.json["code"]) == (409, "tenders.changed_meanwhile")

    def test_a_file_is_attached_by_its_digest_however_often_it_is_sent(self, key, send, client, rulebook):
        header = key()
        uid = send(header).json["uid"]
        assert [put(client, header, uid).status_code for _ in range(2)] == [201, 200]
        (held,) = client.get(f"/api/v1/projects/{uid}", headers=header).json["documents"]
        assert (held["sha256"], held["name"], held["size"]) == (DIGEST, "比选文件.pdf", len(PDF))
        assert put(client, header, uid, digest="0" * 64).json["code"] == "api.other_bytes"
        assert put(client, header, uid, data=b"", digest="0" * 64).status_code == 422
        where = f"/api/v1/projects/{uid}/documents/{DIGEST}"
        assert [client.delete(where, headers=header).status_code for _ in range(2)] == [204, 404]

    def test_a_file_in_another_form_is_not_taken(self, key, send, client, rulebook):
        header = key()
        uid = send(header).json["uid"]
        where = f"/api/v1/projects/{uid}/documents/{DIGEST}?name=a.pdf"
        assert client.put(where, json={}, headers=header).status_code == 415

    def test_no_address_of_the_interface_publishes_or_hands_over(self, app):
        keyed = [
            (sorted(rule.methods - {"HEAD", "OPTIONS"}), rule.rule)
            for rule in app.url_map.iter_rules()
            if rule.rule.startswith("/api/v1/projects")
        ]
        assert sorted(keyed) == [
            (["DELETE"], "/api/v1/projects/<uid>/documents/<sha256>"),
            (["GET"], "/api/v1/projects"),
            (["GET"], "/api/v1/projects/<uid>"),
            (["GET"], "/api/v1/projects/<uid>/opening"),
            (["GET"], "/api/v1/projects/<uid>/results"),
            (["POST"], "/api/v1/projects"),
            (["PUT"], "/api/v1/projects/<uid>"),
            (["PUT"], "/api/v1/projects/<uid>/documents/<sha256>"),
        ]


class TestWhoMay:
    """Asked: nobody, a signed-in browser, another agency's program, a key that only reads, and keys that are over."""

    @pytest.fixture
    def uid(self, key, send, rulebook):
        return send(key(name="送稿")).json["uid"]

    def everything(self, client, uid, header):
        """The status and code of every act upon a project, and of making one."""
        where = f"/api/v1/projects/{uid}"
        again = {"Idempotency-Key": "draft-0009"}
        answers = [
            client.get(where, headers=header),
            client.get(f"{where}/results", headers=header),
            client.get(f"{where}/opening", headers=header),
            client.put(where, json={**DRAFT, "version": 1}, headers=header),
            put(client, header, uid),
            client.delete(f"{where}/documents/{DIGEST}", headers=header),
            client.get("/api/v1/projects", headers=header),
            client.post("/api/v1/projects", json=DRAFT, headers={**header, **again}),
        ]
        return [(each.status_code, each.json.get("code")) for each in answers]

    def test_nobody_gets_anything(self, client, uid):
        assert set(self.everything(client, uid, {})) == {(401, "api.key_missing")}
        assert client.get("/api/v1/projects").headers["WWW-Authenticate"] == 'Bearer realm="api"'

    @pytest.mark.parametrize("login", ["zhou", "wu", "wang"])
    def test_a_session_cookie_alone_gives_nothing(self, app, cast, uid, login):
        """What a browser can be made to send must open nothing: these addresses ask for no form's token."""
        assert set(self.everything(sign_in(app, login), uid, {})) == {(401, "api.key_missing")}
        assert db.session.query(Project).count() == 1

    def test_anothers_project_looks_like_none(self, client, key, rival, uid):
        header = key("feng", name="别家")
        assert client.get("/api/v1/projects", headers=header).json["items"] == []
        theirs, nobodys = (self.everything(client, name, header)[:6] for name in (uid, "none"))
        assert theirs == nobodys
        assert {status for status, _ in theirs} == {404}

    def test_a_key_that_reads_writes_nothing(self, client, key, uid):
        found = self.everything(client, uid, key(scope=Scope.READ))
        assert [status for status, _ in found] == [200, 404, 404, 403, 403, 403, 200, 403]

    def test_a_key_opens_nothing_from_the_instant_it_ends(self, client, key, clock, uid):
        header = key(days=1, name="短")
        clock.advance(timedelta(days=1, microseconds=-1))
        assert client.get("/api/v1/projects", headers=header).status_code == 200
        clock.advance(timedelta(microseconds=1))
        assert set(self.everything(client, uid, header)) == {(401, "api.key_over")}

    def test_a_key_ends_with_whoever_made_it(self, client, key, begin, cast, uid):
        header = key("wu", name="吴的")
        with begin(cast.actor("wang")) as tx:
            identity.disable(tx, "acc-wu")
        assert set(self.everything(client, uid, header)) == {(401, "api.maker_gone")}

    def test_a_key_is_stamped_with_its_last_minute_and_address(self, client, key, clock):
        header = key()
        client.get("/api/v1/projects", headers=header)
        first = db.session.query(ApiKey).one()
        assert (first.used_at, first.used_from) == (clock.now(), "127.0.0.1")
        at = clock.now()
        clock.advance(timedelta(seconds=59))
        client.get("/api/v1/projects", headers=header)
        assert db.session.query(ApiKey).one().used_at == at
        clock.advance(timedelta(seconds=1))
        client.get("/api/v1/projects", headers=header)
        assert db.session.query(ApiKey).one().used_at == clock.now()


class TestOutcome:
    def test_an_agency_fetches_its_results_and_not_before_they_are_confirmed(
        self, client, key, make, record, confirm
    ):
        given, header = make(), key(scope=Scope.READ)
        seen = record(given, "he", amount_fen=1190 * WAN)
        assert client.get("/api/v1/projects/p1/results", headers=header).status_code == 404
        confirm(given, seen)
        (result,) = client.get("/api/v1/projects/p1/results", headers=header).json["items"]
        assert result["amount_fen"] == 1190 * WAN

    def test_a_project_tells_before_its_opening_nothing_of_bids(self, app, client, tender, attachment):
        from bidding.api import service  # the stage has people of its own

        with tender.centre.act("zhou") as tx:
            token = service.make_key(tx, "系统", Scope.READ, 30, keys=app.extensions["log_keys"])[1]
        header = {"Authorization": f"Bearer {token}"}
        asked = [f"/api/v1/projects/{tender.uid}{path}" for path in ("", "/results", "/opening")]
        asked += ["/api/v1/projects", f"/api/v1/notices/{tender.uid}", "/api/v1/notices"]

        def everything():
            answers = [client.get(each, headers=header) for each in asked]
            return [(each.status_code, each.headers.get("ETag"), each.json.get("code")) for each in answers]

        before = everything()
        tender.submit(1, tender.seal(1, [attachment], price_fen=1_200_000_000))
        assert everything() == before
