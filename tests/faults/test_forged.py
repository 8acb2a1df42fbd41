"""What no sealing program makes, on the real server: replayed, damaged, malformed and booby-trapped bids, forged log lines."""

from __future__ import annotations

import copy
import io
import os
import re
import socket
import zipfile
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from sqlalchemy import func, select

from bidding.core.canonical import dumps
from bidding.db import db
from bidding.sealing.manifest import sign_manifest
from bidding.story.cast import tenderer
from bidding.story.play import FACTS
from bidding.submissions.models import Bid
from bidding.submissions.tus import MAX_FILES
from bidding.tenders import service as tenders
from tests.real import TUS

OFFER, INDEX, FILE = ("offer", 0), ("files", 0), ("files", 1)
MIB = 1 << 20
OUTSIDE = (
    "../../escaped.age",
    "/escaped.age",
    "files/../../escaped.age",
    "..\\escaped.age",
    "files/1.age\0.sh",
)


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "technical.bin"
    path.write_bytes(bytes(range(256)) * 300)
    return path


@pytest.fixture
def line(real, small):
    return real.fresh(small)


def told(answer):
    return answer.status_code, answer.json()["code"]


def bids(line):
    """How many bids of that line's there are."""
    count = select(func.count(Bid.id)).where(Bid.uid == line.bid)
    return line.real.ask(lambda session: session.scalar(count))


def test_an_old_manifest_that_is_played_again_counts_for_nobody(real, line, small):
    """Not for its own tenderer once it was replaced, nor for a rival who got hold of it."""
    rival = real.fresh(small)
    line.send()
    assert line.sign().status_code == 201
    newer = real.line(f"t{real.taken - 1}", real.seal(real.taken - 1, small, replaces=line.sealed))
    newer.send()
    assert newer.sign().status_code == 201
    assert told(line.sign(key="another")) == (409, "submission.replayed")
    assert told(post(line, repacked(line), key="a third")) == (409, "submission.replayed")
    rival.message = line.message
    assert told(rival.sign(key="mine")) == (409, "submission.replayed")
    assert (line.state()["state"], newer.state()["state"]) == ("superseded", "effective")
    assert bids(line) == 1


def flipped(data, at):
    changed = bytearray(data)
    changed[at] ^= 1
    return bytes(changed)


def damages(data, foreign):
    """What may befall a ciphertext, by name. Each is refused and named; age's text header ends with its MAC's line."""
    mac = data.index(b"\n---") + 5
    payload = data.index(b"\n", mac) + 1
    first, second = payload + 16, payload + 16 + 65_536 + 16
    return {
        "a byte of the header": flipped(data, 3),
        "a byte of the stanza": flipped(data, data.index(b"->") + 12),
        "a byte of the MAC": flipped(data, mac),
        "a byte of a record": flipped(data, second + 5),
        "records in another order": data[:first] + data[second:] + data[first:second],
        "cut short": data[:-1],
        "a rival's": foreign,
    }


def test_a_ciphertext_that_is_not_the_signed_one_is_refused_by_name_and_the_right_one_still_counts(
    real, line, small
):
    rival = real.fresh(small)
    assert line.sign().status_code == 202
    line.send(OFFER, INDEX)
    for damage, data in damages(line.files[FILE], rival.files[FILE]).items():
        answer = line.create(FILE, len(data))
        if answer.status_code == 201:
            answer = line.patch(FILE, data)
        assert answer.status_code == 422, damage
        assert answer.json()["code"] in ("submission.other_files", "submission.not_sealed"), damage
        assert "files/1.age" in answer.json()["text"], damage
        assert line.state()["state"] == "armed"
    rival.send()
    assert rival.sign().status_code == 201, "the rival's own bid is none the worse"
    assert line.create(FILE).status_code == 201
    assert line.patch(FILE, line.files[FILE]).headers["Bid-State"] == "accepted"


def test_a_part_that_comes_twice_from_elsewhere_or_changed_counts_once(line):
    line.create(FILE)
    data = line.files[FILE]
    half = len(data) // 2
    assert line.patch(FILE, data[:half]).status_code == 204
    for offset in (0, half - 1, half + 1):
        assert told(line.patch(FILE, data[:half], offset)) == (409, "upload.wrong_offset")
    honest = line.patch_headers(data[half:], half)
    changed = line.http.patch(line.urls[FILE], content=flipped(data[half:], 0), headers=honest)
    assert told(changed) == (460, "upload.checksum_mismatch")
    assert line.offset(FILE) == half
    assert line.patch(FILE, data[half:], half).status_code == 204
    line.send(OFFER, INDEX)
    assert line.sign().status_code == 201


def malformed(dealing):
    """Dealings that nobody could open, or that could be opened to two things."""
    return {
        "shares exchanged": {**dealing, "E": dealing["E"][::-1]},
        "proofs exchanged": {**dealing, "z": dealing["z"][::-1]},
        "a commitment too few": {**dealing, "C": dealing["C"][:-1]},
        "a share too many": {**dealing, "E": [*dealing["E"], dealing["E"][0]]},
        "the identity": {**dealing, "C": ["00" * 32, *dealing["C"][1:]]},
        "no point": {**dealing, "E": ["ff" * 32, *dealing["E"][1:]]},
        "another challenge": {**dealing, "c": "01" + "00" * 31},
        "a scalar past the order": {**dealing, "z": ["ff" * 32, *dealing["z"][1:]]},
        "one key more": {**dealing, "more": 1},
        "no dealing": None,
    }


def test_a_malformed_dealing_is_refused_though_its_bidder_signed_it(line):
    """Refused when it is signed, not found at the opening: by the manifest alone as by the package."""
    line.send()
    honest = line.message
    for at, envelope in enumerate(honest["manifest"]["envelopes"]):
        for damage, dealing in malformed(envelope["dealing"]).items():
            line.message = copy.deepcopy(honest)
            line.message["manifest"]["envelopes"][at]["dealing"] = dealing
            line.message["sig"] = sign_manifest(line.sealed.key.sign_seed, line.message["manifest"])
            answer = line.sign(key=f"{at} {damage}")
            assert told(answer) == (422, "submission.malformed"), damage
            package = repacked(line, {"manifest.json": dumps(line.message)})
            assert told(post(line, package, key=f"p {at} {damage}")) == (422, "submission.malformed"), damage
    assert bids(line) == 0
    line.message = honest
    assert line.sign().status_code == 201


def repacked(line, changes=(), compression=zipfile.ZIP_STORED):
    """The line's package with other bytes under some names, or with further names."""
    out = io.BytesIO()
    with zipfile.ZipFile(line.sealed.package) as old, zipfile.ZipFile(out, "w", compression) as new:
        entries = {name: old.read(name) for name in old.namelist()} | dict(changes)
        for name, data in entries.items():
            info = zipfile.ZipInfo("as it is")  # which tidies no name that is set later
            info.filename, info.compress_type = name, compression
            new.writestr(info, data)
    return out.getvalue()


def post(line, package, key="k"):
    return line.http.post(
        f"/notices/{line.real.tender.uid}/submit",
        content=package,
        headers={"Content-Type": "application/octet-stream", "Idempotency-Key": key},
    )


def resident(real):
    """Bytes of memory that the server and its worker have."""
    pages = 0
    for each in Path("/proc").iterdir():
        try:
            if each.name.isdecimal() and os.getpgid(int(each.name)) == real.process.pid:
                pages += int((each / "statm").read_text().split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
    return pages * os.sysconf("SC_PAGE_SIZE")


def bombs(line):
    """Packages that would be large if anybody unpacked them, and one of very many names."""
    zeros = bytes(64 * MIB)
    many = {f"files/{n}.age": b"" for n in range(2, MAX_FILES + 2)}
    lying = bytearray(repacked(line))
    lying[18:26] = b"\xfe\xff\xff\xff" * 2  # the manifest's sizes, which the first local header announces
    return {
        "package.compressed": repacked(line, {"manifest.json": zeros}, zipfile.ZIP_DEFLATED),
        "package.too_large": bytes(lying),
        "submission.other_files": repacked(line, many),
    }


def test_a_package_that_would_burst_is_refused_before_it_takes_room(real, line):
    before = resident(real)
    for number, (code, package) in enumerate(bombs(line).items()):
        assert told(post(line, package, key=f"bomb {number}")) == (422, code)
    assert resident(real) - before < 32 * MIB
    assert post(line, repacked(line), key="honest").status_code == 201


def escaped(real):
    """Files of that name anywhere about the instance, and whatever lies beside it."""
    found = [path for path in real.home.rglob("*") if "escaped" in path.name]
    return found, sorted(path.name for path in real.home.iterdir())


def test_a_name_that_leads_elsewhere_leads_nowhere(real, line):
    """In a package, in the announcement of a file, and in the name of a tender document."""
    before = escaped(real)
    assert before[0] == []
    for number, name in enumerate(OUTSIDE):
        answer = post(line, repacked(line, {name: b"age-encryption.org/v1\n"}), key=f"name {number}")
        assert told(answer)[0] == 422, name
        assert told(answer)[1].startswith("package."), name
        for at in range(3):
            place = [line.bid, "files", "1"]
            place[at] = name
            line.metadata = lambda _, place=place: dict(zip(("bid", "envelope", "n"), place, strict=True))
            assert told(line.create(FILE))[0] in (400, 422), place
    del line.metadata
    for uid in ("..%2f..%2fescaped", "%2e%2e/%2e%2e/escaped"):
        assert line.http.patch(f"/uploads/{uid}", headers=TUS).status_code in (404, 405, 415)
    agency = dict([real.cookie("zhou")])
    with real.app.app_context():
        with real.tender.centre.act("zhou") as tx:
            draft = tenders.create_project(tx, FACTS, region="539921").uid
            tenders.add_lot(tx, draft, real.tender.lot)
        db.session.remove()
    with httpx.Client(base_url=real.url, cookies=agency, timeout=30) as http:
        page = http.get(f"/projects/{draft}/files").text
        data = {"csrf_token": re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]}
        sent = http.post(
            f"/projects/{draft}/files", data=data, files={"file": ("../../escaped.pdf", b"%PDF-1.4 plan")}
        )
        assert sent.status_code == 303, sent.text
        [address] = re.findall(
            rf'href="(/projects/{draft}/files/[0-9a-f]{{64}})"', http.get(sent.next_request.url).text
        )
        assert http.get(address).headers["Content-Disposition"] == "attachment; filename=escaped.pdf"
    assert escaped(real) == before


BREAKS = ("\r\n", "\n", "\x1b[2K", "\u2028", "\u202e", "\u0085")


def test_nothing_that_anybody_sends_gets_into_the_servers_log_or_into_its_headers(real, line):
    """Nor who bids: whoever keeps the server reads its log before the deadline."""
    log = real.home / "server.log"
    start, mark = log.stat().st_size, f"forged-by-t{real.taken}"
    line.send()
    answers = [line.sign()]
    assert answers[0].status_code == 201
    for sign in BREAKS:
        evil = f"x{sign}[ERROR] {mark}: {line.bid}"
        for path in ("/notices/", "/uploads/", "/nowhere/", "/account?x="):
            answers.append(line.http.get(path + quote(evil)))
        answers.append(httpx.get(f"{real.url}/account?next={quote(evil)}"))
        answers.append(line.http.post("/sign-in", data={"login": evil, "password": evil}))
        answers.append(line.http.get("/notices", headers={"User-Agent": f"\u202e{mark}".encode()}))
        answers.append(line.sign(key=evil))
        answers.append(post(line, repacked(line, {evil: b"x"}), key="name"))
        line.metadata = lambda _, evil=evil: {"bid": evil, "envelope": evil, "n": evil}
        answers.append(line.create(FILE))
        del line.metadata
    assert max(answer.status_code for answer in answers) < 500
    assert not any(mark in name for answer in answers for name in answer.headers)
    split = f"GET /{mark}\n[ERROR] {mark} HTTP/1.1\r\nHost: x\r\n\r\n", f"GET / HTTP/1.1\r\n{mark}\r\n\r\n"
    for head in split:
        with socket.create_connection(("127.0.0.1", real.port), 5) as raw:
            raw.sendall(head.encode())
            assert not raw.recv(100).startswith(b"HTTP/1.1 2")
    written = log.read_bytes()[start:].decode("utf-8")
    for secret in (mark, line.bid, tenderer(real.taken)[0].uscc):
        assert secret not in written
