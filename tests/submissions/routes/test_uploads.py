from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from bidding.db import db
from bidding.submissions.models import Attempt, Upload
from tests.people import sign_in
from tests.submissions.sending import PART, Sender, b64

OFFER, INDEX, FILE = ("offer", 0), ("files", 0), ("files", 1)


def limit(app, **limits):
    desk = app.extensions["desk"]
    app.extensions["desk"] = replace(desk, limits=replace(desk.limits, **limits))


def upload_of(place):
    db.session.rollback()
    return db.session.scalar(select(Upload).where(Upload.envelope == place[0], Upload.n == place[1]))


def test_what_the_server_can_do_is_told_before_anything_is_sent(sender):
    answer = sender.client.options(sender.creation)
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Extension"] == "creation,termination,checksum,expiration"
    assert answer.headers["Tus-Checksum-Algorithm"] == "sha256,sha1"
    assert answer.headers["Tus-Max-Size"] == str(2 * 10**9)


def test_a_file_comes_in_parts_and_every_part_moves_the_offset(sender):
    data = sender.files[FILE]
    answer = sender.create(FILE)
    assert answer.status_code == 201
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    assert sender.offset(FILE) == 0
    for start in range(0, len(data), 10_000):
        answer = sender.patch(FILE, data[start : start + 10_000], start)
        assert answer.status_code == 204
        assert answer.headers["Upload-Offset"] == str(min(start + 10_000, len(data)))
    found = upload_of(FILE)
    assert found.sha256 == hashlib.sha256(data).hexdigest()
    assert sender.tender.centre.sealed.size(found.sha256) == len(data)


def test_a_whole_file_still_answers_and_takes_an_empty_part_only(sender):
    sender.send(FILE)
    size = len(sender.files[FILE])
    head = sender.client.head(sender.urls[FILE], headers=PART)
    assert (head.headers["Upload-Offset"], head.headers["Upload-Length"]) == (str(size), str(size))
    assert sender.patch(FILE, b"", size).status_code == 204
    assert sender.patch(FILE, b"x", size).status_code == 413
    assert sender.patch(FILE, b"x", 0).status_code == 409


def test_a_part_from_another_offset_is_refused(sender):
    data = sender.files[FILE]
    sender.create(FILE)
    sender.patch(FILE, data[:10_000])
    for wrong in (1, 9_999, 10_001):
        answer = sender.patch(FILE, data[wrong : wrong + 100], wrong)
        assert (answer.status_code, answer.json["code"]) == (409, "upload.wrong_offset")
        assert sender.offset(FILE) == 10_000


def test_the_same_part_twice_counts_once(sender):
    data = sender.files[FILE]
    sender.create(FILE)
    assert sender.patch(FILE, data[:10_000]).status_code == 204
    assert sender.patch(FILE, data[:10_000]).status_code == 409
    assert sender.patch(FILE, data[10_000:], 10_000).status_code == 204
    assert upload_of(FILE).sha256 == hashlib.sha256(data).hexdigest()


def test_a_part_with_another_hash_does_not_count(sender):
    data = sender.files[FILE]
    sender.create(FILE)
    sender.patch(FILE, data[:10_000])
    damaged = bytes([data[10_000] ^ 1]) + data[10_001:20_000]
    wrong = f"sha256 {b64(hashlib.sha256(data[10_000:20_000]).digest())}"
    answer = sender.patch(FILE, damaged, 10_000, **{"Upload-Checksum": wrong})
    assert (answer.status_code, answer.json["code"]) == (460, "upload.checksum_mismatch")
    assert sender.offset(FILE) == 10_000
    assert sender.patch(FILE, data[10_000:], 10_000).status_code == 204
    assert upload_of(FILE).sha256 == hashlib.sha256(data).hexdigest()


def test_sha1_is_taken_because_every_tus_server_with_checksums_must(sender):
    data = sender.files[OFFER]
    sender.create(OFFER)
    checksum = f"sha1 {b64(hashlib.sha1(data, usedforsecurity=False).digest())}"
    assert sender.patch(OFFER, data, **{"Upload-Checksum": checksum}).status_code == 204


def test_a_checksum_that_cannot_be_read_is_refused(sender):
    sender.create(OFFER)
    for checksum in ("md5 AAAA", "sha256", "sha256 !!", "sha256 AAAA", "crc32 AAAAAA=="):
        answer = sender.patch(OFFER, sender.files[OFFER], **{"Upload-Checksum": checksum})
        assert (answer.status_code, answer.json["code"]) == (400, "upload.bad_header"), checksum


def test_what_is_not_sealed_is_refused_with_its_first_part_and_kept_as_an_attempt(sender):
    for place in (OFFER, FILE):
        sender.create(place)
        answer = sender.patch(place, b"%PDF-1.7\n" + bytes(len(sender.files[place]) - 9))
        assert (answer.status_code, answer.json["code"]) == (422, "submission.not_sealed")
        assert "第二十六条" in answer.json["text"]
        assert sender.client.head(sender.urls[place], headers=PART).status_code == 404
    db.session.rollback()
    assert list(db.session.scalars(select(Attempt.code))) == ["submission.not_sealed"] * 2


def test_a_header_that_comes_in_drops_is_checked_when_it_is_whole(sender):
    sender.create(OFFER)
    junk = b"%PDF-1.7\n" + bytes(len(sender.files[OFFER]) - 9)
    for start in range(0, 4000, 1000):
        assert sender.patch(OFFER, junk[start : start + 1000], start).status_code == 204
    assert sender.patch(OFFER, junk[4000:], 4000).status_code == 422


def test_a_creation_that_cannot_be_read_says_which_header(sender):
    def place(bid="0" * 32, envelope="offer", n="0"):
        return {"Upload-Metadata": f"bid {b64(bid)},envelope {b64(envelope)},n {b64(n)}"}

    for headers in (
        {"Upload-Length": "-1"},
        {"Upload-Length": "0"},
        {"Upload-Length": "1e3"},
        {"Upload-Length": "9" * 20},
        {"Upload-Defer-Length": "1"},
        {"Upload-Metadata": ""},
        {"Upload-Metadata": f"bid {b64('0' * 32)}"},
        {"Upload-Metadata": f"{place()['Upload-Metadata']},n {b64('1')}"},
        place(bid="0" * 31),
        place(n="-1"),
        place(n="00"),
        place(n="20000"),
        place(envelope="../etc"),
        place(envelope="other"),
    ):
        answer = sender.create(FILE, **headers)
        assert (answer.status_code, answer.json["code"]) == (400, "upload.bad_header"), headers
        assert next(iter(headers)) in answer.json["text"]
        assert answer.headers["Tus-Resumable"] == "1.0.0"


def test_without_the_protocols_version_nothing_is_taken(sender):
    sender.create(FILE)
    for method in ("head", "patch", "delete"):
        answer = getattr(sender.client, method)(sender.urls[FILE])
        assert answer.status_code == 412
        assert answer.headers["Tus-Version"] == "1.0.0"


def test_a_part_must_say_that_it_is_one(sender):
    sender.create(FILE)
    assert sender.patch(FILE, b"x", **{"Content-Type": "application/json"}).status_code == 415


def test_a_part_without_its_length_is_refused(sender):
    sender.create(FILE)
    headers = {**PART, "Upload-Offset": "0", "Transfer-Encoding": "chunked"}
    answer = sender.client.patch(sender.urls[FILE], headers=headers)
    assert (answer.status_code, answer.json["code"]) == (411, "upload.no_length")


def test_more_than_was_announced_is_refused(sender):
    sender.create(FILE)
    answer = sender.patch(FILE, sender.files[FILE] + b"x")
    assert (answer.status_code, answer.json["code"]) == (413, "upload.part_too_large")
    assert sender.offset(FILE) == 0


def test_every_limit_is_held_before_the_first_byte(app, sender):
    desk = app.extensions["desk"]
    for name, value, status, code in (
        ("file", 1000, 413, "upload.file_too_large"),
        ("bid", 1000, 413, "upload.bid_too_large"),
        ("tenderer", 1000, 413, "upload.tenderer_too_large"),
        ("reserve", 2**62, 507, "storage.full"),
    ):
        app.extensions["desk"] = desk
        limit(app, **{name: value})
        answer = sender.create(FILE)
        assert (answer.status_code, answer.json["code"]) == (status, code)
        assert upload_of(FILE) is None


def test_limits_count_what_is_already_there(app, sender):
    sizes = {place: len(data) for place, data in sender.files.items()}
    limit(app, bid=sizes[FILE] + sizes[OFFER])
    assert sender.create(FILE).status_code == 201
    assert sender.create(OFFER).status_code == 201
    assert sender.create(INDEX).json["code"] == "upload.bid_too_large"


def test_a_file_begun_again_takes_the_place_of_the_first(app, sender):
    data = sender.files[FILE]
    limit(app, bid=len(data))
    sender.create(FILE)
    sender.patch(FILE, data[:10_000])
    first = sender.urls[FILE]
    assert sender.create(FILE).status_code == 201
    assert sender.client.head(first, headers=PART).status_code == 404
    assert sender.send(FILE).headers["Upload-Offset"] == str(len(data))


def test_an_upload_given_up_is_gone(sender, app):
    sender.create(FILE)
    sender.patch(FILE, sender.files[FILE][:10_000])
    assert sender.client.delete(sender.urls[FILE], headers=PART).status_code == 204
    assert sender.client.head(sender.urls[FILE], headers=PART).status_code == 404
    assert list(app.extensions["parts"].folder.iterdir()) == []


def test_to_a_rival_an_upload_looks_like_none(app, sender):
    sender.create(FILE)
    rival = sign_in(app, "t2")
    for method in ("head", "patch", "delete"):
        headers = {**PART, "Upload-Offset": "0"}
        theirs = getattr(rival, method)(sender.urls[FILE], headers=headers)
        nobodys = getattr(rival, method)("/uploads/2345678923456789abcdefgh", headers=headers)
        assert theirs.status_code == nobodys.status_code == 404
    assert sender.offset(FILE) == 0


def test_staff_are_refused_alike_whether_an_upload_is_there_or_not(app, sender):
    sender.create(FILE)
    for staff in (sign_in(app, login) for login in ("zhou", "sun", "wang")):
        for url in (sender.urls[FILE], "/uploads/2345678923456789abcdefgh"):
            assert staff.head(url, headers=PART).status_code == 403
        assert staff.post(sender.creation, headers=PART).status_code == 403


def test_strangers_are_asked_to_sign_in(client, sender):
    sender.create(FILE)
    assert client.head(sender.urls[FILE], headers=PART).status_code == 401
    assert client.post(sender.creation, headers=PART).status_code == 401


def test_after_the_deadline_no_file_is_begun_or_gone_on_with(app, sender):
    sender.create(FILE)
    sender.tender.centre.clock.set(sender.tender.closes_at)
    sender.client = sign_in(app, "t1")
    assert sender.create(OFFER).json["code"] == "submission.too_late"
    assert sender.patch(FILE, sender.files[FILE]).json["code"] == "submission.too_late"


def test_a_part_needs_the_forms_token_and_our_own_origin(app, sender):
    sender.create(FILE)
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        answer = sender.patch(FILE, sender.files[FILE])
        assert (answer.status_code, answer.json["code"]) == (400, "web.csrf")
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    answer = sender.patch(FILE, sender.files[FILE], Origin="https://elsewhere.example")
    assert (answer.status_code, answer.json["code"]) == (400, "web.csrf")
    assert sender.offset(FILE) == 0


def test_one_of_two_parts_at_once_wins(app, sender):
    sender.create(FILE)
    uid = sender.urls[FILE].rpartition("/")[2]
    with app.extensions["parts"].hold(uid):
        answer = sender.patch(FILE, sender.files[FILE])
    assert (answer.status_code, answer.json["code"]) == (423, "storage.busy")
    assert sender.patch(FILE, sender.files[FILE]).status_code == 204


def test_an_upload_says_until_when_it_waits_and_goes_then(app, sender):
    answer = sender.create(FILE)
    assert answer.headers["Upload-Expires"].endswith("GMT")
    clock = sender.tender.centre.clock
    clock.advance(timedelta(hours=71))
    sender.client = sign_in(app, "t1")
    sender.patch(FILE, sender.files[FILE][:10_000])
    sender.tender.centre.wait(timedelta(hours=71))
    sender.client = sign_in(app, "t1")
    assert sender.offset(FILE) == 10_000
    sender.tender.centre.wait(timedelta(hours=2))
    sender.client = sign_in(app, "t1")
    assert sender.client.head(sender.urls[FILE], headers=PART).status_code == 404
    assert list(app.extensions["parts"].folder.iterdir()) == []


def test_two_tenderers_files_of_one_name_stay_apart(app, tender, sender, attachment):
    other = Sender(app, tender, tender.seal(2, [attachment], price_fen=1), "t2")
    sender.create(FILE)
    other.create(FILE)
    other.send(FILE)
    assert sender.offset(FILE) == 0
